"""Pets in GraphQL; their vocabularies come first, whoever asks for what."""
