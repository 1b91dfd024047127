"""What is sent where, and what it costs."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from kernel.money import Money
from kernel.refusals import Invalid
from orders import zones
from orders.models import Zone, ZoneRate
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate, TooHeavy, zone_for
from tests.builders import NOW, make_clinic, person
from tests.orders.delivering import USUAL_RATES, another_place, zone
from tests.test_docs import tables

pytestmark = pytest.mark.django_db


def test_the_longest_beginning_wins_then_the_older_zone():
    place = make_clinic()
    all_of_it, county, city = zone(place), zone(place, "35", "22"), zone(place, "3500")
    zone(place, "35")
    found = [zone_for(place, "FR", code) for code in ("35000", "35400", "22000", "69001")]
    assert found == [city, county, county, all_of_it]


@pytest.mark.parametrize("code", ["20000", "20200", "97100", "97400", "98000"])
def test_corsica_and_overseas_want_a_zone_that_names_them(code):
    place = make_clinic()
    zone(place), zone(place, "2", "9")
    assert zone_for(place, "FR", code) is None
    named = zone(place, code[:2])
    assert zone_for(place, "FR", code) == named


def test_neighbours_of_corsica_and_overseas_are_served_by_short_beginnings():
    place = make_clinic()
    east = zone(place, "2", "9")
    assert [zone_for(place, "FR", code) for code in ("21000", "91000")] == [east, east]


def test_what_is_not_a_postal_code_is_not_served():
    place = make_clinic()
    zone(place)
    codes = ("", "3500", "350000", "Rennes", "35 000 Rennes")
    assert [zone_for(place, "FR", code) for code in codes] == [None] * 5
    assert zone_for(place, "XX", "35000") is None
    assert zone_for(place, "FR", " 35 000 ") == Zone.objects.get()


def test_other_places_countries_methods_and_zones_no_longer_served_do_not_count():
    place, other = make_clinic(), another_place()
    zone(other), zone(place, is_active=False), zone(place, country="BE")
    relay = zone(place, method=DeliveryMethod.RELAY)
    assert zone_for(place, "FR", "35000") is None
    assert zone_for(place, "FR", "35000", DeliveryMethod.RELAY) == relay
    assert zone_for(place, "BE", "1000").country == "BE"


def test_codes_of_two_parts_are_compared_without_their_space():
    place = make_clinic()
    served = zone(place, "10 1", country="NL")
    assert served.prefixes == ["101"]
    assert zone_for(place, "NL", "1012 AB") == served


def test_zones_are_read_once_until_one_changes(django_assert_num_queries):
    place = make_clinic()
    for code in ("35", "22", "56"):
        zone(place, code), zone(place, code, method=DeliveryMethod.RELAY)
    for statements in (3, 1):
        with django_assert_num_queries(statements):
            found = zones.zones_for(place, "FR", "35000")
            assert zones.quote(found[DeliveryMethod.HOME], 1000, Money(0)) == Money(490)
    zone(place, "350", rates=[Rate(30_000, Money(100))])
    found = zones.zones_for(place, "FR", "35000")
    assert zones.quote(found[DeliveryMethod.HOME], 1000, Money(0)) == Money(100)


@pytest.mark.parametrize("row", tables("delivery.md")[1][1:], ids=lambda row: row[0])
def test_the_prices_of_the_page_are_those_of_the_code(row):
    served = zone(make_clinic(), free_from_cents=6900)
    weight, goods = int(row[0].removesuffix(" g")), Money.parse(row[1])
    if row[2] == "refused":
        with pytest.raises(TooHeavy) as refused:
            zones.quote(served, weight, goods)
        assert refused.value.facts == {"most_kg": "30", "weight_kg": "30.001"}
    else:
        assert zones.quote(served, weight, goods) == Money.parse(row[2])


@given(
    weights=st.lists(st.integers(1, 1000), min_size=1, max_size=6, unique=True),
    prices=st.lists(st.integers(0, 5000), min_size=6, max_size=6),
    weight=st.integers(0, 1100),
    free_from=st.none() | st.integers(0, 10_000),
    goods=st.integers(0, 12_000),
)
def test_a_price_is_that_of_the_lightest_bracket_that_holds_the_parcel(
    weights, prices, weight, free_from, goods
):
    served = Zone(pk=1, free_from_cents=free_from)
    rows = [
        ZoneRate(zone=served, up_to_g=up_to, gross_cents=price)
        for up_to, price in zip(weights, prices, strict=False)
    ]
    served._prefetched_objects_cache = {"rates": rows}
    holding = [(row.up_to_g, row.gross_cents) for row in rows if row.up_to_g >= weight]
    if not holding:
        with pytest.raises(TooHeavy):
            zones.quote(served, weight, Money(goods))
        return
    free = free_from is not None and goods >= free_from
    assert zones.quote(served, weight, Money(goods)).cents == (0 if free else min(holding)[1])


def test_a_changed_zone_says_what_changed_and_who_did_it():
    place, ada = make_clinic(), person()
    served = zone(place, "35")
    served.free_from_cents = 5000
    later = NOW + timedelta(hours=1)
    zones.save_zone(zone=served, rates=[Rate(30_000, Money(790))], by=ada, at=later)
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.by, entry.at) == ("zone.save", ada, later)
    assert entry.changes == {
        "free_from_cents": [None, 5000],
        "rates": [[[10_000, 490], [30_000, 690]], [[30_000, 790]]],
    }
    assert list(ZoneRate.objects.values_list("up_to_g", "gross_cents")) == [(30_000, 790)]


@pytest.mark.parametrize(
    ("facts", "rates", "field"),
    [
        ({"carrier": "pigeon"}, USUAL_RATES, "carrier"),
        ({"country": "US"}, USUAL_RATES, "country"),
        ({"prefixes": ["35*"]}, USUAL_RATES, "prefixes"),
        ({"method": DeliveryMethod.PICKUP}, USUAL_RATES, "method"),
        ({"days_needed": 0}, USUAL_RATES, "daysNeeded"),
        ({"days_needed": 31}, USUAL_RATES, "daysNeeded"),
        ({}, (), "rates"),
        ({}, (Rate(1000, Money(1)), Rate(1000, Money(2))), "rates"),
        ({}, (Rate(0, Money(1)),), "rates"),
        ({}, (Rate(1_000_001, Money(1)),), "rates"),
    ],
)
def test_a_zone_that_cannot_be_is_refused_and_nothing_is_kept(facts, rates, field):
    place = make_clinic()
    given_zone = Zone(place=place, name="Zone", **facts)
    with pytest.raises(Invalid) as refused:
        zones.save_zone(zone=given_zone, rates=rates, by=None, at=NOW)
    assert refused.value.path == ["input", field]
    assert (Zone.objects.count(), ZoneRate.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_a_zone_that_is_not_served_needs_no_price():
    assert zone(make_clinic(), rates=(), is_active=False).pk


def test_a_removed_zone_is_gone_and_noted():
    served = zone(make_clinic(), "35")
    zones.remove_zone(zone=served, by=None, at=NOW)
    assert (Zone.objects.count(), ZoneRate.objects.count()) == (0, 0)
    assert AuditEntry.objects.latest("id").action == "zone.remove"
