"""The catalogue through GraphQL; its vocabularies come first, whoever asks for what."""

from catalog.graphql import vocabulary
from pets.graphql import vocabulary as vocabulary_of_pets

__all__ = ["vocabulary", "vocabulary_of_pets"]
