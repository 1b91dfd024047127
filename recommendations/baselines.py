"""What a model has to beat, rebuilt beside it: popularity, one's own favourites, TIFU-KNN. Pure.

A history is a list of baskets, the oldest first; a basket is a list of products by their numbers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.neighbours import Matrix, gathered, ranked

type Baskets = Sequence[Sequence[int]]


def top_of_all(histories: Sequence[Baskets], products: int, *, first: int) -> list[list[int]]:
    """The same list for everybody: what was bought most often (G-TopFreq)."""
    best = _by_frequency(histories, products)[:first]
    return [best for _history in histories]


def own_favourites(histories: Sequence[Baskets], products: int, *, first: int) -> list[list[int]]:
    """What each bought most often, ties to what was bought first, filled up with what all buy.

    GP-TopFreq. Source: Li et al. 2023, ACM TOIS 41(4), section 4.2.
    """
    of_all = _by_frequency(histories, products)
    lists = []
    for history in histories:
        # Counter.most_common keeps ties in the order of first sight.
        own = [item for item, _times in Counter(_items(history)).most_common()]
        known = set(own)
        fill = (item for item in of_all if item not in known)
        lists.append((own + [next(fill) for _ in range(min(first, products) - len(own))])[:first])
    return lists


def _items(history: Baskets) -> list[int]:
    return [item for basket in history for item in basket]


def _by_frequency(histories: Sequence[Baskets], products: int) -> list[int]:
    counts = np.zeros(products)
    for history in histories:
        np.add.at(counts, _items(history), 1)
    return np.argsort(-counts, kind="stable").tolist()


@dataclass(frozen=True, slots=True, kw_only=True)
class TifuOptions:
    """The figures of TIFU-KNN as its authors set them for Ta-Feng."""

    neighbours: int = 300
    within_decay: float = 0.9
    group_decay: float = 0.7
    alpha: float = 0.7
    groups: int = 7


def tifu_vectors(
    histories: Sequence[Baskets], products: int, options: TifuOptions = TifuOptions()
) -> Matrix:
    """The taste of each person, (persons, products): baskets fade within their group, groups too.

    Groups are of sizes that differ by one at most, the larger ones last; a person of fewer baskets
    than groups has one a basket. Source: Hu et al. 2020, SIGIR, section 3.2, and their program.
    """
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for person, history in enumerate(histories):
        groups = min(options.groups, len(history))
        for basket, weight in zip(history, _fading(len(history), groups, options), strict=True):
            rows += [person] * len(basket)
            columns += basket
            values += [weight] * len(basket)
    return gathered(rows, columns, values, (len(histories), products))


def _fading(baskets: int, groups: int, options: TifuOptions) -> list[float]:
    """The weight of each basket of a history."""
    small, larger = divmod(baskets, max(1, groups))
    sizes = [small] * (groups - larger) + [small + 1] * larger
    weights: list[float] = []
    for group, size in enumerate(sizes):
        outer = options.group_decay ** (options.groups - 1 - group) / (groups * size)
        for _place in range(size):
            age = baskets - 1 - len(weights)
            weights.append(outer * options.within_decay**age)
    return weights


def tifu(
    histories: Sequence[Baskets],
    products: int,
    *,
    first: int,
    options: TifuOptions = TifuOptions(),
    block: int = 500,
) -> list[list[int]]:
    """Each person's taste, mixed with that of the nearest: `alpha` their own, the rest the mean.

    Nearest by Euclidean distance; everybody is their own nearest, as in the authors' program.
    """
    vectors = tifu_vectors(histories, products, options)
    squares = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    turned = vectors.T.tocsr()
    near = min(options.neighbours, len(histories))
    lists: list[list[int]] = []
    for start in range(0, len(histories), block):
        part = vectors[start : start + block]
        distances = squares[None, :] - 2 * (part @ turned).toarray()
        nearest = np.argpartition(distances, near - 1, axis=1)[:, :near]
        size = nearest.shape[0]
        people = np.repeat(np.arange(size), near).tolist()
        shares = [1 / near] * len(people)
        mean = gathered(people, nearest.ravel().tolist(), shares, (size, len(histories))) @ vectors
        scores = options.alpha * part.toarray() + (1 - options.alpha) * mean.toarray()
        lists += ranked(scores, first)
    return lists
