"""Paying by card: an intent at Stripe for an order that exists already, and every way back from it.

Each function here talks to Stripe outside any transaction, and then has the order settled under
its lock by what Stripe said. A crash between the two is mended by the next that asks: the key of
an attempt gives the same intent, and reconciliation finds what nobody told.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from kernel import events
from kernel.money import Money
from orders import settlement, stripe_gateway
from orders.events import RefundDone
from orders.models import Order, Payment, Refund
from orders.settlement import PaymentNews, Standing
from orders.stripe_gateway import (
    GatewayUnavailable,
    Intent,
    IntentAsked,
    IntentMoved,
    IntentStatus,
    RefundRefused,
    RefundStatus,
)
from orders.vocabulary import CancelReason, OrderState, PaymentState, RefundState

logger = logging.getLogger(__name__)

_STANDINGS = {
    IntentStatus.SUCCEEDED: Standing.RECEIVED,
    IntentStatus.REQUIRES_CAPTURE: Standing.CAPTURABLE,
    IntentStatus.CANCELED: Standing.CANCELLED,
}
_ENDED = (PaymentState.FAILED, PaymentState.CANCELLED)
MOST_AT_ONCE = 200


def begin(order: Order, *, at: datetime) -> Payment:
    """The payment that can be confirmed now, with its intent; asking twice gives the same one.

    An order of nothing is paid at once.

    Raises:
        WrongState: the order awaits no payment.
        GatewayUnavailable: Stripe cannot be reached; ask again.
    """
    payment = _current(order, at=at)
    if order.total_cents == 0:
        settlement.settle_free(payment=payment, at=at)
        return Payment.objects.get(pk=payment.pk)
    if not payment.intent_id:
        intent = stripe_gateway.create_intent(
            IntentAsked(
                order_id=str(order.pk),
                attempt=payment.attempt,
                amount=Money(payment.amount_cents),
                capture_later=payment.captures_later,
                email=order.email,
                description=order.number,
            )
        )
        attach(intent)
        payment.refresh_from_db()
    return payment


def _current(order: Order, *, at: datetime) -> Payment:
    """The attempt that is alive; the next one where the last has ended."""
    if order.state != OrderState.PENDING_PAYMENT:
        raise settlement.WrongState(path=["input", "orderId"], number=order.number)
    last = order.payments.latest("attempt")
    if last.state not in _ENDED:
        return last
    payment, _is_new = Payment.objects.get_or_create(
        order=order,
        attempt=last.attempt + 1,
        defaults={
            "amount_cents": order.total_cents,
            "captures_later": last.captures_later,
            "created_at": at,
        },
    )
    return payment


def attach(intent: Intent) -> None:
    """Write down which intent is that of an attempt, once."""
    if intent.order_id:
        attempt = Payment.objects.filter(
            order=UUID(intent.order_id), attempt=intent.attempt, intent_id=""
        )
        attempt.update(intent_id=intent.id, client_secret=intent.client_secret)


def look(order: Order, *, at: datetime) -> Order:
    """Bring an order to where its payment stands at Stripe: what a browser asks when it returns.

    Raises:
        GatewayUnavailable.
    """
    payment = order.payments.latest("attempt")
    if payment.intent_id and payment.state not in (PaymentState.PAID, *_ENDED):
        hear(stripe_gateway.find_intent(payment.intent_id), at=at)
    return Order.objects.get(pk=order.pk)


def hear(intent: Intent, *, at: datetime) -> Order | None:
    """Settle what an intent belongs to; None when it is none of ours."""
    attach(intent)
    return settlement.settle(news=news_of(intent), at=at)


def news_of(intent: Intent) -> PaymentNews:
    standing = _STANDINGS.get(intent.status, Standing.OPEN)
    if standing is Standing.OPEN and intent.decline_code:
        standing = Standing.DECLINED
    return PaymentNews(
        intent_id=intent.id,
        standing=standing,
        received=intent.amount_received,
        decline_code=intent.decline_code,
    )


def abandon(order: Order, *, reason: CancelReason, by: Person | None, at: datetime) -> Order:
    """Give up paying: the intent is cancelled first, so that nobody can pay for what was let go.

    If it was paid meanwhile, the order is settled as paid instead.

    Raises:
        GatewayUnavailable: nothing was let go.
    """
    payment = order.payments.latest("attempt")
    if payment.intent_id and payment.state not in (PaymentState.PAID, *_ENDED):
        try:
            stripe_gateway.cancel_intent(payment.intent_id)
        except IntentMoved as moved:
            if moved.intent.status is not IntentStatus.CANCELED:
                hear(moved.intent, at=at)
                return Order.objects.get(pk=order.pk)
    order.refresh_from_db()
    if order.state in (OrderState.PENDING_PAYMENT, OrderState.AWAITING_APPROVAL):
        return settlement.cancel_order(order=order, reason=reason, by=by, at=at)
    return order


def release_expired(*, at: datetime) -> int:
    """Give up the orders whose time to pay is over; what Stripe cannot be asked about waits."""
    due = Order.objects.filter(state=OrderState.PENDING_PAYMENT, expires_at__lte=at)
    released = 0
    for order in due.order_by("expires_at")[:MOST_AT_ONCE]:
        try:
            abandon(order, reason=CancelReason.PAYMENT_EXPIRED, by=None, at=at)
        except GatewayUnavailable:
            logger.warning("Stripe cannot be reached: order %s waits", order.number)
            break
        released += 1
    return released


def capture(order: Order, *, at: datetime) -> Order:
    """Take what was authorised, once the vet has agreed.

    Raises:
        GatewayUnavailable, CardDeclined.
    """
    payment = order.payments.get(state=PaymentState.AUTHORISED)
    try:
        intent = stripe_gateway.capture_intent(payment.intent_id, Money(order.total_cents))
    except IntentMoved as moved:
        intent = moved.intent
    hear(intent, at=at)
    return Order.objects.get(pk=order.pk)


def give_back(refund_id: int, *, at: datetime) -> None:
    """Have Stripe give back what was decided; asking twice gives back once.

    Raises:
        GatewayUnavailable: ask again with the same refund.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.PENDING:
        return
    try:
        made = stripe_gateway.create_refund(
            refund.payment.intent_id, Money(refund.amount_cents), refund.key, refund.reason
        )
    except RefundRefused as refused:
        logger.error("refund %s was refused: %s", refund.pk, refused.code)  # noqa: TRY400
        Refund.objects.filter(pk=refund.pk).update(state=RefundState.FAILED, done_at=at)
        return
    state = {
        RefundStatus.SUCCEEDED: RefundState.DONE,
        RefundStatus.FAILED: RefundState.FAILED,
        RefundStatus.CANCELED: RefundState.FAILED,
    }.get(made.status, RefundState.PENDING)
    done_at = at if state is not RefundState.PENDING else None
    with transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state=state, stripe_id=made.id, done_at=done_at)
        if state is RefundState.DONE:
            events.enqueue(RefundDone(refund_id=refund.pk))


def reconcile(*, since: timedelta, at: datetime) -> int:
    """Compare what Stripe has with what stands here, whatever was told; how many orders moved.

    Raises:
        GatewayUnavailable.
    """
    moved = 0
    for intent in stripe_gateway.intents_since(at - since):
        before = Payment.objects.filter(intent_id=intent.id).values_list("state", flat=True).first()
        hear(intent, at=at)
        after = Payment.objects.filter(intent_id=intent.id).values_list("state", flat=True).first()
        moved += before != after
    return moved
