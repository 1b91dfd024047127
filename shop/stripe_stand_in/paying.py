"""What a card does when it is asked to pay, or to be saved: pay, be declined, or want its holder.

Payment intents and setup intents go through the same door: `attempt`.
"""

from copy import deepcopy
from http import HTTPStatus
from typing import Any

from shop.stripe_stand_in import shapes
from shop.stripe_stand_in.cards import BY_TOKEN, Authentication, Card, words_of
from shop.stripe_stand_in.cards import WORDS as CARD_WORDS
from shop.stripe_stand_in.errors import ApiError, missing
from shop.stripe_stand_in.world import Thing, World

FAILED_AUTHENTICATION = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data "
    "or a new PaymentMethod to attempt to fulfill this PaymentIntent again."
)
ERRORS = {"payment_intent": "last_payment_error", "setup_intent": "last_setup_error"}


def refuse_wrong_secret(intent: Thing, params: Thing) -> None:
    """Raises: ApiError, for who holds the publishable key and not this intent's secret."""
    if params["client_secret"] != intent["client_secret"]:
        raise missing(intent["object"], intent["id"], param="intent")


def find_method(world: World, asked: str) -> Thing:
    """A saved card, or a new one for a test token.

    Raises:
        ApiError: neither.
    """
    if asked in BY_TOKEN:
        return shapes.payment_method(world, BY_TOKEN[asked])
    return world.find("payment_method", asked, param="payment_method")


def card_of(world: World, method: Thing) -> Card:
    return BY_TOKEN[world.tokens[method["id"]]]


def attempt(world: World, intent: Thing, params: Thing) -> None:
    """Confirm with the card given now, or with the one given before.

    Raises:
        ApiError: no card, somebody else's, or one that does not pay.
    """
    asked = params.get("payment_method") or intent["payment_method"]
    if not asked:
        raise ApiError(
            "You cannot confirm this intent because it's missing a payment method.",
            code=f"{intent['object']}_unexpected_state",
            also={intent["object"]: deepcopy(intent)},
        )
    refuse_no_way_back(intent, params)
    method = find_method(world, asked)
    refuse_strange_card(intent, method)
    intent["payment_method"] = method["id"]
    if not wants_holder(world, method):
        carry_out(world, intent)
    elif "true" in (params.get("off_session"), params.get("error_on_requires_action")):
        raise fail(world, intent, card_error("authentication_required", "authentication_required"))
    else:
        ask_the_holder(world, intent, params.get("return_url"))


def refuse_no_way_back(intent: Thing, params: Thing) -> None:
    """Raises: ApiError: means of payment that may redirect need somewhere to return to."""
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["enabled"] and "client_secret" not in params
    if redirects and "return_url" not in params and params.get("off_session") != "true":
        raise ApiError(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`."
        )


def refuse_strange_card(intent: Thing, method: Thing) -> None:
    """Raises: ApiError, for a card that was saved by another customer."""
    if method["customer"] and method["customer"] != intent["customer"]:
        raise ApiError(
            f"The customer does not have a payment method with the ID {method['id']}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )


def wants_holder(world: World, method: Thing) -> bool:
    wanted = card_of(world, method).authentication
    if wanted is Authentication.UNLESS_SET_UP:
        return method["id"] not in world.set_up
    return wanted is Authentication.ALWAYS


def ask_the_holder(world: World, intent: Thing, return_url: str | None) -> None:
    """3-D Secure: the payment waits for its holder to prove themselves to their bank."""
    page = f"{world.address}/_control/authenticate/{intent['id']}"
    if return_url:
        redirect = {"return_url": return_url, "url": page}
        action: Thing = {"type": "redirect_to_url", "redirect_to_url": redirect}
    else:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page},
        }
    intent |= {"status": "requires_action", "next_action": action}
    world.tell(f"{intent['object']}.requires_action", intent)


def authenticate(world: World, intent: Thing, *, passes: bool) -> None:
    """The holder's bank has spoken. Raises: ApiError, when it was not asked."""
    if intent["status"] != "requires_action":
        raise ApiError(f"Nobody waits for the holder: the status is {intent['status']}.")
    intent["next_action"] = None
    if passes:
        carry_out(world, intent)
        return
    code = f"{intent['object']}_authentication_failure"
    error = ApiError(FAILED_AUTHENTICATION, code=code)
    fail(world, intent, error, charged=False)


def card_error(code: str, decline_code: str) -> ApiError:
    message = CARD_WORDS.get(decline_code) or CARD_WORDS[code]
    return ApiError(
        message,
        code=code,
        status=HTTPStatus.PAYMENT_REQUIRED,
        kind="card_error",
        also={"decline_code": decline_code} if decline_code else None,
    )


def carry_out(world: World, intent: Thing) -> None:
    """Charge or save the card. Raises: ApiError, if its bank declines."""
    method = world.find("payment_method", intent["payment_method"])
    card = card_of(world, method)
    if card.code:
        raise fail(world, intent, declined(card))
    if intent["object"] == "setup_intent":
        intent["status"] = "succeeded"
        save_card(world, intent, method)
        world.tell("setup_intent.succeeded", intent)
        return
    pay(world, intent, method)


def declined(card: Card) -> ApiError:
    error = card_error(card.code, card.decline_code)
    error.error["message"] = words_of(card)
    return error


def pay(world: World, intent: Thing, method: Thing) -> None:
    now = intent["capture_method"] != "manual"
    amount = intent["amount"]
    charge = shapes.charge(
        world,
        intent,
        method,
        {
            "amount_captured": amount if now else 0,
            "captured": now,
            "failure_code": None,
            "failure_message": None,
            "outcome": outcome("authorized", "Payment complete."),
            "paid": True,
            "status": "succeeded",
        },
    )
    intent |= {
        "status": "succeeded" if now else "requires_capture",
        "amount_received": amount if now else 0,
        "amount_capturable": 0 if now else amount,
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    if intent["setup_future_usage"]:
        save_card(world, intent, method)
    world.tell("charge.succeeded", charge)
    kind = "succeeded" if now else "amount_capturable_updated"
    world.tell(f"payment_intent.{kind}", intent)


def save_card(world: World, intent: Thing, method: Thing) -> None:
    """Keep the card for later, when its holder is not there."""
    world.set_up.add(method["id"])
    if intent["customer"] and method["customer"] is None:
        method["customer"] = intent["customer"]
        world.tell("payment_method.attached", method)


def outcome(kind: str, words: str, *, reason: str | None = None) -> Thing:
    approved = kind == "authorized"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if approved else "declined_by_network",
        "reason": reason,
        "seller_message": words,
        "type": kind,
    }


def fail(world: World, intent: Thing, error: ApiError, *, charged: bool = True) -> ApiError:
    """Note that this card did not pay: the intent waits for another. Gives the error to raise."""
    method = world.find("payment_method", intent["payment_method"])
    told: dict[str, Any] = {"payment_method": deepcopy(method)}
    if intent["object"] == "payment_intent" and charged:
        code = error.error.get("code")
        charge = shapes.charge(
            world,
            intent,
            method,
            {
                "failure_code": code,
                "failure_message": error.error["message"],
                "outcome": outcome(
                    "issuer_declined",
                    "The bank declined.",
                    reason=error.error.get("decline_code") or code,
                ),
                "paid": False,
                "status": "failed",
            },
        )
        intent["latest_charge"] = told["charge"] = charge["id"]
        world.tell("charge.failed", charge)
    error.error |= told
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        ERRORS[intent["object"]]: deepcopy(error.error),
    }
    kind = "payment_failed" if intent["object"] == "payment_intent" else "setup_failed"
    world.tell(f"{intent['object']}.{kind}", intent)
    error.error[intent["object"]] = deepcopy(intent)
    return error
