"""Carts: filled, changed, taken over by the person who signs in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import addresses, phones, written
from accounts.access import Viewer
from accounts.addresses import AddressGiven
from accounts.models import Person
from catalog import regulation
from catalog.models import Variant
from clinic.models import Place
from kernel.refusals import ErrorCode, Invalid, LimitReached, Refusal, Stale
from orders import access
from orders.models import Cart, CartLine, CartLinePet
from orders.vocabulary import CartState
from pets.models import Pet

MOST_OF_A_LINE = 999
MOST_LINES = 60
DEAREST_CENTS = 100_000_000
_LONGEST_TEXT = 60
_OF_BUYER = ("contact", "address", "billing")
_WHOLE = 100


class CartClosed(Refusal):
    """The cart was ordered, or a payment for it is under way."""

    code = ErrorCode.CART_CLOSED
    words = _("This cart is being paid or was ordered: it cannot be changed.")


class NotSoldOnline(Refusal):
    """The law keeps the pack from being sold here; the article says which."""

    code = ErrorCode.NOT_SOLD_ONLINE
    words = _("%(sku)s is not sold online: ask the clinic for it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Packs to put in a cart, and whom they are for: pets with the share of each in percent."""

    variant: Variant
    quantity: int
    pets: Sequence[tuple[Pet, int]] = ()
    text: str = ""
    from_suggestion: str = ""
    seen_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to write to and to call about the order."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""


def open_cart(*, viewer: Viewer, place: Place, at: datetime) -> Cart:
    """A cart to fill: the one that a signed-in person has already, a fresh one for a guest."""
    known = access.open_cart_of(viewer)
    if known is not None:
        return known
    return Cart.objects.create(person=viewer.person, place=place, created_at=at, updated_at=at)


@contextmanager
def changing(cart: Cart, *, expected_version: int | None = None, at: datetime) -> Iterator[Cart]:
    """The cart as it stands, whose row is locked while it is changed; its version has moved.

    One conditional statement takes the lock and moves the version, so that whoever comes second
    waits, reads what the first has written, and goes on from there.

    Raises:
        CartClosed: it is frozen or ordered.
        Stale: somebody changed it since the asker read it.
    """
    with transaction.atomic():
        while not _moved(cart, at=at):
            standing = Cart.objects.filter(pk=cart.pk, state=CartState.OPEN)
            if not standing.exists():
                raise CartClosed(path=["input", "cartId"])
            cart.refresh_from_db()
        before = cart.version
        if expected_version is not None and before != expected_version:
            raise Stale(path=["input", "expectedVersion"], version=before)
        cart.version, cart.updated_at = before + 1, at
        yield cart


def _moved(cart: Cart, *, at: datetime) -> bool:
    asked = Cart.objects.filter(pk=cart.pk, state=CartState.OPEN, version=cart.version)
    return bool(asked.update(version=F("version") + 1, updated_at=at))


def add_packs(*, cart: Cart, wanted: Sequence[Wanted], at: datetime) -> Cart:
    """Put packs in a cart; packs that are there already grow in number.

    Raises:
        CartClosed: it is frozen or ordered.
        NotSoldOnline: the class of a pack is not sold here, or nobody knows it.
        Invalid: a quantity outside 1 to 999, shares that are no whole.
        LimitReached: more than sixty lines.
    """
    if len(wanted) > MOST_LINES:
        raise LimitReached(path=["input", "lines"], most=MOST_LINES)
    for each in wanted:
        _refuse_unsold(each.variant)
        _check_quantity(each.quantity)
        _check_shares(each.pets)
    with changing(cart, at=at) as row:
        there = {(line.variant_id, line.text): line for line in row.lines.all()}
        for each in wanted:
            _put(row, there, each, at=at)
        if len(there) > MOST_LINES:
            raise LimitReached(path=["input", "lines"], most=MOST_LINES)
    return row


def _put(
    cart: Cart, there: dict[tuple[int, str], CartLine], wanted: Wanted, *, at: datetime
) -> None:
    text = written.line(
        wanted.text,
        path=["input", "text"],
        expected=_("at most 60 characters, without emoji"),
        most=_LONGEST_TEXT,
    )
    key = (wanted.variant.pk, text)
    line = there.get(key)
    if line is None:
        line = there[key] = CartLine.objects.create(
            cart=cart,
            variant=wanted.variant,
            text=text,
            quantity=wanted.quantity,
            seen_cents=wanted.seen_cents,
            from_suggestion=wanted.from_suggestion[:200],
            added_at=at,
        )
    else:
        _check_quantity(line.quantity + wanted.quantity)
        line.quantity += wanted.quantity
        line.save(update_fields=["quantity"])
    if wanted.pets:
        _feed(line, wanted.pets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes of a line; what is None stays. `acknowledged` are reasons that were read."""

    line: CartLine
    quantity: int | None = None
    pets: Sequence[tuple[Pet, int]] | None = None
    acknowledged: Sequence[str] | None = None
    seen_cents: int | None = None


def change_lines(*, cart: Cart, changes: Sequence[Change], at: datetime) -> Cart:
    """Change some lines of a cart, all or none.

    Raises:
        CartClosed, Invalid: as `add_packs`.
    """
    for each in changes:
        if each.quantity is not None:
            _check_quantity(each.quantity)
        if each.pets is not None:
            _check_shares(each.pets)
        _check_seen(each.seen_cents)
    with changing(cart, at=at) as row:
        there = {line.pk: line for line in row.lines.all()}
        for each in changes:
            # A line that somebody took out meanwhile has nothing left to change.
            if each.line.pk in there:
                _change(there[each.line.pk], each)
    return row


def _change(line: CartLine, change: Change) -> None:
    if change.quantity is not None:
        line.quantity = change.quantity
    if change.acknowledged is not None:
        line.acknowledged = sorted(set(change.acknowledged))
    if change.seen_cents is not None:
        line.seen_cents = change.seen_cents
    line.save(update_fields=["quantity", "acknowledged", "seen_cents"])
    if change.pets is not None:
        _feed(line, change.pets)


def remove_lines(*, cart: Cart, lines: Sequence[CartLine], at: datetime) -> Cart:
    """Raises: CartClosed."""
    with changing(cart, at=at) as row:
        row.lines.filter(pk__in=[line.pk for line in lines]).delete()
    return row


def set_contact(*, cart: Cart, contact: Contact, at: datetime) -> Cart:
    """Raises: CartClosed; Invalid or PhoneRefused, with the field."""
    checked = {
        "first_name": written.name(contact.first_name, path=["input", "firstName"]),
        "last_name": written.name(contact.last_name, path=["input", "lastName"]),
        "email": written.email(contact.email, path=["input", "email"]),
        "phone": phones.normalise(contact.phone, path=["input", "phone"]),
    }
    if not checked["email"]:
        raise written.refused("", path=["input", "email"], expected=_("an e-mail address"))
    with changing(cart, at=at) as row:
        row.contact = checked
        row.save(update_fields=["contact"])
    return row


def set_address(*, cart: Cart, address: AddressGiven, at: datetime) -> Cart:
    """Raises: CartClosed; Invalid or PhoneRefused, with the field."""
    checked = asdict(addresses.tidied(address))
    with changing(cart, at=at) as row:
        if checked["postal_code"] != row.address.get("postal_code"):
            # Another place has other days: what was chosen is chosen anew.
            row.slot = None
        row.address = checked
        row.save(update_fields=["address", "slot"])
    return row


def claim(*, cart: Cart, person: Person, at: datetime) -> Cart:
    """Give a guest's cart to the person who signed in; lines of both carts come together.

    Claiming twice changes nothing.

    Raises:
        CartClosed: the cart, or the person's own, is being paid.
    """
    if cart.person_id == person.pk:
        return cart
    with transaction.atomic():
        own = Cart.objects.select_for_update(of=("self",)).filter(person=person)
        mine = own.exclude(state=CartState.ORDERED).first()
        with changing(cart, at=at) as row:
            if mine is None:
                row.person = person
                row.save(update_fields=["person"])
                return row
        with changing(mine, at=at) as kept:
            _join(kept, row)
            kept.save(update_fields=_OF_BUYER)
        row.delete()
    return kept


def _join(kept: Cart, other: Cart) -> None:
    there = {(line.variant_id, line.text): line for line in kept.lines.all()}
    for line in other.lines.all():
        same = there.get((line.variant_id, line.text))
        if same is None:
            CartLine.objects.filter(pk=line.pk).update(cart=kept)
            continue
        quantity = min(same.quantity + line.quantity, MOST_OF_A_LINE)
        CartLine.objects.filter(pk=same.pk).update(quantity=quantity)
    for name in _OF_BUYER:
        if not getattr(kept, name):
            setattr(kept, name, getattr(other, name))


def _refuse_unsold(variant: Variant) -> None:
    rule = regulation.rule_for(variant.regulatory_class)
    if not rule.sold_online:
        article = rule.article or None
        raise NotSoldOnline(path=["input", "lines"], sku=variant.sku, article=article)


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MOST_OF_A_LINE:
        path = ["input", "quantity"]
        raise Invalid(path=path, value=quantity, expected=f"1 - {MOST_OF_A_LINE}")


def _check_seen(cents: int | None) -> None:
    if cents is not None and not 0 <= cents <= DEAREST_CENTS:
        path = ["input", "priceSeenCents"]
        raise Invalid(path=path, value=cents, expected=f"0 - {DEAREST_CENTS}")


def _check_shares(pets: Sequence[tuple[Pet, int]]) -> None:
    shares = [share for _pet, share in pets]
    keys = {pet.pk for pet, _share in pets}
    if pets and (sum(shares) != _WHOLE or min(shares) < 1 or len(keys) < len(pets)):
        expected = str(_("each pet once, with shares of 100 % together"))
        raise Invalid(path=["input", "pets"], value=f"{sum(shares)} %", expected=expected)


def _feed(line: CartLine, pets: Sequence[tuple[Pet, int]]) -> None:
    line.pets.all().delete()
    CartLinePet.objects.bulk_create(
        CartLinePet(line=line, pet=pet, share_percent=share) for pet, share in pets
    )
