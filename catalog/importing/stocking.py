"""The opening stock of packs that an import brings."""

from collections.abc import Sequence
from datetime import datetime

from catalog.models import Lot, Stock, StockMovement, Variant
from clinic.models import Place

OPENING_LOT = "-"
_LONGEST_REFERENCE = 80


def receive(
    packs: Sequence[tuple[Variant, int, str]], *, place: Place | None, source: str, at: datetime
) -> None:
    """Book (pack, quantity, reference) into a place, once; without a place nothing is booked."""
    if place is None:
        return
    stocks = Stock.objects.bulk_create(
        Stock(variant=variant, place=place, on_hand=quantity) for variant, quantity, _ref in packs
    )
    filled = [
        (stock, quantity, reference)
        for stock, (_variant, quantity, reference) in zip(stocks, packs, strict=True)
        if quantity
    ]
    lots = Lot.objects.bulk_create(
        Lot(stock=stock, code=OPENING_LOT, quantity=quantity) for stock, quantity, _ref in filled
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            stock=stock,
            lot=lot,
            quantity=quantity,
            reason="opening",
            reference=f"{source}:{reference}"[:_LONGEST_REFERENCE],
            at=at,
        )
        for (stock, quantity, reference), lot in zip(filled, lots, strict=True)
    )
