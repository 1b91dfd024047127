"""How an order may reach its buyer, at what price and by when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.money import Money
from kernel.refusals import NotFound
from orders import delivery, slots
from orders.calendar import Promise
from orders.carriers import Parcel
from orders.delivery import Choice, NoSlotChosen, Terms, delivery_options, terms_of
from orders.graphql.delivery import options_of
from orders.models import SlotDay
from orders.slots import SlotGone, hold_slot
from orders.vocabulary import DeliveryMethod
from orders.zones import TooHeavy, ZoneNotServed
from tests.builders import make_clinic
from tests.orders.delivering import MONDAY, WEDNESDAY, another_place, point, slot, zone

pytestmark = pytest.mark.django_db

HOME, PICKUP, RELAY = DeliveryMethod.HOME, DeliveryMethod.PICKUP, DeliveryMethod.RELAY
NEXT_DAY = Promise(datetime(2026, 11, 17, 7, tzinfo=UTC), datetime(2026, 11, 17, 19, tzinfo=UTC))
EVENING = Promise(datetime(2026, 11, 18, 17, tzinfo=UTC), datetime(2026, 11, 18, 19, tzinfo=UTC))


def options(place, code="35000", *, country="FR", weight_g=5000, goods=2000):
    parcel = Parcel(country=country, postal_code=code, weight_g=weight_g, goods=Money(goods))
    return delivery_options(place=place, parcel=parcel, at=MONDAY)


def parcel(code="35000", weight_g=5000, goods=2000):
    return Parcel(country="FR", postal_code=code, weight_g=weight_g, goods=Money(goods))


def whole_shop():
    place = make_clinic()
    zone(place, "35", free_from_cents=6900)
    zone(place, has_slots=False)
    zone(place, method=RELAY, points=[point("Fleuriste", "35700"), point("Tabac", "35000")])
    slot(place), slot(place, starts=9), slot(place, method=PICKUP)
    return place


def test_home_pickup_and_relay_come_in_that_order_with_price_and_days():
    home, pickup, relay = options(whole_shop())
    assert [each.method for each in (home, pickup, relay)] == [HOME, PICKUP, RELAY]
    assert [each.price for each in (home, pickup, relay)] == [Money(490), Money(0), Money(490)]
    assert [each.free_from for each in (home, pickup, relay)] == [Money(6900), None, None]
    assert [each.reason_not for each in (home, pickup, relay)] == [None] * 3
    days = [WEDNESDAY + timedelta(days=7 * week) for week in range(3)]
    assert [(each.day, len(each.slots)) for each in home.days] == [(day, 2) for day in days]
    assert [(each.day, len(each.slots)) for each in pickup.days] == [(day, 1) for day in days]
    assert (home.promise, pickup.promise, relay.promise) == (None, None, NEXT_DAY)
    assert [each.id for each in relay.points] == ["tabac", "fleuriste"]


def test_all_options_are_read_in_three_statements(django_assert_num_queries):
    place = whole_shop()
    options(place)
    with django_assert_num_queries(3):
        options(place)


def test_a_zone_without_slots_promises_the_day():
    home, _pickup, _relay = options(whole_shop(), "75011")
    assert (home.price, home.days, home.promise) == (Money(490), (), NEXT_DAY)


def test_where_nothing_is_sent_the_clinic_still_hands_over():
    home, pickup, relay = options(whole_shop(), "97400")
    assert home.reason_not == relay.reason_not
    assert (home.refusal.code, home.refusal.facts) == ("ZONE_NOT_SERVED", {"postal_code": "97400"})
    assert (home.price, home.days, relay.points) == (None, (), ())
    assert pickup.is_possible


@pytest.mark.parametrize("code", ["", "rue", "3500"])
def test_a_code_that_is_none_is_told_as_it_was_typed(code):
    home, _pickup, _relay = options(whole_shop(), code)
    assert home.refusal.facts == {"postal_code": code}


def test_what_is_too_heavy_is_fetched():
    home, pickup, relay = options(whole_shop(), weight_g=30_001, goods=50_000)
    assert [type(each.refusal) for each in (home, pickup, relay)] == [
        TooHeavy,
        type(None),
        TooHeavy,
    ]


def test_goods_over_the_threshold_are_brought_for_nothing():
    place = whole_shop()
    assert [options(place, goods=cents)[0].price for cents in (6899, 6900)] == [
        Money(490),
        Money(0),
    ]


def test_a_shop_that_has_set_up_nothing_says_why_nothing_is_possible():
    refused = [type(each.refusal) for each in options(make_clinic())]
    assert refused == [ZoneNotServed, slots.NoDayOpen, ZoneNotServed]


def test_a_zone_with_slots_that_are_all_full_says_so():
    place = make_clinic()
    zone(place), slot(place, room=0)
    assert type(options(place)[0].refusal) is slots.NoDayOpen


def test_a_relay_zone_without_points_says_so():
    place = make_clinic()
    zone(place, method=RELAY)
    assert type(options(place)[2].refusal) is delivery.NoPointThere


def test_twenty_points_are_shown_at_most():
    place = make_clinic()
    zone(place, method=RELAY, points=[point(f"P{n}", "35000") for n in range(30)])
    assert [each.id for each in options(place)[2].points] == [f"p{n}" for n in range(20)]


def chosen(place, method, day=WEDNESDAY):
    rule = place.slot_rules.filter(method=method).order_by("-starts").first()
    return slots.day_of(rule, day)


def terms(place, choice, given_parcel=None, at=MONDAY):
    return terms_of(choice, place=place, parcel=given_parcel or parcel(), at=at)


def test_the_terms_of_a_choice_are_those_that_were_shown():
    place = whole_shop()
    home = Choice(method=HOME, slot=chosen(place, HOME))
    pickup = Choice(method=PICKUP, slot=chosen(place, PICKUP))
    relay = Choice(method=RELAY, point_id="tabac")
    shown = options(place)
    assert terms(place, home) == Terms(price=Money(490), promise=EVENING)
    assert terms(place, pickup) == Terms(price=Money(0), promise=EVENING)
    assert terms(place, relay) == Terms(
        price=Money(490), promise=NEXT_DAY, point=shown[2].points[0]
    )
    assert terms(place, home, parcel("75011")) == Terms(price=Money(490), promise=NEXT_DAY)


def test_terms_say_no_where_the_options_do():
    place, other = whole_shop(), another_place()
    home = Choice(method=HOME, slot=chosen(place, HOME))
    refused = [
        (home, parcel("97400"), MONDAY, ZoneNotServed),
        (home, parcel(weight_g=30_001), MONDAY, TooHeavy),
        (home, parcel(), MONDAY + timedelta(days=2), SlotGone),
        (Choice(method=HOME), parcel(), MONDAY, NoSlotChosen),
        (Choice(method=PICKUP), parcel(), MONDAY, NoSlotChosen),
        (Choice(method=PICKUP, slot=home.slot), parcel(), MONDAY, SlotGone),
        (Choice(method=HOME, slot=chosen(place, PICKUP)), parcel(), MONDAY, SlotGone),
        (Choice(method=RELAY, point_id="made up"), parcel(), MONDAY, NotFound),
    ]
    for choice, given_parcel, at, kind in refused:
        with pytest.raises(kind):
            terms(place, choice, given_parcel, at)
    zone(other)
    with pytest.raises(SlotGone):
        terms(other, home)
    assert list(SlotDay.objects.values_list("held", flat=True)) == [0, 0]


def test_the_api_says_what_the_shop_says():
    place = whole_shop()
    hold_slot(rule=chosen(place, HOME).rule, day=WEDNESDAY, at=MONDAY)
    home, pickup, relay = options_of(options(place))
    assert (home.method, home.is_possible, home.reason_not) == (HOME, True, None)
    assert (home.price.cents, home.free_from.cents, pickup.free_from) == (490, 6900, None)
    evening = home.days[0].slots[1]
    rule = chosen(place, HOME).rule
    assert evening.id == f"{rule.pk}:2026-11-18"
    assert (home.days[0].day, evening.left) == (date(2026, 11, 18), 4)
    assert (evening.promised_from, evening.promised_to) == (EVENING.starts_at, EVENING.ends_at)
    assert (relay.promised_from, relay.promised_to) == (NEXT_DAY.starts_at, NEXT_DAY.ends_at)
    assert (relay.points[0].id, relay.points[0].name, relay.points[0].city) == (
        "tabac",
        "Tabac",
        "Rennes",
    )
    refused = options_of(options(place, "97400"))[0]
    assert (refused.is_possible, refused.price, refused.days) == (False, None, [])
    assert refused.reason_not == "Nous ne livrons pas ainsi à 97400."
