"""Ways to have an order, as shoppers see them; the field itself stands beside the cart."""

import datetime
from collections.abc import Sequence

import strawberry

from kernel import money
from kernel.graphql.money import Money, money_of
from orders import carriers, delivery, slots
from orders.vocabulary import DeliveryMethod


@strawberry.type(description="Some hours of a day, in which the clinic brings or hands over.")
class DeliverySlot:
    id: strawberry.ID = strawberry.field(description="What to give when choosing this slot.")
    starts: datetime.time = strawberry.field(description="From, by the clock of France.")
    ends: datetime.time = strawberry.field(description="To, by the clock of France.")
    left: int = strawberry.field(description="For how many more orders there is room.")
    promised_from: datetime.datetime = strawberry.field(description="What choosing it promises.")
    promised_to: datetime.datetime = strawberry.field(description="The end of what is promised.")


@strawberry.type(description="A day that can be chosen.")
class DeliveryDay:
    day: datetime.date = strawberry.field(description="The day.")
    slots: list[DeliverySlot] = strawberry.field(
        description="Its slots that have room, the earliest first."
    )


@strawberry.type(description="A shop that keeps parcels for their buyers.")
class RelayPoint:
    id: strawberry.ID = strawberry.field(description="What to give when choosing this point.")
    name: str = strawberry.field(description="Its name.")
    street: str = strawberry.field(description="Its street and number.")
    postal_code: str = strawberry.field(description="Its postal code.")
    city: str = strawberry.field(description="Its town.")
    hours: str = strawberry.field(description="When it is open, in words; may be empty.")


@strawberry.type(description="A way to have the order, or why it is not possible.")
class DeliveryOption:
    method: DeliveryMethod = strawberry.field(description="How the order would come.")
    is_possible: bool = strawberry.field(description="Whether it can be chosen.")
    reason_not: str | None = strawberry.field(
        description="Why it cannot be chosen, in the reader's language; null when it can."
    )
    price: Money | None = strawberry.field(
        description="What it costs, VAT included; null when it cannot be chosen."
    )
    free_from: Money | None = strawberry.field(
        description="From which amount of goods it costs nothing, if there is one."
    )
    days: list[DeliveryDay] = strawberry.field(
        description="The days of the next three weeks to choose from, the soonest first; empty "
        "where no day is chosen."
    )
    promised_from: datetime.datetime | None = strawberry.field(
        description="When it comes, where no slot is chosen."
    )
    promised_to: datetime.datetime | None = strawberry.field(
        description="By when it comes, where no slot is chosen."
    )
    points: list[RelayPoint] = strawberry.field(
        description="Relay points to choose from, the nearest first, at most twenty."
    )


def options_of(found: Sequence[delivery.DeliveryOption]) -> list[DeliveryOption]:
    return [_option_of(option) for option in found]


def _option_of(option: delivery.DeliveryOption) -> DeliveryOption:
    return DeliveryOption(
        method=option.method,
        is_possible=option.is_possible,
        reason_not=option.reason_not,
        price=_money_of(option.price),
        free_from=_money_of(option.free_from),
        days=[
            DeliveryDay(day=each.day, slots=[_slot_of(slot) for slot in each.slots])
            for each in option.days
        ],
        promised_from=option.promise.starts_at if option.promise else None,
        promised_to=option.promise.ends_at if option.promise else None,
        points=[point_of(each) for each in option.points],
    )


def _money_of(found: money.Money | None) -> Money | None:
    return None if found is None else money_of(found.cents)


def _slot_of(slot: slots.OpenSlot) -> DeliverySlot:
    return DeliverySlot(
        id=strawberry.ID(slot.key),
        starts=slot.starts,
        ends=slot.ends,
        left=slot.left,
        promised_from=slot.promise.starts_at,
        promised_to=slot.promise.ends_at,
    )


def point_of(point: carriers.RelayPoint) -> RelayPoint:
    return RelayPoint(
        id=strawberry.ID(point.id),
        name=point.name,
        street=point.street,
        postal_code=point.postal_code,
        city=point.city,
        hours=point.hours,
    )
