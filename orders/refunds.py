"""Money given back: the cents that were stored when things were sold, never reckoned anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from kernel import events
from kernel.money import Money, split
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders import timeline
from orders.events import RefundDecided
from orders.models import Dispute, Order, OrderLine, Payment, Refund, RefundLine
from orders.states import WrongState
from orders.totals import ZERO
from orders.vocabulary import DisputeState, OrderState, PaymentState, RefundReason, RefundState

#: A gesture is for what was sent: before that, packs are left out or the order is cancelled.
_UNDER_WAY = (OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.DELIVERED)


class RefundTooMuch(Refusal):
    """More than was received and not yet given back."""

    code = ErrorCode.REFUND_TOO_MUCH
    words = _("At most %(left)s € of this order can be given back.")


@dataclass(frozen=True, slots=True)
class LineBack:
    """Packs of a line that are paid back, and their cents."""

    line: OrderLine
    quantity: int
    money: Money


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund comes to, before it is decided; `left` is what could be given back at most."""

    lines: tuple[LineBack, ...]
    delivery: Money
    goodwill: Money
    left: Money

    @property
    def total(self) -> Money:
        return sum((each.money for each in self.lines), self.delivery + self.goodwill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What is to be given back: packs by the line's key, of the delivery, and as a gesture."""

    packs: Mapping[int, int] = field(default_factory=dict)
    delivery: Money = ZERO
    goodwill: Money = ZERO


def refundable(order: Order) -> Money:
    """What was received and not yet given back, nor about to be, nor taken back by a bank."""
    received = order.payments.aggregate(cents=Sum("captured_cents"))["cents"] or 0
    gone = _alive(order).aggregate(cents=Sum("amount_cents"))["cents"] or 0
    disputed = Dispute.objects.filter(payment__order=order).exclude(state=DisputeState.WON)
    taken = disputed.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return Money(max(received - gone - taken, 0))


def preview(order: Order, back: Back) -> RefundPreview:
    """What giving that back comes to.

    Each pack is worth its share of what its line was paid, by largest remainder; packs that were
    paid back before are not paid back again.

    Raises:
        Invalid: more packs than were bought and not yet paid back, or more delivery than was paid.
    """
    lines = {line.pk: line for line in order.lines.all()}
    gone = _packs_back(order)
    found = []
    for key, quantity in sorted(back.packs.items()):
        if key not in lines or quantity < 1:
            raise Invalid(path=["input", "lines"], value=quantity, expected=str(_("packs bought")))
        found.append(_line_back(lines[key], gone.get(key, 0), quantity))
    if not ZERO <= back.delivery <= _delivery_left(order):
        expected = str(_("at most the delivery that was paid"))
        raise Invalid(path=["input", "delivery"], value=str(back.delivery), expected=expected)
    if back.goodwill < ZERO:
        path, expected = ["input", "goodwill"], str(_("an amount"))
        raise Invalid(path=path, value=str(back.goodwill), expected=expected)
    return RefundPreview(tuple(found), back.delivery, back.goodwill, refundable(order))


def _packs_back(order: Order) -> dict[int, int]:
    """How many packs of each line were paid back so far."""
    lines = RefundLine.objects.filter(line__order=order).exclude(refund__state=RefundState.FAILED)
    return dict(lines.values_list("line").annotate(packs=Sum("quantity")))


def _delivery_left(order: Order) -> Money:
    gone = _alive(order).aggregate(cents=Sum("delivery_cents"))["cents"] or 0
    return Money(order.delivery_cents - gone)


def _line_back(line: OrderLine, gone: int, quantity: int) -> LineBack:
    if gone + quantity > line.quantity:
        expected = f"0 - {line.quantity - gone}"
        raise Invalid(path=["input", "lines"], value=quantity, expected=expected)
    shares = split(Money(line.gross_cents), weights=[1] * line.quantity)
    return LineBack(line, quantity, sum(shares[gone : gone + quantity], ZERO))


def decide(
    *, order: Order, back: Back, reason: RefundReason, by: Person | None, at: datetime
) -> Refund:
    """Decide a refund; Stripe is told by the worker. Locks the order.

    Raises:
        WrongState: nothing was received, or a gesture before anything was sent.
        RefundTooMuch: more than is left of what was received.
        Invalid: as `preview`, or nothing to give back.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        payment = order.payments.filter(state=PaymentState.PAID).order_by("attempt").first()
        is_early = back.goodwill > ZERO and order.state not in _UNDER_WAY
        if payment is None or is_early:
            raise WrongState(path=["input", "orderId"], number=order.number)
        found = preview(order, back)
        if found.total > found.left:
            raise RefundTooMuch(path=["input"], left=found.left)
        if found.total == ZERO:
            raise Invalid(path=["input", "lines"], value="", expected=str(_("something to refund")))
        return _write(payment, found, reason, by=by, at=at)


def not_given_back(order: Order) -> Back:
    """The packs and the delivery of an order that were not paid back yet."""
    gone = _packs_back(order)
    left = {line.pk: line.quantity - gone.get(line.pk, 0) for line in order.lines.all()}
    packs = {key: number for key, number in left.items() if number}
    return Back(packs=packs, delivery=_delivery_left(order))


def give_back_the_rest(order: Order, *, by: Person | None, at: datetime) -> Refund | None:
    """Decide to give back all that is left of a cancelled order, which its caller has locked.

    Where a part went back without its lines, at the bank itself, the rest goes back as one sum.
    """
    left, reason = refundable(order), RefundReason.CANCELLED
    if left == ZERO:
        return None
    found = preview(order, not_given_back(order))
    if found.total > left:
        found = RefundPreview((), ZERO, left, left)
    payment = order.payments.filter(state=PaymentState.PAID).order_by("attempt")[0]
    return _write(payment, found, reason, by=by, at=at)


def give_back_unwanted(payment: Payment, *, at: datetime) -> Refund:
    """Decide to give back a payment that no order waited for: none of its lines is touched."""
    found = RefundPreview((), ZERO, Money(payment.captured_cents), ZERO)
    return _write(payment, found, RefundReason.LATE_PAYMENT, by=None, at=at)


def _write(
    payment: Payment,
    found: RefundPreview,
    reason: RefundReason,
    *,
    by: Person | None,
    at: datetime,
) -> Refund:
    order = payment.order
    number = order.refunds.count() + 1
    refund = Refund.objects.create(
        order=order,
        payment=payment,
        key=f"{payment.pk}:{number}",
        amount_cents=found.total.cents,
        delivery_cents=found.delivery.cents,
        reason=reason,
        by=by,
        created_at=at,
    )
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund, line=each.line, quantity=each.quantity, gross_cents=each.money.cents
        )
        for each in found.lines
    )
    timeline.note(order, "refund_decided", by=by, at=at, cents=found.total.cents)
    changes = {"cents": found.total.cents, "reason": str(reason)}
    audit.record(action="order.refund", subject=order, by=by, at=at, changes=changes)
    events.enqueue(RefundDecided(refund_id=refund.pk))
    return refund


def _alive(order: Order) -> models.QuerySet[Refund]:
    return order.refunds.exclude(state=RefundState.FAILED)
