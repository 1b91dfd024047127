"""No day is promised that cannot be kept."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.calendar import (
    HORIZON_DAYS,
    PARIS,
    Calendar,
    Promise,
    Rule,
    carried_promise,
    days_open,
    deadline,
    is_open,
    slot_promise,
)
from orders.holidays_of_france import public_holidays
from tests.test_docs import tables

DAY = timedelta(days=1)
FRANCE = public_holidays([2026, 2027])
USUAL = Calendar(closed=FRANCE, holidays=FRANCE)


def rule(weekday=1, *, before=1, cut_off=time(18), starts=time(18), ends=time(20)):
    return Rule(weekday=weekday, starts=starts, ends=ends, days_before=before, cut_off=cut_off)


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS).astimezone(UTC)


EVENINGS = [rule(weekday) for weekday in range(1, 7)]


def days_of(rules, at, calendar=USUAL):
    return sorted(day for each in rules for day in days_open(each, at=at, calendar=calendar))


@pytest.mark.parametrize("row", tables("delivery.md")[0][1:], ids=lambda row: row[0])
def test_the_days_of_the_page_are_those_of_the_code(row):
    def written(day):
        return f"{day:%a %Y-%m-%d}"

    at = datetime.strptime(row[0][4:], "%Y-%m-%d %H:%M").replace(tzinfo=PARIS).astimezone(UTC)
    slots = days_of(EVENINGS, at)
    parcel = carried_promise(at=at, days_needed=2, calendar=USUAL)
    assert f"{at.astimezone(PARIS):%a %Y-%m-%d %H:%M}" == row[0]
    assert [written(slots[0]), written(slots[1])] == row[1:3]
    assert written(parcel.ends_at.astimezone(PARIS)) == row[3]


@pytest.mark.parametrize("hour", range(24))
def test_the_day_after_tomorrow_is_among_the_days_at_any_hour(hour):
    monday = datetime(2026, 11, 16, hour, 59, tzinfo=PARIS).astimezone(UTC)
    assert date(2026, 11, 18) in days_of(EVENINGS, monday)


def test_same_day_slots_end_with_their_cut_off():
    afternoon = rule(1, before=0, cut_off=time(12), starts=time(16), ends=time(19))
    monday, next_monday = date(2026, 11, 16), date(2026, 11, 23)
    third = date(2026, 11, 30)
    before, after = paris(2026, 11, 16, 11, 59), paris(2026, 11, 16, 12, 0)
    assert days_open(afternoon, at=before, calendar=USUAL) == [
        monday,
        next_monday,
        third,
        third + 7 * DAY,
    ]
    assert days_open(afternoon, at=after, calendar=USUAL) == [next_monday, third, third + 7 * DAY]


def test_no_cut_off_reaches_past_the_start_of_its_slot():
    early = rule(1, before=0, cut_off=time(18), starts=time(9), ends=time(12))
    assert deadline(early, date(2026, 11, 16), USUAL) == paris(2026, 11, 16, 9)


def test_a_promise_across_the_change_of_the_clocks_is_local():
    before, after = date(2026, 10, 24), date(2026, 10, 26)
    assert slot_promise(rule(6), before) == Promise(
        datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 24, 18, tzinfo=UTC)
    )
    assert slot_promise(rule(1), after) == Promise(
        datetime(2026, 10, 26, 17, tzinfo=UTC), datetime(2026, 10, 26, 19, tzinfo=UTC)
    )
    assert deadline(rule(1), after, USUAL) == datetime(2026, 10, 24, 16, tzinfo=UTC)


def test_a_closure_stops_slots_and_takes_its_working_days_away():
    week = frozenset(date(2026, 11, 16) + ahead * DAY for ahead in range(6))
    closed = Calendar(closed=FRANCE | week, holidays=FRANCE)
    friday_before = paris(2026, 11, 13, 12)
    in_the_week = paris(2026, 11, 18, 12)
    assert days_of(EVENINGS, friday_before, closed)[:2] == [date(2026, 11, 14), date(2026, 11, 23)]
    assert days_of(EVENINGS, in_the_week, closed)[0] == date(2026, 11, 24)
    assert carried_promise(at=in_the_week, days_needed=1, calendar=closed) == Promise(
        paris(2026, 11, 24, 8), paris(2026, 11, 24, 20)
    )


def test_a_holiday_where_the_order_goes_is_no_day_to_bring_it():
    moselle = Calendar(closed=FRANCE, holidays=public_holidays([2026], postal_code="57000"))
    at = paris(2026, 12, 23, 9)
    saturday = date(2026, 12, 26)
    assert days_of(EVENINGS, at, USUAL)[:2] == [date(2026, 12, 24), saturday]
    assert days_of(EVENINGS, at, moselle)[:2] == [date(2026, 12, 24), date(2026, 12, 28)]
    assert carried_promise(at=at, days_needed=2, calendar=moselle).ends_at == paris(
        2026, 12, 28, 20
    )


def test_a_place_that_is_closed_for_a_year_promises_nothing():
    day = date(2026, 11, 16)
    always = Calendar(closed=frozenset(day + ahead * DAY for ahead in range(-370, 370)))
    assert carried_promise(at=paris(2026, 11, 16, 9), days_needed=1, calendar=always) is None
    assert deadline(rule(1), day, always) is None


@pytest.mark.parametrize(
    ("postal_code", "day", "is_one"),
    [
        ("35000", date(2026, 11, 11), True),
        ("35000", date(2026, 4, 3), False),
        ("57000", date(2026, 4, 3), True),
        ("67000", date(2026, 12, 26), True),
        ("68100", date(2026, 12, 26), True),
        ("", date(2026, 12, 26), False),
        ("97400", date(2026, 12, 20), True),
    ],
)
def test_public_holidays_are_those_of_the_postal_code(postal_code, day, is_one):
    assert (day in public_holidays([2026], postal_code=postal_code)) is is_one


MOMENTS = st.builds(
    lambda minutes: datetime(2026, 1, 15, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(0, 650 * 24 * 60),
)
QUARTERS = st.builds(time, st.integers(5, 22), st.sampled_from([0, 15, 30, 45]))


@st.composite
def rules(draw):
    starts, ends = sorted(draw(st.lists(QUARTERS, min_size=2, max_size=2, unique=True)))
    return Rule(
        weekday=draw(st.integers(1, 7)),
        starts=starts,
        ends=ends,
        days_before=draw(st.integers(0, 4)),
        cut_off=draw(st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))),
    )


@st.composite
def calendars(draw):
    first = date(2026, 1, 1)
    some = st.frozensets(st.builds(lambda n: first + n * DAY, st.integers(0, 730)), max_size=120)
    return Calendar(
        working=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        closed=FRANCE | draw(some),
        holidays=FRANCE | draw(some),
    )


@given(rules(), calendars(), MOMENTS)
def test_the_days_are_all_those_that_can_be_kept_and_no_other(slot, calendar, at):
    """Counted again the slow way: walk from the moment to the day, a working day at a time."""
    found = days_open(slot, at=at, calendar=calendar)
    today = at.astimezone(PARIS).date()
    expected = []
    for day in (today + ahead * DAY for ahead in range(HORIZON_DAYS + 1)):
        works_between = [
            each
            for each in (today + n * DAY for n in range((day - today).days))
            if each.isoweekday() in calendar.working and each not in calendar.closed
        ]
        in_time = len(works_between) > slot.days_before
        if len(works_between) >= slot.days_before and not in_time:
            last = works_between[0] if slot.days_before else day
            local = at.astimezone(PARIS).replace(tzinfo=None)
            in_time = last > today or local < datetime.combine(today, slot.cut_off)
            in_time = in_time and local < datetime.combine(day, slot.starts)
        is_free = day not in calendar.closed | calendar.holidays
        if in_time and is_free and day.isoweekday() == slot.weekday:
            expected.append(day)
    assert found == expected == sorted(set(found))


@given(rules(), calendars(), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_who_orders_later_is_never_offered_an_earlier_day(slot, calendar, at, later):
    sooner = days_open(slot, at=at, calendar=calendar)
    after = days_open(slot, at=at + later, calendar=calendar)
    end = at.astimezone(PARIS).date() + HORIZON_DAYS * DAY
    assert {day for day in after if day <= end} <= set(sooner)


@given(rules(), calendars(), MOMENTS)
def test_what_is_promised_is_ahead_and_has_a_length(slot, calendar, at):
    for day in days_open(slot, at=at, calendar=calendar):
        promise = slot_promise(slot, day)
        assert at < promise.starts_at < promise.ends_at
        assert at < deadline(slot, day, calendar) <= promise.starts_at
        assert is_open(slot, day, at=at, calendar=calendar)


@given(calendars(), MOMENTS, st.integers(1, 10), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_parcels_arrive_on_days_of_carriers_and_never_overtake(calendar, at, days, later):
    found = carried_promise(at=at, days_needed=days, calendar=calendar)
    day = found.starts_at.astimezone(PARIS).date()
    today = at.astimezone(PARIS).date()
    between = [today + n * DAY for n in range(1, (day - today).days + 1)]
    assert calendar.carries(day)
    assert sum(calendar.carries(each) for each in between) >= days
    assert found.ends_at - found.starts_at == timedelta(hours=12)
    after = carried_promise(at=at + later, days_needed=days, calendar=calendar)
    assert after.starts_at >= found.starts_at
    slower = carried_promise(at=at, days_needed=days + 1, calendar=calendar)
    assert slower.starts_at > found.starts_at
