"""Which days a place may promise, and what it then promises: values in, values out, no clock.

docs/algorithms/delivery.md tells the rules with numbers. Hours are those of France; moments that
come out are in UTC, so that they compare and subtract across the change of the clocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
HORIZON_DAYS = 21
#: Where a place has said nothing of its hours.
MONDAY_TO_SATURDAY = frozenset(range(1, 7))
#: A parcel leaves on the working day when it was ordered before noon.
LEAVES_BY = time(12)
#: When carriers ring, and relay points are open.
CARRIED_FROM, CARRIED_TO = time(8), time(20)

_SUNDAY = 7
_A_YEAR = 366
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of a place, and of the address that it delivers to.

    `working` are ISO weekdays; `closed` the place's public holidays and closures; `holidays` the
    public holidays where the order goes.
    """

    working: frozenset[int] = MONDAY_TO_SATURDAY
    closed: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether the place prepares orders on a day."""
        return day.isoweekday() in self.working and day not in self.closed

    def serves(self, day: date) -> bool:
        """Whether a slot of that day may be kept, at both ends."""
        return day not in self.closed and day not in self.holidays

    def carries(self, day: date) -> bool:
        """Whether carriers deliver on a day."""
        return day.isoweekday() != _SUNDAY and day not in self.holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A stretch of a weekday, ordered until `cut_off`, `days_before` working days before it."""

    weekday: int
    starts: time
    ends: time
    days_before: int
    cut_off: time


@dataclass(frozen=True, slots=True)
class Promise:
    """From when to when the order is brought, or waits to be fetched; in UTC."""

    starts_at: datetime
    ends_at: datetime


def moment(day: date, clock: time) -> datetime:
    """An hour of the French clock, in UTC; of an hour that comes twice, the first."""
    return datetime.combine(day, clock, tzinfo=PARIS).astimezone(UTC)


def local_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def deadline(rule: Rule, day: date, calendar: Calendar) -> datetime | None:
    """Until when an order is taken for a slot of a day: never past the start of the slot.

    None when the place does not work often enough in the year before.
    """
    last = _working_days_before(day, rule.days_before, calendar)
    if last is None:
        return None
    return min(moment(last, rule.cut_off), moment(day, rule.starts))


def is_open(rule: Rule, day: date, *, at: datetime, calendar: Calendar) -> bool:
    """Whether an order of the moment may still have the slot of a day, room left aside."""
    today = local_day(at)
    if day.isoweekday() != rule.weekday or not today <= day <= today + HORIZON_DAYS * _DAY:
        return False
    until = deadline(rule, day, calendar)
    return calendar.serves(day) and until is not None and at < until


def days_open(rule: Rule, *, at: datetime, calendar: Calendar) -> list[date]:
    """The days of the next three weeks whose slot may be had, the soonest first."""
    days = (local_day(at) + ahead * _DAY for ahead in range(HORIZON_DAYS + 1))
    return [day for day in days if is_open(rule, day, at=at, calendar=calendar)]


def slot_promise(rule: Rule, day: date) -> Promise:
    """What the choice of a slot promises: its two hours."""
    return Promise(moment(day, rule.starts), moment(day, rule.ends))


def carried_promise(*, at: datetime, days_needed: int, calendar: Calendar) -> Promise | None:
    """The day on which a carrier brings what is ordered at a moment.

    It is ready on the first working day whose noon is still to come, leaves that day or on the next
    one of carriers, and arrives `days_needed` of their days later. None when the place is closed
    for a year.
    """
    ready = (
        day
        for day in _days_from(local_day(at))
        if calendar.works(day) and at < moment(day, LEAVES_BY)
    )
    prepared = next(ready, None)
    if prepared is None:
        return None
    carried = (day for day in _days_from(prepared) if calendar.carries(day))
    arrives = next(islice(carried, days_needed, None))
    return Promise(moment(arrives, CARRIED_FROM), moment(arrives, CARRIED_TO))


def _working_days_before(day: date, count: int, calendar: Calendar) -> date | None:
    if count == 0:
        return day
    before = (day - back * _DAY for back in range(1, _A_YEAR))
    working = (each for each in before if calendar.works(each))
    return next((each for nth, each in enumerate(working, start=1) if nth == count), None)


def _days_from(day: date) -> Iterator[date]:
    return (day + ahead * _DAY for ahead in range(_A_YEAR))
