"""Rows out of CSV and XLSX files, whatever their delimiter, encoding and decimal mark.

A file that cannot be read at all raises `FileRefused`; a row that cannot be used is a `Problem`
that names file, line, column, value and what is expected.
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TextIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from catalog.vocabulary import Unit

MOST_BYTES = 200 * 1024 * 1024
LONGEST_CELL = 100_000
MOST_ROWS = 500_000
_SHOWN = 80
_DELIMITERS = ";,\t|"
_ENCODINGS = ("utf-8-sig", "cp1252")
_FORMULA = re.compile(r"^\s*(?:[=@]|[+-]\s*[A-Za-z(])")
_QUANTITY = re.compile(r"(?:(\d+)\s*[x×]\s*)?(\d+(?:[.,]\d+)?)\s*(kg|g|ml|cl|l)\b", re.IGNORECASE)
_GRAMS = {"kg": (1000, Unit.GRAM), "g": (1, Unit.GRAM)}
_LITRES = {
    "l": (1000, Unit.MILLILITRE),
    "cl": (10, Unit.MILLILITRE),
    "ml": (1, Unit.MILLILITRE),
}


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


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its cells by column, stripped."""

    file: str
    line: int
    cells: Mapping[str, str]

    def refused(self, column: str, expected: str) -> RowRefused:
        value = self.cells.get(column, "")
        return RowRefused(Problem(self.file, self.line, column, value[:_SHOWN], expected))

    def text(self, column: str, *, longest: int = LONGEST_CELL) -> str:
        """A cell as it is; empty when the file has no such column."""
        value = self.cells.get(column, "")
        if len(value) > longest:
            raise self.refused(column, f"at most {longest} characters")
        if "\x00" in value:
            raise self.refused(column, "text without NUL characters")
        if _FORMULA.match(value):
            raise self.refused(column, "a value, not a formula")
        return value

    def needed(self, column: str, *, longest: int = LONGEST_CELL) -> str:
        value = self.text(column, longest=longest)
        if not value:
            raise self.refused(column, "a value")
        return value

    def decimal(self, column: str, *, least: Decimal = Decimal(0)) -> Decimal | None:
        """A number written `1234.5`, `1 234,5` or `1.234,5`; None when the cell is empty."""
        value = self.cells.get(column, "")
        if not value:
            return None
        plain = re.sub(r"[\s\u202f€%]", "", value)
        if "," in plain:
            plain = plain.replace(".", "").replace(",", ".")
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain):
            raise self.refused(column, "a number")
        number = Decimal(plain)
        if number < least:
            raise self.refused(column, f"a number of at least {least}")
        return number

    def number(self, column: str, *, least: int = 0) -> int | None:
        found = self.decimal(column, least=Decimal(least))
        if found is None:
            return None
        if found != found.to_integral_value():
            raise self.refused(column, "a whole number")
        return int(found)

    def cents(self, column: str) -> int | None:
        """A price in euros as cents, above zero."""
        found = self.decimal(column, least=Decimal("0.01"))
        if found is None:
            return None
        if found * 100 != (found * 100).to_integral_value():
            raise self.refused(column, "an amount with at most two decimals")
        return int(found * 100)

    def words(self, column: str) -> list[str]:
        """A set written with bars: `dog|cat`."""
        return [word.strip() for word in self.text(column).split("|") if word.strip()]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a pack holds: so many units of so many g or ml each."""

    units: int
    net: int
    unit: Unit


def read_quantity(text: str) -> Quantity | None:
    """`6 x 780 g` is six units of 780 g, `2,5 kg` one of 2,500 g; None if unreadable."""
    found = _QUANTITY.search(text.replace("\u202f", " ").replace("\xa0", " "))
    if found is None:
        return None
    units = int(found[1] or 1)
    factor, unit = (_GRAMS | _LITRES)[found[3].lower()]
    net = Decimal(found[2].replace(",", ".")) * factor
    if units < 1 or net <= 0 or net != net.to_integral_value():
        return None
    return Quantity(units=units, net=int(net), unit=unit)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV or XLSX file, one at a time; empty lines are passed over.

    Raises:
        FileRefused: empty, too large, no header, two columns of one name, or not such a file.
    """
    if path.stat().st_size > MOST_BYTES:
        raise _refused(path, "", f"a file of at most {MOST_BYTES // 1024 // 1024} MB")
    if path.stat().st_size == 0:
        raise _refused(path, "", "a file that is not empty")
    lines = _xlsx_lines(path) if path.suffix.lower() == ".xlsx" else _csv_lines(path)
    yield from _named(path, lines)


def _refused(path: Path, value: str, expected: str, *, line: int = 1) -> FileRefused:
    return FileRefused(Problem(path.name, line, "", value[:_SHOWN], expected))


def _named(path: Path, lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    ordered = iter(lines)
    _line, header = next(ordered, (1, []))
    names = [name.strip().lower() for name in header]
    if not any(names):
        raise _refused(path, "", "a first line with the names of the columns")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise _refused(path, doubled[0], "each column once")
    for count, (line, cells) in enumerate(ordered):
        if count >= MOST_ROWS:
            raise _refused(path, str(count), f"at most {MOST_ROWS} rows", line=line)
        values = [cell.strip() for cell in cells]
        if any(values):
            padded = chain(values, [""] * (len(names) - len(values)))
            yield Row(path.name, line, dict(zip(names, padded, strict=False)))


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(20 * 1024 * 1024)
    with path.open(encoding=encoding_of(path), newline="") as file:
        delimiter = _delimiter(path, file)
        reader = csv.reader(file, delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise _refused(path, str(error), "well-formed CSV", line=line) from None


def _delimiter(path: Path, file: TextIO) -> str:
    """The mark that the header uses most; the file is read from its start again."""
    header = file.readline(LONGEST_CELL)
    file.seek(0)
    best = max(_DELIMITERS, key=header.count)
    if not header.count(best):
        raise _refused(path, header.strip(), "columns separated by ; or ,")
    return best


def encoding_of(path: Path) -> str:
    """UTF-8 where the whole file is, Windows-1252 otherwise.

    Raises:
        FileRefused: neither, or bytes that no text holds.
    """
    with path.open("rb") as file:
        if b"\x00" in file.read(4096):
            raise _refused(path, "NUL bytes", "a text file")
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise _refused(path, "bytes of neither", "UTF-8 or Windows-1252")


def _xlsx_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > 5 * MOST_BYTES:
                raise _refused(path, "", "a workbook that is not blown up")
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise _refused(path, "", "an XLSX workbook") from None
    try:
        for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield line, ["" if cell is None else str(cell) for cell in cells]
    finally:
        book.close()
