"""Orders as their buyers and the staff see them."""

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import strawberry

from kernel.graphql.money import Money, money_of
from kernel.graphql.nodes import Node, global_id
from orders import carriers, document_files, models, withdrawal
from orders.access import Part
from orders.graphql.types import (
    BillingShown,
    ContactShown,
    LinePet,
    PostalAddress,
    TaxedMoney,
    Totals,
    address_of,
    billing_of,
    vat_line,
)
from orders.invoice_content import delivered_to
from orders.vocabulary import (
    CancelReason,
    DeliveryMethod,
    DocumentKind,
    OrderState,
    PaymentState,
    RefundReason,
    RefundState,
    ShipmentState,
)


@strawberry.type(description="A line as it was bought.")
class OrderLine(Node):
    row: strawberry.Private[models.OrderLine]
    right: strawberry.Private[Callable[[], withdrawal.Right]]
    sku: str = strawberry.field(description="The clinic's own code.")
    name: str = strawberry.field(description="What it was called.")
    pack: str = strawberry.field(description="How the pack was called.")
    product_slug: str = strawberry.field(description="Where the product is, if it still is.")
    quantity: int = strawberry.field(description="How many packs.")
    text: str = strawberry.field(description="A text of the buyer's own.")
    unit_price: Money = strawberry.field(description="Of one pack, VAT included.")
    total: Money = strawberry.field(description="Of the line, VAT included.")
    vat_rate: decimal.Decimal = strawberry.field(description="VAT in percent, inside the price.")
    picture: str | None = strawberry.field(description="Its picture at that time.")

    @strawberry.field(description="Of how many packs the contract can be renounced now.")
    def returnable(self) -> int:
        return self.right().packs.get(self.row.pk, 0)

    @strawberry.field(description="Whom it was for.")
    def pets(self) -> list[LinePet]:
        return [
            LinePet(
                pet_id=global_id("Pet", link.pet_id),
                name=link.pet.name,
                share_percent=link.share_percent,
            )
            for link in self.row.pets.all()
        ]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, OrderLine)


@strawberry.type(description="Something that happened to an order.")
class OrderEvent:
    at: datetime.datetime = strawberry.field(description="When.")
    kind: str = strawberry.field(description="What: `placed`, `paid`, `shipped`, …")


@strawberry.type(description="The attempt to pay that counts.")
class Payment:
    state: PaymentState = strawberry.field(description="How far it has come.")
    client_secret: str | None = strawberry.field(
        description="For Stripe.js to confirm the payment; null when there is nothing to confirm."
    )
    attempt: int = strawberry.field(description="Which attempt it is.")
    amount: Money = strawberry.field(description="How much is to be paid.")
    expires_at: datetime.datetime | None = strawberry.field(
        description="Until when it can be confirmed; null when nothing is awaited."
    )
    decline_code: str | None = strawberry.field(description="Why the last try was declined.")


@strawberry.type(description="A parcel, or what waits to be fetched.")
class Shipment(Node):
    state: ShipmentState = strawberry.field(description="Where it stands.")
    method: DeliveryMethod = strawberry.field(description="How it is received.")
    promised_from: datetime.datetime | None = strawberry.field(description="Promised from.")
    promised_to: datetime.datetime | None = strawberry.field(description="Promised until.")
    promised_at: datetime.datetime = strawberry.field(description="When that was promised.")
    kept_at: datetime.datetime | None = strawberry.field(
        description="When it arrived or was fetched."
    )
    shipped_at: datetime.datetime | None = strawberry.field(
        description="When it left, or was ready to be fetched."
    )
    tracking: str | None = strawberry.field(description="Its number, or words about where it is.")
    tracking_url: str | None = strawberry.field(description="Where the carrier tells more.")
    packs: int = strawberry.field(description="How many packs are in it; 0 until it is packed.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Shipment)


@strawberry.type(description="An invoice or a credit note.")
class Document:
    kind: DocumentKind = strawberry.field(description="Which of the two.")
    number: str = strawberry.field(description="Its number.")
    issued_at: datetime.datetime = strawberry.field(description="When it was issued.")
    total: Money = strawberry.field(description="Its total, VAT included; negative when credited.")
    url: str = strawberry.field(description="Where its PDF is read, for seven days.")


@strawberry.type(description="Money given back.")
class Refund:
    amount: Money = strawberry.field(description="How much.")
    reason: RefundReason = strawberry.field(description="Why.")
    state: RefundState = strawberry.field(description="Whether the bank has it.")
    decided_at: datetime.datetime = strawberry.field(description="When it was decided.")


@strawberry.type(description="The right to renounce the contract.")
class WithdrawalRight:
    is_open: bool = strawberry.field(description="Whether something can be renounced now.")
    until: datetime.date | None = strawberry.field(
        description="The last day; null while nothing was received."
    )


@strawberry.interface(description="What is told of an order to whoever may know of it.")
class OrderBasics:
    row: strawberry.Private[models.Order]
    at: strawberry.Private[datetime.datetime]
    number: str = strawberry.field(description="The number that people name it by.")
    state: OrderState = strawberry.field(description="Where it stands.")
    cancel_reason: CancelReason | None = strawberry.field(description="Why it was cancelled.")
    placed_at: datetime.datetime = strawberry.field(description="When it was placed.")
    expires_at: datetime.datetime | None = strawberry.field(
        description="Until when its payment is awaited."
    )
    method: DeliveryMethod = strawberry.field(description="How it is received.")
    totals: Totals = strawberry.field(description="What it came to.")

    @strawberry.field(description="What was bought, at most 60 lines.")
    def lines(self) -> list[OrderLine]:
        right = cache(partial(withdrawal.right_of, self.row, at=self.at))
        return [_order_line_of(line, right) for line in self.row.lines.all()]

    @strawberry.field(description="What happened to it, in order.")
    def timeline(self) -> list[OrderEvent]:
        return [OrderEvent(at=each.at, kind=each.kind) for each in self.row.events.all()]

    @strawberry.field(description="Its parcels, the first due first.")
    def shipments(self) -> list[Shipment]:
        return [shipment_of(each) for each in self.row.shipments.all()]

    @strawberry.field(description="What was given back, the latest first.")
    def refunds(self) -> list[Refund]:
        return [refund_of(each) for each in self.row.refunds.all()]

    @strawberry.field(description="Whether the contract can be renounced.")
    def withdrawal(self) -> WithdrawalRight:
        right = withdrawal.right_of(self.row, at=self.at)
        return WithdrawalRight(is_open=right.is_open, until=right.until)


@strawberry.type(description="What was bought, at the prices of that moment.")
class Order(Node, OrderBasics):
    contact: ContactShown | None = strawberry.field(description="Whom the clinic writes to.")
    delivered_to: PostalAddress | None = strawberry.field(
        description="Home, the relay point, or the clinic."
    )
    billing: BillingShown | None = strawberry.field(description="Who is invoiced.")
    version: int = strawberry.field(description="Moves with every change.")

    @strawberry.field(description="The attempt to pay that counts.")
    def payment(self) -> Payment | None:
        return _payment_of(self.row)

    @strawberry.field(description="Its invoice and credit notes, the latest first.")
    def documents(self) -> list[Document]:
        return [
            Document(
                kind=DocumentKind(each.kind),
                number=each.number,
                issued_at=each.issued_at,
                total=money_of(each.total_cents),
                url=document_files.document_address(each, at=self.at),
            )
            for each in self.row.documents.all()
        ]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Order)


@strawberry.type(
    description="An order as told to whoever knows its number and e-mail: never an address, nor "
    "the id that would open the rest."
)
class GuestOrder(OrderBasics):
    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, GuestOrder)


#: What is read with orders for a field of theirs, or of what is below it.
PARTS: Mapping[str, tuple[Part, ...]] = MappingProxyType(
    {
        "lines": ("lines",),
        "returnable": ("shipments", "withdrawals"),
        "pets": ("eaters",),
        "withdrawal": ("lines", "shipments", "withdrawals"),
        "timeline": ("events",),
        "shipments": ("shipments",),
        "refunds": ("refunds",),
        "payment": ("payments",),
        "documents": ("documents",),
    }
)


def parts_asked(names: Iterable[str]) -> frozenset[Part]:
    return frozenset(part for name in names for part in PARTS.get(name, ()))


def order_of(row: models.Order, *, at: datetime.datetime) -> Order:
    return Order(
        id=global_id("Order", row.pk),
        **_basics(row, at=at),
        contact=ContactShown(**row.contact) if row.contact else None,
        delivered_to=address_of(delivered_to(row)),
        billing=billing_of(row.billing),
        version=row.version,
    )


def guest_order_of(row: models.Order, *, at: datetime.datetime) -> GuestOrder:
    return GuestOrder(**_basics(row, at=at))


def _basics(row: models.Order, *, at: datetime.datetime) -> dict[str, Any]:
    return {
        "row": row,
        "at": at,
        "number": row.number,
        "state": OrderState(row.state),
        "placed_at": row.placed_at,
        "expires_at": row.expires_at,
        "method": DeliveryMethod(row.method),
        "totals": _stored_totals(row),
        "cancel_reason": CancelReason(row.cancel_reason) if row.cancel_reason else None,
    }


def shipment_of(row: models.Shipment) -> Shipment:
    found = carriers.carrier_named(row.carrier).track(row.tracking)
    return Shipment(
        id=global_id("Shipment", row.pk),
        state=ShipmentState(row.state),
        method=DeliveryMethod(row.method),
        promised_from=row.promise_from,
        promised_to=row.promise_to,
        promised_at=row.promised_at,
        kept_at=row.kept_at,
        shipped_at=row.shipped_at,
        tracking=found.words if found else None,
        tracking_url=(found.url or None) if found else None,
        packs=sum(line.quantity for line in row.lines.all()),
    )


def refund_of(row: models.Refund) -> Refund:
    return Refund(
        amount=money_of(row.amount_cents),
        reason=RefundReason(row.reason),
        state=RefundState(row.state),
        decided_at=row.created_at,
    )


def _payment_of(row: models.Order) -> Payment | None:
    last = max(row.payments.all(), key=lambda each: each.attempt, default=None)
    if last is None:
        return None
    waits = last.state == PaymentState.PENDING
    return Payment(
        state=PaymentState(last.state),
        client_secret=(last.client_secret or None) if waits else None,
        attempt=last.attempt,
        amount=money_of(last.amount_cents),
        expires_at=row.expires_at if waits else None,
        decline_code=last.decline_code or None,
    )


def _stored_totals(row: models.Order) -> Totals:
    """As they were stored: nothing of an order is computed again."""
    lines: list[Mapping[str, Any]] = row.vat_lines
    vat = sum(line["vat_cents"] for line in lines)
    return Totals(
        goods=money_of(row.goods_cents),
        reduced_by=money_of(row.reduced_cents),
        delivery=money_of(row.delivery_cents),
        total=TaxedMoney(
            gross=money_of(row.total_cents),
            net=money_of(row.total_cents - vat),
            vat=money_of(vat),
        ),
        vat_lines=[
            vat_line(
                decimal.Decimal(line["rate"]),
                line["gross_cents"],
                line["base_cents"],
                line["vat_cents"],
            )
            for line in lines
        ],
    )


def _order_line_of(row: models.OrderLine, right: Callable[[], withdrawal.Right]) -> OrderLine:
    return OrderLine(
        row=row,
        right=right,
        id=global_id("OrderLine", row.pk),
        sku=row.sku,
        name=row.name,
        pack=row.pack,
        product_slug=row.product_slug,
        quantity=row.quantity,
        text=row.text,
        unit_price=money_of(row.unit_cents),
        total=money_of(row.gross_cents),
        vat_rate=row.vat_rate,
        picture=row.picture or None,
    )
