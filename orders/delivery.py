"""How an order may reach its buyer, at home, at the clinic or at a relay point, and by when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from clinic import details, revision
from clinic.models import Place
from clinic.revision import Revision
from kernel.money import Money
from kernel.refusals import ErrorCode, NotFound, Refusal
from orders import slots, zones
from orders.calendar import Calendar, Promise, carried_promise, is_open
from orders.carriers import Parcel, RelayPoint
from orders.models import SlotDay, Zone
from orders.slots import NoDayOpen, OpenSlot
from orders.vocabulary import DeliveryMethod
from orders.workdays import calendar_in
from orders.zones import ZoneNotServed

MOST_POINTS = 20
FREE = Money(0)


class NoPointThere(Refusal):
    """No relay point is known around the postal code."""

    code = ErrorCode.ZONE_NOT_SERVED
    words = _("We know of no relay point around %(postal_code)s.")


class NoSlotChosen(Refusal):
    """The day and the hour are the buyer's to choose, and were not chosen."""

    code = ErrorCode.SLOT_GONE
    words = _("Choose the day and the hour first.")


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that may be chosen, with its slots, the earliest first."""

    day: date
    slots: tuple[OpenSlot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOption:
    """A way to have an order, or why it is not one.

    Where the buyer chooses a slot, `days` holds them and `promise` is None; elsewhere `promise` is
    the day on which the order arrives.
    """

    method: DeliveryMethod
    price: Money | None = None
    free_from: Money | None = None
    days: tuple[OpenDay, ...] = ()
    promise: Promise | None = None
    points: tuple[RelayPoint, ...] = ()
    refusal: Refusal | None = None

    @property
    def is_possible(self) -> bool:
        return self.refusal is None

    @property
    def reason_not(self) -> str | None:
        return self.refusal.message if self.refusal else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a buyer chose: a method, with a slot or a relay point where it has them."""

    method: DeliveryMethod
    slot: SlotDay | None = None
    point_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a choice costs and promises, and who brings it."""

    price: Money
    promise: Promise
    carrier: str = "manual"
    point: RelayPoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked at a moment, with all that the answer is read from."""

    parcel: Parcel
    at: datetime
    here: Calendar
    there: Calendar
    zones: dict[DeliveryMethod, Zone]

    def zone(self, method: DeliveryMethod) -> Zone:
        if method not in self.zones:
            raise ZoneNotServed(postal_code=self.parcel.postal_code)
        return self.zones[method]

    def carried(self, zone: Zone) -> Promise:
        found = carried_promise(at=self.at, days_needed=zone.days_needed, calendar=self.there)
        if found is None:
            raise NoDayOpen
        return found


def delivery_options(
    *, place: Place, parcel: Parcel, at: datetime, as_of: Revision | None = None
) -> list[DeliveryOption]:
    """Home, pickup and relay, in that order; nothing is held.

    `as_of` is the public revision, where it was read before.
    """
    asked = _asked(place, parcel, at, as_of)
    calendars = {DeliveryMethod.HOME: asked.there, DeliveryMethod.PICKUP: asked.here}
    found = slots.slots_by_method(place=place, calendars=calendars, at=at)
    return [
        _tried(DeliveryMethod.HOME, lambda: _home(asked, found[DeliveryMethod.HOME])),
        _tried(DeliveryMethod.PICKUP, lambda: _pickup(found[DeliveryMethod.PICKUP])),
        _tried(DeliveryMethod.RELAY, lambda: _relay(asked)),
    ]


def _tried(method: DeliveryMethod, make: Callable[[], DeliveryOption]) -> DeliveryOption:
    try:
        return make()
    except Refusal as refusal:
        return DeliveryOption(method=method, refusal=refusal)


def terms_of(
    choice: Choice, *, place: Place, parcel: Parcel, at: datetime, as_of: Revision | None = None
) -> Terms:
    """What a choice costs and promises at a moment; whether its slot has room is not asked here.

    Raises:
        ZoneNotServed: nothing is sent there this way, or nothing as heavy.
        SlotGone, NoSlotChosen: it is too late for the slot, or none was chosen.
        NoDayOpen: the place is closed for a year.
        NotFound: there is no such relay point.
    """
    asked = _asked(place, parcel, at, as_of)
    if choice.method == DeliveryMethod.PICKUP:
        return Terms(price=FREE, promise=_chosen(choice, place, asked.here, at))
    zone = asked.zone(choice.method)
    price = _price(zone, asked.parcel)
    if choice.method == DeliveryMethod.RELAY:
        point = _point(zone, asked.parcel, choice.point_id)
        return Terms(price=price, promise=asked.carried(zone), carrier=zone.carrier, point=point)
    promise = _chosen(choice, place, asked.there, at) if zone.has_slots else asked.carried(zone)
    return Terms(price=price, promise=promise, carrier=zone.carrier)


def point_named(*, place: Place, country: str, postal_code: str, point_id: str) -> RelayPoint:
    """A relay point near a postal code, by its id.

    Raises:
        ZoneNotServed: nothing is sent to relay points there.
        NoPointThere, NotFound: there is no such point.
    """
    code = zones.usual_form(country, postal_code) or postal_code
    zone = zones.zones_for(place, country, code).get(DeliveryMethod.RELAY)
    if zone is None:
        raise ZoneNotServed(path=["input", "postalCode"], postal_code=code)
    parcel = Parcel(country=country, postal_code=code, weight_g=0, goods=FREE)
    return _point(zone, parcel, point_id)


def _asked(place: Place, parcel: Parcel, at: datetime, as_of: Revision | None) -> _Asked:
    code = zones.usual_form(parcel.country, parcel.postal_code) or parcel.postal_code
    now = as_of or revision.current()
    public = details.public_details(now)
    in_france = code if parcel.country == "FR" else None
    return _Asked(
        parcel=replace(parcel, postal_code=code),
        at=at,
        here=calendar_in(public, place, at=at),
        there=calendar_in(public, place, at=at, postal_code=in_france),
        zones=zones.zones_for(place, parcel.country, code, as_of=now),
    )


def _home(asked: _Asked, found: Sequence[OpenSlot]) -> DeliveryOption:
    zone = asked.zone(DeliveryMethod.HOME)
    price = _price(zone, asked.parcel)
    return DeliveryOption(
        method=DeliveryMethod.HOME,
        price=price,
        free_from=_free_from(zone),
        days=_by_day(found) if zone.has_slots else (),
        promise=None if zone.has_slots else asked.carried(zone),
    )


def _pickup(found: Sequence[OpenSlot]) -> DeliveryOption:
    return DeliveryOption(method=DeliveryMethod.PICKUP, price=FREE, days=_by_day(found))


def _relay(asked: _Asked) -> DeliveryOption:
    zone = asked.zone(DeliveryMethod.RELAY)
    return DeliveryOption(
        method=DeliveryMethod.RELAY,
        price=_price(zone, asked.parcel),
        free_from=_free_from(zone),
        promise=asked.carried(zone),
        points=_points(zone, asked.parcel),
    )


def _price(zone: Zone, parcel: Parcel) -> Money:
    """What the buyer pays: the zone's rate, or what its carrier asks where it quotes itself."""
    rate = zones.quote(zone, parcel.weight_g, parcel.goods)
    asked = zones.carrier_of(zone).quote(parcel)
    return rate if asked is None or zones.is_free(zone, parcel.goods) else asked


def _free_from(zone: Zone) -> Money | None:
    return None if zone.free_from_cents is None else Money(zone.free_from_cents)


def _by_day(found: Sequence[OpenSlot]) -> tuple[OpenDay, ...]:
    """Slots grouped by day; they come sorted.

    Raises:
        NoDayOpen: there are none.
    """
    if not found:
        raise NoDayOpen
    days = groupby(found, key=lambda slot: slot.day)
    return tuple(OpenDay(day, tuple(of_day)) for day, of_day in days)


def _points(zone: Zone, parcel: Parcel) -> tuple[RelayPoint, ...]:
    found = zones.carrier_of(zone).points(parcel.country, parcel.postal_code)
    if not found:
        raise NoPointThere(postal_code=parcel.postal_code)
    return tuple(found[:MOST_POINTS])


def _point(zone: Zone, parcel: Parcel, point_id: str) -> RelayPoint:
    for point in _points(zone, parcel):
        if point.id == point_id:
            return point
    raise NotFound(path=["input", "point"], what=_("relay point"))


def _chosen(choice: Choice, place: Place, calendar: Calendar, at: datetime) -> Promise:
    slot = choice.slot
    if slot is None:
        raise NoSlotChosen(path=["input", "slot"])
    is_theirs = (slot.rule.place_id, slot.rule.method) == (place.pk, choice.method)
    if not is_theirs or not is_open(slots.rule_of(slot.rule), slot.day, at=at, calendar=calendar):
        raise slots.gone(slot)
    return slots.promise_of(slot)
