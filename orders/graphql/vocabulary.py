"""The words of carts and orders as GraphQL enums."""

from kernel.graphql.vocabulary import describe, in_words
from orders.vocabulary import (
    ApprovalState,
    BillingParty,
    CancelReason,
    CartState,
    DeliveryMethod,
    DocumentKind,
    OrderState,
    PaymentState,
    ProblemCode,
    RefundReason,
    RefundState,
    ShipmentState,
    Verdict,
)

describe(
    CartState,
    "How far a cart has come.",
    {
        CartState.OPEN: "It can be filled.",
        CartState.FROZEN: "A payment for it can be confirmed.",
        CartState.ORDERED: "It was bought.",
    }.__getitem__,
)
describe(
    BillingParty,
    "Who an invoice is for.",
    {BillingParty.CONSUMER: "A person.", BillingParty.BUSINESS: "A business."}.__getitem__,
)
describe(OrderState, "Where an order stands.", in_words)
describe(CancelReason, "Why an order was cancelled.", in_words)
describe(ApprovalState, "Where a question to a vet stands.", in_words)
describe(DocumentKind, "Which document it is.", in_words)
describe(RefundReason, "Why money is given back.", in_words)
describe(RefundState, "Whether the bank has given it back.", in_words)
describe(ShipmentState, "Where a parcel stands.", in_words)
describe(Verdict, "What a friend thinks of a cart.", in_words)
describe(PaymentState, "How far a payment has come.", in_words)
describe(ProblemCode, "What keeps a cart from being bought, or must be read first.", in_words)
describe(
    DeliveryMethod,
    "How an order reaches its buyer.",
    {
        DeliveryMethod.HOME: "Brought home.",
        DeliveryMethod.PICKUP: "Fetched at the clinic.",
        DeliveryMethod.RELAY: "Fetched at a relay point.",
    }.__getitem__,
)
