"""Short texts that people type: cleaned, or refused with the reason."""

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Invalid

#: Letters, marks, digits, punctuation, spaces and plain symbols; no controls, no pictures.
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"})
_SIGNS = frozenset("°№©®")
_NAME = re.compile(r"[\w .'’\-()/&,]+")


def plain_line(text: str, *, most: int, path: Sequence[str], least: int = 0) -> str:
    """A line of plain text: spaces collapsed, composed (NFC), free of what cannot be printed.

    Raises:
        Invalid: too short or too long, or with controls, direction marks or emoji.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not least <= len(line) <= most:
        expected = _("%(least)d to %(most)d characters") % {"least": least, "most": most}
        raise Invalid(path=path, value=_brief(line), expected=str(expected))
    if any(unicodedata.category(each) in _FORBIDDEN and each not in _SIGNS for each in line):
        raise Invalid(path=path, value=_brief(line), expected=str(_("plain text, without emoji")))
    return line


def name_line(text: str, *, most: int, path: Sequence[str]) -> str:
    """A name: a plain line of letters, digits and the signs that names have.

    Raises:
        Invalid: empty, too long, or with other signs.
    """
    line = plain_line(text, most=most, path=path, least=1)
    if not _NAME.fullmatch(unicodedata.normalize("NFC", line)):
        raise Invalid(path=path, value=_brief(line), expected=str(_("a name")))
    return line


def _brief(text: str) -> str:
    shown = "".join(each if each.isprintable() else "�" for each in text[:40])
    return shown + ("…" if len(text) > len(shown) else "")
