"""Cards that people keep at Stripe for later; the shop knows their last digits alone."""

from dataclasses import dataclass

import stripe

from orders.stripe_gateway.speaking import client, in_our_words


@dataclass(frozen=True, slots=True)
class Saving:
    """A card being saved: the browser confirms it with the secret."""

    id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card that can be charged later, without its holder there."""

    customer_id: str
    method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


def create_customer(person_id: str, email: str) -> str:
    """The id of a person at Stripe; asking twice gives the same one.

    Raises:
        GatewayUnavailable
    """
    with in_our_words():
        made = client().v1.customers.create(
            {"email": email, "metadata": {"person": person_id}},
            {"idempotency_key": f"person:{person_id}:customer"},
        )
    return made.id


def begin_saving(customer_id: str) -> Saving:
    """Raises: GatewayUnavailable."""
    with in_our_words():
        made = client().v1.setup_intents.create(
            {
                "customer": customer_id,
                "usage": "off_session",
                "allowed_payment_method_types": ["card"],
            }
        )
    return Saving(id=made.id, client_secret=made.client_secret or "")


def saved_card(setup_id: str) -> Card | None:
    """The card of a setup that its holder confirmed; None while it is not, or for a made-up id.

    Raises:
        GatewayUnavailable
    """
    try:
        with in_our_words():
            found = client().v1.setup_intents.retrieve(setup_id, {"expand": ["payment_method"]})
    except stripe.InvalidRequestError:
        return None
    method, customer = found.payment_method, found.customer
    is_done = found.status == "succeeded" and isinstance(customer, str)
    if not is_done or isinstance(method, str | None) or method.card is None:
        return None
    card = method.card
    return Card(str(customer), method.id, card.brand, card.last4, card.exp_month, card.exp_year)


def forget_card(method_id: str) -> None:
    """Let nobody charge a card any more; forgetting twice changes nothing.

    Raises:
        GatewayUnavailable
    """
    try:
        with in_our_words():
            client().v1.payment_methods.detach(method_id)
    except stripe.InvalidRequestError:
        return
