"""What stands above a pack's form: its prices and its stock, as tables that are only read."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from catalog.admin import labels
from catalog.models import Stock, StockMovement, Variant
from kernel.money import Money

_LATEST_MOVEMENTS = 20


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A line of the price history; `ahead` says that it is still to come."""

    since: datetime
    price: str
    what: str
    why: str
    by: str
    moment: str
    until: str = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class MovementRow:
    moment: str
    quantity: str
    why: str
    place: str
    lot: str
    note: str
    by: str


def lot_rows(stock: Stock) -> list[tuple[str, str, int]]:
    return [
        (labels.lot(lot.code), labels.best_before(lot.best_before), lot.quantity)
        for lot in stock.lots.all()
    ]


def price_rows(variant: Variant, at: datetime) -> list[PriceRow]:
    """Every price and reduction of a pack, the newest first."""
    prices = [
        PriceRow(
            since=change.effective_from,
            price=labels.euros(Money(change.gross_cents)),
            what=gettext("price"),
            why=labels.reason(change.reason),
            by=str(change.by or ""),
            moment=labels.moment(change.effective_from),
            ahead=change.effective_from > at,
        )
        for change in variant.price_changes.select_related("by")
    ]
    cuts = [
        PriceRow(
            since=cut.starts_at,
            price=labels.euros(Money(cut.price_cents)),
            what=gettext("reduction"),
            why="" if cut.reason == "reduction" else cut.reason,
            by=str(cut.by or ""),
            moment=labels.moment(cut.starts_at),
            until=labels.moment(cut.ends_at) if cut.ends_at else gettext("further notice"),
            ahead=cut.starts_at > at,
        )
        for cut in variant.reductions.select_related("by")
    ]
    return sorted([*prices, *cuts], key=lambda row: row.since, reverse=True)


def movement_rows(variant: Variant) -> list[MovementRow]:
    """The latest movements of a pack over all places."""
    moves = StockMovement.objects.filter(stock__variant=variant)
    moves = moves.select_related("stock__place", "lot", "by")
    return [
        MovementRow(
            moment=labels.moment(move.at),
            quantity=f"{move.quantity:+}",
            why=labels.reason(move.reason),
            place=str(move.stock.place),
            lot=labels.lot(move.lot.code) if move.lot else "",
            note=move.reference,
            by=str(move.by or ""),
        )
        for move in moves[:_LATEST_MOVEMENTS]
    ]
