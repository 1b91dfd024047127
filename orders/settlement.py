"""One way to settle an order, whoever tells that it was paid: the browser, Stripe, the night.

The order's row is locked, what stands at the bank is compared with what stands here, and the same
news told twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts import audit
from accounts.models import Person
from kernel import events
from kernel.money import Money
from orders import fulfilment, promises, refunds, states, timeline
from orders.events import CaptureDue, OrderAuthorised, OrderCancelled, OrderPaid
from orders.models import Approval, Cart, Order, Payment, Shipment
from orders.vocabulary import (
    ApprovalState,
    CancelReason,
    CartState,
    OrderState,
    PaymentState,
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


_ALIVE = (PaymentState.PENDING, PaymentState.AUTHORISED)


def settle(*, news: PaymentNews, at: datetime) -> Order | None:
    """Bring an order to where its payment stands; None when the payment is none of ours.

    Money that no order waits for any more is given back.
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
        if order.state in states.AWAITING:
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
    if order.state not in states.AWAITING:
        refunds.give_back_unwanted(payment, at=at)
        return
    _pay(order, at=at)


def _pay(order: Order, *, at: datetime) -> None:
    """The order is paid: what was promised stays promised until it is sent."""
    states.move(order, OrderState.PAID, paid_at=at, expires_at=None)
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
    fulfilment.leave_out_unapproved(order, at=at)


def _authorised(order: Order, payment: Payment, *, at: datetime) -> None:
    if order.state != OrderState.PENDING_PAYMENT:
        return
    payment.state = PaymentState.AUTHORISED
    payment.save(update_fields=["state"])
    states.move(order, OrderState.AWAITING_APPROVAL, expires_at=None)
    _move_cart(order, CartState.ORDERED)
    timeline.note(order, "authorised", by=None, at=at)
    waiting = Approval.objects.filter(line__order=order, state=ApprovalState.ASKED)
    if waiting.exists():
        events.enqueue(OrderAuthorised(order_id=str(order.pk)))
    else:
        # The vets were quicker than the card.
        events.enqueue(CaptureDue(order_id=str(order.pk)))


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
        _cancel(order, reason, by=by, at=at)
        refunds.give_back_the_rest(order, by=by, at=at)
    return order


def _cancel(order: Order, reason: CancelReason, *, by: Person | None, at: datetime) -> None:
    states.move(order, OrderState.CANCELLED, cancel_reason=reason, expires_at=None)
    promises.let_go(order, at=at)
    order.shipments.update(state=ShipmentState.CANCELLED)
    # What was abandoned or has expired may be bought again: the cart thaws.
    _move_cart(order, CartState.OPEN)
    asked = Approval.objects.filter(line__order=order, state=ApprovalState.ASKED)
    asked.update(state=ApprovalState.EXPIRED)
    timeline.note(order, "cancelled", by=by, at=at, reason=reason)
    audit.record(action="order.cancel", subject=order, by=by, at=at, changes={"reason": reason})
    events.enqueue(OrderCancelled(order_id=str(order.pk)))


def settle_free(*, payment: Payment, at: datetime) -> None:
    """An order that costs nothing is paid without a card."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        if order.state == OrderState.PENDING_PAYMENT and order.total_cents == 0:
            _end(payment, PaymentState.PAID, at=at)
            _pay(order, at=at)
