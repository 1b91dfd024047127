"""People and accounts in GraphQL; their vocabularies come first, whoever asks for what."""

from accounts.graphql import vocabulary

__all__ = ["vocabulary"]
