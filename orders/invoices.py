"""Invoices and credit notes: numbered without a gap, issued once, never changed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from clinic import details, revision
from kernel import events
from kernel.refusals import ErrorCode, Refusal
from orders.credit_note_content import content_of_credit_note
from orders.invoice_content import Content, content_of_invoice
from orders.models import Document, Order, Refund
from orders.numbering import next_number
from orders.vocabulary import DocumentKind, RefundState, Series


class NotPaid(Refusal):
    """An invoice is for an order that was paid."""

    code = ErrorCode.WRONG_STATE
    words = _("Order %(number)s is not paid: it has no invoice yet.")


class NotInvoiced(Refusal):
    """There is nothing that a credit note could correct."""

    code = ErrorCode.WRONG_STATE
    words = _("Order %(number)s has no invoice: there is nothing to credit.")


class NotRefunded(Refusal):
    """A credit note is for money that went back."""

    code = ErrorCode.WRONG_STATE
    words = _("This refund is not done: it has no credit note yet.")


class CreditedTooMuch(Refusal):
    """Credit notes never pass their invoice."""

    code = ErrorCode.REFUND_TOO_MUCH
    words = _("This is more than invoice %(number)s has left to credit.")


@dataclass(frozen=True, slots=True)
class DocumentIssued(events.Event):
    """An invoice or a credit note waits to be put on paper."""

    document_id: int


def issue_invoice(*, order: Order, at: datetime) -> Document:
    """The invoice of a paid order; the same one whenever it is asked for again. Locks the order.

    Raises:
        NotPaid: the order waits for its payment.
        Invalid: a business whose SIREN or VAT number cannot be right.
        ValueError: an order whose lines are not what its VAT was taken out of.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        known = order.documents.filter(kind=DocumentKind.INVOICE).first()
        if known is not None:
            return known
        if order.paid_at is None:
            raise NotPaid(number=order.number)
        clinic = details.public_details(revision.current()).clinic
        number = next_number(Series.INVOICE, at=at)
        content = content_of_invoice(order, clinic=clinic, number=number, at=at)
        return _issue(order, DocumentKind.INVOICE, content, at=at)


def issue_credit_note(*, refund: Refund, at: datetime) -> Document:
    """The credit note of a refund that was done; the same one whenever it is asked for again.

    Locks the order, so that two refunds are credited one after the other.

    Raises:
        NotRefunded: the money did not go back.
        NotInvoiced: the order has no invoice, as one that was paid too late.
        CreditedTooMuch: more than the invoice has left, as a whole or at a rate.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=refund.order_id)
        refund = Refund.objects.get(pk=refund.pk)
        known = Document.objects.filter(refund=refund).first()
        if known is not None:
            return known
        if refund.state != RefundState.DONE:
            raise NotRefunded
        invoice = order.documents.filter(kind=DocumentKind.INVOICE).first()
        if invoice is None:
            raise NotInvoiced(number=order.number)
        notes = order.documents.filter(kind=DocumentKind.CREDIT_NOTE).order_by("id")
        number = next_number(Series.CREDIT_NOTE, at=at)
        try:
            content = content_of_credit_note(
                refund,
                invoice=invoice.content,
                earlier=[each.content for each in notes],
                number=number,
                at=at,
            )
        except ValueError as error:
            raise CreditedTooMuch(number=invoice.number) from error
        return _issue(order, DocumentKind.CREDIT_NOTE, content, at=at, refund=refund)


def _issue(
    order: Order,
    kind: DocumentKind,
    content: Content,
    *,
    at: datetime,
    refund: Refund | None = None,
) -> Document:
    document = Document.objects.create(
        order=order,
        kind=kind,
        number=content["number"],
        refund=refund,
        issued_at=at,
        content=content,
        total_cents=content["totals"]["gross_cents"],
    )
    audit.record(action=f"{kind}.issue", subject=document, by=None, at=at)
    events.enqueue(DocumentIssued(document_id=document.pk))
    return document
