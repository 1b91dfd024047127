"""What an index is given of a thing, and what it keeps of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from kernel.text_index.analysis import fold, terms, words

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_LONGEST_COMPLETION = 4
_SHORTEST_WORD = 3
_COMPOUND = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})+")
_SEPARATORS = re.compile(r"[^0-9A-Z]")


class Level(IntEnum):
    """Where a term stands: the first word of a title says most, the body least."""

    HEAD = 0
    TITLE = 1
    KEYWORDS = 2
    BODY = 3


@dataclass(frozen=True, slots=True)
class Document:
    """A thing to be found; `key` is its id, `facets` are machine words such as `species:dog`."""

    key: str
    title: str
    keywords: str = ""
    body: str = ""
    identifiers: tuple[str, ...] = ()
    facets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as an engine stores it.

    `terms` has a set for each `Level`, a term at its highest only. `words` is the spelling of each
    word, for corrections; `completions` are what a prefix may become.
    """

    key: str
    terms: tuple[frozenset[str], ...]
    identifiers: frozenset[str]
    words: frozenset[str]
    completions: frozenset[str]


def facet_term(facet: str) -> str:
    """The term that stands for a facet; no text can produce it."""
    return "@" + "".join(facet.split())


def identifier(text: str) -> str:
    """A SKU without its separators, or a GTIN of 8, 12, 13 or 14 digits as one of 14."""
    plain = _SEPARATORS.sub("", text.upper())
    if plain.isdigit() and len(plain) in _GTIN_LENGTHS:
        return plain.zfill(max(_GTIN_LENGTHS))
    return plain


def indexed(document: Document) -> IndexedDocument:
    """The terms of a document."""
    title, head = _title_terms(document.title)
    keywords = {term.value for term in terms(document.keywords)}
    keywords.update(facet_term(facet) for facet in document.facets)
    body = {term.value for term in terms(document.body) if not term.is_pair}
    seen: set[str] = set()
    levels: list[frozenset[str]] = []
    for level in (head, title, keywords, body):
        levels.append(frozenset(level - seen))
        seen |= level
    named = spellings(document.title) | spellings(document.keywords)
    return IndexedDocument(
        key=document.key,
        terms=tuple(levels),
        identifiers=frozenset(filter(None, map(identifier, document.identifiers))),
        words=frozenset(named | spellings(document.body)),
        completions=frozenset({*_beginnings(document.title), *_compounds(document.title), *named}),
    )


def spellings(text: str) -> set[str]:
    """The words of a text as they are written, in lower case; no numbers, no stop words."""
    return {
        text[word.start : word.end].lower()
        for word in words(text)
        if not word.is_stop and len(word.text) >= _SHORTEST_WORD and word.text.isalpha()
    }


def _title_terms(title: str) -> tuple[set[str], set[str]]:
    found = list(terms(title))
    end = _head_end(title)
    return {term.value for term in found}, {term.value for term in found if term.start < end}


def _head_end(title: str) -> int:
    end = 0
    for word in words(title):
        if end and not word.after_hyphen:
            break
        if not word.is_stop:
            end = word.end
    return end


def _beginnings(title: str) -> Iterator[str]:
    """The first content word of a title, its first two, three and four, with what is between."""
    start, count = None, 0
    for word in words(title):
        if start is not None and (word.after_break or not word.terms):
            return
        if word.is_stop:
            continue
        start = word.start if start is None else start
        count += 1
        yield " ".join(title[start : word.end].lower().split())
        if count == _LONGEST_COMPLETION:
            return


def _compounds(title: str) -> Iterator[str]:
    return (found.group().lower() for found in _COMPOUND.finditer(title))


def completion_key(text: str) -> str:
    """What completions are compared by: no case, no accents, one blank between words."""
    spaced = fold(text).replace("’", "'").replace("-", " ")
    return " ".join("".join(filter(str.isprintable, spaced)).split())


def last_word(prefix: str) -> tuple[str, str]:
    """What stands before the word being typed, and that word as completions are compared."""
    before, _, last = prefix.rstrip().rpartition(" ")
    key = completion_key(last)
    before = " ".join(before.split())
    return (f"{before} ", key) if before and key else ("", "")
