"""Prices set, cut and put back: an append-only history, and the rules of who may reduce what."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import cards, regulation
from catalog.models import PriceChange, Reduction, Variant
from catalog.pricing import Cut, overlaps
from clinic import details, revision
from kernel.money import Money
from kernel.refusals import ErrorCode, Invalid, Refusal

DEAREST = Money(10_000_00)


class ReductionNotAllowed(Refusal):
    """The seller's regime, or the class of the goods, bars reductions."""

    code = ErrorCode.REDUCTION_NOT_ALLOWED
    words = _("%(sku)s may not be sold at a reduced price: %(why)s")


class ReductionOverlaps(Refusal):
    """Another reduction of the pack holds in part of that time."""

    code = ErrorCode.REDUCTION_OVERLAPS
    words = _("%(sku)s is reduced already during part of that time.")


def set_price(
    *,
    variant: Variant,
    price: Money,
    by: Person | None,
    at: datetime,
    since: datetime | None = None,
) -> PriceChange:
    """Set the undiscounted price of a pack, from now or a moment ahead.

    The same price again is no change. Locks the pack.

    Raises:
        Invalid: the price is not from 0.01 to 10,000.00, or the moment has passed.
    """
    since = since or at
    if not Money(1) <= price <= DEAREST:
        raise Invalid(path=["input", "cents"], value=str(price), expected="0.01 - 10000.00")
    if since < at:
        raise Invalid(path=["input", "since"], value=since.isoformat(), expected=">= now")
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        known = variant.price_changes.filter(effective_from__lte=since)
        before = known.order_by("effective_from", "id").last()
        if before is not None and before.gross_cents == price.cents:
            return before
        change = PriceChange.objects.create(
            variant=variant,
            gross_cents=price.cents,
            effective_from=since,
            recorded_at=at,
            reason="set",
            by=by,
        )
        audit.record(
            action="price.set",
            subject=variant,
            by=by,
            at=at,
            changes={"cents": [before and before.gross_cents, price.cents]},
        )
        cards.project([variant.product_id], at=at)
    return change


def start_reduction(
    *,
    variant: Variant,
    price: Money,
    starts_at: datetime,
    ends_at: datetime | None,
    by: Person | None,
    at: datetime,
) -> Reduction:
    """Sell a pack for less during a window. Locks the pack.

    Raises:
        ReductionNotAllowed: under the clinic's regime (Code rural R.242-62), or for medicines.
        ReductionOverlaps: another window of the pack shares a moment with this one.
        Invalid: not lower than the price, or a window that ends before it starts or in the past.
    """
    refuse_unless_reducible(variant, reductions_allowed=_reductions_allowed())
    if ends_at is not None and ends_at <= max(starts_at, at):
        raise Invalid(path=["input", "endsAt"], value=ends_at.isoformat(), expected="> startsAt")
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        timeline = cards.timeline_of(variant)
        listed = timeline.list_price(starts_at)
        if listed is None or not Money(0) < price < listed:
            raise Invalid(path=["input", "cents"], value=str(price), expected=f"< {listed}")
        windows = [Cut(c.starts_at, c.ends_at, c.price_cents) for c in variant.reductions.all()]
        if overlaps([*windows, Cut(starts_at, ends_at, price.cents)]):
            raise ReductionOverlaps(sku=variant.sku)
        reduction = Reduction.objects.create(
            variant=variant,
            price_cents=price.cents,
            starts_at=starts_at,
            ends_at=ends_at,
            reason="reduction",
            by=by,
        )
        audit.record(
            action="reduction.start",
            subject=variant,
            by=by,
            at=at,
            changes={"cents": [listed.cents, price.cents]},
        )
        cards.project([variant.product_id], at=at)
    return reduction


def end_reductions(*, variant: Variant, by: Person | None, at: datetime) -> int:
    """Put a pack back to its list price now, and drop the windows still to come."""
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        ahead, _rows = variant.reductions.filter(starts_at__gte=at).delete()
        open_windows = variant.reductions.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        ended = open_windows.update(ends_at=at)
        if ended or ahead:
            audit.record(action="reduction.end", subject=variant, by=by, at=at)
            cards.project([variant.product_id], at=at)
    return ended + ahead


def refuse_unless_reducible(variant: Variant, *, reductions_allowed: bool) -> None:
    """Raises: ReductionNotAllowed, with the article that bars it."""
    rule = regulation.rule_for(variant.regulatory_class)
    if not rule.may_be_reduced:
        raise ReductionNotAllowed(
            article=rule.article, sku=variant.sku, why=variant.regulatory_class
        )
    if not reductions_allowed:
        raise ReductionNotAllowed(
            article="Code rural R.242-62", sku=variant.sku, why=_("the seller is the clinic itself")
        )


def _reductions_allowed() -> bool:
    return details.public_details(revision.current()).reductions_allowed
