"""From paid to delivered: what to pick, what was sent from which lot, and whether promises held."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import reviews, stock
from clinic.models import Place
from kernel import events
from kernel.refusals import Invalid
from orders import calendar, promises, refunds, states, timeline
from orders.events import ShipmentMoved
from orders.models import Approval, Order, Reservation, Shipment, ShipmentLine
from orders.refunds import Back
from orders.states import WrongState
from orders.vocabulary import (
    ApprovalState,
    DeliveryMethod,
    OrderState,
    RefundReason,
    ShipmentState,
)


def to_prepare(place: Place) -> QuerySet[Shipment]:
    """What waits to be packed, the earliest promise first."""
    waiting = Shipment.objects.filter(state=ShipmentState.TO_PREPARE, order__place=place)
    return waiting.select_related("order").order_by(F("promise_to").asc(nulls_last=True), "id")


def to_pick(*, until: date) -> QuerySet[Reservation]:
    """The packs still on the shelf of all that is paid and promised until the end of a day."""
    last = calendar.moment(until, time.max)
    alive = Reservation.objects.filter(ended_at__isnull=True, order__state__in=states.SENDABLE)
    due = alive.filter(Q(order__promise_to__lte=last) | Q(order__promise_to__isnull=True))
    return due.select_related("line", "order").order_by("line__sku", "pk")


def left_to_send(order: Order) -> dict[int, int]:
    """How many packs of each line are still here, by its key; lines all sent are left out."""
    alive = Reservation.objects.filter(order=order, ended_at__isnull=True)
    left = alive.values_list("line").annotate(left=Sum(F("quantity") - F("taken")))
    return {line: number for line, number in left if number > 0}


def send(
    *,
    shipment: Shipment,
    quantities: Mapping[int, int] | None = None,
    tracking: str = "",
    by: Person | None,
    at: datetime,
) -> Shipment:
    """Hand a parcel over, or set it ready to be fetched: packs leave the shelf, oldest lot first.

    `quantities` (packs by the line's key) sends a part; the rest waits in a parcel of its own,
    under the same promise. Everything that is left is sent where it is None. Locks the order.

    Raises:
        WrongState: it was sent already, or the order is not paid.
        Invalid: more than is left of a line, or nothing at all.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=shipment.order_id)
        shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
        if shipment.state != ShipmentState.TO_PREPARE or order.state not in states.SENDABLE:
            raise WrongState(path=["input", "shipmentId"], number=order.number)
        left = left_to_send(order)
        chosen = _chosen(left, quantities)
        # In the order of the packs, as checkout promises them.
        packs = dict(order.lines.values_list("pk", "variant"))
        for line in sorted(chosen, key=lambda key: (packs[key] or 0, key)):
            _take(shipment, line, chosen[line], by=by, at=at)
        is_pickup = shipment.method == DeliveryMethod.PICKUP
        shipment.state = ShipmentState.READY if is_pickup else ShipmentState.SHIPPED
        shipment.tracking, shipment.shipped_at = tracking.strip()[:60], at
        shipment.save(update_fields=["state", "tracking", "shipped_at"])
        if any(left[line] > chosen.get(line, 0) for line in left):
            _wait_with_the_rest(shipment, at=at)
            states.move(order, OrderState.PARTLY_SHIPPED)
        else:
            states.move(order, OrderState.SHIPPED)
        _tell(order, shipment, by=by, at=at)
    return shipment


def deliver(*, shipment: Shipment, by: Person | None, at: datetime) -> Shipment:
    """Say that a parcel arrived or was fetched; the promise is kept or broken at this moment.

    Telling it twice changes nothing.

    Raises:
        WrongState: it was not sent yet.
    """
    with transaction.atomic():
        orders = Order.objects.select_for_update(of=("self",)).select_related("person")
        order = orders.get(pk=shipment.order_id)
        shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
        if shipment.state == ShipmentState.DELIVERED:
            return shipment
        if shipment.state not in (ShipmentState.READY, ShipmentState.SHIPPED):
            raise WrongState(path=["input", "shipmentId"], number=order.number)
        shipment.state, shipment.kept_at = ShipmentState.DELIVERED, at
        shipment.save(update_fields=["state", "kept_at"])
        _close_when_all_arrived(order)
        _ask_for_reviews(order, shipment, at=at)
        _tell(order, shipment, by=by, at=at)
    return shipment


def _ask_for_reviews(order: Order, shipment: Shipment, *, at: datetime) -> None:
    """Let the buyer write of each product that arrived; a line that comes in parts, once."""
    for sent in shipment.lines.select_related("line__variant__product"):
        variant = sent.line.variant
        if variant is not None and order.email:
            reviews.invite(
                product=variant.product,
                person=order.person,
                email=order.email,
                reference=f"order-line:{sent.line_id}",
                experienced_on=calendar.local_day(at),
                at=at,
            )


def _close_when_all_arrived(order: Order) -> None:
    over = (ShipmentState.DELIVERED, ShipmentState.CANCELLED)
    if order.state == OrderState.SHIPPED and not order.shipments.exclude(state__in=over).exists():
        states.move(order, OrderState.DELIVERED)


def leave_out(
    *,
    order: Order,
    packs: Mapping[int, int],
    reason: RefundReason,
    by: Person | None,
    at: datetime,
) -> Order:
    """Send an order without some packs (by the line's key): let go on the shelf, and paid back.

    Locks the order.

    Raises:
        WrongState: the order is not paid, was all sent, or would be left with nothing: cancel it.
        Invalid: more than is left to send of a line, or nothing at all.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        left = left_to_send(order)
        chosen = _chosen(left, packs)
        is_emptied = order.state == OrderState.PAID and chosen == left
        if order.state not in states.SENDABLE or is_emptied:
            raise WrongState(path=["input", "orderId"], number=order.number)
        promises.let_go_packs(order, chosen, at=at)
        refunds.decide(order=order, back=Back(packs=chosen), reason=reason, by=by, at=at)
        timeline.note(order, "left_out", by=by, at=at, packs=sorted(chosen.items()))
        if chosen == left:
            waiting = order.shipments.filter(state=ShipmentState.TO_PREPARE)
            waiting.update(state=ShipmentState.CANCELLED)
            states.move(order, OrderState.SHIPPED)
            _close_when_all_arrived(order)
    return order


def leave_out_unapproved(order: Order, *, at: datetime) -> None:
    """Leave out what a vet approved fewer packs of; of several vets' words the strictest counts."""
    words = Approval.objects.filter(line__order=order, state=ApprovalState.APPROVED)
    agreed = dict(words.values_list("line").annotate(packs=Min("quantity")))
    if not agreed:
        return
    bought = {line.pk: line.quantity for line in order.lines.all() if line.pk in agreed}
    over = {line: number - agreed[line] for line, number in bought.items()}
    packs = {line: number for line, number in over.items() if number > 0}
    if packs:
        leave_out(order=order, packs=packs, reason=RefundReason.NOT_APPROVED, by=None, at=at)


def _chosen(left: Mapping[int, int], quantities: Mapping[int, int] | None) -> dict[int, int]:
    if quantities is None:
        return dict(left)
    chosen = {line: number for line, number in quantities.items() if number}
    for line, number in chosen.items():
        if not 1 <= number <= left.get(line, 0):
            expected = str(_("at most what is left to send"))
            raise Invalid(path=["input", "lines"], value=number, expected=expected)
    if not chosen:
        raise Invalid(path=["input", "lines"], value="", expected=str(_("something to send")))
    return chosen


def _take(shipment: Shipment, line: int, quantity: int, *, by: Person | None, at: datetime) -> None:
    alive = Reservation.objects.select_for_update().filter(line=line, ended_at__isnull=True)
    for reservation in alive.select_related("stock"):
        number = min(quantity, reservation.quantity - reservation.taken)
        if number <= 0:
            continue
        reference = f"shipment:{shipment.pk}:{reservation.pk}"
        taken = stock.take_out(
            stock=reservation.stock, quantity=number, reference=reference, by=by, at=at
        )
        ShipmentLine.objects.bulk_create(
            ShipmentLine(
                shipment=shipment,
                line_id=line,
                lot=each.lot,
                lot_code=each.lot.code if each.lot else "",
                best_before=each.lot.best_before if each.lot else None,
                quantity=each.quantity,
            )
            for each in taken
        )
        reservation.taken += number
        if reservation.taken == reservation.quantity:
            reservation.ended_at = at
        reservation.save(update_fields=["taken", "ended_at"])
        quantity -= number


def _wait_with_the_rest(shipment: Shipment, *, at: datetime) -> None:
    Shipment.objects.create(
        order_id=shipment.order_id,
        method=shipment.method,
        carrier=shipment.carrier,
        promise_from=shipment.promise_from,
        promise_to=shipment.promise_to,
        promised_at=shipment.promised_at,
        created_at=at,
    )


def _tell(order: Order, shipment: Shipment, *, by: Person | None, at: datetime) -> None:
    state = ShipmentState(shipment.state)
    timeline.note(order, state, by=by, at=at, tracking=shipment.tracking)
    audit.record(action=f"shipment.{state}", subject=order, by=by, at=at)
    events.enqueue(ShipmentMoved(shipment_id=shipment.pk, state=state))
