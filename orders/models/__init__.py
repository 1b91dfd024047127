from orders.models.cart import Cart, CartLine, CartLinePet, CartOpinion, CartShare
from orders.models.delivery import SlotDay, SlotRule, Zone, ZoneRate
from orders.models.fulfilment import (
    Approval,
    Document,
    NumberSeries,
    Shipment,
    ShipmentLine,
    Withdrawal,
)
from orders.models.order import Order, OrderEvent, OrderLine, OrderLinePet, Reservation
from orders.models.payment import (
    CardHolder,
    Dispute,
    Payment,
    Refund,
    RefundLine,
    SavedCard,
    StripeEvent,
)

__all__ = [
    "Approval",
    "CardHolder",
    "Cart",
    "CartLine",
    "CartLinePet",
    "CartOpinion",
    "CartShare",
    "Dispute",
    "Document",
    "NumberSeries",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderLinePet",
    "Payment",
    "Refund",
    "RefundLine",
    "Reservation",
    "SavedCard",
    "Shipment",
    "ShipmentLine",
    "SlotDay",
    "SlotRule",
    "StripeEvent",
    "Withdrawal",
    "Zone",
    "ZoneRate",
]
