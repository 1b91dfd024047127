"""A shop with packs to buy, and somebody who buys them."""

from typing import Any

from accounts.access import GUEST, Viewer, viewer_of
from accounts.addresses import AddressGiven
from accounts.models import Login
from catalog.listing import Reading
from catalog.models import Variant
from catalog.vocabulary import RegulatoryClass
from clinic import details, revision
from clinic.models import Place
from kernel.animals import Language
from kernel.money import Money
from orders import carts, checkout, reckoning, zones
from orders.carts import Contact, Wanted
from orders.checkout import Agreed
from orders.models import Cart, Order, Zone
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate
from tests.builders import NOW, Pack, published

HOME = AddressGiven(recipient="Ada", line1="1 rue", postal_code="35000", city="Rennes")


def reading(at=NOW) -> Reading:
    now = revision.current()
    clinic = details.public_details(now)
    return Reading(revision=now, clinic=clinic, at=at, language=Language.FR)


def pack(sku="S1", price=1000, stock=10, kind=RegulatoryClass.FOOD, **more: Any) -> Variant:
    published(f"p-{sku.lower()}", Pack(sku=sku, price=price, stock=stock, kind=kind), **more)
    return Variant.objects.get(sku=sku)


def cart_with(*wanted: tuple[Variant, int], login: Login | None = None, at=NOW) -> Cart:
    """A cart that could be bought: filled at today's prices, delivered for nothing."""
    viewer = viewer_of(login) if login else GUEST
    cart = carts.open_cart(viewer=viewer, place=Place.objects.get(), at=at)
    for variant, quantity in wanted:
        cents = variant.price_changes.latest("effective_from").gross_cents
        each = Wanted(variant=variant, quantity=quantity, seen_cents=cents)
        carts.add_packs(cart=cart, wanted=[each], at=at)
    contact = Contact(first_name="Ada", last_name="Lovelace", email="ada@clients.example")
    carts.set_contact(cart=cart, contact=contact, at=at)
    carts.set_address(cart=cart, address=HOME, at=at)
    Cart.objects.filter(pk=cart.pk).update(method=DeliveryMethod.HOME)
    _deliver_for_nothing()
    return Cart.objects.get(pk=cart.pk)


def _deliver_for_nothing() -> None:
    if not Zone.objects.filter(name="France").exists():
        zone = Zone(place=Place.objects.get(), name="France", has_slots=False)
        rates = [Rate(1_000_000, Money(0))]
        zones.save_zone(zone=zone, rates=rates, by=None, at=NOW)


def total_of(cart: Cart, *, viewer: Viewer = GUEST, at=NOW) -> Money:
    return reckoning.reckon(cart, reading(at), person=viewer.person).totals.total


def placed(cart: Cart, *, viewer: Viewer = GUEST, at=NOW, **changes: Any) -> Order:
    """The order of a cart by somebody who agrees to all that there is to agree to."""
    agreed = {
        "cart_version": cart.version,
        "total": total_of(cart, viewer=viewer, at=at),
        "texts": frozenset((each.kind, each.version) for each in reading(at).clinic.legal_texts),
    }
    return checkout.place_order(
        cart=cart, agreed=Agreed(**{**agreed, **changes}), viewer=viewer, reading=reading(at)
    )
