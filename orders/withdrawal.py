"""The right to renounce a contract: declared, confirmed, acknowledged with its date and hour.

Source: Code de la consommation L.221-18 to L.221-28 and D.221-5.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import regulation
from kernel import events
from kernel.money import Money
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders import timeline
from orders.events import WithdrawalConfirmed
from orders.models import Order, OrderLine, ShipmentLine, Withdrawal
from orders.refunds import Back
from orders.vocabulary import ShipmentState

DAYS: Final = 14
#: What is under way may be renounced before it is received; what is still here is cancelled.
_LEFT_THE_SHOP: Final = (ShipmentState.READY, ShipmentState.SHIPPED, ShipmentState.DELIVERED)
_RIGHT: Final = "Code de la consommation L.221-18"
_EXCEPTIONS: Final = {
    regulation.Withdrawal.NONE: "Code de la consommation L.221-28, 3° et 4°",
    regulation.Withdrawal.UNTIL_UNSEALED: "Code de la consommation L.221-28, 5°",
}


class NotWithdrawable(Refusal):
    """The right is not there for this, or its time is over; the article says which."""

    code = ErrorCode.NOT_WITHDRAWABLE
    words = _("%(what)s can no longer be sent back.")


class WithdrawalUnknown(Refusal):
    """The link is none of ours, or the withdrawal was confirmed under another."""

    code = ErrorCode.CODE_REFUSED
    words = _("This declaration is not known: declare it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Packs of a line that somebody no longer wants; `is_unsealed` when the seal was broken."""

    quantity: int
    is_unsealed: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration that waits to be confirmed by its token, shown to the declarer alone."""

    withdrawal: Withdrawal
    token: str


def declare(
    *, order: Order, returned: Mapping[int, Returned], by: Person | None, at: datetime
) -> Declared:
    """Declare which packs are sent back, by the line's key; nothing happens until it is confirmed.

    Raises:
        NotWithdrawable: the class of a pack has no such right, or fourteen days have passed since
            the last pack of the order was received.
        Invalid: more packs than were received and are not sent back yet.
    """
    lines = {line.pk: line for line in order.lines.all()}
    if not returned:
        raise Invalid(path=["input", "lines"], value="", expected=str(_("something to send back")))
    for key, each in returned.items():
        if key not in lines:
            raise Invalid(path=["input", "lines"], value=key, expected=str(_("lines of the order")))
        _refuse_exceptions(lines[key], each)
        _refuse_too_many(lines[key], each.quantity)
    _refuse_late(order, at=at)
    token = secrets.token_urlsafe(32)
    made = Withdrawal.objects.create(
        order=order,
        lines=[[key, each.quantity] for key, each in sorted(returned.items())],
        declared_at=at,
        by=by,
        token_hash=_hashed(token),
    )
    return Declared(made, token)


def confirm(*, token: str, at: datetime) -> Withdrawal:
    """Confirm a declaration; the receipt with date and hour is sent at once. Twice changes nothing.

    Raises:
        WithdrawalUnknown: no such declaration.
    """
    with transaction.atomic():
        found = (
            Withdrawal.objects.select_for_update(of=("self",))
            .select_related("order")
            .filter(token_hash=_hashed(token))
            .first()
        )
        if found is None:
            raise WithdrawalUnknown(path=["input", "token"])
        if found.confirmed_at is not None:
            return found
        for key, quantity in found.lines:
            _refuse_too_many(OrderLine.objects.get(pk=key), quantity)
        found.confirmed_at = at
        found.save(update_fields=["confirmed_at"])
        timeline.note(found.order, "withdrawn", by=found.by, at=at, lines=found.lines)
        audit.record(action="order.withdraw", subject=found.order, by=found.by, at=at)
        events.enqueue(WithdrawalConfirmed(withdrawal_id=found.pk))
    return found


def refund_due(withdrawal: Withdrawal) -> Back:
    """What is paid back for a withdrawal: its packs, and the standard delivery when all are.

    Source: Code de la consommation L.221-24, within fourteen days of the withdrawal.
    """
    packs = dict(withdrawal.lines)
    bought = {line.pk: line.quantity for line in withdrawal.order.lines.all()}
    delivery = withdrawal.order.delivery_cents if packs == bought else 0
    return Back(packs=packs, delivery=Money(delivery))


def _refuse_exceptions(line: OrderLine, returned: Returned) -> None:
    right = regulation.rule_for(line.regulatory_class).withdrawal
    is_excepted = right is regulation.Withdrawal.NONE or (
        right is regulation.Withdrawal.UNTIL_UNSEALED and returned.is_unsealed
    )
    if is_excepted:
        raise NotWithdrawable(path=["input", "lines"], article=_EXCEPTIONS[right], what=line.name)


def _refuse_too_many(line: OrderLine, quantity: int) -> None:
    sent = ShipmentLine.objects.filter(line=line, shipment__state__in=_LEFT_THE_SHOP)
    received = sent.aggregate(packs=Sum("quantity"))["packs"] or 0
    back = sum(
        number
        for lines in Withdrawal.objects.filter(
            order=line.order_id, confirmed_at__isnull=False
        ).values_list("lines", flat=True)
        for key, number in lines
        if key == line.pk
    )
    if not 1 <= quantity <= received - back:
        expected = f"0 - {received - back}"
        raise Invalid(path=["input", "lines"], value=quantity, expected=expected)


def _refuse_late(order: Order, *, at: datetime) -> None:
    """Fourteen days from the receipt of the last parcel; the whole last day counts."""
    last = order.shipments.aggregate(last=Max("kept_at"))["last"]
    if last is not None and at.date() > last.date() + timedelta(days=DAYS):
        raise NotWithdrawable(path=["input", "orderId"], article=_RIGHT, what=order.number)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
