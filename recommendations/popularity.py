"""What is popular with whom: counted by group of pets, backing off where a group is small.

Pure. A group is a number; the caller says which pets belong to which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recommendations.neighbours import Counts, Matrix, gathered

type Groups = NDArray[np.int64]

#: A group of fewer pets than this says nothing of its own.
LEAST_PETS: Final = 50


type Kind = tuple[str, ...]


def grouped(kinds: Sequence[Kind]) -> tuple[list[Kind], Groups, Groups]:
    """The group of each pet by its kind, such as (species, life stage, size), and their parents.

    Gives all groups by name, the widest `()` first; the group of each pet; and of each group the
    one whose name is shorter by a word.
    """
    names = sorted({kind[:depth] for kind in [(), *kinds] for depth in range(len(kind) + 1)})
    numbers = {name: number for number, name in enumerate(names)}
    parents = np.array([numbers[name[:-1]] for name in names], np.int64)
    return names, np.array([numbers[kind] for kind in kinds], np.int64), parents


@dataclass(frozen=True, slots=True)
class Popularity:
    """Scores (groups, products) from 0 to 1, and of each group the one that speaks for it."""

    scores: Counts
    speaks: Groups

    def of(self, groups: Groups) -> Counts:
        """Scores (pets, products) of pets by their groups."""
        return self.scores[self.speaks[groups]]


def counted(histories: Matrix, groups: Groups, count: int) -> Counts:
    """The weight of each product in each of `count` groups: (groups, products).

    `histories` is (pets, products), `groups` (pets,).
    """
    pets = groups.size
    members = gathered(groups.tolist(), range(pets), [1.0] * pets, (count, pets))
    return np.asarray((members @ histories).toarray(), np.float32)


def log_scaled(counts: Counts) -> Counts:
    """`log(1 + n)` over the largest of its row: from 0 to 1; a row of nothing stays 0."""
    logs = np.log1p(counts)
    largest = logs.max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.divide(logs, largest, out=np.zeros_like(logs), where=largest > 0))


def popularity(
    histories: Matrix, groups: Groups, parents: Groups, *, least: int = LEAST_PETS
) -> Popularity:
    """Popularity in each group, a group of fewer pets than `least` spoken for by its parent.

    `parents` (groups,) gives the wider group of each, itself for the widest, whose pets are those
    of all the groups below it; a parent stands before its children.
    """
    count = parents.size
    sums = counted(histories, groups, count)
    pets = np.bincount(groups, minlength=count)
    for group in range(count - 1, -1, -1):
        parent = parents[group]
        if parent != group:
            sums[parent] += sums[group]
            pets[parent] += pets[group]
    speaks = np.arange(count)
    for group in range(count):
        if pets[group] < least:
            speaks[group] = speaks[parents[group]]
    return Popularity(scores=log_scaled(sums), speaks=speaks)
