"""What the page of an order shows: who, what, where, by when, and all that happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts import phones
from accounts.admin.acting import has_duty
from accounts.admin.client_page import trail_of
from accounts.admin.labels import moment
from accounts.roles import Duty
from clinic.details import PARIS
from orders import document_files, states
from orders.admin import labels
from orders.admin.labels import euros
from orders.invoice_content import delivered_to
from orders.models import Dispute, Order, OrderLine, Shipment
from orders.vocabulary import (
    CancelReason,
    DeliveryMethod,
    DisputeState,
    DocumentKind,
    OrderState,
    RefundReason,
    RefundState,
    ShipmentState,
)
from orders.wording import address_lines


@dataclass(frozen=True, slots=True)
class LineShown:
    packs: int
    name: str
    pack: str
    sku: str
    note: str
    price: str
    lots: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, or a paper that came of it."""

    words: str
    beside: str
    address: str = ""


def shown_of(request: HttpRequest, order: Order, at: datetime) -> dict[str, Any]:
    return {
        "state": labels.ORDER_STATES[OrderState(order.state)],
        "tone": labels.ORDER_COLOURS[OrderState(order.state)],
        "promise": promised(order.promise_from, order.promise_to),
        "is_late": is_late(order, at),
        "facts": _facts(order),
        "file": _file(request, order),
        "lines": [_line(each) for each in order.lines.all()],
        "totals": _totals(order),
        "parcels": [_parcel(each) for each in order.shipments.all()],
        "papers": _papers(order, at),
        "money": _money(order),
        "story": [_event(each) for each in order.events.all()],
        "may_send": order.state in states.SENDABLE,
        "may_cancel": OrderState.CANCELLED in states.MOVES[OrderState(order.state)],
        "trail": trail_of(order),
    }


def is_late(order: Order, at: datetime) -> bool:
    """Whether a promise is broken, or about to be by nobody."""
    return order.state in states.SENDABLE and order.promise_to is not None and order.promise_to < at


def promised(begins: datetime | None, ends: datetime | None) -> str:
    """`25 novembre 2026 08:00 – 20:00`, or both moments where they are of two days."""
    if begins is None or ends is None:
        return ""
    first, last = begins.astimezone(PARIS), ends.astimezone(PARIS)
    if first.date() == last.date():
        return f"{moment(begins)} – {last:%H:%M}"
    return f"{moment(begins)} – {moment(ends)}"


def _facts(order: Order) -> list[tuple[str, Any]]:
    contact = order.contact
    name = f"{contact.get('first_name', '')} {contact.get('last_name', '')}".strip()
    billing = order.billing
    lines = [
        (gettext("Buyer"), name),
        (gettext("E-mail"), order.email),
        (gettext("Phone"), phones.shown(contact.get("phone", ""))),
        (gettext("Delivery"), labels.METHODS[DeliveryMethod(order.method)]),
        (gettext("Where"), " · ".join(address_lines(delivered_to(order)))),
        (gettext("For the carrier"), order.address.get("instructions", "")),
        (gettext("Invoiced to"), f"{billing.get('name', '')} {billing.get('siren', '')}".strip()),
        (gettext("Cancelled because"), _why(order)),
    ]
    return [(words, value) for words, value in lines if value]


def _file(request: HttpRequest, order: Order) -> str:
    """The page of the buyer's file, for those who read files."""
    if order.person_id is None or not has_duty(request, Duty.READ_CLIENTS):
        return ""
    return reverse("admin:accounts_person_change", args=[order.person_id])


def _why(order: Order) -> Any:
    reason = order.cancel_reason
    return labels.CANCELLED_BECAUSE[CancelReason(reason)] if reason else ""


def _line(line: OrderLine) -> LineShown:
    eaters = ", ".join(each.pet.name for each in line.pets.all())
    lots = ", ".join(f"{each.lot_code or '—'} ({each.quantity})" for each in line.shipped.all())
    return LineShown(
        packs=line.quantity,
        name=line.name,
        pack=line.pack,
        sku=line.sku,
        note=" · ".join(text for text in (eaters, line.text) if text),
        price=euros(line.gross_cents),
        lots=lots,
    )


def _totals(order: Order) -> list[tuple[str, str]]:
    reduced = [(gettext("Reductions"), f"− {euros(order.reduced_cents)}")]
    return [
        (gettext("Goods"), euros(order.goods_cents)),
        *(reduced if order.reduced_cents else []),
        (gettext("Delivery"), euros(order.delivery_cents)),
        (gettext("Total"), euros(order.total_cents)),
    ]


def _parcel(shipment: Shipment) -> Step:
    packs = sum(each.quantity for each in shipment.lines.all())
    words = labels.SHIPMENT_STATES[ShipmentState(shipment.state)]
    counted = ngettext("%(count)d pack", "%(count)d packs", packs) % {"count": packs}
    told = [counted if packs else "", shipment.tracking]
    told.append(moment(shipment.kept_at or shipment.shipped_at) if shipment.shipped_at else "")
    return Step(str(words), " · ".join(text for text in told if text))


def _papers(order: Order, at: datetime) -> list[Step]:
    return [
        Step(
            f"{labels.DOCUMENT_KINDS[DocumentKind(each.kind)]} {each.number}",
            f"{euros(each.total_cents)} · {moment(each.issued_at)}",
            document_files.document_address(each, at=at),
        )
        for each in order.documents.all()
    ]


def _money(order: Order) -> list[Step]:
    """What was given back or taken back, the latest first."""
    given = [
        Step(
            f"{euros(each.amount_cents)} · {labels.REFUND_REASONS[RefundReason(each.reason)]}",
            f"{labels.REFUND_STATES[RefundState(each.state)]} · {moment(each.created_at)}",
        )
        for each in order.refunds.all()
    ]
    taken = [
        Step(
            f"{euros(each.amount_cents)} · {gettext('dispute')} ({each.reason})",
            str(labels.DISPUTE_STATES[DisputeState(each.state)]),
        )
        for each in Dispute.objects.filter(payment__order=order)
    ]
    return [*taken, *given]


def _event(event: Any) -> Step:
    words = str(labels.EVENTS.get(event.kind, event.kind))
    return Step(words, f"{moment(event.at)} · {event.by or gettext('the shop itself')}")
