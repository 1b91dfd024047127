"""After the sale: parcels from the oldest lot, refunds of stored cents, the right to renounce."""

from datetime import date, timedelta

import pytest

from accounts.access import GUEST
from catalog import stock
from catalog.models import Lot, ReviewInvitation, Stock, StockMovement
from catalog.stock import Delivery
from catalog.vocabulary import RegulatoryClass
from clinic.models import Place
from kernel.money import Money
from kernel.refusals import Invalid, NotFound
from orders import access, fulfilment, refunds, settlement, withdrawal
from orders.models import Order, Payment, Refund, Shipment, ShipmentLine
from orders.refunds import Back, RefundTooMuch
from orders.settlement import PaymentNews, Standing
from orders.states import WrongState
from orders.vocabulary import CancelReason, OrderState, RefundReason, ShipmentState
from orders.withdrawal import NotWithdrawable, Returned, WithdrawalUnknown
from tests.builders import NOW, make_clinic
from tests.orders.world import cart_with, pack, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def bought(*wanted, at=NOW):
    """A paid order of packs."""
    order = placed(cart_with(*wanted, at=at), at=at)
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(intent_id=f"pi_{payment.pk}")
    received = Money(order.total_cents)
    news = PaymentNews(intent_id=f"pi_{payment.pk}", standing=Standing.RECEIVED, received=received)
    settlement.settle(news=news, at=at)
    return Order.objects.get(pk=order.pk)


def with_lots(sku="S1", price=1000, **more):
    """Three packs that expire in spring, and three that expire in winter."""
    variant = pack(sku, price=price, stock=0, **more)
    for code, day in (("WINTER", date(2027, 12, 1)), ("SPRING", date(2027, 4, 1))):
        delivery = Delivery(quantity=3, lot=code, best_before=day)
        place = Place.objects.get()
        stock.receive_stock(variant=variant, place=place, delivery=delivery, by=None, at=NOW)
    return variant


def delivered(order, at=NOW):
    shipment = fulfilment.send(shipment=order.shipments.get(), by=None, at=at)
    fulfilment.deliver(shipment=shipment, by=None, at=at)
    return Order.objects.get(pk=order.pk)


def test_a_paid_order_waits_to_be_packed():
    order = bought((pack(), 1))
    assert [each.order for each in fulfilment.to_prepare(order.place)] == [order]


def test_the_first_to_expire_is_the_first_to_leave():
    variant = with_lots()
    order = bought((variant, 4))
    fulfilment.send(shipment=order.shipments.get(), by=None, at=NOW)
    sent = [(each.lot_code, each.quantity) for each in ShipmentLine.objects.all()]
    assert sent == [("SPRING", 3), ("WINTER", 1)]
    assert {each.code: each.quantity for each in Lot.objects.all()} == {"SPRING": 0, "WINTER": 2}
    row = Stock.objects.get()
    assert (row.on_hand, row.reserved) == (2, 0)
    assert sum(each.quantity for each in StockMovement.objects.all()) == 2


def test_who_got_a_lot_is_found_for_a_recall():
    order = bought((with_lots(), 4))
    fulfilment.send(shipment=order.shipments.get(), by=None, at=NOW)
    found = [(each.line.order, each.quantity) for each in access.who_got("WINTER")]
    assert found == [(order, 1)]


def test_a_part_is_sent_and_the_rest_waits_under_the_same_promise():
    order = bought((pack("S1"), 2), (pack("S2"), 1))
    first, second = order.lines.all()
    shipment = order.shipments.get()
    fulfilment.send(shipment=shipment, quantities={first.pk: 1}, by=None, at=NOW)
    order.refresh_from_db()
    assert order.state == OrderState.PARTLY_SHIPPED
    assert fulfilment.left_to_send(order) == {first.pk: 1, second.pk: 1}
    rest = order.shipments.get(state=ShipmentState.TO_PREPARE)
    fulfilment.send(shipment=rest, by=None, at=NOW)
    order.refresh_from_db()
    assert (order.state, fulfilment.left_to_send(order)) == (OrderState.SHIPPED, {})
    for each in Shipment.objects.all():
        for _ in range(2):
            fulfilment.deliver(shipment=each, by=None, at=NOW)
    order.refresh_from_db()
    assert order.state == OrderState.DELIVERED


@pytest.mark.parametrize("quantity", [0, 3])
def test_neither_nothing_nor_more_than_there_is_is_sent(quantity):
    order = bought((pack(), 2))
    line = order.lines.get()
    with pytest.raises(Invalid):
        fulfilment.send(
            shipment=order.shipments.get(), quantities={line.pk: quantity}, by=None, at=NOW
        )
    assert (ShipmentLine.objects.count(), Stock.objects.get().reserved) == (0, 2)


def test_a_parcel_is_sent_once_and_a_sent_order_is_not_cancelled():
    order = bought((pack(), 1))
    shipment = order.shipments.get()
    fulfilment.send(shipment=shipment, by=None, at=NOW)
    with pytest.raises(WrongState):
        fulfilment.send(shipment=shipment, by=None, at=NOW)
    with pytest.raises(WrongState):
        settlement.cancel_order(order=order, reason=CancelReason.BY_OWNER, by=None, at=NOW)
    assert Refund.objects.count() == 0


def test_packs_are_paid_back_at_what_they_cost_to_the_cent():
    order = bought((pack(price=333), 3))
    line = order.lines.get()
    paid = {"back": Back(packs={line.pk: 1}), "reason": RefundReason.RETURN}
    amounts = [refunds.decide(order=order, **paid, by=None, at=NOW).amount_cents for _ in range(3)]
    assert amounts == [333, 333, 333]
    with pytest.raises(Invalid):
        refunds.decide(order=order, **paid, by=None, at=NOW)
    assert refunds.refundable(order) == Money(0)


def test_no_more_is_paid_back_than_was_received():
    order = bought((pack(price=1000), 1))
    Payment.objects.update(captured_cents=400)
    packs = {order.lines.get().pk: 1}
    with pytest.raises(RefundTooMuch):
        refunds.decide(
            order=order,
            back=Back(packs=packs),
            reason=RefundReason.GOODWILL,
            by=None,
            at=NOW,
        )
    assert Refund.objects.count() == 0


def test_a_buyer_renounces_within_fourteen_days():
    order = delivered(bought((pack(), 2)))
    line = order.lines.get()
    last_day = NOW + timedelta(days=14)
    made = withdrawal.declare(
        order=order, returned={line.pk: Returned(quantity=2)}, by=None, at=last_day
    )
    for _ in range(2):
        confirmed = withdrawal.confirm(token=made.token, at=last_day)
    assert confirmed.confirmed_at == last_day
    assert withdrawal.refund_due(confirmed) == Back(packs={line.pk: 2})
    with pytest.raises(Invalid):
        withdrawal.declare(
            order=order, returned={line.pk: Returned(quantity=1)}, by=None, at=last_day
        )


def test_after_fourteen_days_the_right_is_gone_with_its_article():
    order = delivered(bought((pack(), 1)))
    returned = {order.lines.get().pk: Returned(quantity=1)}
    with pytest.raises(NotWithdrawable) as refused:
        withdrawal.declare(order=order, returned=returned, by=None, at=NOW + timedelta(days=15))
    assert refused.value.article == "Code de la consommation L.221-18"


def test_an_opened_bag_of_food_stays_with_its_buyer():
    order = delivered(bought((pack(kind=RegulatoryClass.FOOD), 1)))
    returned = {order.lines.get().pk: Returned(quantity=1, is_unsealed=True)}
    with pytest.raises(NotWithdrawable) as refused:
        withdrawal.declare(order=order, returned=returned, by=None, at=NOW)
    assert refused.value.article == "Code de la consommation L.221-28, 5°"


def test_a_made_up_link_confirms_nothing():
    with pytest.raises(WithdrawalUnknown):
        withdrawal.confirm(token="made-up", at=NOW)


def test_a_buyer_is_invited_to_write_of_what_arrived_once_a_line():
    order = bought((pack("S1"), 2), (pack("S2", kind=RegulatoryClass.ANTIPARASITIC_EXTERNAL), 1))
    first = order.lines.get(sku="S1")
    fulfilment.send(shipment=order.shipments.get(), quantities={first.pk: 1}, by=None, at=NOW)
    rest = order.shipments.get(state=ShipmentState.TO_PREPARE)
    fulfilment.send(shipment=rest, by=None, at=NOW)
    for shipment in order.shipments.all():
        fulfilment.deliver(shipment=shipment, by=None, at=NOW)
    [invited] = ReviewInvitation.objects.all()
    assert (invited.product, invited.email, invited.reference) == (
        first.variant.product,
        "ada@clients.example",
        f"order-line:{first.pk}",
    )


def renounced(order, packs, at=NOW):
    returned = {order.lines.get().pk: Returned(quantity=packs)}
    made = withdrawal.declare(order=order, returned=returned, by=None, at=at)
    found = withdrawal.confirm(token=made.token, at=at)
    for _ in range(2):
        withdrawal.pay_back(found, at=at)
    return found


def test_what_staff_gave_back_before_is_not_given_back_by_a_withdrawal():
    order = delivered(bought((pack(price=1000), 2)))
    back = Back(packs={order.lines.get().pk: 1})
    refunds.decide(order=order, back=back, reason=RefundReason.RETURN, by=None, at=NOW)
    renounced(order, 2)
    assert [each.amount_cents for each in Refund.objects.order_by("pk")] == [1000, 1000]


def test_the_delivery_goes_back_with_the_last_of_two_withdrawals():
    order = delivered(bought((pack(price=1000), 2)))
    Order.objects.update(delivery_cents=490, total_cents=2490)
    Payment.objects.update(amount_cents=2490, captured_cents=2490)
    order.refresh_from_db()
    for _ in range(2):
        renounced(order, 1)
    amounts = [each.amount_cents for each in Refund.objects.order_by("pk")]
    assert amounts == [1000, 1490]


def test_a_declaration_is_confirmed_within_a_day_or_declared_again():
    order = delivered(bought((pack(), 1)))
    returned = {order.lines.get().pk: Returned(quantity=1)}
    made = withdrawal.declare(order=order, returned=returned, by=None, at=NOW)
    with pytest.raises(WithdrawalUnknown):
        withdrawal.confirm(token=made.token, at=NOW + timedelta(hours=25))
    assert Refund.objects.count() == 0


def test_an_erased_order_opens_to_nobody_by_its_number():
    order = bought((pack(), 1))
    Order.objects.update(email="")
    for email in ("", " "):
        with pytest.raises(NotFound):
            access.order_of_guest(order.number, email)
    with pytest.raises(NotFound):
        access.order_for(GUEST, order.pk)
