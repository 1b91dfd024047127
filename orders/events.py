"""What happened to orders; each is heard for certain, by a task row in the same transaction."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    order_id: str


@dataclass(frozen=True, slots=True)
class OrderAuthorised(Event):
    """A card is good for the order, which waits for a vet."""

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


@dataclass(frozen=True, slots=True)
class ShipmentMoved(Event):
    """A parcel is ready, was sent, or arrived."""

    shipment_id: int
    state: str


@dataclass(frozen=True, slots=True)
class CaptureDue(Event):
    """The vet agreed to everything: what was authorised is to be taken."""

    order_id: str


@dataclass(frozen=True, slots=True)
class ApprovalRefused(Event):
    """The vet said no, or did not answer in time: the order is to be given up."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalDecided(Event):
    """A vet has decided, or the time to do so is over: who asked is to be told."""

    approval_id: int


@dataclass(frozen=True, slots=True)
class WithdrawalConfirmed(Event):
    """A buyer renounced the contract: the receipt is to be sent."""

    withdrawal_id: int


@dataclass(frozen=True, slots=True)
class StripeEventStored(Event):
    """Stripe told something that was not told before; `intent_id` is the payment it is about."""

    event_pk: int
    intent_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundDone(Event):
    """Money was given back."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class CardForgotten(Event):
    """A card that was kept for later is to be forgotten at Stripe too."""

    method_id: str
