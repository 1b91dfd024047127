"""Small worlds of zones and slots."""

from datetime import UTC, date, datetime, time

from clinic import details
from clinic.models import Place
from kernel.money import Money
from orders import slot_rules, zones
from orders.models import SlotRule, Zone
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate
from tests.builders import NOW

#: Monday the 16th at 9:00 in France, and the Wednesday after it.
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 18)

USUAL_RATES = (Rate(10_000, Money(490)), Rate(30_000, Money(690)))


def zone(place, *prefixes, rates=USUAL_RATES, **facts):
    return zones.save_zone(
        zone=Zone(place=place, prefixes=list(prefixes), **{"name": "Zone", **facts}),
        rates=rates,
        by=None,
        at=NOW,
    )


def another_place():
    place = Place(name="Vitré", street="2 rue", postal_code="35500", city="Vitré")
    details.save_details(place)
    return place


def slot(place, *, weekday=3, room=5, method=DeliveryMethod.HOME, starts=18, **facts):
    rule = SlotRule(
        place=place,
        method=method,
        weekday=weekday,
        starts=time(starts),
        ends=time(starts + 2),
        capacity=room,
        **{"days_before": 1, "cut_off": time(18), **facts},
    )
    return slot_rules.save_rule(rule=rule, by=None, at=NOW)


def point(name, postal_code, **facts):
    return {
        "id": name.lower(),
        "name": name,
        "street": "1 rue",
        "postal_code": postal_code,
        "city": "Rennes",
        "hours": "",
        **facts,
    }
