"""The one door to Stripe: plain values in and out, an idempotency key with all that it changes.

Without STRIPE_SECRET_KEY it speaks to the stand-in; nothing but the address changes. No call may
be made inside a transaction: it would hold rows locked for as long as a stranger takes to answer.
"""

from orders.stripe_gateway.cards import (
    Card,
    Saving,
    begin_saving,
    create_customer,
    forget_card,
    saved_card,
)
from orders.stripe_gateway.intents import (
    Intent,
    IntentAsked,
    IntentMoved,
    IntentStatus,
    cancel_intent,
    capture_intent,
    create_intent,
    find_intent,
    intents_since,
)
from orders.stripe_gateway.money_back import (
    Disputed,
    RefundMade,
    RefundRefused,
    RefundStatus,
    create_refund,
    disputes_since,
    find_dispute,
    find_refund,
    refunds_since,
)
from orders.stripe_gateway.speaking import (
    API_VERSION,
    STAND_IN_KEY,
    CardDeclined,
    GatewayUnavailable,
    OutsideTransactions,
    client,
    in_our_words,
    refusal,
)
from orders.stripe_gateway.told import (
    STAND_IN_WEBHOOK_SECRET,
    SignatureRefused,
    StripeTold,
    read_event,
    told_since,
    webhook_secret,
)

__all__ = [
    "API_VERSION",
    "STAND_IN_KEY",
    "STAND_IN_WEBHOOK_SECRET",
    "Card",
    "CardDeclined",
    "Disputed",
    "GatewayUnavailable",
    "Intent",
    "IntentAsked",
    "IntentMoved",
    "IntentStatus",
    "OutsideTransactions",
    "RefundMade",
    "RefundRefused",
    "RefundStatus",
    "Saving",
    "SignatureRefused",
    "StripeTold",
    "begin_saving",
    "cancel_intent",
    "capture_intent",
    "client",
    "create_customer",
    "create_intent",
    "create_refund",
    "disputes_since",
    "find_dispute",
    "find_intent",
    "find_refund",
    "forget_card",
    "in_our_words",
    "intents_since",
    "read_event",
    "refunds_since",
    "refusal",
    "saved_card",
    "told_since",
    "webhook_secret",
]
