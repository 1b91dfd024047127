"""Carts filled and changed, by whoever has their id."""

import uuid
from collections.abc import Callable, Iterable
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.addresses import AddressGiven
from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, Repeatable, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from accounts.phones import PhoneRefused
from catalog import access as catalogue
from catalog import listing
from catalog.graphql.making import reading_of
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound
from orders import access, carts, reckoning
from orders.carts import MOST_LINES, CartClosed, Change, Contact, NotSoldOnline, Wanted
from orders.graphql.showing import cart_named, shown_cart
from orders.graphql.types import Cart
from orders.models import Cart as CartRow
from pets.access import pet_of
from pets.models import Pet

CART = "The cart."


@strawberry.input(description="Who eats of a line, and how much of it.")
class LinePetInput:
    pet_id: relay.GlobalID = strawberry.field(description="A pet of one's own.")
    share_percent: int = strawberry.field(
        default=100, description="Its share in percent; all together 100."
    )


@strawberry.input(description="Packs to put in a cart.")
class CartLineInput:
    sku: str = strawberry.field(description="The pack.")
    quantity: int = strawberry.field(default=1, description="How many, 1 to 999.")
    pets: list[LinePetInput] = strawberry.field(
        default_factory=list, description="Whom they are for; nobody in particular if left out."
    )
    text: str = strawberry.field(default="", description="A text of one's own, as on a medal.")
    from_suggestion: str = strawberry.field(
        default="", description="The token of the suggestion that led here."
    )


@strawberry.input(description="A new cart; a signed-in person has one already, which is given.")
class CartCreateInput:
    lines: list[CartLineInput] = strawberry.field(
        default_factory=list, description="What to put in it at once."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Packs to put in a cart; those that are there grow in number.")
class CartLinesAddInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    lines: list[CartLineInput] = strawberry.field(description="Which packs.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What changes of a line; what is left out stays.")
class CartLineChangeInput:
    line_id: relay.GlobalID = strawberry.field(description="The line.")
    quantity: int | None = strawberry.field(default=None, description="How many, 1 to 999.")
    pets: list[LinePetInput] | None = strawberry.field(
        default=None, description="Whom it is for, whole."
    )
    acknowledged: list[str] | None = strawberry.field(
        default=None, description="Reasons of problems that the buyer has read, whole."
    )
    price_seen_cents: int | None = strawberry.field(
        default=None, description="The price of a pack that the buyer has seen and agrees to."
    )


@strawberry.input(description="Lines that change, all or none.")
class CartLinesUpdateInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    lines: list[CartLineChangeInput] = strawberry.field(description="Which, at most 60.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Lines that go.")
class CartLinesRemoveInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    line_ids: list[relay.GlobalID] = strawberry.field(description="Which, at most 60.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whom to write to about the order.")
class CartContactSetInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="E-mail.")
    phone: str = strawberry.field(default="", description="Phone, as people write it.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Where to deliver.")
class CartAddressSetInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    recipient: str = strawberry.field(description="Who receives it.")
    line1: str = strawberry.field(description="Number and street.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="Commune.")
    country: str = strawberry.field(default="FR", description="Country, two letters.")
    company: str = strawberry.field(default="", description="Company.")
    line2: str = strawberry.field(default="", description="Building, floor, door.")
    phone: str = strawberry.field(default="", description="Phone for the carrier.")
    instructions: str = strawberry.field(default="", description="For the carrier.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The cart of a guest who has signed in.")
class CartClaimInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of a change of a cart.")
class CartChanged(Payload):
    cart: Cart | None = strawberry.field(default=None, description="The cart as it is now.")


@strawberry.type(description="What came of asking for a cart.")
class CartCreatePayload(CartChanged):
    pass


@strawberry.type(description="What came of putting packs in.")
class CartLinesAddPayload(CartChanged):
    pass


@strawberry.type(description="What came of changing lines.")
class CartLinesUpdatePayload(CartChanged):
    pass


@strawberry.type(description="What came of taking lines out.")
class CartLinesRemovePayload(CartChanged):
    pass


@strawberry.type(description="What came of naming whom to write to.")
class CartContactSetPayload(CartChanged):
    pass


@strawberry.type(description="What came of naming where to deliver.")
class CartAddressSetPayload(CartChanged):
    pass


@strawberry.type(description="What came of claiming a cart.")
class CartClaimPayload(CartChanged):
    pass


CART_REFUSALS = (Invalid, NotFound, LimitReached, CartClosed, NotSoldOnline, IdempotencyConflict)


@strawberry.type
class CartMutation:
    @strawberry.mutation(
        description="A cart to fill: the signed-in person's own, a fresh one for a guest.",
        extensions=[Answers(CartCreatePayload, *CART_REFUSALS)],
    )
    def cart_create(
        self,
        info: Info,
        input: Annotated[CartCreateInput, described("What to put in it.")],  # noqa: A002
    ) -> CartCreatePayload:
        viewer, at = info.context.viewer, info.context.at

        def run() -> CartRow:
            place = catalogue.place_named(None)
            cart = carts.open_cart(viewer=viewer, place=place, at=at)
            if input.lines:
                carts.add_packs(cart=cart, wanted=_wanted(input.lines, info), at=at)
            return cart

        return CartCreatePayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Put packs in a cart.",
        extensions=[Answers(CartLinesAddPayload, *CART_REFUSALS)],
    )
    def cart_lines_add(
        self,
        info: Info,
        input: Annotated[CartLinesAddInput, described("Which packs.")],  # noqa: A002
    ) -> CartLinesAddPayload:
        def run() -> CartRow:
            cart, wanted = cart_named(input.cart_id, info), _wanted(input.lines, info)
            return carts.add_packs(cart=cart, wanted=wanted, at=info.context.at)

        return CartLinesAddPayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Change lines of a cart: all that is asked, or nothing.",
        extensions=[Answers(CartLinesUpdatePayload, *CART_REFUSALS)],
    )
    def cart_lines_update(
        self,
        info: Info,
        input: Annotated[CartLinesUpdateInput, described("What changes.")],  # noqa: A002
    ) -> CartLinesUpdatePayload:
        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            lines = access.lines_of(cart, _keys(each.line_id for each in input.lines))
            changes = [
                Change(
                    line=line,
                    quantity=each.quantity,
                    pets=None if each.pets is None else _pets(each.pets, info),
                    acknowledged=each.acknowledged,
                    seen_cents=each.price_seen_cents,
                )
                for line, each in zip(lines, input.lines, strict=True)
            ]
            return carts.change_lines(cart=cart, changes=changes, at=info.context.at)

        return CartLinesUpdatePayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Take lines out of a cart.",
        extensions=[Answers(CartLinesRemovePayload, *CART_REFUSALS)],
    )
    def cart_lines_remove(
        self,
        info: Info,
        input: Annotated[CartLinesRemoveInput, described("Which lines.")],  # noqa: A002
    ) -> CartLinesRemovePayload:
        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            lines = access.lines_of(cart, _keys(input.line_ids))
            return carts.remove_lines(cart=cart, lines=lines, at=info.context.at)

        return CartLinesRemovePayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Name whom to write to about the order.",
        extensions=[Answers(CartContactSetPayload, PhoneRefused, *CART_REFUSALS)],
    )
    def cart_contact_set(
        self,
        info: Info,
        input: Annotated[CartContactSetInput, described("Whom.")],  # noqa: A002
    ) -> CartContactSetPayload:
        contact = Contact(
            first_name=input.first_name,
            last_name=input.last_name,
            email=input.email,
            phone=input.phone,
        )

        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            return carts.set_contact(cart=cart, contact=contact, at=info.context.at)

        return CartContactSetPayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Name where to deliver.",
        extensions=[Answers(CartAddressSetPayload, PhoneRefused, *CART_REFUSALS)],
    )
    def cart_address_set(
        self,
        info: Info,
        input: Annotated[CartAddressSetInput, described("Where.")],  # noqa: A002
    ) -> CartAddressSetPayload:
        address = AddressGiven(
            recipient=input.recipient,
            line1=input.line1,
            postal_code=input.postal_code,
            city=input.city,
            country=input.country,
            company=input.company,
            line2=input.line2,
            phone=input.phone,
            instructions=input.instructions,
        )

        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            return carts.set_address(cart=cart, address=address, at=info.context.at)

        return CartAddressSetPayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Join a guest's cart to the person who has signed in; twice changes nothing.",
        extensions=[Answers(CartClaimPayload, *CART_REFUSALS)],
    )
    def cart_claim(
        self,
        info: Info,
        input: Annotated[CartClaimInput, described("Which cart.")],  # noqa: A002
    ) -> CartClaimPayload:
        me = signed_in(info)

        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            return carts.claim(cart=cart, person=me, at=info.context.at)

        return CartClaimPayload(cart=cart_after(info, input, run))


def cart_after(info: Info, given: Repeatable, change: Callable[[], CartRow]) -> Cart:
    """The cart after a change, which is carried out once for its key."""
    changed: list[CartRow] = []

    def run() -> str:
        changed.append(change())
        return str(changed[0].pk)

    key = uuid.UUID(str(carried_out_once(info, given, run)))
    if not changed:
        changed.append(access.cart_for(info.context.viewer, key, at=info.context.at))
    return shown_cart(changed[0], info)


def _wanted(lines: list[CartLineInput], info: Info) -> list[Wanted]:
    """Packs by their SKU, with the price that shoppers are shown at this moment."""
    reading = reading_of(info)
    variants = catalogue.variants_by_sku([each.sku for each in lines])
    products = sorted({variant.product_id for variant in variants.values()})
    bodies = listing.cards_for(products, reading)
    packs = {pack["id"]: pack for body in bodies for pack in body.brief["variants"]}
    found = []
    for each in lines:
        pack = packs.get(variants[each.sku].pk)
        found.append(
            Wanted(
                variant=variants[each.sku],
                quantity=each.quantity,
                pets=_pets(each.pets, info),
                text=each.text,
                from_suggestion=each.from_suggestion,
                seen_cents=reckoning.price_now(pack, reading).cents if pack else 0,
            )
        )
    return found


def _pets(given: list[LinePetInput], info: Info) -> list[tuple[Pet, int]]:
    viewer = info.context.viewer
    return [(pet_of(viewer, key_of(each.pet_id, "Pet")), each.share_percent) for each in given]


def _keys(given: Iterable[relay.GlobalID]) -> list[int | None]:
    """Raises: LimitReached, for more lines than a cart holds."""
    keys = [key_of(each, "CartLine") for each in given]
    if len(keys) > MOST_LINES:
        raise LimitReached(path=["input", "lines"], most=MOST_LINES)
    return keys
