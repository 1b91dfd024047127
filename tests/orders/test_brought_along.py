"""Orders that were made elsewhere come along finished, to the cent, and nothing is done again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django_ox.models import OxTask

from accounts.models import AuditEntry, Person
from catalog.models import Stock, StockMovement
from clinic.models import Place
from kernel.money import Money
from kernel.refusals import Invalid
from orders import brought_along, invoices
from orders.brought_along import BroughtLine, BroughtOrder
from orders.calendar import Promise
from orders.documents import rendering
from orders.models import Document, Order, OrderLinePet, Payment, Shipment
from orders.vocabulary import DeliveryMethod
from tests.builders import NOW, owner, pet_of
from tests.orders.builders import HOME, Bought, order_of, selling_clinic
from tests.orders.world import pack

pytestmark = pytest.mark.django_db
SPRING = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clinic():
    selling_clinic()


def ada():
    return Person.objects.get_or_create(
        first_name="Ada", last_name="Lovelace", email="ada@clients.example"
    )[0]


def line(variant, *, quantity=2, cents=2450, pet=None):
    return BroughtLine(
        variant=variant,
        quantity=quantity,
        unit_price=Money(cents),
        vat_rate=Decimal(20),
        pet=pet,
    )


def brought(number, *lines, placed_at=SPRING, delivery=690, total=5590, **facts):
    """An order that was promised for the second day, and came on it."""
    promise = Promise(placed_at + 2 * DAY, placed_at + 2 * DAY + timedelta(hours=3))
    given = {
        "number": number,
        "person": ada(),
        "address": HOME,
        "method": DeliveryMethod.HOME,
        "lines": lines,
        "delivery": Money(delivery),
        "total": Money(total),
        "promise": promise,
        "placed_at": placed_at,
        "sent_at": placed_at + DAY,
        "received_at": promise.starts_at + timedelta(hours=1),
    }
    return BroughtOrder(**{**given, **facts})


def bring(*orders):
    return brought_along.bring_orders(orders=orders, place=Place.objects.get(), by=None, at=NOW)


def test_an_order_is_brought_whole():
    rex = pet_of(owner("Ada"))
    assert bring(brought("D1", line(pack("S1"), pet=rex))) == 1
    order = Order.objects.get()
    assert (order.number, order.origin, order.state) == ("D1", "import", "delivered")
    assert (order.goods_cents, order.delivery_cents, order.total_cents) == (4900, 690, 5590)
    assert order.vat_lines == [
        {"rate": "20.00", "gross_cents": 5590, "base_cents": 4658, "vat_cents": 932}
    ]
    bought = order.lines.get()
    assert (bought.sku, bought.name, bought.unit_cents, bought.gross_cents) == (
        ("S1", "Croquettes", 2450, 4900)
    )
    eater = OrderLinePet.objects.get()
    assert (eater.pet, eater.share_percent, eater.origin) == (rex, 100, "import")
    payment = Payment.objects.get()
    assert (payment.state, payment.captured_cents, payment.settled_at) == ("paid", 5590, SPRING)
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.promise_from, shipment.kept_at) == (
        "delivered",
        SPRING + 2 * DAY,
        SPRING + 2 * DAY + timedelta(hours=1),
    )
    assert list(shipment.lines.values_list("line", "quantity")) == [(bought.pk, 2)]
    assert list(order.events.values_list("kind", "at")) == [
        ("placed", SPRING),
        ("paid", SPRING),
        ("shipped", SPRING + DAY),
        ("delivered", SPRING + 2 * DAY + timedelta(hours=1)),
    ]
    assert AuditEntry.objects.get(action="orders.bring").changes == {"orders": [0, 1]}


def test_its_invoice_is_the_one_of_its_day_and_goes_on_paper_when_it_is_looked_at():
    bring(brought("D1", line(pack("S1"))))
    document = Document.objects.get()
    assert (document.number, document.issued_at, document.total_cents) == (
        ("F2026-00001", SPRING, 5590)
    )
    said = document.content
    assert (said["issued_on"], said["payment"], said["delivered_on"]) == (
        "2026-04-01",
        {"method": "card", "on": "2026-04-01"},
        "",
    )
    assert (said["buyer"]["name"], said["totals"]["vat_cents"]) == ("Ada Lovelace", 932)
    assert invoices.issue_invoice(order=document.order, at=NOW) == document
    rendering.render_document(document.pk, at=NOW)
    document.refresh_from_db()
    assert document.file_name.startswith("documents/F2026-00001-")


def test_nothing_is_done_again():
    food = pack("S1", stock=10)
    before = OxTask.objects.count()
    bring(brought("D1", line(food)))
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.reserved) == (10, 0)
    assert StockMovement.objects.filter(reason="sold").count() == 0
    assert OxTask.objects.count() == before


def test_what_is_known_by_its_number_is_passed_over():
    food = pack("S1")
    first = brought("D1", line(food))
    assert bring(first) == 1
    assert bring(first, brought("D2", line(food), placed_at=SPRING + DAY)) == 1
    assert bring(first) == 0
    assert list(Document.objects.order_by("pk").values_list("number", "order__number")) == [
        ("F2026-00001", "D1"),
        ("F2026-00002", "D2"),
    ]


def test_invoices_follow_the_days_and_begin_anew_with_the_year_of_paris():
    food = pack("S1")
    new_year_in_paris = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    bring(
        brought("D3", line(food), placed_at=SPRING),
        brought("D2", line(food), placed_at=new_year_in_paris),
        brought("D1", line(food), placed_at=new_year_in_paris - timedelta(hours=1)),
    )
    assert dict(Document.objects.values_list("order__number", "number")) == {
        "D1": "F2025-00001",
        "D2": "F2026-00001",
        "D3": "F2026-00002",
    }
    assert invoices.issue_invoice(order=order_of(Bought()), at=NOW).number == "F2026-00003"


def test_what_is_older_than_an_invoice_issued_here_is_refused():
    invoices.issue_invoice(order=order_of(Bought()), at=NOW)
    with pytest.raises(Invalid):
        bring(brought("D1", line(pack("S1"))))
    assert (Order.objects.count(), Document.objects.count()) == (1, 1)


def test_what_was_charged_must_be_the_sum_and_one_mistake_keeps_all_out():
    food = pack("S1")
    wrong = (
        {"total": 5591},
        {"received_at": NOW + DAY},
        {"sent_at": SPRING - DAY},
    )
    for change in wrong:
        with pytest.raises(Invalid) as refused:
            bring(
                brought("D1", line(food)),
                brought("D2", line(food), placed_at=SPRING + timedelta(minutes=1), **change),
            )
        assert refused.value.path == ["orders", "D2"]
    with pytest.raises(Invalid):
        bring(brought("D3", line(food, quantity=0), total=690))
    assert (Order.objects.count(), Document.objects.count()) == (0, 0)
