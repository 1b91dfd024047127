"""CPU by process_time, statements by count, requests a second against a constant answer."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_started
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Login
from shop.endpoint import endpoint

_WARM_UPS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request takes: statements, and the median CPU of the server's side in ms."""

    statements: int
    cpu_ms: float
    bytes: int


def request_cost(
    query: str, variables: Mapping[str, object] | None = None, *, login: Login | None = None
) -> Cost:
    """The cost of a document answered in this process, database client included.

    `login` asks it; the two statements that find session and account are not counted.
    """
    body = json.dumps({"query": query, "variables": variables or {}})
    factory = RequestFactory()

    def answer() -> bytes:
        request = factory.post("/graphql/", body, content_type="application/json")
        if login is not None:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = "known"
            request.user = Login.objects.get(pk=login.pk)
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001
        found = endpoint(request)
        if b'"errors"' in found.content[:12]:
            raise RuntimeError(found.content[:300].decode())
        return found.content

    return _cost(answer, known=1 if login else 0)


def served_cost(path: str, body: str | None, headers: Mapping[str, str] | None = None) -> Cost:
    """The cost of a request through the whole application, all middlewares included."""
    handler, factory = WSGIHandler(), RequestFactory(headers=headers)

    def answer() -> bytes:
        request = (
            factory.post(path, body, content_type="application/json") if body else factory.get(path)
        )
        request_started.send(sender=WSGIHandler, environ=request.environ)
        response = handler.get_response(WSGIRequest(request.environ))
        response.close()
        return b"".join(response)

    return _cost(answer)


def _cost(answer: Callable[[], bytes], *, known: int = 0) -> Cost:
    """The cost of a warm answer, without so many `known` statements."""
    for _ in range(_WARM_UPS):
        content = answer()
    with CaptureQueriesContext(connection) as captured:
        answer()
    return Cost(len(captured) - known, median_cpu_ms(answer), len(content))


def median_cpu_ms(act: Callable[[], object]) -> float:
    """The least of five medians of sixteen: the machine is shared, and noise only ever adds."""
    return min(1000 * statistics.median(cpu_seconds(act) for _ in range(16)) for _ in range(5))


def cpu_seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


@dataclass(frozen=True, slots=True)
class Load:
    """What a server answers under load: requests a second, and the median and 95th ms."""

    clients: int
    per_second: float
    p50_ms: float
    p95_ms: float
    refused: int


def load(
    port: int,
    path: str,
    body: str | None,
    *,
    clients: int,
    seconds: float,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Ask again and again from several connections of this machine for a while."""
    times: list[float] = []
    refused = [0]
    until = time.perf_counter() + seconds

    def ask() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        told = {"Content-Type": "application/json", **(headers or {})}
        while time.perf_counter() < until:
            begun = time.perf_counter()
            try:
                link.request("POST" if body else "GET", path, body, told)
                answer = link.getresponse()
                answer.read()
            except OSError:
                link.close()
                refused[0] += 1
                continue
            if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                refused[0] += 1
            else:
                times.append(1000 * (time.perf_counter() - begun))
        link.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return Load(
        clients=clients,
        per_second=len(times) / seconds,
        p50_ms=times[len(times) // 2] if times else 0.0,
        p95_ms=times[int(len(times) * 0.95)] if times else 0.0,
        refused=refused[0],
    )
