"""A vet's word on a food for an animal: asked by owners, given by vets."""

import datetime
import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.selection import names_below
from accounts.graphql.viewer import acting, signed_in
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from catalog import access as catalogue
from catalog import listing
from catalog.graphql.making import product_of, reading_of
from catalog.graphql.selection import needs_detail
from catalog.graphql.types import Product
from kernel.graphql.nodes import Node, global_id, key_of
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound
from orders import access, approvals
from orders.approvals import Verdict
from orders.models import Approval as ApprovalRow
from orders.vocabulary import ApprovalState
from pets.access import pet_of


@strawberry.type(description="A question to a vet: may this animal have this food?")
class Approval(Node):
    state: ApprovalState = strawberry.field(description="Where it stands.")
    pet_id: strawberry.ID = strawberry.field(description="The pet.")
    pet_name: str = strawberry.field(description="Its name.")
    product: Product | None = strawberry.field(description="The food; null once withdrawn.")
    quantity: int = strawberry.field(description="How many packs were asked, or approved.")
    renewals: int = strawberry.field(description="How many orders more it is good for.")
    order_number: str | None = strawberry.field(
        description="The order that waits; null when it was asked ahead of one."
    )
    asked_at: datetime.datetime = strawberry.field(description="When it was asked.")
    expires_at: datetime.datetime = strawberry.field(description="By when it is to be decided.")
    valid_until: datetime.date | None = strawberry.field(description="The last day it is good for.")
    note: str = strawberry.field(description="The vet's word; may be empty.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Approval)


@strawberry.type(description="A page of questions to the vets, the oldest first.")
class ApprovalConnection:
    nodes: list[Approval] = strawberry.field(description="The questions.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.input(description="A food that a vet is asked about.")
class ApprovalRequestInput:
    pet_id: relay.GlobalID = strawberry.field(description="A pet of one's own.")
    product_id: relay.GlobalID = strawberry.field(description="The food.")
    quantity: int = strawberry.field(default=1, description="How many packs, 1 to 99.")


@strawberry.input(description="A vet's word.")
class ApprovalDecideInput:
    approval_id: relay.GlobalID = strawberry.field(description="The question.")
    agrees: bool = strawberry.field(description="Whether the animal may have it.")
    quantity: int | None = strawberry.field(
        default=None, description="How many packs, where fewer than asked; the rest is paid back."
    )
    renewals: int = strawberry.field(
        default=0, description="For how many orders more it is good, 0 to 12."
    )
    valid_until: datetime.date | None = strawberry.field(
        default=None, description="The last day; 180 days from now if left out."
    )
    note: str = strawberry.field(default="", description="A word to the owner.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of asking a vet.")
class ApprovalRequestPayload(Payload):
    approval: Approval | None = strawberry.field(default=None, description="The question.")


@strawberry.type(description="What came of a vet's word.")
class ApprovalDecidePayload(Payload):
    approval: Approval | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type
class ApprovingQuery:
    @strawberry.field(
        description="What waits for a vet, the oldest first. Asks the duty `approve_products`."
    )
    def approvals(
        self,
        info: Info,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last one seen.")] = None,
    ) -> ApprovalConnection:
        acting(info, Duty.APPROVE_PRODUCTS)
        size = page_size(first)
        place = read_cursor(after, str, int) if after else None
        found = access.page_of_approvals(first=size, after=place)
        page = found[:size]
        cursors = [cursor(each.asked_at.isoformat(), each.pk) for each in page]
        return ApprovalConnection(
            nodes=approvals_of(page, info),
            page_info=page_info(cursors, has_next=len(found) > size, after=after),
        )


@strawberry.type(description="What the signed-in person asked of vets.")
class ApprovalsMe:
    @strawberry.field(description="What they asked of vets, the latest first; at most 50.")
    def approvals(self, info: Info) -> list[Approval]:
        return approvals_of(access.approvals_asked_by(info.context.viewer), info)


@strawberry.type
class ApprovingMutation:
    @strawberry.mutation(
        description="Ask a vet about a food for one's own pet, ahead of any order.",
        extensions=[Answers(ApprovalRequestPayload, NotFound, Invalid, LimitReached)],
    )
    def approval_request(
        self,
        info: Info,
        input: Annotated[ApprovalRequestInput, described("What.")],  # noqa: A002
    ) -> ApprovalRequestPayload:
        me = signed_in(info)
        made = approvals.request(
            pet=pet_of(info.context.viewer, key_of(input.pet_id, "Pet")),
            product=catalogue.product_on_show(key_of(input.product_id, "Product")),
            quantity=input.quantity,
            by=me,
            at=info.context.at,
        )
        return ApprovalRequestPayload(approval=approvals_of([made], info)[0])

    @strawberry.mutation(
        description="Say whether an animal may have a food: the first word counts. Asks the duty "
        "`approve_products`.",
        extensions=[Answers(ApprovalDecidePayload, NotFound, Invalid, IdempotencyConflict)],
    )
    def approval_decide(
        self,
        info: Info,
        input: Annotated[ApprovalDecideInput, described("What.")],  # noqa: A002
    ) -> ApprovalDecidePayload:
        by = acting(info, Duty.APPROVE_PRODUCTS)
        verdict = Verdict(
            agrees=input.agrees,
            quantity=input.quantity,
            renewals=input.renewals,
            valid_until=input.valid_until,
            note=input.note,
        )

        def run() -> int:
            asked = access.approval_for_vets(key_of(input.approval_id, "Approval"))
            return approvals.decide(approval=asked, verdict=verdict, by=by, at=info.context.at).pk

        decided = access.approval_for_vets(int(str(carried_out_once(info, input, run))))
        return ApprovalDecidePayload(approval=approvals_of([decided], info)[0])


def approvals_of(rows: list[ApprovalRow], info: Info) -> list[Approval]:
    """The questions with their foods, whose cards are read together."""
    reading = reading_of(info)
    wanted, with_detail = sorted({row.product_id for row in rows}), needs_detail(names_below(info))
    bodies = listing.cards_for(wanted, reading, with_detail=with_detail) if rows else []
    cards = {body.key: product_of(body, reading) for body in bodies}
    return [
        Approval(
            id=global_id("Approval", row.pk),
            state=ApprovalState(row.state),
            pet_id=global_id("Pet", row.pet_id),
            pet_name=row.pet.name,
            product=cards.get(row.product_id),
            quantity=row.quantity,
            renewals=row.renewals,
            order_number=row.line.order.number if row.line else None,
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            valid_until=row.valid_until,
            note=row.note,
        )
        for row in rows
    ]
