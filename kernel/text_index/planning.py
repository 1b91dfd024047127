"""A query read: what must be found, what may be, what may not, the same for every engine."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from itertools import pairwise

from kernel.text_index.analysis import FLAVOUR_MARKS, Word, joined, paired, words
from kernel.text_index.documents import facet_term, identifier
from kernel.text_index.vocabulary import Phrase, Synonyms, Vocabulary

LONGEST_QUERY = 600
MOST_WORDS = 12
SHORTEST_CORRECTED = 4

# What a document earns for a concept, by the level at which the concept stands in it.
LEVEL_WORTH = (1.0, 0.9, 0.7, 0.35)

IDENTIFIER_SCORE = 1_000.0
SCORE_DECIMALS = 6

# A document needs this much of what the best one has of the required rarity, or is left out.
LEAST_SHARE = 0.34

_SYNONYM = 0.9
_APART = 0.8
_CARRIED = 0.8
_NEIGHBOURS = 0.3
_HALF = 0.7
_IMPLYING = 0.6
_GRAMS_PER_KILO = 1000
_MOST_KILOS = 200
_IDENTIFIER = re.compile(r"(?=(?:\S*[0-9]){5})\S+")
_FEWEST_IN_COMPOUND = 2


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept: a document must have all `terms`; `worth` is at most 1."""

    terms: tuple[str, ...]
    worth: float


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that the query names; `words` are those it was named by.

    Documents without any required concept are no hits; those with more of them rank higher.
    `weight` is 1, or less if a filter has said a part of it already.
    """

    alternatives: tuple[Alternative, ...]
    required: bool
    words: Phrase = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`filters`: of each set, a document has one term; `excluded`: it has none above its body."""

    identifiers: frozenset[str] = frozenset()
    concepts: tuple[Concept, ...] = ()
    filters: tuple[frozenset[str], ...] = ()
    excluded: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Draft:
    concepts: list[Concept] = field(default_factory=list)
    facets: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    is_proven: bool = False


def plan(text: str, *, synonyms: Synonyms, vocabulary: Vocabulary) -> Plan:
    """Read a query; any text is one. Only its first words count, each of them to a length."""
    text = text[:LONGEST_QUERY]
    return _Reader(text, synonyms=synonyms, vocabulary=vocabulary).plan()


def unknown(concepts: Iterable[Concept]) -> list[Word]:
    """Of concepts that an index knows nothing of, the words that may be typos."""
    return [
        concept.words[0]
        for concept in concepts
        if concept.required and len(concept.words) == 1 and _may_be_typo(concept.words[0])
    ]


def _may_be_typo(word: Word) -> bool:
    return word.text.isalpha() and len(word.text) >= SHORTEST_CORRECTED


class _Reader:
    def __init__(self, text: str, *, synonyms: Synonyms, vocabulary: Vocabulary) -> None:
        self._text = text
        self._synonyms = synonyms
        self._vocabulary = vocabulary
        self._words = _first_words(_IDENTIFIER.sub(_blank, text))
        self._draft = _Draft()

    def plan(self) -> Plan:
        place = 0
        while place < len(self._words):
            word = self._words[place]
            if word.is_negator:
                place = self._exclude(place + 1)
            elif word.is_stop:
                place += 1
            else:
                place = self._name(place)
        draft = self._draft
        draft.concepts.extend([*self._neighbours(), *self._preferred()])
        return Plan(
            identifiers=_identifiers(self._text),
            concepts=tuple(draft.concepts),
            filters=tuple(self._filters()),
            excluded=frozenset(draft.excluded),
        )

    def _name(self, place: int) -> int:
        """Read the longest phrase that begins here, as one concept; return where it ends."""
        ahead = self._phrase(place)
        phrase = ahead[: self._length(ahead)]
        after = self._words.index(phrase[-1]) + 1
        is_flavour = place > 0 and self._words[place - 1].text in FLAVOUR_MARKS
        if not is_flavour:
            self._draft.facets.update(*self._meant(phrase))
        said = self._synonyms.of(phrase)
        free_of = [other[-1:] for other in said if other[0].is_negator]
        if any(self._free(kind) for kind in free_of):
            return after
        alternatives = (*self._own(phrase), *_other(said, _SYNONYM))
        if not said and len(phrase) > 1:
            alternatives += self._half(phrase)
        if alternatives:
            is_filter = not is_flavour and bool(self._vocabulary.filters.at(phrase))
            required = not is_filter and not _is_slight(phrase)
            weight = _IMPLYING if self._vocabulary.implied.at(phrase) else 1.0
            self._draft.concepts.append(Concept(alternatives, required, phrase, weight))
        return after

    def _meant(self, phrase: Phrase) -> Iterator[frozenset[str]]:
        """The facets that the phrase, and the words in it, stand for."""
        for meanings in (self._vocabulary.filters, self._vocabulary.implied):
            for first in range(len(phrase)):
                length = meanings.longest(phrase[first:])
                yield from meanings.at(phrase[first : first + length])

    def _phrase(self, place: int) -> Phrase:
        """The words from here that may belong together."""
        phrase: list[Word] = []
        for word in self._words[place:]:
            if word.is_negator or (phrase and word.after_break):
                break
            if not word.is_stop:
                phrase.append(word)
        return tuple(phrase)

    def _length(self, ahead: Phrase) -> int:
        maps = (self._synonyms, self._vocabulary.filters, self._vocabulary.implied)
        known = max(known.longest(ahead) for known in maps)
        if known >= _FEWEST_IN_COMPOUND or len(ahead) < _FEWEST_IN_COMPOUND:
            return max(known, 1)
        return _FEWEST_IN_COMPOUND if joined(ahead[0], ahead[1]) else 1

    def _own(self, phrase: Phrase) -> Iterator[Alternative]:
        """What the person wrote, in the ways that a document may have it."""
        if len(phrase) > 1:
            yield from (Alternative(terms, 1.0) for terms in paired(phrase))
            yield from (Alternative((term,), 1.0) for term in _compound(phrase))
            yield Alternative(tuple(word.terms[-1] for word in phrase if word.terms), _APART)
            return
        word = phrase[0]
        yield from (Alternative((term,), 1.0) for term in word.terms)
        if word.grams is not None and self._vocabulary.carried:
            yield from self._carried(word)

    def _carried(self, word: Word) -> Iterator[Alternative]:
        if word.grams is None:
            return
        kilos = [grams / _GRAMS_PER_KILO for grams in word.grams]
        low = int(kilos[0].to_integral_value(ROUND_FLOOR))
        high = int(kilos[1].to_integral_value(ROUND_CEILING))
        if high <= _MOST_KILOS:
            ends = dict.fromkeys((low, high))
            facets = (facet_term(f"{self._vocabulary.carried}:{end}") for end in ends)
            yield Alternative(tuple(facets), _CARRIED)

    def _half(self, phrase: Phrase) -> tuple[Alternative, ...]:
        """Of a compound that nobody knows, what it is about: of "anti-stress", stress."""
        own = (Alternative((term,), _HALF) for term in phrase[-1].terms)
        return (*own, *_other(self._synonyms.of(phrase[-1:]), _HALF * _SYNONYM))

    def _exclude(self, place: int) -> int:
        """Read what follows a negation; return where it ends."""
        ahead = self._phrase(place)
        if not ahead:
            return place
        phrase = ahead[: max(1, self._vocabulary.exclusions.longest(ahead))]
        if not self._vocabulary.excludes:
            self._draft.concepts.append(_free_or_not(phrase[:1]))
            return self._words.index(phrase[0]) + 1
        if not self._free(phrase):
            self._draft.excluded.update(term for word in phrase for term in word.terms)
            self._draft.concepts.append(_labelled_free(phrase, required=True))
        after = self._words.index(phrase[-1]) + 1
        return self._exclude(after) if self._is_continued(after) else after

    def _free(self, phrase: Phrase) -> bool:
        """Exclude what the vocabulary knows of this phrase; false if it knows nothing."""
        facets = self._vocabulary.exclusions.at(phrase)
        if not facets:
            return False
        draft = self._draft
        draft.excluded.update(facet_term(facet) for group in facets for facet in group)
        draft.concepts.append(_labelled_free(phrase, required=False))
        draft.is_proven = True
        return True

    def _is_continued(self, place: int) -> bool:
        """Whether "et", "ou" or "ni" goes on with the negation: "sans poulet ni bœuf"."""
        if place >= len(self._words) or self._words[place].text not in {"et", "ou"}:
            return False
        return bool(self._vocabulary.exclusions.longest(self._phrase(place + 1)))

    def _neighbours(self) -> Iterator[Concept]:
        """Words that stand together in the query and in a document say a bit more."""
        single = [concept.words[0] for concept in self._draft.concepts if len(concept.words) == 1]
        for first, second in pairwise(single):
            ways = paired((first, second))
            if ways and not second.after_break:
                alternatives = tuple(Alternative(terms, _NEIGHBOURS) for terms in ways)
                yield Concept(alternatives, required=False)

    def _filters(self) -> Iterator[frozenset[str]]:
        kinds: dict[str, set[str]] = {}
        for facet in self._draft.facets:
            kinds.setdefault(facet.partition(":")[0], set()).add(facet_term(facet))
        yield from (frozenset(facets) for facets in kinds.values())
        if self._draft.is_proven and self._vocabulary.proven:
            yield frozenset({facet_term(self._vocabulary.proven)})

    def _preferred(self) -> Iterator[Concept]:
        if self._draft.is_proven and self._vocabulary.preferred:
            preferred = Alternative((facet_term(self._vocabulary.preferred),), 1.0)
            yield Concept((preferred,), required=False)


def _other(said: list[Phrase], worth: float) -> Iterator[Alternative]:
    """The other ways to say it."""
    for phrase in said:
        content = tuple(word for word in phrase if not word.is_stop)
        if len(content) == 1:
            yield from (Alternative((term,), worth) for term in content[0].terms)
        elif content:
            yield from (Alternative(terms, worth) for terms in paired(content))
            yield from (Alternative((term,), worth) for term in _compound(content))


def _labelled_free(phrase: Phrase, *, required: bool) -> Concept:
    named = (Alternative((f"sans_{term}",), 1.0) for term in phrase[0].terms)
    return Concept(tuple(named), required=required)


def _free_or_not(phrase: Phrase) -> Concept:
    """A negated word in an index whose texts speak of things as often as of their absence."""
    free = _labelled_free(phrase, required=True)
    own = (Alternative((term,), _APART) for term in phrase[0].terms)
    return Concept((*free.alternatives, *own), required=True, words=phrase)


def _compound(phrase: Phrase) -> tuple[str, ...]:
    return joined(*phrase) if len(phrase) == _FEWEST_IN_COMPOUND else ()


def _is_slight(phrase: Phrase) -> bool:
    """A lone letter (a size) or a bare number never decides what is found."""
    text = phrase[0].text
    return len(phrase) == 1 and (len(text) == 1 or text.isdigit())


def _first_words(text: str) -> list[Word]:
    found: list[Word] = []
    count = 0
    for word in words(text):
        count += not word.is_stop
        if count > MOST_WORDS:
            break
        found.append(word)
    return found


def _identifiers(text: str) -> frozenset[str]:
    chunks = (text, *(found.group() for found in _IDENTIFIER.finditer(text)))
    return frozenset(filter(None, map(identifier, chunks[: MOST_WORDS + 1])))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
