"""Which parts of a text answer a query."""

from dataclasses import dataclass
from functools import lru_cache

from kernel.text_index.analysis import terms
from kernel.text_index.planning import plan
from kernel.text_index.vocabulary import Synonyms, Vocabulary

_NO_VOCABULARY = Vocabulary()


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    is_match: bool


def highlight(
    text: str, query: str, *, synonyms: Synonyms, vocabulary: Vocabulary | None = None
) -> list[Segment]:
    """The text in segments, which joined are the text; a match is a word that the query names.

    Synonyms match too. What the query excludes does not.
    """
    named = _named(query, synonyms, vocabulary or _NO_VOCABULARY)
    segments: list[Segment] = []
    end = 0
    for first, last in _spans(text, named):
        if first > end:
            segments.append(Segment(text[end:first], is_match=False))
        segments.append(Segment(text[first:last], is_match=True))
        end = last
    if end < len(text):
        segments.append(Segment(text[end:], is_match=False))
    return segments


@lru_cache(maxsize=8)
def _named(query: str, synonyms: Synonyms, vocabulary: Vocabulary) -> frozenset[str]:
    """The terms that a query names; a page of answers asks the same again for each of them."""
    reading = plan(query, synonyms=synonyms, vocabulary=vocabulary)
    return frozenset(
        term
        for concept in reading.concepts
        if concept.words
        for alternative in concept.alternatives
        for term in alternative.terms
    )


def _spans(text: str, named: frozenset[str]) -> list[tuple[int, int]]:
    """Where named terms are, in order; overlapping ones made one."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted(
        {(term.start, term.end) for term in terms(text) if term.value in named}
    ):
        if spans and first < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans
