"""Each request told in one line and counted: its route, never its path, its words or its asker.

The first middleware, so that what a later one answers by itself is seen too. Who answers GraphQL
says what was asked with `note_operation` and `note_errors`.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop import logs, metrics
from shop.graphql_http import PATH
from shop.metrics import Asked

logger = logging.getLogger("shop.access")

type Handler = Callable[[HttpRequest], HttpResponseBase]

HEADER: Final = "X-Request-Id"
_IN_META: Final = "HTTP_X_REQUEST_ID"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST_CODES: Final = 5


def observed(get_response: Handler) -> Handler:
    """The middleware."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        number = number_of(request)
        with logs.within(request=number):
            response = get_response(request)
            response[HEADER] = number
            tell(request, response, perf_counter() - began)
        return response

    return answer


def request_id() -> str:
    """The number of the request under way, as its log lines and its answer carry it."""
    return logs.context().get("request") or fresh_number()


def fresh_number() -> str:
    return secrets.token_hex(8)


def number_of(request: HttpRequest) -> str:
    """The front end's number for it, where one of ours stands before the shop; else a new one."""
    given = request.META.get(_IN_META, "") if settings.TRUSTED_PROXIES else ""
    return given if _WELL_FORMED.fullmatch(given) else fresh_number()


def note_operation(request: HttpRequest, name: str | None, kind: str) -> None:
    """Say which operation a request carries out; a name of more than 60 signs is not told."""
    is_sound = name is not None and _NAME.fullmatch(name)
    request.operation = name if is_sound else None  # type: ignore[attr-defined]
    request.operation_kind = kind  # type: ignore[attr-defined]


def note_errors(request: HttpRequest, codes: Iterable[str]) -> None:
    """Say with which codes a request was refused, wholly or in part."""
    request.error_codes = sorted(set(codes))[:_MOST_CODES]  # type: ignore[attr-defined]


def route_of(request: HttpRequest) -> str:
    """The name of what answered, one of a fixed number: `graphql`, `admin:index`, `unmatched`."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    if request.path_info == PATH:
        return "graphql"
    is_static = request.path_info.startswith(settings.STATIC_URL)
    return "static" if is_static else "unmatched"


def tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    asked = Asked(
        method=request.method if request.method in _METHODS else "other",
        route=route_of(request),
        status=response.status_code,
        operation=getattr(request, "operation", None),
        error_codes=tuple(getattr(request, "error_codes", ())),
    )
    metrics.count(asked, seconds)
    facts: dict[str, Any] = {
        "method": asked.method,
        "route": asked.route,
        "status": asked.status,
        "ms": round(1000 * seconds, 1),
        "bytes": len(response.content) if isinstance(response, HttpResponse) else None,
    }
    if kind := getattr(request, "operation_kind", None):
        facts |= {"operation": asked.operation, "kind": kind}
    if asked.error_codes:
        facts["errors"] = asked.error_codes
    logger.info("answered", extra={"facts": facts})
