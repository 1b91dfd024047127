"""Carts and orders through GraphQL; their vocabularies come first, whoever asks for what."""

from orders.graphql import vocabulary

__all__ = ["vocabulary"]
