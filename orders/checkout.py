"""A cart becomes an order: prices frozen, stock and day promised, before anything can be paid."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.access import Viewer
from catalog import stock
from catalog.listing import Reading
from catalog.models import Stock
from clinic.details import legal_texts_in_force
from clinic.models import LegalText
from clinic.vocabulary import LegalKind
from kernel import events
from kernel.money import Money
from kernel.refusals import ErrorCode, Invalid, Refusal, Stale
from orders import approvals, promises, reckoning, stored, timeline
from orders.carts import CartClosed
from orders.events import OrderPlaced
from orders.models import Cart, Order, OrderLine, OrderLinePet, Payment, Reservation
from orders.reckoning import Problem, ReckonedLine, Reckoning
from orders.vocabulary import CartState, PaymentMethod, PaymentState

#: How long stock and day are kept for a buyer who pays; an intent cannot be confirmed later.
PAYMENT_WINDOW: Final = timedelta(minutes=45)
#: What a buyer must have accepted. Source: Code de la consommation L.221-5, L.221-14.
TO_ACCEPT: Final = (LegalKind.TERMS_OF_SALE,)
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH: Final = 8


class CartNotReady(Refusal):
    """Something keeps the cart from being bought; `problems` say what."""

    code = ErrorCode.CART_NOT_READY
    words = _("%(first)s")

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(path=["input", "cartId"], article=first.article, first=first.message)
        self.problems = tuple(problems)


class PriceChanged(Refusal):
    """The total is no longer what the buyer saw."""

    code = ErrorCode.PRICE_CHANGED
    words = _("The total is %(after)s € now, not %(before)s €: look at the cart again.")

    def __init__(self, *, before: Money, after: Money) -> None:
        super().__init__(path=["input", "expectedTotal"], before=before, after=after)
        self.before, self.after = before, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the buyer saw and accepted: the cart's version, its total, and the legal texts.

    `texts` names them by kind and version; `is_declared` is the box of the client gate, ticked.
    """

    cart_version: int
    total: Money
    texts: frozenset[tuple[str, int]]
    is_declared: bool = False


def place_order(*, cart: Cart, agreed: Agreed, viewer: Viewer, reading: Reading) -> Order:
    """Make the order of a cart, which awaits its payment; the cart is frozen meanwhile.

    One transaction: the cart is locked, then stock in the order of the packs, then the day. A total
    of nothing is paid at once.

    Raises:
        CartClosed: the cart was ordered, or is being paid.
        Stale: the cart changed since the buyer saw it.
        CartNotReady: one of `cart.problems` is blocking.
        PriceChanged: the total is another.
        OutOfStock: somebody took the last packs meanwhile.
        SlotGone: somebody took the last of the day meanwhile.
        Invalid: a legal text in force was not accepted.
    """
    at = reading.at
    with transaction.atomic():
        _freeze(cart, agreed)
        found = reckoning.reckon(cart, reading, person=viewer.person)
        _refuse(found, agreed)
        texts = _accepted(reading, agreed)
        order = _write(found, viewer=viewer, reading=reading, texts=texts)
        lines = _write_lines(order, found.lines)
        _promise(order, found, lines, at=at)
        waits = approvals.ask(order=order, lines=_to_approve(found, lines), viewer=viewer, at=at)
        _open_payment(order, captures_later=waits, at=at)
        timeline.note(order, "placed", by=viewer.person, at=at)
        audit.record(action="order.place", subject=order, by=viewer.person, at=at)
        events.enqueue(OrderPlaced(order_id=str(order.pk)))
    return order


def _freeze(cart: Cart, agreed: Agreed) -> None:
    """Lock the cart and freeze it, in one statement, if it is the one that the buyer saw."""
    seen = Cart.objects.filter(pk=cart.pk, state=CartState.OPEN, version=agreed.cart_version)
    frozen = seen.update(state=CartState.FROZEN, is_declared=agreed.is_declared)
    if not frozen or cart.version != agreed.cart_version:
        cart.refresh_from_db()
    if not frozen and cart.state != CartState.OPEN:
        raise CartClosed(path=["input", "cartId"])
    if not frozen:
        raise Stale(path=["input", "cartVersion"], version=cart.version)
    cart.state, cart.is_declared = CartState.FROZEN, agreed.is_declared


def _refuse(found: Reckoning, agreed: Agreed) -> None:
    if found.blocking:
        raise CartNotReady(found.blocking)
    if found.totals.total != agreed.total:
        raise PriceChanged(before=agreed.total, after=found.totals.total)


def _accepted(reading: Reading, agreed: Agreed) -> list[LegalText]:
    """The texts that bind the order, in the buyer's language; each must have been accepted."""
    in_force = legal_texts_in_force(reading.clinic, at=reading.at)
    binding = [
        text for text in in_force if text.kind in TO_ACCEPT and text.language == reading.language
    ]
    missing = [text for text in binding if (text.kind, text.version) not in agreed.texts]
    if missing:
        path = ["input", "acceptedTexts"]
        raise Invalid(path=path, value="", expected=missing[0].title)
    return binding


def _write(
    found: Reckoning, *, viewer: Viewer, reading: Reading, texts: Iterable[LegalText]
) -> Order:
    cart, totals, at = found.cart, found.totals, reading.at
    terms = found.terms
    assert terms is not None  # noqa: S101  (a blocking problem otherwise)
    order = Order(
        number=_number(),
        person=viewer.person,
        cart=cart,
        place=cart.place,
        language=reading.language,
        email=cart.contact["email"],
        contact=cart.contact,
        address=cart.address,
        billing=cart.billing,
        method=cart.method,
        slot=cart.slot,
        # Held below, or nothing of this is written.
        holds_slot=cart.slot is not None,
        relay_point=cart.relay_point,
        promise_from=terms.promise.starts_at,
        promise_to=terms.promise.ends_at,
        goods_cents=totals.goods.cents,
        reduced_cents=totals.reduced_by.cents,
        delivery_cents=totals.delivery.cents,
        total_cents=totals.total.cents,
        delivery_parts=stored.delivery_parts_of(totals),
        vat_lines=stored.vat_of(totals),
        accepted_texts=[
            {"kind": text.kind, "language": text.language, "version": text.version}
            for text in texts
        ],
        is_declared=cart.is_declared,
        placed_at=at,
        expires_at=at + PAYMENT_WINDOW,
    )
    order.save(force_insert=True)
    return order


def _number() -> str:
    """A number that tells nothing of how many orders there are; without letters that look alike."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_NUMBER_LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def _write_lines(order: Order, lines: Sequence[ReckonedLine]) -> list[OrderLine]:
    written = OrderLine.objects.bulk_create(_line(order, each) for each in lines)
    OrderLinePet.objects.bulk_create(
        OrderLinePet(line=row, pet=link.pet, share_percent=link.share_percent)
        for row, each in zip(written, lines, strict=True)
        for link in each.line.pets.all()
    )
    return written


def _line(order: Order, each: ReckonedLine) -> OrderLine:
    """A snapshot: the pack may go, the line stays."""
    assert each.body is not None and each.pack is not None and each.total is not None  # noqa: S101, PT018  (a blocking problem otherwise)
    brief, picture = each.body.brief, each.body.brief["picture"]
    return OrderLine(
        order=order,
        variant=each.line.variant,
        sku=each.pack["sku"],
        name=brief["name"],
        pack=each.pack["label"],
        picture=picture["renditions"][0][1] if picture and picture["renditions"] else "",
        regulatory_class=each.pack["class"],
        product_slug=brief["slug"],
        quantity=each.line.quantity,
        text=each.line.text,
        unit_cents=each.unit.cents,
        before_cents=each.total.before.cents,
        gross_cents=each.total.gross.cents,
        vat_rate=each.total.vat_rate,
        applied=stored.reductions_of(each.total),
        acknowledged=each.line.acknowledged,
        shipping_weight_g=each.line.variant.shipping_weight_g,
        from_suggestion=each.line.from_suggestion,
    )


def _promise(order: Order, found: Reckoning, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Promise the packs and the day; both are let go together when the order is cancelled."""
    demand: dict[int, int] = defaultdict(int)
    for each in found.lines:
        demand[each.line.variant_id] += each.line.quantity
    stocks = stock.reserve_all(demand=demand, place=order.place, at=at)
    rows: dict[int, Stock] = {row.variant_id: row for row in stocks}
    Reservation.objects.bulk_create(
        Reservation(
            order=order, line=line, stock=rows[each.line.variant_id], quantity=line.quantity
        )
        for line, each in zip(lines, found.lines, strict=True)
    )
    promises.hold_day(order, at=at)


def _to_approve(
    found: Reckoning, lines: Sequence[OrderLine]
) -> list[tuple[OrderLine, ReckonedLine]]:
    pairs = zip(lines, found.lines, strict=True)
    return [(line, each) for line, each in pairs if each.needs_approval]


def _open_payment(order: Order, *, captures_later: bool, at: datetime) -> Payment:
    return Payment.objects.create(
        order=order,
        method=PaymentMethod.CARD,
        state=PaymentState.PENDING,
        amount_cents=order.total_cents,
        captures_later=captures_later,
        created_at=at,
    )
