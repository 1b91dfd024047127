"""What happened to an order, for those who ask: written in the transaction in which it happens."""

from datetime import datetime

from accounts.models import Person
from orders.models import Order, OrderEvent


def note(order: Order, kind: str, *, by: Person | None, at: datetime, **facts: object) -> None:
    OrderEvent.objects.create(order=order, kind=kind, by=by, at=at, facts=facts)
