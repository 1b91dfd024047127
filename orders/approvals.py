"""A vet's word on what an animal is to be given, asked before the card is charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts import audit, notices
from accounts.access import Viewer
from accounts.models import Person
from accounts.notices import Message
from catalog import regulation
from catalog.models import Product
from kernel import events
from kernel.animals import Language
from kernel.refusals import Invalid, LimitReached
from orders.events import ApprovalDecided, ApprovalRefused, CaptureDue
from orders.models import Approval, Order, OrderLine
from orders.reckoning import ReckonedLine
from orders.vocabulary import ApprovalState, CancelReason
from pets.models import Pet

#: A card's authorisation lasts seven days; the vet decides well before.
TO_DECIDE: Final = timedelta(days=4)
#: How long an approval lasts that names no day.
VALID: Final = timedelta(days=180)
#: A request without an order waits for as long as the queue keeps its promise.
REQUEST_WAITS: Final = timedelta(days=14)
MOST_OPEN: Final = 20
MOST_PACKS: Final = 99
MOST_RENEWALS: Final = 12


_ANSWERS: Final = {
    ApprovalState.APPROVED: _("You can order %(product)s for %(pet)s: the vet agrees."),
    ApprovalState.DECLINED: _(
        "The vet does not agree to %(product)s for %(pet)s: call us, and we find what suits."
    ),
    ApprovalState.EXPIRED: _(
        "The vet could not answer about %(product)s for %(pet)s in time: please call us."
    ),
}


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


def request(*, pet: Pet, product: Product, quantity: int, by: Person, at: datetime) -> Approval:
    """Ask a vet for a food before anything is ordered; the same question waits once.

    Raises:
        Invalid: fewer than one pack or more than 99, or a food that needs no approval.
        LimitReached: twenty questions of one person wait already.
    """
    if not 1 <= quantity <= MOST_PACKS:
        raise Invalid(path=["input", "quantity"], value=quantity, expected=f"1 - {MOST_PACKS}")
    if not _is_for_vets(product):
        expected = str(_("a product that a vet approves"))
        raise Invalid(path=["input", "productId"], value=product.slug, expected=expected)
    with transaction.atomic():
        waiting = Approval.objects.filter(state=ApprovalState.ASKED, line__isnull=True)
        known = waiting.filter(pet=pet, product=product).first()
        if known is not None:
            return known
        if waiting.filter(asked_by=by).count() >= MOST_OPEN:
            raise LimitReached(path=["input"], most=MOST_OPEN)
        made = Approval.objects.create(
            pet=pet,
            product=product,
            quantity=quantity,
            asked_at=at,
            asked_by=by,
            expires_at=at + REQUEST_WAITS,
        )
        audit.record(action="approval.request", subject=made, by=by, at=at)
    return made


def _is_for_vets(product: Product) -> bool:
    classes = product.variants.values_list("regulatory_class", flat=True)
    rules = {regulation.rule_for(each).vet_approval for each in classes}
    needs = product.needs_vet_approval and regulation.VetApproval.PER_PRODUCT in rules
    return needs or regulation.VetApproval.ALWAYS in rules


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
        approval = _locked(approval.pk)
        if approval.state != ApprovalState.ASKED:
            return approval
        approval.state = ApprovalState.APPROVED if verdict.agrees else ApprovalState.DECLINED
        approval.decided_at, approval.decided_by = at, by
        approval.note = verdict.note[:300]
        # Asked ahead of any order, the first order that comes is the first renewal.
        approval.renewals = verdict.renewals + (approval.line_id is None)
        approval.quantity = verdict.quantity or approval.quantity
        approval.valid_until = verdict.valid_until or (at + VALID).date()
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
            approval = _locked(key)
            if approval.state == ApprovalState.ASKED:
                approval.state = ApprovalState.EXPIRED
                approval.save(update_fields=["state"])
                _follow(approval)
    return len(keys)


def _locked(key: int) -> Approval:
    """The question, locked behind its order: two vets who decide at once see one another's word."""
    line = OrderLine.objects.filter(approvals=key).values_list("order", flat=True).first()
    if line is not None:
        Order.objects.select_for_update().get(pk=line)
    return Approval.objects.select_for_update().get(pk=key)


def _follow(approval: Approval) -> None:
    """What a decision means for the order that waits for it."""
    events.enqueue(ApprovalDecided(approval_id=approval.pk))
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


def tell_of_request(approval: Approval) -> None:
    """Tell who asked ahead of an order what came of it; once."""
    asker = approval.asked_by
    if asker is None or not asker.email:
        return
    language = Language(asker.language)
    facts = {"pet": approval.pet.name, "product": _name_of(approval.product, language)}
    with override(language):
        body = str(_ANSWERS[ApprovalState(approval.state)]) % facts
        if approval.note:
            body += "\n\n" + gettext("The vet's word: %(note)s") % {"note": approval.note}
        subject = gettext("The vet's answer for %(pet)s") % facts
    notices.notify(
        key=f"approval:{approval.pk}",
        recipient=asker.email,
        language=language,
        message=Message(subject=subject, body=body),
    )


def _name_of(product: Product, language: Language) -> str:
    words = product.texts.filter(language__in=[language, Language.FR])
    return min(words, key=lambda text: text.language != language).name


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
