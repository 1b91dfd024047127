"""The right to renounce a contract: declared, confirmed, acknowledged with its date and hour.

Source: Code de la consommation L.221-18 to L.221-28 and D.221-5.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, link_tokens
from accounts.models import Person
from catalog import regulation
from clinic.details import PARIS
from kernel import events
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders import fulfilment, refunds, timeline
from orders.events import WithdrawalConfirmed
from orders.models import Order, OrderLine, Withdrawal
from orders.refunds import Back
from orders.totals import ZERO
from orders.vocabulary import RefundReason, ShipmentState

DAYS: Final = 14
#: A declaration waits for its confirmation this long; then it is declared again.
TO_CONFIRM: Final = timedelta(days=1)
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
    left = _left_to_return(order)
    for key, each in returned.items():
        if key not in lines:
            raise Invalid(path=["input", "lines"], value=key, expected=str(_("lines of the order")))
        _refuse_exceptions(lines[key], each)
        _refuse_too_many(left, key, each.quantity)
    _refuse_late(order, at=at)
    token = link_tokens.draw()
    made = Withdrawal.objects.create(
        order=order,
        lines=[[key, each.quantity] for key, each in sorted(returned.items())],
        declared_at=at,
        by=by,
        token_hash=link_tokens.hashed(token),
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
            .filter(token_hash=link_tokens.hashed(token))
            .first()
        )
        if found is None:
            raise WithdrawalUnknown(path=["input", "token"])
        if found.confirmed_at is not None:
            return found
        if at > found.declared_at + TO_CONFIRM:
            raise WithdrawalUnknown(path=["input", "token"])
        # Two declarations of the same packs are confirmed one after the other.
        order = Order.objects.select_for_update().get(pk=found.order_id)
        left = _left_to_return(order)
        for key, quantity in found.lines:
            _refuse_too_many(left, key, quantity)
        found.confirmed_at = at
        found.save(update_fields=["confirmed_at"])
        timeline.note(found.order, "withdrawn", by=found.by, at=at, lines=found.lines)
        audit.record(action="order.withdraw", subject=found.order, by=found.by, at=at)
        events.enqueue(WithdrawalConfirmed(withdrawal_id=found.pk))
    return found


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a contract may still be renounced: for which packs (by the line's key), until when.

    `until` is the last day, None while nothing was received: the time has not begun.
    """

    packs: Mapping[int, int]
    until: date | None

    @property
    def is_open(self) -> bool:
        return bool(self.packs)


def right_of(order: Order, *, at: datetime) -> Right:
    """What of an order, read whole, may be renounced at a moment."""
    last = _last_day(order)
    if last is not None and at.astimezone(PARIS).date() > last:
        return Right({}, last)
    left = _left_to_return(order)
    excepted = {
        line.pk
        for line in order.lines.all()
        if regulation.rule_for(line.regulatory_class).withdrawal is regulation.Withdrawal.NONE
    }
    packs = {key: number for key, number in left.items() if number > 0 and key not in excepted}
    return Right(packs, last)


def refund_due(withdrawal: Withdrawal) -> Back:
    """What is paid back for a withdrawal, of what was not yet: its packs, and the standard delivery
    when nothing of the order is kept.

    Source: Code de la consommation L.221-24, within fourteen days of the withdrawal.
    """
    order = withdrawal.order
    unpaid = refunds.not_given_back(order)
    packs = {key: min(number, unpaid.packs.get(key, 0)) for key, number in withdrawal.lines}
    nothing_is_kept = not any(_left_to_return(order).values()) and not fulfilment.left_to_send(
        order
    )
    delivery = unpaid.delivery if nothing_is_kept else ZERO
    return Back(packs={key: number for key, number in packs.items() if number}, delivery=delivery)


def pay_back(withdrawal: Withdrawal, *, at: datetime) -> None:
    """Decide the refund of a confirmed withdrawal; once, however often it is asked for.

    Raises:
        Refusal: as `refunds.decide`; it may be asked for again.
    """
    with transaction.atomic():
        unpaid = Withdrawal.objects.filter(pk=withdrawal.pk, settled_at__isnull=True)
        if not unpaid.update(settled_at=at):
            return
        order = Order.objects.select_for_update().get(pk=withdrawal.order_id)
        back = refund_due(withdrawal)
        if back != Back():
            reason = RefundReason.WITHDRAWAL
            refunds.decide(order=order, back=back, reason=reason, by=withdrawal.by, at=at)


def _refuse_exceptions(line: OrderLine, returned: Returned) -> None:
    right = regulation.rule_for(line.regulatory_class).withdrawal
    is_excepted = right is regulation.Withdrawal.NONE or (
        right is regulation.Withdrawal.UNTIL_UNSEALED and returned.is_unsealed
    )
    if is_excepted:
        raise NotWithdrawable(path=["input", "lines"], article=_EXCEPTIONS[right], what=line.name)


def _refuse_too_many(left: Mapping[int, int], line: int, quantity: int) -> None:
    if not 1 <= quantity <= left.get(line, 0):
        expected = f"0 - {left.get(line, 0)}"
        raise Invalid(path=["input", "lines"], value=quantity, expected=expected)


def _left_to_return(order: Order) -> dict[int, int]:
    """How many packs of each line have left the shop and were not renounced, by its key."""
    left: dict[int, int] = defaultdict(int)
    for shipment in order.shipments.all():
        if shipment.state in _LEFT_THE_SHOP:
            for sent in shipment.lines.all():
                left[sent.line_id] += sent.quantity
    for renounced in order.withdrawals.all():
        if renounced.confirmed_at is not None:
            for key, number in renounced.lines:
                left[key] -= number
    return dict(left)


def _refuse_late(order: Order, *, at: datetime) -> None:
    last = _last_day(order)
    if last is not None and at.astimezone(PARIS).date() > last:
        raise NotWithdrawable(path=["input", "orderId"], article=_RIGHT, what=order.number)


def _last_day(order: Order) -> date | None:
    """The fourteenth day from the receipt of the last parcel, which counts whole."""
    received = [each.kept_at for each in order.shipments.all() if each.kept_at]
    if not received:
        return None
    return max(received).astimezone(PARIS).date() + timedelta(days=DAYS)
