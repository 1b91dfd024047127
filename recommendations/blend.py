"""The score of a product for a pet, and where it comes from.

    w(p,i) / max_j w(p,j) + likeness x rownorm(sum_j w(p,j) S(j,i)) + popularity x log-pop(i)

`w` are decayed purchases, `S` the likeness of products. What a pet has never had is scored apart,
by likeness and by the types of product that the pet has. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np

from recommendations.neighbours import Counts, Matrix, NeighbourOptions

_NEVER: Final = np.float32(-np.inf)


class UnknownOption(ValueError):
    """An option that nobody knows, or a value that it cannot take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendOptions:
    """The figures of the blend, tuned on the last basket of training: docs/algorithms/suggestions.

    `half_life_days` halves a purchase's weight; `basket_decay` is what a basket leaves of the one
    before it, where there are no dates. `affinity` is for pets of fewer than `few_orders`, and
    `new_affinity` for what a pet never had.
    """

    half_life_days: float = 60.0
    basket_decay: float = 0.95
    likeness: float = 0.3
    popularity: float = 0.4
    affinity: float = 0.3
    few_orders: int = 5
    new_affinity: float = 1.0
    new_popularity: float = 0.05
    keep: int = 200
    shrink: float = 10.0

    def __post_init__(self) -> None:
        if self.half_life_days <= 0 or not 0 < self.basket_decay <= 1:
            raise UnknownOption("half_life_days must be above 0, basket_decay in (0, 1].")

    @property
    def neighbours(self) -> NeighbourOptions:
        return NeighbourOptions(keep=self.keep, shrink=self.shrink)

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Options as people write them. Raises: UnknownOption."""
        kinds: dict[str, Any] = {
            each.name: int if each.type is int else float for each in fields(cls)
        }
        unknown = sorted(set(given) - set(kinds))
        if unknown:
            raise UnknownOption(f"{', '.join(unknown)}: none of {', '.join(kinds)}.")
        try:
            return cls(**{name: kinds[name](value) for name, value in given.items()})
        except ValueError as error:
            raise UnknownOption(str(error)) from None


def weight_after(days: float, options: BlendOptions) -> float:
    """What is left of a purchase after so many days; one to come counts in full."""
    return float(0.5 ** (max(0.0, days) / options.half_life_days))


def row_scaled(scores: Counts) -> Counts:
    """Each row over its largest number; a row of nothing stays as it is."""
    largest = scores.max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.divide(scores, largest, out=np.zeros_like(scores), where=largest > 0))


def affinities(weights: Matrix, types: Matrix) -> Counts:
    """The weight of each product's type in a pet's history, over that of its largest type.

    Gives (pets, products), from 0 to 1 as the other terms are. `types` is (products, types), one 1
    a row; products without a type have a row of nothing.
    """
    by_type = row_scaled((weights @ types).toarray().astype(np.float32))
    return np.asarray((types @ by_type.T).T, np.float32)


def repeat_scores(
    weights: Matrix,
    like: Matrix,
    popular: Counts,
    options: BlendOptions,
    few: Counts | None = None,
) -> Counts:
    """Scores (pets, products) of all products, those that the pet had included.

    `weights` is CSR (pets, products) of decayed purchases, `like` (products, products), `popular`
    (pets, products) or (1, products); `few` are affinities, 0 for pets of many orders.
    """
    own = row_scaled(weights.toarray().astype(np.float32))
    near = row_scaled((weights @ like).toarray().astype(np.float32))
    scores: Counts = own + options.likeness * near + options.popularity * popular
    if few is not None:
        scores += options.affinity * few
    return scores


def new_scores(
    weights: Matrix,
    like: Matrix,
    popular: Counts,
    options: BlendOptions,
    affinity: Counts | None = None,
) -> Counts:
    """Scores (pets, products) of what a pet never had; -inf for what it had."""
    scores = row_scaled((weights @ like).toarray().astype(np.float32))
    scores += options.new_popularity * popular
    if affinity is not None:
        scores += options.new_affinity * affinity
    scores[weights.nonzero()] = _NEVER
    return scores


@dataclass(frozen=True, slots=True)
class Term:
    """A purchase behind a score: the product bought, and what it adds to the un-normalised sum."""

    product: int
    amount: float


def terms(weights: Matrix, likely: Counts, *, most: int = 2) -> list[Term]:
    """The largest terms of `sum_j w(p, j) S(j, i)` for one pet, ties to the lower product.

    `weights` is (1, products), `likely` (purchases,) the likeness of each of its purchases to the
    product. Every term is positive: without the purchase the sum is lower.
    """
    amounts = weights.data * likely
    order = np.lexsort((weights.indices, -amounts))[:most]
    return [
        Term(int(weights.indices[each]), float(amounts[each]))
        for each in order
        if amounts[each] > 0
    ]
