"""Finished orders, made by rows: what checkout, payment and refund would have left behind."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from clinic import details
from clinic.models import Clinic, Place
from clinic.vocabulary import SellerRegime
from kernel.animals import Language
from kernel.money import Money
from orders import stored
from orders.models import Order, OrderLine, Payment, Refund, RefundLine
from orders.totals import Advantage, Line, total_of
from orders.vocabulary import (
    DeliveryMethod,
    OrderState,
    PaymentMethod,
    PaymentState,
    RefundReason,
    RefundState,
)
from tests.builders import NOW

_numbers = itertools.count(1)
CONSUMER = {"party": "consumer"}
BUSINESS = {
    "party": "business",
    "name": "Élevage des Landes SAS",
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "address": {
        "recipient": "Élevage des Landes SAS",
        "line1": "4 chemin des Pins",
        "postal_code": "40000",
        "city": "Mont-de-Marsan",
        "country": "FR",
    },
}
HOME = {
    "recipient": "Ada Lovelace",
    "line1": "12 rue de la Paix",
    "postal_code": "35000",
    "city": "Rennes",
    "country": "FR",
}


@dataclass
class Bought:
    """A line in short: `price` in cents for one, `rate` in percent."""

    name: str = "Croquettes chien adulte"
    price: int = 1290
    quantity: int = 1
    rate: str = "20"
    fields: dict[str, Any] = field(default_factory=dict)


def selling_clinic(**changes: Any) -> Place:
    """A clinic with all that an invoice says of its seller."""
    facts = {
        "name": "Clinique des Tilleuls",
        "legal_name": "SELARL Clinique des Tilleuls au capital de 20 000 €, RCS Rennes",
        "siret": "73282932000074",
        "vat_number": "FR44732829320",
        "email": "contact@tilleuls.example",
        "phone": "+33199000000",
        "mediator": "Médiateur des vétérinaires, 34 rue Bréguet, 75011 Paris",
        "seller_regime": SellerRegime.TRADING_COMPANY,
    }
    details.save_details(Clinic(**{**facts, **changes}))
    place = Place(name="Rennes", street="1 rue des Tilleuls", postal_code="35000", city="Rennes")
    details.save_details(place)
    return place


def order_of(
    *bought: Bought, delivery: int = 0, voucher: Advantage | None = None, **facts: Any
) -> Order:
    """A paid order with its totals as `total_of` adds them up, and the payment."""
    place = Place.objects.first() or selling_clinic()
    lines = bought or (Bought(),)
    totals = total_of(
        [
            Line(
                key=str(index),
                unit_price=Money(each.price),
                quantity=each.quantity,
                vat_rate=Decimal(each.rate),
            )
            for index, each in enumerate(lines)
        ],
        voucher=voucher,
        delivery=Money(delivery),
    )
    order = Order.objects.create(
        **{
            "number": f"T{next(_numbers):06d}",
            "state": OrderState.PAID,
            "place": place,
            "language": Language.FR,
            "email": "ada@owner.example",
            "contact": {"first_name": "Ada", "last_name": "Lovelace"},
            "address": HOME,
            "billing": CONSUMER,
            "method": DeliveryMethod.HOME,
            "goods_cents": totals.goods.cents,
            "reduced_cents": totals.reduced_by.cents,
            "delivery_cents": totals.delivery.cents,
            "total_cents": totals.total.cents,
            "delivery_parts": stored.delivery_parts_of(totals),
            "vat_lines": stored.vat_of(totals),
            "placed_at": NOW - timedelta(hours=1),
            "paid_at": NOW,
            **facts,
        }
    )
    for each, total in zip(lines, totals.lines, strict=True):
        OrderLine.objects.create(
            **{
                "order": order,
                "sku": f"SKU-{total.key}",
                "name": each.name,
                "pack": "1,5 kg",
                "regulatory_class": "FOOD",
                "product_slug": "croquettes",
                "quantity": each.quantity,
                "unit_cents": each.price,
                "before_cents": total.before.cents,
                "gross_cents": total.gross.cents,
                "vat_rate": total.vat_rate,
                "applied": stored.reductions_of(total),
                **each.fields,
            }
        )
    if order.paid_at is not None:
        Payment.objects.create(
            order=order,
            method=PaymentMethod.CARD,
            state=PaymentState.PAID,
            amount_cents=order.total_cents,
            captured_cents=order.total_cents,
            created_at=order.placed_at,
            settled_at=order.paid_at,
        )
    return order


def refund_of(
    order: Order,
    *given: tuple[int, int, int],
    delivery: int = 0,
    goodwill: int = 0,
    **facts: Any,
) -> Refund:
    """Money that went back; `given` are (index of the line, packs, cents)."""
    lines = list(order.lines.all())
    amount = sum(cents for _index, _packs, cents in given) + delivery + goodwill
    refund = Refund.objects.create(
        **{
            "order": order,
            "payment": order.payments.get(),
            "key": f"refund-{next(_numbers)}",
            "amount_cents": amount,
            "delivery_cents": delivery,
            "reason": RefundReason.RETURN,
            "state": RefundState.DONE,
            "created_at": NOW,
            "done_at": NOW,
            **facts,
        }
    )
    for index, packs, cents in given:
        RefundLine.objects.create(
            refund=refund, line=lines[index], quantity=packs, gross_cents=cents
        )
    return refund
