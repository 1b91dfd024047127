"""A row of a file, and the values in it: each is right, empty, or refused by name.

A file that cannot be read at all raises `FileRefused`; a row that cannot be used is a `Problem`
that names file, line, column, value and what is expected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

LONGEST_CELL = 100_000
MOST_COUNTED = 1_000_000_000
DEAREST = Decimal(10_000)
_SHOWN = 80
#: Where a formula begins is looked at, and no further: a cell may be very long.
_FORMULA_BEGINS = 300
_FORMULA = re.compile(r"\s*(?:[=@]|[+-](?:\s*\(|[A-Za-z]|.*(?:\w\(|\|.*!)))")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"[\s\u202f\xa0]")
_NUMBER = re.compile(
    r"(?P<sign>-?)(?:"
    r"(?P<spaced>[0-9]{1,3}(?: [0-9]{3}){1,3})(?:[.,](?P<spaced_rest>[0-9]{1,15}))?"
    r"|(?P<dotted>[0-9]{1,3}(?:\.[0-9]{3}){1,3}),(?P<dotted_rest>[0-9]{1,15})"
    r"|(?P<plain>[0-9]{1,12})(?:[.,](?P<plain_rest>[0-9]{1,15}))?"
    r")"
)


def shown(value: str) -> str:
    """The beginning of a value, fit to be kept and printed."""
    return _UNSTORABLE.sub("\ufffd", value[:_SHOWN])


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
    """A row of a file: its cells by column, stripped.

    `titles` gives the file's own name of a column where it is not ours; `misfit` is what is wrong
    with the number of cells, if anything.
    """

    file: str
    line: int
    cells: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)
    misfit: str = ""

    def refused(self, column: str, expected: str) -> RowRefused:
        title = shown(self.titles.get(column, column))
        value = shown(self.cells.get(column, ""))
        return RowRefused(Problem(self.file, self.line, title, value, expected))

    def only(self, *columns: str) -> "Row":
        """The row with no more cells than a later refusal needs: many are kept at once."""
        kept = {column: self.cells[column] for column in columns if column in self.cells}
        return Row(self.file, self.line, kept, self.titles)

    def whole(self) -> Self:
        """Raises: RowRefused, when the row has more or fewer cells than the file has columns."""
        if self.misfit:
            raise RowRefused(
                Problem(self.file, self.line, "", self.misfit, "a cell for each column, no more")
            )
        return self

    def text(self, column: str, *, longest: int = LONGEST_CELL) -> str:
        """A cell as it is; empty when the file has no such column."""
        value = self.cells.get(column, "")
        if len(value) > longest:
            raise self.refused(column, f"at most {longest} characters")
        if _UNSTORABLE.search(value):
            raise self.refused(column, "text without NUL characters")
        if _FORMULA.match(value[:_FORMULA_BEGINS]):
            raise self.refused(column, "a value, not a formula")
        return value

    def needed(self, column: str, *, longest: int = LONGEST_CELL) -> str:
        value = self.text(column, longest=longest)
        if not value:
            raise self.refused(column, "a value")
        return value

    def decimal(
        self,
        column: str,
        *,
        least: Decimal = Decimal(0),
        most: Decimal = Decimal(MOST_COUNTED),
        places: int = 6,
    ) -> Decimal | None:
        """A number written `1234.5`, `1 234,5` or `1.234,5`, rounded half up to some places; None
        when the cell is empty.
        """
        number = self._exact(column)
        if number is None:
            return None
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if number < least:
            raise self.refused(column, f"a number of at least {least}")
        if number > most:
            raise self.refused(column, f"a number of at most {most}")
        return number

    def _exact(self, column: str) -> Decimal | None:
        value = _SPACES.sub(" ", self.cells.get(column, ""))
        if not value:
            return None
        found = _NUMBER.fullmatch(value[:_SHOWN].rstrip("€% ").rstrip())
        if found is None or len(value) > _SHOWN:
            raise self.refused(column, "a number")
        whole = found["spaced"] or found["dotted"] or found["plain"]
        rest = found["spaced_rest"] or found["dotted_rest"] or found["plain_rest"] or "0"
        return Decimal(f"{found['sign']}{re.sub('[ .]', '', whole)}.{rest}")

    def number(self, column: str, *, least: int = 0, most: int = MOST_COUNTED) -> int | None:
        found = self._exact(column)
        if found is not None and found != found.to_integral_value():
            raise self.refused(column, "a whole number")
        found = self.decimal(column, least=Decimal(least), most=Decimal(most), places=0)
        return None if found is None else int(found)

    def cents(self, column: str) -> int | None:
        """A price in euros as cents, above zero."""
        exact = self._exact(column)
        found = self.decimal(column, least=Decimal("0.01"), most=DEAREST)
        if exact is None or found is None:
            return None
        if exact * 100 != (exact * 100).to_integral_value():
            raise self.refused(column, "an amount with at most two decimals")
        return int(exact * 100)

    def rounded_cents(self, column: str) -> int | None:
        """A net price in euros, of as many decimals as it has, as whole cents."""
        found = self.decimal(column, most=DEAREST, places=2)
        return None if found is None else int(found * 100)

    def words(self, column: str) -> list[str]:
        """A set written with bars: `dog|cat`."""
        return [word.strip() for word in self.text(column).split("|") if word.strip()]
