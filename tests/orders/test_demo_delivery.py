"""The demonstration delivers at home, at the counter and at relay points."""

from datetime import date

import pytest

from clinic.models import Place
from kernel.money import Money
from orders.carriers import Parcel
from orders.delivery import delivery_options
from orders.models import SlotRule
from orders.vocabulary import DeliveryMethod
from orders.workdays import calendar_of
from shop.demo import loader
from shop.demo.delivery import POINTS
from tests.orders.delivering import MONDAY

pytestmark = pytest.mark.django_db


def options(code, *, weight_g=12_000, goods=5000):
    parcel = Parcel(country="FR", postal_code=code, weight_g=weight_g, goods=Money(goods))
    return delivery_options(place=Place.objects.get(), parcel=parcel, at=MONDAY)


def test_the_day_after_tomorrow_is_brought_home_around_rennes():
    loader.open_clinic(at=MONDAY)
    home, pickup, relay = options("35600")
    assert (home.price, home.free_from) == (Money(690), Money(6900))
    assert date(2026, 11, 18) in [each.day for each in home.days]
    assert pickup.days[0].day == date(2026, 11, 16)
    assert (relay.price, relay.points[0].city) == (Money(690), "Redon")
    assert len(relay.points) == len(POINTS) == 5
    assert options("35600", goods=6900)[0].price == Money(0)


def test_the_rest_of_france_is_promised_a_day_and_the_islands_nothing():
    loader.open_clinic(at=MONDAY)
    home, _pickup, relay = options("75011")
    assert (home.price, home.days, home.promise.starts_at.date()) == (
        Money(690),
        (),
        date(2026, 11, 18),
    )
    assert not relay.is_possible
    assert [each.is_possible for each in options("20000")] == [False, True, False]


def test_the_counter_hands_over_within_its_opening_hours():
    loader.open_clinic(at=MONDAY)
    place = Place.objects.get()
    hours = list(place.hours.all())
    for rule in SlotRule.objects.filter(method=DeliveryMethod.PICKUP):
        assert any(
            each.weekday == rule.weekday and each.opens <= rule.starts < rule.ends <= each.closes
            for each in hours
        ), rule
    assert calendar_of(place, at=MONDAY).working == frozenset(range(1, 7))
