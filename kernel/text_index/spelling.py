"""Corrections of what people mistype, from the words that an index knows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from kernel.text_index.analysis import Word, fold

_MOST_CANDIDATES = 40
#: A word of up to so many letters may have one typo.
SHORT: Final = 5
_LENGTHS_AND_TYPOS = ((SHORT + 1, 1), (11, 2))
_MOST_TYPOS = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word as it is written, and how many documents have it."""

    text: str
    documents: int


class Spellings:
    """The words of an index, found by the letters that they share with a mistyped one."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._spellings = list(spellings)
        self._by_trigram: dict[str, list[int]] = {}
        for index, spelling in enumerate(self._spellings):
            for trigram in trigrams(fold(spelling.text)):
                self._by_trigram.setdefault(trigram, []).append(index)

    def like(self, word: str) -> list[Spelling]:
        """Candidates for `best`: those with the most trigrams in common."""
        shared: Counter[int] = Counter()
        for trigram in trigrams(word):
            shared.update(self._by_trigram.get(trigram, ()))
        return [self._spellings[index] for index, _ in shared.most_common(_MOST_CANDIDATES)]


def trigrams(word: str) -> set[str]:
    """As pg_trgm cuts a word: two blanks before, one after."""
    padded = f"  {word} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def best(word: str, candidates: Iterable[Spelling]) -> str | None:
    """The nearest candidate within the typos that a word of this length may have.

    One to 5 letters, two to 10, three above; else the most frequent word that begins so.
    """
    allowed = next(
        (typos for length, typos in _LENGTHS_AND_TYPOS if len(word) < length), _MOST_TYPOS
    )
    ranked = []
    for candidate in candidates:
        plain = fold(candidate.text)
        distance = typos_between(word, plain, most=allowed)
        if plain.startswith(word):
            distance = min(distance, allowed)
        if distance <= allowed:
            begun = _same_letters(word, plain)
            ranked.append((distance, -begun, -candidate.documents, candidate.text))
    return min(ranked)[-1] if ranked else None


def typos_between(first: str, second: str, *, most: int) -> int:
    """Letters added, lost, changed or swapped with their neighbour; `most` + 1 for any more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        line = [row]
        for column, other in enumerate(second, start=1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and (letter, first[row - 2]) == (second[column - 2], other):
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, above = above, line
    return min(above[-1], most + 1)


def corrected(
    text: str, unknown: Iterable[Word], like: Callable[[str], list[Spelling]]
) -> str | None:
    """The query with each unknown word corrected; None if no word could be."""
    parts: list[str] = []
    end = 0
    for word in sorted(unknown, key=lambda word: word.start):
        found = best(word.text, like(word.text))
        if found is not None:
            parts.extend((text[end : word.start], found))
            end = word.end
    return "".join(parts) + text[end:] if parts else None


def _same_letters(first: str, second: str) -> int:
    """How many letters the two begin with."""
    both = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda letters: letters[0] == letters[1], both))
