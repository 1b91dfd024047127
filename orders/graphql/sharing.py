"""Carts shown to friends by a link, and what friends think of them."""

import datetime
from typing import Annotated

import strawberry
from strawberry import Parent, relay

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from catalog import access as catalogue
from catalog import listing
from catalog.graphql.making import product_of, reading_of
from catalog.graphql.selection import needs_detail
from catalog.graphql.types import Product, Variant
from kernel.graphql.extending import extend
from kernel.graphql.money import Money
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound
from orders import sharing
from orders.graphql.cart_mutations import CART
from orders.graphql.showing import cart_named, shown_cart
from orders.graphql.types import Cart, Totals, line_of, totals_of
from orders.models import CartOpinion, CartShare
from orders.reckoning import reckon
from orders.sharing import Opinion, TooFast
from orders.vocabulary import Verdict


@strawberry.type(description="What a friend thinks of a cart.")
class SharedCartOpinion:
    name: str = strawberry.field(description="The first name that they gave.")
    verdict: Verdict = strawberry.field(description="For it, against it, or another product.")
    text: str = strawberry.field(description="Their word; may be empty.")
    product: Product | None = strawberry.field(description="What they suggest, if it is sold.")
    at: datetime.datetime = strawberry.field(description="When they said so.")


@strawberry.type(description="Packs in a cart, as a friend sees them.")
class SharedCartLine:
    product: Product | None = strawberry.field(description="The product; null once withdrawn.")
    variant: Variant | None = strawberry.field(description="The pack; null once withdrawn.")
    name: str = strawberry.field(description="What it is called.")
    quantity: int = strawberry.field(description="How many packs.")
    unit_price: Money = strawberry.field(description="Of one pack, VAT included.")
    total: Money = strawberry.field(description="Of the line, VAT included.")
    pet_names: list[str] = strawberry.field(description="The first names of whom it is for.")


@strawberry.type(description="A cart as a friend sees it: never who fills it, nor where they live.")
class SharedCart:
    lines: list[SharedCartLine] = strawberry.field(description="What is in it, at most 60 lines.")
    totals: Totals = strawberry.field(description="What it comes to now.")
    opinions: list[SharedCartOpinion] = strawberry.field(
        description="What friends think, the latest first, at most 50."
    )
    version: int = strawberry.field(description="Moves with every change of the cart.")
    opinions_version: int = strawberry.field(description="Moves with every opinion.")
    expires_at: datetime.datetime = strawberry.field(description="When the link ends.")


@strawberry.type(description="What moves when a cart changes: cheap to ask again and again.")
class CartVersions:
    cart: int = strawberry.field(description="Moves with every change.")
    opinions: int = strawberry.field(description="Moves with every opinion.")


@strawberry.input(description="A cart to show.")
class CartShareInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    days: int = strawberry.field(default=7, description="For how many days, 1 to 30.")


@strawberry.input(description="A cart to show no more.")
class CartUnshareInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)


@strawberry.input(description="What a friend thinks.")
class SharedCartOpinionGiveInput:
    token: str = strawberry.field(description="The token of the link.")
    name: str = strawberry.field(description="A first name, at most 40 characters.")
    verdict: Verdict = strawberry.field(description="For it, against it, or another product.")
    text: str = strawberry.field(default="", description="A word, at most 300 characters.")
    product_id: relay.GlobalID | None = strawberry.field(
        default=None, description="What they suggest instead."
    )


@strawberry.type(description="What came of showing a cart.")
class CartSharePayload(Payload):
    token: str | None = strawberry.field(
        default=None, description="For `sharedCart`: whoever has it sees the cart. Shown once."
    )
    expires_at: datetime.datetime | None = strawberry.field(
        default=None, description="When it ends."
    )


@strawberry.type(description="What came of taking links back.")
class CartUnsharePayload(Payload):
    cart: Cart | None = strawberry.field(default=None, description="The cart.")


@strawberry.type(description="What came of an opinion.")
class SharedCartOpinionGivePayload(Payload):
    cart: SharedCart | None = strawberry.field(default=None, description="The cart as it is now.")


@strawberry.type
class SharingQuery:
    @strawberry.field(
        description="A cart that somebody shows, by the token of their link; null where the link "
        "is unknown, has ended, or was taken back."
    )
    def shared_cart(
        self, info: Info, token: Annotated[str, described("The token of the link.")]
    ) -> SharedCart | None:
        try:
            share = sharing.share_behind(token, at=info.context.at)
        except NotFound:
            return None
        return _shared(share, info)

    @strawberry.field(
        description="What moves when a cart changes or a friend speaks; null where there is none."
    )
    def cart_versions(
        self,
        info: Info,
        id: Annotated[relay.GlobalID, described("Which cart.")],  # noqa: A002
    ) -> CartVersions | None:
        try:
            found = cart_named(id, info)
        except NotFound:
            return None
        return CartVersions(cart=found.version, opinions=sharing.opinions_version(found))


@strawberry.type
class SharingMutation:
    @strawberry.mutation(
        description="Make a link that shows a cart to whoever has it, for some days.",
        extensions=[Answers(CartSharePayload, NotFound, Invalid, LimitReached)],
    )
    def cart_share(
        self,
        info: Info,
        input: Annotated[CartShareInput, described("Which.")],  # noqa: A002
    ) -> CartSharePayload:
        cart = cart_named(input.cart_id, info)
        made = sharing.share_cart(cart=cart, days=input.days, at=info.context.at)
        return CartSharePayload(token=made.token, expires_at=made.share.expires_at)

    @strawberry.mutation(
        description="Take all links to a cart back.",
        extensions=[Answers(CartUnsharePayload, NotFound)],
    )
    def cart_unshare(
        self,
        info: Info,
        input: Annotated[CartUnshareInput, described("Which.")],  # noqa: A002
    ) -> CartUnsharePayload:
        cart = cart_named(input.cart_id, info)
        sharing.unshare(cart=cart, at=info.context.at)
        return CartUnsharePayload(cart=shown_cart(cart, info))

    @strawberry.mutation(
        description="Tell what one thinks of a cart that a friend shows; no account is needed.",
        extensions=[
            Answers(SharedCartOpinionGivePayload, NotFound, Invalid, TooFast, LimitReached)
        ],
    )
    def shared_cart_opinion_give(
        self,
        info: Info,
        input: Annotated[SharedCartOpinionGiveInput, described("What.")],  # noqa: A002
    ) -> SharedCartOpinionGivePayload:
        at = info.context.at
        share = sharing.share_behind(input.token, at=at)
        given = input.product_id
        opinion = Opinion(
            name=input.name,
            verdict=input.verdict,
            text=input.text,
            product=catalogue.product_on_show(key_of(given, "Product")) if given else None,
        )
        sharing.give_opinion(share=share, opinion=opinion, at=at)
        share = sharing.share_behind(input.token, at=at)
        return SharedCartOpinionGivePayload(cart=_shared(share, info))


def _shared(share: CartShare, info: Info) -> SharedCart:
    reading, cart = reading_of(info), share.cart
    # Reckoned for nobody: no household, no gate, no address of the one who fills it.
    found = reckon(cart, reading, person=None)
    lines = [line_of(each, reading) for each in found.lines]
    return SharedCart(
        lines=[
            SharedCartLine(
                product=line.product,
                variant=line.variant,
                name=line.name,
                quantity=line.quantity,
                unit_price=line.unit_price,
                total=line.total,
                pet_names=[pet.name for pet in line.pets],
            )
            for line in lines
        ],
        totals=totals_of(found.totals),
        opinions=_opinions(sharing.opinions_of(cart), info),
        version=cart.version,
        opinions_version=sharing.opinions_version(cart),
        expires_at=share.expires_at,
    )


def _opinions(rows: list[CartOpinion], info: Info) -> list[SharedCartOpinion]:
    reading = reading_of(info)
    wanted = sorted({row.product_id for row in rows if row.product_id})
    with_detail = needs_detail(names_below(info))
    bodies = listing.cards_for(wanted, reading, with_detail=with_detail) if wanted else []
    cards = {body.key: product_of(body, reading) for body in bodies}
    return [
        SharedCartOpinion(
            name=row.name,
            verdict=Verdict(row.verdict),
            text=row.text,
            product=cards.get(row.product_id or 0),
            at=row.at,
        )
        for row in rows
    ]


@extend(Cart)
@strawberry.field(
    description="What friends who were shown the cart think, the latest first, at most 50."
)
def opinions(root: Parent[Cart], info: Info) -> list[SharedCartOpinion]:
    return _opinions(sharing.opinions_of(root.row), info)
