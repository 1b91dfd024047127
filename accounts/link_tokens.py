"""Tokens that open something to whoever holds them: shown once, kept as a hash."""

import hashlib
import secrets

_BYTES = 32


def draw() -> str:
    return secrets.token_urlsafe(_BYTES)


def hashed(token: str) -> str:
    """What is kept of a token; it has 256 bits of chance, so a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()
