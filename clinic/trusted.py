"""Documents of the clinic's own front end, trusted once and then asked for by their hash."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from clinic.models import TrustedDocument

_PREFIX: Final = "sha256:"
_LENGTH: Final = 64
_MOST_HELD: Final = 1000


def hash_of(text: str) -> str:
    """SHA-256 of a document's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def trust(documents: Mapping[str, str], *, at: datetime) -> int:
    """Take documents by name; gives how many were not trusted yet."""
    rows = [
        TrustedDocument(sha256=hash_of(text), name=name, text=text, trusted_at=at)
        for name, text in sorted(documents.items())
    ]
    before = TrustedDocument.objects.count()
    TrustedDocument.objects.bulk_create(rows, ignore_conflicts=True)
    return TrustedDocument.objects.count() - before


def text_of(key: str) -> str | None:
    """The document of a hash, `sha256:` before it or not; None of one that nobody trusted.

    Found once by a process, then held: a hash never means another text.
    """
    sha256 = key.removeprefix(_PREFIX)
    if len(sha256) != _LENGTH or not set(sha256) <= set("0123456789abcdef"):
        return None
    try:
        return _held(sha256)
    except TrustedDocument.DoesNotExist:
        return None


@lru_cache(maxsize=_MOST_HELD)
def _held(sha256: str) -> str:
    return TrustedDocument.objects.values_list("text", flat=True).get(pk=sha256)


def is_trusted(text: str) -> bool:
    """Whether a document that came whole is one of them."""
    return text_of(hash_of(text)) is not None


def by_name() -> dict[str, str]:
    """Every trusted document, by the name and the beginning of the hash of each."""
    rows = TrustedDocument.objects.order_by("name", "trusted_at")
    return {f"{row.name} ({row.sha256[:8]})": row.text for row in rows}
