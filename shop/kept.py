"""Whole answers kept for guests: exact by the public revision and by the clock.

The first of our middlewares, so that an answer that stands costs one statement and nothing else.
What may be kept is told by the schema (`kernel.graphql.keeping`) and by the answer itself.
`Cache-Control: no-cache` in a request asks for a fresh answer.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Self

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders
from django.utils import timezone
from django.utils.cache import get_conditional_response
from redis.exceptions import RedisError

from accounts.asking import is_guest
from accounts.graphql.viewer import Moment
from advice import reading
from catalog import cards
from clinic import details, revision
from clinic.revision import Revision
from kernel.graphql.keeping import may_be_kept
from kernel.graphql.least_used import LeastUsed
from shop import observed
from shop.graphql_http import (
    MOST_BYTES,
    PATH,
    Answer,
    Refused,
    language_of,
    media_of,
    read,
    wants_page,
)
from shop.release import release
from shop.schema import schema

logger = logging.getLogger(__name__)

_STRIPES: Final = 64
_PATIENCE_S: Final = 10
#: How often a cache between shop and reader asks again, however long an answer may stand.
_SHARED_FOR: Final = timedelta(seconds=60)
_STALE_FOR_S: Final = 30
_MOST_KNOWN_KEYS: Final = 10_000
#: Where a WSGI request tells what its answer may depend on, beside its body.
_SENT: Final = (
    "REQUEST_METHOD",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_X_FORWARDED_PROTO",
    "wsgi.url_scheme",
)
_OVERHEAD: Final = 1500
_LARGEST_SHARE: Final = 8
_MEGABYTE: Final = 1_000_000

type Handler = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Steady:
    """From `since` until before `until`, nothing turns by itself of what the public sees."""

    as_of: Revision
    since: datetime
    until: datetime

    def holds(self, now: Moment) -> bool:
        return self.as_of == now.revision and self.since <= now.at < self.until


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and how long it stands."""

    body: bytes
    headers: "Headers"
    etag: str
    operation: str | None
    steady: Steady

    @property
    def size(self) -> int:
        return len(self.body) + _OVERHEAD


class Headers(ResponseHeaders):
    """Headers of a kept answer, each made fit for HTTP once, when it was kept."""

    def copied(self) -> Self:
        made = type(self)({})
        made._store = self._store.copy()  # noqa: SLF001  (of its own kind)
        return made


class Memory:
    """Answers of this process, the least used given up when their bytes grow too many."""

    def __init__(self) -> None:
        self._most = settings.KEPT_ANSWERS_MB * _MEGABYTE
        self._held: LeastUsed[str, Kept] = LeastUsed(self._most)
        self._lock = Lock()

    def get(self, key: str, now: Moment) -> Kept | None:
        with self._lock:
            found = self._held.get(key)
        return found if found is not None and found.steady.holds(now) else None

    def put(self, key: str, answer: Kept) -> None:
        if answer.size * _LARGEST_SHARE > self._most:
            return
        with self._lock:
            self._held.put(key, answer, size=answer.size)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()

    @property
    def bytes(self) -> int:
        return self._held.size


class Shared:
    """Answers that several machines share, where they share a cache; one that fails is a miss."""

    def get(self, key: str, now: Moment) -> Kept | None:
        try:
            found = cache.get(_shared_key(key, now.revision))
        except RedisError as error:
            logger.warning("the shared cache does not answer: %s", type(error).__name__)
            return None
        return found if isinstance(found, Kept) and found.steady.holds(now) else None

    def put(self, key: str, answer: Kept) -> None:
        seconds = (answer.steady.until - answer.steady.since).total_seconds()
        try:
            cache.set(_shared_key(key, answer.steady.as_of), answer, timeout=int(seconds) + 1)
        except RedisError as error:
            logger.warning("the shared cache takes nothing: %s", type(error).__name__)


def _shared_key(key: str, as_of: Revision) -> str:
    return f"kept:{release()}:{as_of.number}:{as_of.token}:{key}"


memory = Memory()
#: Keys by a digest of the request as it was sent, so that a hot one is not read again.
_known_keys: dict[str, str] = {}
shared = Shared()
_flights = tuple(Lock() for _ in range(_STRIPES))


class KeptAnswers:
    """Middleware: a kept answer where one stands; else the view's, kept where it may be."""

    def __init__(self, get_response: Handler) -> None:
        self._view = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = key_of(request)
        if key is None:
            return self._view(request)
        try:
            now = Moment(revision.current(), timezone.now())
        except DatabaseError:
            return self._view(request)
        request.moment = now  # type: ignore[attr-defined]
        found = memory.get(key, now)
        if found is None:
            with _alone(key):
                found = _found(key, now)
                if found is None:
                    return self._kept(request, key, now)
        observed.note_operation(request, found.operation, "query")
        return _given(request, found, "shop; hit")

    def _kept(self, request: HttpRequest, key: str, now: Moment) -> HttpResponseBase:
        response = self._view(request)
        if not isinstance(response, Answer) or not response.stands or response.cookies:
            return response
        span = turns.around(now)
        if span is None:
            return response
        headers = Headers(dict(response.items()))
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        operation = getattr(request, "operation", None)
        answer = Kept(response.content, headers, etag, operation, span)
        memory.put(key, answer)
        if settings.CACHE_IS_SHARED:
            shared.put(key, answer)
        return _given(request, answer, "shop; fwd=miss; stored")


def key_of(request: HttpRequest) -> str | None:
    """What an answer is kept by: all of a request that may change it; None of one never kept."""
    if not _may_be_given(request):
        return None
    as_sent = _digest([request.META.get(name) for name in _SENT], _body_of(request))
    found = _known_keys.get(as_sent)
    if found is None:
        found = _key_of(request)
        if found is not None:
            if len(_known_keys) >= _MOST_KNOWN_KEYS:
                _known_keys.clear()
            _known_keys[as_sent] = found
    return found


def _key_of(request: HttpRequest) -> str | None:
    try:
        request.get_host()
        ask, media = read(request), media_of(request)
    except (Refused, DisallowedHost):
        return None
    if not may_be_kept(schema, ask.query, ask.operation_name):
        return None
    origin = request.headers.get("Origin", "")
    told = [
        ask.query,
        ask.operation_name,
        json.dumps(ask.variables, sort_keys=True, separators=(",", ":")),
        language_of(request).value,
        media.value,
        origin if origin in settings.CORS_ALLOWED_ORIGINS else "",
        request.is_secure(),
    ]
    return _digest(told)


def _digest(told: Sequence[object], body: bytes = b"") -> str:
    digest = hashlib.sha256(repr(told).encode())
    digest.update(body)
    return digest.hexdigest()


def _body_of(request: HttpRequest) -> bytes:
    """The body; nothing of one that is too long to be read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_short = length.isdecimal() and int(length) <= MOST_BYTES
    return request.body if is_short else b""


def _may_be_given(request: HttpRequest) -> bool:
    return (
        request.path == PATH
        and bool(settings.KEPT_ANSWERS_MB)
        and is_guest(request)
        and request.method in ("GET", "POST")
        and not wants_page(request)
        and "no-cache" not in request.META.get("HTTP_CACHE_CONTROL", "")
        and (not settings.SECURE_SSL_REDIRECT or request.is_secure())
    )


def _found(key: str, now: Moment) -> Kept | None:
    """What another thread or machine has kept meanwhile."""
    found = memory.get(key, now)
    if found is None and settings.CACHE_IS_SHARED:
        found = shared.get(key, now)
        if found is not None:
            memory.put(key, found)
    return found


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """One thread of a process answers a question; those that asked it too wait for ten seconds."""
    flight = _flights[int(key[:8], 16) % _STRIPES]
    is_mine = flight.acquire(timeout=_PATIENCE_S)
    try:
        yield
    finally:
        if is_mine:
            flight.release()


def _given(request: HttpRequest, answer: Kept, how: str) -> HttpResponseBase:
    response = HttpResponse(answer.body)
    response.headers = answer.headers.copied()
    response.headers["Cache-Status"] = how
    if request.method != "GET":
        response.headers["Cache-Control"] = "no-store"
        return response
    left = min(_SHARED_FOR, answer.steady.until - timezone.now())
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={max(0, int(left.total_seconds()))}, "
        f"stale-while-revalidate={_STALE_FOR_S}"
    )
    response.headers["ETag"] = answer.etag
    return get_conditional_response(request, etag=answer.etag, response=response) or response


class Turns:
    """The time around a moment in which nothing turns, found once and held while it lasts."""

    def __init__(self) -> None:
        self._known: Steady | None = None

    def around(self, now: Moment) -> Steady | None:
        """None while cards whose moment has come wait to be written anew."""
        known = self._known
        if known is not None and known.holds(now):
            return known
        places = details.next_turn(details.public_details(now.revision), at=now.at)
        others = (cards.next_turn(), reading.next_turn(now.at))
        until = min([places, *(turn for turn in others if turn is not None)])
        if until <= now.at:
            return None
        self._known = Steady(now.revision, now.at, until)
        return self._known

    def forget(self) -> None:
        self._known = None


turns = Turns()


def forget() -> None:
    """Begin as a new process does."""
    memory.clear()
    turns.forget()
    _known_keys.clear()
