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
from orders import disputes, settlement, states, stripe_gateway, timeline
from orders.events import RefundDone
from orders.models import Order, Payment, Refund
from orders.settlement import PaymentNews, Standing
from orders.stripe_gateway import (
    CardDeclined,
    GatewayUnavailable,
    Intent,
    IntentAsked,
    IntentMoved,
    IntentStatus,
    RefundMade,
    RefundRefused,
    RefundStatus,
)
from orders.vocabulary import CancelReason, OrderState, PaymentState, RefundReason, RefundState

logger = logging.getLogger(__name__)

_STANDINGS = {
    IntentStatus.SUCCEEDED: Standing.RECEIVED,
    IntentStatus.REQUIRES_CAPTURE: Standing.CAPTURABLE,
    IntentStatus.CANCELED: Standing.CANCELLED,
}
_REFUNDED = {
    RefundStatus.SUCCEEDED: RefundState.DONE,
    RefundStatus.FAILED: RefundState.FAILED,
    RefundStatus.CANCELED: RefundState.FAILED,
}
#: An intent may be a little younger than the attempt that it is for.
_SLACK = timedelta(days=1)
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
        payment.intent_id, payment.client_secret = intent.id, intent.client_secret
    return payment


def _current(order: Order, *, at: datetime) -> Payment:
    """The attempt that is alive; the next one where the last has ended."""
    if order.state != OrderState.PENDING_PAYMENT:
        raise states.WrongState(path=["input", "orderId"], number=order.number)
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
    order = _key_of(intent.order_id)
    if order is not None:
        attempt = Payment.objects.filter(order=order, attempt=intent.attempt, intent_id="")
        attempt.update(intent_id=intent.id, client_secret=intent.client_secret)


def _key_of(written: str) -> UUID | None:
    """The order that an intent names; None for what others made on the same account."""
    try:
        return UUID(written)
    except ValueError:
        return None


def look(order: Order, *, at: datetime) -> Order:
    """Bring an order to where its payment stands at Stripe: what a browser asks when it returns.

    Raises:
        GatewayUnavailable.
    """
    payment = order.payments.latest("attempt")
    if payment.intent_id and payment.state not in (PaymentState.PAID, *_ENDED):
        intent = stripe_gateway.find_intent(payment.intent_id)
        settlement.settle(news=news_of(intent), at=at)
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
    if order.state in states.AWAITING:
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


def call_off(order: Order, *, reason: CancelReason, by: Person | None, at: datetime) -> Order:
    """Cancel an order before it is sent, paid or not: what can be paid still no longer can be.

    Raises:
        GatewayUnavailable: nothing was let go.
        WrongState: a parcel was sent.
    """
    order = abandon(order, reason=reason, by=by, at=at)
    return settlement.cancel_order(order=order, reason=reason, by=by, at=at)


def capture(order: Order, *, at: datetime) -> Order:
    """Take what was authorised, once the vet has agreed; an order whose card says no is given up.

    Raises:
        GatewayUnavailable.
    """
    payment = order.payments.get(state=PaymentState.AUTHORISED)
    try:
        intent = stripe_gateway.capture_intent(payment.intent_id, Money(order.total_cents))
    except CardDeclined:
        return abandon(order, reason=CancelReason.PAYMENT_EXPIRED, by=None, at=at)
    except IntentMoved as moved:
        intent = moved.intent
    hear(intent, at=at)
    return Order.objects.get(pk=order.pk)


def give_back(refund_id: int, *, at: datetime) -> None:
    """Have Stripe give back what was decided; asking twice gives back once.

    What was not paid through Stripe (at the counter, before this shop) the clinic gives back by
    hand: it is written down as done.

    Raises:
        GatewayUnavailable: ask again with the same refund.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.PENDING:
        return
    if not refund.payment.intent_id:
        _end_refund(refund.pk, RefundState.DONE, "", at=at)
        return
    try:
        made = stripe_gateway.create_refund(
            refund.payment.intent_id, Money(refund.amount_cents), refund.key, refund.reason
        )
    except RefundRefused as refused:
        logger.error("refund %s was refused: %s", refund.pk, refused.code)  # noqa: TRY400
        _end_refund(refund.pk, RefundState.FAILED, "", at=at)
        return
    hear_refund(made, at=at)


def hear_refund(made: RefundMade, *, at: datetime) -> None:
    """Bring a refund to where it stands at Stripe; one that was made there is written down here."""
    with transaction.atomic():
        known = Payment.objects.select_for_update().exclude(intent_id="")
        payment = known.filter(intent_id=made.intent_id).first()
        if payment is None:
            return
        refund = Refund.objects.filter(key=made.key).first() if made.key else None
        if refund is None:
            refund, _is_new = Refund.objects.get_or_create(
                key=f"stripe:{made.id}",
                defaults={
                    "order_id": payment.order_id,
                    "payment": payment,
                    "amount_cents": made.amount.cents,
                    "reason": RefundReason.AT_THE_BANK,
                    "created_at": made.created_at,
                },
            )
        _end_refund(refund.pk, _REFUNDED.get(made.status, RefundState.PENDING), made.id, at=at)


def _end_refund(refund_id: int, state: RefundState, stripe_id: str, *, at: datetime) -> None:
    """A bank may send a refund back: one that was done can fail still, never the reverse."""
    before = (
        (RefundState.PENDING, RefundState.DONE)
        if state is RefundState.FAILED
        else (RefundState.PENDING,)
    )
    done_at = None if state is RefundState.PENDING else at
    with transaction.atomic():
        standing = Refund.objects.filter(pk=refund_id, state__in=before)
        moved = standing.update(state=state, stripe_id=stripe_id, done_at=done_at)
        if moved and state is RefundState.DONE:
            events.enqueue(RefundDone(refund_id=refund_id))
        if moved and state is RefundState.FAILED:
            refund = Refund.objects.select_related("order").get(pk=refund_id)
            cents = refund.amount_cents
            timeline.note(refund.order, "refund_failed", by=None, at=at, cents=cents)


def reconcile(*, since: timedelta, at: datetime) -> int:
    """Compare what Stripe has with what stands here, whatever was told; how many payments moved.

    Raises:
        GatewayUnavailable.
    """
    moved = 0
    known = dict(
        Payment.objects.filter(created_at__gte=at - since - _SLACK).values_list(
            "intent_id", "state"
        )
    )
    for intent in stripe_gateway.intents_since(at - since):
        if _stands_as(known.get(intent.id), intent.status):
            continue
        before = Payment.objects.filter(intent_id=intent.id).values_list("state", flat=True).first()
        hear(intent, at=at)
        after = Payment.objects.filter(intent_id=intent.id).values_list("state", flat=True).first()
        moved += before != after
    for made in stripe_gateway.refunds_since(at - since):
        hear_refund(made, at=at)
    for disputed in stripe_gateway.disputes_since(at - since):
        disputes.hear(disputed, at=at)
    return moved


def _stands_as(state: str | None, status: IntentStatus) -> bool:
    """Whether what stands here says the same: nothing needs to be asked or locked for it."""
    return (state, status) in (
        (PaymentState.PAID, IntentStatus.SUCCEEDED),
        (PaymentState.CANCELLED, IntentStatus.CANCELED),
        (PaymentState.AUTHORISED, IntentStatus.REQUIRES_CAPTURE),
    )
