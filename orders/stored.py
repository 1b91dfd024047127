"""The names inside what carts and orders keep as JSON, for all who write or read them."""

from decimal import Decimal
from typing import NotRequired, TypedDict

from orders.totals import LineTotal, Totals


class PostalAddress(TypedDict, total=False):
    """As `accounts.models.Address` names it; of a relay point, `recipient` is its name."""

    recipient: str
    company: str
    line1: str
    line2: str
    postal_code: str
    city: str
    country: str
    phone: str
    instructions: str


class Contact(TypedDict, total=False):
    first_name: str
    last_name: str
    email: str
    phone: str


class Billing(TypedDict, total=False):
    """Who is invoiced; without an address, whoever is delivered."""

    party: str
    name: str
    siren: str
    vat_number: str
    address: PostalAddress


class StoredVat(TypedDict):
    """All that is taxed at one rate, in percent: `base_cents + vat_cents == gross_cents`."""

    rate: str
    gross_cents: int
    base_cents: int
    vat_cents: int


class StoredPart(TypedDict):
    """The delivery's share of a rate."""

    rate: str
    gross_cents: int
    net_cents: NotRequired[int]


class StoredReduction(TypedDict):
    """What an advantage took off a line."""

    code: str
    cents: int
    net_cents: NotRequired[int]


class AcceptedText(TypedDict):
    """A legal text as it was agreed to."""

    kind: str
    language: str
    version: int


def rate_text(rate: Decimal | str) -> str:
    """A VAT rate in the one form that is stored: `20.00`."""
    return f"{Decimal(rate):.2f}"


def vat_of(totals: Totals) -> list[StoredVat]:
    return [
        {
            "rate": rate_text(each.rate),
            "gross_cents": each.gross.cents,
            "base_cents": each.base.cents,
            "vat_cents": each.vat.cents,
        }
        for each in totals.vat_lines
    ]


def delivery_parts_of(totals: Totals) -> list[StoredPart]:
    return [
        {"rate": rate_text(rate), "gross_cents": money.cents}
        for rate, money in totals.delivery_parts
    ]


def reductions_of(line: LineTotal) -> list[StoredReduction]:
    return [{"code": each.code, "cents": each.money.cents} for each in line.applied]
