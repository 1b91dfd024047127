"""What comes of an import: counts, refused rows, values that differ, files that may be doubles."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pets.importing.reading import Problem, Row, RowRefused, shown

#: More than this of one kind is counted, and not listed.
MOST_LISTED = 5_000


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of the shop that stands although the file has another."""

    file: str
    line: int
    column: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.column}: here {self.here!r}, there {self.there!r}"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file of the shop that may tell of the same client or animal as a row: not merged."""

    file: str
    line: int
    reference: str
    known: str
    shared: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.reference}: {self.known} has the same {self.shared}"


@dataclass(slots=True)
class Report:
    """Counts are of `clients new`, `animals changed` and so on; lists end at `MOST_LISTED`."""

    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        self.counts["refused"] += 1
        if len(self.problems) < MOST_LISTED:
            self.problems.append(problem)

    def differ(self, row: Row, column: str, *, here: object, there: object) -> None:
        self.counts["conflicts"] += 1
        if len(self.conflicts) < MOST_LISTED:
            told = Conflict(row.file, row.line, column, shown(str(here)), shown(str(there)))
            self.conflicts.append(told)

    def may_double(self, row: Row, *, known: str, shared: str) -> None:
        self.counts["duplicates"] += 1
        if len(self.duplicates) < MOST_LISTED:
            reference = shown(row.cells["reference"])
            self.duplicates.append(Duplicate(row.file, row.line, reference, known, shared))

    @property
    def changed_nothing(self) -> bool:
        kinds = ("new", "changed")
        return not any(
            self.counts[f"{what} {kind}"] for what in ("clients", "animals") for kind in kinds
        )


class Settled(StrEnum):
    """What becomes of a value that the file tells."""

    AGREED = "AGREED"
    TAKEN = "TAKEN"
    STANDS = "STANDS"


def settle(here: object, there: object, imported: Mapping[str, object], column: str) -> Settled:
    """Compare the shop's value, the file's, and what the last import wrote, all as text or flags.

    A value that nobody touched since the last import follows the file, and so does one that was
    never known; any other stands.
    """
    if here == there:
        return Settled.AGREED
    untouched = here == imported[column] if column in imported else here in ("", None)
    return Settled.TAKEN if untouched else Settled.STANDS


__all__ = ["Conflict", "Duplicate", "Problem", "Report", "RowRefused", "Settled", "settle"]
