"""What staff and machines change through the API."""

import datetime
import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import acting
from accounts.idempotency import Answer, IdempotencyConflict
from accounts.models import Person
from accounts.roles import Duty
from catalog import access, listing, prices, products, stock
from catalog.graphql.making import product_of, reading_of, variant_of
from catalog.graphql.types import Product, Variant
from catalog.products import NotPublishable
from catalog.stock import BestBeforePassed
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.money import Money
from kernel.refusals import Invalid, NotFound


@strawberry.input(description="Which product to show to the public.")
class ProductPublishInput:
    id: relay.GlobalID = strawberry.field(description="The product.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which product to take from the public.")
class ProductWithdrawInput:
    id: relay.GlobalID = strawberry.field(description="The product.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A new undiscounted price, VAT included.")
class VariantPriceSetInput:
    sku: str = strawberry.field(description="The pack.")
    cents: int = strawberry.field(description="The price in cents, VAT included.")
    since: datetime.datetime | None = strawberry.field(
        default=None, description="From when; now if not given. Never in the past."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Names a pack in another system.")
class ExternalReferenceInput:
    source: str = strawberry.field(description="The system: `wholesaler`, `clinic`.")
    reference: str = strawberry.field(description="The pack's name there.")


@strawberry.input(description="A delivery of one pack to one place.")
class StockReceiveInput:
    external_reference: ExternalReferenceInput = strawberry.field(description="The pack.")
    place: str | None = strawberry.field(
        default=None, description="Name of the place; the clinic's first if not given."
    )
    quantity: int = strawberry.field(description="How many packs, 1 to 100,000.")
    lot: str | None = strawberry.field(default=None, description="The maker's lot.")
    best_before: datetime.date | None = strawberry.field(
        default=None, description="The lot's date."
    )
    delivery_reference: str | None = strawberry.field(
        default=None, description="The delivery note; the same note is booked once a place."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of publishing.")
class ProductPublishPayload(Payload):
    product: Product | None = strawberry.field(default=None, description="The product shown.")


@strawberry.type(description="What came of withdrawing.")
class ProductWithdrawPayload(Payload):
    withdrawn_id: strawberry.ID | None = strawberry.field(
        default=None, description="The product that is no longer shown."
    )


@strawberry.type(description="What came of setting a price.")
class VariantPriceSetPayload(Payload):
    variant: Variant | None = strawberry.field(
        default=None, description="The pack as shoppers see it now; null while unpublished."
    )


@strawberry.type(description="What came of booking a delivery.")
class StockReceivePayload(Payload):
    on_hand: int | None = strawberry.field(
        default=None, description="How many packs the place has now."
    )


@strawberry.type
class CatalogMutation:
    @strawberry.mutation(
        description="Show a product to the public. Asks the duty `manage_catalogue`.",
        extensions=[Answers(ProductPublishPayload, NotFound, NotPublishable, IdempotencyConflict)],
    )
    def product_publish(
        self,
        info: Info,
        input: Annotated[ProductPublishInput, described("Which.")],  # noqa: A002
    ) -> ProductPublishPayload:
        by = acting(info, Duty.MANAGE_CATALOGUE)

        def run() -> Answer:
            product = access.product_for_staff(key_of(input.id, "Product"))
            return products.publish(product=product, by=by, at=info.context.at).pk

        key = carried_out_once(info, input, run)
        reading = reading_of(info)
        found = listing.cards_for([int(str(key))], reading, with_detail=True)
        return ProductPublishPayload(product=product_of(found[0], reading) if found else None)

    @strawberry.mutation(
        description="Take a product from the public. Asks the duty `manage_catalogue`.",
        extensions=[Answers(ProductWithdrawPayload, NotFound, IdempotencyConflict)],
    )
    def product_withdraw(
        self,
        info: Info,
        input: Annotated[ProductWithdrawInput, described("Which.")],  # noqa: A002
    ) -> ProductWithdrawPayload:
        by = acting(info, Duty.MANAGE_CATALOGUE)

        def run() -> Answer:
            product = access.product_for_staff(key_of(input.id, "Product"))
            return products.withdraw(product=product, by=by, at=info.context.at).pk

        key = carried_out_once(info, input, run)
        return ProductWithdrawPayload(withdrawn_id=global_id("Product", int(str(key))))

    @strawberry.mutation(
        description="Set the undiscounted price of a pack. Asks the duty `set_prices`.",
        extensions=[Answers(VariantPriceSetPayload, NotFound, Invalid, IdempotencyConflict)],
    )
    def variant_price_set(
        self,
        info: Info,
        input: Annotated[VariantPriceSetInput, described("What.")],  # noqa: A002
    ) -> VariantPriceSetPayload:
        by = acting(info, Duty.SET_PRICES)

        def run() -> Answer:
            variant = access.variant_by_sku(input.sku)
            price = Money(input.cents)
            prices.set_price(
                variant=variant, price=price, since=input.since, by=by, at=info.context.at
            )
            return variant.pk

        key = int(str(carried_out_once(info, input, run)))
        return VariantPriceSetPayload(variant=_shown_variant(key, info))

    @strawberry.mutation(
        description="Book a delivery into the stock. Asks the duty `receive_stock`.",
        extensions=[
            Answers(StockReceivePayload, NotFound, Invalid, BestBeforePassed, IdempotencyConflict)
        ],
    )
    def stock_receive(
        self,
        info: Info,
        input: Annotated[StockReceiveInput, described("What.")],  # noqa: A002
    ) -> StockReceivePayload:
        by = acting(info, Duty.RECEIVE_STOCK)
        on_hand = carried_out_once(info, input, lambda: _receive(input, by=by, at=info.context.at))
        return StockReceivePayload(on_hand=int(str(on_hand)))


def _receive(input: StockReceiveInput, *, by: Person, at: datetime.datetime) -> int:  # noqa: A002
    named = input.external_reference
    variant = access.variant_by_reference(named.source, named.reference)
    received = stock.receive_stock(
        variant=variant,
        place=access.place_named(input.place),
        delivery=stock.Delivery(
            quantity=input.quantity,
            lot=input.lot or "",
            best_before=input.best_before,
            reference=input.delivery_reference or "",
        ),
        by=by,
        at=at,
    )
    return received.on_hand


def _shown_variant(key: int, info: Info) -> Variant | None:
    reading = reading_of(info)
    product_key = listing.product_of_variant(key)
    if product_key is None:
        return None
    for body in listing.cards_for([product_key], reading, with_detail=True):
        for pack in body.brief["variants"]:
            if pack["id"] == key:
                return variant_of(pack, body, reading)
    return None
