"""Stock received, promised and let go: never more promised than there is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import cards
from catalog.models import Lot, Stock, StockMovement, Variant
from catalog.vocabulary import Availability
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


class OutOfStock(Refusal):
    """Fewer packs are left than were asked for; `facts` hold the SKU and how many are left."""

    code = ErrorCode.OUT_OF_STOCK
    words = _("Only %(left)d of %(sku)s are left.")


def reserve_all(*, demand: Mapping[int, int], place: Place, at: datetime) -> list[Stock]:
    """Promise packs to one buyer, by pack: all of them, or none; in the order of their keys.

    Each promise is one conditional statement, so that two buyers never get the last pack. Gives
    the stock rows. Call it inside the transaction that sells.

    Raises:
        OutOfStock: a pack is not left in that number.
    """
    variants = sorted(demand)
    rows = _stocks_of(variants)
    before = _states(rows)
    for variant in variants:
        quantity = demand[variant]
        taken = Stock.objects.filter(
            variant=variant, place=place, on_hand__gte=F("reserved") + quantity
        ).update(reserved=F("reserved") + quantity)
        if not taken:
            raise _out_of_stock(variant, place)
        for row in rows:
            if row.variant_id == variant and row.place_id == place.pk:
                row.reserved += quantity
    _show_turned(rows, before, at=at)
    return [row for row in rows if row.place_id == place.pk]


def release(*, promised: Mapping[int, int], at: datetime) -> None:
    """Let go what was promised, by the key of the stock row."""
    held = Stock.objects.filter(pk__in=promised).values_list("variant_id", flat=True)
    rows = _stocks_of(sorted(held))
    before = _states(rows)
    # By pack, as they were promised: two who let go and promise at once never wait for each other.
    for row in rows:
        if row.pk in promised:
            Stock.objects.filter(pk=row.pk).update(reserved=F("reserved") - promised[row.pk])
            row.reserved -= promised[row.pk]
    _show_turned(rows, before, at=at)


@dataclass(frozen=True, slots=True)
class Taken:
    """Packs that left the shelf, and the lot that they came from; None for stock without lots."""

    lot: Lot | None
    quantity: int


def take_out(
    *, stock: Stock, quantity: int, reference: str, by: Person | None, at: datetime
) -> list[Taken]:
    """Hand promised packs over: first those that expire first. Locks the stock row.

    `reference` names the parcel's line, taken out once. What was promised was on hand, so this
    cannot fail for want of stock.

    Raises:
        ValueError: more than was promised.
    """
    with transaction.atomic():
        stock = Stock.objects.select_for_update().get(pk=stock.pk)
        if quantity > stock.reserved:
            raise ValueError(f"{quantity} of {stock.reserved} promised packs cannot leave.")
        taken = _first_to_expire(stock, quantity)
        Stock.objects.filter(pk=stock.pk).update(
            on_hand=F("on_hand") - quantity, reserved=F("reserved") - quantity
        )
        StockMovement.objects.bulk_create(
            StockMovement(
                stock=stock,
                lot=each.lot,
                quantity=-each.quantity,
                reason="sold",
                reference=f"{reference}:{number}",
                by=by,
                at=at,
            )
            for number, each in enumerate(taken)
        )
    return taken


def _first_to_expire(stock: Stock, quantity: int) -> list[Taken]:
    taken: list[Taken] = []
    for lot in stock.lots.filter(quantity__gt=0):
        used = min(lot.quantity, quantity)
        if used:
            Lot.objects.filter(pk=lot.pk).update(quantity=F("quantity") - used)
            taken.append(Taken(lot, used))
            quantity -= used
    return [*taken, Taken(None, quantity)] if quantity else taken


def _stocks_of(variants: Sequence[int]) -> list[Stock]:
    found = Stock.objects.filter(variant__in=variants).select_related("variant")
    return list(found.order_by("variant_id", "place_id"))


def _states(rows: Sequence[Stock]) -> dict[int, Availability]:
    left: dict[int, int] = defaultdict(int)
    for row in rows:
        left[row.variant_id] += row.on_hand - row.reserved
    return {variant: cards.state_of(number) for variant, number in left.items()}


def _show_turned(rows: Sequence[Stock], before: Mapping[int, str], *, at: datetime) -> None:
    """Project the products of packs whose availability has turned."""
    after = _states(rows)
    turned = {
        row.variant.product_id for row in rows if before[row.variant_id] != after[row.variant_id]
    }
    if turned:
        cards.project(turned, at=at)


def _out_of_stock(variant: int, place: Place) -> OutOfStock:
    row = Stock.objects.filter(variant=variant, place=place).select_related("variant").first()
    sku = row.variant.sku if row else Variant.objects.values_list("sku", flat=True).get(pk=variant)
    return OutOfStock(path=["input"], sku=sku, left=row.on_hand - row.reserved if row else 0)
