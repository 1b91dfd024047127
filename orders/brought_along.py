"""Orders that were made elsewhere, brought along finished: charged, sent and received long ago.

Nothing of them is done again: no stock moves, no mail is sent, no card is charged. They are written
in bulk, as checkout, payment and fulfilment would have left them behind.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import batched, groupby
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from accounts.vocabulary import Origin
from catalog.models import ProductText, Variant
from clinic import details, revision
from clinic.details import PARIS
from clinic.models import Clinic, Place
from kernel.animals import Language
from kernel.money import Money
from kernel.refusals import Invalid
from orders import stored
from orders.calendar import Promise
from orders.invoice_content import content_of_invoice
from orders.models import (
    Document,
    Order,
    OrderEvent,
    OrderLine,
    OrderLinePet,
    Payment,
    Shipment,
    ShipmentLine,
)
from orders.numbering import next_numbers
from orders.stored import PostalAddress
from orders.totals import Line, LineTotal, Totals, total_of
from orders.vocabulary import (
    DeliveryMethod,
    DocumentKind,
    OrderOrigin,
    OrderState,
    PaymentState,
    Series,
    ShipmentState,
)
from pets.models import Pet

_CHUNK: Final = 500
_WHOLE: Final = 100

type Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtLine:
    """Packs at the price that was charged for one, VAT included, for the animal that ate them."""

    variant: Variant
    quantity: int
    unit_price: Money
    vat_rate: Decimal
    pet: Pet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtOrder:
    """An order by the number that it had elsewhere; it was paid by card when it was placed.

    `total` is what was charged: goods and delivery.
    """

    number: str
    person: Person
    address: PostalAddress
    method: DeliveryMethod
    lines: Sequence[BroughtLine]
    delivery: Money
    total: Money
    promise: Promise
    placed_at: datetime
    sent_at: datetime
    received_at: datetime
    relay_point: PostalAddress = field(default_factory=PostalAddress)

    @property
    def year(self) -> int:
        """The year whose series numbers its invoice."""
        return self.placed_at.astimezone(PARIS).year


@dataclass(frozen=True, slots=True)
class _Written:
    """An order that was written, with its lines, and what it was made of."""

    brought: BroughtOrder
    row: Order
    lines: Sequence[OrderLine]


def bring_orders(
    *,
    orders: Iterable[BroughtOrder],
    place: Place,
    by: Person | None,
    at: datetime,
    progress: Progress = lambda _number: None,
) -> int:
    """Write down delivered orders, invoices and all; how many were new.

    An order whose number is known is passed over. The invoices are numbered in the order of their
    days; stock is left alone. One transaction; `progress` hears of the orders of each batch.

    Raises:
        Invalid: a price or a quantity that cannot be, a total that is not the sum of what it is
            for, moments out of order, or an order older than an invoice that was issued here.
    """
    with transaction.atomic():
        known = set(Order.objects.values_list("number", flat=True))
        new = sorted(
            (each for each in orders if each.number not in known),
            key=lambda each: (each.placed_at, each.number),
        )
        if not new:
            return 0
        _refuse_out_of_turn(new[0])
        clinic = details.public_details(revision.current()).clinic
        for _year, of_year in groupby(new, key=lambda each: each.year):
            for chunk in batched(of_year, _CHUNK, strict=False):
                _bring(chunk, place=place, clinic=clinic, at=at)
                progress(len(chunk))
        changes = {"orders": [0, len(new)]}
        audit.record(action="orders.bring", subject=place, by=by, at=at, changes=changes)
    return len(new)


def _refuse_out_of_turn(first: BroughtOrder) -> None:
    """Numbers follow the days: nothing is invoiced before what was invoiced already."""
    invoices = Document.objects.filter(kind=DocumentKind.INVOICE)
    if invoices.filter(issued_at__gt=first.placed_at).exists():
        expected = str(_("orders later than every invoice issued"))
        raise Invalid(path=["orders", first.number], value=first.placed_at, expected=expected)


def _bring(brought: Sequence[BroughtOrder], *, place: Place, clinic: Clinic, at: datetime) -> None:
    written = _write_orders(brought, place=place, at=at)
    _write_payments(written)
    # Before the parcels: on the day of the invoice nobody knew yet when they would arrive.
    _write_invoices(written, clinic)
    _write_shipments(written)
    _write_timelines(written)


def _write_orders(brought: Sequence[BroughtOrder], *, place: Place, at: datetime) -> list[_Written]:
    sums = [_added_up(each, at=at) for each in brought]
    rows = Order.objects.bulk_create(
        _order(each, totals, place) for each, totals in zip(brought, sums, strict=True)
    )
    names = _names(brought)
    lines = iter(
        OrderLine.objects.bulk_create(
            _line(row, bought, total, names[bought.variant.product_id])
            for each, row, totals in zip(brought, rows, sums, strict=True)
            for bought, total in zip(each.lines, totals.lines, strict=True)
        )
    )
    written = [
        _Written(each, row, [next(lines) for _line in each.lines])
        for each, row in zip(brought, rows, strict=True)
    ]
    OrderLinePet.objects.bulk_create(
        OrderLinePet(line=line, pet=bought.pet, share_percent=_WHOLE, origin=Origin.IMPORT)
        for each in written
        for line, bought in zip(each.lines, each.brought.lines, strict=True)
        if bought.pet is not None
    )
    return written


def _added_up(brought: BroughtOrder, *, at: datetime) -> Totals:
    """The one sum that all that people pay goes through, which must be what was charged.

    Raises:
        Invalid.
    """
    if not brought.placed_at <= brought.sent_at <= brought.received_at <= at:
        raise _refused(brought, brought.placed_at, str(_("placed, then sent, then received")))
    try:
        totals = total_of(
            [
                Line(
                    key=str(index),
                    unit_price=each.unit_price,
                    quantity=each.quantity,
                    vat_rate=each.vat_rate,
                )
                for index, each in enumerate(brought.lines)
            ],
            delivery=brought.delivery,
        )
    except ValueError as error:
        raise _refused(brought, len(brought.lines), str(error)) from error
    if totals.total != brought.total:
        raise _refused(brought, brought.total, str(totals.total))
    return totals


def _refused(brought: BroughtOrder, value: object, expected: str) -> Invalid:
    return Invalid(path=["orders", brought.number], value=value, expected=expected)


def _names(brought: Iterable[BroughtOrder]) -> dict[int, str]:
    products = {line.variant.product_id for each in brought for line in each.lines}
    texts = ProductText.objects.filter(product__in=products, language=Language.FR)
    return dict(texts.values_list("product", "name"))


def _order(brought: BroughtOrder, totals: Totals, place: Place) -> Order:
    person = brought.person
    return Order(
        number=brought.number,
        origin=OrderOrigin.IMPORT,
        state=OrderState.DELIVERED,
        person=person,
        place=place,
        language=person.language,
        email=person.email,
        contact={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
        },
        address=brought.address,
        method=brought.method,
        relay_point=brought.relay_point,
        promise_from=brought.promise.starts_at,
        promise_to=brought.promise.ends_at,
        goods_cents=totals.goods.cents,
        delivery_cents=totals.delivery.cents,
        total_cents=totals.total.cents,
        delivery_parts=stored.delivery_parts_of(totals),
        vat_lines=stored.vat_of(totals),
        placed_at=brought.placed_at,
        paid_at=brought.placed_at,
    )


def _line(order: Order, bought: BroughtLine, total: LineTotal, name: str) -> OrderLine:
    variant = bought.variant
    return OrderLine(
        order=order,
        variant=variant,
        sku=variant.sku,
        name=name,
        pack=variant.pack_label,
        picture=_picture(variant),
        regulatory_class=variant.regulatory_class,
        product_slug=variant.product.slug,
        quantity=bought.quantity,
        unit_cents=bought.unit_price.cents,
        before_cents=total.before.cents,
        gross_cents=total.gross.cents,
        vat_rate=total.vat_rate,
        shipping_weight_g=variant.shipping_weight_g,
    )


def _picture(variant: Variant) -> str:
    """The narrowest rendition of the product's first picture, where it has one."""
    first = next(iter(variant.product.pictures.all()), None)
    return first.renditions[0][1] if first is not None and first.renditions else ""


def _write_payments(written: Iterable[_Written]) -> None:
    Payment.objects.bulk_create(
        Payment(
            order=each.row,
            state=PaymentState.PAID,
            amount_cents=each.row.total_cents,
            captured_cents=each.row.total_cents,
            created_at=each.row.placed_at,
            settled_at=each.row.paid_at,
        )
        for each in written
    )


def _write_invoices(written: Sequence[_Written], clinic: Clinic) -> None:
    """Of one year, the earliest first, which is how they are numbered."""
    at = written[0].brought.placed_at
    numbers = next_numbers(Series.INVOICE, at=at, count=len(written))
    read = Order.objects.select_related("place").prefetch_related("lines", "payments", "shipments")
    by_key = read.in_bulk([each.row.pk for each in written])
    Document.objects.bulk_create(
        _invoice(by_key[each.row.pk], number, clinic)
        for each, number in zip(written, numbers, strict=True)
    )


def _invoice(order: Order, number: str, clinic: Clinic) -> Document:
    content = content_of_invoice(order, clinic=clinic, number=number, at=order.placed_at)
    return Document(
        order=order,
        kind=DocumentKind.INVOICE,
        number=number,
        issued_at=order.placed_at,
        content=content,
        total_cents=content["totals"]["gross_cents"],
    )


def _write_shipments(written: Sequence[_Written]) -> None:
    shipments = Shipment.objects.bulk_create(
        Shipment(
            order=each.row,
            method=each.row.method,
            state=ShipmentState.DELIVERED,
            promise_from=each.row.promise_from,
            promise_to=each.row.promise_to,
            promised_at=each.row.placed_at,
            kept_at=each.brought.received_at,
            shipped_at=each.brought.sent_at,
            created_at=each.row.placed_at,
        )
        for each in written
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=line.quantity)
        for each, shipment in zip(written, shipments, strict=True)
        for line in each.lines
    )


def _write_timelines(written: Iterable[_Written]) -> None:
    OrderEvent.objects.bulk_create(event for each in written for event in _timeline(each))


def _timeline(each: _Written) -> list[OrderEvent]:
    brought = each.brought
    is_pickup = brought.method is DeliveryMethod.PICKUP
    moments = (
        ("placed", brought.placed_at, brought.person),
        ("paid", brought.placed_at, None),
        (ShipmentState.READY if is_pickup else ShipmentState.SHIPPED, brought.sent_at, None),
        (ShipmentState.DELIVERED, brought.received_at, None),
    )
    return [OrderEvent(order=each.row, kind=kind, by=by, at=at) for kind, at, by in moments]
