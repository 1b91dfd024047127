"""Stock received, promised and let go: never more promised than there is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import cards
from catalog.models import Lot, Stock, StockMovement, Variant
from clinic.models import Place
from kernel.refusals import ErrorCode, Invalid, Refusal

MOST_AT_ONCE = 100_000


class BestBeforePassed(Refusal):
    """What is past its date may not enter the stock."""

    code = ErrorCode.BEST_BEFORE_PASSED
    words = _("Lot %(lot)s was best before %(date)s.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in: how many, of which lot. `reference` names the delivery note, taken once."""

    quantity: int
    lot: str = ""
    best_before: date | None = None
    reference: str = ""


def receive_stock(
    *, variant: Variant, place: Place, delivery: Delivery, by: Person | None, at: datetime
) -> Stock:
    """Add a delivery to the stock of a place. Locks the stock row.

    A reference that was received before at this place changes nothing.

    Raises:
        Invalid: a quantity outside 1 to 100,000.
        BestBeforePassed: the lot's date has passed.
    """
    if not 1 <= delivery.quantity <= MOST_AT_ONCE:
        raise Invalid(
            path=["input", "quantity"], value=delivery.quantity, expected=f"1 - {MOST_AT_ONCE}"
        )
    if delivery.best_before is not None and delivery.best_before <= at.date():
        raise BestBeforePassed(
            path=["input", "bestBefore"],
            lot=delivery.lot,
            date=delivery.best_before.isoformat(),
            article="Reg. (EC) 767/2009 art. 15",
        )
    with transaction.atomic():
        stock, _is_new = Stock.objects.get_or_create(variant=variant, place=place)
        Stock.objects.select_for_update().get(pk=stock.pk)
        if delivery.reference and stock.movements.filter(reference=delivery.reference).exists():
            return stock
        was = _state(variant)
        _add_to_lot(stock, delivery, by=by, at=at)
        Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + delivery.quantity)
        audit.record(
            action="stock.receive",
            subject=variant,
            by=by,
            at=at,
            changes={"quantity": delivery.quantity, "lot": delivery.lot},
        )
        if _state(variant) != was:
            cards.project([variant.product_id], at=at)
        stock.refresh_from_db()
    return stock


def _add_to_lot(stock: Stock, delivery: Delivery, *, by: Person | None, at: datetime) -> None:
    lot, is_new = Lot.objects.get_or_create(
        stock=stock,
        code=delivery.lot or "-",
        best_before=delivery.best_before,
        defaults={"quantity": delivery.quantity},
    )
    if not is_new:
        Lot.objects.filter(pk=lot.pk).update(quantity=F("quantity") + delivery.quantity)
    StockMovement.objects.create(
        stock=stock,
        lot=lot,
        quantity=delivery.quantity,
        reason="received",
        reference=delivery.reference,
        by=by,
        at=at,
    )


def _state(variant: Variant) -> str:
    return cards.availability(Variant.objects.prefetch_related("stocks").get(pk=variant.pk))


def reserve(*, variant: Variant, place: Place, quantity: int, at: datetime) -> bool:
    """Promise packs to a buyer by one conditional statement; False when there are not enough."""
    with transaction.atomic():
        was = _state(variant)
        taken = Stock.objects.filter(
            variant=variant, place=place, on_hand__gte=F("reserved") + quantity
        ).update(reserved=F("reserved") + quantity)
        if taken and _state(variant) != was:
            cards.project([variant.product_id], at=at)
    return bool(taken)
