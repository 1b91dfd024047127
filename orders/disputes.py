"""Payments that a bank took back for its client: seen by staff, answered at Stripe."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from orders import timeline
from orders.models import Dispute, Order, Payment
from orders.stripe_gateway import Disputed
from orders.vocabulary import DisputeState


def hear(disputed: Disputed, *, at: datetime) -> Dispute | None:
    """Write down where a dispute stands; None when the payment is none of ours. Locks the order."""
    won = {True: DisputeState.WON, False: DisputeState.LOST, None: DisputeState.OPEN}
    state = won[disputed.won]
    with transaction.atomic():
        known = Payment.objects.exclude(intent_id="")
        payment = known.filter(intent_id=disputed.intent_id).first()
        if payment is None:
            return None
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        dispute, is_new = Dispute.objects.get_or_create(
            stripe_id=disputed.id,
            defaults={
                "payment": payment,
                "reason": disputed.reason[:60],
                "amount_cents": disputed.amount.cents,
                "due_by": disputed.due_by,
                "opened_at": disputed.created_at,
            },
        )
        if is_new:
            _tell(order, dispute, at=at)
        if dispute.state == DisputeState.OPEN and state is not DisputeState.OPEN:
            dispute.state, dispute.closed_at = state, at
            dispute.save(update_fields=["state", "closed_at"])
            _tell(order, dispute, at=at)
    return dispute


def _tell(order: Order, dispute: Dispute, *, at: datetime) -> None:
    timeline.note(order, f"dispute_{dispute.state}", by=None, at=at, cents=dispute.amount_cents)
    audit.record(action=f"dispute.{dispute.state}", subject=order, by=None, at=at)
