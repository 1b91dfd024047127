"""Customers and their saved cards."""

from shop.stripe_stand_in import shapes
from shop.stripe_stand_in.cards import BY_NUMBER
from shop.stripe_stand_in.errors import ApiError, unexpected_state
from shop.stripe_stand_in.paying import (
    attempt,
    card_of,
    declined,
    find_method,
    refuse_wrong_secret,
)
from shop.stripe_stand_in.world import Thing, World

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create_customer(world: World, params: Thing) -> Thing:
    made = shapes.customer(world, params)
    world.tell("customer.created", made)
    return made


def create_method(world: World, params: Thing) -> Thing:
    """A card by the number that its holder typed. Raises: ApiError."""
    if params.get("type") != "card" or "number" not in params.get("card", {}):
        raise ApiError("The stand-in takes cards alone.", param="type")
    card = BY_NUMBER.get(params["card"]["number"].replace(" ", ""))
    if card is None:
        raise ApiError(
            "Your card number is incorrect.",
            code="incorrect_number",
            param="card[number]",
            kind="card_error",
        )
    return shapes.payment_method(world, card)


def attach_method(world: World, params: Thing, asked: str) -> Thing:
    """Raises: ApiError, for a card that its bank refuses."""
    customer = world.find("customer", params.get("customer", ""), param="customer")
    method = find_method(world, asked)
    if card_of(world, method).code:
        raise declined(card_of(world, method))
    method["customer"] = customer["id"]
    world.tell("payment_method.attached", method)
    return method


def detach_method(world: World, _params: Thing, asked: str) -> Thing:
    """Raises: ApiError, for a card that nobody keeps."""
    method = find_method(world, asked)
    if not method["customer"]:
        raise ApiError("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    world.tell("payment_method.detached", method)
    return method


def create_setup(world: World, params: Thing) -> Thing:
    """Raises: ApiError."""
    if params.get("customer"):
        world.find("customer", params["customer"], param="customer")
    method = find_method(world, params["payment_method"]) if "payment_method" in params else None
    made = shapes.setup_intent(world, params)
    if method:
        made |= {"payment_method": method["id"], "status": "requires_confirmation"}
    world.tell("setup_intent.created", made)
    if params.get("confirm") == "true":
        attempt(world, made, params)
    return made


def retrieve_setup(world: World, params: Thing, asked: str) -> Thing:
    found = world.find("setup_intent", asked, param="intent")
    if "client_secret" in params:
        refuse_wrong_secret(found, params)
    return found


def confirm_setup(world: World, params: Thing, asked: str) -> Thing:
    """Raises: ApiError."""
    found = retrieve_setup(world, params, asked)
    if found["status"] not in CONFIRMABLE:
        raise unexpected_state(found, verb="confirm", done="confirmed", allowed=CONFIRMABLE)
    attempt(world, found, params)
    return found
