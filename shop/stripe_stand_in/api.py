"""Stripe's API as the shop uses it: keys, parameters, idempotency, and which call does what."""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from shop.stripe_stand_in import form, intents, known_params, listing, refunds, saving
from shop.stripe_stand_in.errors import ApiError, not_here
from shop.stripe_stand_in.world import Kept, Thing, World

KEYS_LAST_SECONDS = 24 * 60 * 60
LIST = "limit starting_after ending_before created expand"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came, the names of its headers in lower case."""

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API: `params` names its type in stripe-python, `done` what is done here."""

    method: str
    path: re.Pattern[str]
    params: str
    act: Callable[..., Thing]
    done: frozenset[str]
    browser: frozenset[str] = frozenset()


def call(
    line: str, params: str, act: Callable[..., Thing], done: str, *, browser: str | None = None
) -> Call:
    """`line` as in Stripe's reference: `POST /v1/payment_intents/:id/confirm`."""
    method, _, path = line.partition(" ")
    pattern = re.compile(path.replace(":id", "([^/]+)"))
    for_browser = frozenset() if browser is None else frozenset([*browser.split(), "client_secret"])
    return Call(method, pattern, params, act, frozenset(done.split()), for_browser)


def read(kind: str) -> Callable[..., Thing]:
    return lambda world, _params, asked: world.find(kind, asked)


def listed(kind: str, url: str) -> Callable[..., Thing]:
    return partial(listing.page, kind=kind, url=url)


CONFIRM = "payment_method return_url off_session error_on_requires_action expand"
CALLS = [
    call(
        "POST /v1/payment_intents",
        "PaymentIntentCreate",
        intents.create,
        "amount currency customer description metadata receipt_email capture_method confirm "
        "setup_future_usage automatic_payment_methods allowed_payment_method_types " + CONFIRM,
    ),
    call(
        "GET /v1/payment_intents",
        "PaymentIntentList",
        listed("payment_intent", "/v1/payment_intents"),
        f"customer {LIST}",
    ),
    call(
        "GET /v1/payment_intents/:id",
        "PaymentIntentRetrieve",
        intents.retrieve,
        "client_secret expand",
        browser="expand",
    ),
    call(
        "POST /v1/payment_intents/:id",
        "PaymentIntentUpdate",
        intents.update,
        "amount description receipt_email metadata expand",
    ),
    call(
        "POST /v1/payment_intents/:id/confirm",
        "PaymentIntentConfirm",
        intents.confirm,
        CONFIRM,
        browser="payment_method return_url expand",
    ),
    call(
        "POST /v1/payment_intents/:id/capture",
        "PaymentIntentCapture",
        intents.capture,
        "amount_to_capture expand",
    ),
    call(
        "POST /v1/payment_intents/:id/cancel",
        "PaymentIntentCancel",
        intents.cancel,
        "cancellation_reason expand",
    ),
    call(
        "POST /v1/setup_intents",
        "SetupIntentCreate",
        saving.create_setup,
        "customer description metadata usage confirm payment_method return_url "
        "allowed_payment_method_types expand",
    ),
    call(
        "GET /v1/setup_intents/:id",
        "SetupIntentRetrieve",
        saving.retrieve_setup,
        "client_secret expand",
        browser="expand",
    ),
    call(
        "POST /v1/setup_intents/:id/confirm",
        "SetupIntentConfirm",
        saving.confirm_setup,
        "payment_method return_url expand",
        browser="payment_method return_url expand",
    ),
    call("POST /v1/payment_methods", "PaymentMethodCreate", saving.create_method, "type card",
         browser="type card"),
    call("GET /v1/payment_methods/:id", "PaymentMethodRetrieve", read("payment_method"), "expand"),
    call("POST /v1/payment_methods/:id/attach", "PaymentMethodAttach", saving.attach_method,
         "customer expand"),
    call("POST /v1/payment_methods/:id/detach", "PaymentMethodDetach", saving.detach_method,
         "expand"),
    call("POST /v1/customers", "CustomerCreate", saving.create_customer,
         "email name phone description metadata expand"),
    call("GET /v1/customers/:id", "CustomerRetrieve", read("customer"), "expand"),
    call("GET /v1/charges/:id", "ChargeRetrieve", read("charge"), "expand"),
    call("GET /v1/charges", "ChargeList", listed("charge", "/v1/charges"),
         f"customer payment_intent {LIST}"),
    call("POST /v1/refunds", "RefundCreate", refunds.create,
         "payment_intent charge amount reason metadata expand"),
    call("GET /v1/refunds", "RefundList", listed("refund", "/v1/refunds"),
         f"payment_intent charge {LIST}"),
    call("GET /v1/refunds/:id", "RefundRetrieve", read("refund"), "expand"),
    call("GET /v1/events", "EventList", listed("event", "/v1/events"), f"type types {LIST}"),
    call("GET /v1/events/:id", "EventRetrieve", read("event"), "expand"),
    call("GET /v1/disputes", "DisputeList", listed("dispute", "/v1/disputes"),
         f"payment_intent charge {LIST}"),
    call("GET /v1/disputes/:id", "DisputeRetrieve", read("dispute"), "expand"),
]  # fmt: skip


def answer(world: World, asked: Asked) -> Answer:
    """Carry out a call, or say no as Stripe does; the same key gets the same answer."""
    with world.lock:
        number = f"req_{secrets.token_hex(7)}"
        key = asked.headers.get("idempotency-key", "") if asked.method == "POST" else ""
        world.version = asked.headers.get("stripe-version", "")
        world.request = {"id": number, "idempotency_key": key or None}
        headers = {"Request-Id": number, "Stripe-Version": world.version}
        if key:
            headers["Idempotency-Key"] = key
        try:
            found = answer_once(world, asked, key)
        except ApiError as refused:
            found = refusal(refused)
        return Answer(found.status, found.body, headers | found.headers)


def refusal(refused: ApiError) -> Answer:
    return Answer(refused.status, json.dumps({"error": refused.error}, indent=2))


def answer_once(world: World, asked: Asked, key: str) -> Answer:
    """Raises: ApiError, for what is refused before anything is begun, and so is not kept."""
    by_browser = is_browser(asked.headers.get("authorization", ""))
    chosen, ids = find_call(asked)
    sent = asked.query if asked.method == "GET" else asked.body
    kept = world.kept.get(key)
    if key and kept and kept.at + KEYS_LAST_SECONDS > world.now():
        return said_again(kept, asked, sent, key)
    params = checked(chosen, form.decode(sent), by_browser=by_browser)
    expand = params.get("expand", [])
    try:
        done = chosen.act(world, params, *ids)
        found = Answer(HTTPStatus.OK, json.dumps(listing.expanded(world, done, expand), indent=2))
    except ApiError as refused:
        found = refusal(refused)
    if key:
        world.kept[key] = Kept(asked.path, sent, found.status, found.body, world.now())
    return found


def said_again(kept: Kept, asked: Asked, sent: str, key: str) -> Answer:
    """Raises: ApiError, when the key was for something else."""
    if (kept.call, kept.asked) != (asked.path, sent):
        same = "endpoint" if kept.call != asked.path else "parameters"
        raise ApiError(
            f"Keys for idempotent requests can only be used with the same {same} they were first "
            f"used with. Try using a key other than '{key}' if you meant to execute a different "
            "request.",
            kind="idempotency_error",
        )
    return Answer(kept.status, kept.body, {"Idempotent-Replayed": "true"})


def is_browser(shown: str) -> bool:
    """Whether the publishable key is shown. Raises: ApiError, for a key that is none for tests."""
    scheme, _, value = shown.partition(" ")
    key = value.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise ApiError("You did not provide an API key.", status=HTTPStatus.UNAUTHORIZED)
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")):
        raise ApiError(f"Invalid API Key provided: {key[:8]}****", status=HTTPStatus.UNAUTHORIZED)
    return key.startswith("pk_")


def find_call(asked: Asked) -> tuple[Call, tuple[str, ...]]:
    """Raises: ApiError."""
    for each in CALLS:
        match = each.path.fullmatch(asked.path)
        if match and each.method == asked.method:
            return each, match.groups()
    raise ApiError(
        f"Unrecognized request URL ({asked.method}: {asked.path}).", status=HTTPStatus.NOT_FOUND
    )


def checked(chosen: Call, params: dict[str, Any], *, by_browser: bool) -> dict[str, Any]:
    """Raises: ApiError, for what Stripe, or else this stand-in, does not know."""
    if by_browser:
        if not chosen.browser:
            raise ApiError(
                "This API call cannot be made with a publishable API key.",
                code="secret_key_required",
                status=HTTPStatus.UNAUTHORIZED,
            )
        if chosen.params.endswith(("Confirm", "Retrieve")) and "client_secret" not in params:
            raise ApiError(
                "Missing required param: client_secret.",
                code="parameter_missing",
                param="client_secret",
            )
    secret = {"client_secret"} if by_browser else set()
    known_params.check(chosen.params, {k: v for k, v in params.items() if k not in secret})
    for name in params:
        if name not in (chosen.browser if by_browser else chosen.done):
            raise not_here(name)
    return params
