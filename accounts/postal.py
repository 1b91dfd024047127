"""The official list of French postal codes, and what it makes of an address."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accounts.folding import fold, without_accents
from accounts.vocabulary import AddressDoubt

LIST = Path(__file__).parent / "data" / "communes.csv"

_CEDEX = re.compile(r"[\s-]*\bcedex\b.*$", re.IGNORECASE)
_LATE_ARTICLE = re.compile(r"(.+?) ?\( ?(l[aes']{0,2}) ?\)$", re.IGNORECASE)
_ARRONDISSEMENT = re.compile(r"\b[0-9]{1,2}(?: ?(?:er|e|eme))?(?: arrondissement)?$")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "s": "sur"}
# What a postal code leaves of a line of 38 characters.
_LONGEST_LABEL = 32
_CITIES_IN_PARTS = frozenset({"paris", "lyon", "marseille"})


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of a postal code; `delivery_label` is what the post writes on the last line."""

    postal_code: str
    name: str
    delivery_label: str


@dataclass(frozen=True, slots=True)
class AddressWarning:
    """A doubt about an address, which is kept all the same: new streets and towns exist."""

    reason: AddressDoubt
    field: str
    suggestions: tuple[Commune, ...] = ()


def communes_of(postal_code: str) -> tuple[Commune, ...]:
    """The communes of a postal code by name; none for a code that the list does not know."""
    return tuple(_unpacked(postal_code, _packed().get(postal_code, "")))


def check(postal_code: str, city: str, country: str) -> list[AddressWarning]:
    """Doubts about a French postal code and its commune; other countries are not looked up."""
    if country != "FR":
        return []
    known = communes_of(postal_code)
    if not known:
        near = _namesakes(postal_code, city)
        return [AddressWarning(AddressDoubt.UNKNOWN_POSTAL_CODE, "postalCode", near)]
    if any(_is_named(commune, city) for commune in known):
        return []
    return [AddressWarning(AddressDoubt.CITY_NOT_IN_POSTAL_CODE, "city", known)]


def spelled(postal_code: str, city: str, country: str) -> str:
    """A commune as the official list spells it, CEDEX stripped; as it was typed if not listed."""
    typed = without_cedex(city)
    if country != "FR":
        return typed
    known = communes_of(postal_code) or _namesakes(postal_code, typed)
    names = (commune.name for commune in known if folded(commune.name) == folded(typed))
    return next(names, typed)


def without_cedex(city: str) -> str:
    return _CEDEX.sub("", city).strip() or city


def folded(city: str) -> str:
    """A commune's name for comparing: no case, accents, signs, CEDEX, or arrondissement."""
    first = _LATE_ARTICLE.sub(r"\2 \1", without_cedex(city))
    words = fold(first).split()
    joined = " ".join(_SHORT.get(word, word) for word in words)
    whole = _ARRONDISSEMENT.sub("", joined).strip()
    return whole if whole in _CITIES_IN_PARTS else joined


def pack(rows: Iterable[Commune]) -> str:
    """The project's own file: a line a postal code, `35400,Saint-Malo`; several communes stand
    between bars, and a delivery label follows its name where it says something else.
    """
    by_code: dict[str, set[str]] = {}
    for row in rows:
        name = row.name
        if folded(name) in _CITIES_IN_PARTS:
            name = folded(name).capitalize()
        label = row.delivery_label.removesuffix(row.postal_code).strip()
        is_same = folded(name) == folded(label) and len(capitals(name)) <= _LONGEST_LABEL
        known = by_code.setdefault(row.postal_code, set())
        known.add(name if is_same else f"{name}={label}")
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(("postal_code", "communes"))
    lines.writerows((code, "|".join(sorted(names))) for code, names in sorted(by_code.items()))
    return written.getvalue()


@lru_cache(maxsize=1)
def _packed() -> dict[str, str]:
    """The file as it is, by postal code: a commune is made when it is asked for."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file)}


def _unpacked(postal_code: str, communes: str) -> Iterable[Commune]:
    for commune in communes.split("|") if communes else ():
        name, _equals, label = commune.partition("=")
        yield Commune(postal_code, name, label or capitals(name))


def capitals(text: str) -> str:
    """As the post writes: capitals without accents, hyphens and apostrophes.

    Source: AFNOR XP Z10-011.
    """
    plain = without_accents(text.upper().replace("Œ", "OE").replace("Æ", "AE"))
    return " ".join(re.sub(r"[^\w/.&+°]|_", " ", plain).split())


def _is_named(commune: Commune, city: str) -> bool:
    return folded(city) in (folded(commune.name), folded(commune.delivery_label))


@lru_cache(maxsize=1024)
def _namesakes(postal_code: str, city: str) -> tuple[Commune, ...]:
    """Communes of that name in the same department: what a CEDEX code stands near to."""
    department = postal_code[: 3 if postal_code.startswith("97") else 2]
    wanted = folded(city)
    return tuple(
        commune
        for code, communes in _packed().items()
        if code.startswith(department)
        for commune in _unpacked(code, communes)
        if folded(commune.name) == wanted
    )
