"""What an order was promised: packs and a day, held until it is paid, let go when it is not."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from catalog import stock
from catalog.listing import Reading
from orders.models import Cart, Order, Reservation


@dataclass(frozen=True, slots=True)
class Promise:
    """Between which moments the buyer receives the goods; None where nobody can say yet."""

    starts: datetime | None
    ends: datetime | None


def promise_of(cart: Cart, reading: Reading) -> Promise:
    return Promise(None, None)


def hold_day(order: Order) -> None:
    """Take one place of the day chosen. Raises: SlotGone."""


def let_go(order: Order, *, at: datetime) -> None:
    """Give back the packs and the day of an order that will not be sent; once."""
    alive = Reservation.objects.select_for_update().filter(order=order, ended_at__isnull=True)
    promised: dict[int, int] = defaultdict(int)
    for reservation in alive:
        promised[reservation.stock_id] += reservation.quantity - reservation.taken
    if promised:
        stock.release(promised=promised, at=at)
    alive.update(ended_at=at)
