"""Money that went back: refunds, and what banks took back in a dispute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import stripe

from kernel.money import Money
from orders.stripe_gateway.speaking import client, in_our_words, pages, read_moment


class RefundStatus(StrEnum):
    """Where a refund stands, in Stripe's words."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


_WON = frozenset({"won", "warning_closed", "prevented"})
_LOST = frozenset({"lost"})


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
class Disputed:
    """A dispute as Stripe has it; `won` is None while nobody has decided."""

    id: str
    intent_id: str
    amount: Money
    reason: str
    won: bool | None
    due_by: datetime | None
    created_at: datetime


class RefundRefused(Exception):
    """Stripe does not give this back; `code` says why, `amount` for more than is left."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


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


def refunds_since(moment: datetime) -> Iterator[RefundMade]:
    """Refunds made at or after a moment, the newest first; also those that Stripe made itself.

    Raises:
        GatewayUnavailable
    """
    return map(read_refund, pages(client().v1.refunds.list, moment))


def find_dispute(dispute_id: str) -> Disputed:
    """Raises: GatewayUnavailable."""
    with in_our_words():
        return read_dispute(client().v1.disputes.retrieve(dispute_id))


def disputes_since(moment: datetime) -> Iterator[Disputed]:
    """Disputes opened at or after a moment, the newest first. Raises: GatewayUnavailable."""
    return map(read_dispute, pages(client().v1.disputes.list, moment))


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


def read_dispute(found: stripe.Dispute) -> Disputed:
    intent, due = found.payment_intent, found.evidence_details.due_by
    won = True if found.status in _WON else False if found.status in _LOST else None
    return Disputed(
        id=found.id,
        intent_id=intent if isinstance(intent, str) else "",
        amount=Money(found.amount),
        reason=found.reason,
        won=won,
        due_by=read_moment(due) if due else None,
        created_at=read_moment(found.created),
    )
