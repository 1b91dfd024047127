"""The demonstration's orders: two years that were brought along, and a week in every state."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F, Sum

from catalog import editing
from catalog.importing.run import Order as ImportOrder
from catalog.importing.run import run
from catalog.models import Product, Stock, StockMovement
from clinic.models import Place
from orders.models import (
    Approval,
    Document,
    NumberSeries,
    Order,
    OrderEvent,
    OrderLine,
    OrderLinePet,
    Payment,
    Refund,
    Reservation,
    Shipment,
    ShipmentLine,
    Withdrawal,
)
from orders.vocabulary import DeliveryMethod, OrderState, PaymentState
from pets.breeds import save_common_breeds
from pets.models import Pet
from shop.demo import clients, loader, purchases, under_way
from shop.demo.households import read
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def load_shop(most):
    """The clinic, its catalogue without pictures, and the first owners."""
    loader.open_clinic(at=NOW)
    run(ImportOrder(path=loader.DATA), by=None, at=NOW)
    loader.ask_vets(at=NOW)
    save_common_breeds(at=NOW)
    later = purchases.moved(NOW)
    clients.load_clients(loader.DATA, password="x", at=NOW, later=later, most=most)
    return later


def told(most):
    """What the files say of the first owners' orders: how many, with how many lines and cents."""
    owners = {row["owner_id"] for row in read(loader.DATA, "sim_owners.csv")[:most]}
    orders = [row for row in read(loader.DATA, "sim_orders.csv") if row["owner_id"] in owners]
    keys = {row["order_id"] for row in orders}
    lines = [row for row in read(loader.DATA, "sim_order_lines.csv") if row["order_id"] in keys]
    cents = sum(int(row["total_ttc"].replace(".", "")) for row in orders)
    return len(orders), len(lines), cents


def assert_brought(orders, lines, cents):
    assert (Order.objects.count(), OrderLine.objects.count()) == (orders, lines)
    assert Order.objects.aggregate(cents=Sum("total_cents"))["cents"] == cents
    for model in (Payment, Shipment, Document):
        assert model.objects.count() == orders
    assert (OrderLinePet.objects.count(), ShipmentLine.objects.count()) == (lines, lines)
    assert OrderEvent.objects.count() == 4 * orders
    assert set(Order.objects.values_list("state", "origin")) == {("delivered", "import")}
    assert_money_adds_up()
    assert_numbers_have_no_gap()
    assert (Reservation.objects.count(), StockMovement.objects.filter(reason="sold").count()) == (
        (0, 0)
    )


def assert_money_adds_up():
    """Of every order: lines, delivery, VAT, what was received, and what the invoice says."""
    goods = dict(OrderLine.objects.values_list("order").annotate(Sum("gross_cents")).order_by())
    paid = dict(Payment.objects.values_list("order").annotate(Sum("captured_cents")).order_by())
    invoiced = dict(Document.objects.filter(kind="invoice").values_list("order", "total_cents"))
    for order in Order.objects.exclude(paid_at=None):
        assert order.goods_cents == goods[order.pk]
        assert order.total_cents == order.goods_cents + order.delivery_cents
        assert order.total_cents == paid[order.pk] == invoiced[order.pk]
        for each in order.vat_lines:
            assert each["base_cents"] + each["vat_cents"] == each["gross_cents"]
        assert sum(each["gross_cents"] for each in order.vat_lines) == order.total_cents
    wrong = OrderLine.objects.exclude(gross_cents=F("unit_cents") * F("quantity"))
    assert wrong.count() == 0


def assert_numbers_have_no_gap():
    """Each year counts from one, and later numbers are of later moments."""
    invoices = Document.objects.filter(kind="invoice").order_by("issued_at", "pk")
    years = {}
    for number in invoices.values_list("number", flat=True):
        year, _dash, count = number.partition("-")
        years.setdefault(year, []).append(int(count))
    assert all(counts == list(range(1, len(counts) + 1)) for counts in years.values())
    last = dict(NumberSeries.objects.filter(name__startswith="F").values_list("name", "last"))
    assert last == {f"{year}-": len(counts) for year, counts in years.items()}


def test_the_orders_of_some_owners_are_those_of_the_files():
    later = load_shop(most=120)
    place, expected = Place.objects.get(), told(120)
    purchases.load_orders(loader.DATA, place=place, at=NOW, later=later)
    assert_brought(*expected)
    assert set(Order.objects.values_list("method", flat=True)) == set(DeliveryMethod)
    late = Shipment.objects.filter(kept_at__gt=F("promise_to")).count()
    assert 0 < late < 0.08 * expected[0]
    assert not Order.objects.filter(placed_at__gt=NOW - timedelta(days=7)).exists()
    assert not OrderLinePet.objects.filter(
        pet__died_on__lt=F("line__order__placed_at__date")
    ).exists()
    purchases.load_orders(loader.DATA, place=place, at=NOW, later=later)
    assert Order.objects.count() == expected[0]


@pytest.mark.slow
def test_all_orders_of_the_simulation_are_there():
    later = load_shop(most=None)
    purchases.load_orders(loader.DATA, place=Place.objects.get(), at=NOW, later=later)
    assert_brought(11_539, 13_531, told(None)[2])
    youngest = Order.objects.latest("placed_at").placed_at
    assert (NOW - youngest).days in (7, 8)


def test_a_week_of_orders_stands_in_every_state():
    later = load_shop(most=400)
    place = Place.objects.get()
    purchases.load_orders(loader.DATA, place=place, at=NOW, later=later)
    under_way.load_orders_under_way(place=place, at=NOW)
    orders = Order.objects.filter(origin="cart")
    assert Counter(orders.values_list("state", flat=True)) == {
        OrderState.PENDING_PAYMENT: 2,
        OrderState.AWAITING_APPROVAL: 2,
        OrderState.PAID: 5,
        OrderState.PARTLY_SHIPPED: 1,
        OrderState.SHIPPED: 2,
        OrderState.DELIVERED: 1,
        OrderState.CANCELLED: 1,
    }
    states = Counter(Shipment.objects.filter(order__in=orders).values_list("state", flat=True))
    assert states == {"to_prepare": 6, "shipped": 2, "ready": 1, "delivered": 1, "cancelled": 1}
    assert_promises_are_late_today_and_tomorrow(orders)
    assert_money_went_back()
    assert_money_adds_up()
    assert_numbers_have_no_gap()
    asked = Approval.objects.filter(state="asked").select_related("product")
    assert [each.product.needs_vet_approval for each in asked] == [True, True]
    assert Payment.objects.filter(state=PaymentState.AUTHORISED).count() == 2
    assert orders.filter(email=clients.OWNER).count() == 2
    held = Reservation.objects.filter(ended_at=None).aggregate(n=Sum(F("quantity") - F("taken")))
    assert Stock.objects.aggregate(n=Sum("reserved")) == held


def assert_promises_are_late_today_and_tomorrow(orders):
    """The clock of the tests stands at a Sunday: the first day after it is the Monday."""
    promised = orders.filter(state=OrderState.PAID).values_list("promise_to__date", flat=True)
    days = Counter((day - NOW.date()).days for day in promised)
    assert (days[-5], days[1], days[3]) == (1, 3, 1)


def assert_money_went_back():
    assert sorted(Refund.objects.values_list("reason", "state")) == [
        ("cancelled", "done"),
        ("withdrawal", "done"),
    ]
    assert Withdrawal.objects.exclude(confirmed_at=None).exclude(settled_at=None).count() == 1
    notes = Document.objects.filter(kind="credit_note").order_by("issued_at")
    assert list(notes.values_list("number", flat=True)) == ["A2026-00001", "A2026-00002"]


def test_vets_are_asked_about_sick_kidneys_and_hearts_alone():
    load_shop(most=1)
    asked = Product.objects.filter(needs_vet_approval=True)
    conditions = {condition for each in asked for condition in each.conditions}
    assert (asked.count(), conditions) == (5, {"RENAL", "CARDIAC"})
    product = asked.first()
    assert editing.stored(editing.facts_of(product))["needs_vet_approval"] is True
    assert Pet.objects.exists()
