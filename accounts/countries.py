"""The countries that the shop delivers to, and how each writes its postal codes."""

import re
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Country:
    """`label_name` is the last line of a letter from France; `code` matches without spaces and
    hyphens, and `written` puts its groups in their usual form; `example` is for refusals.
    """

    label_name: str
    code: re.Pattern[str]
    written: str
    example: str


def _country(label_name: str, code: str, written: str, example: str) -> Country:
    return Country(label_name, re.compile(code), written, example)


#: The European Union and Monaco. Source: Universal Postal Union, addressing systems by country.
COUNTRIES: MappingProxyType[str, Country] = MappingProxyType(
    {
        "AT": _country("AUTRICHE", r"A?([0-9]{4})", r"\1", "1010"),
        "BE": _country("BELGIQUE", r"B?([0-9]{4})", r"\1", "1000"),
        "BG": _country("BULGARIE", r"([0-9]{4})", r"\1", "1000"),
        "CY": _country("CHYPRE", r"(?:CY)?([0-9]{4})", r"\1", "1010"),
        "CZ": _country("RÉPUBLIQUE TCHÈQUE", r"([0-9]{3})([0-9]{2})", r"\1 \2", "110 00"),
        "DE": _country("ALLEMAGNE", r"D?([0-9]{5})", r"\1", "10115"),
        "DK": _country("DANEMARK", r"(?:DK)?([0-9]{4})", r"\1", "1050"),
        "EE": _country("ESTONIE", r"([0-9]{5})", r"\1", "10111"),
        "ES": _country("ESPAGNE", r"([0-9]{5})", r"\1", "28001"),
        "FI": _country("FINLANDE", r"(?:FI)?([0-9]{5})", r"\1", "00100"),
        "FR": _country("FRANCE", r"F?([0-9]{5})", r"\1", "35000"),
        "GR": _country("GRÈCE", r"([0-9]{3})([0-9]{2})", r"\1 \2", "104 31"),
        "HR": _country("CROATIE", r"(?:HR)?([0-9]{5})", r"\1", "10000"),
        "HU": _country("HONGRIE", r"([0-9]{4})", r"\1", "1011"),
        "IE": _country("IRLANDE", r"([A-Z][0-9][0-9W])([0-9A-Z]{4})", r"\1 \2", "D02 AF30"),
        "IT": _country("ITALIE", r"([0-9]{5})", r"\1", "00184"),
        "LT": _country("LITUANIE", r"(?:LT)?([0-9]{5})", r"LT-\1", "LT-01100"),
        "LU": _country("LUXEMBOURG", r"L?([0-9]{4})", r"\1", "1009"),
        "LV": _country("LETTONIE", r"(?:LV)?([0-9]{4})", r"LV-\1", "LV-1010"),
        "MC": _country("MONACO", r"(980[0-9]{2})", r"\1", "98000"),
        "MT": _country("MALTE", r"([A-Z]{3})([0-9]{4})", r"\1 \2", "VLT 1117"),
        "NL": _country("PAYS-BAS", r"([1-9][0-9]{3})([A-Z]{2})", r"\1 \2", "1012 AB"),
        "PL": _country("POLOGNE", r"([0-9]{2})([0-9]{3})", r"\1-\2", "00-001"),
        "PT": _country("PORTUGAL", r"([0-9]{4})([0-9]{3})", r"\1-\2", "1100-148"),
        "RO": _country("ROUMANIE", r"([0-9]{6})", r"\1", "010011"),
        "SE": _country("SUÈDE", r"(?:SE)?([0-9]{3})([0-9]{2})", r"\1 \2", "111 20"),
        "SI": _country("SLOVÉNIE", r"(?:SI)?([0-9]{4})", r"\1", "1000"),
        "SK": _country("SLOVAQUIE", r"([0-9]{3})([0-9]{2})", r"\1 \2", "811 01"),
    }
)


def postal_code(text: str, country: Country) -> str | None:
    """A postal code in its country's usual form; None when it cannot be one."""
    compact = re.sub(r"[\s-]", "", text).upper()
    found = country.code.fullmatch(compact)
    return found.expand(country.written) if found else None
