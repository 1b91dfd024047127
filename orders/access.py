"""The door to carts and orders: a cart's id is its key until it is a person's, an order's never is
anybody else's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from accounts.roles import Duty
from kernel.refusals import NotAllowed, NotFound
from orders.models import (
    Approval,
    Cart,
    CartLine,
    Order,
    Refund,
    SavedCard,
    Shipment,
    ShipmentLine,
)
from orders.vocabulary import ApprovalState, CancelReason, CartState

KEPT_FOR = timedelta(days=60)
MOST_ASKED = 50
_NOBODY = UUID(int=0)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
type Part = Literal[
    "lines",
    "eaters",
    "events",
    "payments",
    "shipments",
    "withdrawals",
    "documents",
    "refunds",
]
_LOOKUPS: Mapping[Part, str] = MappingProxyType(
    {
        "lines": "lines",
        "eaters": "lines__pets__pet",
        "events": "events",
        "payments": "payments",
        "shipments": "shipments__lines",
        "withdrawals": "withdrawals",
        "documents": "documents",
        "refunds": "refunds",
    }
)


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


def lines_of(cart: Cart, line_ids: Sequence[int | None]) -> list[CartLine]:
    """Lines of a cart, in the order asked; one statement. Raises: NotFound, if one is not there."""
    found = {line.pk: line for line in cart.lines.filter(pk__in=[key or 0 for key in line_ids])}
    if any(key not in found for key in line_ids):
        raise NotFound(path=["input", "lines"], what=pgettext_lazy("not found", "line"))
    return [found[key or 0] for key in line_ids]


def orders_for(viewer: Viewer) -> QuerySet[Order]:
    """The viewer's own orders, the latest first."""
    return Order.objects.filter(person=viewer.person).order_by("-placed_at", "-number")


def order_for(viewer: Viewer, order_id: UUID | None) -> Order:
    """An order by its random id: one's own, a guest's whoever has the id, any for staff.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    found = Order.objects.select_related("person", "place").filter(pk=order_id or _NOBODY).first()
    is_staff = Duty.READ_ORDERS in viewer.duties
    is_erased = found is not None and not found.email
    is_theirs = found is not None and found.person_id in (None, _key(viewer)) and not is_erased
    if found is None or not (is_staff or is_theirs):
        raise NotFound(path=["input", "orderId"], what=pgettext_lazy("not found", "order"))
    return found


def order_to_pay(viewer: Viewer, order_id: UUID | None) -> Order:
    """One's own order, or a guest's whoever has the id: nobody pays, or gives up, for another.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    found = order_for(viewer, order_id)
    if found.person_id not in (None, _key(viewer)):
        raise NotFound(path=["input", "orderId"], what=pgettext_lazy("not found", "order"))
    return found


def reason_to_cancel(viewer: Viewer, order: Order) -> CancelReason:
    """As whom the viewer may cancel an order that they see: its buyer, or staff who send.

    Raises:
        NotAllowed: staff who only read orders.
    """
    is_own = viewer.person is not None and order.person_id == viewer.person.pk
    is_of_guest = order.person_id is None and Duty.READ_ORDERS not in viewer.duties
    if is_own or is_of_guest:
        return CancelReason.BY_OWNER
    if Duty.FULFIL_ORDERS not in viewer.duties:
        raise NotAllowed(path=["input", "orderId"])
    return CancelReason.BY_STAFF


def order_of_guest(number: str, email: str) -> Order:
    """An order by its number and the address that it was confirmed to.

    Raises:
        NotFound: the two do not belong together.
    """
    known = Order.objects.exclude(email="")
    found = known.filter(number=number.strip().upper(), email__iexact=email.strip()).first()
    if found is None:
        raise NotFound(path=["input", "number"], what=pgettext_lazy("not found", "order"))
    return found


def _key(viewer: Viewer) -> int | None:
    """Of a guest no file has the key: a cart with a person is never theirs."""
    return viewer.person.pk if viewer.person else -1


def page_of_orders(
    viewer: Viewer, *, first: int, after: Sequence[str] | None, parts: Iterable[Part]
) -> list[Order]:
    """At most `first` + 1 of the viewer's orders with the parts asked for, from a place on.

    `after` is (moment placed, number) of the last one seen.
    """
    orders = orders_for(viewer).select_related("place").prefetch_related(*_lookups(parts))
    if after is not None:
        try:
            placed, number = datetime.fromisoformat(after[0]), after[1]
        except ValueError:
            return []
        orders = orders.filter(Q(placed_at__lt=placed) | Q(placed_at=placed, number__lt=number))
    return list(orders[: first + 1])


def with_parts(order: Order, parts: Iterable[Part]) -> Order:
    """The order with what of it is asked for; a statement for each part."""
    prefetch_related_objects([order], *_lookups(parts))
    return order


def _lookups(parts: Iterable[Part]) -> list[str]:
    return sorted(_LOOKUPS[part] for part in parts)


def orders_of_desk(
    where: Wanted, *, first: int, after: Sequence[str] | None, parts: Iterable[Part]
) -> list[Order]:
    """At most `first` + 1 orders with the parts asked for, the earliest promise first.

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
    orders = orders.select_related("place").prefetch_related(*_lookups(parts))
    return list(orders[: first + 1])


def order_at_desk(order_id: UUID) -> Order:
    """An order with all that hangs on it, for the page that staff read. Raises: NotFound."""
    orders = Order.objects.select_related("person", "place").prefetch_related(
        *_lookups(_LOOKUPS), "lines__shipped", "events__by"
    )
    found = orders.filter(pk=order_id).first()
    if found is None:
        raise NotFound(path=["input", "orderId"], what=pgettext_lazy("not found", "order"))
    return found


def due_of(order: Order) -> datetime:
    """Where an order stands among those of the desk."""
    return order.promise_to or _NEVER


def page_of_recall(lot: str, *, first: int, after: int | None) -> list[ShipmentLine]:
    """At most `first` + 1 of the parcels' lines that held a lot, the latest first."""
    found = who_got(lot)
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found[: first + 1])


def refund_of_order(order: Order, refund_id: int) -> Refund:
    return order.refunds.get(pk=refund_id)


def who_got(lot: str) -> QuerySet[ShipmentLine]:
    """Everybody who received packs of a lot, the latest first: for a recall."""
    sent = ShipmentLine.objects.filter(lot_code=lot.strip())
    return sent.select_related("line__order", "shipment").order_by("-pk")


def shipment_for_staff(shipment_id: int | None) -> Shipment:
    """Raises: NotFound."""
    found = Shipment.objects.select_related("order").filter(pk=shipment_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "shipmentId"], what=pgettext_lazy("not found", "parcel"))
    return found


def _approvals() -> QuerySet[Approval]:
    return Approval.objects.select_related("pet__breed", "line__order", "asked_by")


def page_of_approvals(*, first: int, after: Sequence[object] | None) -> list[Approval]:
    """At most `first` + 1 questions that wait for a vet, the oldest first.

    `after` is (moment asked, key) of the last one seen.
    """
    waiting = _approvals().filter(state=ApprovalState.ASKED).order_by("asked_at", "pk")
    if after is not None:
        try:
            asked, key = datetime.fromisoformat(str(after[0])), after[1]
        except ValueError:
            return []
        waiting = waiting.filter(Q(asked_at__gt=asked) | Q(asked_at=asked, pk__gt=key))
    return list(waiting[: first + 1])


def approvals_asked_by(viewer: Viewer) -> list[Approval]:
    """What the viewer asked of vets, the latest first; at most fifty."""
    asked = _approvals().filter(asked_by=viewer.person or 0)
    return list(asked.order_by("-asked_at", "-pk")[:MOST_ASKED])


def approval_for_vets(approval_id: int | None) -> Approval:
    """Raises: NotFound."""
    found = _approvals().filter(pk=approval_id or 0).first()
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
