"""Suggestions as owners and guests see them."""

import datetime

import strawberry

from catalog.graphql.making import product_of, variant_of
from catalog.graphql.types import Product, Variant
from catalog.listing import Reading
from kernel.graphql.nodes import global_id
from recommendations import tokens, wording
from recommendations.serving import Shown
from recommendations.vocabulary import ReasonKind

_SIGNED = (
    "Give it back with `suggestionsSeen`, `suggestionOpened`, and as `fromSuggestion` of a cart's "
    "line: it says where this stood, signed, for thirty days."
)


@strawberry.type(description="Why something is suggested: true of the pet, in words and numbers.")
class SuggestionReason:
    kind: ReasonKind = strawberry.field(description="What kind of reason, for machines.")
    because: list[strawberry.ID] = strawberry.field(
        description="The products that it goes back to, at most two."
    )
    text: str = strawberry.field(description="The reason in the reader's language.")


@strawberry.type(description="When something is likely to be empty.")
class RunOut:
    start: datetime.date = strawberry.field(name="from", description="At the earliest.")
    end: datetime.date = strawberry.field(name="to", description="At the latest.")


@strawberry.type(description="Something that a pet had, to be ordered again.")
class OrderAgain:
    product: Product = strawberry.field(description="The product.")
    variant: Variant = strawberry.field(description="The usual pack, or the nearest to it.")
    runs_out: RunOut | None = strawberry.field(
        description="Between which days it is likely to be empty; null where nothing tells."
    )
    reason: SuggestionReason = strawberry.field(description="Why.")
    token: str = strawberry.field(description=_SIGNED)


@strawberry.type(description="Something that is suggested.")
class Suggestion:
    product: Product = strawberry.field(description="The product.")
    variant: Variant = strawberry.field(description="A pack of it that suits.")
    reason: SuggestionReason = strawberry.field(description="Why.")
    token: str = strawberry.field(description=_SIGNED)


def again_of(shown: Shown, reading: Reading) -> OrderAgain:
    due = shown.runs_out
    return OrderAgain(
        product=product_of(shown.card, reading),
        variant=variant_of(shown.pack, shown.card, reading),
        runs_out=None if due is None else RunOut(start=due.start, end=due.end),
        reason=reason_of(shown, reading),
        token=tokens.sign(shown.suggested),
    )


def suggestion_of(shown: Shown, reading: Reading) -> Suggestion:
    return Suggestion(
        product=product_of(shown.card, reading),
        variant=variant_of(shown.pack, shown.card, reading),
        reason=reason_of(shown, reading),
        token=tokens.sign(shown.suggested),
    )


def reason_of(shown: Shown, reading: Reading) -> SuggestionReason:
    return SuggestionReason(
        kind=shown.reason.kind,
        because=[global_id("Product", key) for key in shown.reason.because],
        text=wording.said(shown.reason, reading.language),
    )
