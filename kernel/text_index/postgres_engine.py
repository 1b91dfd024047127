"""The index in PostgreSQL tables: one for all machines of a shop.

PostgreSQL is given our terms, so its own French never comes near them. Tables are made and filled
by `rebuild`, not by a migration: whatever is in them can be rebuilt.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import batched
from typing import Any

from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from kernel.text_index.analysis import Word
from kernel.text_index.documents import (
    Document,
    IndexedDocument,
    completion_key,
    indexed,
    last_word,
)
from kernel.text_index.interface import Found, Hit, IndexUnavailable
from kernel.text_index.planning import (
    IDENTIFIER_SCORE,
    LEAST_SHARE,
    SCORE_DECIMALS,
    Plan,
    plan,
    unknown,
)
from kernel.text_index.postgres_sql import Statements, concept_rows, lexemes, passing
from kernel.text_index.spelling import SHORT, Spelling, corrected
from kernel.text_index.vocabulary import Synonyms, Vocabulary

_NAME = re.compile(r"[a-z][a-z_]{0,30}")
_NO_TABLE = "42P01"
_AT_ONCE = 500
_MOST_CANDIDATES = 40


class PostgresIndex:
    """A TextIndex in tables named after it, in the default database."""

    def __init__(self, name: str, *, synonyms: Synonyms, vocabulary: Vocabulary) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name tables: use small letters and underscores.")
        self._name = name
        self._sql = Statements(name)
        self._synonyms = synonyms
        self._vocabulary = vocabulary

    @property
    def generation(self) -> str:
        with self._reading() as cursor:
            cursor.execute(self._sql.generation)
            return str(self._row(cursor)[0])

    def search(self, text: str, *, limit: int) -> Found:
        reading = plan(text, synonyms=self._synonyms, vocabulary=self._vocabulary)
        with self._reading() as cursor:
            hits, words, has_trigrams = self._find(cursor, reading, limit)
            if not words:
                return Found(hits)
            like = self._candidates(cursor, words, has_trigrams=has_trigrams)
            better = corrected(text, words, lambda word: like.get(word, []))
            if better is None:
                return Found(hits)
            reading = plan(better, synonyms=self._synonyms, vocabulary=self._vocabulary)
            return Found(self._find(cursor, reading, limit)[0], corrected=better)

    def suggest(self, prefix: str, *, limit: int) -> list[str]:
        key = completion_key(prefix)
        before, last = last_word(prefix)
        if not key:
            return []
        with self._reading() as cursor:
            found = self._complete(cursor, key, limit)
            if found or not before:
                return found
            return [before + word for word in self._complete(cursor, last, limit)]

    def replace(self, documents: Iterable[Document]) -> None:
        unique = {document.key: document for document in documents}
        with self._writing() as cursor:
            self._forget(cursor, list(unique))
            self._add(cursor, self._sql.documents, unique.values())
            cursor.execute(self._sql.count_words, {"keys": list(unique), "sign": 1})
            cursor.execute(self._sql.mark_changed)

    def remove(self, keys: Iterable[str]) -> None:
        with self._writing() as cursor:
            self._forget(cursor, list(keys))
            cursor.execute(self._sql.mark_changed)

    def rebuild(self, documents: Iterable[Document]) -> None:
        unique = {document.key: document for document in documents}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._sql.lock, {"name": self._name})
            has_trigrams = _install_trigrams(cursor)
            cursor.execute(self._sql.create)
            self._add(cursor, self._sql.new_documents, unique.values())
            cursor.execute(self._sql.switch)
            if has_trigrams:
                cursor.execute(self._sql.index_trigrams)
            cursor.execute(self._sql.mark_built, {"has_trigrams": has_trigrams})

    def _find(
        self, cursor: CursorWrapper, reading: Plan, limit: int
    ) -> tuple[list[Hit], list[Word], bool]:
        """Hits, the words that are unknown, and whether trigrams can be asked for."""
        parameters = {
            **concept_rows(reading.concepts),
            "passes": passing(reading),
            "is_open": bool(reading.filters),
            "identifiers": list(reading.identifiers),
            "identified": IDENTIFIER_SCORE,
            "least": LEAST_SHARE,
            "decimals": SCORE_DECIMALS,
            "limit": max(limit, 0),
        }
        cursor.execute(self._sql.search, parameters)
        has_trigrams, known, is_identified, keys, scores = self._row(cursor)
        hits = [Hit(key, score) for key, score in zip(keys, scores, strict=True)]
        missing = (concept for n, concept in enumerate(reading.concepts) if n not in known)
        return hits, [] if is_identified else unknown(missing), has_trigrams

    def _candidates(
        self, cursor: CursorWrapper, words: list[Word], *, has_trigrams: bool
    ) -> dict[str, list[Spelling]]:
        """For each word, the spellings that may be meant."""
        texts = [word.text for word in words]
        sql = self._sql.similar if has_trigrams else self._sql.same_letter
        cursor.execute(sql, {"words": texts, "most": _MOST_CANDIDATES, "short": SHORT})
        known = (self._synonyms.spellings, self._vocabulary.spellings)
        like = {
            text: [one for spellings in known for one in spellings.like(text)] for text in texts
        }
        for word, text, documents in cursor.fetchall():
            like[word].append(Spelling(text, documents))
        return like

    def _complete(self, cursor: CursorWrapper, key: str, limit: int) -> list[str]:
        pattern = re.sub(r"([\\%_])", r"\\\1", key) + "%"
        cursor.execute(self._sql.complete, {"pattern": pattern, "limit": max(limit, 0)})
        return [text for (text,) in cursor.fetchall()]

    def _add(self, cursor: CursorWrapper, sql: str, documents: Iterable[Document]) -> None:
        for some in batched(documents, _AT_ONCE, strict=False):
            cursor.executemany(sql, [_row(indexed(document)) for document in some])

    def _forget(self, cursor: CursorWrapper, keys: list[str]) -> None:
        cursor.execute(self._sql.count_words, {"keys": keys, "sign": -1})
        cursor.execute(self._sql.forget, {"keys": keys})

    @contextmanager
    def _writing(self) -> Iterator[CursorWrapper]:
        """One writer at a time; readers see all of a change, or nothing of it."""
        with self._reading(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._sql.lock, {"name": self._name})
            yield cursor

    @contextmanager
    def _reading(self) -> Iterator[CursorWrapper]:
        # In a transaction, a savepoint: a table that is not there yet must not break it.
        inside = transaction.atomic() if connection.in_atomic_block else nullcontext()
        try:
            with inside, connection.cursor() as cursor:
                yield cursor
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", "") == _NO_TABLE:
                raise self._unavailable() from error
            raise

    def _row(self, cursor: CursorWrapper) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = cursor.fetchone()
        if row is None:
            raise self._unavailable()
        return row

    def _unavailable(self) -> IndexUnavailable:
        return IndexUnavailable(f"No text index {self._name!r} in the database: rebuild it.")


def _row(kept: IndexedDocument) -> dict[str, str | list[str]]:
    return {
        "key": kept.key,
        "terms": lexemes(kept.terms),
        "identifiers": sorted(kept.identifiers),
        "words": [f"{completion_key(word)}\t{word}" for word in sorted(kept.words)],
        "completions": [f"{completion_key(text)}\t{text}" for text in sorted(kept.completions)],
    }


def _install_trigrams(cursor: CursorWrapper) -> bool:
    """Whether pg_trgm is there; only some roles may install it."""
    try:
        with transaction.atomic():
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True
