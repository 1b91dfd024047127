"""What pets eat, as their guardians and the clinic's staff tell it."""

import datetime
import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.selection import names_below
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from accounts.vocabulary import Origin
from catalog import access, listing
from catalog.diets import MOST_LINES, Eaten, diet_of, set_diet
from catalog.graphql.making import product_of, reading_of
from catalog.graphql.selection import needs_detail
from catalog.graphql.types import Product
from catalog.models import DietLine as LineRow
from clinic.details import PARIS
from kernel.graphql.extending import extend
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotAllowed, NotFound
from pets.access import pet_for, pet_to_change
from pets.graphql.queries import shown
from pets.graphql.types import Pet
from pets.records import NoLongerServed


@strawberry.type(description="A food that a pet eats.")
class DietLine:
    product: Product | None = strawberry.field(
        description="The product, where the shop has it on show."
    )
    food: str = strawberry.field(description="What it is called: by the shop, or by the owner.")
    grams_per_day: int | None = strawberry.field(description="Grams a day, where they were told.")
    share_percent: int | None = strawberry.field(
        description="Its share of the energy in percent, where it was told."
    )
    since: datetime.date = strawberry.field(description="Since when.")
    origin: Origin = strawberry.field(description="Who says so.")


@strawberry.input(description="A food that a pet eats: a product, or what its owner calls it.")
class DietLineInput:
    product_id: relay.GlobalID | None = strawberry.field(default=None, description="A product.")
    food_text: str = strawberry.field(
        default="", description="Or the food in words, 1 to 120 characters."
    )
    grams_per_day: int | None = strawberry.field(
        default=None, description="Grams a day, 1 to 10,000."
    )
    share_percent: int | None = strawberry.field(
        default=None, description="Its share of the energy in percent; all together at most 100."
    )


@strawberry.input(description="What a pet eats from a day on, in place of what it ate before.")
class PetDietSetInput:
    pet_id: relay.GlobalID = strawberry.field(description="The pet.")
    lines: list[DietLineInput] = strawberry.field(
        description="All that it eats, at most ten foods; none when nothing is known."
    )
    since: datetime.date | None = strawberry.field(
        default=None, description="From when; today if not given."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of telling a diet.")
class PetDietSetPayload(Payload):
    pet: Pet | None = strawberry.field(default=None, description="The pet as it is now.")


@extend(Pet)
@strawberry.field(
    description="What it eats today, in the order in which it was told; at most ten foods."
)
def diet(root: strawberry.Parent[Pet], info: Info) -> list[DietLine]:
    with_detail = needs_detail(names_below(info))
    kept = info.context.kept
    key = ("diets", id(root.read), with_detail)
    if key not in kept:
        kept[key] = _diets(root, info, with_detail=with_detail)
    found: dict[int, list[DietLine]] = kept[key]
    return found.get(root.row.pk, [])


def _diets(root: Pet, info: Info, *, with_detail: bool) -> dict[int, list[DietLine]]:
    """The diets of all pets that were read together, and their products, a statement each."""
    rows = diet_of(root.read.pets, on=root.read.on)
    reading = reading_of(info)
    keys = {row.product_id for lines in rows.values() for row in lines if row.product_id}
    cards = listing.cards_for(sorted(keys), reading, with_detail=with_detail) if keys else []
    products = {body.key: product_of(body, reading) for body in cards}
    return {pet: [_line(row, products) for row in lines] for pet, lines in rows.items()}


def _line(row: LineRow, products: dict[int, Product]) -> DietLine:
    product = products.get(row.product_id) if row.product_id else None
    return DietLine(
        product=product,
        food=product.name if product else str(row),
        grams_per_day=row.grams_per_day,
        share_percent=row.share_percent,
        since=row.since,
        origin=Origin(row.origin),
    )


@strawberry.type
class DietMutation:
    @strawberry.mutation(
        description="Tell what a pet eats from a day on; what it ate before ends that day. By a "
        "guardian, or by staff with the duty `record_body`.",
        extensions=[
            Answers(
                PetDietSetPayload,
                Invalid,
                LimitReached,
                NoLongerServed,
                NotFound,
                NotAllowed,
                IdempotencyConflict,
            )
        ],
    )
    def pet_diet_set(
        self,
        info: Info,
        input: Annotated[PetDietSetInput, described("The diet.")],  # noqa: A002
    ) -> PetDietSetPayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            key = key_of(input.pet_id, "Pet")
            pet, origin = pet_to_change(viewer, key, Duty.RECORD_BODY)
            since = input.since or at.astimezone(PARIS).date()
            lines = [_eaten(each) for each in input.lines[: MOST_LINES + 1]]
            set_diet(pet=pet, lines=lines, on=since, by=me, origin=origin, at=at)
            return pet.pk

        pet = pet_for(viewer, int(str(carried_out_once(info, input, run))))
        return PetDietSetPayload(pet=shown([pet], info)[0])


def _eaten(given: DietLineInput) -> Eaten:
    key = key_of(given.product_id, "Product") if given.product_id else None
    return Eaten(
        product=access.product_on_show(key) if given.product_id else None,
        food_text=given.food_text,
        grams_per_day=given.grams_per_day,
        share_percent=given.share_percent,
    )
