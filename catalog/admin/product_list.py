"""The list of products: what each looks like at a glance, and what is done to several at once."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.admin.acting import ActsAdmin, acting, refused_as_message
from catalog import cards, gallery, products
from catalog.admin import labels
from catalog.admin.product_filters import (
    BrandFilter,
    CategoryFilter,
    ClassFilter,
    MissingFilter,
    SpeciesFilter,
    StatusFilter,
)
from catalog.admin.product_parts import availability_badge
from catalog.models import Product
from catalog.vocabulary import Availability, ProductStatus
from kernel.animals import Language
from kernel.refusals import Refusal


def name_of(product: Product) -> str:
    """The French name: the one that every product has."""
    return next((t.name for t in product.texts.all() if t.language == Language.FR), product.slug)


def _is_list(request: HttpRequest) -> bool:
    found = request.resolver_match
    return found is not None and found.url_name == "catalog_product_changelist"


class ProductList(ActsAdmin):
    """As many statements for fifty products as for one."""

    list_display = ("shown", "status_badge", "state", "packs", "category")
    list_filter = (
        StatusFilter,
        MissingFilter,
        BrandFilter,
        CategoryFilter,
        SpeciesFilter,
        ClassFilter,
    )
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ("brand", "category")
    search_fields = ("texts__name", "slug", "variants__sku", "variants__gtin")
    search_help_text = _("Name, SKU or GTIN")
    ordering = ("-pk",)
    actions = ("publish_selected", "withdraw_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        rows: QuerySet[Product] = super().get_queryset(request)
        if not _is_list(request):
            return rows
        return rows.prefetch_related("texts", "pictures", "variants__stocks")

    @display(description=_("product"))
    def shown(self, product: Product) -> SafeString:
        drawn = [each for each in product.pictures.all() if each.renditions]
        picture = gallery.rendition_url(drawn[0].renditions[0][1]) if drawn else ""
        return labels.shown(name_of(product), product.brand.name, picture)

    @display(
        description=_("status"),
        ordering="status",
        label={"DRAFT": "warning", "PUBLISHED": "success", "WITHDRAWN": "danger"},
    )
    def status_badge(self, product: Product) -> tuple[str, str | Promise]:
        return product.status, labels.STATUSES[ProductStatus(product.status)]

    @display(description=_("packs"))
    def packs(self, product: Product) -> str:
        return labels.packs(sum(pack.is_active for pack in product.variants.all()))

    @display(description=_("availability"))
    def state(self, product: Product) -> str:
        states = {cards.availability(pack) for pack in product.variants.all() if pack.is_active}
        best = next((each for each in Availability if each in states), None)
        return availability_badge(best) if best else "—"

    @admin.action(description=_("Publish the products chosen"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        person, at = acting(request)
        done = 0
        for product in queryset:
            try:
                products.publish(product=product, by=person, at=at)
                done += 1
            except Refusal as refusal:
                refused_as_message(request, product, refusal)
        self._tell(
            request, ngettext("%d product is published.", "%d products are published.", done), done
        )

    @admin.action(description=_("Withdraw the products chosen"), permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        person, at = acting(request)
        for product in queryset:
            products.withdraw(product=product, by=person, at=at)
        done = len(queryset)
        self._tell(
            request, ngettext("%d product is withdrawn.", "%d products are withdrawn.", done), done
        )

    def _tell(self, request: HttpRequest, words: str, done: int) -> None:
        if done:
            messages.success(request, words % done)
