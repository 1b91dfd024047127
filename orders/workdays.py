"""When a place works: its hours, its closures and the public holidays, as a calendar."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from clinic import details, revision
from clinic.details import PublicDetails
from clinic.models import Closure, Place
from orders.calendar import MONDAY_TO_SATURDAY, Calendar, local_day
from orders.holidays_of_france import public_holidays

_AHEAD = timedelta(days=366)


def calendar_of(place: Place, *, at: datetime, postal_code: str | None = None) -> Calendar:
    """The calendar of a place around a moment, for an address in France; one statement.

    Without a postal code the order stays at the place.
    """
    public = details.public_details(revision.current())
    return calendar_in(public, place, at=at, postal_code=postal_code)


def calendar_in(
    public: PublicDetails, place: Place, *, at: datetime, postal_code: str | None = None
) -> Calendar:
    """The same, out of details that were read before; no statement."""
    today = local_day(at)
    years = (today.year - 1, today.year, today.year + 1)
    here = public_holidays(years, postal_code=place.postal_code)
    hours = {row.weekday for row in public.hours if row.place_id == place.pk}
    closures = (row for row in public.closures if row.place_id == place.pk)
    closed = {day for row in closures for day in _days_of(row, today)}
    return Calendar(
        working=frozenset(hours) or MONDAY_TO_SATURDAY,
        closed=here | closed,
        holidays=here if postal_code is None else public_holidays(years, postal_code=postal_code),
    )


def _days_of(closure: Closure, today: date) -> Iterator[date]:
    """The days of a closure that may still matter."""
    first, last = max(closure.first_day, today), min(closure.last_day, today + _AHEAD)
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
