"""What an importer found out about products and packs, before the database is asked."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from stdnum import ean
from stdnum.exceptions import ValidationError

from catalog.importing.reading import Row
from catalog.vocabulary import RegulatoryClass, Unit

_GTIN_LENGTH = 14
_GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A line of a price history: the price from a day on; a cut lasts until the next line."""

    day: date
    cents: int
    is_cut: bool
    reason: str
    row: Row


@dataclass(slots=True)
class PackRecord:
    """A pack as read. `fields` are those of Variant; `history` wins over `price_cents`."""

    reference: str
    row: Row
    fields: dict[str, Any]
    price_cents: int | None = None
    vat_percent: Decimal = Decimal(20)
    stock: int = 0
    wholesaler_code: str = ""
    history: list[PricePoint] = field(default_factory=list)


@dataclass(slots=True)
class ProductRecord:
    """A product as read. `fields` are those of Product, `words` those of its French text."""

    reference: str
    row: Row
    brand: str
    category: str
    fields: dict[str, Any]
    words: dict[str, str]
    nutrition: dict[str, Any] | None = None
    rations: list[tuple[str, str, Decimal, int]] | None = None
    packs: list[PackRecord] = field(default_factory=list)
    brand_fields: dict[str, str] = field(default_factory=dict)


def gtin(row: Row, column: str) -> str | None:
    """A GTIN as 14 digits; None when the cell is empty.

    Raises:
        RowRefused: not 8, 12, 13 or 14 digits, or a wrong check digit (GS1, modulo 10).
    """
    text = row.text(column).replace(" ", "").removesuffix(".0")
    if not text:
        return None
    try:
        if len(text) not in _GTIN_LENGTHS:
            raise row.refused(column, "a GTIN of 8, 12, 13 or 14 digits")
        return str(ean.validate(text)).zfill(_GTIN_LENGTH)
    except ValidationError:
        raise row.refused(column, "a GTIN with a right check digit") from None


def unit(row: Row, column: str) -> Unit:
    value = row.needed(column)
    if value not in Unit:
        raise row.refused(column, "one of " + ", ".join(Unit))
    return Unit(value)


def regulatory_class(row: Row, column: str) -> RegulatoryClass:
    """The class named; none at all is UNKNOWN, which is not sold."""
    value = row.text(column)
    if value and value not in RegulatoryClass:
        raise row.refused(column, "one of " + ", ".join(RegulatoryClass))
    return RegulatoryClass(value or RegulatoryClass.UNKNOWN)
