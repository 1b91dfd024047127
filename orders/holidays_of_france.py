"""The public holidays of France, with the two more of Alsace and Moselle, and those of overseas."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

#: Beginnings of postal codes with holidays of their own -> what the `holidays` package calls them.
#: Source: Code du travail L.3134-13 (Alsace, Moselle) and L.3422-2 (overseas).
SUBDIVISIONS: MappingProxyType[str, str] = MappingProxyType(
    {
        "57": "57",
        "67": "6AE",
        "68": "6AE",
        "971": "971",
        "972": "972",
        "973": "973",
        "974": "974",
        "976": "976",
    }
)


def public_holidays(years: Iterable[int], *, postal_code: str = "") -> frozenset[date]:
    """The public holidays of some years where a postal code is; without one, those of all."""
    found = (name for start, name in SUBDIVISIONS.items() if postal_code.startswith(start))
    subdivision = next(found, None)
    return frozenset().union(*(_holidays_of(year, subdivision) for year in years))


@lru_cache(maxsize=64)
def _holidays_of(year: int, subdivision: str | None) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year))
