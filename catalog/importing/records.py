"""What an importer found out about products and packs, before the database is asked."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.text import slugify
from stdnum import ean

from catalog.importing.reading import Row
from catalog.naming import DEEPEST
from catalog.vocabulary import RegulatoryClass, Unit

_GTIN_LENGTH = 14
_GTIN_LENGTHS = (8, 12, 13, 14)
_LONGEST_STEP = 80
_DIGEST = 12


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
    """A pack as read. `fields` are those of Variant that the file tells of; `history` wins over
    `price_cents`, but for the cuts of `refused_days`; without a `vat_percent` the rate stays as it
    is, and is 20 for a new pack.
    """

    reference: str
    row: Row
    fields: dict[str, Any]
    price_cents: int | None = None
    vat_percent: Decimal | None = None
    stock: int = 0
    wholesaler_code: str = ""
    history: list[PricePoint] = field(default_factory=list)
    refused_days: set[date] = field(default_factory=set)


@dataclass(slots=True)
class ProductRecord:
    """A product as read. `fields` are those of Product that the file tells of, `words` those of its
    French text; `starting` are fields that only a new product takes; `shared` go to every pack.
    """

    reference: str
    row: Row
    brand: str
    category: str
    fields: dict[str, Any]
    words: dict[str, str]
    starting: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    nutrition: dict[str, Any] | None = None
    rations: list[tuple[str, str, Decimal, int]] | None = None
    packs: list[PackRecord] = field(default_factory=list)
    brand_facts: dict[str, str] = field(default_factory=dict)


def gtin(row: Row, column: str) -> str | None:
    """A GTIN as 14 digits; None when the cell is empty.

    Raises:
        RowRefused: not 8, 12, 13 or 14 digits, or a wrong check digit (GS1, modulo 10).
    """
    text = row.text(column).replace(" ", "").removesuffix(".0")
    if not text:
        return None
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdecimal()):
        raise row.refused(column, "a GTIN of 8, 12, 13 or 14 digits")
    if not text.strip("0") or not ean.is_valid(text):
        raise row.refused(column, "a GTIN with a right check digit")
    return text.zfill(_GTIN_LENGTH)


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


def brand(row: Row, column: str) -> str:
    """The name of a brand: one that has an address."""
    value = row.needed(column, longest=80)
    if not slugify(value):
        raise row.refused(column, "a brand with letters or digits")
    return value


def category(row: Row, column: str) -> str:
    """Where a product stands: at most three steps, each of which has an address."""
    value = row.needed(column, longest=255)
    steps = category_steps(value)
    if not 1 <= len(steps) <= DEEPEST or max(map(len, steps)) > _LONGEST_STEP:
        raise row.refused(column, "one to three steps such as chien/alimentation/croquettes")
    return value


def category_steps(text: str) -> list[str]:
    """The names of the steps of a category, outermost first."""
    return [" ".join(step.split()) for step in text.split("/") if slugify(step)]


def category_path(text: str) -> str:
    """The address of a category, as the database keeps it."""
    return "/".join(slugify(step) for step in category_steps(text))


def fold(name: str) -> str:
    """What two spellings of one name share: `ROYAL  CANÍN` and `Royal Canin` are the same."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(bare.casefold().split())


def shortened(slug: str, longest: int) -> str:
    """A slug that fits; two that begin alike stay apart."""
    if len(slug) <= longest:
        return slug
    digest = sha256(slug.encode()).hexdigest()[:_DIGEST]
    return f"{slug[: longest - _DIGEST - 1].rstrip('-')}-{digest}"
