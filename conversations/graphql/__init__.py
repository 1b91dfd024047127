"""Conversations in the API; importing the package names its vocabularies."""

from conversations.graphql import vocabulary

__all__ = ["vocabulary"]
