"""Carts and orders as their buyers see them."""

import datetime
import decimal
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import strawberry

from accounts.models import Person
from catalog.graphql.making import product_of, variant_of
from catalog.graphql.types import Product, Variant
from catalog.listing import Reading
from kernel import money
from kernel.graphql.money import Money, money_of
from kernel.graphql.nodes import Node, global_id
from orders import models
from orders.reckoning import Problem as ProblemFound
from orders.reckoning import ReckonedLine, Reckoning, reckon
from orders.totals import Totals as TotalsFound
from orders.vocabulary import BillingParty, CartState, DeliveryMethod, ProblemCode


@strawberry.type(description="An amount with the VAT that it contains.")
class TaxedMoney:
    gross: Money = strawberry.field(description="VAT included: what is paid.")
    net: Money = strawberry.field(description="Without VAT.")
    vat: Money = strawberry.field(description="The VAT inside.")


@strawberry.type(description="All that is taxed at one rate.")
class VatLine:
    rate: decimal.Decimal = strawberry.field(description="In percent.")
    gross: Money = strawberry.field(description="VAT included.")
    base: Money = strawberry.field(description="Without VAT.")
    vat: Money = strawberry.field(description="The VAT inside.")


@strawberry.type(description="What an advantage takes off.")
class Discount:
    code: str = strawberry.field(description="Which advantage.")
    money: Money = strawberry.field(description="How much.")


@strawberry.type(description="Who eats of a line.")
class LinePet:
    pet_id: strawberry.ID = strawberry.field(description="The pet.")
    name: str = strawberry.field(description="Its name.")
    share_percent: int = strawberry.field(description="Its share, in percent.")


@strawberry.type(
    description="Something that keeps a cart from being bought, or must be read first."
)
class CartProblem:
    code: ProblemCode = strawberry.field(description="What it is, for machines.")
    message: str = strawberry.field(description="What it is, with the way out.")
    line_id: strawberry.ID | None = strawberry.field(description="The line that it is about.")
    is_blocking: bool = strawberry.field(description="Whether checkout refuses while it stands.")
    reason: str = strawberry.field(
        description="Of what does not suit an animal: the reason to acknowledge by its code."
    )
    article: str | None = strawberry.field(description="The law or the science behind it.")


@strawberry.type(description="Packs of one kind in a cart, at today's price.")
class CartLine(Node):
    product: Product | None = strawberry.field(description="The product; null once withdrawn.")
    variant: Variant | None = strawberry.field(description="The pack; null once withdrawn.")
    name: str = strawberry.field(description="What it is called.")
    quantity: int = strawberry.field(description="How many packs.")
    text: str = strawberry.field(description="A text of the buyer's own, as on a medal.")
    unit_price: Money = strawberry.field(description="Of one pack, VAT included.")
    list_price: Money = strawberry.field(description="Of one pack, before reductions.")
    total: Money = strawberry.field(description="Of the line, VAT included.")
    discounts: list[Discount] = strawberry.field(description="What advantages take off the line.")
    pets: list[LinePet] = strawberry.field(description="Whom it is for.")
    acknowledged: list[str] = strawberry.field(description="Reasons that the buyer has read.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, CartLine)


@strawberry.type(description="What a cart or an order comes to.")
class Totals:
    goods: Money = strawberry.field(description="The goods, VAT included.")
    reduced_by: Money = strawberry.field(description="What advantages took off.")
    delivery: Money = strawberry.field(description="The delivery, VAT included.")
    total: TaxedMoney = strawberry.field(description="All of it.")
    vat_lines: list[VatLine] = strawberry.field(description="The VAT, once a rate.")


@strawberry.type(description="Whom to write to about an order.")
class ContactShown:
    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="E-mail.")
    phone: str = strawberry.field(description="Phone, as `+33612345678`; may be empty.")


@strawberry.type(description="Where something is brought, fetched or invoiced.")
class PostalAddress:
    recipient: str = strawberry.field(description="Who receives it, or the relay point's name.")
    company: str = strawberry.field(description="Company; may be empty.")
    line1: str = strawberry.field(description="Number and street.")
    line2: str = strawberry.field(description="Building, floor, door; may be empty.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="Commune.")
    country: str = strawberry.field(description="Country, two letters.")
    instructions: str = strawberry.field(description="For the carrier; may be empty.")


@strawberry.type(description="Who is invoiced.")
class BillingShown:
    party: BillingParty = strawberry.field(description="A person or a business.")
    name: str = strawberry.field(description="The business; empty for a person.")
    siren: str = strawberry.field(description="Its SIREN; may be empty.")
    vat_number: str = strawberry.field(description="Its VAT number; may be empty.")
    address: PostalAddress | None = strawberry.field(
        description="Where the invoice is sent; null for the address of delivery."
    )


@strawberry.type(description="What somebody means to buy.")
class Cart(Node):
    """What is reckoned is reckoned when it is first asked for, once."""

    row: strawberry.Private[models.Cart]
    reckoned: strawberry.Private[Callable[[], Reckoning]]
    reading: strawberry.Private[Reading]
    version: int = strawberry.field(
        description="Moves with every change: give it as `cartVersion` to `checkoutComplete`."
    )
    state: CartState = strawberry.field(description="How far it has come.")
    method: DeliveryMethod | None = strawberry.field(description="How it will be received.")
    address: PostalAddress | None = strawberry.field(description="Where to deliver.")
    relay_point: PostalAddress | None = strawberry.field(description="The relay point chosen.")
    billing: BillingShown | None = strawberry.field(
        description="Who is invoiced; null for whoever receives it."
    )
    contact: ContactShown | None = strawberry.field(description="Whom to write to.")

    @strawberry.field(description="What is in it, at most 60 lines.")
    def lines(self) -> list[CartLine]:
        return [line_of(each, self.reading) for each in self.reckoned().lines]

    @strawberry.field(description="What it comes to now.")
    def totals(self) -> Totals:
        return totals_of(self.reckoned().totals)

    @strawberry.field(description="What advantages take off the whole cart, by their code.")
    def discounts(self) -> list[Discount]:
        taken: dict[str, int] = defaultdict(int)
        for line in self.reckoned().lines:
            for each in discounts_of(line):
                taken[each.code] += each.money.cents
        return [Discount(code=code, money=money_of(cents)) for code, cents in taken.items()]

    @strawberry.field(description="What keeps it from being bought.")
    def problems(self) -> list[CartProblem]:
        return [problem_of(each) for each in self.reckoned().problems]

    @strawberry.field(
        description="From when it comes, if it is bought now; null while nobody can say."
    )
    def promised_from(self) -> datetime.datetime | None:
        terms = self.reckoned().terms
        return terms.promise.starts_at if terms else None

    @strawberry.field(description="Until when it comes.")
    def promised_to(self) -> datetime.datetime | None:
        terms = self.reckoned().terms
        return terms.promise.ends_at if terms else None

    @strawberry.field(description="What the parcel weighs.")
    def weight_g(self) -> int:
        return self.reckoned().weight_g

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Cart)


def cart_of(cart: models.Cart, reading: Reading, *, person: Person | None) -> Cart:
    """A cart as it would be bought now, by a person or by nobody."""
    return Cart(
        row=cart,
        reckoned=cache(partial(reckon, cart, reading, person=person)),
        reading=reading,
        id=global_id("Cart", cart.pk),
        version=cart.version,
        state=CartState(cart.state),
        method=DeliveryMethod(cart.method) if cart.method else None,
        address=address_of(cart.address),
        relay_point=address_of(cart.relay_point),
        billing=billing_of(cart.billing),
        contact=ContactShown(**cart.contact) if cart.contact else None,
    )


def address_of(kept: Mapping[str, Any] | None) -> PostalAddress | None:
    if not kept:
        return None
    names = ("recipient", "company", "line1", "line2", "postal_code", "city", "instructions")
    return PostalAddress(
        **{name: kept.get(name, "") for name in names}, country=kept.get("country", "FR")
    )


def billing_of(kept: Mapping[str, Any]) -> BillingShown | None:
    if not kept:
        return None
    return BillingShown(
        party=BillingParty(kept.get("party", BillingParty.CONSUMER)),
        name=kept.get("name", ""),
        siren=kept.get("siren", ""),
        vat_number=kept.get("vat_number", ""),
        address=address_of(kept.get("address")),
    )


def line_of(each: ReckonedLine, reading: Reading) -> CartLine:
    body, pack, total = each.body, each.pack, each.total
    return CartLine(
        id=global_id("CartLine", each.line.pk),
        product=product_of(body, reading) if body else None,
        variant=variant_of(pack, body, reading) if body and pack else None,
        name=each.name,
        quantity=each.line.quantity,
        text=each.line.text,
        unit_price=money_of(each.unit.cents),
        list_price=money_of(each.list_price.cents),
        total=money_of(total.gross.cents if total else 0),
        discounts=discounts_of(each),
        pets=[
            LinePet(
                pet_id=global_id("Pet", link.pet_id),
                name=link.pet.name,
                share_percent=link.share_percent,
            )
            for link in each.line.pets.all()
        ],
        acknowledged=list(each.line.acknowledged),
    )


def discounts_of(each: ReckonedLine) -> list[Discount]:
    """What a reduction of the shelf takes off the list price, and advantages off the line."""
    reduced = (each.list_price - each.unit) * each.line.quantity
    shelf = [Discount(code="REDUCTION", money=money_of(reduced.cents))] if reduced.cents else []
    applied = each.total.applied if each.total else ()
    return [
        *shelf,
        *(Discount(code=taken.code, money=money_of(taken.money.cents)) for taken in applied),
    ]


def problem_of(found: ProblemFound) -> CartProblem:
    return CartProblem(
        code=found.code,
        message=found.message,
        line_id=global_id("CartLine", found.line_id) if found.line_id else None,
        is_blocking=found.is_blocking,
        reason=found.reason,
        article=found.article,
    )


def totals_of(found: TotalsFound) -> Totals:
    taxed = found.taxed
    return Totals(
        goods=money_of(found.goods.cents),
        reduced_by=money_of(found.reduced_by.cents),
        delivery=money_of(found.delivery.cents),
        total=_taxed(taxed),
        vat_lines=[
            vat_line(each.rate, each.gross.cents, each.base.cents, each.vat.cents)
            for each in found.vat_lines
        ],
    )


def _taxed(found: money.TaxedMoney) -> TaxedMoney:
    return TaxedMoney(
        gross=money_of(found.gross.cents),
        net=money_of(found.net.cents),
        vat=money_of(found.vat.cents),
    )


def vat_line(rate: decimal.Decimal, gross: int, base: int, vat: int) -> VatLine:
    return VatLine(rate=rate, gross=money_of(gross), base=money_of(base), vat=money_of(vat))
