"""Lots in the back office: which leave first, and which are close to their date."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from catalog.admin import labels
from catalog.admin.product_parts import pack_link
from catalog.models import Lot, StockMovement
from clinic.admin import ReadOnly


@admin.register(Lot)
class LotAdmin(ReadOnly):
    """The first to expire stand first; lots without a date come last."""

    list_display = ("pack", "lot_code", "leaves_by", "held", "place")
    list_display_links = None
    list_filter = (("best_before", RangeDateFilter), "stock__place")
    list_filter_submit = True
    list_select_related = ("stock__variant", "stock__place")
    search_fields = ("code", "stock__variant__sku", "stock__variant__gtin")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lot]:
        rows: QuerySet[Lot] = super().get_queryset(request)
        return rows.filter(quantity__gt=0)

    @display(description=_("pack"))
    def pack(self, lot: Lot) -> SafeString:
        return pack_link(lot.stock.variant)

    @display(description=_("lot"), ordering="code")
    def lot_code(self, lot: Lot) -> str:
        return labels.lot(lot.code)

    @display(description=_("best before"), ordering="best_before")
    def leaves_by(self, lot: Lot) -> str:
        return labels.best_before(lot.best_before)

    @display(description=_("quantity"), ordering="quantity")
    def held(self, lot: Lot) -> str:
        return labels.packs(lot.quantity)

    @display(description=_("place"))
    def place(self, lot: Lot) -> Any:
        return lot.stock.place


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly):
    """Why the stock is what it is: rows are added by the verbs, never changed."""

    list_display = ("pack", "moved", "why", "at", "reference", "by")
    list_display_links = None
    list_filter = ("reason",)
    list_select_related = ("stock__variant", "by")
    search_fields = ("reference", "stock__variant__sku", "stock__variant__gtin", "lot__code")
    show_full_result_count = False

    @display(description=_("pack"))
    def pack(self, move: StockMovement) -> SafeString:
        return pack_link(move.stock.variant)

    @display(description=_("reason"), ordering="reason")
    def why(self, move: StockMovement) -> str:
        return labels.reason(move.reason)

    @display(description=_("quantity"))
    def moved(self, move: StockMovement) -> SafeString:
        return format_html("<b>{}</b>", f"{move.quantity:+}")
