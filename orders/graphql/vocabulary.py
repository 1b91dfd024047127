"""The words of carts and orders as GraphQL enums."""

from kernel.graphql.vocabulary import describe, in_words
from orders.vocabulary import (
    BillingParty,
    CancelReason,
    CartState,
    DeliveryMethod,
    OrderState,
    PaymentState,
    ProblemCode,
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
