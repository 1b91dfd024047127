"""What words mean in a shop, given as data: synonyms, filters and exclusions."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from kernel.text_index.analysis import Word, words
from kernel.text_index.documents import spellings
from kernel.text_index.spelling import Spelling, Spellings

type Phrase = tuple[Word, ...]

_LONGEST_PHRASE = 4


class PhraseMap[Meaning]:
    """Meanings of words and of phrases, found however they are accented or inflected."""

    def __init__(self, meanings: Iterable[tuple[str, Meaning]]) -> None:
        self._meanings: dict[tuple[str, ...], list[Meaning]] = {}
        for text, meaning in meanings:
            for key in _keys(content(text)):
                self._meanings.setdefault(key, []).append(meaning)

    def at(self, phrase: Phrase) -> list[Meaning]:
        """All meanings of exactly this phrase."""
        for key in _keys(phrase):
            if key in self._meanings:
                return self._meanings[key]
        return []

    def longest(self, found: Phrase, *, least: int = 1) -> int:
        """How many of these words, from the first, are the longest known phrase; 0 for none."""
        for length in range(min(len(found), _LONGEST_PHRASE), least - 1, -1):
            if self.at(found[:length]):
                return length
        return 0


class Synonyms:
    """Groups of words and phrases that mean the same, as staff keep them."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        together = [tuple(dict.fromkeys(group)) for group in groups]
        analysed = [[tuple(words(text)) for text in group] for group in together]
        self._phrases = [[phrase for phrase in group if phrase] for group in analysed]
        self._groups = PhraseMap(
            (text, index) for index, group in enumerate(together) for text in group
        )
        self.spellings = _spelled(text for group in together for text in group)

    def of(self, phrase: Phrase) -> list[Phrase]:
        """Every phrase of every group that this one is in, itself included."""
        return [other for group in self._groups.at(phrase) for other in self._phrases[group]]

    def longest(self, found: Phrase, *, least: int = 1) -> int:
        """How many of these words, from the first, are the longest known phrase; 0 for none."""
        return self._groups.longest(found, least=least)


class Vocabulary:
    """What the words of one index stand for, in facets.

    `filters`: words that mean no more than a facet ("chien"). `implied`: words that say more, and
    imply one ("chiot"). Facets before the same colon are alternatives. `exclusions`: facets that
    may not be there when the word is negated; then `proven` must be, and `preferred` ranks higher.
    `carried`: the facet, numbered in whole kilograms, that a mass may mean beside a pack.
    """

    #: Whether a negated word keeps away what has it.
    excludes: ClassVar[bool] = True

    def __init__(
        self,
        *,
        filters: Mapping[str, frozenset[str]] | None = None,
        implied: Mapping[str, frozenset[str]] | None = None,
        exclusions: Mapping[str, frozenset[str]] | None = None,
        proven: str = "",
        preferred: str = "",
        carried: str = "",
    ) -> None:
        self.filters = PhraseMap((filters or {}).items())
        self.implied = PhraseMap((implied or {}).items())
        self.exclusions = PhraseMap((exclusions or {}).items())
        self.proven = proven
        self.preferred = preferred
        self.carried = carried
        known = (filters, implied, exclusions)
        self.spellings = _spelled(text for meanings in known for text in meanings or {})


class VocabularyOfTexts(Vocabulary):
    """Of texts that speak of a thing as often as of its absence: "sans laisse" bars none of them,
    and a negated word is looked for like another.
    """

    excludes = False


def content(text: str) -> Phrase:
    """The words of a phrase without those that mean nothing; a negation means something."""
    return tuple(word for word in words(text) if word.is_negator or not word.is_stop)


def _spelled(texts: Iterable[str]) -> Spellings:
    """Words that are right although no document may have them."""
    return Spellings(
        Spelling(word, 0) for word in sorted({word for text in texts for word in spellings(text)})
    )


def _keys(phrase: Phrase) -> Iterable[tuple[str, ...]]:
    if any(not word.terms for word in phrase) or not phrase:
        return ()
    ways = (tuple(word.terms[way] for word in phrase) for way in (0, -1))
    return dict.fromkeys(ways)
