"""What people make of suggestions, and whose a line of an order was."""

import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from catalog.access import product_on_show
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound
from pets.access import pet_of
from pets.graphql.queries import shown
from pets.graphql.types import Pet
from recommendations import access, feedback, histories


@strawberry.input(description="Suggestions that came into sight.")
class SuggestionsSeenInput:
    tokens: list[str] = strawberry.field(description="Their tokens, at most 100.")


@strawberry.input(description="A suggestion that was followed.")
class SuggestionOpenedInput:
    token: str = strawberry.field(description="Its token.")


@strawberry.input(description="A suggestion that is not for a pet.")
class SuggestionDismissInput:
    pet_id: relay.GlobalID = strawberry.field(description="The pet.")
    product_id: relay.GlobalID = strawberry.field(description="The product.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A pet's part of a line.")
class PetShareInput:
    pet_id: relay.GlobalID = strawberry.field(description="A pet that the asker looks after.")
    share_percent: int = strawberry.field(
        description="Its share in percent; all together make 100."
    )


@strawberry.input(description="For which pets a line of an order was.")
class OrderLinePetsSetInput:
    line_id: relay.GlobalID = strawberry.field(description="A line of the asker's own order.")
    pets: list[PetShareInput] = strawberry.field(description="The pets, each once.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of noting what was seen.")
class SuggestionsSeenPayload(Payload):
    noted: int = strawberry.field(default=0, description="How many were not noted before.")


@strawberry.type(description="What came of noting what was followed.")
class SuggestionOpenedPayload(Payload):
    pass


@strawberry.type(description="What came of turning a suggestion down.")
class SuggestionDismissPayload(Payload):
    pet: Pet | None = strawberry.field(default=None, description="The pet, with what is left.")


@strawberry.type(description="What came of saying for whom a line was.")
class OrderLinePetsSetPayload(Payload):
    pets: list[Pet] = strawberry.field(
        default_factory=list, description="The pets, with their shelves as they are now."
    )


@strawberry.type
class SuggestionsMutation:
    @strawberry.mutation(
        description="Note which suggestions came into sight, guests' too; each counts once.",
        extensions=[Answers(SuggestionsSeenPayload, Invalid, LimitReached)],
    )
    def suggestions_seen(
        self,
        info: Info,
        input: Annotated[SuggestionsSeenInput, described("Which.")],  # noqa: A002
    ) -> SuggestionsSeenPayload:
        context = info.context
        noted = feedback.note_seen(given=input.tokens, by=context.viewer.person, at=context.at)
        return SuggestionsSeenPayload(noted=noted)

    @strawberry.mutation(
        description="Note that a suggestion was followed, a guest's too.",
        extensions=[Answers(SuggestionOpenedPayload, Invalid)],
    )
    def suggestion_opened(
        self,
        info: Info,
        input: Annotated[SuggestionOpenedInput, described("Which.")],  # noqa: A002
    ) -> SuggestionOpenedPayload:
        context = info.context
        feedback.note_opened(token=input.token, by=context.viewer.person, at=context.at)
        return SuggestionOpenedPayload()

    @strawberry.mutation(
        description="Not for my pet: the product is suggested to it no more. By a guardian.",
        extensions=[Answers(SuggestionDismissPayload, NotFound, IdempotencyConflict)],
    )
    def suggestion_dismiss(
        self,
        info: Info,
        input: Annotated[SuggestionDismissInput, described("What, and to whom.")],  # noqa: A002
    ) -> SuggestionDismissPayload:
        me = signed_in(info)
        pet = pet_of(info.context.viewer, key_of(input.pet_id, "Pet"))

        def run() -> str:
            product = product_on_show(key_of(input.product_id, "Product"))
            feedback.dismiss(pet=pet, product=product, by=me, at=info.context.at)
            return "done"

        carried_out_once(info, input, run)
        return SuggestionDismissPayload(pet=shown([pet], info)[0])

    @strawberry.mutation(
        description="Say for which pets a line of an order was: their suggestions follow at once. "
        "By the buyer.",
        extensions=[Answers(OrderLinePetsSetPayload, Invalid, NotFound, IdempotencyConflict)],
    )
    def order_line_pets_set(
        self,
        info: Info,
        input: Annotated[OrderLinePetsSetInput, described("Which line, which pets.")],  # noqa: A002
    ) -> OrderLinePetsSetPayload:
        me = signed_in(info)
        viewer = info.context.viewer
        line = access.line_of(viewer, key_of(input.line_id, "OrderLine"))
        pets = [pet_of(viewer, key_of(each.pet_id, "Pet")) for each in input.pets]
        given = [(pet, each.share_percent) for pet, each in zip(pets, input.pets, strict=True)]

        def run() -> str:
            histories.correct_line(line=line, shares=given, by=me, at=info.context.at)
            return "done"

        carried_out_once(info, input, run)
        return OrderLinePetsSetPayload(pets=shown(pets, info))
