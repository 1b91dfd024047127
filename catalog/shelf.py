"""The shelf: what lists filter, count and sort by, as columns in memory. Pure; no ORM, no clock.

Rows are products. Every facet value is a column of booleans, every sort a column of whole numbers,
so a filter is a few vector operations however many products there are, and facets are counted
from the same columns in the same pass. `catalog.shelf_keeper` fills it from the cards and keeps
it exact; docs/decisions/0003 has the measurement against SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from catalog.cards import cents_per_kilo, current_price
from kernel.animals import IngredientGroup

type Mask = NDArray[np.bool_]
type Column = NDArray[np.int64]

_DEAR: Final = np.iinfo(np.int64).max
_FIRST_ROOM: Final = 256


class Facet(StrEnum):
    BRAND = "brand"
    CATEGORY = "category"
    SPECIES = "species"
    LIFE_STAGE = "lifeStage"
    SIZE_CLASS = "sizeClass"
    FORM = "form"
    CONDITION = "condition"
    AVAILABILITY = "availability"
    PRICE = "price"
    WITHOUT_INGREDIENT = "withoutIngredient"


class Sort(StrEnum):
    RELEVANCE = "RELEVANCE"
    PRICE_ASC = "PRICE_ASC"
    PRICE_DESC = "PRICE_DESC"
    UNIT_PRICE_ASC = "UNIT_PRICE_ASC"
    RATING_DESC = "RATING_DESC"
    NEWEST = "NEWEST"


#: Price brackets of the facet: the slug, and its bounds in cents, the upper one not included.
BRACKETS: Final[Mapping[str, tuple[int, int]]] = {
    "0-10": (0, 1000),
    "10-25": (1000, 2500),
    "25-50": (2500, 5000),
    "50-100": (5000, 10000),
    "100-": (10000, _DEAR),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A product as the shelf takes it: its key, the facts of its card, when they next change."""

    key: int
    facts: Mapping[str, Any]
    next_change: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper asks of a list: all parts must hold; an empty list matches nothing.

    `choices` holds one choice a facet, any of whose values will do. `other` are further wishes
    that all must hold, `any_of` of which one must, `none_of` of which none may.
    """

    choices: Mapping[Facet, Sequence[str]] = field(default_factory=dict)
    price_cents: tuple[int | None, int | None] = (None, None)
    reduced: bool | None = None
    keys: Sequence[int] | None = None
    other: Sequence["Wish"] = ()
    any_of: Sequence["Wish"] | None = None
    none_of: Sequence["Wish"] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of a page with their sort values, how many match in all, and whether more follow."""

    keys: list[int]
    values: list[int]
    total: int
    has_next: bool


class Shelf:
    """The columns. Not safe to share between threads while it is changed: its keeper locks."""

    def __init__(self, *, reductions: bool) -> None:
        self.reductions = reductions
        self.as_of = 0
        self.soonest = _DEAR
        self._rows: dict[int, int] = {}
        self._facts: list[Mapping[str, Any]] = []
        self._size = 0
        self._orders: dict[Sort, Column] = {}
        self._make_room(_FIRST_ROOM)

    def _make_room(self, room: int) -> None:
        def longer(column: NDArray[Any] | None, kind: type) -> NDArray[Any]:
            grown: NDArray[Any] = np.zeros(room, dtype=kind)
            if column is not None:
                grown[: len(column)] = column
            return grown

        old = getattr(self, "_key", None)
        self._room = room
        self._key: Column = longer(old, np.int64)
        columns = ("_price", "_unit_price", "_newest", "_rating", "_next")
        for name in columns:
            setattr(self, name, longer(getattr(self, name, None), np.int64))
        for name in ("_listed", "_reduced"):
            setattr(self, name, longer(getattr(self, name, None), np.bool_))
        known: dict[Facet, dict[str, Mask]] = getattr(self, "_facets", {each: {} for each in Facet})
        self._facets: dict[Facet, dict[str, Mask]] = {
            facet: {value: longer(mask, np.bool_) for value, mask in values.items()}
            for facet, values in known.items()
        }

    _price: Column
    _unit_price: Column
    _newest: Column
    _rating: Column
    _next: Column
    _listed: Mask
    _reduced: Mask

    def put(self, rows: Sequence[Row], *, at: int) -> None:
        """Add products, or take their new facts; `at` in seconds since 1970."""
        self._orders.clear()
        for row in rows:
            position = self._rows.get(row.key)
            if position is None:
                position = self._size
                self._size += 1
                if self._size > self._room:
                    self._make_room(2 * self._room)
                self._rows[row.key] = position
                self._facts.append(row.facts)
            self._facts[position] = row.facts
            self._key[position] = row.key
            self._listed[position] = True
            self._next[position] = _DEAR if row.next_change is None else row.next_change
            self._write_values(position, row.facts)
            self._resolve(position, at=at)
        self._note_time(at)

    def remove(self, keys: Sequence[int]) -> None:
        self._orders.clear()
        for key in keys:
            if key in self._rows:
                self._listed[self._rows[key]] = False
                self._next[self._rows[key]] = _DEAR

    def __len__(self) -> int:
        return int(np.count_nonzero(self._listed[: self._size]))

    def keys(self) -> set[int]:
        return self.keys_of(self._listed[: self._size])

    def keys_of(self, mask: Mask) -> set[int]:
        return set(self._key[: self._size][mask].tolist())

    def advance(self, *, at: int) -> None:
        """Bring the prices to a moment: only those whose segment has ended are looked at."""
        if self.as_of <= at < self.soonest:
            return
        backwards = at < self.as_of
        due = self._listed if backwards else self._listed & (self._next <= at)
        self._orders.clear()
        for position in np.flatnonzero(due[: self._size]).tolist():
            self._resolve(position, at=at)
            self._next[position] = self._next_turn(position, at=at)
        self._note_time(at)

    def _next_turn(self, position: int, *, at: int) -> int:
        starts = [
            segment[0]
            for pack in self._facts[position]["packs"]
            for segment in pack["prices"]
            if segment[0] > at
        ]
        return min(starts, default=_DEAR)

    def _note_time(self, at: int) -> None:
        self.as_of = at
        self.soonest = int(self._next[: self._size].min()) if self._size else _DEAR

    def _write_values(self, position: int, facts: Mapping[str, Any]) -> None:
        self._newest[position] = -facts["published"]
        self._rating[position] = -(facts["rating"] or 0)
        for facet, values in facet_values(facts).items():
            for value, mask in self._facets[facet].items():
                if mask[position] and value not in values:
                    mask[position] = False
            for value in values:
                if value not in self._facets[facet]:
                    self._facets[facet][value] = np.zeros(self._room, dtype=np.bool_)
                self._facets[facet][value][position] = True

    def _resolve(self, position: int, *, at: int) -> None:
        prices: list[int] = []
        by_kilo: list[int] = []
        reduced = False
        for pack in self._facts[position]["packs"]:
            if not pack["sold"]:
                continue
            segments = [{"from": f, "cents": c, "list": w} for f, c, w in pack["prices"]]
            now = current_price(segments, at=at, reductions=self.reductions)
            prices.append(now["cents"])
            reduced |= now["cents"] < now["list"]
            kilo = cents_per_kilo(now["cents"], quantity=pack["content"], unit=pack["unit"])
            by_kilo += [kilo] if kilo is not None else []
        self._price[position] = min(prices, default=_DEAR)
        self._unit_price[position] = min(by_kilo, default=_DEAR)
        self._reduced[position] = reduced
        for slug, (low, high) in BRACKETS.items():
            mask = self._facets[Facet.PRICE].setdefault(slug, np.zeros(self._room, dtype=np.bool_))
            mask[position] = bool(prices) and low <= min(prices) < high

    def matching(self, wish: Wish, *, but: Facet | None = None) -> Mask:
        """The products that a wish finds, its choice in the facet `but` left out."""
        mask = self._listed[: self._size].copy()
        for facet, values in wish.choices.items():
            if facet is not but:
                mask &= self._chosen(facet, values)
        mask &= self._priced(wish)
        if wish.keys is not None:
            mask &= self._with_keys(wish.keys)
        for other in wish.other:
            mask &= self.matching(other)
        if wish.any_of is not None:
            mask &= self._any(wish.any_of)
        for other in wish.none_of:
            mask &= ~self.matching(other)
        return mask

    def _priced(self, wish: Wish) -> Mask:
        """Bounds are kept to what a column holds: a shopper may write any number."""
        low, high = wish.price_cents
        mask = np.ones(self._size, dtype=np.bool_)
        if low is not None:
            mask &= self._price[: self._size] >= min(low, _DEAR)
        if high is not None:
            mask &= self._price[: self._size] <= max(min(high, _DEAR), -1)
        if wish.reduced is not None:
            mask &= self._reduced[: self._size] == wish.reduced
        return mask

    def _chosen(self, facet: Facet, values: Sequence[str]) -> Mask:
        """Any of the values will do; of ingredients to be without, all must be absent."""
        columns = [self._column(facet, value) for value in values]
        if facet is Facet.WITHOUT_INGREDIENT and columns:
            return ~_any_of([~column for column in columns], size=self._size)
        return _any_of(columns, size=self._size)

    def _column(self, facet: Facet, value: str) -> Mask:
        found = self._facets[facet].get(value)
        return np.zeros(self._size, np.bool_) if found is None else found[: self._size]

    def _with_keys(self, keys: Sequence[int]) -> Mask:
        mask = np.zeros(self._size, dtype=np.bool_)
        mask[[self._rows[key] for key in keys if key in self._rows]] = True
        return mask

    def _any(self, wishes: Sequence[Wish]) -> Mask:
        return _any_of([self.matching(wish) for wish in wishes], size=self._size)

    def page(self, mask: Mask, sort: Sort, *, first: int, after: tuple[int, int] | None) -> Page:
        """The next products in an order, from behind a (sort value, key); ties by key."""
        order = self._order(sort)
        values = self._values(sort)
        found = order[mask[order]]
        start = 0
        if after is not None:
            value, key = after
            sorted_values = values[found]
            start = int(np.searchsorted(sorted_values, value, side="left"))
            end = int(np.searchsorted(sorted_values, value, side="right"))
            start += int(np.searchsorted(self._key[found[start:end]], key, side="right"))
        chosen = found[start : start + first]
        return Page(
            keys=self._key[chosen].tolist(),
            values=values[chosen].tolist(),
            total=len(found),
            has_next=start + first < len(found),
        )

    def _order(self, sort: Sort) -> Column:
        """Positions of all products in an order; kept until something changes."""
        if sort not in self._orders:
            self._orders[sort] = np.lexsort((self._key[: self._size], self._values(sort)))
        return self._orders[sort]

    def _values(self, sort: Sort) -> Column:
        columns = {
            Sort.PRICE_ASC: self._price,
            Sort.UNIT_PRICE_ASC: self._unit_price,
            Sort.RATING_DESC: self._rating,
        }
        if sort is Sort.PRICE_DESC:
            dear = self._price[: self._size]
            return np.where(dear == _DEAR, _DEAR, -dear)
        return columns.get(sort, self._newest)[: self._size]

    def counts(self, wish: Wish, within: Mask) -> dict[Facet, dict[str, int]]:
        """How many products each value of each facet would leave, its own choice left out.

        `within` are the products that the search found. Values that would leave none are left out,
        unless they are chosen.
        """
        everything = self.matching(wish) & within
        counted: dict[Facet, dict[str, int]] = {}
        for facet, columns in self._facets.items():
            chosen = wish.choices.get(facet, ())
            mask = self.matching(wish, but=facet) & within if chosen else everything
            found = {
                value: int(np.count_nonzero(column[: self._size] & mask))
                for value, column in columns.items()
            }
            counted[facet] = {
                value: count for value, count in found.items() if count or value in chosen
            }
        return counted

    def everything(self) -> Mask:
        return np.ones(self._size, dtype=np.bool_)


def _any_of(masks: Sequence[Mask], *, size: int) -> Mask:
    """What one of the masks has; nothing when there is none."""
    found = np.zeros(size, dtype=np.bool_)
    for mask in masks:
        found |= mask
    return found


def facet_values(facts: Mapping[str, Any]) -> dict[Facet, set[str]]:
    """The values that a product has in each facet that does not turn with time.

    A category counts for all above it. What a food is without is known only when its composition
    is: an unknown composition is without nothing.
    """
    steps = facts["category"].split("/")
    contains = facts["contains"]
    without = set() if contains is None else {each.value for each in IngredientGroup} - {*contains}
    sold = [pack["availability"] for pack in facts["packs"] if pack["sold"]]
    return {
        Facet.BRAND: {facts["brand"]},
        Facet.CATEGORY: {"/".join(steps[: depth + 1]) for depth in range(len(steps))},
        Facet.SPECIES: set(facts["species"]),
        Facet.LIFE_STAGE: {facts["life_stage"]} - {""},
        Facet.SIZE_CLASS: {facts["size_class"]} - {""},
        Facet.FORM: {facts["form"]},
        Facet.CONDITION: set(facts["conditions"]),
        Facet.AVAILABILITY: set(sold),
        Facet.WITHOUT_INGREDIENT: without,
    }
