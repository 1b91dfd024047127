"""Keeps the process's shelf equal to the cards: looks at the revision, takes what has changed."""

import json
from datetime import datetime
from itertools import batched
from threading import RLock
from types import TracebackType
from typing import Self

from django.db import connection
from django.db.models import QuerySet

from catalog.models import Brand, Card, Category
from catalog.shelf import Row, Shelf
from clinic.revision import Revision
from kernel.animals import Language

type Names = dict[str, tuple[str, str]]


class ShelfKeeper:
    """One a process. `with keeper.at(...) as shelf:` gives the shelf, locked, as of a revision."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._shelf = Shelf(reductions=True)
        self._seen: Revision | None = None
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

        What a transaction has not committed yet is seen by that transaction alone: inside one, the
        whole shelf is read anew and forgotten afterwards.
        """
        stamp = int(at.timestamp())
        seen = self._seen
        if seen != as_of or reductions != self._shelf.reductions:
            grown = seen is not None and seen.number < as_of.number
            if grown and reductions == self._shelf.reductions and not connection.in_atomic_block:
                self._take_changes(after=seen.number if seen else 0, at=stamp)
            else:
                self._take_all(reductions=reductions, at=stamp)
            self._seen = as_of
        self._shelf.advance(at=stamp)
        return self._shelf

    def _take_all(self, *, reductions: bool, at: int) -> None:
        self._shelf = Shelf(reductions=reductions)
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
                [Row(pk, json.loads(facts), _stamp(change)) for pk, facts, change in batch],
                at=at,
            )
        self.brands = {
            slug: (name, name) for slug, name in Brand.objects.values_list("slug", "name")
        }
        self.categories = {
            path: (french, english or french)
            for path, french, english in Category.objects.values_list("path", "name_fr", "name_en")
        }


keeper = ShelfKeeper()


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def name_of(names: Names, slug: str, language: Language) -> str:
    french, english = names.get(slug, (slug, slug))
    return english if language is Language.EN else french
