"""A whole purchase over real HTTP: an order, an intent, a confirmation, a settled order."""

from datetime import UTC, datetime, timedelta

import pytest

from orders import payments, settlement
from orders.models import Cart, Dispute, Order, Payment, Refund
from orders.vocabulary import CancelReason, CartState, DisputeState, OrderState, RefundState
from tests.builders import NOW, make_clinic
from tests.orders.world import cart_with, pack, placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def begun(stand_in, *, price=1000, quantity=2):
    order = placed(cart_with((pack(price=price), quantity)))
    return order, payments.begin(order, at=NOW)


def test_an_intent_is_made_once_for_an_attempt(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    again = payments.begin(order, at=NOW)
    assert (payment.intent_id, payment.amount_cents) == (again.intent_id, 2000)
    assert payment.client_secret.startswith(payment.intent_id)


def test_a_confirmed_payment_settles_the_order(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")
    settled = payments.look(order, at=NOW)
    assert (settled.state, Payment.objects.get().captured_cents) == (OrderState.PAID, 2000)
    assert settled.shipments.count() == 1


def test_a_declined_card_leaves_the_order_waiting(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa_chargeDeclined")
    waiting = payments.look(order, at=NOW)
    assert waiting.state == OrderState.PENDING_PAYMENT
    assert Payment.objects.get().decline_code == "generic_decline"
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")
    assert payments.look(order, at=NOW).state == OrderState.PAID


def test_what_nobody_told_is_found_by_reconciliation(stripe_stand_in):
    _order, payment = begun(stripe_stand_in)
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")
    Payment.objects.update(intent_id="", client_secret="")
    now = datetime.now(UTC)
    moved = [payments.reconcile(since=timedelta(hours=1), at=now) for _ in range(2)]
    assert moved == [1, 0]
    assert Order.objects.get().state == OrderState.PAID


def test_giving_up_cancels_the_intent_before_anything_is_let_go(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    gone = payments.abandon(order, reason=CancelReason.PAYMENT_ABANDONED, by=None, at=NOW)
    assert (gone.state, Cart.objects.get().state) == (OrderState.CANCELLED, CartState.OPEN)
    assert "error" in stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")


def test_giving_up_what_was_paid_meanwhile_is_paying(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")
    kept = payments.abandon(order, reason=CancelReason.PAYMENT_EXPIRED, by=None, at=NOW)
    assert kept.state == OrderState.PAID


def test_money_is_given_back_once(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    stripe_stand_in.confirm(payment.client_secret, "pm_card_visa")
    order = payments.look(order, at=NOW)
    settlement.cancel_order(order=order, reason=CancelReason.BY_OWNER, by=None, at=NOW)
    refund = Refund.objects.get()
    for _ in range(2):
        payments.give_back(refund.pk, at=NOW)
    refund.refresh_from_db()
    assert (refund.state, refund.amount_cents) == (RefundState.DONE, 2000)


def paid(stand_in, card="pm_card_visa", price=1000):
    order, payment = begun(stand_in, price=price)
    stand_in.confirm(payment.client_secret, card)
    return payments.look(order, at=NOW)


def reconciled():
    return payments.reconcile(since=timedelta(hours=1), at=datetime.now(UTC))


def test_a_slow_refund_is_done_when_reconciliation_says_so(stripe_stand_in):
    order = paid(stripe_stand_in, "pm_card_pendingRefund")
    settlement.cancel_order(order=order, reason=CancelReason.BY_OWNER, by=None, at=NOW)
    payments.give_back(Refund.objects.get().pk, at=NOW)
    assert Refund.objects.get().state == RefundState.PENDING
    stripe_stand_in.advance(days=5)
    assert [reconciled() for _ in range(2)] == [0, 0]
    assert Refund.objects.get().state == RefundState.DONE


def test_a_dispute_that_nobody_told_is_found_by_reconciliation(stripe_stand_in):
    order = paid(stripe_stand_in)
    stripe_stand_in.open_dispute(order.payments.get().intent_id)
    for _ in range(2):
        reconciled()
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_cents) == (DisputeState.OPEN, 2000)
    stripe_stand_in.close_dispute(dispute.stripe_id, won=False)
    reconciled()
    assert Dispute.objects.get().state == DisputeState.LOST


def test_calling_an_order_off_while_it_is_being_paid_cancels_the_intent(stripe_stand_in):
    order, payment = begun(stripe_stand_in)
    gone = payments.call_off(order, reason=CancelReason.BY_STAFF, by=None, at=NOW)
    assert gone.state == OrderState.CANCELLED
    assert "error" in stripe_stand_in.confirm(payment.client_secret)


def test_calling_a_paid_order_off_gives_the_money_back(stripe_stand_in):
    order = paid(stripe_stand_in)
    payments.call_off(order, reason=CancelReason.BY_STAFF, by=None, at=NOW)
    assert Refund.objects.get().amount_cents == 2000
