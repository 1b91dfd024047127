"""What stands before Django: how much may be sent, how slowly, and how many may wait.

Granian gives every request a thread from its first line on, and waits for ever for a body. So
threads are many here and cheap: in them bodies are awaited, files given out, and places waited for.
Only who holds one of a few places runs Django, with the body in hand, and on that place's own
database connections: there are as many of those as run, not as many as wait.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from io import BytesIO
from queue import Empty, LifoQueue
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any, Final

from django.db import connections
from django.http.response import HttpResponseBase

from accounts.network import client_address

logger = logging.getLogger(__name__)

type Environ = dict[str, Any]
type Start = Callable[..., Any]

PLACES: Final = 4
WAITING: Final = 60
PATIENCE_S: Final = 2.0
TRUSTED_S: Final = 1.0
SLOW: Final = 160
SLOW_EACH: Final = 80
HEAVY: Final = 16
HEAVY_EACH: Final = 8
#: All that may be going on at once, and some to say no with.
THREADS: Final = PLACES + WAITING + SLOW + HEAVY + 12

#: What a body may weigh, in bytes, by the beginning of its path.
MOST_BYTES: Final = {
    "/graphql": 100_000,
    "/stripe/webhook": 256 * 1024,
    "/uploads/": 15 * 1024 * 1024,
    "/admin/": 65 * 1024 * 1024,
}
MOST_BYTES_ELSEWHERE: Final = 64 * 1024
HEAVY_BYTES: Final = 1024 * 1024
#: An answer that is a file is taken into memory up to here, so that its reader holds no thread.
SMALL_FILE_BYTES: Final = 512 * 1024
#: A client may take ten seconds, and one more for each 5 kB.
GRACE_S: Final = 10.0
BYTES_PER_S: Final = 5_000
_FIRST_PIECE: Final = 16
_LARGEST_PIECE: Final = 64 * 1024

_TOO_LARGE: Final = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_WORDS = {
    HTTPStatus.BAD_REQUEST: ("BAD_REQUEST", "The body ends before its length."),
    HTTPStatus.REQUEST_TIMEOUT: ("TOO_SLOW", "The body did not arrive in time: send it again."),
    _TOO_LARGE: ("TOO_LARGE", "The body is over what is taken here."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("OVERLOADED", "Too much is going on: try again shortly."),
}
_RETRY_AFTER_S = "2"


class Refused(Exception):
    """The request does not reach Django."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Crowd:
    """So many at once, and so many of one address."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self._lock = Lock()
        self._size = 0
        self._of: dict[str, int] = {}

    def __len__(self) -> int:
        return self._size

    def enter(self, address: str) -> None:
        """Raises: Refused, when as many are in it as may be."""
        with self._lock:
            here = self._of.get(address, 0)
            if self._size >= self._most or here >= self._most_each:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            self._of[address] = here + 1
            self._size += 1

    def leave(self, address: str) -> None:
        with self._lock:
            self._size -= 1
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]


class Place:
    """Connections that one thread at a time uses.

    Before the first statement of a request Django asks a connection whether it still lives; of one
    that answered within the last second that is known.
    """

    def __init__(self) -> None:
        self._own = {alias: connections.create_connection(alias) for alias in connections}
        for connection in self._own.values():
            connection.inc_thread_sharing()
        self._used_at = float("-inf")

    def __enter__(self) -> None:
        is_doubted = time.monotonic() - self._used_at > TRUSTED_S
        for alias, connection in self._own.items():
            is_asked = connection.settings_dict["CONN_HEALTH_CHECKS"]
            connection.health_check_enabled = is_asked and is_doubted  # type: ignore[attr-defined]
            connections[alias] = connection

    def __exit__(self, *_error: object) -> None:
        for alias in self._own:
            del connections[alias]
        self._used_at = time.monotonic()


class Places:
    """Where Django runs: a few places, and those who wait for one."""

    def __init__(self, most: int, waiting: int, patience_s: float) -> None:
        self._patience_s = patience_s
        self._crowd = Crowd(most + waiting, most + waiting)
        self._free: LifoQueue[Place] = LifoQueue()
        for _ in range(most):
            self._free.put(Place())

    def run[T](self, work: Callable[[], T]) -> T:
        """What the work gives, once there is a place for it.

        Raises: Refused, when too many wait or this one waited too long.
        """
        self._crowd.enter("")
        try:
            place = self._free.get(timeout=self._patience_s)
        except Empty:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
        else:
            try:
                with place:
                    return work()
            finally:
                self._free.put(place)
        finally:
            self._crowd.leave("")


class Gate:
    """A WSGI application that lets requests into another."""

    def __init__(
        self,
        application: Callable[[Environ, Start], HttpResponseBase],
        *,
        places: int = PLACES,
        waiting: int = WAITING,
        patience_s: float = PATIENCE_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self._application = application
        self._grace_s = grace_s
        self._places = Places(places, waiting, patience_s)
        self._slow = Crowd(SLOW, SLOW_EACH)
        self._heavy = Crowd(HEAVY, HEAVY_EACH)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            return self._answered(environ, start)
        except Refused as refused:
            return _told(refused.status, start)

    def _answered(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/healthz":
            return self._application(environ, start)
        address = client_address(environ, now=time.time()) or ""
        with self._body(environ, address) as body:
            environ["wsgi.input"] = body
            answer = self._places.run(lambda: _whole_if_small(self._application(environ, start)))
        if isinstance(answer, list):
            return answer
        try:
            self._slow.enter(address)
        except Refused:
            answer.close()
            raise
        return Given(answer, leave=lambda: self._slow.leave(address), grace_s=self._grace_s)

    def _body(self, environ: Environ, address: str) -> IO[bytes]:
        """All that was sent, and `CONTENT_LENGTH` set to what that is.

        Raises:
            Refused: it is heavier than its path allows, too slow, cut short, or one too many.
        """
        stated = _stated(environ)
        if stated == 0:
            return BytesIO()
        most = _most_bytes(environ["PATH_INFO"])
        if stated is not None and stated > most:
            raise Refused(_TOO_LARGE)
        body = self._awaited(environ["wsgi.input"], stated or most + 1, address)
        length = body.seek(0, 2)
        body.seek(0)
        if length > most or (stated is not None and length < stated):
            body.close()
            raise Refused(_TOO_LARGE if length > most else HTTPStatus.BAD_REQUEST)
        environ["CONTENT_LENGTH"] = str(length)
        return body

    def _awaited(self, source: IO[bytes], expected: int, address: str) -> IO[bytes]:
        """Raises: Refused, for one too many or a trickle."""
        crowd = self._heavy if expected > HEAVY_BYTES else self._slow
        crowd.enter(address)
        try:
            return self._read(source, expected)
        finally:
            crowd.leave(address)

    def _read(self, source: IO[bytes], expected: int) -> IO[bytes]:
        """What a client sends until it ends or hangs up, in memory or, if heavy, on disk.

        Pieces begin small and double: a trickle is seen within seconds, a flood costs ten calls.

        Raises: Refused, for a trickle; its connection is closed by that.
        """
        body: IO[bytes] = TemporaryFile() if expected > HEAVY_BYTES else BytesIO()  # noqa: SIM115
        pace, size, missing = Pace(self._grace_s), _FIRST_PIECE, expected
        while missing and (piece := source.read(min(size, missing))):
            body.write(piece)
            missing -= len(piece)
            size = min(2 * size, _LARGEST_PIECE)
            if missing and pace.is_lost(after=expected - missing):
                body.close()
                raise Refused(HTTPStatus.REQUEST_TIMEOUT)
        return body


class Pace:
    """Whether a client keeps up: a time of grace, and a second more for each so many bytes."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self._begun = time.monotonic()

    def is_lost(self, *, after: int) -> bool:
        """Whether those bytes took too long."""
        return time.monotonic() - self._begun > self._grace_s + after / BYTES_PER_S


class Given:
    """A file on its way to a client, who must not take for ever."""

    def __init__(
        self, response: HttpResponseBase, *, leave: Callable[[], None], grace_s: float
    ) -> None:
        self._response = response
        self._leave = leave
        self._grace_s = grace_s
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        pace, given = Pace(self._grace_s), 0
        for piece in self._response:
            if pace.is_lost(after=given):
                logger.info("a file was read too slowly: cut off after %d bytes", given)
                return
            given += len(piece)
            yield piece

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._response.close()
            self._leave()


def _most_bytes(path: str) -> int:
    found = (most for begin, most in MOST_BYTES.items() if path.startswith(begin))
    return next(found, MOST_BYTES_ELSEWHERE)


def _stated(environ: Environ) -> int | None:
    """The length that the client states, in bytes; none if it sends in chunks."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    read = environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or "0"
    return int(read) if read.isdecimal() else 0


def _whole_if_small(response: HttpResponseBase) -> list[bytes] | HttpResponseBase:
    """The bytes of an answer, or a file that is left to be given piece by piece."""
    length = int(response.get("Content-Length") or SMALL_FILE_BYTES + 1)
    if response.streaming and length > SMALL_FILE_BYTES:
        return response
    whole = b"".join(response)
    response.close()
    return [whole]


def _told(status: HTTPStatus, start: Start) -> list[bytes]:
    code, message = _WORDS[status]
    logger.info("refused at the gate: %s", code)
    body = json.dumps({"errors": [{"message": message, "extensions": {"code": code}}]}).encode()
    headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close"),
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", _RETRY_AFTER_S))
    start(f"{status.value} {status.phrase}", headers)
    return [body]
