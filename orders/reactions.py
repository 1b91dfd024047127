"""What orders do when something has happened; handlers bear hearing it twice."""

from django.utils import timezone

from kernel import events
from kernel.money import Money
from orders import (
    approvals,
    disputes,
    document_files,
    invoices,
    mails,
    payments,
    stripe_gateway,
    withdrawal,
)
from orders.events import (
    ApprovalDecided,
    ApprovalRefused,
    CaptureDue,
    CardForgotten,
    OrderAuthorised,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    RefundDecided,
    RefundDone,
    ShipmentMoved,
    StripeEventStored,
    WithdrawalConfirmed,
)
from orders.mails import Facts
from orders.models import Approval, Order, Refund, Shipment, StripeEvent, Withdrawal
from orders.vocabulary import (
    ApprovalState,
    CancelReason,
    MailKind,
    OrderState,
    RefundReason,
    ShipmentState,
)

_MAILS = {
    ShipmentState.SHIPPED: MailKind.SHIPPED,
    ShipmentState.READY: MailKind.READY_FOR_PICKUP,
    ShipmentState.DELIVERED: MailKind.DELIVERED,
}


#: What the names of Stripe's events begin with, by what they are about.
_ABOUT_DISPUTES, _ABOUT_REFUNDS = "charge.dispute.", "refund."


@events.on(OrderPlaced)
def confirm_the_order(event: OrderPlaced) -> None:
    """The durable confirmation that the law asks for (Code de la consommation L.221-13)."""
    order = Order.objects.get(pk=event.order_id)
    mails.tell(order, MailKind.ORDER_CONFIRMED, at=timezone.now())


@events.on(OrderAuthorised)
def tell_that_a_vet_looks_at_it(event: OrderAuthorised) -> None:
    order = Order.objects.get(pk=event.order_id)
    asked = Approval.objects.filter(line__order=order).select_related("pet")
    names = sorted({each.pet.name for each in asked})
    until = min((each.expires_at for each in asked), default=None)
    facts = Facts(names=names, until=until)
    mails.tell(order, MailKind.APPROVAL_ASKED, at=timezone.now(), facts=facts)


@events.on(ApprovalDecided)
def tell_what_the_vet_said(event: ApprovalDecided) -> None:
    """Of an order, a no at once and a yes when it is the last; the lapse is told by its end."""
    found = Approval.objects.select_related("pet", "line__order", "asked_by").get(
        pk=event.approval_id
    )
    approved = found.state == ApprovalState.APPROVED
    if found.line is None:
        approvals.tell_of_request(found)
        return
    order = found.line.order
    waiting = Approval.objects.filter(line__order=order, state=ApprovalState.ASKED)
    if found.state == ApprovalState.EXPIRED or (approved and waiting.exists()):
        return
    facts = Facts(
        occasion=str(found.pk), names=[found.line.name], approved=approved, note=found.note
    )
    mails.tell(order, MailKind.APPROVAL_DECIDED, at=timezone.now(), facts=facts)


@events.on(OrderPaid)
def invoice_the_order(event: OrderPaid) -> None:
    order, at = Order.objects.get(pk=event.order_id), timezone.now()
    document = invoices.issue_invoice(order=order, at=at)
    address = document_files.document_address(document, at=at)
    mails.tell(order, MailKind.PAID, at=at, facts=Facts(document_url=address))


@events.on(OrderCancelled)
def tell_that_it_is_cancelled(event: OrderCancelled) -> None:
    order = Order.objects.get(pk=event.order_id)
    mails.tell(order, MailKind.CANCELLED, at=timezone.now())


@events.on(StripeEventStored)
def settle_what_stripe_told(event: StripeEventStored) -> None:
    """Stripe is asked what stands now: neither the order nor the number of its calls matters."""
    at = timezone.now()
    told = StripeEvent.objects.get(pk=event.event_pk)
    if told.kind.startswith(_ABOUT_DISPUTES):
        disputes.hear(stripe_gateway.find_dispute(told.object_id), at=at)
    elif told.kind.startswith(_ABOUT_REFUNDS):
        payments.hear_refund(stripe_gateway.find_refund(told.object_id), at=at)
    elif event.intent_id:
        payments.hear(stripe_gateway.find_intent(event.intent_id), at=at)
    StripeEvent.objects.filter(pk=event.event_pk).update(handled_at=at)


@events.on(RefundDecided)
def give_the_money_back(event: RefundDecided) -> None:
    payments.give_back(event.refund_id, at=timezone.now())


@events.on(RefundDone)
def tell_of_the_refund(event: RefundDone) -> None:
    refund = Refund.objects.select_related("order").get(pk=event.refund_id)
    at, address = timezone.now(), ""
    if refund.reason != RefundReason.LATE_PAYMENT:
        note = invoices.issue_credit_note(refund=refund, at=at)
        address = document_files.document_address(note, at=at)
    facts = Facts(occasion=str(refund.pk), amount=Money(refund.amount_cents), document_url=address)
    mails.tell(refund.order, MailKind.REFUNDED, at=at, facts=facts)


@events.on(CaptureDue)
def charge_the_card(event: CaptureDue) -> None:
    order = Order.objects.get(pk=event.order_id)
    if order.state == OrderState.AWAITING_APPROVAL:
        payments.capture(order, at=timezone.now())


@events.on(ApprovalRefused)
def give_the_order_up(event: ApprovalRefused) -> None:
    order = Order.objects.get(pk=event.order_id)
    payments.abandon(order, reason=CancelReason(event.reason), by=None, at=timezone.now())


@events.on(ShipmentMoved)
def tell_where_the_parcel_is(event: ShipmentMoved) -> None:
    shipment = Shipment.objects.select_related("order").get(pk=event.shipment_id)
    facts = Facts(
        occasion=str(shipment.pk),
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        moment=shipment.kept_at,
    )
    mails.tell(shipment.order, _MAILS[ShipmentState(event.state)], at=timezone.now(), facts=facts)


@events.on(WithdrawalConfirmed)
def acknowledge_and_refund(event: WithdrawalConfirmed) -> None:
    """The receipt with date and hour, and the money back (L.221-21, L.221-24)."""
    found = Withdrawal.objects.select_related("order", "by").get(pk=event.withdrawal_id)
    returned = found.order.lines.filter(pk__in=[key for key, _number in found.lines])
    names = [line.name for line in returned]
    facts = Facts(occasion=str(found.pk), names=names, moment=found.confirmed_at)
    at = timezone.now()
    mails.tell(found.order, MailKind.WITHDRAWAL_RECEIPT, at=at, facts=facts)
    withdrawal.pay_back(found, at=at)


@events.on(CardForgotten)
def forget_the_card(event: CardForgotten) -> None:
    stripe_gateway.forget_card(event.method_id)
