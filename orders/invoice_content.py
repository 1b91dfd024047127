"""What an invoice or a credit note says: a full copy, made once, from what is stored.

Money is whole cents. Of a credit note all that was paid is negative; unit prices are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NotRequired, TypedDict

from clinic.details import PARIS
from clinic.models import Clinic, Place
from kernel.animals import Language
from kernel.money import Money, extract_vat
from orders.billing import checked_billing
from orders.credited import shares
from orders.mentions import Mention, mentions_for
from orders.models import Order, OrderLine
from orders.stored import PostalAddress, StoredPart, StoredReduction, StoredVat, rate_text
from orders.totals import ZERO
from orders.vocabulary import BillingParty, DeliveryMethod, PaymentState, ShipmentState

VERSION: Final = 1


class Seller(TypedDict):
    name: str
    legal_name: str
    siren: str
    siret: str
    vat_number: str
    email: str
    phone: str
    address: PostalAddress


class Buyer(TypedDict):
    party: str
    name: str
    siren: str
    vat_number: str
    email: str
    address: PostalAddress


class InvoiceLine(TypedDict):
    sku: str
    name: str
    pack: str
    text: str
    quantity: int
    unit_cents: int
    unit_net_cents: int
    before_cents: int
    reductions: list[StoredReduction]
    gross_cents: int
    net_cents: int
    vat_rate: str


class Delivery(TypedDict):
    method: str
    gross_cents: int
    net_cents: int
    parts: list[StoredPart]
    address: PostalAddress


class Sums(TypedDict):
    goods_cents: int
    reduced_cents: int
    delivery_cents: int
    net_cents: int
    vat_cents: int
    gross_cents: int
    paid_cents: int
    due_cents: int


class Content(TypedDict):
    """The JSON of a Document. Days are ISO dates of Paris; rates are texts such as `20.00`."""

    version: int
    kind: str
    number: str
    language: str
    issued_on: str
    delivered_on: str
    promised: list[str]
    order: dict[str, str]
    corrects: NotRequired[dict[str, str]]
    seller: Seller
    buyer: Buyer
    lines: list[InvoiceLine]
    delivery: Delivery
    vat_lines: list[StoredVat]
    totals: Sums
    payment: dict[str, str]
    mentions: list[Mention]


@dataclass(frozen=True, slots=True)
class Sold:
    """A line to be written out: of an invoice as sold, of a credit note as given back."""

    name: str
    rate: str
    quantity: int
    unit: Money
    gross: Money
    reductions: tuple[tuple[str, Money], ...] = ()
    sku: str = ""
    pack: str = ""
    text: str = ""


def day_of(moment: datetime) -> str:
    """The day in Paris, as ISO text."""
    return moment.astimezone(PARIS).date().isoformat()


def seller_of(clinic: Clinic, place: Place) -> Seller:
    return {
        "name": clinic.name,
        "legal_name": clinic.legal_name or clinic.name,
        "siren": clinic.siret[:9],
        "siret": clinic.siret,
        "vat_number": clinic.vat_number,
        "email": clinic.email,
        "phone": clinic.phone,
        "address": address_of_place(place),
    }


def address_of_place(place: Place) -> PostalAddress:
    return {
        "recipient": place.name,
        "line1": place.street,
        "postal_code": place.postal_code,
        "city": place.city,
        "country": place.country,
    }


def buyer_of(order: Order) -> Buyer:
    """Who is invoiced.

    Raises:
        Invalid: a business whose numbers cannot be right.
    """
    billing = checked_billing(order.billing)
    contact = order.contact
    person = f"{contact.get('first_name', '')} {contact.get('last_name', '')}".strip()
    shipped: PostalAddress = order.address
    address = billing.get("address") or shipped or PostalAddress(country="FR")
    name = billing.get("name") or person or address.get("recipient") or order.email
    return {
        "party": billing["party"],
        "name": name,
        "siren": billing["siren"],
        "vat_number": billing["vat_number"],
        "email": order.email,
        "address": address,
    }


def sold_lines(lines: Iterable[OrderLine]) -> list[Sold]:
    """The lines of an order as they were sold, reductions that nobody explained included."""
    return [
        sold_of(
            line,
            quantity=line.quantity,
            gross=Money(line.gross_cents),
            reductions=_explained(
                [(each["code"], Money(each["cents"])) for each in line.applied],
                Money(line.before_cents - line.gross_cents),
            ),
        )
        for line in lines
    ]


def sold_of(
    line: OrderLine, *, quantity: int, gross: Money, reductions: tuple[tuple[str, Money], ...]
) -> Sold:
    return Sold(
        name=line.name,
        rate=rate_text(line.vat_rate),
        quantity=quantity,
        unit=Money(line.unit_cents),
        gross=gross,
        reductions=reductions,
        sku=line.sku,
        pack=line.pack,
        text=line.text,
    )


def _explained(reductions: list[tuple[str, Money]], taken: Money) -> tuple[tuple[str, Money], ...]:
    rest = taken - sum((money for _code, money in reductions), ZERO)
    return tuple([*reductions, ("", rest)] if rest != ZERO else reductions)


def written(
    sold: Sequence[Sold], parts: Mapping[str, Money], vat_lines: Sequence[StoredVat]
) -> tuple[list[InvoiceLine], list[StoredPart]]:
    """Lines and delivery with their net amounts: each rate's stored base is shared over what is
    taxed at it, so that the net amounts add up to it.

    Raises:
        ValueError: lines and delivery that are not what the VAT was taken out of.
    """
    nets: dict[int, Money] = {}
    part_nets: dict[str, Money] = {}
    bases = {each["rate"]: each for each in vat_lines}
    for rate in {each.rate for each in sold} | set(parts):
        mine = [index for index, each in enumerate(sold) if each.rate == rate]
        grosses = [sold[index].gross for index in mine] + [parts.get(rate, ZERO)]
        taxed = bases.get(rate)
        if sum(grosses, ZERO).cents != (taxed["gross_cents"] if taxed else 0):
            raise ValueError(f"The lines at {rate} % are not those that were taxed.")
        *of_lines, part_nets[rate] = shares(Money(taxed["base_cents"] if taxed else 0), grosses)
        nets |= dict(zip(mine, of_lines, strict=True))
    lines = [_line(each, nets[index]) for index, each in enumerate(sold)]
    shown: list[StoredPart] = [
        {"rate": rate, "gross_cents": gross.cents, "net_cents": part_nets[rate].cents}
        for rate, gross in sorted(parts.items(), key=lambda part: Decimal(part[0]))
    ]
    return lines, shown


def _line(sold: Sold, net: Money) -> InvoiceLine:
    rate = Decimal(sold.rate)
    taken = [money for _code, money in sold.reductions]
    reduced = sum(taken, ZERO)
    nets = shares(extract_vat(reduced, rate=rate).net, taken)
    return {
        "sku": sold.sku,
        "name": sold.name,
        "pack": sold.pack,
        "text": sold.text,
        "quantity": sold.quantity,
        "unit_cents": sold.unit.cents,
        "unit_net_cents": extract_vat(sold.unit, rate=rate).net.cents,
        "before_cents": (sold.gross + reduced).cents,
        "reductions": [
            {"code": code, "cents": money.cents, "net_cents": share.cents}
            for (code, money), share in zip(sold.reductions, nets, strict=True)
        ],
        "gross_cents": sold.gross.cents,
        "net_cents": net.cents,
        "vat_rate": sold.rate,
    }


def delivery_of(order: Order, parts: list[StoredPart]) -> Delivery:
    return {
        "method": order.method,
        "gross_cents": sum(part["gross_cents"] for part in parts),
        "net_cents": sum(part.get("net_cents", 0) for part in parts),
        "parts": parts,
        "address": delivered_to(order),
    }


def delivered_to(order: Order) -> PostalAddress:
    """Where an order goes: home, to a relay point, or to the counter of its place."""
    if order.method == DeliveryMethod.PICKUP:
        return address_of_place(order.place)
    found: PostalAddress = (
        order.relay_point if order.method == DeliveryMethod.RELAY else order.address
    )
    return found


def sums_of(
    lines: Sequence[InvoiceLine], delivery: Delivery, vat_lines: Sequence[StoredVat]
) -> Sums:
    goods = sum(line["gross_cents"] for line in lines)
    gross = goods + delivery["gross_cents"]
    vat = sum(each["vat_cents"] for each in vat_lines)
    return {
        "goods_cents": goods,
        "reduced_cents": sum(each["cents"] for line in lines for each in line["reductions"]),
        "delivery_cents": delivery["gross_cents"],
        "net_cents": gross - vat,
        "vat_cents": vat,
        "gross_cents": gross,
        "paid_cents": gross,
        "due_cents": 0,
    }


def payment_of(order: Order) -> dict[str, str]:
    """How and when the order was paid."""
    paid = next((each for each in order.payments.all() if each.state == PaymentState.PAID), None)
    moment = (paid.settled_at if paid else None) or order.paid_at
    return {"method": paid.method if paid else "", "on": day_of(moment) if moment else ""}


def delivered_on(order: Order, *, issued: date) -> str:
    """The day when all was delivered, if it is known and another than that of the invoice."""
    parcels = [each for each in order.shipments.all() if each.state != ShipmentState.CANCELLED]
    moments = [each.kept_at for each in parcels]
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) < len(moments):
        return ""
    day = day_of(max(known))
    return "" if day == issued.isoformat() else day


def content_of_invoice(order: Order, *, clinic: Clinic, number: str, at: datetime) -> Content:
    """All that the invoice of an order says. VAT is what the order has, never computed anew.

    Raises:
        Invalid: a business whose numbers cannot be right.
        ValueError: an order whose lines are not what its VAT was taken out of.
    """
    vat_lines = _vat_lines_of(order)
    stored = {rate_text(part["rate"]): Money(part["gross_cents"]) for part in order.delivery_parts}
    lines, parts = written(sold_lines(order.lines.all()), stored, vat_lines)
    delivery, buyer = delivery_of(order, parts), buyer_of(order)
    language, issued = Language(order.language), at.astimezone(PARIS).date()
    promised = [day_of(each) for each in (order.promise_from, order.promise_to) if each]
    return {
        "version": VERSION,
        "kind": "invoice",
        "number": number,
        "language": language,
        "issued_on": issued.isoformat(),
        "delivered_on": delivered_on(order, issued=issued),
        "promised": promised,
        "order": {"number": order.number, "placed_on": day_of(order.placed_at)},
        "seller": seller_of(clinic, order.place),
        "buyer": buyer,
        "lines": lines,
        "delivery": delivery,
        "vat_lines": vat_lines,
        "totals": sums_of(lines, delivery, vat_lines),
        "payment": payment_of(order),
        "mentions": mentions_for(
            BillingParty(buyer["party"]), language=language, mediator=clinic.mediator
        ),
    }


def _vat_lines_of(order: Order) -> list[StoredVat]:
    return [
        {
            "rate": rate_text(each["rate"]),
            "gross_cents": each["gross_cents"],
            "base_cents": each["base_cents"],
            "vat_cents": each["vat_cents"],
        }
        for each in order.vat_lines
    ]


def negative(told: Any) -> Any:
    """The same with every amount of money negated, unit prices excepted."""
    if isinstance(told, list):
        return [negative(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        name: -value if name.endswith("cents") and not name.startswith("unit_") else negative(value)
        for name, value in told.items()
    }
