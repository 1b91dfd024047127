"""What an order was promised: packs and a day, held until it is paid, let go when it is not."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from catalog import stock
from orders import slots
from orders.models import Order, Reservation, SlotDay
from orders.vocabulary import DeliveryMethod


def hold_day(order: Order, *, at: datetime) -> None:
    """Take one place of the day chosen; call it in the transaction that sells, after the packs.

    Raises:
        SlotGone: it is full, or it is too late to ask for it.
    """
    if order.slot is None:
        return
    is_home = order.method == DeliveryMethod.HOME
    code = order.address.get("postal_code") if is_home else None
    rule = order.slot.rule
    # A slot is of the place of its order, which was read already.
    rule.place = order.place
    slots.hold_slot(rule=rule, day=order.slot.day, at=at, postal_code=code)


def let_go(order: Order, *, at: datetime) -> None:
    """Give back the packs and the day of an order that will not be sent; once."""
    alive = Reservation.objects.select_for_update().filter(order=order, ended_at__isnull=True)
    promised: dict[int, int] = defaultdict(int)
    for reservation in alive:
        promised[reservation.stock_id] += reservation.quantity - reservation.taken
    if promised:
        stock.release(promised=promised, at=at)
    alive.update(ended_at=at)
    held = Order.objects.filter(pk=order.pk, holds_slot=True).update(holds_slot=False)
    slot = SlotDay.objects.filter(pk=order.slot_id).first() if held and order.slot_id else None
    if slot is not None:
        slots.release_slot(slot)


def let_go_packs(order: Order, packs: Mapping[int, int], *, at: datetime) -> None:
    """Give back some packs of a locked order that will not be sent, by the line's key.

    Raises:
        ValueError: more than is promised still.
    """
    promised: dict[int, int] = defaultdict(int)
    alive = Reservation.objects.select_for_update().filter(order=order, ended_at__isnull=True)
    for reservation in alive.filter(line__in=packs):
        number = packs[reservation.line_id]
        if number > reservation.quantity - reservation.taken:
            raise ValueError(f"{number} packs of line {reservation.line_id} are not promised.")
        promised[reservation.stock_id] += number
        reservation.quantity -= number
        if reservation.taken == reservation.quantity:
            reservation.ended_at = at
        reservation.save(update_fields=["quantity", "ended_at"])
    stock.release(promised=promised, at=at)
