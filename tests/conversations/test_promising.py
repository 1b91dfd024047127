"""By when the clinic answers, with the numbers of docs/algorithms/answer.md, and how it kept it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.figures import Answered, WeekFigures, by_week, monday_of
from conversations.promising import OFFICE_HOURS, PARIS, Week, open_between, promised_by

OFFICE = Week(OFFICE_HOURS)
MINUTE = timedelta(minutes=1)
PAGE = (Path(__file__).parents[2] / "docs/algorithms/answer.md").read_text()
MONDAY = date(2026, 11, 16)


def at(day, hour, minute=0):
    """A moment of France in November 2026, whose 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("asked", "minutes", "closed", "due", "row"),
    [
        (at(16, 10), 60, (), at(16, 11), "| Monday 10:00 | 9-12, 14-18 | 60 min | Monday 11:00 |"),
        (
            *(at(16, 11, 30), 60, (), at(16, 14, 30)),
            "| Monday 11:30 | 9-12, 14-18 | 60 min | Monday 14:30 |",
        ),
        (
            *(at(13, 17), 480, (), at(16, 18)),
            "| Friday 17:00 | 9-12, 14-18 | 480 min | Monday 18:00 |",
        ),
        (at(15, 3), 60, (), at(16, 10), "| Sunday 3:00 | 9-12, 14-18 | 60 min | Monday 10:00 |"),
        (
            *(at(14, 12), 60, (MONDAY,), at(17, 10)),
            "| Saturday 12:00, Monday a holiday | 9-12, 14-18 | 60 min | Tuesday 10:00 |",
        ),
    ],
)
def test_an_answer_is_promised_as_the_page_says(asked, minutes, closed, due, row):
    week = Week(OFFICE_HOURS, frozenset(closed))
    assert promised_by(asked, within=minutes * MINUTE, week=week) == due
    assert row in PAGE


def test_the_end_of_the_day_is_still_that_day():
    assert promised_by(at(16, 9), within=420 * MINUTE, week=OFFICE) == at(16, 18)


def test_an_hour_is_an_hour_across_the_change_of_the_clocks():
    night = Week({7: ((time(1), time(5)),)})
    spring = datetime(2026, 3, 29, 0, tzinfo=PARIS)
    assert promised_by(spring, within=120 * MINUTE, week=night) == datetime(
        2026, 3, 29, 4, tzinfo=PARIS
    )


def test_a_place_that_never_opens_promises_nothing():
    assert promised_by(at(16, 9), within=MINUTE, week=Week({})) is None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 5000),
)
def test_what_is_promised_is_that_much_opening_time_away(asked, minutes):
    due = promised_by(asked, within=minutes * MINUTE, week=OFFICE)
    assert open_between(asked, due, week=OFFICE) == minutes * MINUTE
    assert open_between(asked, due - timedelta.resolution, week=OFFICE) < minutes * MINUTE


def promise(asked, due, answered=None):
    return Answered(asked_at=asked, promised_by=due, answered_at=answered, week=OFFICE)


def test_a_week_tells_the_median_and_the_share_kept():
    promises = [
        promise(at(9, 9), at(9, 12), at(9, 10)),
        promise(at(10, 9), at(10, 12), at(10, 14, 30)),
        promise(at(11, 9), at(11, 12), at(11, 11)),
        promise(at(12, 9), at(12, 12)),
        promise(at(16, 9), at(17, 12)),
    ]
    found = by_week(promises, at=at(16, 10), weeks=3)
    assert found == [
        WeekFigures(date(2026, 11, 2), settled=0, kept=0, median_minutes=None),
        WeekFigures(date(2026, 11, 9), settled=4, kept=2, median_minutes=120),
        WeekFigures(date(2026, 11, 16), settled=0, kept=0, median_minutes=None),
    ]
    assert [each.kept_percent for each in found] == [None, 50, None]


def test_of_an_even_number_the_median_is_the_lower_middle_one():
    promises = [promise(at(9, 9), at(9, 18), at(9, 9, minute)) for minute in (1, 2, 30, 40)]
    assert by_week(promises, at=at(9, 18), weeks=1)[0].median_minutes == 2


def test_all_kept_is_a_hundred_and_one_of_three_broken_is_sixty_six():
    kept = [promise(at(9, 9), at(9, 12), at(9, 12))] * 2
    broken = [promise(at(9, 9), at(9, 10), at(9, 10, 1))]
    assert by_week(kept, at=at(9, 18), weeks=1)[0].kept_percent == 100
    assert by_week(kept + broken, at=at(9, 18), weeks=1)[0].kept_percent == 66


def test_a_week_begins_on_monday_by_the_clock_of_france():
    assert monday_of(datetime(2026, 11, 15, 23, 30, tzinfo=UTC)) == MONDAY
    assert monday_of(datetime(2026, 11, 15, 22, 30, tzinfo=UTC)) == date(2026, 11, 9)
