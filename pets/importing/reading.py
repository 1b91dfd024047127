"""Rows out of CSV files, and the values in them: right, empty, or refused by name."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from kernel.text_index.analysis import fold

MOST_BYTES = 50 * 1024 * 1024
_DELIMITERS = ";,\t"
_SHOWN = 80
_NAMED = 16
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken; `line` counts from 1, the header included."""

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" {self.column}" if self.column else "")
        return f"{where}: read {self.value!r}, expected {self.expected}"


class RowRefused(Exception):
    """A row cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class FileRefused(RowRefused):
    """Nothing of a file can be used."""


def shown(value: str) -> str:
    """The beginning of a value, fit to be kept and printed."""
    return "".join(each if each.isprintable() else "\ufffd" for each in value[:_SHOWN])


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its cells by column, stripped; an empty cell says nothing."""

    file: str
    line: int
    cells: Mapping[str, str]

    def refused(self, column: str, expected: str) -> RowRefused:
        value = shown(self.cells.get(column, ""))
        return RowRefused(Problem(self.file, self.line, column, value, expected))

    def text(self, column: str, *, longest: int = 200) -> str:
        """Raises: RowRefused, when longer, or with characters that no database keeps."""
        value = self.cells.get(column, "")
        if len(value) > longest:
            raise self.refused(column, f"at most {longest} characters")
        if _UNSTORABLE.search(value):
            raise self.refused(column, "text without NUL characters")
        return value

    def needed(self, column: str, *, longest: int = 200) -> str:
        value = self.text(column, longest=longest)
        if not value:
            raise self.refused(column, "a value")
        return value

    def day(self, column: str) -> date | None:
        """A day written `31/12/2025` or `2025-12-31`."""
        value = self.cells.get(column, "")
        if not value:
            return None
        try:
            if found := _FRENCH_DAY.fullmatch(value):
                return date(int(found[3]), int(found[2]), int(found[1]))
            if found := _ISO_DAY.fullmatch(value):
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise self.refused(column, "a day, as 31/12/2025 or 2025-12-31")

    def grams(self, column: str) -> int | None:
        """A weight in kg, with a decimal comma or point, as whole grams."""
        value = self.cells.get(column, "")
        if not value:
            return None
        if not _NUMBER.fullmatch(value):
            raise self.refused(column, "a weight in kg, as 4,2")
        kilos = Decimal(value.replace(",", "."))
        return int((kilos * 1000).quantize(Decimal(1), ROUND_HALF_UP))

    def word[W](self, column: str, words: Mapping[str, W]) -> W | None:
        """What a word of a table means, whatever its capitals and accents."""
        value = self.cells.get(column, "")
        if not value:
            return None
        return self._known(column, value, words)

    def words[W](self, column: str, words: Mapping[str, W]) -> list[W]:
        """What the words of a cell mean: they stand between bars, as `RENAL|arthrose`."""
        parts = [part.strip() for part in self.text(column, longest=1000).split(_SEPARATOR)]
        found = [self._known(column, part, words) for part in parts if part]
        return list(dict.fromkeys(found))

    def _known[W](self, column: str, value: str, words: Mapping[str, W]) -> W:
        meant = words.get(fold(value)) if len(value) <= _SHOWN else None
        if meant is None:
            raise self.refused(column, "one of " + ", ".join(list(words)[:_NAMED]))
        return meant


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row | Problem]:
    """The rows of a CSV file that has all the `columns`; one of the wrong length is a problem.

    Raises:
        FileRefused: missing, too large, no text, or not CSV with these columns.
    """
    text = _text(path)
    header, _newline, _rest = text.partition("\n")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not names:
                names = _names(path, values, columns)
            elif len(values) != len(names) and any(values):
                read = f"{len(values)} cells"
                yield Problem(path.name, line, "", read, f"{len(names)} cells, as in the header")
            elif any(values):
                yield Row(path.name, line, dict(zip(names, values, strict=True)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refused(path, str(error), "well-formed CSV", line=line) from None
    if not names:
        raise _refused(path, "", "a first line with the names of the columns")


def _names(path: Path, values: Sequence[str], columns: Sequence[str]) -> list[str]:
    names = [value.lower() for value in values]
    lacking = [column for column in columns if column not in names]
    if lacking:
        raise _refused(path, ", ".join(names), "columns " + ", ".join(lacking))
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise _refused(path, doubled[0], "each column once")
    return names


def _text(path: Path) -> str:
    """The file as text: UTF-8 where all of it is, Windows-1252 otherwise. Raises: FileRefused."""
    if not path.is_file():
        raise _refused(path, "no such file", "a CSV file")
    if path.stat().st_size > MOST_BYTES:
        raise _refused(path, "", f"a file of at most {MOST_BYTES // 1024 // 1024} MB")
    held = path.read_bytes()
    if b"\x00" in held:
        raise _refused(path, "NUL bytes", "a text file")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return unicodedata.normalize("NFC", held.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise _refused(path, "bytes of neither", "UTF-8 or Windows-1252")


def _refused(path: Path, value: str, expected: str, *, line: int = 1) -> FileRefused:
    return FileRefused(Problem(shown(path.name), line, "", shown(value), expected))
