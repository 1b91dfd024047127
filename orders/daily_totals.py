"""What consumers bought, day by day and rate by rate: what is declared to the tax office.

Invoices less credit notes, by the day in Paris on which they were issued; documents for businesses
are left out, for they are declared one by one. Source: CGI art. 290, ann. II art. 242 nonies M.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from clinic.details import PARIS
from kernel.money import Money
from orders.invoice_content import Content
from orders.models import Document
from orders.totals import ZERO
from orders.vocabulary import BillingParty, DocumentKind

_CHUNK: Final = 500
_BYTE_ORDER_MARK: Final = "\ufeff"
_COLUMNS: Final = (
    "date",
    "taux_tva",
    "base_ht",
    "tva",
    "total_ttc",
    "factures",
    "avoirs",
)


@dataclass(frozen=True, slots=True)
class DayTotal:
    """One day at one rate; the amounts are negative where more was given back than sold."""

    day: date
    rate: Decimal
    base: Money = ZERO
    vat: Money = ZERO
    gross: Money = ZERO
    invoices: int = 0
    credit_notes: int = 0


def daily_totals(*, first: date, last: date) -> list[DayTotal]:
    """The totals of each day from `first` to `last`, both included, by day and rate."""
    begins = datetime.combine(first, time.min, PARIS)
    ends = datetime.combine(last + timedelta(days=1), time.min, PARIS)
    found = Document.objects.filter(issued_at__gte=begins, issued_at__lt=ends).order_by("id")
    return totals_of(found.values_list("content", flat=True).iterator(chunk_size=_CHUNK))


def totals_of(contents: Iterable[Content]) -> list[DayTotal]:
    """The totals of some documents; those for businesses are passed over."""
    found: dict[tuple[date, Decimal], DayTotal] = {}
    for line in _lines(contents):
        key = (line.day, line.rate)
        known = found.get(key, DayTotal(*key))
        found[key] = DayTotal(
            *key,
            base=known.base + line.base,
            vat=known.vat + line.vat,
            gross=known.gross + line.gross,
            invoices=known.invoices + line.invoices,
            credit_notes=known.credit_notes + line.credit_notes,
        )
    return [found[key] for key in sorted(found)]


def _lines(contents: Iterable[Content]) -> Iterator[DayTotal]:
    for content in contents:
        if content["buyer"]["party"] != BillingParty.CONSUMER:
            continue
        is_invoice = content["kind"] == DocumentKind.INVOICE
        for each in content["vat_lines"]:
            yield DayTotal(
                day=date.fromisoformat(content["issued_on"]),
                rate=Decimal(each["rate"]),
                base=Money(each["base_cents"]),
                vat=Money(each["vat_cents"]),
                gross=Money(each["gross_cents"]),
                invoices=int(is_invoice),
                credit_notes=int(not is_invoice),
            )


def csv_of(totals: Iterable[DayTotal]) -> str:
    """A table that a French spreadsheet opens as it is: byte order mark, `;`, decimal comma."""
    target = io.StringIO()
    table = csv.writer(target, delimiter=";")
    table.writerow(_COLUMNS)
    for each in totals:
        amounts = (each.rate, each.base, each.vat, each.gross)
        table.writerow(
            [
                each.day.isoformat(),
                *(str(amount).replace(".", ",") for amount in amounts),
                each.invoices,
                each.credit_notes,
            ]
        )
    return _BYTE_ORDER_MARK + target.getvalue()
