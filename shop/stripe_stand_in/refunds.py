"""Money that goes back, wanted or not: refunds, releases of what was authorised, disputes."""

from typing import Any

from shop.stripe_stand_in import shapes
from shop.stripe_stand_in.cards import BY_TOKEN, Refunding
from shop.stripe_stand_in.errors import ApiError
from shop.stripe_stand_in.world import Thing, World

ANSWER_WITHIN_SECONDS = 7 * 24 * 60 * 60


def create(world: World, params: Thing) -> Thing:
    """Give back a payment, or a part of it.

    Raises:
        ApiError: never paid, given back already, or more than is left.
    """
    charge = charge_of(world, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(params.get("amount", left))
    if charge["disputed"]:
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise ApiError(
            f"Refund amount ({euro(amount)}) is greater than unrefunded amount on charge "
            f"({euro(left)})",
            param="amount",
        )
    if amount < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    refunding = BY_TOKEN[world.tokens[charge["payment_method"]]].refunding
    return give_back(
        world,
        charge,
        amount=amount,
        reason=params.get("reason"),
        metadata=dict(params.get("metadata") or {}),
        status="pending" if refunding is Refunding.LATER else "succeeded",
    )


def euro(cents: int) -> str:
    return f"€{cents // 100}.{cents % 100:02d}"


def charge_of(world: World, params: Thing) -> Thing:
    """Raises: ApiError."""
    if "charge" in params:
        charge = world.find("charge", params["charge"], param="charge")
    elif "payment_intent" in params:
        intent = world.find("payment_intent", params["payment_intent"], param="payment_intent")
        if intent["latest_charge"] is None:
            raise no_charge(intent["id"])
        charge = world.find("charge", intent["latest_charge"])
    else:
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    if not charge["captured"]:
        raise no_charge(charge["payment_intent"])
    return charge


def no_charge(intent: str) -> ApiError:
    return ApiError(f"This PaymentIntent ({intent}) does not have a successful charge to refund.")


def give_back(world: World, charge: Thing, *, amount: int, **told: Any) -> Thing:
    """Stripe also makes such a refund by itself, for what was authorised and never taken."""
    refund = shapes.refund(world, charge, amount=amount, **told)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.tell("refund.created", refund)
    world.tell("charge.refunded", charge)
    return refund


def settle_late(world: World) -> None:
    """As time goes by: slow refunds arrive, and those that banks send back fail."""
    for refund in list(world.all_of("refund")):
        charge = world.find("charge", refund["charge"])
        refunding = BY_TOKEN[world.tokens[charge["payment_method"]]].refunding
        if refund["status"] == "pending":
            refund["status"] = "succeeded"
            world.tell("refund.updated", refund)
        elif refund["status"] == "succeeded" and refunding is Refunding.FAILS_LATER:
            refund |= {"status": "failed", "failure_reason": "unknown"}
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            world.tell("refund.failed", refund)


def open_dispute(world: World, charge: Thing, *, amount: int, reason: str) -> Thing:
    """The holder asks their bank for the money back: it is gone until the dispute is won."""
    charge["disputed"] = True
    made = shapes.dispute(
        world, charge, amount=amount, reason=reason, due_by=world.now() + ANSWER_WITHIN_SECONDS
    )
    world.tell("charge.dispute.created", made)
    world.tell("charge.dispute.funds_withdrawn", made)
    return made


def close_dispute(world: World, dispute: Thing, *, won: bool) -> Thing:
    dispute["status"] = "won" if won else "lost"
    world.tell("charge.dispute.closed", dispute)
    if won:
        world.tell("charge.dispute.funds_reinstated", dispute)
    return dispute
