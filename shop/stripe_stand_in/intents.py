"""What may be done with a payment intent, and what becomes of it.

Source: Stripe's documentation, https://docs.stripe.com/payments/paymentintents/lifecycle.
"""

from shop.stripe_stand_in import refunds, shapes
from shop.stripe_stand_in.errors import ApiError, unexpected_state
from shop.stripe_stand_in.paying import attempt, find_method, refuse_wrong_secret
from shop.stripe_stand_in.world import Thing, World

LEAST_CENTS = 50
MOST_CENTS = 99_999_999
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
CHANGEABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
AUTHORISED_SECONDS = 7 * 24 * 60 * 60


def create(world: World, params: Thing) -> Thing:
    """Raises: ApiError."""
    refuse_wrong_amount(params["amount"])
    if params.get("customer"):
        world.find("customer", params["customer"], param="customer")
    method = find_method(world, params["payment_method"]) if "payment_method" in params else None
    made = shapes.intent(world, params)
    if "automatic_payment_methods" in params:
        made["automatic_payment_methods"] = {
            "enabled": params["automatic_payment_methods"].get("enabled") == "true"
        }
    if method:
        made |= {"payment_method": method["id"], "status": "requires_confirmation"}
    world.tell("payment_intent.created", made)
    if params.get("confirm") == "true":
        attempt(world, made, params)
    return made


def refuse_wrong_amount(amount: str) -> None:
    """Raises: ApiError."""
    if int(amount) < LEAST_CENTS:
        raise ApiError("Amount must be at least €0.50 eur", code="amount_too_small", param="amount")
    if int(amount) > MOST_CENTS:
        raise ApiError(
            "Amount must be no more than €999,999.99", code="amount_too_large", param="amount"
        )


def retrieve(world: World, params: Thing, asked: str) -> Thing:
    found = world.find("payment_intent", asked, param="intent")
    if "client_secret" in params:
        refuse_wrong_secret(found, params)
    return found


def update(world: World, params: Thing, asked: str) -> Thing:
    """Raises: ApiError."""
    found = world.find("payment_intent", asked, param="intent")
    if "amount" in params:
        refuse_wrong_amount(params["amount"])
        if found["status"] not in CHANGEABLE:
            raise unexpected_state(found, verb="update", done="updated", allowed=CHANGEABLE)
        found["amount"] = int(params["amount"])
    for name in ("description", "receipt_email"):
        if name in params:
            found[name] = params[name] or None
    if "metadata" in params:
        found["metadata"] |= params["metadata"] or {}
    return found


def confirm(world: World, params: Thing, asked: str) -> Thing:
    """Raises: ApiError, also for a card that does not pay."""
    found = world.find("payment_intent", asked, param="intent")
    if "client_secret" in params:
        refuse_wrong_secret(found, params)
    if found["status"] not in CONFIRMABLE:
        raise unexpected_state(found, verb="confirm", done="confirmed", allowed=CONFIRMABLE)
    attempt(world, found, params)
    return found


def capture(world: World, params: Thing, asked: str) -> Thing:
    """Take what was authorised, or a part of it; the rest goes back to the holder.

    Raises:
        ApiError: nothing authorised, or not as much.
    """
    found = world.find("payment_intent", asked, param="intent")
    if found["status"] != "requires_capture":
        raise unexpected_state(
            found, verb="capture", done="captured", allowed=("requires_capture",)
        )
    amount = int(params.get("amount_to_capture") or found["amount_capturable"])
    if not 0 < amount <= found["amount_capturable"]:
        raise ApiError(
            "You cannot capture more than was authorised, nor nothing: "
            f"{amount} of {found['amount_capturable']}.",
            code="amount_too_large" if amount > 0 else "amount_too_small",
            param="amount_to_capture",
        )
    charge = world.find("charge", found["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount}
    found |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    world.tell("charge.captured", charge)
    if amount < charge["amount"]:
        refunds.give_back(world, charge, amount=charge["amount"] - amount)
    world.tell("payment_intent.succeeded", found)
    return found


def cancel(world: World, params: Thing, asked: str) -> Thing:
    """Raises: ApiError, once it was paid or is cancelled already."""
    found = world.find("payment_intent", asked, param="intent")
    if found["status"] not in CANCELLABLE:
        raise unexpected_state(found, verb="cancel", done="canceled", allowed=CANCELLABLE)
    end(world, found, reason=params.get("cancellation_reason"))
    return found


def end(world: World, intent: Thing, *, reason: str | None) -> None:
    """Cancel; what was only authorised goes back."""
    authorised = intent["status"] == "requires_capture"
    intent |= {
        "status": "canceled",
        "canceled_at": world.now(),
        "cancellation_reason": reason,
        "amount_capturable": 0,
        "next_action": None,
    }
    if authorised:
        charge = world.find("charge", intent["latest_charge"])
        if reason == "automatic":
            world.tell("charge.expired", charge)
        why = "expired_uncaptured_charge" if reason == "automatic" else None
        refunds.give_back(world, charge, amount=charge["amount"], reason=why)
    world.tell("payment_intent.canceled", intent)


def expire(world: World) -> None:
    """Let go of authorisations that nobody took within seven days."""
    for intent in list(world.all_of("payment_intent")):
        if intent["status"] == "requires_capture":
            charge = world.find("charge", intent["latest_charge"])
            if charge["created"] + AUTHORISED_SECONDS <= world.now():
                end(world, intent, reason="automatic")
