"""How the clinic kept its word, as a drawing: a bar a week, and words for those who do not see it.

Coordinates are in a box of 360 x 150, small enough that its words can be read on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from conversations.admin import labels
from conversations.figures import WeekFigures

LEFT, RIGHT, TOP, BOTTOM = 34, 352, 10, 118
_GAP = 0.25
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A week: its bar from the bottom up, and what is written below and beside it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class PromiseChart:
    bars: list[Bar]
    ticks: list[tuple[float, str]]
    words: str
    rows: list[tuple[str, str, str, str]]


def chart_of(weeks: Sequence[WeekFigures]) -> PromiseChart | None:
    """The drawing of the weeks in order; None where nothing was promised in any of them."""
    if not any(week.settled for week in weeks):
        return None
    room = (RIGHT - LEFT) / len(weeks)
    return PromiseChart(
        bars=[_bar(week, LEFT + index * room, room) for index, week in enumerate(weeks)],
        ticks=[(_y(share), labels.percent(share)) for share in (0, 50, _WHOLE)],
        words=_words(weeks),
        rows=[_row(week) for week in reversed(weeks)],
    )


def _bar(week: WeekFigures, begins: float, room: float) -> Bar:
    share = week.kept_percent or 0
    return Bar(
        x=round(begins + room * _GAP / 2, 1),
        y=_y(share),
        width=round(room * (1 - _GAP), 1),
        height=round(BOTTOM - _y(share), 1),
        middle=round(begins + room / 2, 1),
        day=f"{week.monday:%d/%m}",
        words=" · ".join(_row(week)),
    )


def _y(share: int) -> float:
    return round(BOTTOM - share / _WHOLE * (BOTTOM - TOP), 1)


def _row(week: WeekFigures) -> tuple[str, str, str, str]:
    return (
        labels.day(week.monday),
        labels.settled(week.settled),
        labels.percent(week.kept_percent),
        labels.duration(week.median_minutes),
    )


def _words(weeks: Sequence[WeekFigures]) -> str:
    settled, kept = sum(week.settled for week in weeks), sum(week.kept for week in weeks)
    words = gettext("Answered in time in the last %(weeks)d weeks: %(kept)d of %(settled)d.")
    return words % {"weeks": len(weeks), "kept": kept, "settled": settled}
