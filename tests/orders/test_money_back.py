"""Money that goes back: never more than came in, whoever asks, in whichever order."""

from datetime import timedelta

import pytest

from catalog.models import Stock
from kernel.money import Money
from orders import disputes, fulfilment, payments, refunds, settlement
from orders.models import Dispute, Order, OrderEvent, Payment, Refund, RefundLine
from orders.refunds import Back, RefundTooMuch
from orders.settlement import PaymentNews, Standing
from orders.states import MOVES, WrongState
from orders.stripe_gateway import Disputed, RefundMade, RefundStatus
from orders.vocabulary import (
    CancelReason,
    OrderState,
    RefundReason,
    RefundState,
    ShipmentState,
)
from tests.builders import NOW, make_clinic
from tests.orders.test_after_the_sale import bought, delivered
from tests.orders.world import pack

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def back(order, packs=1):
    return Back(packs={order.lines.get().pk: packs})


def given_back(order, reason=RefundReason.NOT_SENT, **more):
    return refunds.decide(order=order, back=Back(**more), reason=reason, by=None, at=NOW)


def cancelled(order):
    return settlement.cancel_order(order=order, reason=CancelReason.BY_STAFF, by=None, at=NOW)


def test_a_cancelled_order_gives_back_what_was_not_given_back_yet():
    order = bought((pack(price=1000), 3))
    given_back(order, packs={order.lines.get().pk: 1})
    cancelled(order)
    assert [each.amount_cents for each in Refund.objects.order_by("pk")] == [1000, 2000]
    assert sum(each.quantity for each in RefundLine.objects.all()) == 3
    assert refunds.refundable(order) == Money(0)


def test_cancelling_twice_gives_back_once():
    order = bought((pack(price=1000), 1))
    for _ in range(2):
        cancelled(order)
    assert [each.amount_cents for each in Refund.objects.all()] == [1000]


def test_a_second_payment_of_a_paid_order_goes_back_without_touching_its_lines():
    order = bought((pack(price=1000), 1))
    Payment.objects.create(
        order=order, attempt=2, amount_cents=1000, intent_id="pi_second", created_at=NOW
    )
    news = PaymentNews(intent_id="pi_second", standing=Standing.RECEIVED, received=Money(1000))
    for _ in range(2):
        settlement.settle(news=news, at=NOW)
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.reason) == (1000, RefundReason.LATE_PAYMENT)
    assert (refund.lines.count(), refunds.refundable(order)) == (0, Money(1000))
    assert Order.objects.get().state == OrderState.PAID


def test_packs_left_out_are_let_go_and_paid_back():
    order = bought((pack("S1", price=1000, stock=5), 2), (pack("S2"), 1))
    first, second = order.lines.all()
    fulfilment.leave_out(
        order=order, packs={first.pk: 1}, reason=RefundReason.NOT_SENT, by=None, at=NOW
    )
    assert fulfilment.left_to_send(order) == {first.pk: 1, second.pk: 1}
    assert Stock.objects.get(variant=first.variant).reserved == 1
    assert Refund.objects.get().amount_cents == 1000


def test_an_order_is_not_emptied_but_cancelled():
    order = bought((pack(), 2))
    packs = {order.lines.get().pk: 2}
    with pytest.raises(WrongState):
        fulfilment.leave_out(
            order=order, packs=packs, reason=RefundReason.NOT_SENT, by=None, at=NOW
        )
    assert (Refund.objects.count(), Stock.objects.get().reserved) == (0, 2)


def test_an_order_whose_rest_is_left_out_is_over_when_the_first_parcel_arrives():
    order = bought((pack(), 2))
    line = order.lines.get().pk
    first = order.shipments.get()
    fulfilment.send(shipment=first, quantities={line: 1}, by=None, at=NOW)
    fulfilment.deliver(shipment=first, by=None, at=NOW)
    fulfilment.leave_out(
        order=order, packs={line: 1}, reason=RefundReason.NOT_SENT, by=None, at=NOW
    )
    assert Order.objects.get().state == OrderState.DELIVERED
    states = sorted(order.shipments.values_list("state", flat=True))
    assert states == [ShipmentState.CANCELLED, ShipmentState.DELIVERED]
    row = Stock.objects.get()
    assert (row.on_hand, row.reserved) == (9, 0)


def test_a_gesture_is_for_what_was_sent():
    order = bought((pack(price=1000), 1))
    gesture = {"reason": RefundReason.GOODWILL, "goodwill": Money(300)}
    with pytest.raises(WrongState):
        given_back(order, **gesture)
    order = delivered(order)
    assert given_back(order, **gesture).amount_cents == 300
    with pytest.raises(RefundTooMuch) as refused:
        given_back(order, reason=RefundReason.RETURN, packs=back(order).packs)
    assert refused.value.facts["left"] == Money(700)


def test_what_a_bank_took_back_is_not_given_back_again():
    order = bought((pack(price=1000), 1))
    told = Disputed(
        id="du_1",
        intent_id=order.payments.get().intent_id,
        amount=Money(1000),
        reason="fraudulent",
        won=None,
        due_by=NOW + timedelta(days=7),
        created_at=NOW,
    )
    for _ in range(2):
        disputes.hear(told, at=NOW)
    with pytest.raises(RefundTooMuch):
        given_back(order, packs=back(order).packs)
    disputes.hear(Disputed(**{**_fields(told), "won": True}), at=NOW)
    assert Dispute.objects.get().closed_at == NOW
    assert given_back(order, packs=back(order).packs).amount_cents == 1000


def _fields(told):
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


def made(order, status, *, key="", cents=1000):
    return RefundMade(
        id="re_1",
        intent_id=order.payments.get().intent_id,
        status=status,
        amount=Money(cents),
        key=key,
        created_at=NOW,
    )


def test_a_refund_ends_when_the_bank_says_so_and_may_come_back():
    order = bought((pack(price=1000), 1))
    refund = given_back(order, packs=back(order).packs)
    steps = []
    for status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED):
        payments.hear_refund(made(order, status, key=refund.key), at=NOW)
        refund.refresh_from_db()
        steps.append(refund.state)
    assert steps == [RefundState.PENDING, RefundState.DONE, RefundState.FAILED]
    assert OrderEvent.objects.filter(kind="refund_failed").count() == 1
    assert refunds.refundable(order) == Money(1000)


def test_a_refund_made_at_stripe_itself_is_written_down_once():
    order = bought((pack(price=1000), 1))
    for _ in range(2):
        payments.hear_refund(made(order, RefundStatus.SUCCEEDED, cents=400), at=NOW)
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.reason) == (400, RefundReason.AT_THE_BANK)
    assert refunds.refundable(order) == Money(600)


@pytest.mark.parametrize("state", OrderState)
def test_an_order_that_is_over_goes_nowhere(state):
    over = {OrderState.DELIVERED, OrderState.CANCELLED}
    assert (MOVES[state] == frozenset()) == (state in over)


def test_what_did_not_come_through_stripe_is_given_back_by_hand():
    order = bought((pack(price=1000), 1))
    order.payments.update(intent_id="")
    refund = given_back(order, packs=back(order).packs)
    for _ in range(2):
        payments.give_back(refund.pk, at=NOW)
    refund.refresh_from_db()
    assert (refund.state, refund.done_at, refund.stripe_id) == (RefundState.DONE, NOW, "")


def test_an_order_is_cancelled_after_a_refund_at_stripe_itself():
    order = bought((pack(price=1000), 2))
    payments.hear_refund(made(order, RefundStatus.SUCCEEDED, cents=300), at=NOW)
    cancelled(order)
    assert [each.amount_cents for each in Refund.objects.order_by("pk")] == [300, 1700]
    assert (Stock.objects.get().reserved, refunds.refundable(order)) == (0, Money(0))


def test_what_others_do_on_the_same_account_is_none_of_ours():
    order = bought((pack(price=1000), 1))
    Payment.objects.create(order=order, attempt=2, amount_cents=1, created_at=NOW)
    foreign = RefundMade("re_9", "", RefundStatus.SUCCEEDED, Money(500), "", NOW)
    payments.hear_refund(foreign, at=NOW)
    assert Refund.objects.count() == 0
