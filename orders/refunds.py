"""Money given back: the cents that were stored when things were sold, never reckoned anew."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from orders.models import Order, OrderLine, Refund, RefundLine
from orders.settlement import WrongState
from orders.vocabulary import PaymentState, RefundReason, RefundState


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
    """What a refund comes to, before it is decided."""

    lines: tuple[LineBack, ...]
    delivery: Money
    left: Money

    @property
    def total(self) -> Money:
        return sum((each.money for each in self.lines), self.delivery)


def refundable(order: Order) -> Money:
    """What was received and not yet given back, nor about to be."""
    received = order.payments.aggregate(cents=Sum("captured_cents"))["cents"] or 0
    gone = order.refunds.exclude(state=RefundState.FAILED).aggregate(cents=Sum("amount_cents"))
    return Money(received - (gone["cents"] or 0))


def preview(order: Order, *, packs: Mapping[int, int], delivery: Money) -> RefundPreview:
    """What paying back so many packs of each line comes to, by the line's key.

    Each pack is worth its share of what its line was paid, by largest remainder; packs that were
    paid back before are not paid back again.

    Raises:
        Invalid: more packs than were bought and not yet paid back, or more delivery than was paid.
    """
    lines = {line.pk: line for line in order.lines.all()}
    back = []
    for key, quantity in sorted(packs.items()):
        if key not in lines or quantity < 1:
            raise Invalid(path=["input", "lines"], value=quantity, expected=str(_("packs bought")))
        back.append(_line_back(lines[key], quantity))
    paid_back = _alive(order).aggregate(cents=Sum("delivery_cents"))["cents"] or 0
    if delivery.cents > order.delivery_cents - paid_back or delivery.cents < 0:
        expected = str(_("at most the delivery that was paid"))
        raise Invalid(path=["input", "delivery"], value=str(delivery), expected=expected)
    return RefundPreview(tuple(back), delivery, refundable(order))


def _line_back(line: OrderLine, quantity: int) -> LineBack:
    before = RefundLine.objects.filter(line=line).exclude(refund__state=RefundState.FAILED)
    gone = before.aggregate(packs=Sum("quantity"))["packs"] or 0
    if gone + quantity > line.quantity:
        expected = f"0 - {line.quantity - gone}"
        raise Invalid(path=["input", "lines"], value=quantity, expected=expected)
    shares = split(Money(line.gross_cents), weights=[1] * line.quantity)
    return LineBack(line, quantity, sum(shares[gone : gone + quantity], Money(0)))


def decide(
    *,
    order: Order,
    packs: Mapping[int, int],
    delivery: Money,
    reason: RefundReason,
    by: Person | None,
    at: datetime,
) -> Refund:
    """Decide a refund; Stripe is told by the worker. Locks the order.

    Raises:
        WrongState: nothing was received.
        RefundTooMuch: more than is left of what was received.
        Invalid: as `preview`, or nothing to give back.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        payment = order.payments.filter(state=PaymentState.PAID).first()
        if payment is None:
            raise WrongState(path=["input", "orderId"], number=order.number)
        found = preview(order, packs=packs, delivery=delivery)
        if found.total > found.left:
            raise RefundTooMuch(path=["input"], left=found.left)
        if found.total == Money(0):
            raise Invalid(path=["input", "lines"], value="", expected=str(_("something to refund")))
        number = order.refunds.count() + 1
        refund = Refund.objects.create(
            order=order,
            payment=payment,
            key=f"{payment.pk}:{number}",
            amount_cents=found.total.cents,
            delivery_cents=delivery.cents,
            reason=reason,
            by=by,
            created_at=at,
        )
        RefundLine.objects.bulk_create(
            RefundLine(
                refund=refund,
                line=each.line,
                quantity=each.quantity,
                gross_cents=each.money.cents,
            )
            for each in found.lines
        )
        timeline.note(order, "refund_decided", by=by, at=at, cents=found.total.cents)
        audit.record(action="order.refund", subject=order, by=by, at=at)
        events.enqueue(RefundDecided(refund_id=refund.pk))
    return refund


def _alive(order: Order) -> models.QuerySet[Refund]:
    return order.refunds.exclude(state=RefundState.FAILED)
