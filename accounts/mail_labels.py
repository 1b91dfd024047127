"""An address as it stands on a parcel: at most six lines of thirty-eight characters.

Source: AFNOR XP Z10-011.
"""

import textwrap
from dataclasses import dataclass
from typing import Protocol

from accounts.countries import COUNTRIES
from accounts.postal import AddressWarning, capitals, check, communes_of, folded, without_cedex
from accounts.vocabulary import AddressDoubt

MOST_LINES = 6
LONGEST_LINE = 38


class Addressed(Protocol):
    """What an address must tell to be written on a label."""

    recipient: str
    company: str
    line1: str
    line2: str
    postal_code: str
    city: str
    country: str


@dataclass(slots=True)
class _Line:
    """One field of a label, in as many pieces as its length asks for."""

    pieces: list[str]


def label_lines(address: Addressed) -> list[str]:
    """Company, recipient, building, street, commune, country: the last for other countries only.

    A field longer than a line goes on in the next while there is one left, and is cut otherwise.
    """
    parts = (address.company, address.recipient, address.line2, address.line1)
    lines = [_Line(textwrap.wrap(part, LONGEST_LINE)) for part in parts if part]
    last = _last_lines(address)
    while sum(len(line.pieces) for line in lines) + len(last) > MOST_LINES:
        longest = max(lines, key=lambda line: len(line.pieces))
        longest.pieces.pop()
    return [piece for line in lines for piece in line.pieces] + last


def warnings_of(address: Addressed) -> list[AddressWarning]:
    """Every doubt about an address, by the field that it is about."""
    fields = {
        "recipient": address.recipient,
        "company": address.company,
        "line1": address.line1,
        "line2": address.line2,
    }
    long = [name for name, text in fields.items() if len(text) > LONGEST_LINE]
    if len(f"{address.postal_code} {_delivery_label(address)}") > LONGEST_LINE:
        long.append("city")
    doubts = check(address.postal_code, address.city, address.country)
    return doubts + [AddressWarning(AddressDoubt.LINE_TOO_LONG, field) for field in long]


def _last_lines(address: Addressed) -> list[str]:
    commune = f"{address.postal_code} {_delivery_label(address)}"[:LONGEST_LINE].rstrip()
    if address.country in ("FR", "MC"):
        return [commune]
    return [commune, capitals(COUNTRIES[address.country].label_name)]


def _delivery_label(address: Addressed) -> str:
    if address.country == "FR":
        for commune in communes_of(address.postal_code):
            if folded(commune.name) == folded(address.city):
                return commune.delivery_label
    return capitals(without_cedex(address.city))
