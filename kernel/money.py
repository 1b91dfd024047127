"""Money in whole cents of euro: what people pay by, so no float ever comes near it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Self

_AMOUNT = re.compile(r"-?[0-9]{1,12}([.][0-9]{1,2})?")
_GRAMS_PER_KILO = 1000
_SMALL_PACK = 250
_SMALL_PACK_BASE = 100


class Currency(StrEnum):
    EUR = "EUR"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of euro in integer cents; gross (VAT included) unless its name says otherwise."""

    cents: int

    def __post_init__(self) -> None:
        if isinstance(self.cents, bool) or not isinstance(self.cents, int):
            raise TypeError(f"Money counts whole cents, not {self.cents!r}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a price written by hand or by a supplier: `12,90`, `1 234.50`, `12.9 €`.

        Raises:
            ValueError: not a number, or more than two decimals.
        """
        plain = "".join(text.split()).removesuffix("€").replace(",", ".")
        if not _AMOUNT.fullmatch(plain):
            raise ValueError(f"{text[:40]!r} is not an amount of money.")
        return cls(int(Decimal(plain) * 100))

    @property
    def amount(self) -> Decimal:
        return Decimal(self.cents).scaleb(-2)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.cents + other.cents)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.cents - other.cents)

    def __mul__(self, quantity: int) -> Self:
        if isinstance(quantity, bool) or not isinstance(quantity, int):
            raise TypeError("Money is multiplied by whole quantities only.")
        return type(self)(self.cents * quantity)

    __rmul__ = __mul__

    def __str__(self) -> str:
        return f"{self.amount:.2f}"


@dataclass(frozen=True, slots=True)
class TaxedMoney:
    """A gross amount with the VAT that it contains; `gross == net + vat` to the cent."""

    gross: Money
    net: Money
    vat: Money


def round_half_up(value: Decimal) -> int:
    """The nearest integer, halves away from zero, as French invoices round."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def extract_vat(gross: Money, *, rate: Decimal) -> TaxedMoney:
    """The VAT contained in a gross amount; `rate` in percent (20 means 20 %).

    Source: BOFiP BOI-TVA-LIQ-10, VAT = gross x rate / (100 + rate), rounded to the cent.
    """
    vat = Money(round_half_up(Decimal(gross.cents) * rate / (100 + rate)))
    return TaxedMoney(gross=gross, net=gross - vat, vat=vat)


def split(total: Money, *, weights: Sequence[int]) -> list[Money]:
    """Share an amount in proportion to whole weights >= 0 without losing a cent.

    Largest remainder first, ties to the earlier share. The parts add up to `total`.

    Raises:
        ValueError: no weight, a negative one, or a sum of zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("Sharing needs weights >= 0 of which one is positive.")
    parts = [total.cents * weight // whole for weight in weights]
    remainders = [total.cents * weight % whole for weight in weights]
    neediest = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in neediest[: total.cents - sum(parts)]:
        parts[index] += 1
    return [Money(part) for part in parts]


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price per kilo or litre, or per 100 g or ml for a pack under 250 g or ml."""

    money: Money
    per: str


def unit_price(gross: Money, *, quantity: int, unit: str) -> UnitPrice | None:
    """Price of a pack by weight or volume; `quantity` is the whole net content in g or ml.

    None for what is sold by the piece. Source: arrêté du 16 novembre 1999, art. 1 and 3.
    """
    labels = {"g": ("kg", "100 g"), "ml": ("l", "100 ml")}
    if unit not in labels or quantity <= 0:
        return None
    small = quantity < _SMALL_PACK
    base = _SMALL_PACK_BASE if small else _GRAMS_PER_KILO
    cents = round_half_up(Decimal(gross.cents) * base / quantity)
    return UnitPrice(money=Money(cents), per=labels[unit][small])
