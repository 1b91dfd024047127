"""What may stand in the opening's file, value by value, and how each is read.

A reader gives the value as the shop keeps it, or raises Unfit with what is expected.
"""

import re
from collections.abc import Callable, Mapping
from datetime import time
from enum import StrEnum
from typing import Any, Final

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as sirets
from stdnum.fr import tva as vat_numbers

from accounts import phones, written
from accounts.countries import COUNTRIES
from clinic.vocabulary import ClientGate, SellerRegime
from kernel.money import Money
from kernel.refusals import Refusal
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate

type Reader = Callable[[Any], object]
type Stretch = tuple[int, time, time]

_DAYS: Final = {
    name: number
    for number, names in enumerate(
        ("mon lun", "tue mar", "wed mer", "thu jeu", "fri ven", "sat sam", "sun dim"), start=1
    )
    for name in names.split()
}
_GRAMS: Final = 1000
_STRETCH: Final = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_HOURS: Final = "hours such as mon-fri 09:00-12:30 14:00-19:00; sat 09:00-12:00"


class Unfit(ValueError):
    """A value that cannot be what it stands for; the words say what is expected."""


def text(given: Any) -> str:
    if not isinstance(given, str):
        raise Unfit("a text in quotes")
    return given.strip()


def email(given: Any) -> str:
    try:
        return written.email(text(given), path=[])
    except Refusal:
        raise Unfit("an e-mail address such as ada@example.org") from None


def phone(given: Any) -> str:
    try:
        return phones.normalise(text(given), path=[])
    except Refusal:
        raise Unfit("a phone number such as 01 23 45 67 89") from None


def siret(given: Any) -> str:
    return _official(sirets.validate, given, "the 14 digits of a SIRET")


def vat_number(given: Any) -> str:
    known = text(given).upper().removeprefix("FR")
    number = _official(vat_numbers.validate, known, "a French VAT number, FR and 11 signs")
    return f"FR{number}" if number else ""


def country(given: Any) -> str:
    if given not in COUNTRIES:
        raise Unfit("one of " + ", ".join(COUNTRIES))
    return text(given)


def whole(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise Unfit("a whole number")
    return given


def flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise Unfit("true or false")
    return given


def words(given: Any) -> list[str]:
    if not isinstance(given, list):
        raise Unfit('a list such as ["35", "22"]')
    return [text(each) for each in given]


def cents(given: Any) -> int:
    try:
        return Money.parse(text(given)).cents
    except ValueError:
        raise Unfit('a price in quotes, such as "69.00"') from None


def clock(given: Any) -> time:
    if isinstance(given, time):
        return given
    try:
        return time.fromisoformat(text(given))
    except ValueError:
        raise Unfit("an hour such as 18:00") from None


def one_of(*known: StrEnum) -> Reader:
    def read(given: Any) -> StrEnum:
        for each in known:
            if each == given:
                return each
        raise Unfit("one of " + ", ".join(known))

    return read


def days(given: Any) -> list[int]:
    """`mon-fri`, `sam`: ISO weekdays, Monday is 1."""
    first, _dash, last = text(given).lower().partition("-")
    if first not in _DAYS or (last or first) not in _DAYS:
        raise Unfit("days such as mon-fri, or sat")
    return list(range(_DAYS[first], _DAYS[last or first] + 1))


def hours(given: Any) -> list[Stretch]:
    """`mon-fri 09:00-12:30 14:00-19:00; sat 09:00-12:00`, in order."""
    found = []
    for part in filter(None, (each.strip() for each in text(given).split(";"))):
        named, *stretches = part.split()
        for stretch in stretches:
            bounds = _STRETCH.fullmatch(stretch)
            if bounds is None:
                raise Unfit(_HOURS)
            opens, closes = clock(bounds[1]), clock(bounds[2])
            found += [(day, opens, closes) for day in days(named)]
    if not found:
        raise Unfit(_HOURS)
    return sorted(found)


def rates(given: Any) -> list[Rate]:
    """`[{ up_to_kg = 30, price = "6.90" }]`, by weight."""
    try:
        found = [
            Rate(whole(each["up_to_kg"]) * _GRAMS, Money.parse(each["price"])) for each in given
        ]
    except (TypeError, KeyError, ValueError, AttributeError):
        raise Unfit('rates such as [{ up_to_kg = 30, price = "6.90" }]') from None
    return sorted(found, key=lambda rate: rate.up_to_g)


CLINIC: Final[Mapping[str, Reader]] = {
    "name": text,
    "legal_name": text,
    "siret": siret,
    "vat_number": vat_number,
    "email": email,
    "phone": phone,
    "emergency_phone": phone,
    "mediator": text,
    "seller_regime": one_of(*SellerRegime),
    "client_gate": one_of(*ClientGate),
    "medicine_declaration": text,
}
PLACE: Final[Mapping[str, Reader]] = {
    "name": text,
    "street": text,
    "postal_code": text,
    "city": text,
    "country": country,
    "phone": phone,
    "hours": hours,
}
ZONE: Final[Mapping[str, Reader]] = {
    "name": text,
    "method": one_of(DeliveryMethod.HOME, DeliveryMethod.RELAY),
    "country": country,
    "prefixes": words,
    "free_from": cents,
    "days_needed": whole,
    "has_slots": flag,
    "rates": rates,
}
SLOT: Final[Mapping[str, Reader]] = {
    "method": one_of(DeliveryMethod.HOME, DeliveryMethod.PICKUP),
    "days": days,
    "starts": clock,
    "ends": clock,
    "capacity": whole,
    "days_before": whole,
    "cut_off": clock,
}


def _official(validate: Callable[[str], str], given: Any, expected: str) -> str:
    if not text(given):
        return ""
    try:
        return validate(text(given))
    except ValidationError:
        raise Unfit(expected) from None
