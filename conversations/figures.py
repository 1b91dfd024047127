"""How the clinic keeps its word, week by week. Pure; values in, values out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conversations.promising import PARIS, Week, open_between

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """A promise: asked, due and answered when; `answered_at` is None for what still waits."""

    asked_at: datetime
    promised_by: datetime
    answered_at: datetime | None
    week: Week

    def is_settled(self, at: datetime) -> bool:
        """Whether it is known if the promise was kept."""
        return self.answered_at is not None or self.promised_by < at

    @property
    def is_kept(self) -> bool:
        return self.answered_at is not None and self.answered_at <= self.promised_by

    @property
    def open_minutes(self) -> int | None:
        """Minutes of opening time until the answer, rounded down."""
        if self.answered_at is None:
            return None
        return open_between(self.asked_at, self.answered_at, week=self.week) // _MINUTE


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """Of the promises that were asked for in a week and are settled.

    `median_minutes` is of opening time and of those answered, the lower of two middle ones; None
    where none was. `kept_percent` is rounded down, so that 100 means all.
    """

    monday: date
    settled: int
    kept: int
    median_minutes: int | None

    @property
    def kept_percent(self) -> int | None:
        return 100 * self.kept // self.settled if self.settled else None


def by_week(promises: Iterable[Answered], *, at: datetime, weeks: int) -> list[WeekFigures]:
    """The last weeks, the present one last; a week without questions is there and empty."""
    found: dict[date, list[Answered]] = defaultdict(list)
    for each in promises:
        if each.is_settled(at):
            found[monday_of(each.asked_at)].append(each)
    last = monday_of(at)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(weeks))]
    return [_figures(monday, found[monday]) for monday in mondays]


def monday_of(at: datetime) -> date:
    day = at.astimezone(PARIS).date()
    return day - timedelta(days=day.weekday())


def _figures(monday: date, settled: Sequence[Answered]) -> WeekFigures:
    minutes = sorted(each for one in settled if (each := one.open_minutes) is not None)
    return WeekFigures(
        monday=monday,
        settled=len(settled),
        kept=sum(each.is_kept for each in settled),
        median_minutes=minutes[(len(minutes) - 1) // 2] if minutes else None,
    )
