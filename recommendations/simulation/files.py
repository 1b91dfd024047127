"""A simulated clinic written to files, owner by owner: never more than one of them in memory."""

import csv
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from kernel.money import Money
from recommendations.simulation.demand import Bought, orders_of
from recommendations.simulation.households import Owner, Params, owner
from recommendations.simulation.shelves import Catalogue

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "sim_owners.csv": ("owner_id", "postal_code", "city", "joined", "price_sens", "promo_hunter"),
    "sim_pets.csv": (
        *("pet_id", "owner_id", "species", "size_class", "breed", "birth", "weight_kg"),
        *("neutered", "condition", "overweight"),
    ),
    "sim_orders.csv": ("order_id", "owner_id", "date", "delivery", "shipping_ttc", "total_ttc"),
    "sim_order_lines.csv": (
        *("order_id", "pet_id", "variant_id", "product_id", "qty", "unit_price_ttc", "reason"),
    ),
}
_NOTHING: Final = Money(0)
_HOME: Final = Money(690)
_FREE_FROM: Final = Money(6900)
_TOWN: Final = ("35000", "Rennes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be simulated: equal orders give equal files, to the byte."""

    owners: int
    begins: date
    ends: date
    seed: int = 42


@dataclass(frozen=True, slots=True)
class Written:
    owners: int
    pets: int
    orders: int
    lines: int


def write(
    order: Order,
    catalogue: Catalogue,
    params: Params,
    folder: Path,
    *,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Written:
    """Simulate and write, in the format of a clinic's `sim_*.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {name: _opened(stack, folder / name, head) for name, head in _COLUMNS.items()}
        clerk = _Clerk(files, params)
        for number in progress(range(1, order.owners + 1)):
            random = np.random.default_rng([order.seed, number])
            drawn = owner(params, random, begins=order.begins, ends=order.ends)
            bought = orders_of(
                drawn, catalogue, params, random, begins=order.begins, ends=order.ends
            )
            clerk.note(number, drawn, bought, random)
    return Written(order.owners, clerk.pets, clerk.orders, clerk.lines)


def _opened(stack: ExitStack, path: Path, head: tuple[str, ...]) -> Any:
    writer = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")))
    writer.writerow(head)
    return writer


class _Clerk:
    """Writes rows with running numbers."""

    def __init__(self, files: Mapping[str, Any], params: Params) -> None:
        self.files = files
        self.ways = list(params["delivery"])
        self.shares = np.array([params["delivery"][way] for way in self.ways])
        self.pets = self.orders = self.lines = 0

    def note(
        self,
        number: int,
        drawn: Owner,
        bought: list[tuple[date, list[Bought]]],
        random: np.random.Generator,
    ) -> None:
        self.files["sim_owners.csv"].writerow(
            (number, *_TOWN, drawn.joined, drawn.price_sensitivity, int(drawn.hunts_promotions))
        )
        first = self.pets + 1
        for animal in drawn.animals:
            self.pets += 1
            self.files["sim_pets.csv"].writerow(
                (
                    *(self.pets, number, animal.species, animal.size_class, "", animal.born),
                    *(animal.weight_kg, int(animal.is_neutered), animal.condition),
                    int(animal.is_overweight),
                )
            )
        for day, lines in bought:
            self._order(number, first, day, lines, random)

    def _order(
        self,
        owner_id: int,
        first: int,
        day: date,
        lines: list[Bought],
        random: np.random.Generator,
    ) -> None:
        self.orders += 1
        way = self.ways[int(random.choice(len(self.ways), p=self.shares / self.shares.sum()))]
        goods = sum((each.pack.price * each.packs for each in lines), _NOTHING)
        shipping = _HOME if way == "home" and goods < _FREE_FROM else _NOTHING
        self.files["sim_orders.csv"].writerow(
            (self.orders, owner_id, day, way, shipping.amount, (goods + shipping).amount)
        )
        for each in lines:
            self.lines += 1
            pack = each.pack
            self.files["sim_order_lines.csv"].writerow(
                (
                    *(self.orders, first + each.animal, pack.variant_id, pack.product_id),
                    *(each.packs, pack.price.amount, each.reason),
                )
            )
