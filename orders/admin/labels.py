"""What the back office calls the words of orders."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.admin.labels import euros as euros_of
from kernel.money import Money
from orders.vocabulary import (
    ApprovalState,
    CancelReason,
    DeliveryMethod,
    DisputeState,
    DocumentKind,
    OrderState,
    RefundReason,
    RefundState,
    ShipmentState,
)

METHODS: dict[DeliveryMethod, str | Promise] = {
    DeliveryMethod.HOME: _("home delivery"),
    DeliveryMethod.PICKUP: _("fetched at the clinic"),
    DeliveryMethod.RELAY: _("relay point"),
}


def euros(cents: int) -> str:
    return euros_of(Money(cents))


ORDER_STATES: dict[OrderState, str | Promise] = {
    OrderState.PENDING_PAYMENT: _("payment awaited"),
    OrderState.AWAITING_APPROVAL: _("waits for a vet"),
    OrderState.PAID: _("to prepare"),
    OrderState.PARTLY_SHIPPED: _("sent in part"),
    OrderState.SHIPPED: _("sent"),
    OrderState.DELIVERED: _("delivered"),
    OrderState.CANCELLED: _("cancelled"),
}
#: The colour of a badge, by what it says.
ORDER_COLOURS: dict[OrderState, str] = {
    OrderState.PENDING_PAYMENT: "orange",
    OrderState.AWAITING_APPROVAL: "orange",
    OrderState.PAID: "orange",
    OrderState.PARTLY_SHIPPED: "orange",
    OrderState.SHIPPED: "green",
    OrderState.DELIVERED: "green",
    OrderState.CANCELLED: "red",
}
SHIPMENT_STATES: dict[ShipmentState, str | Promise] = {
    ShipmentState.TO_PREPARE: _("to prepare"),
    ShipmentState.READY: _("ready to be fetched"),
    ShipmentState.SHIPPED: _("sent"),
    ShipmentState.DELIVERED: _("delivered"),
    ShipmentState.CANCELLED: _("cancelled"),
}
CANCELLED_BECAUSE: dict[CancelReason, str | Promise] = {
    CancelReason.PAYMENT_ABANDONED: _("the payment was given up"),
    CancelReason.PAYMENT_EXPIRED: _("the payment did not come in time"),
    CancelReason.APPROVAL_DECLINED: _("the vet did not agree"),
    CancelReason.APPROVAL_EXPIRED: _("no vet decided in time"),
    CancelReason.BY_OWNER: _("the buyer asked for it"),
    CancelReason.BY_STAFF: _("the clinic cancelled it"),
}
REFUND_REASONS: dict[RefundReason, str | Promise] = {
    RefundReason.CANCELLED: _("the order was cancelled"),
    RefundReason.WITHDRAWAL: _("right of withdrawal"),
    RefundReason.RETURN: _("sent back"),
    RefundReason.LATE_PAYMENT: _("paid too late, or twice"),
    RefundReason.GOODWILL: _("a gesture"),
    RefundReason.NOT_APPROVED: _("the vet approved fewer packs"),
    RefundReason.NOT_SENT: _("packs that were not sent"),
    RefundReason.AT_THE_BANK: _("made at the bank"),
}
REFUND_STATES: dict[RefundState, str | Promise] = {
    RefundState.PENDING: _("under way"),
    RefundState.DONE: _("done"),
    RefundState.FAILED: _("failed"),
}
DISPUTE_STATES: dict[DisputeState, str | Promise] = {
    DisputeState.OPEN: _("to be answered"),
    DisputeState.WON: _("won"),
    DisputeState.LOST: _("lost"),
}
DOCUMENT_KINDS: dict[DocumentKind, str | Promise] = {
    DocumentKind.INVOICE: _("invoice"),
    DocumentKind.CREDIT_NOTE: _("credit note"),
}
APPROVAL_STATES: dict[ApprovalState, str | Promise] = {
    ApprovalState.ASKED: _("waits for a vet"),
    ApprovalState.APPROVED: _("approved"),
    ApprovalState.DECLINED: _("declined"),
    ApprovalState.EXPIRED: _("not decided in time"),
}
#: What happened to an order, by the kind of its event.
EVENTS: dict[str, str | Promise] = {
    "placed": _("placed"),
    "declined": _("the card was declined"),
    "authorised": _("the card is good for it"),
    "paid": _("paid"),
    "cancelled": _("cancelled"),
    "left_out": _("packs left out"),
    "ready": _("ready to be fetched"),
    "shipped": _("sent"),
    "delivered": _("delivered"),
    "withdrawn": _("renounced by the buyer"),
    "refund_decided": _("refund decided"),
    "refund_failed": _("a refund failed"),
    "dispute_open": _("the bank took the money back"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
}

#: What the trail of changes calls what was done.
ACTIONS: dict[str, str | Promise] = {
    "approval.agree": _("Approved by a vet"),
    "approval.decline": _("Declined by a vet"),
    "approval.request": _("Vet asked"),
    "card.forget": _("Card forgotten"),
    "card.keep": _("Card kept"),
    "credit_note.issue": _("Credit note issued"),
    "dispute.lost": _("Dispute lost"),
    "dispute.open": _("Dispute opened"),
    "dispute.won": _("Dispute won"),
    "invoice.issue": _("Invoice issued"),
    "order.cancel": _("Order cancelled"),
    "order.paid": _("Order paid"),
    "order.place": _("Order placed"),
    "order.read": _("Order read"),
    "order.refund": _("Refund decided"),
    "order.search": _("Orders listed"),
    "order.withdraw": _("Contract renounced"),
    "orders.bring": _("Orders brought along"),
    "shipment.delivered": _("Parcel delivered"),
    "shipment.ready": _("Parcel ready"),
    "shipment.shipped": _("Parcel sent"),
    "slot.close": _("Day closed"),
    "slot.remove": _("Slot removed"),
    "slot.reopen": _("Day opened again"),
    "slot.room": _("Room of a day changed"),
    "slot.save": _("Slot changed"),
    "zone.remove": _("Zone removed"),
    "zone.save": _("Zone changed"),
}
