"""How the demonstration clinic delivers: its round, a carrier, five relay points, the counter."""

from datetime import datetime, time
from typing import Final

from clinic.models import Place
from kernel.money import Money
from orders import slot_rules, zones
from orders.models import SlotRule, Zone
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate

FREE_FROM: Final = 6900
RATES: Final = (Rate(30_000, Money(690)), Rate(60_000, Money(1290)))
RELAY_RATES: Final = (Rate(20_000, Money(690)),)
#: Brittany and its neighbours: Rennes, Saint-Brieuc, Vannes, Nantes, Laval, the Manche.
AROUND: Final = ("22", "35", "44", "50", "53", "56")
POINTS: Final = (
    ("tabac-de-la-vilaine", "Tabac de la Vilaine", "3 quai de l'Exemple", "35000", "Rennes"),
    ("fleurs-du-mail", "Fleurs du Mail", "21 mail Inventé", "35000", "Rennes"),
    ("epicerie-des-remparts", "Épicerie des Remparts", "8 rue Imaginaire", "35400", "Saint-Malo"),
    ("presse-du-chateau", "Presse du Château", "2 place Fictive", "35500", "Vitré"),
    ("pressing-du-port", "Pressing du Port", "5 quai Supposé", "35600", "Redon"),
)
HOURS: Final = "lundi au samedi, 9 h - 19 h"

_WEEK: Final = range(1, 7)
_SATURDAY: Final = 6
#: From, to, how many, days before, ordered until: the counter hands over within its opening hours.
_ROUNDS: Final = ((time(9), time(12), 12), (time(14), time(17), 12), (time(18), time(20), 8))
_COUNTER: Final = (
    (time(9), time(12), 10, 1, time(18)),
    (time(14), time(16), 10, 0, time(11)),
    (time(16), time(19), 15, 0, time(13)),
)


def load_delivery(place: Place, *, at: datetime) -> None:
    """Zones and slots of the place; after 60 kg at home, 20 kg at a relay point, it is fetched."""
    for zone, rates in _zones(place):
        zones.save_zone(zone=zone, rates=rates, by=None, at=at)
    for rule in [*_rounds(place), *_counter(place)]:
        slot_rules.save_rule(rule=rule, by=None, at=at)


def _zones(place: Place) -> list[tuple[Zone, tuple[Rate, ...]]]:
    names = ("id", "name", "street", "postal_code", "city")
    points = [{**dict(zip(names, each, strict=True)), "hours": HOURS} for each in POINTS]
    around = Zone(name="Rennes et alentours", prefixes=list(AROUND))
    france = Zone(name="France métropolitaine", has_slots=False, days_needed=2)
    relay = Zone(
        name="Points relais",
        method=DeliveryMethod.RELAY,
        prefixes=["35"],
        has_slots=False,
        days_needed=2,
        points=points,
    )
    for zone in (around, france, relay):
        zone.place = place
        zone.free_from_cents = FREE_FROM
    return [(around, RATES), (france, RATES), (relay, RELAY_RATES)]


def _rounds(place: Place) -> list[SlotRule]:
    """Home delivery from Monday to Saturday, ordered until 18:00 of the working day before."""
    return [
        SlotRule(
            place=place,
            method=DeliveryMethod.HOME,
            weekday=weekday,
            starts=starts,
            ends=ends,
            capacity=room,
            days_before=1,
            cut_off=time(18),
        )
        for weekday in _WEEK
        for starts, ends, room in (_ROUNDS if weekday < _SATURDAY else _ROUNDS[:2])
    ]


def _counter(place: Place) -> list[SlotRule]:
    return [
        SlotRule(
            place=place,
            method=DeliveryMethod.PICKUP,
            weekday=weekday,
            starts=starts,
            ends=ends,
            capacity=room,
            days_before=days_before,
            cut_off=cut_off,
        )
        for weekday in _WEEK
        for starts, ends, room, days_before, cut_off in (
            _COUNTER if weekday < _SATURDAY else _COUNTER[:1]
        )
    ]
