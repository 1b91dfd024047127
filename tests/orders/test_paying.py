"""A whole purchase over real HTTP: an order, an intent, a confirmation, a settled order."""

from datetime import UTC, datetime, timedelta

import pytest

from orders import payments, settlement
from orders.models import Cart, Order, Payment, Refund
from orders.vocabulary import CancelReason, CartState, OrderState, RefundState
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
