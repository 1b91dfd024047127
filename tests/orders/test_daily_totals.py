"""Days of Paris, consumers alone, invoices less credit notes, to the cent."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money
from orders import invoices
from orders.daily_totals import DayTotal, csv_of, daily_totals, totals_of
from tests.orders.builders import BUSINESS, Bought, order_of, refund_of

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PAST_MIDNIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
TWENTY, FIVE_FIVE = Decimal("20.00"), Decimal("5.50")


def total(day, rate, cents, invoices=0, credit_notes=0):
    base, vat, gross = (Money(each) for each in cents)
    return DayTotal(day, rate, base, vat, gross, invoices, credit_notes)


@pytest.fixture
def _two_days(db):
    order = order_of(Bought("A", 1200), Bought("B", 1055, rate="5.5"))
    invoices.issue_invoice(order=order, at=MORNING)
    invoices.issue_invoice(order=order_of(Bought("A", 600)), at=MORNING)
    invoices.issue_invoice(order=order_of(billing=BUSINESS), at=MORNING)
    invoices.issue_credit_note(refund=refund_of(order, (0, 1, 1200)), at=PAST_MIDNIGHT)


WHOLE = [
    total(FRIDAY, FIVE_FIVE, (1000, 55, 1055), invoices=1),
    total(FRIDAY, TWENTY, (1500, 300, 1800), invoices=2),
    total(SATURDAY, TWENTY, (-1000, -200, -1200), credit_notes=1),
]


@pytest.mark.usefixtures("_two_days")
def test_days_are_those_of_paris_and_businesses_are_left_out():
    assert daily_totals(first=FRIDAY, last=SATURDAY) == WHOLE
    assert daily_totals(first=FRIDAY, last=FRIDAY) == WHOLE[:2]
    assert daily_totals(first=SATURDAY, last=SATURDAY) == WHOLE[2:]


@pytest.mark.usefixtures("_two_days")
def test_the_command_writes_what_a_french_spreadsheet_opens(tmp_path):
    told = StringIO()
    call_command("daily_totals", "--from", "2026-11-20", "--to", "2026-11-21", stdout=told)
    assert told.getvalue() == (
        "\ufeffdate;taux_tva;base_ht;tva;total_ttc;factures;avoirs\r\n"
        "2026-11-20;5,50;10,00;0,55;10,55;1;0\r\n"
        "2026-11-20;20,00;15,00;3,00;18,00;2;0\r\n"
        "2026-11-21;20,00;-10,00;-2,00;-12,00;0;1\r\n"
    )
    file = tmp_path / "totals.csv"
    call_command(
        "daily_totals", "--from", "2026-11-20", "--to", "2026-11-21", "--output", str(file)
    )
    assert file.read_bytes().decode("utf-8") == told.getvalue()


def test_a_stretch_that_ends_before_it_begins_is_refused():
    with pytest.raises(CommandError):
        call_command("daily_totals", "--from", "2026-11-21", "--to", "2026-11-20")


cents = st.integers(-999, 999)
documents = st.builds(
    lambda kind, party, day, lines: {
        "kind": kind,
        "issued_on": day.isoformat(),
        "buyer": {"party": party},
        "vat_lines": [
            {"rate": rate, "base_cents": base, "vat_cents": vat, "gross_cents": base + vat}
            for rate, base, vat in lines
        ],
    },
    st.sampled_from(["invoice", "credit_note"]),
    st.sampled_from(["consumer", "business"]),
    st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    st.lists(
        st.tuples(st.sampled_from(["5.50", "10.00", "20.00"]), cents, cents),
        max_size=2,
        unique_by=lambda line: line[0],
    ),
)


@given(st.lists(documents, max_size=8))
def test_totals_are_what_counting_one_by_one_gives(contents):
    counted = Counter()
    seen = set()
    for content in contents:
        if content["buyer"]["party"] == "business":
            continue
        for line in content["vat_lines"]:
            key = (content["issued_on"], line["rate"])
            seen.add(key)
            for name in ("base_cents", "vat_cents", "gross_cents"):
                counted[key, name] += line[name]
            counted[key, content["kind"]] += 1
    names = ("base_cents", "vat_cents", "gross_cents", "invoice", "credit_note")
    expected = {key: [counted[key, name] for name in names] for key in seen}
    assert {
        (each.day.isoformat(), str(each.rate)): [
            each.base.cents,
            each.vat.cents,
            each.gross.cents,
            each.invoices,
            each.credit_notes,
        ]
        for each in totals_of(contents)
    } == expected


def test_a_day_without_sales_has_no_row():
    assert csv_of([]) == "\ufeffdate;taux_tva;base_ht;tva;total_ttc;factures;avoirs\r\n"
