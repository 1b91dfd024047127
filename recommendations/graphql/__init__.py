"""What the API says of suggestions; the vocabularies come first, whoever asks for what."""

from recommendations.graphql import vocabulary

__all__ = ["vocabulary"]
