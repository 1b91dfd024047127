"""GraphQL over HTTP: what was asked, and in which media type it is answered.

Source: the GraphQL over HTTP specification (https://graphql.github.io/graphql-over-http/draft/).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from clinic import trusted
from kernel.animals import Language
from kernel.graphql.limits import NOT_TEXT, is_text, is_too_much

PATH: Final = "/graphql/"
MOST_BYTES: Final = 100_000
_MOST_RANGES: Final = 20
VARY: Final = "Accept-Language, Accept, Cookie, Authorization, X-Session-Token, Origin"


class Media(StrEnum):
    """What an answer is written in: the newer type tells by its status what became of it."""

    JSON = "application/json"
    GRAPHQL = "application/graphql-response+json"


@dataclass(frozen=True, slots=True)
class Ask:
    """A GraphQL request as it came."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    is_get: bool
    is_trusted: bool = False


class Refused(Exception):
    """The request is not GraphQL that can be carried out, or not for `retry_after` seconds."""

    def __init__(
        self, status: HTTPStatus, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Answer(HttpResponse):
    """`stands` for whoever asks the same, where the question is one whose answers may be kept."""

    stands = False
    #: The endpoint tells the log why, in one line: Django needs not tell it the status once more.
    _has_been_logged = True


def bad_request(message: str, code: str = "BAD_REQUEST") -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, code, message)


def too_large() -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_EXPENSIVE", "At most 100 kB.")


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser comes to look, and asks nothing."""
    if "text/html" not in request.META.get("HTTP_ACCEPT", ""):
        return False
    return not {"query", "documentId"} & request.GET.keys()


def media_of(request: HttpRequest) -> Media:
    """The type that the client wants most; plain JSON to who says nothing.

    Raises: Refused, to who takes neither.
    """
    asked = request.headers.get("Accept", "")
    if not asked.strip():
        return Media.JSON
    weights = dict(_range(part) for part in reversed(asked.split(",")[:_MOST_RANGES]))
    wanted = {media: _weight_of(media, weights) for media in Media}
    best = max(Media, key=wanted.__getitem__)
    if not wanted[best]:
        message = f"Accept {Media.GRAPHQL} or {Media.JSON}."
        raise Refused(HTTPStatus.NOT_ACCEPTABLE, "BAD_REQUEST", message)
    return best


def _weight_of(media: Media, weights: Mapping[str, float]) -> float:
    """By the narrowest range that holds it."""
    for each in (media.value, "application/*", "*/*"):
        if each in weights:
            return weights[each]
    return 0.0


def language_of(request: HttpRequest) -> Language:
    """French, unless English is asked for first."""
    asked = request.headers.get("Accept-Language", "")
    for part in sorted(asked.split(",")[:10], key=lambda each: _range(each)[1], reverse=True):
        word = part.split(";")[0].strip().lower()[:2]
        if word in Language:
            return Language(word)
    return Language.FR


def _range(part: str) -> tuple[str, float]:
    """What a part of a header names, and how much it is wanted, from 0 to 1."""
    name, *parameters = part.split(";")
    weights = [each.strip()[2:] for each in parameters if each.strip().lower().startswith("q=")]
    try:
        weight = float(weights[0]) if weights else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower(), weight if 0 <= weight <= 1 else 0.0


def read(request: HttpRequest) -> Ask:
    """Raises: Refused, for anything that is not a GraphQL request."""
    if request.method == "GET":
        given = request.GET
        asked: Mapping[str, Any] = {
            **given.dict(),
            "variables": _json(given.get("variables") or "null"),
            "extensions": _json(given.get("extensions") or "null"),
            "operationName": given.get("operationName") or None,
        }
    elif request.method == "POST":
        asked = _body(request)
    else:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", "Use GET or POST.")
    variables, name = asked.get("variables"), asked.get("operationName")
    for field in ("variables", "extensions"):
        if not isinstance(asked.get(field), dict | None):
            raise bad_request(f"`{field}` must be an object.")
    if not isinstance(name, str | None):
        raise bad_request("`operationName` must be a name.")
    query, is_trusted = _document(asked)
    if is_too_much(variables):
        message = "Variables hold at most 2000 values, 200 objects, 12 levels."
        raise bad_request(message, "TOO_EXPENSIVE")
    if not is_text(variables):
        raise bad_request(NOT_TEXT)
    is_get = request.method == "GET"
    return Ask(query, variables or {}, name or None, is_get=is_get, is_trusted=is_trusted)


def _document(asked: Mapping[str, Any]) -> tuple[str, bool]:
    """The document, and whether it was asked for by its hash.

    Raises: Refused.
    """
    query, key = asked.get("query"), asked.get("documentId")
    if key is None:
        if not isinstance(query, str) or not query.strip():
            raise bad_request("`query` must be a document, or `documentId` the hash of one.")
        if len(query) > MOST_BYTES:
            raise too_large()
        return query, False
    if query is not None or not isinstance(key, str):
        raise bad_request("Send either `query` or a `documentId`, a text.")
    found = trusted.text_of(key)
    if found is None:
        raise bad_request("No trusted document has this hash.", "UNKNOWN_DOCUMENT")
    return found, True


def _body(request: HttpRequest) -> Mapping[str, Any]:
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if request.content_type != "application/json" or charset.lower() not in ("utf-8", "utf8"):
        message = "Send application/json in UTF-8."
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message)
    length = request.headers.get("Content-Length") or "0"
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise too_large()
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large() from None
    if len(body) > MOST_BYTES:
        raise too_large()
    found = _json(body)
    if not isinstance(found, dict):
        raise bad_request("The body must be one JSON object.")
    return found


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise bad_request("That is not JSON.") from None


def respond(
    answer: Mapping[str, Any], status: HTTPStatus, *, media: Media, language: Language
) -> Answer:
    """An answer as its reader takes it; of no one but its asker until somebody says otherwise."""
    response = Answer(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=str),
        content_type=f"{media}; charset=utf-8",
        status=status,
    )
    response["Content-Language"] = language.value
    response["Vary"] = VARY
    response["Cache-Control"] = "private, no-store"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response["Allow"] = "GET, POST"
    return response
