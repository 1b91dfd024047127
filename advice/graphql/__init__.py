"""Advice through GraphQL; its vocabularies come first, whoever asks for what."""

from advice.graphql import vocabulary
from catalog.graphql import vocabulary as vocabulary_of_catalogue

__all__ = ["vocabulary", "vocabulary_of_catalogue"]
