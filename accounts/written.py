"""What people type into their file: tidied, or refused with what would do."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Invalid

LONGEST_NAME = 80
LONGEST_EMAIL = 254
_LONGEST_SHOWN = 40

# Signs that Unicode files beside emoji, and that stand in streets and companies.
_PLAIN_SIGNS = frozenset("°№©®™")
_JOINERS = frozenset("\u200c\u200d")
_NAME_MARKS = frozenset(" '’-‐‑.·") | _JOINERS
_BLANK_LINES = re.compile(r"\n{3,}")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def line(
    text: str, *, path: list[str], expected: str | Promise, most: int, required: bool = False
) -> str:
    """One line of text in composed Unicode, whitespace collapsed.

    Raises:
        Invalid: nothing where something is needed, more than `most` characters, a control
            character, a mark that turns the direction of writing, or an emoji.
    """
    tidy = " ".join(unicodedata.normalize("NFC", text).split()) if len(text) <= most * 4 else text
    if (required and not tidy) or len(tidy) > most or any(map(_is_refused, tidy)):
        raise refused(text, path=path, expected=expected)
    return tidy


def paragraphs(
    text: str, *, path: list[str], expected: str | Promise, most: int, required: bool = False
) -> str:
    """Plain text of several lines in composed Unicode, without what cannot be seen.

    Line ends are one sign, at most one line in a row is empty, and emoji stay. It is never markup:
    who shows it escapes it.

    Raises:
        Invalid: nothing where something is needed, or more than `most` characters.
    """
    if len(text) > most * 2:
        raise refused(text, path=path, expected=expected)
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    seen = "".join(sign for sign in whole if sign in "\n\t" or not _is_unseen(sign))
    lines = [" ".join(each.split()) for each in seen.split("\n")]
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    if (required and not tidy) or len(tidy) > most:
        raise refused(text, path=path, expected=expected)
    return tidy


def name(text: str, *, path: list[str]) -> str:
    """A person's name: letters of any script, spaces, apostrophes, hyphens and dots.

    Raises:
        Invalid.
    """
    expected = _("a name of 1 to 80 letters, spaces, apostrophes, hyphens and dots")
    tidy = line(text, path=path, expected=expected, most=LONGEST_NAME, required=True)
    if not all(_is_of_a_name(sign) for sign in tidy) or not any(map(str.isalpha, tidy)):
        raise refused(text, path=path, expected=expected)
    return tidy


def email(text: str, *, path: list[str]) -> str:
    """An address in small letters; blank stays blank.

    Raises:
        Invalid.
    """
    expected = _("an e-mail address such as ada@example.org")
    tidy = line(text, path=path, expected=expected, most=LONGEST_EMAIL).lower()
    try:
        if tidy:
            validate_email(tidy)
    except ValidationError:
        raise refused(text, path=path, expected=expected) from None
    return tidy


def refused(text: str, *, path: list[str], expected: str | Promise) -> Invalid:
    return Invalid(path=path, value=shortened(text) or _("An empty text"), expected=expected)


def shortened(text: str) -> str:
    """A text as a refusal may repeat it: short, and without what cannot be seen."""
    seen = "".join("\ufffd" if _is_refused(sign) else sign for sign in text[:500])
    tidy = " ".join(seen.split())
    return tidy if len(tidy) <= _LONGEST_SHOWN else tidy[:_LONGEST_SHOWN] + "…"


def _is_refused(sign: str) -> bool:
    if sign.isspace() or sign in _JOINERS:
        return False
    kind = unicodedata.category(sign)
    return kind in _REFUSED or (kind == "So" and sign not in _PLAIN_SIGNS)


def _is_unseen(sign: str) -> bool:
    return sign not in _JOINERS and unicodedata.category(sign) in _REFUSED


def _is_of_a_name(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return sign in _NAME_MARKS or kind[0] == "L" or kind in ("Mn", "Mc")
