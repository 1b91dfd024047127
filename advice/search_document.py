"""What the search knows of an article and of a video."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kernel.text_index import Document, Vocabulary, VocabularyOfTexts
from kernel.text_index.analysis import words

_MOST_LEADING = 10
_FEWEST_TIMES = 2
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class AdviceText:
    """The words by which advice is found; `labels` are its topics, animals and conditions."""

    key: str
    title: str
    standfirst: str = ""
    body: str = ""
    headings: Sequence[str] = ()
    labels: Sequence[str] = ()


def vocabulary() -> Vocabulary:
    """No word of a question bars an article: "sans laisse" is what a page may be about."""
    return VocabularyOfTexts()


def document(text: AdviceText) -> Document:
    """What the index holds: beside title and standfirst, the words that the text says most."""
    leading = leading_words(f"{text.standfirst}\n{text.body}")
    return Document(
        key=text.key,
        title=text.title,
        keywords=". ".join([text.standfirst, *text.headings, *text.labels, *leading]),
        body=text.body,
    )


def leading_words(text: str) -> list[str]:
    """The ten words that come most often, and at least twice; ties to the one that comes first.

    An index knows whether a word is there, not how often: this is how a text that speaks of worms
    throughout is told from one that mentions them.
    """
    counted: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for stem, spelling in _stems(text):
        counted[stem] += 1
        spelled.setdefault(stem, spelling)
    most = counted.most_common(_MOST_LEADING)
    return [spelled[stem] for stem, times in most if times >= _FEWEST_TIMES]


def _stems(text: str) -> Iterator[tuple[str, str]]:
    for word in words(text):
        is_plain = word.text.isalpha() and len(word.text) >= _SHORTEST_WORD
        if is_plain and not word.is_stop and word.terms:
            yield word.terms[0], text[word.start : word.end].lower()
