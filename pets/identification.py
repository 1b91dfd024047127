"""Numbers that tell an animal from all others, checked by their kind."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Invalid
from pets.vocabulary import IdentificationKind

#: ISO 11784: the first three digits are a country (ISO 3166-1 numeric) or, from 900, a maker.
_FRENCH_CARNIVORE = "25026"
_TEST_CHIP = "999"
_FIRST_MAKER, _LAST_COUNTRY = 900, 894
_SHAPES: dict[IdentificationKind, tuple[re.Pattern[str], Promise]] = {
    IdentificationKind.MICROCHIP: (re.compile(r"\d{15}"), _("15 digits")),
    IdentificationKind.TATTOO: (re.compile(r"[0-9A-Z]{5,8}"), _("5 to 8 letters and digits")),
    IdentificationKind.PASSPORT: (
        re.compile(r"[A-Z]{2}[0-9A-Z]{6,16}"),
        _("two letters of the country, then its number"),
    ),
}


def checked(kind: IdentificationKind, value: str) -> str:
    """The number without its spaces and dashes, in capitals.

    Raises:
        Invalid: not the shape of its kind; a microchip read from the wrong end, or one for tests.

    Source: ISO 11784; French chips of carnivores begin with 250 26 (I-CAD).
    """
    number = re.sub(r"[\s.\-]", "", value).upper()
    pattern, expected = _SHAPES[kind]
    if not pattern.fullmatch(number) or not number.isascii():
        raise _refused(value, expected)
    if kind is IdentificationKind.MICROCHIP:
        _check_chip(number)
    return number


def _check_chip(number: str) -> None:
    backwards = number[::-1]
    if backwards.startswith(_FRENCH_CARNIVORE) and not number.startswith("250"):
        raise _refused(number, _("the digits in their order (%(chip)s?)") % {"chip": backwards})
    issuer = int(number[:3])
    if number.startswith(_TEST_CHIP) or issuer == 0 or _LAST_COUNTRY < issuer < _FIRST_MAKER:
        raise _refused(number, _("a chip whose first digits are a country's or a maker's"))


def _refused(value: str, expected: str | Promise) -> Invalid:
    return Invalid(path=["input", "identifications"], value=value[:40], expected=str(expected))
