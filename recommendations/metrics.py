"""How good ranked lists are, person by person, and whether one model beats another. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of each person: the share found, the discounted gain, whether anything was found."""

    recall: Numbers
    ndcg: Numbers
    hit: Numbers

    @property
    def means(self) -> tuple[float, float, float]:
        return (float(self.recall.mean()), float(self.ndcg.mean()), float(self.hit.mean()))


def quality(
    lists: Sequence[Sequence[int]], wanted: Sequence[Collection[int]], *, first: int = 10
) -> Quality:
    """The quality of the first places of each list; persons who wanted nothing are left out.

    The ideal gain is that of the whole basket, however many places there are.
    Source: Li et al. 2023, ACM TOIS 41(4), section 4.3.
    """
    longest = max([first, *map(len, wanted)])
    discounts = 1 / np.log2(np.arange(2, 2 + longest))
    rows = []
    for given, basket in zip(lists, wanted, strict=True):
        if not basket:
            continue
        hits = np.array([each in basket for each in dict.fromkeys(given)][:first], dtype=float)
        gain = float((hits * discounts[: hits.size]).sum() / discounts[: len(basket)].sum())
        rows.append((hits.sum() / len(basket), gain, float(hits.any())))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Quality(columns[:, 0], columns[:, 1], columns[:, 2])


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better one model is: the mean difference, its 95 % interval, the share of draws
    in which it was not better.
    """

    mean: float
    low: float
    high: float
    doubt: float


def paired_bootstrap(mine: Numbers, theirs: Numbers, *, draws: int = 10_000, seed: int = 0) -> Gain:
    """Whether `mine` beats `theirs`, over the same persons in the same order.

    Source: Efron & Tibshirani 1993, chapter 13 (percentile interval).
    """
    difference = mine - theirs
    random = np.random.default_rng(seed)
    people = difference.size
    means = np.empty(draws)
    for draw in range(draws):
        means[draw] = difference[random.integers(0, people, people)].mean()
    low, high = np.percentile(means, [2.5, 97.5])
    return Gain(float(difference.mean()), float(low), float(high), float((means <= 0).mean()))


@dataclass(frozen=True, slots=True)
class Draft:
    """Two lists made one, and whose pick each place was: 0 or 1."""

    items: list[int]
    teams: list[int]


def interleaved(
    mine: Sequence[int], theirs: Sequence[int], *, first: int, random: np.random.Generator
) -> Draft:
    """A team draft: in turns of a coin's choice, each list gives its best that is not there yet.

    Source: Radlinski, Kurup & Joachims 2008, CIKM, section 4.2.
    """
    lists = (list(dict.fromkeys(mine)), list(dict.fromkeys(theirs)))
    items: list[int] = []
    teams: list[int] = []
    while len(items) < first:
        turn = int(random.integers(0, 2))
        picked = len(items)
        for team in (turn, 1 - turn):
            pick = next((each for each in lists[team] if each not in items), None)
            if pick is not None and len(items) < first:
                items.append(pick)
                teams.append(team)
        if len(items) == picked:
            break
    return Draft(items, teams)
