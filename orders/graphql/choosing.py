"""How a cart is received, who is invoiced, and vouchers."""

import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY
from catalog.graphql.making import reading_of
from kernel.graphql.payloads import Answers, described
from kernel.refusals import NotFound
from orders import choices
from orders.choices import Received, VoucherNotAllowed, VoucherUnknown
from orders.delivery import NoPointThere
from orders.graphql.cart_mutations import CART, CART_REFUSALS, CartChanged, cart_after
from orders.graphql.delivery import DeliveryOption, options_of
from orders.graphql.showing import cart_named
from orders.models import Cart as CartRow
from orders.slots import SlotGone
from orders.stored import Billing, PostalAddress
from orders.vocabulary import BillingParty, DeliveryMethod
from orders.zones import ZoneNotServed


@strawberry.input(description="How the order is to be received.")
class CartDeliverySetInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    method: DeliveryMethod = strawberry.field(description="Home, fetched, or a relay point.")
    slot_id: strawberry.ID | None = strawberry.field(
        default=None, description="The slot chosen among `deliveryOptions`, where there are slots."
    )
    point_id: strawberry.ID | None = strawberry.field(
        default=None, description="The relay point chosen among `deliveryOptions`."
    )
    postal_code: str = strawberry.field(
        default="", description="The postal code that the relay points were asked for."
    )
    country: str = strawberry.field(default="FR", description="Its country, two letters.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Where an invoice is sent.")
class BillingAddressInput:
    line1: str = strawberry.field(description="Number and street.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="Commune.")
    line2: str = strawberry.field(default="", description="Building, floor, door.")
    country: str = strawberry.field(default="FR", description="Country, two letters.")


@strawberry.input(description="Who is invoiced.")
class CartBillingSetInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    party: BillingParty = strawberry.field(description="A person or a business.")
    name: str = strawberry.field(default="", description="The business; none for a person.")
    siren: str = strawberry.field(default="", description="Its SIREN, nine digits.")
    vat_number: str = strawberry.field(default="", description="Its VAT number.")
    address: BillingAddressInput | None = strawberry.field(
        default=None, description="Where it is; that of the delivery if left out."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A voucher for a cart.")
class CartVoucherApplyInput:
    cart_id: relay.GlobalID = strawberry.field(description=CART)
    code: str = strawberry.field(description="What is written on it.")


@strawberry.type(description="What came of choosing how to receive it.")
class CartDeliverySetPayload(CartChanged):
    pass


@strawberry.type(description="What came of saying who is invoiced.")
class CartBillingSetPayload(CartChanged):
    pass


@strawberry.type(description="What came of a voucher.")
class CartVoucherApplyPayload(CartChanged):
    pass


@strawberry.type
class ChoosingQuery:
    @strawberry.field(
        description="How what is in a cart may be received at a postal code: for how much, on "
        "which days; null where there is no such cart."
    )
    def delivery_options(
        self,
        info: Info,
        cart_id: Annotated[relay.GlobalID, described(CART)],
        postal_code: Annotated[str, described("Where it would be received.")],
        country: Annotated[str, described("Its country, two letters.")] = "FR",
    ) -> list[DeliveryOption] | None:
        try:
            cart = cart_named(cart_id, info)
        except NotFound:
            return None
        return options_of(
            choices.options(
                cart=cart, postal_code=postal_code, country=country, reading=reading_of(info)
            )
        )


@strawberry.type
class ChoosingMutation:
    @strawberry.mutation(
        description="Choose how an order is received. A slot is held when the order is placed.",
        extensions=[
            Answers(CartDeliverySetPayload, SlotGone, ZoneNotServed, NoPointThere, *CART_REFUSALS)
        ],
    )
    def cart_delivery_set(
        self,
        info: Info,
        input: Annotated[CartDeliverySetInput, described("How.")],  # noqa: A002
    ) -> CartDeliverySetPayload:
        received = Received(
            method=input.method,
            slot=str(input.slot_id or ""),
            point=str(input.point_id or ""),
            postal_code=input.postal_code,
            country=input.country,
        )

        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            return choices.choose_delivery(cart=cart, received=received, at=info.context.at)

        return CartDeliverySetPayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Say who is invoiced: a business gives its SIREN, or its VAT number abroad.",
        extensions=[Answers(CartBillingSetPayload, *CART_REFUSALS)],
    )
    def cart_billing_set(
        self,
        info: Info,
        input: Annotated[CartBillingSetInput, described("Who.")],  # noqa: A002
    ) -> CartBillingSetPayload:
        given = Billing(
            party=input.party, name=input.name, siren=input.siren, vat_number=input.vat_number
        )
        if input.address is not None:
            given["address"] = PostalAddress(
                recipient=input.name,
                line1=input.address.line1,
                line2=input.address.line2,
                postal_code=input.address.postal_code,
                city=input.address.city,
                country=input.address.country,
            )

        def run() -> CartRow:
            cart = cart_named(input.cart_id, info)
            return choices.set_billing(cart=cart, given=given, at=info.context.at)

        return CartBillingSetPayload(cart=cart_after(info, input, run))

    @strawberry.mutation(
        description="Use a voucher. A clinic takes none (`REDUCTION_NOT_ALLOWED`), and none was "
        "issued yet elsewhere (`CODE_REFUSED`).",
        extensions=[Answers(CartVoucherApplyPayload, NotFound, VoucherNotAllowed, VoucherUnknown)],
    )
    def cart_voucher_apply(
        self,
        info: Info,
        input: Annotated[CartVoucherApplyInput, described("Which.")],  # noqa: A002
    ) -> CartVoucherApplyPayload:
        cart_named(input.cart_id, info)
        choices.refuse_voucher(info.context.clinic.clinic.seller_regime)
