"""Phone numbers: kept in one form (E.164), shown as people write them."""

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat

from accounts.written import shortened
from kernel.refusals import ErrorCode, Refusal

_LONGEST = 40
# A number of an overseas department is typed as a French one, and has a country code of its own.
_ALSO = {"FR": ("RE", "GP", "MQ", "GF", "YT")}

# Numbers kept for stories and demonstrations. Source: Arcep, decision 2018-0881, annex 1, 2.5.12.
_FICTION = re.compile(r"\+33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}")


class PhoneRefused(Refusal):
    """Nobody can be called there."""

    code = ErrorCode.INVALID
    words = _(
        "%(value)s is not a phone number: write it as 06 12 34 56 78, or with + and its country."
    )


def normalise(text: str, *, path: list[str], country: str = "FR") -> str:
    """The number in E.164 (`+33612345678`), read as somebody in `country` would; blank stays blank.

    Raises:
        PhoneRefused: there can be no such number.
    """
    if not text.strip():
        return ""
    number = _parsed(text, country)
    if number is None:
        raise PhoneRefused(path=path, value=shortened(text))
    return number


def shown(e164: str, *, country: str = "FR") -> str:
    """The number as it is written in `country`: its own in the national way, others with a +."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    is_own = number.country_code == phonenumbers.country_code_for_region(country)
    way = PhoneNumberFormat.NATIONAL if is_own else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, way)


def _parsed(text: str, country: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    for region in (country, *_ALSO.get(country, ())):
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            return None
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) or _FICTION.fullmatch(e164):
            return e164
    return None
