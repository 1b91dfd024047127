"""Keeps the process's shelf equal to the cards: looks at the revision, takes what has changed."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import batched
from threading import RLock
from types import TracebackType
from typing import Any, Self

from django.db import connection
from django.db.models import QuerySet

from catalog.cards import stamp
from catalog.models import Brand, Card, Category
from catalog.shelf import Row, Shelf
from clinic.revision import Revision
from kernel.animals import Language

type Names = dict[str, tuple[str, str]]
type Brief = Mapping[str, Any]

MOST_BRIEFS = 4000


class ShelfKeeper:
    """One a process, locked by `with keeper:`; the shelf, and the briefs lately read, parsed."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._shelf = Shelf(reductions=True)
        self._seen: Revision | None = None
        self._seen_uncommitted = False
        self._briefs: dict[tuple[int, Language], Brief] = {}
        self.brands: Names = {}
        self.categories: Names = {}

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def shelf(self, *, as_of: Revision, reductions: bool, at: datetime) -> Shelf:
        """The shelf at a revision and a moment; call it inside `with keeper:`.

        What was seen inside a transaction may never have been committed: after it, and inside it,
        the whole shelf is read anew instead of what changed alone.
        """
        stamp = int(at.timestamp())
        seen = self._seen
        if seen != as_of or reductions != self._shelf.reductions:
            unsure = self._seen_uncommitted or connection.in_atomic_block
            same_rule = reductions == self._shelf.reductions
            if seen and seen.number < as_of.number and same_rule and not unsure:
                self._take_changes(after=seen.number, at=stamp)
            else:
                self._take_all(reductions=reductions, at=stamp)
            self._seen = as_of
            self._seen_uncommitted = connection.in_atomic_block
        self._shelf.advance(at=stamp)
        return self._shelf

    def _take_all(self, *, reductions: bool, at: int) -> None:
        self._shelf = Shelf(reductions=reductions)
        self._briefs.clear()
        self._put(Card.objects.all(), at=at)

    def _take_changes(self, *, after: int, at: int) -> None:
        self._put(Card.objects.filter(revision__gt=after), at=at)
        if Card.objects.count() != len(self._shelf):
            standing = set(Card.objects.values_list("pk", flat=True))
            self._shelf.remove(sorted(self._shelf.keys() - standing))

    def _put(self, cards: QuerySet[Card], *, at: int) -> None:
        rows = cards.order_by("pk").values_list("pk", "facts", "next_change_at")
        for batch in batched(rows.iterator(chunk_size=2000), 2000, strict=False):
            self._shelf.put(
                [Row(pk, json.loads(facts), stamp(change)) for pk, facts, change in batch],
                at=at,
            )
            for pk, _facts, _change in batch:
                for language in Language:
                    self._briefs.pop((pk, language), None)
        self.brands = {
            slug: (name, name) for slug, name in Brand.objects.values_list("slug", "name")
        }
        self.categories = {
            path: (french, english or french)
            for path, french, english in Category.objects.values_list("path", "name_fr", "name_en")
        }

    def briefs(
        self, keys: Sequence[int], language: Language, *, as_of: Revision
    ) -> dict[int, Brief]:
        """Briefs lately read that are those of a revision; none while another one is seen."""
        with self:
            if self._seen != as_of:
                return {}
            found = {key: self._briefs.get((key, language)) for key in keys}
        return {key: brief for key, brief in found.items() if brief is not None}

    def keep(self, briefs: Mapping[int, Brief], language: Language, *, as_of: Revision) -> None:
        """Remember briefs read at a revision, if that is still the one seen."""
        with self:
            if self._seen != as_of:
                return
            for key, brief in briefs.items():
                self._briefs[key, language] = brief
            while len(self._briefs) > MOST_BRIEFS:
                del self._briefs[next(iter(self._briefs))]


keeper = ShelfKeeper()


def name_of(names: Names, slug: str, language: Language) -> str:
    french, english = names.get(slug, (slug, slug))
    return english if language is Language.EN else french
