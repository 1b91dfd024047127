"""A full-text index with one French analyser, in files or in PostgreSQL."""

from kernel.text_index.documents import Document
from kernel.text_index.highlighting import Segment, highlight
from kernel.text_index.interface import Found, Hit, IndexUnavailable, TextIndex
from kernel.text_index.opening import open_index
from kernel.text_index.vocabulary import Synonyms, Vocabulary, VocabularyOfTexts

__all__ = [
    "Document",
    "Found",
    "Hit",
    "IndexUnavailable",
    "Segment",
    "Synonyms",
    "TextIndex",
    "Vocabulary",
    "VocabularyOfTexts",
    "highlight",
    "open_index",
]
