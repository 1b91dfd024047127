"""Two years of orders, as the simulation tells them: bought elsewhere, delivered, invoiced."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from django.db.models import Model
from tqdm import tqdm

from accounts.models import Address, Person, PersonReference
from catalog.importing.clinic_format import SOURCE
from catalog.models import Variant, VariantReference
from clinic.models import Place
from kernel.money import Money
from orders import brought_along
from orders.brought_along import BroughtLine, BroughtOrder
from orders.calendar import Promise, local_day, moment
from orders.holidays_of_france import public_holidays
from orders.stored import PostalAddress
from orders.vocabulary import DeliveryMethod
from pets.models import Pet, PetReference
from shop.demo.clients import DEMO
from shop.demo.delivery import POINTS
from shop.demo.households import read
from shop.demo.lives import ENDS

#: The days that the orders under way fill, after the last of the simulation.
QUIET: Final = timedelta(days=8)
METHODS: Final = {
    "home": DeliveryMethod.HOME,
    "click_and_collect": DeliveryMethod.PICKUP,
    "pickup_point": DeliveryMethod.RELAY,
}
_SEED, _LATE = 42, 0.04
_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 6, 7
#: On which working day after the order it is promised; the first one is that on which it is sent.
_DAYS: Final = {DeliveryMethod.HOME: 2, DeliveryMethod.PICKUP: 1, DeliveryMethod.RELAY: 3}
_WINDOWS: Final = {
    DeliveryMethod.HOME: ((time(9), time(12)), (time(14), time(17))),
    DeliveryMethod.PICKUP: ((time(9), time(12)), (time(14), time(16)), (time(16), time(19))),
    DeliveryMethod.RELAY: ((time(8), time(20)),),
}


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows of the shop, by the names that the simulation gives them."""

    people: Mapping[str, Person]
    addresses: Mapping[int, PostalAddress]
    pets: Mapping[str, Pet]
    variants: Mapping[str, Variant]
    vat: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Course:
    """When an order was placed, sent and received, and what had been promised."""

    placed_at: datetime
    sent_at: datetime
    promise: Promise
    received_at: datetime


def moved(at: datetime) -> timedelta:
    """How much later the simulation is told, for its last order to be eight days old."""
    return local_day(at) - QUIET - ENDS


def load_orders(folder: Path, *, place: Place, at: datetime, later: timedelta) -> None:
    """Bring the orders of a folder along, `later` than they say, for the owners who are known.

    The hours, and which orders were late, are drawn from a fixed seed.
    """
    rows = read(folder, "sim_orders.csv")
    with tqdm(total=len(rows), unit=" orders", disable=None) as bar:
        orders = _orders(rows, folder, _known(folder), later)
        brought_along.bring_orders(orders=orders, place=place, by=None, at=at, progress=bar.update)


def _known(folder: Path) -> _Known:
    variants = Variant.objects.select_related("product").prefetch_related("product__pictures")
    by_key = variants.in_bulk()
    packs = VariantReference.objects.filter(source=SOURCE)
    vat = {row["variant_id"]: Decimal(row["vat_rate"]) for row in read(folder, "variants.csv")}
    return _Known(
        people=_named(PersonReference, "person"),
        addresses={each.person_id: _address(each) for each in Address.objects.all()},
        pets=_named(PetReference, "pet"),
        variants={each.reference: by_key[each.variant_id] for each in packs},
        vat=vat,
    )


def _named[M: Model](model: type[PersonReference | PetReference], role: str) -> dict[str, M]:
    found = model.objects.filter(source=DEMO).select_related(role)
    return {each.reference: getattr(each, role) for each in found}


def _address(row: Address) -> PostalAddress:
    return {
        "recipient": row.recipient,
        "line1": row.line1,
        "postal_code": row.postal_code,
        "city": row.city,
        "country": row.country,
        "phone": row.phone,
    }


def _orders(
    rows: Sequence[Mapping[str, str]], folder: Path, known: _Known, later: timedelta
) -> Iterator[BroughtOrder]:
    lines: dict[str, list[BroughtLine]] = defaultdict(list)
    for bought in read(folder, "sim_order_lines.csv"):
        if bought["pet_id"] in known.pets:
            lines[bought["order_id"]].append(_line(bought, known))
    draw = Random(_SEED)  # noqa: S311  (the same hours each time, not a secret)
    for row in rows:
        method = METHODS[row["delivery"]]
        course = _course(date.fromisoformat(row["date"]) + later, method, draw)
        if row["owner_id"] in known.people:
            yield _order(row, method, course, lines[row["order_id"]], known)


def _line(row: Mapping[str, str], known: _Known) -> BroughtLine:
    return BroughtLine(
        variant=known.variants[row["variant_id"]],
        quantity=int(row["qty"]),
        unit_price=Money.parse(row["unit_price_ttc"]),
        vat_rate=known.vat[row["variant_id"]],
        pet=known.pets[row["pet_id"]],
    )


def _order(
    row: Mapping[str, str],
    method: DeliveryMethod,
    course: _Course,
    lines: Sequence[BroughtLine],
    known: _Known,
) -> BroughtOrder:
    person = known.people[row["owner_id"]]
    is_relay = method is DeliveryMethod.RELAY
    return BroughtOrder(
        number=f"D{int(row['order_id']):06}",
        person=person,
        address=known.addresses[person.pk],
        method=method,
        relay_point=_point(int(row["owner_id"])) if is_relay else PostalAddress(),
        lines=lines,
        delivery=Money.parse(row["shipping_ttc"]),
        total=Money.parse(row["total_ttc"]),
        promise=course.promise,
        placed_at=course.placed_at,
        sent_at=course.sent_at,
        received_at=course.received_at,
    )


def _point(owner: int) -> PostalAddress:
    """The relay point that an owner always takes."""
    _id, name, street, postal_code, city = POINTS[owner % len(POINTS)]
    return {
        "recipient": name,
        "line1": street,
        "postal_code": postal_code,
        "city": city,
        "country": "FR",
    }


def _course(day: date, method: DeliveryMethod, draw: Random) -> _Course:
    placed = moment(day, time(draw.randint(7, 21), draw.randint(0, 59)))
    sent = _working_day(day, 1)
    arrives = _working_day(day, _DAYS[method])
    windows = _WINDOWS[method]
    if method is DeliveryMethod.PICKUP and arrives.isoweekday() == _SATURDAY:
        windows = windows[:1]
    promise = Promise(*(moment(arrives, clock) for clock in draw.choice(windows)))
    minutes = int((promise.ends_at - promise.starts_at) / timedelta(minutes=1))
    received = promise.starts_at + timedelta(minutes=draw.randint(5, minutes))
    if method is not DeliveryMethod.PICKUP and draw.random() < _LATE:
        received = promise.ends_at + timedelta(minutes=draw.randint(10, 150))
    return _Course(placed, moment(sent, time(8, 30)), promise, received)


def _working_day(day: date, count: int) -> date:
    """So many days of carriers after a day."""
    while count:
        day += _DAY
        holidays = public_holidays([day.year], postal_code="35000")
        count -= day.isoweekday() != _SUNDAY and day not in holidays
    return day
