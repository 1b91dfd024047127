"""Where a place sends, by the beginnings of postal codes, and what it costs by weight."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, countries
from accounts.countries import COUNTRIES
from accounts.models import Person
from clinic import revision
from clinic.models import Place
from clinic.revision import Revision
from kernel.money import Money
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders import carriers
from orders.models import Zone, ZoneRate
from orders.vocabulary import DeliveryMethod

#: Corsica and overseas: a zone reaches them only by beginnings of their own.
APART: Mapping[str, tuple[str, ...]] = {"FR": ("20", "97", "98")}
MOST_DAYS = 30
HEAVIEST_G = 1_000_000

_SENT = (DeliveryMethod.HOME, DeliveryMethod.RELAY)
_PREFIX = re.compile(r"[A-Z0-9]{1,8}")
_FACTS = (
    "name",
    "method",
    "country",
    "prefixes",
    "free_from_cents",
    "days_needed",
    "has_slots",
    "carrier",
    "points",
    "is_active",
)


class ZoneNotServed(Refusal):
    """Nothing is sent there."""

    code = ErrorCode.ZONE_NOT_SERVED
    words = _("We do not deliver to %(postal_code)s this way.")


class TooHeavy(ZoneNotServed):
    """The parcel is over the heaviest that the zone has a price for."""

    words = _("We send up to %(most_kg)s kg this way: this order weighs %(weight_kg)s kg.")


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of a delivery up to a weight, VAT included."""

    up_to_g: int
    price: Money


def zone_for(
    place: Place,
    country: str,
    postal_code: str,
    method: DeliveryMethod = DeliveryMethod.HOME,
) -> Zone | None:
    """The zone that sends to a postal code: the longest beginning wins, then the lower id."""
    return zones_for(place, country, postal_code).get(method)


def zones_for(
    place: Place, country: str, postal_code: str, *, as_of: Revision | None = None
) -> dict[DeliveryMethod, Zone]:
    """The zone of each method that sends to a postal code, with its rates.

    Zones are kept in memory until the public revision moves, which `as_of` has read before.
    """
    code = usual_form(country, postal_code)
    if code is None:
        return {}
    found: dict[DeliveryMethod, Zone] = {}
    longest: dict[DeliveryMethod, int] = {}
    for zone in kept_zones(place.pk, country, as_of or revision.current()):
        method, reach = DeliveryMethod(zone.method), _reach(zone, code)
        if reach is not None and reach > longest.get(method, -1):
            found[method], longest[method] = zone, reach
    return found


@lru_cache(maxsize=16)
def kept_zones(place_id: int, country: str, _as_of: Revision) -> tuple[Zone, ...]:
    rows = Zone.objects.filter(place=place_id, country=country, is_active=True)
    return tuple(rows.order_by("id").prefetch_related("rates"))


def usual_form(country: str, postal_code: str) -> str | None:
    """A postal code without spaces and hyphens; None when there can be no such code."""
    known = COUNTRIES.get(country)
    written = countries.postal_code(postal_code, known) if known else None
    return None if written is None else _compact(written)


def _compact(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _reach(zone: Zone, code: str) -> int | None:
    """How long a beginning of the code the zone names; None when it does not reach it."""
    apart = next((start for start in APART.get(zone.country, ()) if code.startswith(start)), "")
    named = [start for start in zone.prefixes or [""] if code.startswith(start)]
    return max((len(start) for start in named if start.startswith(apart)), default=None)


def quote(zone: Zone, weight_g: int, goods: Money) -> Money:
    """The price of sending a weight, VAT included; `goods` are what they cost after reductions.

    Raises:
        TooHeavy: it is over the heaviest bracket, however much it costs.
    """
    rates = sorted(zone.rates.all(), key=lambda rate: rate.up_to_g)
    price = next((rate.gross_cents for rate in rates if weight_g <= rate.up_to_g), None)
    if price is None:
        most = rates[-1].up_to_g if rates else 0
        raise TooHeavy(most_kg=_kilos(most), weight_kg=_kilos(weight_g))
    return Money(0) if is_free(zone, goods) else Money(price)


def is_free(zone: Zone, goods: Money) -> bool:
    return zone.free_from_cents is not None and goods.cents >= zone.free_from_cents


def _kilos(grams: int) -> str:
    """`30`, `0.5`: up to the gram, without useless zeros."""
    return f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")


def points_of(zone: Zone) -> list[carriers.RelayPoint]:
    """The relay points that staff listed for a zone."""
    return [carriers.RelayPoint(**facts) for facts in zone.points]


def carrier_of(zone: Zone) -> carriers.Carrier:
    return carriers.carrier_named(zone.carrier, listed=points_of(zone))


def save_zone(*, zone: Zone, rates: Sequence[Rate], by: Person | None, at: datetime) -> Zone:
    """Keep a zone with its rates, which take the place of those that it had.

    Raises:
        Invalid: an unknown carrier or country, a beginning that starts no postal code, a zone
            served without a rate, two rates of one weight, a number out of bounds.
    """
    zone.prefixes = sorted({_compact(each) for each in zone.prefixes})
    _refuse_wrong_zone(zone)
    _refuse_wrong_rates(rates, is_served=zone.is_active)
    with transaction.atomic():
        before = _facts_of(Zone.objects.select_for_update().filter(pk=zone.pk).first())
        zone.save()
        zone.rates.all().delete()
        ZoneRate.objects.bulk_create(
            ZoneRate(zone=zone, up_to_g=rate.up_to_g, gross_cents=rate.price.cents)
            for rate in rates
        )
        after = _facts_of(Zone.objects.get(pk=zone.pk))
        changes = {
            name: [before.get(name), value]
            for name, value in after.items()
            if before.get(name) != value
        }
        audit.record(action="zone.save", subject=zone, by=by, at=at, changes=changes)
        revision.bump()
    return zone


def remove_zone(*, zone: Zone, by: Person | None, at: datetime) -> None:
    """Send there no more; orders that were promised keep their promise."""
    with transaction.atomic():
        audit.record(
            action="zone.remove", subject=zone, by=by, at=at, changes={"name": [zone.name, None]}
        )
        zone.delete()
        revision.bump()


def _facts_of(zone: Zone | None) -> dict[str, object]:
    if zone is None:
        return {}
    rates = [[rate.up_to_g, rate.gross_cents] for rate in zone.rates.all()]
    return {**{name: getattr(zone, name) for name in _FACTS}, "rates": rates}


def _refuse_wrong_zone(zone: Zone) -> None:
    carriers.carrier_named(zone.carrier)
    if zone.country not in COUNTRIES:
        raise Invalid(
            path=["input", "country"], value=zone.country, expected=", ".join(sorted(COUNTRIES))
        )
    wrong = [each for each in zone.prefixes if not _PREFIX.fullmatch(each)]
    if wrong:
        raise Invalid(
            path=["input", "prefixes"],
            value=wrong[0],
            expected=str(_("the beginning of a postal code")),
        )
    if zone.method not in _SENT:
        raise Invalid(path=["input", "method"], value=zone.method, expected=" / ".join(_SENT))
    if not 1 <= zone.days_needed <= MOST_DAYS:
        raise Invalid(
            path=["input", "daysNeeded"], value=zone.days_needed, expected=f"1 - {MOST_DAYS}"
        )


def _refuse_wrong_rates(rates: Sequence[Rate], *, is_served: bool) -> None:
    weights = [rate.up_to_g for rate in rates]
    expected = ""
    if is_served and not rates:
        expected = str(_("a price for at least one weight"))
    elif len(set(weights)) < len(weights):
        expected = str(_("one price for each weight"))
    elif not all(1 <= weight <= HEAVIEST_G for weight in weights):
        expected = f"1 - {HEAVIEST_G} g"
    if expected:
        value = ", ".join(f"{weight} g" for weight in weights) or "0"
        raise Invalid(path=["input", "rates"], value=value, expected=expected)
