"""Payments by card, as Stripe has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import stripe

from kernel.money import Currency, Money
from orders.stripe_gateway.speaking import (
    client,
    decline_code,
    in_our_words,
    pages,
    read_moment,
)


class IntentStatus(StrEnum):
    """Where an intent stands, in Stripe's words."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
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


class IntentMoved(Exception):
    """The intent is no longer where the step wants it; `intent` tells where it stands now."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(f"{intent.id} is {intent.status}.")
        self.intent = intent


@contextmanager
def of_an_intent() -> Iterator[None]:
    """Raises: GatewayUnavailable, CardDeclined, IntentMoved, for what Stripe says so."""
    with in_our_words():
        try:
            yield
        except stripe.InvalidRequestError as error:
            moved = error.error.payment_intent if error.error else None
            if error.code == "payment_intent_unexpected_state" and moved:
                raise IntentMoved(read_intent(moved)) from error
            raise


def create_intent(asked: IntentAsked) -> Intent:
    """Begin a payment by card; asking twice for one attempt gives the same intent.

    Raises:
        GatewayUnavailable: it may or may not have been made; ask again with the same values.
    """
    with of_an_intent():
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
    with of_an_intent():
        return read_intent(client().v1.payment_intents.retrieve(intent_id))


def capture_intent(intent_id: str, amount: Money) -> Intent:
    """Take what was authorised, or a part of it: the rest goes back, and cannot be taken later.

    Raises:
        GatewayUnavailable, CardDeclined
        IntentMoved: taken already, cancelled, or let go after seven days.
    """
    with of_an_intent():
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
    with of_an_intent():
        ended = client().v1.payment_intents.cancel(intent_id)
    return read_intent(ended)


def intents_since(moment: datetime) -> Iterator[Intent]:
    """Intents made at or after a moment, the newest first, page by page.

    Raises:
        GatewayUnavailable
    """
    return map(read_intent, pages(client().v1.payment_intents.list, moment))


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
