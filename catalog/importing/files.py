"""Rows out of CSV and XLSX files, whatever their delimiter, encoding and decimal mark."""

import csv
import re
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from catalog.importing.reading import LONGEST_CELL, FileRefused, Problem, Row, shown

MOST_BYTES = 200 * 1024 * 1024
MOST_ROWS = 500_000
_LONGEST_READ = 20 * 1024 * 1024
_PIECE = 1 << 20
_DELIMITERS = ";,\t|"
#: UTF-8 bytes of an accented letter: in French text of Windows-1252, `Ã` stands nowhere.
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
#: All that openpyxl was seen to raise on files that are not, or not quite, workbooks.
_NO_WORKBOOK = (
    ArithmeticError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

type Check = Callable[[Sequence[str]], None]


def rows(path: Path, *, check: Check = lambda _names: None) -> Iterator[Row]:
    """The rows of a CSV or XLSX file, one at a time; empty lines are passed over.

    `check` gets the names of the columns, in small letters, before the first row is read.

    Raises:
        FileRefused: empty, too large, no header, two columns of one name, or not such a file.
    """
    if not path.is_file():
        raise refused(path, "no such file", "a CSV or XLSX file")
    if path.stat().st_size > MOST_BYTES:
        raise refused(path, "", f"a file of at most {MOST_BYTES // 1024 // 1024} MB")
    if path.stat().st_size == 0:
        raise refused(path, "", "a file that is not empty")
    is_workbook = path.suffix.lower() == ".xlsx"
    lines = _xlsx_lines(path) if is_workbook else _csv_lines(path)
    yield from _named(path, lines, check, may_be_short=is_workbook)


def refused(path: Path, value: str, expected: str, *, line: int = 1) -> FileRefused:
    return FileRefused(Problem(path.name, line, "", shown(value), expected))


def needs(path: Path, columns: Iterable[str]) -> Check:
    """A check that a file has all of some columns."""

    def check(names: Sequence[str]) -> None:
        lacking = [column for column in columns if column not in names]
        if lacking:
            raise refused(path, ", ".join(names), "columns " + ", ".join(lacking))

    return check


def _named(
    path: Path, lines: Iterable[tuple[int, list[str]]], check: Check, *, may_be_short: bool
) -> Iterator[Row]:
    ordered = iter(lines)
    _line, header = next(ordered, (1, []))
    names = [name.strip().lower() for name in header]
    if not any(names):
        raise refused(path, "", "a first line with the names of the columns")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise refused(path, doubled[0], "each column once")
    check(names)
    for count, (line, cells) in enumerate(ordered):
        if count >= MOST_ROWS:
            raise refused(path, str(count), f"at most {MOST_ROWS} rows", line=line)
        values = [cell.strip() for cell in cells]
        if any(values):
            yield _row(path, line, names, values, may_be_short=may_be_short)


def _row(path: Path, line: int, names: list[str], values: list[str], *, may_be_short: bool) -> Row:
    surplus = any(values[len(names) :])
    lacks = len(values) < len(names) and not may_be_short
    misfit = f"{len(values)} cells under {len(names)} columns" if surplus or lacks else ""
    padded = chain(values, [""] * (len(names) - len(values)))
    return Row(path.name, line, dict(zip(names, padded, strict=False)), misfit=misfit)


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_READ)
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(path, file), strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise refused(path, str(error), "well-formed CSV", line=line) from None


def _delimiter(path: Path, file: TextIO) -> str:
    """The mark that the header uses most; the file is read from its start again."""
    header = file.readline(LONGEST_CELL)
    file.seek(0)
    best = max(_DELIMITERS, key=header.count)
    if not header.count(best):
        raise refused(path, header.strip(), "columns separated by ; or ,")
    return best


def encoding_of(path: Path) -> str:
    """UTF-8 where the whole file is, Windows-1252 otherwise.

    Raises:
        FileRefused: neither, a mixture of both (a UTF-8 file that was cut off), or no text.
    """
    with path.open("rb") as file:
        if b"\x00" in file.read(4096):
            raise refused(path, "NUL bytes", "a text file")
    if _decodes(path, "utf-8-sig"):
        return "utf-8-sig"
    if _has_utf8_letters(path):
        raise refused(path, "UTF-8 and other bytes", "one encoding: UTF-8 or Windows-1252")
    if not _decodes(path, "cp1252"):
        raise refused(path, "bytes of neither", "UTF-8 or Windows-1252")
    return "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as text:
            while text.read(_PIECE):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _has_utf8_letters(path: Path) -> bool:
    before = b""
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) == BOM_UTF8:
            return True
        file.seek(0)
        while piece := file.read(_PIECE):
            if _UTF8_LETTER.search(before + piece):
                return True
            before = piece[-1:]
    return False


def _xlsx_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open("rb") as file:
        sheet = _first_sheet(path, file)
        try:
            for line, cells in enumerate(sheet, start=1):
                yield line, [_cell(value) for value in cells]
        except _NO_WORKBOOK:
            raise refused(path, "", "an XLSX workbook that is whole") from None


def _first_sheet(path: Path, file: BinaryIO) -> Iterator[Sequence[object]]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
                raise refused(path, "", "a workbook that is not blown up")
        sheet = openpyxl.load_workbook(file, read_only=True, data_only=False).worksheets[0]
    except _NO_WORKBOOK:
        raise refused(path, "", "an XLSX workbook") from None
    # The size that a sheet claims may be a million columns; rows are as long as they are.
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def _cell(value: object) -> str:
    """A cell as a person sees it: numbers of at most 15 digits, as the workbook shows them."""
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
