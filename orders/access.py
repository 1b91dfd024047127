"""The door to carts and orders: a cart's id is its key until it is a person's, an order's never is
anybody else's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from accounts.roles import Duty
from kernel.refusals import NotFound
from orders.models import Approval, Cart, CartLine, Order, SavedCard, Shipment
from orders.vocabulary import CartState

KEPT_FOR = timedelta(days=60)
_NOBODY = UUID(int=0)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_PARTS = ("lines", "events", "payments", "shipments__lines", "documents", "refunds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders staff look for; None asks nothing, an empty list of states finds nothing."""

    states: Sequence[str] | None = None
    number: str | None = None
    email: str | None = None
    promised_before: datetime | None = None


def cart_for(viewer: Viewer, cart_id: UUID | None, *, at: datetime) -> Cart:
    """A cart of nobody, or of the viewer; one that was left alone for sixty days is gone.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    found = Cart.objects.select_related("place", "slot__rule").filter(pk=cart_id or _NOBODY).first()
    is_gone = found is None or (found.updated_at < at - KEPT_FOR)
    if found is None or is_gone or found.person_id not in (None, _key(viewer)):
        raise NotFound(path=["input", "cartId"], what=pgettext_lazy("not found", "cart"))
    return found


def open_cart_of(viewer: Viewer) -> Cart | None:
    """The cart that the viewer is filling, on whichever device."""
    if viewer.person is None:
        return None
    carts = Cart.objects.select_related("place", "slot__rule")
    return carts.filter(person=viewer.person).exclude(state=CartState.ORDERED).first()


def line_of(cart: Cart, line_id: int | None) -> CartLine:
    """Raises: NotFound."""
    found = cart.lines.filter(pk=line_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "lineId"], what=pgettext_lazy("not found", "line"))
    return found


def orders_for(viewer: Viewer) -> QuerySet[Order]:
    """The viewer's own orders, the latest first."""
    return Order.objects.filter(person=viewer.person).order_by("-placed_at", "-number")


def order_for(viewer: Viewer, order_id: UUID | None) -> Order:
    """An order by its random id: one's own, a guest's whoever has the id, any for staff.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    found = Order.objects.select_related("person").filter(pk=order_id or _NOBODY).first()
    is_staff = Duty.READ_ORDERS in viewer.duties
    if found is None or not (is_staff or found.person_id in (None, _key(viewer))):
        raise NotFound(path=["input", "orderId"], what=pgettext_lazy("not found", "order"))
    return found


def order_of_guest(number: str, email: str) -> Order:
    """An order by its number and the address that it was confirmed to.

    Raises:
        NotFound: the two do not belong together.
    """
    found = Order.objects.filter(number=number.strip().upper(), email__iexact=email.strip()).first()
    if found is None:
        raise NotFound(path=["input", "number"], what=pgettext_lazy("not found", "order"))
    return found


def _key(viewer: Viewer) -> int | None:
    """Of a guest no file has the key: a cart with a person is never theirs."""
    return viewer.person.pk if viewer.person else -1


def page_of_orders(viewer: Viewer, *, first: int, after: Sequence[str] | None) -> list[Order]:
    """At most `first` + 1 of the viewer's orders with their lines and timelines, from a place on.

    `after` is (moment placed, number) of the last one seen.
    """
    orders = orders_for(viewer).prefetch_related(*_PARTS)
    if after is not None:
        try:
            placed, number = datetime.fromisoformat(after[0]), after[1]
        except ValueError:
            return []
        orders = orders.filter(Q(placed_at__lt=placed) | Q(placed_at=placed, number__lt=number))
    return list(orders[: first + 1])


def whole(order: Order) -> Order:
    """The order with all that hangs on it; a statement for each part."""
    prefetch_related_objects([order], *_PARTS)
    return order


def orders_of_desk(where: Wanted, *, first: int, after: Sequence[str] | None) -> list[Order]:
    """At most `first` + 1 orders with all that hangs on them, the earliest promise first.

    `after` is (promise, number) of the last one seen; orders without a promise come last.
    """
    orders = Order.objects.annotate(due=Coalesce("promise_to", _NEVER)).order_by("due", "number")
    if where.states is not None:
        orders = orders.filter(state__in=where.states)
    if where.number is not None:
        orders = orders.filter(number=where.number.strip().upper())
    if where.email is not None:
        orders = orders.filter(email__iexact=where.email.strip())
    if where.promised_before is not None:
        orders = orders.filter(promise_to__lt=where.promised_before)
    if after is not None:
        try:
            due, number = datetime.fromisoformat(after[0]), after[1]
        except ValueError:
            return []
        orders = orders.filter(Q(due__gt=due) | Q(due=due, number__gt=number))
    return list(orders.prefetch_related(*_PARTS)[: first + 1])


def shipment_for_staff(shipment_id: int | None) -> Shipment:
    """Raises: NotFound."""
    found = Shipment.objects.select_related("order").filter(pk=shipment_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "shipmentId"], what=pgettext_lazy("not found", "parcel"))
    return found


def approval_for_vets(approval_id: int | None) -> Approval:
    """Raises: NotFound."""
    found = Approval.objects.filter(pk=approval_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "approvalId"], what=pgettext_lazy("not found", "question"))
    return found


def card_of(viewer: Viewer, card_id: int | None) -> SavedCard:
    """A card that the viewer keeps. Raises: NotFound."""
    found = cards_of(viewer).filter(pk=card_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "cardId"], what=pgettext_lazy("not found", "card"))
    return found


def cards_of(viewer: Viewer) -> QuerySet[SavedCard]:
    """The cards that the viewer keeps, the latest first; at most ten."""
    return SavedCard.objects.filter(holder__person=viewer.person or 0)
