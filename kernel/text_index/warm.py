"""One generation of a Whoosh index held ready in the process, and its postings as arrays."""

import pickle
import struct
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import takewhile
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from whoosh.index import IndexError as WhooshIndexError
from whoosh.index import open_dir
from whoosh.reading import IndexReader, TermNotFound

from kernel.text_index.documents import completion_key
from kernel.text_index.generations import Generations
from kernel.text_index.interface import IndexUnavailable
from kernel.text_index.spelling import Spelling, Spellings

type Numbers = NDArray[np.int32]

LEVELS = ("head", "title", "keywords", "body")

# What reading a folder that passed its checksums may still raise: another version of the library.
_UNREADABLE = (
    WhooshIndexError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    struct.error,
    pickle.UnpicklingError,
)
# Whoosh counts the words of removed documents until it merges segments.
_MOST_GONE = 20
_MOST_POSTINGS = 50_000
_NONE = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Completion:
    key: str
    text: str
    documents: int


class Warm:
    """A reader of one generation. Arrays of document numbers ascend, and are never changed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.generation = name
        self._lock = Lock()
        self._postings: dict[tuple[str, str], Numbers] = {}
        self._reader: IndexReader = open_dir(str(folder), readonly=True).reader()
        self.documents: int = self._reader.doc_count()
        self.size: int = self._reader.doc_count_all()
        self.keys: dict[int, str] = {
            number: fields["key"] for number, fields in self._reader.iter_docs()
        }
        self.rank = np.zeros(self.size, dtype=np.int32)
        self.rank[sorted(self.keys, key=self.keys.__getitem__)] = np.arange(len(self.keys))

    def numbers(self, field: str, term: str) -> Numbers:
        """The documents that have the term in a field."""
        found = self._postings.get((field, term))
        return self._read(field, term) if found is None else found

    def _read(self, field: str, term: str) -> Numbers:
        # Whoosh's postings share one file position, so threads take turns.
        with self._lock:
            try:
                ids = self._reader.postings(field, term).all_ids()
                found = np.fromiter(ids, dtype=np.int32)
            except TermNotFound:
                found = _NONE
            if len(self._postings) >= _MOST_POSTINGS:
                self._postings.clear()
            self._postings[field, term] = found
        return found

    @cached_property
    def spellings(self) -> Spellings:
        return Spellings(Spelling(text, count) for text, count in self._lexicon("word"))

    @cached_property
    def completions(self) -> list[Completion]:
        """In order of key."""
        counted = self._lexicon("completion")
        found = (Completion(completion_key(text), text, count) for text, count in counted)
        return sorted(found, key=lambda completion: completion.key)

    def complete(self, key: str, *, limit: int) -> list[str]:
        """Completions of a key, the most frequent first, then the shortest."""
        first = bisect_left(self.completions, key, key=lambda completion: completion.key)
        following = (self.completions[place] for place in range(first, len(self.completions)))
        found = takewhile(lambda completion: completion.key.startswith(key), following)
        best = best_completions(found, limit=limit + _MOST_GONE)
        return [text for text in best if self.numbers("completion", text).size][:limit]

    def like(self, word: str) -> list[Spelling]:
        """Spellings that a mistyped word may mean."""
        return [one for one in self.spellings.like(word) if self.numbers("word", one.text).size]

    def _lexicon(self, field: str) -> list[tuple[str, int]]:
        with self._lock:
            return [
                (text.decode(), self._reader.doc_frequency(field, text))
                for text in self._reader.lexicon(field)
            ]


def best_completions(found: Iterable[Completion], *, limit: int) -> list[str]:
    """The most frequent first, then the shortest; one spelling of each."""
    spelled: dict[str, Completion] = {}
    for one in found:
        kept = spelled.setdefault(one.key, one)
        if (-one.documents, one.text) < (-kept.documents, kept.text):
            spelled[one.key] = one
    ranked = nsmallest(limit, spelled.values(), key=lambda c: (-c.documents, len(c.key), c.key))
    return [completion.text for completion in ranked]


class WarmReaders:
    """The warm reader of each index in this process, renewed when its generation changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers: dict[Path, tuple[tuple[int, int], Warm]] = {}

    def reader(self, root: Path) -> Warm:
        """The current generation.

        Raises:
            IndexUnavailable: there is none, or it is damaged.
        """
        generations = Generations(root)
        stamp = generations.stamp()
        held = self._readers.get(root)
        if held is not None and held[0] == stamp:
            return held[1]
        with self._lock:
            held = self._readers.get(root)
            if held is not None and held[0] == stamp:
                return held[1]
            warm = _open(generations, stamp)
            self._readers[root] = (stamp, warm)
        return warm


def _open(generations: Generations, stamp: tuple[int, int]) -> Warm:
    folder = generations.current()
    try:
        generations.check(folder)
    except IndexUnavailable:
        # Two switches since the pointer was read delete what it named: the new one must be whole.
        folder = generations.current()
        generations.check(folder)
    try:
        return Warm(folder, f"{folder.name}-{stamp[1]:x}")
    except _UNREADABLE as error:
        raise IndexUnavailable(f"Whoosh cannot read {folder}: rebuild it.") from error
