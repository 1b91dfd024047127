"""What a pack costs at a moment, and the reference that a reduction must show. Pure.

Promise: a crossed-out price is the lowest that everybody could pay in the thirty days before the
cut began; cuts that follow one another without a gap keep the first one's reference. Source:
Code de la consommation L.112-1-1. docs/algorithms/price.md gives the rule with numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from kernel.money import Money, round_half_up

REFERENCE_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ListPrice:
    """The undiscounted gross price from a moment on, until the next one."""

    since: datetime
    cents: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A window of a lower price: `since` is in it, `until` is not; None is until further notice."""

    since: datetime
    until: datetime | None
    cents: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The price that a reduction is measured by, and the window that it was found in."""

    money: Money
    since: datetime
    until: datetime

    def percent_off(self, price: Money) -> int:
        """The reduction in whole percent, rounded half up."""
        saved = Decimal(self.money.cents - price.cents)
        return round_half_up(saved * 100 / Decimal(self.money.cents))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time during which nothing about a price changes.

    `price` is what everybody pays; `list_price` the undiscounted one. `reference` is None where
    no reduction may be shown: there is none, or the price was as low within thirty days.
    """

    since: datetime
    until: datetime | None
    price: Money
    list_price: Money
    reference: Reference | None


class Timeline:
    """The price of one pack through time.

    `prices` in any order, later ones win ties; `cuts` must not overlap.
    """

    def __init__(self, prices: Iterable[ListPrice], cuts: Iterable[Cut]) -> None:
        self._prices = sorted(prices, key=lambda price: price.since)
        self._cuts = sorted(cuts, key=lambda cut: cut.since)

    def list_price(self, at: datetime) -> Money | None:
        """The undiscounted price; None before the first."""
        cents = None
        for price in self._prices:
            if price.since > at:
                break
            cents = price.cents
        return None if cents is None else Money(cents)

    def cut(self, at: datetime) -> Cut | None:
        for cut in self._cuts:
            if cut.since <= at and (cut.until is None or at < cut.until):
                return cut
        return None

    def price(self, at: datetime) -> Money | None:
        """What everybody pays: the cut, or the list price; never more than the list price."""
        listed = self.list_price(at)
        cut = self.cut(at)
        if listed is None or cut is None:
            return listed
        return min(listed, Money(cut.cents))

    def turns(self) -> list[datetime]:
        """Every moment when the price may change, in order."""
        ends = [cut.until for cut in self._cuts if cut.until is not None]
        starts = [cut.since for cut in self._cuts]
        return sorted({*(price.since for price in self._prices), *starts, *ends})

    def reference(self, cut: Cut) -> Reference | None:
        """The lowest price in the thirty days before the first of an unbroken series of cuts.

        None when nothing was charged before it.
        """
        first = self._first_of_series(cut)
        opens = first.since - REFERENCE_WINDOW
        moments = [opens, *(turn for turn in self.turns() if opens < turn < first.since)]
        known = [price for price in map(self.price, moments) if price is not None]
        return Reference(min(known), opens, first.since) if known else None

    def _first_of_series(self, cut: Cut) -> Cut:
        first = cut
        for earlier in reversed(self._cuts):
            if earlier.since < first.since and earlier.until == first.since:
                first = earlier
        return first

    def segment(self, at: datetime) -> Segment | None:
        """All about the price at a moment; None before the first price."""
        price, listed = self.price(at), self.list_price(at)
        if price is None or listed is None:
            return None
        until = next((turn for turn in self.turns() if turn > at), None)
        cut = self.cut(at)
        reference = self.reference(cut) if cut else None
        honest = reference if reference and price < reference.money else None
        return Segment(at, until, price, listed, honest)

    def segments(self, at: datetime) -> list[Segment]:
        """The segment at a moment and all that is known to follow; empty without a price now or
        later.
        """
        moments = [at, *(turn for turn in self.turns() if turn > at)]
        return [found for found in map(self.segment, moments) if found is not None]


def overlaps(cuts: Sequence[Cut]) -> bool:
    """Whether any two windows share a moment."""
    ordered = sorted(cuts, key=lambda cut: cut.since)
    return any(
        earlier.until is None or earlier.until > later.since for earlier, later in pairwise(ordered)
    )
