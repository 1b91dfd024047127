"""The opening's sheet: all that a clinic says of itself, read from a file and its legal texts."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clinic.vocabulary import LegalKind
from kernel.animals import Language
from shop.opening import values
from shop.opening.values import Reader, Unfit

_TEXT_NAME: Final = re.compile(r"([a-z_]+)\.([a-z]{2})\.(?:md|txt)")
_SECTIONS: Final = ("clinic", "places", "legal_texts", "manager")


class SheetRefused(Exception):
    """What is wrong with a sheet, one line each: where, what was read, what is expected."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """`facts` are columns of the place, and perhaps its `hours`."""

    facts: Mapping[str, Any]
    zones: Sequence[Mapping[str, Any]] = ()
    slots: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class LegalSheet:
    kind: LegalKind
    language: Language
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is absent is left as the shop has it."""

    clinic: Mapping[str, Any]
    places: Sequence[PlaceSheet]
    legal_texts: Sequence[LegalSheet]
    manager: str


def read_file(path: Path) -> Sheet:
    """The sheet in a TOML or JSON file; the folder of its legal texts is named from there.

    Raises:
        SheetRefused.
    """
    try:
        content = path.read_text(encoding="utf-8")
        given = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
    except (OSError, ValueError) as error:
        raise SheetRefused([f"{path}: {error}"]) from None
    return read(given, folder=path.parent)


def read(given: Mapping[str, Any], *, folder: Path) -> Sheet:
    """Raises: SheetRefused, with everything that is wrong at once."""
    problems: list[str] = [
        f"{name}: unknown; known are {', '.join(_SECTIONS)}"
        for name in given
        if name not in _SECTIONS
    ]
    sheet = Sheet(
        clinic=_values(given.get("clinic", {}), values.CLINIC, "clinic", problems),
        places=[
            _place(each, f"places {number}", problems)
            for number, each in enumerate(given.get("places", []), start=1)
        ],
        legal_texts=_legal_texts(given.get("legal_texts", ""), folder, problems),
        manager=_values(
            {"manager": given.get("manager", "")}, {"manager": values.email}, "", problems
        ).get("manager", ""),
    )
    if problems:
        raise SheetRefused(problems)
    return sheet


def _place(given: Mapping[str, Any], where: str, problems: list[str]) -> PlaceSheet:
    own = {name: value for name, value in given.items() if name not in ("zones", "slots")}
    if "name" not in own:
        problems.append(f"{where}.name: missing; a place is known by it")

    def parts(kind: str, table: Mapping[str, Reader], needed: Iterable[str]) -> list[Any]:
        found = []
        for number, part in enumerate(given.get(kind, []), start=1):
            here = f"{where}.{kind} {number}"
            problems.extend(f"{here}.{name}: missing" for name in needed if name not in part)
            found.append(_values(part, table, here, problems))
        return found

    return PlaceSheet(
        facts=_values(own, values.PLACE, where, problems),
        zones=parts("zones", values.ZONE, ("name", "rates")),
        slots=parts("slots", values.SLOT, values.SLOT),
    )


def _values(
    given: Mapping[str, Any], table: Mapping[str, Reader], where: str, problems: list[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        here = f"{where}.{name}".removeprefix(".")
        if name not in table:
            problems.append(f"{here}: unknown; known are {', '.join(table)}")
            continue
        try:
            found[name] = table[name](value)
        except Unfit as error:
            problems.append(f"{here}: read {value!r}, expected {error}")
    return found


def _legal_texts(named: str, folder: Path, problems: list[str]) -> list[LegalSheet]:
    """`terms_of_sale.fr.md` and its like; the first line is the title, perhaps behind a `#`."""
    if not named:
        return []
    texts = folder / named
    if not texts.is_dir():
        problems.append(f"legal_texts: {texts} is no folder")
        return []
    found = []
    for path in sorted(texts.iterdir()):
        name = _TEXT_NAME.fullmatch(path.name)
        kind, language = (name[1].upper(), name[2]) if name else ("", "")
        if kind not in LegalKind or language not in Language:
            kinds = ", ".join(each.lower() for each in LegalKind)
            problems.append(
                f"legal_texts: {path.name} is called neither .fr.md nor .en.md after one of {kinds}"
            )
            continue
        title, _line, body = path.read_text(encoding="utf-8").strip().partition("\n")
        if not body.strip():
            problems.append(f"legal_texts: {path.name} has no text under its title")
        found.append(
            LegalSheet(LegalKind(kind), Language(language), title.lstrip("# "), body.strip())
        )
    return found
