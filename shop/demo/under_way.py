"""Orders of the last week, through the verbs that the shop itself calls: one in every state.

What Stripe would have told of them is told without Stripe.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from tqdm import tqdm

from accounts.access import Viewer
from accounts.addresses import AddressGiven
from accounts.models import Person
from catalog.listing import Reading
from catalog.models import Variant
from clinic import details, revision
from clinic.details import legal_texts_in_force
from clinic.models import Place
from kernel.animals import Language
from kernel.money import Money
from orders import (
    carts,
    checkout,
    choices,
    fulfilment,
    invoices,
    payments,
    reckoning,
    settlement,
    withdrawal,
)
from orders.calendar import local_day
from orders.carts import Change, Contact, Wanted
from orders.checkout import Agreed, CartNotReady
from orders.choices import Received
from orders.models import Cart, Order, OrderLinePet
from orders.reckoning import Reckoning
from orders.stripe_gateway import Intent, IntentStatus, RefundMade, RefundStatus
from orders.vocabulary import CancelReason, DeliveryMethod, OrderOrigin, ProblemCode
from orders.withdrawal import Returned
from pets.models import Pet
from shop.demo.clients import OWNER

_PAYS_IN: Final = timedelta(minutes=4)
_DAY: Final = timedelta(days=1)
_TOLD: Final = "demo"
_RECENT: Final = 400

type Follows = Callable[[Order, datetime], None]


class Buyer(StrEnum):
    """Who acts a scene: what each buys again, they had bought before."""

    ANYBODY = "anybody"
    TO_TRY = "to_try"
    FOR_A_VET = "for_a_vet"


class NoBuyer(LookupError):
    """Nobody of the demonstration can buy what a scene needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An order that was placed some time ago, and what followed.

    `day` is the first on which it may be promised, counted from today; without one, the first that
    is free.
    """

    ago: timedelta
    follows: Follows
    method: DeliveryMethod = DeliveryMethod.HOME
    packs: int = 1
    day: int | None = None
    buyer: Buyer = Buyer.ANYBODY


@dataclass(frozen=True, slots=True)
class _Meal:
    """A pack that somebody may want for an animal of theirs, and where they live."""

    variant: Variant
    pet: Pet
    person: Person
    address: AddressGiven


def load_orders_under_way(*, place: Place, at: datetime) -> None:
    """Act every scene: the owner to try as often as asked, everybody else once."""
    usual = _bought_lately(by_vets=False)
    others = {Buyer.ANYBODY: iter(usual), Buyer.FOR_A_VET: iter(_bought_lately(by_vets=True))}
    for scene in tqdm(_SCENES, unit=" orders under way", disable=None):
        meals = others.get(scene.buyer) or _of_the_owner_to_try(usual)
        order = _bought(scene, meals, place, at=at)
        scene.follows(order, at - scene.ago + _PAYS_IN)


def _bought_lately(*, by_vets: bool) -> list[_Meal]:
    """What was bought for animals that are served still: of each owner the last."""
    found = OrderLinePet.objects.select_related("line__variant", "line__order__person", "pet")
    found = found.filter(
        line__order__origin=OrderOrigin.IMPORT,
        line__variant__product__needs_vet_approval=by_vets,
        pet__died_on__isnull=True,
        pet__archived_at__isnull=True,
    ).order_by("-line__order__placed_at", "-pk")
    last: dict[int, _Meal] = {}
    for each in found.exclude(line__order__email=OWNER)[:_RECENT]:
        person, variant = each.line.order.person, each.line.variant
        if person is not None and variant is not None:
            address = AddressGiven(**each.line.order.address)
            last.setdefault(person.pk, _Meal(variant, each.pet, person, address))
    return list(last.values())


def _of_the_owner_to_try(usual: Sequence[_Meal]) -> Iterator[_Meal]:
    """What others bought, for an animal of the same species of theirs."""
    person = Person.objects.get(login__email=OWNER)
    home = person.addresses.get(is_default=True)
    address = AddressGiven(
        recipient=home.recipient, line1=home.line1, postal_code=home.postal_code, city=home.city
    )
    for guard in person.guardianships.select_related("pet").order_by("pk"):
        for each in usual:
            if each.pet.species == guard.pet.species:
                yield _Meal(each.variant, guard.pet, person, address)


def _bought(scene: Scene, meals: Iterable[_Meal], place: Place, *, at: datetime) -> Order:
    for meal in meals:
        try:
            with transaction.atomic():
                return _buy(scene, meal, place, at=at)
        except CartNotReady:
            continue
    raise NoBuyer(scene)


def _buy(scene: Scene, meal: _Meal, place: Place, *, at: datetime) -> Order:
    now = revision.current()
    reading = Reading(
        revision=now,
        clinic=details.public_details(now),
        at=at - scene.ago,
        language=Language.FR,
    )
    viewer = Viewer(person=meal.person)
    cart = carts.open_cart(viewer=viewer, place=place, at=reading.at)
    wanted = Wanted(variant=meal.variant, quantity=scene.packs, pets=[(meal.pet, 100)])
    carts.add_packs(cart=cart, wanted=[wanted], at=reading.at)
    _say_who(cart, meal.person, meal.address, at=reading.at)
    day = None if scene.day is None else local_day(at) + scene.day * _DAY
    _choose_day(cart, scene.method, day, reading)
    found = _read_through(cart, meal.person, reading)
    texts = legal_texts_in_force(reading.clinic, at=reading.at)
    agreed = Agreed(
        cart_version=found.cart.version,
        total=found.totals.total,
        texts=frozenset((text.kind, text.version) for text in texts),
        is_declared=True,
    )
    return checkout.place_order(cart=found.cart, agreed=agreed, viewer=viewer, reading=reading)


def _say_who(cart: Cart, person: Person, address: AddressGiven, *, at: datetime) -> None:
    contact = Contact(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
    )
    carts.set_contact(cart=cart, contact=contact, at=at)
    carts.set_address(cart=cart, address=address, at=at)


def _choose_day(cart: Cart, method: DeliveryMethod, day: date | None, reading: Reading) -> None:
    """The first slot from a day on, or the relay point that comes first."""
    code = cart.address["postal_code"]
    options = choices.options(cart=cart, postal_code=code, country="FR", reading=reading)
    option = next(each for each in options if each.method is method)
    slots = [slot for each in option.days for slot in each.slots if day is None or slot.day >= day]
    received = Received(
        method=method,
        slot=slots[0].key if slots else "",
        point=option.points[0].id if option.points else "",
        postal_code=code,
    )
    choices.choose_delivery(cart=cart, received=received, at=reading.at)


def _read_through(cart: Cart, person: Person, reading: Reading) -> Reckoning:
    """The cart as its buyer leaves it: prices seen, and what is said of each line acknowledged."""
    cart = Cart.objects.select_related("place", "slot__rule").get(pk=cart.pk)
    seen = reckoning.reckon(cart, reading, person=person)
    reasons: dict[int | None, list[str]] = defaultdict(list)
    for problem in seen.problems:
        if problem.code is ProblemCode.UNSUITABLE:
            reasons[problem.line_id].append(problem.reason)
    changes = [
        Change(
            line=each.line,
            seen_cents=each.unit.cents,
            acknowledged=reasons[each.line.pk],
        )
        for each in seen.lines
    ]
    carts.change_lines(cart=cart, changes=changes, at=reading.at)
    cart.refresh_from_db()
    return reckoning.reckon(cart, reading, person=person)


def _hear(order: Order, status: IntentStatus, *, at: datetime) -> Order:
    """What Stripe would have told of the order's payment."""
    whole = Money(order.total_cents)
    is_taken = status is IntentStatus.SUCCEEDED
    intent = Intent(
        id=f"pi_{_TOLD}_{order.number}",
        status=status,
        client_secret=f"pi_{_TOLD}_{order.number}_secret",
        amount=whole,
        amount_received=whole if is_taken else Money(0),
        amount_capturable=Money(0) if is_taken else whole,
        decline_code="",
        order_id=str(order.pk),
        attempt=1,
        created_at=at,
    )
    heard = payments.hear(intent, at=at)
    assert heard is not None  # noqa: S101  (the intent names the order)
    return heard


def _waits_for_payment(_order: Order, _at: datetime) -> None:
    """The buyer is at the card form still."""


def _waits_for_a_vet(order: Order, at: datetime) -> None:
    _hear(order, IntentStatus.REQUIRES_CAPTURE, at=at)


def _paid(order: Order, at: datetime) -> None:
    invoices.issue_invoice(order=_hear(order, IntentStatus.SUCCEEDED, at=at), at=at)


def _sent(order: Order, at: datetime) -> None:
    _paid(order, at)
    fulfilment.send(shipment=order.shipments.get(), tracking="6A12345678901", by=None, at=at + _DAY)


def _sent_in_part(order: Order, at: datetime) -> None:
    _paid(order, at)
    line = order.lines.get()
    fulfilment.send(shipment=order.shipments.get(), quantities={line.pk: 1}, by=None, at=at + _DAY)


def _cancelled(order: Order, at: datetime) -> None:
    _paid(order, at)
    later = at + _DAY
    settlement.cancel_order(order=order, reason=CancelReason.BY_OWNER, by=order.person, at=later)
    _refunded(order, at=later)


def _sent_back(order: Order, at: datetime) -> None:
    _sent(order, at)
    fulfilment.deliver(shipment=order.shipments.get(), by=None, at=at + 2 * _DAY)
    order = Order.objects.select_related("person").get(pk=order.pk)
    returned = {line.pk: Returned(quantity=line.quantity) for line in order.lines.all()}
    later = at + 3 * _DAY
    declared = withdrawal.declare(order=order, returned=returned, by=order.person, at=later)
    withdrawal.pay_back(withdrawal.confirm(token=declared.token, at=later), at=later)
    _refunded(order, at=later)


def _refunded(order: Order, *, at: datetime) -> None:
    """What Stripe would have told of the order's refund."""
    refund = order.refunds.get()
    payments.hear_refund(
        RefundMade(
            id=f"re_{_TOLD}_{order.number}",
            intent_id=refund.payment.intent_id,
            status=RefundStatus.SUCCEEDED,
            amount=Money(refund.amount_cents),
            key=refund.key,
            created_at=at,
        ),
        at=at,
    )
    refund.refresh_from_db()
    invoices.issue_credit_note(refund=refund, at=at)


#: The first placed first, so that the numbers of invoices follow their days.
_SCENES: Final[Sequence[Scene]] = (
    Scene(ago=7 * _DAY, follows=_sent_back),
    Scene(ago=6 * _DAY, follows=_paid),
    Scene(ago=4 * _DAY, follows=_cancelled),
    Scene(ago=3 * _DAY, follows=_sent, buyer=Buyer.TO_TRY),
    Scene(ago=2 * _DAY, follows=_sent, method=DeliveryMethod.PICKUP, day=1),
    Scene(ago=2 * _DAY, follows=_sent_in_part, packs=3, day=1),
    Scene(ago=2 * _DAY, follows=_paid, day=0),
    Scene(ago=timedelta(hours=30), follows=_paid, day=1, buyer=Buyer.TO_TRY),
    Scene(ago=timedelta(hours=26), follows=_paid, day=1, packs=2),
    Scene(ago=timedelta(hours=25), follows=_paid, method=DeliveryMethod.RELAY),
    Scene(ago=timedelta(hours=5), follows=_waits_for_a_vet, buyer=Buyer.FOR_A_VET),
    Scene(ago=timedelta(hours=3), follows=_waits_for_a_vet, buyer=Buyer.FOR_A_VET),
    Scene(ago=timedelta(minutes=12), follows=_waits_for_payment),
    Scene(ago=timedelta(minutes=5), follows=_waits_for_payment, method=DeliveryMethod.PICKUP),
)
