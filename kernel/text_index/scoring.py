"""Documents ranked for a plan, as arrays over all documents of a warm reader.

A concept is worth its rarity, ln(1 + documents / documents that have it), times what the document
earns for it (`planning`); the sum is multiplied by the share of the required rarity that the
document has. So one with every concept beats one with more of the same. The PostgreSQL engine
computes the same in SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from kernel.text_index.analysis import Word
from kernel.text_index.interface import Hit
from kernel.text_index.planning import (
    IDENTIFIER_SCORE,
    LEAST_SHARE,
    LEVEL_WORTH,
    SCORE_DECIMALS,
    Alternative,
    Concept,
    Plan,
    unknown,
)
from kernel.text_index.warm import LEVELS, Numbers, Warm

type Floats = NDArray[np.float64]

_NAMING_LEVELS = len(LEVELS) - 1


@dataclass(frozen=True, slots=True)
class _Known:
    concept: Concept
    earned: Floats
    rarity: float


class Search:
    """A plan, looked up in a reader."""

    def __init__(self, plan: Plan, warm: Warm) -> None:
        self._plan = plan
        self._warm = warm
        self._identified = _union(warm.numbers("identifier", one) for one in plan.identifiers)
        earned = [(concept, self._earned(concept)) for concept in plan.concepts]
        self._known = [
            _Known(concept, worth, concept.weight * log(1 + warm.documents / having))
            for concept, worth in earned
            if (having := np.count_nonzero(worth))
        ]

    def unknown(self) -> list[Word]:
        """Words that no document has, and that may be typos; none once an identifier is found."""
        if self._identified.size:
            return []
        known = {id(known.concept) for known in self._known}
        return unknown(concept for concept in self._plan.concepts if id(concept) not in known)

    def hits(self, *, limit: int) -> list[Hit]:
        """Best first, ties by key."""
        scores = self._scores()
        scores[self._identified] += IDENTIFIER_SCORE
        # Sums in another order differ in their last bits, which must not decide a tie.
        scores = scores.round(SCORE_DECIMALS)
        found = np.flatnonzero(scores)
        order = np.lexsort((self._warm.rank[found], -scores[found]))
        best = found[order[: max(limit, 0)]]
        return [Hit(self._warm.keys[n], float(scores[n])) for n in best.tolist()]

    def _scores(self) -> Floats:
        total = np.zeros(self._warm.size)
        share = np.zeros(self._warm.size)
        required = sum(known.rarity for known in self._known if known.concept.required)
        for known in self._known:
            total += known.earned * known.rarity
            if known.concept.required:
                share += (known.earned > 0) * (known.rarity / required)
        passing = self._passing()
        share *= passing
        if share.any():
            return np.where(share >= LEAST_SHARE * share.max(), total * share, 0.0)
        # Nothing that is named is there, but what it should be for is: "purina chien".
        return np.where(passing, total + 1.0, 0.0) if self._plan.filters else share

    def _passing(self) -> NDArray[np.bool_]:
        passing = np.ones(self._warm.size, dtype=np.bool_)
        for terms in self._plan.filters:
            passing &= self._mask(self._having(terms))
        excluded = self._having(self._plan.excluded)
        passing[excluded] = False
        return passing

    def _having(self, terms: Iterable[str]) -> Numbers:
        named = LEVELS[:_NAMING_LEVELS]
        return _union(self._warm.numbers(level, term) for term in terms for level in named)

    def _mask(self, numbers: Numbers) -> NDArray[np.bool_]:
        mask = np.zeros(self._warm.size, dtype=np.bool_)
        mask[numbers] = True
        return mask

    def _earned(self, concept: Concept) -> Floats:
        """What each document earns: of all ways and levels, the best."""
        earned = np.zeros(self._warm.size)
        ways = [
            (alternative.worth * worth, alternative, level)
            for alternative in concept.alternatives
            for level, worth in enumerate(LEVEL_WORTH)
        ]
        # Ascending, so that the best is what stays.
        for worth, alternative, level in sorted(ways, key=lambda way: way[0]):
            earned[self._at(alternative, level)] = worth
        return earned

    def _at(self, alternative: Alternative, level: int) -> Numbers:
        """Documents that have every term at this level or above."""
        if len(alternative.terms) == 1:
            return self._warm.numbers(LEVELS[level], alternative.terms[0])
        above = LEVELS[: level + 1]
        each = [_union(self._warm.numbers(at, term) for at in above) for term in alternative.terms]
        found = each[0]
        for numbers in each[1:]:
            found = np.intersect1d(found, numbers, assume_unique=True)
        return found


def _union(lists: Iterable[Numbers]) -> Numbers:
    found = [numbers for numbers in lists if numbers.size]
    if len(found) == 1:
        return found[0]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)
