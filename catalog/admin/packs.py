"""Packs in the back office: what they are, cost and have in stock."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin.acting import ActsAdmin, acting, has_duty, told
from accounts.roles import Duty
from catalog import cards, packs
from catalog.admin import labels
from catalog.admin.pack_acts import ACTS, price_facts, reduction_barred
from catalog.admin.pack_forms import WORDED, NewPackForm, PackForm
from catalog.admin.pack_panel import lot_rows, movement_rows, price_rows
from catalog.admin.product_filters import Lookups
from catalog.admin.product_list import name_of
from catalog.admin.product_parts import availability_badge
from catalog.models import Variant
from catalog.vocabulary import Availability, RegulatoryClass

_FACTS = (
    (
        None,
        {
            "fields": (
                "pack_label",
                "gtin",
                "regulatory_class",
                ("units_per_pack", "net_quantity", "unit"),
                "shipping_weight_g",
                "is_active",
                "position",
            )
        },
    ),
    (
        _("More"),
        {
            "classes": ("collapse",),
            "fields": (
                ("weight_min_kg", "weight_max_kg"),
                "purchase_price",
                "option_lines",
                "substance_lines",
            ),
        },
    ),
)


class StateFilter(DropdownFilter):
    """By what is left to sell over all places."""

    title = _("availability")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(each.value, words) for each, words in labels.AVAILABILITIES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> QuerySet[Variant]:
        if self.value() not in list(Availability):
            return queryset
        counted = queryset.annotate(
            left=Coalesce(Sum(F("stocks__on_hand") - F("stocks__reserved")), 0)
        )
        match Availability(str(self.value())):
            case Availability.OUT:
                return counted.filter(left__lte=0)
            case Availability.LOW:
                return counted.filter(left__gt=0, left__lte=cards.LOW_STOCK)
            case Availability.IN_STOCK:
                return counted.filter(left__gt=cards.LOW_STOCK)


class PackClassFilter(DropdownFilter):
    title = _("regulatory class")
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(each.value, words) for each, words in labels.CLASSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> QuerySet[Variant]:
        known = self.value() in list(RegulatoryClass)
        return queryset.filter(regulatory_class=self.value()) if known else queryset


class PackList(ActsAdmin):
    """What the shelves hold, as many statements for fifty packs as for one."""

    list_display = ("shown", "price_now", "state", "left_to_sell", "class_name", "is_active")
    list_display_links = ("shown",)
    list_filter = (StateFilter, PackClassFilter, "is_active")
    list_filter_submit = True
    list_per_page = 50
    search_fields = ("sku", "gtin", "pack_label", "product__texts__name")
    search_help_text = _("SKU, GTIN or name")
    ordering = ("product", "position")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        rows: QuerySet[Variant] = super().get_queryset(request)
        return rows.select_related("product").prefetch_related(
            "product__texts", "price_changes", "reductions", "stocks"
        )

    @display(description=_("pack"))
    def shown(self, variant: Variant) -> SafeString:
        return labels.shown(name_of(variant.product), f"{variant.pack_label} · {variant.sku}")

    @display(description=_("price now"))
    def price_now(self, variant: Variant) -> str:
        return labels.euros(cards.timeline_of(variant).price(timezone.now()))

    @display(description=_("availability"))
    def state(self, variant: Variant) -> SafeString:
        return availability_badge(cards.availability(variant))

    @display(description=_("left to sell"))
    def left_to_sell(self, variant: Variant) -> str:
        return labels.left(sum(row.on_hand - row.reserved for row in variant.stocks.all()))

    @display(description=_("regulatory class"), ordering="regulatory_class")
    def class_name(self, variant: Variant) -> str:
        return str(labels.CLASSES[RegulatoryClass(variant.regulatory_class)])


@admin.register(Variant)
class VariantAdmin(PackList):
    """A pack: its price and its stock stand above what it is, each with its buttons."""

    form = PackForm
    acts = ACTS
    autocomplete_fields = ("product",)
    compressed_fields = True
    change_form_outer_before_template = "admin/catalog/pack_panel.html"
    add_fieldsets = (
        (None, {"fields": ("product", "sku", ("price", "vat"))}),
        *_FACTS,
    )
    readonly_fields = ("identity",)
    fieldsets = (
        (None, {"fields": ("identity", *_FACTS[0][1]["fields"])}),
        _FACTS[1],
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who receives deliveries sees packs, whatever their other pages."""
        allowed: bool = super().has_view_permission(request, obj)
        return allowed or has_duty(request, Duty.RECEIVE_STOCK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A pack is taken off sale: its prices, its stock and its orders stay."""
        return False

    @display(description=_("SKU"))
    def identity(self, variant: Variant) -> SafeString:
        address = reverse("admin:catalog_product_change", args=[variant.product_id])
        return format_html(
            '<b>{}</b> · <a href="{}#variants" class="text-link">{}</a>',
            variant.sku,
            address,
            name_of(variant.product),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kw: Any) -> Any:
        return super().get_form(
            request, obj, change=change, **({"form": NewPackForm} if obj is None else {}), **kw
        )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in WORDED:
            kwargs["choices"] = WORDED[db_field.name]()
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: Any) -> None:
        person, at = acting(request)
        if change:
            packs.change_pack(variant=obj, facts=form.facts(), by=person, at=at)
            return
        made = packs.add_pack(
            product=form.cleaned_data["product"],
            sku=form.cleaned_data["sku"],
            facts=form.facts(),
            tariff=form.tariff(),
            by=person,
            at=at,
        )
        obj.pk = made.pk

    def response_add(
        self, request: HttpRequest, obj: Variant, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, gettext("The pack is there: its stock comes next."))
        return redirect(self.address_of(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        variant = context.get("original")
        if isinstance(variant, Variant):
            context["panel"] = self._panel(request, variant)
        context["show_save_and_add_another"] = False
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _panel(self, request: HttpRequest, variant: Variant) -> dict[str, Any]:
        at = timezone.now()
        barred = reduction_barred(variant)
        stocks = variant.stocks.select_related("place").prefetch_related("lots")
        return {
            "name": name_of(variant.product),
            "pack": variant,
            "facts": price_facts(variant, at),
            "barred": told(barred) if barred else "",
            "on_offer": cards.timeline_of(variant).cut(at) is not None,
            "prices": price_rows(variant, at),
            "vat": [(labels.day(r.effective_from), r.percent) for r in variant.vat_rates.all()],
            "badge": availability_badge(cards.availability(variant)),
            "stocks": [(stock, lot_rows(stock)) for stock in stocks],
            "movements": movement_rows(variant),
            "acts": self.acts_open(request, variant),
        }
