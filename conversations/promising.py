"""By when the clinic says that it answers: so many minutes of opening hours. Pure; no clock.

docs/algorithms/answer.md tells the rule with numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

type Span = tuple[time, time]

#: Where a place has said nothing of its hours: Monday to Friday, as an office works.
OFFICE_HOURS: Mapping[int, Sequence[Span]] = {
    weekday: ((time(9), time(12)), (time(14), time(18))) for weekday in range(1, 6)
}
_AHEAD = 366
_DAY = timedelta(days=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Week:
    """When a place is open: stretches by ISO weekday, in the hours of France, and days closed."""

    hours: Mapping[int, Sequence[Span]]
    closed: frozenset[date] = field(default_factory=frozenset)


def promised_by(at: datetime, *, within: timedelta, week: Week) -> datetime | None:
    """When so much opening time will have passed, in UTC; None where a year does not hold it."""
    left = within
    for opens, closes in _open_from(at, week):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def open_between(start: datetime, end: datetime, *, week: Week) -> timedelta:
    """How long the place was open between two moments; nothing the wrong way round."""
    total = _NOTHING
    for opens, closes in _open_from(start, week):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def _open_from(at: datetime, week: Week) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a year from a moment on, the one under way from that moment, in UTC."""
    first = at.astimezone(PARIS).date()
    for ahead in range(_AHEAD):
        day = first + ahead * _DAY
        if day in week.closed:
            continue
        for begins, ends in sorted(week.hours.get(day.isoweekday(), ())):
            opens = max(_moment(day, begins), at.astimezone(UTC))
            closes = _moment(day, ends)
            if opens < closes:
                yield opens, closes


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=PARIS).astimezone(UTC)
