"""Invoices say what was sold, credit notes what was given back, to the cent and for ever."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction
from django_ox.models import OxTask
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from clinic import revision
from clinic.models import Clinic
from kernel.money import Money
from kernel.refusals import Invalid
from orders import billing, invoices
from orders.credited import Credited, shares, vat_of_credit
from orders.invoices import CreditedTooMuch, NotInvoiced, NotPaid, NotRefunded
from orders.mentions import REQUIRED, REQUIRED_OF_BUSINESSES
from orders.models import Document, NumberSeries, Order
from orders.models.once import Immutable
from orders.totals import ZERO, Advantage, VatLine, vat_lines_of
from orders.vocabulary import DeliveryMethod, RefundState, ShipmentState
from tests.builders import NOW
from tests.orders.builders import BUSINESS, Bought, order_of, refund_of

TWENTY, FIVE_FIVE = Decimal(20), Decimal("5.5")
LATER = NOW + timedelta(days=3)


def invoice_of(order, at=NOW):
    return invoices.issue_invoice(order=order, at=at)


def credit_note_of(order, *given, **facts):
    return invoices.issue_credit_note(refund=refund_of(order, *given, **facts), at=LATER)


def vat(content):
    return [
        (each["rate"], each["gross_cents"], each["base_cents"], each["vat_cents"])
        for each in content["vat_lines"]
    ]


def found_at(content, path):
    """What stands at a path such as `lines.name`: a list of one for each line."""
    head, _dot, rest = path.partition(".")
    value = content[head]
    if not rest:
        return value
    return [each[rest] for each in value] if isinstance(value, list) else value[rest]


@pytest.mark.django_db
def test_an_invoice_is_a_full_copy_of_what_was_sold():
    order = order_of(
        Bought("Croquettes", 1999, 2),
        Bought("Livre", 1000, 1, "5.5"),
        delivery=690,
        voucher=Advantage(code="BIENVENUE", percent=Decimal(10)),
    )
    document = invoice_of(order)
    content = document.content
    assert (document.number, document.total_cents) == ("F2026-00001", order.total_cents)
    assert [
        {
            name: line[name]
            for name in ("name", "quantity", "unit_cents", "unit_net_cents", "before_cents")
        }
        for line in content["lines"]
    ] == [
        {
            "name": "Croquettes",
            "quantity": 2,
            "unit_cents": 1999,
            "unit_net_cents": 1666,
            "before_cents": 3998,
        },
        {
            "name": "Livre",
            "quantity": 1,
            "unit_cents": 1000,
            "unit_net_cents": 948,
            "before_cents": 1000,
        },
    ]
    assert [(line["gross_cents"], line["vat_rate"]) for line in content["lines"]] == [
        (3598, "20.00"),
        (900, "5.50"),
    ]
    assert content["lines"][0]["reductions"] == [
        {"code": "BIENVENUE", "cents": 400, "net_cents": 333}
    ]
    assert content["vat_lines"] == order.vat_lines
    assert content["delivery"]["parts"] == [
        {"rate": "5.50", "gross_cents": 138, "net_cents": 131},
        {"rate": "20.00", "gross_cents": 552, "net_cents": 460},
    ]
    assert content["totals"] == {
        "goods_cents": 4498,
        "reduced_cents": 500,
        "delivery_cents": 690,
        "net_cents": 4442,
        "vat_cents": 746,
        "gross_cents": 5188,
        "paid_cents": 5188,
        "due_cents": 0,
    }
    assert content["payment"] == {"method": "card", "on": "2026-11-22"}
    assert content["seller"]["siren"] == "732829320"


@pytest.mark.django_db
def test_net_amounts_add_up_to_the_stored_base_of_each_rate():
    order = order_of(*[Bought(f"n{index}", 33) for index in range(7)], delivery=101)
    content = invoice_of(order).content
    parts = [*content["lines"], *content["delivery"]["parts"]]
    assert sum(each["net_cents"] for each in parts) == order.vat_lines[0]["base_cents"]


@pytest.mark.django_db
def test_an_order_is_invoiced_once():
    order = order_of()
    first = invoice_of(order)
    assert invoice_of(order, at=LATER) == first
    assert (Document.objects.count(), NumberSeries.objects.get().last) == (1, 1)
    assert AuditEntry.objects.filter(action="invoice.issue").count() == 1
    assert OxTask.objects.count() == 1


@pytest.mark.django_db
def test_an_order_that_is_not_paid_has_no_invoice():
    order = order_of(paid_at=None)
    with pytest.raises(NotPaid):
        invoice_of(order)
    assert (Document.objects.count(), NumberSeries.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_lines_that_are_not_what_was_taxed_are_never_invoiced():
    order = order_of()
    order.lines.update(vat_rate=FIVE_FIVE)
    with pytest.raises(ValueError, match="not those that were taxed"):
        invoice_of(order)
    assert (Document.objects.count(), NumberSeries.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_day_is_that_of_paris_and_the_delivery_is_told_when_it_was_another_day():
    order = order_of()
    order.shipments.create(
        method=DeliveryMethod.HOME,
        state=ShipmentState.DELIVERED,
        promised_at=NOW,
        kept_at=NOW,
        created_at=NOW,
    )
    midnight_passed = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    content = invoice_of(order, at=midnight_passed).content
    assert (content["issued_on"], content["delivered_on"]) == ("2026-11-24", "2026-11-22")
    assert invoice_of(order_of(), at=NOW).content["delivered_on"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("buyer", ["consumer", "business"])
def test_every_particular_and_sentence_is_there_with_its_article(buyer):
    business = buyer == "business"
    facts = {"billing": BUSINESS} if business else {}
    content = invoice_of(order_of(**facts)).content
    may_be_empty = {"delivered_on", "lines.reductions"}
    paths = {*REQUIRED, *(REQUIRED_OF_BUSINESSES if business else ())}
    missing = [path for path in paths - may_be_empty if found_at(content, path) in ("", [""], {})]
    assert missing == []
    told = {each["code"]: each["article"] for each in content["mentions"]}
    assert told == (
        {
            "goods": "CGI ann. II art. 242 nonies A I (décret 2022-1299)",
            "discount": "C. com. L.441-9 I",
            "penalty": "C. com. L.441-9 I, L.441-10 II",
            "recovery": "C. com. L.441-10 II, D.441-5",
        }
        if business
        else {
            "goods": "CGI ann. II art. 242 nonies A I (décret 2022-1299)",
            "mediator": "C. conso. L.612-1, L.616-1",
        }
    )


@pytest.mark.django_db
def test_the_numbers_of_a_business_are_checked_without_asking_anybody():
    with pytest.raises(Invalid):
        invoice_of(order_of(billing={**BUSINESS, "siren": "732829321"}))
    assert (Document.objects.count(), NumberSeries.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"party": "friend"},
        {"party": "business"},
        {"party": "business", "siren": "123456789"},
        {"party": "business", "siren": "732829320", "vat_number": "FR00732829320"},
        {"party": "business", "vat_number": "FR44732829320"},
    ],
)
def test_billing_that_cannot_be_right_is_refused(wrong):
    with pytest.raises(Invalid):
        billing.checked_billing(wrong)


def test_billing_is_kept_in_its_shortest_form():
    given = {"party": "business", "siren": "732 829 320", "vat_number": "FR 44 732 829 320"}
    assert billing.checked_billing(given) == {
        "party": "business",
        "siren": "732829320",
        "vat_number": "FR44732829320",
    }
    belgian = {"party": "business", "vat_number": "BE0428759497", "address": {"country": "BE"}}
    assert billing.checked_billing(belgian)["vat_number"] == "BE0428759497"
    assert billing.checked_billing({"siren": "1"})["siren"] == ""


@pytest.mark.django_db
def test_nothing_changes_an_invoice():
    document = invoice_of(order_of())
    rows = Document.objects.filter(pk=document.pk)
    document.content["totals"]["gross_cents"] = 1
    attempts = [
        document.save,
        partial(Document.objects.bulk_update, [document], ["content"]),
        partial(rows.update, content={}),
        partial(rows.update, number="F2026-99999"),
        rows.delete,
    ]
    for attempt in attempts:
        with pytest.raises(Immutable), transaction.atomic():
            attempt()
    stored = Document.objects.get()
    assert (stored.number, stored.content["totals"]["gross_cents"]) == ("F2026-00001", 1290)


@pytest.mark.django_db
def test_an_invoice_stays_what_it_was_when_clinic_and_order_change():
    order = order_of()
    before = invoice_of(order).content
    Clinic.objects.update(name="Autre", legal_name="Autre SARL")
    revision.bump()
    Order.objects.update(email="", contact={}, address={})
    assert invoice_of(order).content == before


@pytest.mark.django_db
def test_a_credit_note_takes_the_cents_that_were_stored():
    order = order_of(Bought("A", 1999, 2), Bought("B", 1000, 1, "5.5"), delivery=690)
    invoice_of(order)
    note = credit_note_of(order, (0, 1, 1999))
    assert (note.number, note.total_cents) == ("A2026-00001", -1999)
    content = note.content
    assert vat(content) == [("20.00", -1999, -1666, -333)]
    assert content["corrects"] == {
        "number": "F2026-00001",
        "issued_on": "2026-11-22",
        "reason": "return",
    }
    assert [
        (line["name"], line["quantity"], line["unit_cents"], line["gross_cents"])
        for line in content["lines"]
    ] == [("A", 1, 1999, -1999)]
    assert content["mentions"][0] == {
        "code": "corrects",
        "article": "CGI art. 289 I 5",
        "text": "Cet avoir rectifie la facture F2026-00001 du 22 novembre 2026.",
    }


@pytest.mark.django_db
def test_credit_notes_of_everything_are_the_invoice_negated_rate_by_rate():
    order = order_of(Bought("A", 999, 3), Bought("B", 1001, 1, "5.5"), delivery=691)
    invoice = invoice_of(order).content
    notes = [
        credit_note_of(order, (0, 1, 999)).content,
        credit_note_of(order, (0, 1, 999), delivery=300).content,
        credit_note_of(order, (0, 1, 999), (1, 1, 1001), delivery=391).content,
    ]
    for column in ("gross_cents", "base_cents", "vat_cents"):
        by_rate = {each["rate"]: each[column] for each in invoice["vat_lines"]}
        for note in notes:
            for each in note["vat_lines"]:
                by_rate[each["rate"]] += each[column]
        assert by_rate == {"5.50": 0, "20.00": 0}


@pytest.mark.django_db
def test_the_page_on_invoices_has_the_figures_of_the_code():
    order = order_of(Bought("A", 999, 3))
    invoice_of(order)
    notes = [credit_note_of(order, (0, 1, 999)).content for _ in range(3)]
    assert [note["vat_lines"][0]["vat_cents"] for note in notes] == [-167, -166, -167]
    page = (Path(__file__).parents[2] / "docs" / "algorithms" / "invoice.md").read_text()
    assert re.findall(r"^\| \d \|.*\| ([\d.]+) \|$", page, re.MULTILINE) == ["1.67", "1.66", "1.67"]


@pytest.mark.django_db
def test_goodwill_is_spread_over_the_rates_and_says_its_name():
    order = order_of(Bought("A", 3000), Bought("B", 1000, 1, "5.5"))
    invoice_of(order)
    content = credit_note_of(order, goodwill=400).content
    assert [(line["name"], line["gross_cents"]) for line in content["lines"]] == [
        ("Geste commercial", -100),
        ("Geste commercial", -300),
    ]
    assert vat(content) == [("5.50", -100, -95, -5), ("20.00", -300, -250, -50)]


@pytest.mark.django_db
def test_reductions_go_back_with_what_they_were_on():
    voucher = Advantage(code="V", percent=Decimal(50))
    order = order_of(Bought("A", 1000, 2), voucher=voucher)
    invoice_of(order)
    line = credit_note_of(order, (0, 1, 500)).content["lines"][0]
    assert (line["before_cents"], line["reductions"]) == (
        -1000,
        [{"code": "", "cents": -500, "net_cents": -417}],
    )


@pytest.mark.django_db
def test_a_refund_is_credited_once():
    order = order_of()
    invoice_of(order)
    refund = refund_of(order, (0, 1, 1290))
    first = invoices.issue_credit_note(refund=refund, at=NOW)
    assert invoices.issue_credit_note(refund=refund, at=LATER) == first
    assert NumberSeries.objects.get(name="A2026-").last == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"given": (0, 1, 1290)}, {"given": (0, 1, 1290)}),
        ({"delivery": 500}, {"delivery": 191}),
        ({"goodwill": 1980}, {"goodwill": 1}),
    ],
)
def test_credit_notes_never_pass_the_invoice(first, second):
    order = order_of(Bought(price=1290), delivery=690)
    invoice_of(order)

    def credit(given=None, **more):
        return credit_note_of(order, *([given] if given else []), **more)

    credit(**first)
    with pytest.raises(CreditedTooMuch):
        credit(**second)
    assert Document.objects.count() == 2
    assert NumberSeries.objects.get(name="A2026-").last == 1


@pytest.mark.django_db
def test_only_money_that_went_back_is_credited():
    order = order_of()
    invoice_of(order)
    with pytest.raises(NotRefunded):
        credit_note_of(order, (0, 1, 1290), state=RefundState.PENDING)
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_what_was_never_invoiced_is_not_credited():
    with pytest.raises(NotInvoiced):
        credit_note_of(order_of(), (0, 1, 1290))
    assert Document.objects.count() == 0


amounts = st.lists(st.integers(0, 50_000), min_size=1, max_size=6)


@given(weights=amounts, data=st.data())
def test_shares_add_up_and_none_is_more_than_its_weight(weights, data):
    total = data.draw(st.integers(0, sum(weights)))
    found = shares(Money(total), [Money(each) for each in weights])
    assert sum(each.cents for each in found) == total
    assert all(share.cents <= weight for share, weight in zip(found, weights, strict=True))


@given(
    gross=st.integers(1, 500_000),
    cuts=st.lists(st.integers(1, 500_000), max_size=8),
    rate=st.sampled_from([Decimal("2.1"), FIVE_FIVE, Decimal(10), TWENTY]),
)
def test_credit_notes_never_pass_the_vat_and_meet_it_at_the_end(gross, cuts, rate):
    invoiced = vat_lines_of([(rate, Money(gross))])
    edges = sorted({0, gross, *(cut for cut in cuts if cut < gross)})
    before, bases = Credited(), ZERO
    for low, high in itertools.pairwise(edges):
        (line,) = vat_of_credit(invoiced, before={rate: before}, grosses={rate: Money(high - low)})
        assert ZERO <= line.vat <= line.gross
        assert line.base + line.vat == line.gross
        before = Credited(gross=before.gross + line.gross, vat=before.vat + line.vat)
        bases += line.base
        assert before.vat <= invoiced[0].vat
    assert (before.gross, before.vat, bases) == (Money(gross), invoiced[0].vat, invoiced[0].base)


def test_a_rate_that_was_not_invoiced_is_not_credited():
    invoiced = (VatLine(TWENTY, Money(120), Money(100), Money(20)),)
    with pytest.raises(ValueError, match="does not have"):
        vat_of_credit(invoiced, before={}, grosses={FIVE_FIVE: Money(1)})
