"""What happened to orders; each is heard for certain, by a task row in the same transaction."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    order_id: str


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    order_id: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    order_id: str


@dataclass(frozen=True, slots=True)
class RefundDecided(Event):
    """Money is to be given back at Stripe."""

    refund_id: int
