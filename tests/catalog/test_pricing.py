from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing import Cut, ListPrice, Reference, Timeline, overlaps
from kernel.money import Money

DAY = timedelta(days=1)
START = datetime(2026, 7, 25, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + number * DAY


def test_two_cuts_within_thirty_days_and_the_second_refers_to_the_first():
    """The pack of the catalogue with -10 % in September and -20 % in October."""
    first = Cut(datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), 5666)
    second = Cut(datetime(2026, 10, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC), 5036)
    timeline = Timeline([ListPrice(START, 6295)], [first, second])
    assert timeline.reference(first).money == Money(6295)
    assert timeline.reference(second) == Reference(
        Money(5666), datetime(2026, 9, 12, tzinfo=UTC), second.since
    )
    assert timeline.reference(second).percent_off(Money(5036)) == 11


def test_cuts_without_a_gap_keep_the_first_reference():
    first = Cut(day(40), day(50), 900)
    second = Cut(day(50), day(60), 800)
    timeline = Timeline([ListPrice(day(0), 1000)], [first, second])
    assert timeline.segment(day(55)).reference == Reference(Money(1000), day(10), day(40))


def test_the_reference_is_the_lowest_list_price_of_the_window():
    prices = [ListPrice(day(0), 1000), ListPrice(day(20), 850), ListPrice(day(25), 1100)]
    timeline = Timeline(prices, [Cut(day(40), None, 800)])
    assert timeline.segment(day(41)).reference.money == Money(850)


def test_a_cut_that_is_no_cut_against_its_reference_shows_none():
    prices = [ListPrice(day(0), 700), ListPrice(day(30), 1000)]
    timeline = Timeline(prices, [Cut(day(31), None, 700)])
    segment = timeline.segment(day(32))
    assert (segment.price, segment.list_price, segment.reference) == (Money(700), Money(1000), None)


def test_a_cut_never_raises_the_price():
    timeline = Timeline([ListPrice(day(0), 1000), ListPrice(day(9), 500)], [Cut(day(1), None, 800)])
    assert timeline.price(day(10)) == Money(500)


def test_there_is_no_price_before_the_first():
    timeline = Timeline([ListPrice(day(5), 1000)], [])
    assert timeline.segment(day(4)) is None
    assert [segment.since for segment in timeline.segments(day(4))] == [day(5)]


def test_windows_overlap_when_one_is_open_or_they_share_a_moment():
    assert overlaps([Cut(day(1), None, 1), Cut(day(9), day(10), 1)])
    assert overlaps([Cut(day(1), day(3), 1), Cut(day(2), day(4), 1)])
    assert not overlaps([Cut(day(3), day(4), 1), Cut(day(1), day(3), 1)])


@st.composite
def timelines(draw):
    """List prices and windows that do not overlap, on whole days of a year."""
    prices = draw(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 5000)), min_size=1))
    edges = sorted(draw(st.sets(st.integers(1, 320), min_size=0, max_size=10)))
    cuts = [
        Cut(day(since), day(until), draw(st.integers(1, 5000)))
        for since, until in zip(edges[::2], edges[1::2], strict=False)
    ]
    return [ListPrice(day(number), cents) for number, cents in prices], cuts


def price_by_day(prices, cuts, number):
    """The oracle: what everybody pays on a day, looked up line by line."""
    known = sorted((p.since, i, p.cents) for i, p in enumerate(prices) if p.since <= day(number))
    if not known:
        return None
    cents = known[-1][2]
    for cut in cuts:
        if cut.since <= day(number) < cut.until:
            cents = min(cents, cut.cents)
    return cents


@given(timelines(), st.integers(0, 330))
def test_price_is_what_a_look_at_every_line_gives(world, number):
    prices, cuts = world
    found = Timeline(prices, cuts).price(day(number))
    assert (found and found.cents) == price_by_day(prices, cuts, number)


@given(timelines())
def test_reference_is_the_lowest_of_thirty_days_looked_at_one_by_one(world):
    prices, cuts = world
    timeline = Timeline(prices, cuts)
    by_end = {cut.until: cut for cut in cuts}
    for cut in cuts:
        first = cut
        while first.since in by_end:
            first = by_end[first.since]
        opening = (first.since - START).days
        window = [price_by_day(prices, cuts, number) for number in range(opening - 30, opening)]
        lowest = min((cents for cents in window if cents is not None), default=None)
        found = timeline.reference(cut)
        assert (found and found.money.cents) == lowest


@given(timelines(), st.integers(0, 330))
def test_segments_tile_the_future_and_agree_with_the_price(world, number):
    prices, cuts = world
    timeline = Timeline(prices, cuts)
    segments = timeline.segments(day(number))
    for segment, following in pairwise(segments):
        assert segment.until == following.since
        assert timeline.price(segment.until - timedelta(hours=1)) == segment.price
    assert all(
        segment.reference is None or segment.price < segment.reference.money for segment in segments
    )
