"""Baskets cut in two, what was known and what came next, and all models compared on them. Pure."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from recommendations.blend import BlendOptions
from recommendations.evaluation import Baskets, Model, NoBaskets, ShelfKind, predicted
from recommendations.metrics import Gain, Quality, paired_bootstrap, quality
from recommendations.popularity import Kind

#: After a cut in time, the next basket of a pet counts when it comes within so many days.
NEXT_WITHIN: Final = timedelta(days=60)
_BETWEEN_CUTS: Final = timedelta(days=60)
_GROWN_DAYS: Final = 365
_TYPE: Final = ("species", "form", "life_stage", "size_class", "condition")


@dataclass(frozen=True, slots=True)
class Split:
    """What was known, and what each of its persons bought next."""

    known: Baskets
    wanted: list[set[int]]


def held_out(data: Baskets, *, back: int = 1) -> Split:
    """The basket `back` from the end as what came next, those after it forgotten."""
    keep = [n for n, history in enumerate(data.histories) if len(history) > back]
    ages = None
    if data.ages is not None:
        ages = [[age - data.ages[n][-back] for age in data.ages[n][:-back]] for n in keep]
    known = Baskets(
        people=[data.people[n] for n in keep],
        products=data.products,
        histories=[data.histories[n][:-back] for n in keep],
        ages=ages,
        types=data.types,
        kinds=[data.kinds[n] for n in keep] if data.kinds else [],
    )
    return Split(known, [set(data.histories[n][-back]) for n in keep])


def unknown_to(split: Split) -> list[set[int]]:
    """What each person bought next that they never had before."""
    return [
        each - {item for basket in history for item in basket}
        for each, history in zip(split.wanted, split.known.histories, strict=True)
    ]


type Purchases = Mapping[str, Mapping[date, list[int]]]


def rolling(folder: Path, *, cuts: int = 4) -> list[Split]:
    """A clinic's orders (`sim_*.csv`) cut at several days, the last leaving 60 days to come.

    A person of the split is a pet; its next basket is what it got on the first day after the cut.

    Raises:
        NoBaskets: there are no such files.
    """
    if not (folder / "sim_orders.csv").exists():
        raise NoBaskets(f"{folder}: sim_orders.csv expected.")
    facts = {row["product_id"]: row for row in _rows(folder / "products.csv")}
    products = sorted(facts)
    kinds = [" ".join(facts[each][name] for name in _TYPE) for each in products]
    numbers = {kind: number for number, kind in enumerate(sorted(set(kinds)))}
    bought = _purchases(folder, {each: number for number, each in enumerate(products)})
    last = max(day for days in bought.values() for day in days)
    days = [last - NEXT_WITHIN - n * _BETWEEN_CUTS for n in range(cuts)]
    pets = {row["pet_id"]: row for row in _rows(folder / "sim_pets.csv")}
    types = [numbers[kind] for kind in kinds]
    return [_cut(bought, Baskets([], products, [], None, types), pets, day) for day in days]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _purchases(folder: Path, numbers: Mapping[str, int]) -> Purchases:
    days = {
        row["order_id"]: date.fromisoformat(row["date"]) for row in _rows(folder / "sim_orders.csv")
    }
    found: dict[str, dict[date, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(folder / "sim_order_lines.csv"):
        found[row["pet_id"]][days[row["order_id"]]].append(numbers[row["product_id"]])
    return found


def _cut(
    bought: Purchases, nobody: Baskets, pets: Mapping[str, Mapping[str, str]], cut: date
) -> Split:
    people, histories, ages, wanted = [], [], [], []
    for pet, days in sorted(bought.items()):
        before = sorted(day for day in days if day <= cut)
        after = [day for day in days if cut < day <= cut + NEXT_WITHIN]
        if before and after:
            people.append(pet)
            histories.append([days[day] for day in before])
            ages.append([float((cut - day).days) for day in before])
            wanted.append(set(days[min(after)]))
    kinds = [_kind(pets[pet], cut) for pet in people]
    known = replace(nobody, people=people, histories=histories, ages=ages, kinds=kinds)
    return Split(known, wanted)


def _kind(pet: Mapping[str, str], day: date) -> Kind:
    """Species, whether it still grows, size and condition, as the simulation tells them."""
    grown = (day - date.fromisoformat(pet["birth"])).days >= _GROWN_DAYS
    return (pet["species"], "grown" if grown else "young", pet["size_class"], pet["condition"])


@dataclass(frozen=True, slots=True)
class Compared:
    """A model over all splits, and how far the blend is ahead of it in recall and in gain."""

    model: Model
    means: tuple[float, float, float]
    behind_recall: Gain
    behind_ndcg: Gain


def compared(
    splits: Sequence[Split], options: BlendOptions, shelf: ShelfKind, *, first: int = 10
) -> list[Compared]:
    """Every model on the same splits, pooled; nobody twice in one split, as pairs ask."""
    found = {model: _pooled(splits, model, options, shelf, first=first) for model in Model}
    blend = found[Model.BLEND]
    return [
        Compared(
            model,
            each.means,
            paired_bootstrap(blend.recall, each.recall, draws=2000),
            paired_bootstrap(blend.ndcg, each.ndcg, draws=2000),
        )
        for model, each in found.items()
    ]


def _pooled(
    splits: Sequence[Split], model: Model, options: BlendOptions, shelf: ShelfKind, *, first: int
) -> Quality:
    parts = []
    for split in splits:
        wanted = unknown_to(split) if shelf is ShelfKind.NEW else split.wanted
        lists = predicted(split.known, model, options, shelf)
        parts.append(quality(lists, wanted, first=first))
    return Quality(
        np.concatenate([each.recall for each in parts]),
        np.concatenate([each.ndcg for each in parts]),
        np.concatenate([each.hit for each in parts]),
    )
