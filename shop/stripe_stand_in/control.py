"""What only the stand-in can do: turn the clock, be the holder's bank, fail, lose the post."""

from collections.abc import Callable
from typing import Any

from shop.stripe_stand_in import intents, refunds
from shop.stripe_stand_in.errors import ApiError, missing
from shop.stripe_stand_in.paying import attempt, authenticate
from shop.stripe_stand_in.webhooks import Delivery
from shop.stripe_stand_in.world import Fault, How, Thing, World

PATIENCE_SECONDS = 10.0


def reset(world: World, _asked: Thing) -> Thing:
    """Forget everything."""
    world.reset()
    return {}


def advance(world: World, asked: Thing) -> Thing:
    """Turn the clock forward: authorisations end, slow refunds arrive."""
    world.ahead_seconds += int(asked["seconds"])
    intents.expire(world)
    refunds.settle_late(world)
    return {"now": world.now()}


def bank_speaks(world: World, asked: Thing) -> Thing:
    """The holder passes 3-D Secure, or fails. A card that is then declined is no error here."""
    intent = intent_of(world, asked["intent"])
    try:
        authenticate(world, intent, passes=asked["passes"])
    except ApiError as refused:
        if refused.error["type"] != "card_error":
            raise
    return intent


def intent_of(world: World, asked: str) -> Thing:
    found = world.things.get(asked)
    if found is None or found["object"] not in ("payment_intent", "setup_intent"):
        raise missing("intent", asked)
    return found


def open_dispute(world: World, asked: Thing) -> Thing:
    intent = world.find("payment_intent", asked["intent"])
    charge = world.find("charge", intent["latest_charge"] or "")
    amount = int(asked.get("amount") or charge["amount_captured"])
    return refunds.open_dispute(
        world, charge, amount=amount, reason=asked.get("reason", "fraudulent")
    )


def close_dispute(world: World, asked: Thing) -> Thing:
    return refunds.close_dispute(world, world.find("dispute", asked["dispute"]), won=asked["won"])


def go_wrong(world: World, asked: Thing) -> Thing:
    """The next calls of the API fail."""
    fault = Fault(How(asked["how"]), int(asked["times"]), float(asked.get("seconds", 0)))
    world.faults.append(fault)
    return {}


def register_webhook(world: World, asked: Thing) -> Thing:
    """Where events go, and the secret that they are signed with."""
    world.courier.address, world.courier.secret = asked["url"], asked["secret"]
    return {}


def set_delivery(world: World, asked: Thing) -> Thing:
    world.courier.mode = Delivery(asked["mode"])
    return {}


def release(world: World, _asked: Thing) -> Thing:
    world.courier.release()
    return {}


def resend(world: World, asked: Thing) -> Thing:
    """Send an event once more, also one that was lost."""
    event = world.find("event", asked["event"])
    world.courier.resend(event)
    return event


def adopt(world: World, asked: Thing) -> Thing:
    """Know a payment from before this stand-in began, as the shop remembers it; tells nobody."""
    if asked["intent"] in world.things:
        return world.things[asked["intent"]]
    told, world.courier.address = world.courier.address, ""
    try:
        made = intents.create(
            world,
            {
                "amount": str(asked["amount"]),
                "currency": "eur",
                "allowed_payment_method_types": ["card"],
                "capture_method": "manual" if asked["captures_later"] else "automatic",
                "metadata": asked["metadata"],
            },
        )
        known = world.things.pop(made["id"])
        known |= {"id": asked["intent"], "client_secret": asked["client_secret"]}
        world.things[asked["intent"]] = known
        if asked["confirmed"]:
            attempt(world, known, {"payment_method": "pm_card_visa"})
        if asked["captured"] and asked["captures_later"]:
            intents.capture(world, {}, asked["intent"])
    finally:
        world.courier.address = told
    return known


ACTS: dict[str, Callable[[World, Thing], Thing]] = {
    "adopt": adopt,
    "reset": reset,
    "clock": advance,
    "authenticate": bank_speaks,
    "disputes": open_dispute,
    "disputes/close": close_dispute,
    "faults": go_wrong,
    "webhook": register_webhook,
    "delivery": set_delivery,
    "release": release,
    "resend": resend,
}


def act(world: World, name: str, asked: dict[str, Any]) -> Thing:
    """Raises: ApiError, for an act or a value that there is not."""
    if name == "settle":
        settled = world.courier.wait_until_idle(float(asked.get("seconds", PATIENCE_SECONDS)))
        return {"settled": settled, "attempts": world.courier.told()}
    if name not in ACTS:
        raise missing("control", name)
    with world.lock:
        try:
            return ACTS[name](world, asked)
        except (KeyError, ValueError, TypeError) as malformed:
            raise ApiError(f"{name}: {malformed!r}") from malformed
