"""The catalogue through GraphQL; its vocabularies come first, whoever asks for what."""

from catalog.graphql import vocabulary

__all__ = ["vocabulary"]
