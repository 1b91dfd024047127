"""A check: what it is called, how bad it is, how it is found, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """Nobody may buy while an error stands; a warning may wait for the morning."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Check:
    """`finds` gives what is wrong at a moment, in a sentence, or nothing."""

    code: str
    severity: Severity
    finds: Callable[[datetime], str]
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    severity: Severity
    what: str
    mend: str
