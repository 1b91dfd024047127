"""The words of carts and orders."""

from enum import StrEnum


class CartState(StrEnum):
    """A cart is frozen while a payment can be confirmed, and becomes an order once."""

    OPEN = "open"
    FROZEN = "frozen"
    ORDERED = "ordered"


class OrderState(StrEnum):
    """Where an order stands; docs/algorithms/order.md draws who may move it."""

    PENDING_PAYMENT = "pending_payment"
    AWAITING_APPROVAL = "awaiting_approval"
    PAID = "paid"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class OrderOrigin(StrEnum):
    """Where an order came from; only carts make them yet, beside those that were brought along."""

    CART = "cart"
    IMPORT = "import"
    AUTOSHIP = "autoship"
    STAFF = "staff"
    VISIT = "visit"


class CancelReason(StrEnum):
    PAYMENT_ABANDONED = "payment_abandoned"
    PAYMENT_EXPIRED = "payment_expired"
    APPROVAL_DECLINED = "approval_declined"
    APPROVAL_EXPIRED = "approval_expired"
    BY_OWNER = "by_owner"
    BY_STAFF = "by_staff"


class PaymentMethod(StrEnum):
    CARD = "card"
    COUNTER = "counter"
    TRANSFER = "transfer"


class PaymentState(StrEnum):
    """Of one attempt to pay; an order has at most one that is alive."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class RefundReason(StrEnum):
    CANCELLED = "cancelled"
    WITHDRAWAL = "withdrawal"
    RETURN = "return"
    LATE_PAYMENT = "late_payment"
    GOODWILL = "goodwill"
    NOT_APPROVED = "not_approved"
    NOT_SENT = "not_sent"
    AT_THE_BANK = "at_the_bank"


class DisputeState(StrEnum):
    """Of a payment whose holder asked their bank for the money back: gone until it is won."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class DeliveryMethod(StrEnum):
    HOME = "home"
    PICKUP = "pickup"
    RELAY = "relay"


class ShipmentState(StrEnum):
    TO_PREPARE = "to_prepare"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class BillingParty(StrEnum):
    CONSUMER = "consumer"
    BUSINESS = "business"


class ApprovalState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Series(StrEnum):
    """Series of numbers, by their first letter; each begins anew with the year."""

    INVOICE = "F"
    CREDIT_NOTE = "A"


class MailKind(StrEnum):
    """What an order's buyer is told by mail."""

    ORDER_CONFIRMED = "order_confirmed"
    PAID = "paid"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_DECIDED = "approval_decided"
    SHIPPED = "shipped"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    WITHDRAWAL_RECEIPT = "withdrawal_receipt"
    REFUNDED = "refunded"


class Verdict(StrEnum):
    """What somebody who was shown a cart thinks of it."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    SUGGESTS = "suggests"


class ProblemCode(StrEnum):
    """What keeps a cart from being bought, now."""

    EMPTY = "empty"
    OUT_OF_STOCK = "out_of_stock"
    PRICE_CHANGED = "price_changed"
    WITHDRAWN = "withdrawn"
    NOT_SOLD_ONLINE = "not_sold_online"
    CONTACT_MISSING = "contact_missing"
    ADDRESS_MISSING = "address_missing"
    DELIVERY_MISSING = "delivery_missing"
    SLOT_GONE = "slot_gone"
    ZONE_NOT_SERVED = "zone_not_served"
    GATE_CLOSED = "gate_closed"
    UNSUITABLE = "unsuitable"
    PET_MISSING = "pet_missing"
    APPROVAL_NEEDED = "approval_needed"
