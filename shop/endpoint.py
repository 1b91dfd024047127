"""The HTTP door: who asks, in which language, within which limits; bugs are masked here.

GET and POST of application/json; everything that is refused is refused in GraphQL's own shape,
with a code, and is told to the log in one line.
"""

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.views import csrf
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)
from strawberry.http.ides import get_graphql_ide_html
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType as Allowed

from accounts.asking import TokenRefused, shows_token
from accounts.graphql.viewer import Moment, RequestContext
from clinic import trusted
from kernel.animals import Language
from kernel.graphql.limits import measured
from kernel.graphql.pricing import GUEST_COST, OWNER_COST, STAFF_COST, cost
from kernel.graphql.shapes import INTROSPECTION, refusal
from kernel.refusals import Refusal
from shop import observed
from shop.graphql_http import (
    Ask,
    Media,
    Refused,
    bad_request,
    language_of,
    media_of,
    read,
    respond,
    wants_page,
)
from shop.limiting import CHANGE_COST, REFUSED_COST, Client, charge
from shop.schema import schema

logger = logging.getLogger("shop.graphql")


def graphql(request: HttpRequest) -> HttpResponse:
    """Answer a GraphQL request; a browser in development gets GraphiQL."""
    if request.method == "GET" and wants_page(request) and not settings.PRODUCTION:
        return graphiql(request)
    request_id = observed.request_id()
    language, media = language_of(request), Media.JSON
    context, stands, wait = context_of(request, language), False, None
    with translation.override(language.value):
        try:
            media = media_of(request)
            answer, was_executed = carry_out(context, read(request), request_id)
            status = status_of(media, was_executed=was_executed)
            stands = "errors" not in answer and context.may_stand
        except TokenRefused:
            message = "This token is not in force: sign in again."
            answer = {"errors": [problem(message, "UNAUTHENTICATED", request_id)]}
            status = HTTPStatus.UNAUTHORIZED
        except Refused as refused:
            answer = {"errors": [problem_of(refused, request_id)]}
            status, wait = refused.status, refused.retry_after
    observed.note_errors(request, (each["extensions"]["code"] for each in answer.get("errors", ())))
    response = respond(answer, status, media=media, language=language)
    if wait is not None:
        response["Retry-After"] = str(wait)
    response.stands = stands
    return response


def context_of(request: HttpRequest, language: Language) -> RequestContext:
    """As of the moment that kept answers were looked for at, where they were."""
    moment: Moment | None = getattr(request, "moment", None)
    at = moment.at if moment else timezone.now()
    return RequestContext(
        request, at=at, language=language, revision=moment.revision if moment else None
    )


@csp_override({})
def graphiql(_request: HttpRequest) -> HttpResponse:
    """The page for trying queries, in development; its scripts come from a public CDN."""
    return HttpResponse(get_graphql_ide_html(graphql_ide="graphiql"))


def problem(message: str, code: str, request_id: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def problem_of(refused: Refused, request_id: str) -> dict[str, Any]:
    found = problem(refused.message, refused.code, request_id)
    if refused.retry_after is not None:
        found["extensions"]["retryAfter"] = refused.retry_after
    return found


def status_of(media: Media, *, was_executed: bool) -> HTTPStatus:
    """Plain JSON calls everything well that is GraphQL; the newer type tells what was not begun."""
    is_well = was_executed or media is Media.JSON
    return HTTPStatus.OK if is_well else HTTPStatus.BAD_REQUEST


def carry_out(context: RequestContext, ask: Ask, request_id: str) -> tuple[dict[str, Any], bool]:
    """Measure a document, then execute it within its asker's limits; whether it was begun, too.

    Raises:
        Refused: a mutation by GET, no such operation, or a document that guests may not send.
    """
    refuse_unknown_document(ask, context)
    found = measured(schema._schema, ask.query)  # noqa: SLF001
    if found.errors:
        charge(client_of(context), REFUSED_COST)
        return refused_document(found.errors, request_id), False
    operation = get_operation_ast(found.document, ask.operation_name)
    kind = kind_of(operation, ask)
    observed.note_operation(context.request, name_of(operation), kind.value)
    roots = found.roots_of(ask.operation_name)
    spent = cost(schema._schema, found.document, ask.variables, ask.operation_name)  # noqa: SLF001
    excess = excess_of(context, roots, spent)
    if excess:
        charge(client_of(context), REFUSED_COST, roots)
        return refused_document((excess,), request_id), False
    change = CHANGE_COST if kind is OperationType.MUTATION else 0
    charge(client_of(context), spent + change, roots)
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
        if was_never_executed(result):
            return refused_document(tuple(result.errors), request_id), False
    answer["data"] = result.data
    answer["extensions"] = {"cost": spent}
    return answer, True


def was_never_executed(result: ExecutionResult) -> bool:
    """Variables that do not fit are told before any field: such an answer has no `data`."""
    return result.data is None and all(each.path is None for each in result.errors or ())


def refuse_unknown_document(ask: Ask, context: RequestContext) -> None:
    """Raises: Refused, to guests in a shop that answers them its own documents alone."""
    if not settings.TRUSTED_DOCUMENTS_ONLY or ask.is_trusted or context.viewer.person:
        return
    if not trusted.is_trusted(ask.query):
        message = "This shop answers guests its own documents alone."
        raise bad_request(message, "UNKNOWN_DOCUMENT")


def kind_of(operation: OperationDefinitionNode | None, ask: Ask) -> OperationType:
    """Raises: Refused, for none, or for a mutation by GET."""
    if operation is None:
        raise bad_request("Name one operation of the document.")
    if ask.is_get and operation.operation is not OperationType.QUERY:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", "Send mutations by POST.")
    return operation.operation


def name_of(operation: OperationDefinitionNode | None) -> str | None:
    return operation.name.value if operation and operation.name else None


def refused_document(errors: tuple[GraphQLError, ...], request_id: str) -> dict[str, Any]:
    """The answer to a document that was not begun."""
    return {"errors": [shown(each, request_id) for each in errors]}


def excess_of(context: RequestContext, roots: tuple[str, ...], spent: int) -> GraphQLError | None:
    """What an asker may not ask: more than they may spend, or the schema where it is for staff."""
    allowed = cost_limit(context)
    if spent > allowed:
        return refusal("TOO_EXPENSIVE", f"Costs {spent}, more than the {allowed} allowed.")
    if settings.PRODUCTION and not context.viewer.duties and not INTROSPECTION.isdisjoint(roots):
        return refusal("FORBIDDEN", "Introspection is for staff: read schema.graphql instead.")
    return None


def client_of(context: RequestContext) -> Client:
    """Raises: TokenRefused, for a token that is not in force."""
    return Client(context.request, context.viewer, context.at)


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
    answer = {"errors": [problem(message, "FORBIDDEN", observed.request_id())]}
    return JsonResponse(answer, status=HTTPStatus.FORBIDDEN)
