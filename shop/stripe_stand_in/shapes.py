"""The objects of Stripe's API, each with the keys of Stripe's own examples."""

import secrets
from copy import deepcopy
from typing import Any

from shop.stripe_stand_in.cards import Card
from shop.stripe_stand_in.world import Thing, World

NOBODY: Thing = {
    "address": {
        "city": None,
        "country": None,
        "line1": None,
        "line2": None,
        "postal_code": None,
        "state": None,
    },
    "email": None,
    "name": None,
    "phone": None,
    "tax_id": None,
}
CHECKS: Thing = {
    "address_line1_check": None,
    "address_postal_code_check": None,
    "cvc_check": "pass",
}


def new_secret(thing: Thing) -> str:
    return f"{thing['id']}_secret_{secrets.token_hex(12)}"


def customer(world: World, params: Thing) -> Thing:
    return world.keep(
        "cus",
        {
            "object": "customer",
            "address": None,
            "balance": 0,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": params.get("description"),
            "discount": None,
            "email": params.get("email"),
            "invoice_prefix": secrets.token_hex(4).upper(),
            "livemode": False,
            "metadata": dict(params.get("metadata") or {}),
            "name": params.get("name"),
            "next_invoice_sequence": 1,
            "phone": params.get("phone"),
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        },
    )


def payment_method(world: World, card: Card, *, customer: str | None = None) -> Thing:
    made = world.keep(
        "pm",
        {
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": deepcopy(NOBODY),
            "card": {
                **card_facts(card),
                "checks": dict(CHECKS),
                "display_brand": card.brand,
                "generated_from": None,
                "networks": {"available": [card.brand], "preferred": None},
                "three_d_secure_usage": {"supported": True},
                "wallet": None,
            },
            "customer": customer,
            "livemode": False,
            "metadata": {},
            "type": "card",
        },
    )
    world.tokens[made["id"]] = card.token
    return made


def card_facts(card: Card) -> Thing:
    return {
        "brand": card.brand,
        "country": "FR",
        "exp_month": 8,
        "exp_year": 2035,
        "fingerprint": f"standin{card.number[-8:]}",
        "funding": "credit",
        "last4": card.last4,
        "regulated_status": None,
    }


def intent(world: World, params: Thing) -> Thing:
    made = world.keep(
        "pi",
        {
            "object": "payment_intent",
            "amount": int(params["amount"]),
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": params.get("capture_method", "automatic_async"),
            "confirmation_method": "automatic",
            "currency": params["currency"].lower(),
            "customer": params.get("customer"),
            "description": params.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": dict(params.get("metadata") or {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": params.get("allowed_payment_method_types", ["card"]),
            "processing": None,
            "receipt_email": params.get("receipt_email"),
            "review": None,
            "setup_future_usage": params.get("setup_future_usage"),
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        },
    )
    made["client_secret"] = new_secret(made)
    return made


def setup_intent(world: World, params: Thing) -> Thing:
    made = world.keep(
        "seti",
        {
            "object": "setup_intent",
            "application": None,
            "automatic_payment_methods": None,
            "cancellation_reason": None,
            "customer": params.get("customer"),
            "description": params.get("description"),
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": dict(params.get("metadata") or {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": params.get("allowed_payment_method_types", ["card"]),
            "single_use_mandate": None,
            "status": "requires_payment_method",
            "usage": params.get("usage", "off_session"),
        },
    )
    made["client_secret"] = new_secret(made)
    return made


def charge(world: World, intent: Thing, method: Thing, outcome: Thing) -> Thing:
    """An attempt on a card: `outcome` tells whether it was paid, and holds its failure if not."""
    return world.keep(
        "ch",
        {
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": deepcopy(method["billing_details"]),
            "calculated_statement_descriptor": None,
            "captured": False,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"card": charged_card(method, intent), "type": "card"},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "transfer_data": None,
            "transfer_group": None,
            **outcome,
        },
    )


def charged_card(method: Thing, intent: Thing) -> Thing:
    facts = method["card"]
    names = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {name: facts[name] for name in names} | {
        "amount_authorized": intent["amount"],
        "checks": dict(CHECKS),
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": facts["brand"],
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "three_d_secure": None,
        "wallet": None,
    }


def refund(world: World, charge: Thing, *, amount: int, **told: Any) -> Thing:
    return world.keep(
        "re",
        {
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": charge["currency"],
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": None,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
            **told,
        },
    )


def dispute(world: World, charge: Thing, *, amount: int, reason: str, due_by: int) -> Thing:
    card = charge["payment_method_details"]["card"]
    return world.keep(
        "du",
        {
            "object": "dispute",
            "amount": amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"access_activity_log": None, "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": due_by,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {
                "card": {
                    "brand": card["brand"],
                    "case_type": "chargeback",
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": reason,
            "status": "needs_response",
        },
    )
