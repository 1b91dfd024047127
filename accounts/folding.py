"""Names without case, accents and signs, so that people find what they write their own way."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Small letters and digits of any script, one space between words."""
    plain = without_accents(text).lower().translate(_LIGATURES)
    return " ".join(_WORD.findall(without_accents(plain)))


def without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
