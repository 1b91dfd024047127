"""The one place that knows which engine an index has."""

from pathlib import Path

from django.conf import settings
from django.db import connection

from kernel.text_index.interface import TextIndex
from kernel.text_index.postgres_engine import PostgresIndex
from kernel.text_index.vocabulary import Synonyms, Vocabulary
from kernel.text_index.whoosh_engine import WhooshIndex


def open_index(name: str, *, synonyms: Synonyms, vocabulary: Vocabulary | None = None) -> TextIndex:
    """Open the index of that name: in the database if it is PostgreSQL, else in files.

    It is cheap to open; what is warm belongs to the process. `settings.TEXT_INDEX_ROOT` is where
    the files are.
    """
    known = vocabulary or Vocabulary()
    if connection.vendor == "postgresql":
        return PostgresIndex(name, synonyms=synonyms, vocabulary=known)
    root = Path(settings.TEXT_INDEX_ROOT) / name
    return WhooshIndex(root, synonyms=synonyms, vocabulary=known)
