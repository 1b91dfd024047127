"""The one door to Stripe: plain values in and out, an idempotency key with all that it changes.

Without STRIPE_SECRET_KEY it speaks to the stand-in; nothing but the address changes. No call may
be made inside a transaction: it would hold rows locked for as long as a stranger takes to answer.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from kernel.money import Currency, Money

API_VERSION = "2026-10-28.endive"
STAND_IN_KEY = "sk_test_stand_in"
STAND_IN_WEBHOOK_SECRET = "whsec_stand_in"  # noqa: S105  (it signs what the stand-in says)
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
RETRIES = 2
TOLERANCE_SECONDS = 300
PAGE = 100


class IntentStatus(StrEnum):
    """Where an intent stands, in Stripe's words."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """Where a refund stands, in Stripe's words."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class IntentAsked:
    """A payment to be made; `order_id` and `attempt` go into its metadata and its key."""

    order_id: str
    attempt: int
    amount: Money
    capture_later: bool
    email: str
    description: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as Stripe has it; `order_id` empty and `attempt` 0 if the shop did not make it."""

    id: str
    status: IntentStatus
    client_secret: str
    amount: Money
    amount_received: Money
    amount_capturable: Money
    decline_code: str
    order_id: str
    attempt: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefundMade:
    """A refund as Stripe has it; `key` empty for those that Stripe or its dashboard made."""

    id: str
    intent_id: str
    status: RefundStatus
    amount: Money
    key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StripeTold:
    """An event; `intent_id` is the payment that it is about, if it is about one."""

    event_id: str
    kind: str
    object_id: str
    intent_id: str
    order_id: str | None
    attempt: int | None
    created_at: datetime


class GatewayUnavailable(Exception):
    """Stripe could not be reached, or is busy: the same call may be repeated later."""


class CardDeclined(Exception):
    """The bank of the card's holder said no."""

    def __init__(self, decline_code: str) -> None:
        super().__init__(decline_code)
        self.decline_code = decline_code


class IntentMoved(Exception):
    """The intent is no longer where the step wants it; `intent` tells where it stands now."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(f"{intent.id} is {intent.status}.")
        self.intent = intent


class RefundRefused(Exception):
    """Stripe does not give this back; `code` says why, `amount` for more than is left."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SignatureRefused(Exception):
    """Whoever sent this event did not sign it with our secret, or did so too long ago."""


class OutsideTransactions(stripe.RequestsClient):
    """Refuses to reach the network while rows are locked, whoever asks."""

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        if connection.in_atomic_block:
            raise RuntimeError(f"{method} {url}: a network call inside a transaction.")
        return super().request_with_retries(
            method, url, headers, post_data, max_network_retries, _usage=_usage
        )


def client() -> stripe.StripeClient:
    key = settings.STRIPE_SECRET_KEY
    if key:
        return built_client(key, stripe.DEFAULT_API_BASE)
    return built_client(STAND_IN_KEY, settings.STRIPE_STAND_IN_URL)


@cache
def built_client(key: str, address: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": address},
        max_network_retries=RETRIES,
        http_client=OutsideTransactions(timeout=(CONNECT_SECONDS, READ_SECONDS)),
    )


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raises: GatewayUnavailable, CardDeclined, IntentMoved, for what Stripe says so."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(str(error)) from error
    except stripe.CardError as error:
        told = error.error.to_dict() if error.error else {}
        raise CardDeclined(decline_code(told)) from error
    except stripe.InvalidRequestError as error:
        moved = error.error.payment_intent if error.error else None
        if error.code == "payment_intent_unexpected_state" and moved:
            raise IntentMoved(read_intent(moved)) from error
        raise
    except (stripe.APIError, stripe.IdempotencyError) as error:
        # 409: the same call is still being carried out, by somebody as impatient as we are.
        if error.http_status is None or error.http_status >= HTTPStatus.CONFLICT:
            raise GatewayUnavailable(str(error)) from error
        raise


def create_intent(asked: IntentAsked) -> Intent:
    """Begin a payment by card; asking twice for one attempt gives the same intent.

    Raises:
        GatewayUnavailable: it may or may not have been made; ask again with the same values.
    """
    with in_our_words():
        made = client().v1.payment_intents.create(
            {
                "amount": asked.amount.cents,
                "currency": Currency.EUR.lower(),
                "allowed_payment_method_types": ["card"],
                "capture_method": "manual" if asked.capture_later else "automatic",
                "metadata": {"order": str(asked.order_id), "attempt": str(asked.attempt)},
                "description": asked.description,
                "receipt_email": asked.email,
            },
            {"idempotency_key": f"{asked.order_id}:{asked.attempt}:create"},
        )
    return read_intent(made)


def find_intent(intent_id: str) -> Intent:
    """Raises: GatewayUnavailable."""
    with in_our_words():
        return read_intent(client().v1.payment_intents.retrieve(intent_id))


def capture_intent(intent_id: str, amount: Money) -> Intent:
    """Take what was authorised, or a part of it: the rest goes back, and cannot be taken later.

    Raises:
        GatewayUnavailable, CardDeclined
        IntentMoved: taken already, cancelled, or let go after seven days.
    """
    with in_our_words():
        taken = client().v1.payment_intents.capture(
            intent_id,
            {"amount_to_capture": amount.cents},
            {"idempotency_key": f"{intent_id}:capture:{amount.cents}"},
        )
    return read_intent(taken)


def cancel_intent(intent_id: str) -> Intent:
    """Let nobody pay it any more; what was authorised goes back.

    Raises:
        GatewayUnavailable
        IntentMoved: paid, or cancelled already.
    """
    with in_our_words():
        ended = client().v1.payment_intents.cancel(intent_id)
    return read_intent(ended)


def create_refund(intent_id: str, amount: Money, key: str, reason: str) -> RefundMade:
    """Give back a part of a payment; `key` is the refund's own, and `reason` stays with it.

    Raises:
        GatewayUnavailable: it may or may not have been made; ask again with the same values.
        RefundRefused: given back already, disputed, or more than is left.
    """
    try:
        with in_our_words():
            made = client().v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": amount.cents,
                    "metadata": {"key": key, "reason": reason},
                },
                {"idempotency_key": f"{key}:refund"},
            )
    except stripe.InvalidRequestError as error:
        raise RefundRefused(error.code or "amount", error.user_message or "") from error
    return read_refund(made)


def find_refund(refund_id: str) -> RefundMade:
    """Raises: GatewayUnavailable."""
    with in_our_words():
        return read_refund(client().v1.refunds.retrieve(refund_id))


def intents_since(moment: datetime) -> Iterator[Intent]:
    """Intents made at or after a moment, the newest first, page by page.

    Raises:
        GatewayUnavailable
    """
    return map(read_intent, pages(client().v1.payment_intents.list, moment))


def refunds_since(moment: datetime) -> Iterator[RefundMade]:
    """Refunds made at or after a moment, the newest first; also those that Stripe made itself.

    Raises:
        GatewayUnavailable
    """
    return map(read_refund, pages(client().v1.refunds.list, moment))


def told_since(moment: datetime) -> Iterator[StripeTold]:
    """Events since a moment, the newest first, delivered or not; Stripe keeps thirty days.

    Raises:
        GatewayUnavailable
    """
    return map(read_told, pages(client().v1.events.list, moment))


def pages[Thing: (stripe.PaymentIntent, stripe.Refund, stripe.Event)](
    ask: Callable[[Any], stripe.ListObject[Thing]], moment: datetime
) -> Iterator[Thing]:
    params: dict[str, Any] = {"created": {"gte": int(moment.timestamp())}, "limit": PAGE}
    while True:
        with in_our_words():
            page = ask(params)
        yield from page.data
        if not page.has_more:
            return
        params["starting_after"] = page.data[-1].id


def webhook_secret() -> str:
    """The stand-in's secret is known to all: it counts only where there is no real Stripe."""
    given: str = settings.STRIPE_WEBHOOK_SECRET
    return given if given or settings.STRIPE_SECRET_KEY else STAND_IN_WEBHOOK_SECRET


def read_event(payload: bytes, signature: str) -> StripeTold:
    """Raises: SignatureRefused."""
    if not signature.isascii():
        raise SignatureRefused("The signature is not one.")
    try:
        stripe.WebhookSignature.verify_header(
            payload, signature, webhook_secret(), TOLERANCE_SECONDS
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
        raise SignatureRefused(str(error)) from error
    return read_told(stripe.Event.construct_from(json.loads(payload), None))


def read_told(event: stripe.Event) -> StripeTold:
    about = event.data.object.to_dict()
    is_intent = about.get("object") == "payment_intent"
    intent = about["id"] if is_intent else about.get("payment_intent")
    metadata = about.get("metadata") or {}
    attempt = metadata.get("attempt", "")
    return StripeTold(
        event_id=event.id,
        kind=event.type,
        object_id=about.get("id") or "",
        intent_id=intent if isinstance(intent, str) else "",
        order_id=metadata.get("order"),
        attempt=int(attempt) if attempt.isdecimal() else None,
        created_at=read_moment(event.created),
    )


def read_intent(found: stripe.PaymentIntent) -> Intent:
    failed = found.last_payment_error
    metadata = found.metadata.to_dict()
    attempt = metadata.get("attempt", "")
    return Intent(
        id=found.id,
        status=IntentStatus(found.status),
        client_secret=found.client_secret or "",
        amount=Money(found.amount),
        amount_received=Money(found.amount_received),
        amount_capturable=Money(found.amount_capturable),
        decline_code=(failed and decline_code(failed.to_dict())) or "",
        order_id=metadata.get("order", ""),
        attempt=int(attempt) if attempt.isdecimal() else 0,
        created_at=read_moment(found.created),
    )


def decline_code(error: Mapping[str, Any]) -> str:
    """The bank's reason, or else Stripe's."""
    return error.get("decline_code") or error.get("code") or ""


def read_refund(found: stripe.Refund) -> RefundMade:
    metadata = found.metadata.to_dict() if found.metadata else {}
    intent = found.payment_intent
    return RefundMade(
        id=found.id,
        intent_id=intent if isinstance(intent, str) else "",
        status=RefundStatus(found.status or RefundStatus.PENDING),
        amount=Money(found.amount),
        key=metadata.get("key", ""),
        created_at=read_moment(found.created),
    )


def read_moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
