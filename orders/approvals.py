"""A vet's word on what an animal is to be given, asked before the card is charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.access import Viewer
from accounts.models import Person
from kernel import events
from kernel.refusals import Invalid
from orders.events import ApprovalRefused, CaptureDue
from orders.models import Approval, Order, OrderLine
from orders.reckoning import ReckonedLine
from orders.vocabulary import ApprovalState, CancelReason

#: A card's authorisation lasts seven days; the vet decides well before.
TO_DECIDE: Final = timedelta(days=4)
MOST_PACKS: Final = 99
MOST_RENEWALS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a vet decided: another number of packs than was asked is approval with a change."""

    agrees: bool
    quantity: int | None = None
    renewals: int = 0
    valid_until: date | None = None
    note: str = ""


def ask(
    *,
    order: Order,
    lines: Sequence[tuple[OrderLine, ReckonedLine]],
    viewer: Viewer,
    at: datetime,
) -> bool:
    """Ask for a vet's word on each pet and product that has none in force; whether one is awaited.

    An approval that is valid still, with renewals left, is used up instead.
    """
    waits = False
    for line, each in lines:
        for link in each.line.pets.all():
            product = each.line.variant.product_id
            if _renewed(link.pet_id, product, line, at=at):
                continue
            waits = True
            Approval.objects.create(
                pet=link.pet,
                product_id=product,
                line=line,
                quantity=line.quantity,
                asked_at=at,
                asked_by=viewer.person,
                expires_at=at + TO_DECIDE,
            )
    return waits


def _renewed(pet_id: int, product_id: int, line: OrderLine, *, at: datetime) -> bool:
    valid = Approval.objects.select_for_update().filter(
        pet=pet_id,
        product=product_id,
        state=ApprovalState.APPROVED,
        renewals__gt=0,
        quantity__gte=line.quantity,
        valid_until__gte=at.date(),
    )
    found = valid.order_by("valid_until").first()
    if found is None:
        return False
    found.renewals -= 1
    found.save(update_fields=["renewals"])
    return True


def decide(
    *,
    approval: Approval,
    verdict: Verdict,
    by: Person,
    at: datetime,
) -> Approval:
    """A vet agrees or not; when nothing of the order is awaited any more, the card is charged.

    Deciding twice changes nothing: the first word counts.

    Raises:
        Invalid: fewer than one pack, a validity in the past, or renewals outside 0 to 12.
    """
    _check(verdict, at=at)
    with transaction.atomic():
        approval = Approval.objects.select_for_update().get(pk=approval.pk)
        if approval.state != ApprovalState.ASKED:
            return approval
        approval.state = ApprovalState.APPROVED if verdict.agrees else ApprovalState.DECLINED
        approval.decided_at, approval.decided_by = at, by
        approval.note, approval.renewals = verdict.note[:300], verdict.renewals
        approval.quantity = verdict.quantity or approval.quantity
        approval.valid_until = verdict.valid_until
        approval.save()
        action = "approval.agree" if verdict.agrees else "approval.decline"
        audit.record(action=action, subject=approval, by=by, at=at)
        _follow(approval)
    return approval


def expire(*, at: datetime) -> int:
    """Give up what no vet decided in time; for the schedule."""
    due = Approval.objects.filter(state=ApprovalState.ASKED, expires_at__lte=at)
    keys = list(due.values_list("pk", flat=True)[:500])
    for key in keys:
        with transaction.atomic():
            approval = Approval.objects.select_for_update().get(pk=key)
            if approval.state == ApprovalState.ASKED:
                approval.state = ApprovalState.EXPIRED
                approval.save(update_fields=["state"])
                _follow(approval)
    return len(keys)


def _follow(approval: Approval) -> None:
    """What a decision means for the order that waits for it."""
    line = approval.line
    if line is None:
        return
    order = str(line.order_id)
    if approval.state == ApprovalState.DECLINED:
        events.enqueue(ApprovalRefused(order_id=order, reason=CancelReason.APPROVAL_DECLINED))
    elif approval.state == ApprovalState.EXPIRED:
        events.enqueue(ApprovalRefused(order_id=order, reason=CancelReason.APPROVAL_EXPIRED))
    elif not Approval.objects.filter(line__order=line.order_id, state=ApprovalState.ASKED).exists():
        events.enqueue(CaptureDue(order_id=order))


def _check(verdict: Verdict, *, at: datetime) -> None:
    if verdict.quantity is not None and not 1 <= verdict.quantity <= MOST_PACKS:
        path, expected = ["input", "quantity"], f"1 - {MOST_PACKS}"
        raise Invalid(path=path, value=verdict.quantity, expected=expected)
    if not 0 <= verdict.renewals <= MOST_RENEWALS:
        path, expected = ["input", "renewals"], f"0 - {MOST_RENEWALS}"
        raise Invalid(path=path, value=verdict.renewals, expected=expected)
    if verdict.valid_until is not None and verdict.valid_until < at.date():
        path, value = ["input", "validUntil"], verdict.valid_until.isoformat()
        raise Invalid(path=path, value=value, expected=str(_("a day to come")))
