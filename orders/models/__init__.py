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
from orders.models.payment import Payment, Refund, RefundLine, StripeEvent

__all__ = [
    "Approval",
    "Cart",
    "CartLine",
    "CartLinePet",
    "CartOpinion",
    "CartShare",
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
    "Shipment",
    "ShipmentLine",
    "SlotDay",
    "SlotRule",
    "StripeEvent",
    "Withdrawal",
    "Zone",
    "ZoneRate",
]
