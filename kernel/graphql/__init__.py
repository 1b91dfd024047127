"""What every app's GraphQL shares; the vocabularies come first, whoever asks for what."""

from kernel.graphql import vocabulary

__all__ = ["vocabulary"]
