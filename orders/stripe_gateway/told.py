"""What Stripe tells the shop: events, signed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import stripe
from django.conf import settings

from orders.stripe_gateway.speaking import client, pages, read_moment

STAND_IN_WEBHOOK_SECRET = "whsec_stand_in"  # noqa: S105  (it signs what the stand-in says)
TOLERANCE_SECONDS = 300


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


class SignatureRefused(Exception):
    """Whoever sent this event did not sign it with our secret, or did so too long ago."""


def told_since(moment: datetime) -> Iterator[StripeTold]:
    """Events since a moment, the newest first, delivered or not; Stripe keeps thirty days.

    Raises:
        GatewayUnavailable
    """
    return map(read_told, pages(client().v1.events.list, moment))


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
    try:
        return read_told(stripe.Event.construct_from(json.loads(payload), None))
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise SignatureRefused("It is signed, and no event.") from error


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
