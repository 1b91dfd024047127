"""One way to settle an order, whoever tells that it was paid: the browser, Stripe, the night.

The order's row is locked, what stands at the bank is compared with what stands here, and the same
news told twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from kernel import events
from kernel.money import Money
from kernel.refusals import ErrorCode, Refusal
from orders import promises, timeline
from orders.events import OrderCancelled, OrderPaid, RefundDecided
from orders.models import Cart, Order, Payment, Refund, RefundLine, Shipment
from orders.vocabulary import (
    ApprovalState,
    CancelReason,
    CartState,
    OrderState,
    PaymentState,
    RefundReason,
    ShipmentState,
)


class Standing(StrEnum):
    """What a payment has come to at the bank."""

    OPEN = "open"
    DECLINED = "declined"
    CAPTURABLE = "capturable"
    RECEIVED = "received"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNews:
    """What the bank says of one attempt to pay."""

    intent_id: str
    standing: Standing
    received: Money
    decline_code: str = ""


class WrongState(Refusal):
    """The order has gone too far, or not far enough, for that."""

    code = ErrorCode.WRONG_STATE
    words = _("Order %(number)s can no longer be changed in that way.")


_ALIVE = (PaymentState.PENDING, PaymentState.AUTHORISED)


def settle(*, news: PaymentNews, at: datetime) -> Order | None:
    """Bring an order to where its payment stands; None when the payment is none of ours.

    Late money for an order that was cancelled meanwhile is given back.
    """
    with transaction.atomic():
        key = Payment.objects.filter(intent_id=news.intent_id).values_list("order", flat=True)
        order = Order.objects.select_for_update().filter(pk__in=key).first()
        if order is None:
            return None
        payment = Payment.objects.select_for_update().get(intent_id=news.intent_id)
        _apply(order, payment, news, at=at)
    return order


def _apply(order: Order, payment: Payment, news: PaymentNews, *, at: datetime) -> None:
    if news.standing is Standing.RECEIVED:
        _received(order, payment, news.received, at=at)
    elif payment.state not in _ALIVE:
        return
    elif news.standing is Standing.CAPTURABLE:
        _authorised(order, payment, at=at)
    elif news.standing is Standing.DECLINED:
        _note_decline(order, payment, news.decline_code, at=at)
    elif news.standing is Standing.CANCELLED:
        _end(payment, PaymentState.CANCELLED, at=at)
        if order.state in (OrderState.PENDING_PAYMENT, OrderState.AWAITING_APPROVAL):
            _cancel(order, CancelReason.PAYMENT_EXPIRED, by=None, at=at)


def _received(order: Order, payment: Payment, received: Money, *, at: datetime) -> None:
    if payment.state == PaymentState.PAID:
        return
    payment.state, payment.captured_cents, payment.settled_at = (
        PaymentState.PAID,
        received.cents,
        at,
    )
    payment.save(update_fields=["state", "captured_cents", "settled_at"])
    if order.state == OrderState.CANCELLED:
        give_back_everything(order, payment, RefundReason.LATE_PAYMENT, by=None, at=at)
        return
    _pay(order, at=at)


def _pay(order: Order, *, at: datetime) -> None:
    """The order is paid: what was promised stays promised until it is sent."""
    order.state, order.paid_at, order.expires_at = OrderState.PAID, at, None
    order.version += 1
    order.save(update_fields=["state", "paid_at", "expires_at", "version"])
    _move_cart(order, CartState.ORDERED)
    Shipment.objects.create(
        order=order,
        method=order.method,
        promise_from=order.promise_from,
        promise_to=order.promise_to,
        promised_at=order.placed_at,
        created_at=at,
    )
    timeline.note(order, "paid", by=None, at=at)
    audit.record(action="order.paid", subject=order, by=None, at=at)
    events.enqueue(OrderPaid(order_id=str(order.pk)))


def _authorised(order: Order, payment: Payment, *, at: datetime) -> None:
    if order.state != OrderState.PENDING_PAYMENT:
        return
    payment.state = PaymentState.AUTHORISED
    payment.save(update_fields=["state"])
    order.state, order.expires_at = OrderState.AWAITING_APPROVAL, None
    order.version += 1
    order.save(update_fields=["state", "expires_at", "version"])
    _move_cart(order, CartState.ORDERED)
    timeline.note(order, "authorised", by=None, at=at)


def _move_cart(order: Order, state: CartState) -> None:
    """A frozen cart thaws or is done with; one that went on to another order is left alone."""
    if order.cart_id is not None:
        frozen = Cart.objects.filter(pk=order.cart_id, state=CartState.FROZEN)
        frozen.update(state=state)


def _note_decline(order: Order, payment: Payment, code: str, *, at: datetime) -> None:
    if payment.decline_code == code:
        return
    payment.decline_code = code
    payment.save(update_fields=["decline_code"])
    timeline.note(order, "declined", by=None, at=at, code=code)


def _end(payment: Payment, state: PaymentState, *, at: datetime) -> None:
    payment.state, payment.settled_at = state, at
    payment.save(update_fields=["state", "settled_at"])


def cancel_order(*, order: Order, reason: CancelReason, by: Person | None, at: datetime) -> Order:
    """Cancel an order that has not left yet: packs and day are let go, what was paid goes back.

    An order that is cancelled already stays as it is.

    Raises:
        WrongState: a parcel was sent.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state == OrderState.CANCELLED:
            return order
        if order.state in (OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.DELIVERED):
            raise WrongState(path=["input", "orderId"], number=order.number)
        paid = order.payments.select_for_update().filter(state=PaymentState.PAID).first()
        _cancel(order, reason, by=by, at=at)
        if paid is not None:
            give_back_everything(order, paid, RefundReason.CANCELLED, by=by, at=at)
    return order


def _cancel(order: Order, reason: CancelReason, *, by: Person | None, at: datetime) -> None:
    order.state, order.cancel_reason, order.expires_at = OrderState.CANCELLED, reason, None
    order.version += 1
    order.save(update_fields=["state", "cancel_reason", "expires_at", "version"])
    promises.let_go(order, at=at)
    order.shipments.update(state=ShipmentState.CANCELLED)
    # What was abandoned or has expired may be bought again: the cart thaws.
    _move_cart(order, CartState.OPEN)
    for line in order.lines.all():
        line.approvals.filter(state=ApprovalState.ASKED).update(state=ApprovalState.EXPIRED)
    timeline.note(order, "cancelled", by=by, at=at, reason=reason)
    audit.record(action="order.cancel", subject=order, by=by, at=at, changes={"reason": reason})
    events.enqueue(OrderCancelled(order_id=str(order.pk)))


def give_back_everything(
    order: Order, payment: Payment, reason: RefundReason, *, by: Person | None, at: datetime
) -> Refund:
    """Decide to refund a payment whole; Stripe is told by the worker, once for the key."""
    refund, is_new = Refund.objects.get_or_create(
        key=f"{payment.pk}:all",
        defaults={
            "order": order,
            "payment": payment,
            "amount_cents": payment.captured_cents,
            "delivery_cents": order.delivery_cents,
            "reason": reason,
            "by": by,
            "created_at": at,
        },
    )
    if is_new:
        RefundLine.objects.bulk_create(
            RefundLine(
                refund=refund, line=line, quantity=line.quantity, gross_cents=line.gross_cents
            )
            for line in order.lines.all()
        )
        timeline.note(order, "refund_decided", by=by, at=at, cents=refund.amount_cents)
        events.enqueue(RefundDecided(refund_id=refund.pk))
    return refund


def settle_free(*, payment: Payment, at: datetime) -> None:
    """An order that costs nothing is paid without a card."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        if order.state == OrderState.PENDING_PAYMENT and order.total_cents == 0:
            _end(payment, PaymentState.PAID, at=at)
            _pay(order, at=at)
