"""A vet's word before the card is charged: asked, given, refused, given for less, or too late."""

from datetime import timedelta

import pytest
from django_ox.testing import run_tasks

from accounts import erasing
from accounts.access import viewer_of
from accounts.erasing import NotYetForgotten
from accounts.models import Person
from accounts.roles import Role
from accounts.vocabulary import Origin
from catalog.models import Stock
from catalog.vocabulary import RegulatoryClass
from clinic import details
from clinic.models import Clinic
from clinic.vocabulary import ClientGate
from kernel.animals import Condition
from kernel.refusals import Invalid
from orders import approvals, carts, payments
from orders.approvals import TO_DECIDE, Verdict
from orders.carts import Wanted
from orders.models import Approval, Cart, Order, Payment, Refund
from orders.vocabulary import (
    ApprovalState,
    CancelReason,
    OrderState,
    PaymentState,
    RefundReason,
    RefundState,
)
from pets import history
from pets.history import Fact
from pets.vocabulary import HistoryKind
from tests.builders import NOW, make_clinic, owner, pet_of, staff
from tests.orders.world import cart_with, pack, placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()
    clinic = Clinic.objects.get()
    clinic.client_gate = ClientGate.OFF
    details.save_details(clinic)


def needing(stock=10):
    """A food that a vet approves for each animal."""
    return pack(
        price=1000,
        stock=stock,
        kind=RegulatoryClass.DIETETIC_FOOD,
        needs_vet_approval=True,
        conditions=[Condition.RENAL],
        words={"dietetic_purpose": "Soutien de la fonction rénale"},
    )


def renal(ada):
    """A dog whose kidneys a vet of the clinic has found to be ill."""
    rex = pet_of(ada)
    fact = Fact(kind=HistoryKind.CONDITION, happened_on=NOW.date(), condition=Condition.RENAL)
    history.record_fact(pet=rex, fact=fact, origin=Origin.STAFF, by=None, at=NOW)
    return rex


def cart_for(ada, pet, variant, packs=2):
    cart = cart_with(login=ada)
    cents = variant.price_changes.get().gross_cents
    each = Wanted(variant=variant, quantity=packs, pets=[(pet, 100)], seen_cents=cents)
    carts.add_packs(cart=cart, wanted=[each], at=NOW)
    return Cart.objects.get(pk=cart.pk)


def ordered(holder, variant, packs=2, ada=None, pet=None):
    """An order whose card is authorised, and which waits for the vet."""
    ada = ada or owner("Ada")
    order = placed(cart_for(ada, pet or renal(ada), variant, packs), viewer=viewer_of(ada))
    holder.confirm(payments.begin(order, at=NOW).client_secret)
    return payments.look(order, at=NOW)


def vet():
    return Person.objects.get(login=staff(Role.VET))


def decided(agrees=True, at=NOW, **more):
    approval = Approval.objects.get(state=ApprovalState.ASKED)
    approvals.decide(approval=approval, verdict=Verdict(agrees=agrees, **more), by=vet(), at=at)
    run_tasks()


def test_the_card_is_charged_once_the_vet_has_agreed(stripe_stand_in):
    order = ordered(stripe_stand_in, needing())
    payment = Payment.objects.get()
    assert (order.state, payment.state) == (OrderState.AWAITING_APPROVAL, PaymentState.AUTHORISED)
    assert payment.captured_cents == 0
    decided()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, payment.captured_cents) == (OrderState.PAID, 2000)


def test_an_order_that_the_vet_declines_is_given_up_uncharged(stripe_stand_in):
    order = ordered(stripe_stand_in, needing())
    decided(agrees=False, note="Le phosphore est trop haut.")
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == (
        OrderState.CANCELLED,
        CancelReason.APPROVAL_DECLINED,
    )
    assert Payment.objects.get().captured_cents == 0
    assert (Stock.objects.get().reserved, Refund.objects.count()) == (0, 0)


def test_fewer_packs_approved_are_fewer_packs_sent_and_paid(stripe_stand_in):
    order = ordered(stripe_stand_in, needing(), packs=3)
    decided(quantity=1)
    order.refresh_from_db()
    refund = Refund.objects.get()
    assert order.state == OrderState.PAID
    assert (refund.amount_cents, refund.reason) == (2000, RefundReason.NOT_APPROVED)
    assert refund.state == RefundState.DONE
    assert Stock.objects.get().reserved == 1


def test_what_no_vet_decided_in_time_is_given_up(stripe_stand_in):
    order = ordered(stripe_stand_in, needing())
    for _ in range(2):
        approvals.expire(at=NOW + TO_DECIDE)
    run_tasks()
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == (
        OrderState.CANCELLED,
        CancelReason.APPROVAL_EXPIRED,
    )


def test_an_approval_with_renewals_is_used_by_the_next_order(stripe_stand_in):
    ada = owner("Ada")
    rex, variant = renal(ada), needing(stock=20)
    ordered(stripe_stand_in, variant, ada=ada, pet=rex)
    decided(renewals=1, valid_until=NOW.date() + timedelta(days=90))
    second = ordered(stripe_stand_in, variant, ada=ada, pet=rex)
    assert (second.state, Approval.objects.count()) == (OrderState.PAID, 1)
    third = ordered(stripe_stand_in, variant, ada=ada, pet=rex)
    assert third.state == OrderState.AWAITING_APPROVAL


def test_the_first_word_of_a_vet_counts(stripe_stand_in):
    order = ordered(stripe_stand_in, needing())
    approval = Approval.objects.get()
    for agrees in (True, False):
        approvals.decide(approval=approval, verdict=Verdict(agrees=agrees), by=vet(), at=NOW)
    run_tasks()
    order.refresh_from_db()
    assert order.state == OrderState.PAID


@pytest.mark.parametrize(
    "verdict",
    [
        {"quantity": 0},
        {"quantity": 100},
        {"renewals": 13},
        {"valid_until": NOW.date() - timedelta(days=1)},
    ],
)
def test_an_absurd_verdict_decides_nothing(stripe_stand_in, verdict):
    ordered(stripe_stand_in, needing())
    approval = Approval.objects.get()
    with pytest.raises(Invalid):
        approvals.decide(
            approval=approval, verdict=Verdict(agrees=True, **verdict), by=vet(), at=NOW
        )
    assert Approval.objects.get().state == ApprovalState.ASKED


def test_an_authorisation_that_the_bank_let_go_gives_the_order_up(stripe_stand_in):
    ordered(stripe_stand_in, needing())
    stripe_stand_in.advance(days=8)
    decided()
    order = Order.objects.get()
    assert (order.state, order.cancel_reason) == (
        OrderState.CANCELLED,
        CancelReason.PAYMENT_EXPIRED,
    )


def test_a_vet_who_is_quicker_than_the_card_is_not_waited_for_again(stripe_stand_in):
    ada = owner("Ada")
    order = placed(cart_for(ada, renal(ada), needing()), viewer=viewer_of(ada))
    decided()
    stripe_stand_in.confirm(payments.begin(order, at=NOW).client_secret)
    payments.look(order, at=NOW)
    run_tasks()
    order.refresh_from_db()
    assert order.state == OrderState.PAID


def test_who_waits_for_an_order_is_not_forgotten_yet(stripe_stand_in):
    ada = owner("Ada")
    order = ordered(stripe_stand_in, needing(), ada=ada)
    person = Person.objects.get(login=ada)

    def forget():
        token = erasing.preview_erasure(person, at=NOW).token
        return erasing.request_erasure(person=person, preview_token=token, by=person, at=NOW)

    with pytest.raises(NotYetForgotten):
        forget()
    payments.call_off(order, reason=CancelReason.BY_OWNER, by=person, at=NOW)
    assert forget().pk
