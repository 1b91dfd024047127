"""The HTTP door: who asks, in which language, within which limits; bugs are masked here.

GET and POST of application/json; everything that is refused is refused in GraphQL's own shape,
with a code, and is told to the log in one line.
"""

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.views import csrf
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from graphql import GraphQLError, OperationDefinitionNode, OperationType, get_operation_ast
from strawberry.http.ides import get_graphql_ide_html
from strawberry.types.graphql import OperationType as Allowed

from accounts.asking import TokenRefused, shows_token
from accounts.graphql.viewer import RequestContext
from kernel.animals import Language
from kernel.graphql.limits import (
    GUEST_COST,
    NOT_TEXT,
    OWNER_COST,
    STAFF_COST,
    cost,
    is_text,
    measured,
)
from kernel.refusals import Refusal
from shop.schema import schema

logger = logging.getLogger("shop.graphql")

MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A GraphQL request as it came."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    is_get: bool


class Refused(Exception):
    """The request is not GraphQL that can be carried out."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def graphql(request: HttpRequest) -> HttpResponse:
    """Answer a GraphQL request; a browser in development gets GraphiQL."""
    if request.method == "GET" and wants_page(request) and not settings.PRODUCTION:
        return graphiql(request)
    request_id = uuid.uuid4().hex[:16]
    language = language_of(request)
    with translation.override(language.value):
        try:
            answer, status = carry_out(request, read(request), request_id, language)
        except TokenRefused:
            logger.info("%s refused a token", request_id)
            message = "This token is not in force: sign in again."
            answer = {"errors": [problem(message, "UNAUTHENTICATED", request_id)]}
            status = HTTPStatus.UNAUTHORIZED
        except Refused as refused:
            logger.info("%s refused %s %s", request_id, refused.code, refused.message[:120])
            answer = {"errors": [problem(refused.message, refused.code, request_id)]}
            status = refused.status
    response = HttpResponse(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=str),
        content_type="application/json; charset=utf-8",
        status=status,
    )
    response["Content-Language"] = language.value
    response["Vary"] = "Accept-Language, Accept, Cookie, Authorization, X-Session-Token, Origin"
    response["X-Request-Id"] = request_id
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response["Allow"] = "GET, POST"
    return response


@csp_override({})
def graphiql(_request: HttpRequest) -> HttpResponse:
    """The page for trying queries, in development; its scripts come from a public CDN."""
    return HttpResponse(get_graphql_ide_html(graphql_ide="graphiql"))


def problem(message: str, code: str, request_id: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def wants_page(request: HttpRequest) -> bool:
    return "query" not in request.GET and "text/html" in request.headers.get("Accept", "")


def language_of(request: HttpRequest) -> Language:
    """French, unless English is asked for first."""
    asked = request.headers.get("Accept-Language", "")
    for part in sorted(asked.split(",")[:10], key=_weight, reverse=True):
        word = part.split(";")[0].strip().lower()[:2]
        if word in Language:
            return Language(word)
    return Language.FR


def _weight(part: str) -> float:
    _name, _mark, weight = part.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0


def read(request: HttpRequest) -> Ask:
    """Raises: Refused, for anything that is not a GraphQL request."""
    if request.method == "GET":
        asked: Mapping[str, Any] = request.GET
        variables = _json(asked.get("variables") or "{}")
    elif request.method == "POST":
        asked = _body(request)
        variables = asked.get("variables")
    else:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", "Use GET or POST.")
    query, name = asked.get("query"), asked.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "`query` must be a document.")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "BAD_REQUEST",
            "`variables` must be an object and `operationName` a name.",
        )
    if len(query) > MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_EXPENSIVE", "At most 100 kB.")
    if not is_text(variables):
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", NOT_TEXT)
    return Ask(query, variables or {}, name or None, is_get=request.method == "GET")


def _body(request: HttpRequest) -> Mapping[str, Any]:
    if request.content_type not in ("application/json", "application/graphql-response+json"):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", "Send application/json.")
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = 0
    if length > MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_EXPENSIVE", "At most 100 kB.")
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_EXPENSIVE", "At most 100 kB.")
    found = _json(body)
    if not isinstance(found, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "The body must be one JSON object.")
    return found


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "That is not JSON.") from None


def carry_out(
    request: HttpRequest, ask: Ask, request_id: str, language: Language
) -> tuple[dict[str, Any], HTTPStatus]:
    """Measure a document, then execute it within its asker's limits.

    Raises:
        Refused: a mutation by GET, or no such operation.
    """
    found = measured(schema._schema, ask.query)  # noqa: SLF001
    if found.errors:
        logger.info("%s refused document: %s", request_id, found.errors[0].message[:120])
        return {"errors": [shown(each, request_id) for each in found.errors]}, HTTPStatus.OK
    operation = get_operation_ast(found.document, ask.operation_name)
    refuse_wrong_operation(operation, ask)
    context = RequestContext(request, HttpResponse(), at=timezone.now(), language=language)
    spent = cost(found.document, ask.variables, ask.operation_name)
    allowed = cost_limit(context)
    if spent > allowed:
        message = f"Costs {spent}, more than the {allowed} allowed."
        return {"errors": [problem(message, "TOO_EXPENSIVE", request_id)]}, HTTPStatus.OK
    result = schema.execute_sync(
        ask.query,
        variable_values=ask.variables,
        context_value=context,
        operation_name=ask.operation_name,
        allowed_operation_types={Allowed.QUERY}
        if ask.is_get
        else {Allowed.QUERY, Allowed.MUTATION},
    )
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [shown(each, request_id) for each in result.errors]
    answer["data"] = result.data
    answer["extensions"] = {"cost": spent}
    return answer, HTTPStatus.OK


def refuse_wrong_operation(operation: OperationDefinitionNode | None, ask: Ask) -> None:
    """Raises: Refused."""
    if operation is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "Name one operation of the document.")
    if ask.is_get and operation.operation is not OperationType.QUERY:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", "Send mutations by POST.")


def cost_limit(context: RequestContext) -> int:
    """What the asker may spend: guests 2,000, owners 5,000, staff and machines 20,000.

    Raises:
        TokenRefused: the request shows a token that is not in force.
    """
    viewer = context.viewer
    if viewer.duties:
        return STAFF_COST
    return OWNER_COST if viewer.person else GUEST_COST


def shown(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An error as its asker may see it: their own mistakes in full, ours by their number alone."""
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        found = dict(error.formatted)
        found["extensions"] = {
            "code": "MALFORMED",
            **(error.extensions or {}),
            "requestId": request_id,
        }
        return found
    if isinstance(original, Refusal):
        return problem(original.message, original.code.value, request_id)
    logger.error("%s bug in %s", request_id, error.path, exc_info=original)
    found = problem("Something went wrong on our side.", "INTERNAL", request_id)
    return {**found, "path": error.path} if error.path else found


@csrf_exempt
def endpoint(request: HttpRequest) -> HttpResponse:
    """Guests need no CSRF token: there is no session that a foreign page could ride on.

    Nor does who shows a token of their own: a foreign page has none, and the cookie is not read.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES and not shows_token(request):
        return _with_session(request)
    return graphql(request)


_with_session = csrf_protect(graphql)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A missing CSRF token, told in their own shape to clients of GraphQL and of sign-in."""
    if not request.path.startswith(("/graphql", "/auth/")):
        return csrf.csrf_failure(request, reason)
    logger.info("refused CSRF: %s", reason[:120])
    message = "Send the CSRF cookie's value as X-CSRFToken with a session."
    if request.path.startswith("/auth/"):
        told = {"status": HTTPStatus.FORBIDDEN, "errors": [{"code": "csrf", "message": message}]}
        return JsonResponse(told, status=HTTPStatus.FORBIDDEN)
    answer = {"errors": [problem(message, "FORBIDDEN", uuid.uuid4().hex[:16])]}
    return JsonResponse(answer, status=HTTPStatus.FORBIDDEN)
