"""Models judged on baskets kept in files: read, predicted, written. No Django, no database.

The format: `NAME_train.json.gz` {person: [[product, ...], ...]}, the oldest basket first; beside
it, where there are any, `NAME_dates.json.gz` {person: [day of each basket..., day to predict]} and
`NAME_products.csv`. A file of answers (`*_test*`) is never opened here.
"""

import csv
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np

from recommendations import baselines, blend, neighbours, popularity
from recommendations.blend import BlendOptions
from recommendations.neighbours import Counts, Matrix
from recommendations.popularity import Groups, Popularity

#: Lists are this long: the scorer looks at 20 places.
LENGTH: Final = 50
_BLOCK: Final = 1000


class Model(StrEnum):
    POPULARITY = "popularity"
    GP = "gp"
    TIFU = "tifu"
    BLEND = "blend"


class ShelfKind(StrEnum):
    MIXED = "mixed"
    NEW = "new"


class NoBaskets(ValueError):
    """The folder holds no training baskets, or more than one set of them."""


@dataclass(frozen=True, slots=True)
class Baskets:
    """Persons with their baskets of numbered products, the oldest first.

    `ages` are the days from each basket to the one to predict, None without dates; `types` the
    number of each product's type, -1 where it is not known; `kinds` what kind of pet each is.
    """

    people: list[str]
    products: list[str]
    histories: list[list[list[int]]]
    ages: list[list[float]] | None = None
    types: list[int] = field(default_factory=list)
    kinds: list[popularity.Kind] = field(default_factory=list)


def read(folder: Path) -> Baskets:
    """Raises: NoBaskets."""
    found = sorted(folder.glob("*_train.json.gz"))
    if len(found) != 1:
        raise NoBaskets(f"{folder}: one file *_train.json.gz expected, {len(found)} found.")
    name = found[0].name.removesuffix("_train.json.gz")
    given: Mapping[str, list[list[int | str]]] = _json(found[0])
    products = sorted({item for baskets in given.values() for b in baskets for item in b}, key=_key)
    numbers = {item: number for number, item in enumerate(products)}
    dates, facts = folder / f"{name}_dates.json.gz", folder / f"{name}_products.csv"
    return Baskets(
        people=list(given),
        products=[str(item) for item in products],
        histories=[[[numbers[item] for item in b] for b in each] for each in given.values()],
        ages=_ages(_json(dates), list(given)) if dates.exists() else None,
        types=_types(facts, [str(item) for item in products]) if facts.exists() else [],
    )


def _json(path: Path) -> Any:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _key(item: int | str) -> tuple[bool, int, str]:
    """Numbers in their order, then words in theirs."""
    return (isinstance(item, str), item if isinstance(item, int) else 0, str(item))


def _ages(days: Mapping[str, Sequence[str]], people: Sequence[str]) -> list[list[float]]:
    found = []
    for person in people:
        *bought, wanted = [date.fromisoformat(each) for each in days[person]]
        found.append([float((wanted - day).days) for day in bought])
    return found


def _types(path: Path, products: Sequence[str]) -> list[int]:
    with path.open(encoding="utf-8", newline="") as file:
        named = {row["product_id"]: row["product_type"] for row in csv.DictReader(file)}
    numbers = {name: number for number, name in enumerate(sorted(set(named.values())))}
    return [numbers[named[item]] if item in named else -1 for item in products]


def weights_of(data: Baskets, options: BlendOptions) -> Matrix:
    """Decayed purchases (persons, products): by days where they are known, else by baskets."""
    fading: list[list[float]] = []
    for person, history in enumerate(data.histories):
        if data.ages is not None:
            fading.append([blend.weight_after(age, options) for age in data.ages[person]])
        else:
            fading.append([options.basket_decay**age for age in reversed(range(len(history)))])
    return _weighed(data, fading)


def bought_of(data: Baskets) -> Matrix:
    """Purchases (persons, products), each counted in full however long ago it was."""
    return _weighed(data, [[1.0] * len(history) for history in data.histories])


def _weighed(data: Baskets, fading: Sequence[Sequence[float]]) -> Matrix:
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for person, (history, weights) in enumerate(zip(data.histories, fading, strict=True)):
        for basket, weight in zip(history, weights, strict=True):
            rows += [person] * len(basket)
            columns += basket
            values += [weight] * len(basket)
    return neighbours.gathered(rows, columns, values, (len(data.people), len(data.products)))


def types_of(data: Baskets) -> Matrix | None:
    """(products, types), one 1 a row; None where no type is known."""
    known = [(product, kind) for product, kind in enumerate(data.types) if kind >= 0]
    if not known:
        return None
    rows, columns = zip(*known, strict=True)
    shape = (len(data.products), max(columns) + 1)
    return neighbours.gathered(rows, columns, [1.0] * len(known), shape)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the blend knows of a set of baskets."""

    weights: Matrix
    like: Matrix
    popular: Popularity
    groups: Groups
    types: Matrix | None
    few: Counts


def fit(data: Baskets, options: BlendOptions) -> Fitted:
    """Learn a set; persons of few orders are marked by a 1 in `few` (persons, 1)."""
    weights = weights_of(data, options)
    _names, groups, parents = popularity.grouped(data.kinds or [()] * len(data.people))
    few = [len(history) < options.few_orders for history in data.histories]
    return Fitted(
        weights=weights,
        like=neighbours.likeness(weights, options.neighbours),
        popular=popularity.popularity(bought_of(data), groups, parents),
        groups=groups,
        types=types_of(data),
        few=np.array(few, np.float32)[:, None],
    )


def blended(
    data: Baskets, options: BlendOptions, shelf: ShelfKind, *, first: int = LENGTH
) -> list[list[int]]:
    """The lists of the blend, one a person."""
    known = fit(data, options)
    lists: list[list[int]] = []
    for start in range(0, len(data.people), _BLOCK):
        rows = known.weights[start : start + _BLOCK]
        popular = known.popular.of(known.groups[start : start + _BLOCK])
        affinity = None if known.types is None else blend.affinities(rows, known.types)
        if shelf is ShelfKind.NEW:
            scores = blend.new_scores(rows, known.like, popular, options, affinity)
        else:
            few = None if affinity is None else affinity * known.few[start : start + _BLOCK]
            scores = blend.repeat_scores(rows, known.like, popular, options, few)
        lists += neighbours.ranked(scores, first)
    return lists


type Predict = Callable[[Baskets, BlendOptions], list[list[int]]]

_BASELINES: Final[Mapping[Model, Callable[..., list[list[int]]]]] = {
    Model.POPULARITY: baselines.top_of_all,
    Model.GP: baselines.own_favourites,
    Model.TIFU: baselines.tifu,
}


def predicted(
    data: Baskets, model: Model, options: BlendOptions, shelf: ShelfKind = ShelfKind.MIXED
) -> list[list[int]]:
    """The lists of a model; on the shelf of new things what a person had is left out."""
    if model is Model.BLEND:
        return blended(data, options, shelf)
    is_new = shelf is ShelfKind.NEW
    first = len(data.products) if is_new else LENGTH
    lists = _BASELINES[model](data.histories, len(data.products), first=first)
    if not is_new:
        return lists
    had = [{item for basket in history for item in basket} for history in data.histories]
    return [
        [item for item in each if item not in mine][:LENGTH]
        for each, mine in zip(lists, had, strict=True)
    ]


def written(data: Baskets, lists: Sequence[Sequence[int]], path: Path) -> None:
    """Write `{person: [product, ...]}` for a scorer."""
    named = {
        person: [data.products[item] for item in items]
        for person, items in zip(data.people, lists, strict=True)
    }
    path.write_text(json.dumps(named), encoding="utf-8")
