"""By when an answer is promised at a place, and how the clinic kept its word."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from clinic import details, revision
from clinic.details import PublicDetails
from clinic.models import Place
from conversations.figures import Answered, WeekFigures, by_week, monday_of
from conversations.models import AnswerPromise, AnswerTime
from conversations.promising import OFFICE_HOURS, PARIS, Week, promised_by
from conversations.vocabulary import Priority, ThreadKind
from orders.holidays_of_france import public_holidays

#: What is promised where staff have set nothing: (usually, of high priority) in opening minutes.
USUAL: Final = {ThreadKind.QUESTION: (480, 60), ThreadKind.COMPLAINT: (480, 120)}
WEEKS_SHOWN: Final = 12
_YEAR: Final = timedelta(days=366)
_DAY: Final = timedelta(days=1)


def promise_at(
    place: Place, *, kind: ThreadKind, priority: Priority, at: datetime
) -> datetime | None:
    """By when what is asked at a moment will be answered; None where a year is not enough."""
    today = at.astimezone(PARIS).date()
    public = details.public_details(revision.current())
    week = week_of(place, public, first=today, last=today + _YEAR)
    return promised_by(at, within=_within(kind, priority), week=week)


def _within(kind: ThreadKind, priority: Priority) -> timedelta:
    found = AnswerTime.objects.filter(kind=kind).values_list("minutes", "urgent_minutes").first()
    usually, urgently = found or USUAL[kind]
    return timedelta(minutes=urgently if priority is Priority.HIGH else usually)


def week_of(place: Place, public: PublicDetails, *, first: date, last: date) -> Week:
    """When a place is open between two days: its hours, its closures, the public holidays."""
    hours: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for row in public.hours:
        if row.place_id == place.pk:
            hours[row.weekday].append((row.opens, row.closes))
    years = range(first.year, last.year + 1)
    closed = set(public_holidays(years, postal_code=place.postal_code))
    for closure in public.closures:
        if closure.place_id == place.pk:
            begins, ends = max(closure.first_day, first), min(closure.last_day, last)
            closed |= {begins + ahead * _DAY for ahead in range((ends - begins).days + 1)}
    return Week(hours=hours or OFFICE_HOURS, closed=frozenset(closed))


def figures(*, at: datetime, weeks: int = WEEKS_SHOWN) -> list[WeekFigures]:
    """How the promises of the last weeks were kept, over all places."""
    first = monday_of(at) - timedelta(weeks=weeks - 1)
    since = datetime.combine(first, time(), tzinfo=PARIS)
    rows = AnswerPromise.objects.filter(asked_at__gte=since, asked_at__lte=at)
    return by_week(_answered(list(rows.select_related("place")), first, at), at=at, weeks=weeks)


def _answered(rows: Sequence[AnswerPromise], first: date, at: datetime) -> list[Answered]:
    public = details.public_details(revision.current())
    last = at.astimezone(PARIS).date()
    places = {row.place_id: row.place for row in rows}
    weeks = {key: week_of(each, public, first=first, last=last) for key, each in places.items()}
    return [
        Answered(
            asked_at=row.asked_at,
            promised_by=row.promised_by,
            answered_at=row.answered_at,
            week=weeks[row.place_id],
        )
        for row in rows
    ]
