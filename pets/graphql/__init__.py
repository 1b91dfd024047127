"""Pets in GraphQL; their vocabularies come first, whoever asks for what."""

from pets.graphql import vocabulary

__all__ = ["vocabulary"]
