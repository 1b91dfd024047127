"""What the shop knows of a text index, whichever engine holds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kernel.text_index.documents import Document


class IndexUnavailable(Exception):
    """There is no index, or it is damaged: search the database instead, and schedule a rebuild."""


@dataclass(frozen=True, slots=True)
class Hit:
    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, ties by key; `corrected` is what was searched instead, after a typo."""

    hits: list[Hit]
    corrected: str | None = None


class TextIndex(Protocol):
    """Every method raises IndexUnavailable if there is nothing to read, except `rebuild`."""

    @property
    def generation(self) -> str:
        """Changes with every change of the index."""
        ...

    def search(self, text: str, *, limit: int) -> Found:
        """What answers a query, whatever people typed; nothing for an empty one."""
        ...

    def suggest(self, prefix: str, *, limit: int) -> list[str]:
        """What people may be about to type, the most frequent first."""
        ...

    def replace(self, documents: Iterable[Document]) -> None:
        """Add documents, or put them in the place of those with the same key."""
        ...

    def remove(self, keys: Iterable[str]) -> None:
        """Forget documents; unknown keys are no error."""
        ...

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Index these documents only; readers see the old index until the new one is whole."""
        ...
