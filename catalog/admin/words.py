"""Brands, categories, synonyms, properties, and what owners searched in vain."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from accounts.admin.acting import VerbAdmin, acting
from catalog import editing
from catalog.admin import labels
from catalog.models import Attribute, Brand, Category, MedicinePack, SearchMiss, SynonymGroup
from catalog.vocabulary import RegulatoryClass
from clinic.admin import ReadOnly


class Kept(VerbAdmin):
    """Rows that are changed but never removed here: products hold on to them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Brand)
class BrandAdmin(Kept):
    list_display = ("name", "manufacturer", "products_count", "answers_for_it")
    search_fields = ("name", "manufacturer")
    prepopulated_fields = {"slug": ("name",)}
    fields = (
        "name",
        "slug",
        "manufacturer",
        "postal_address",
        "electronic_address",
        "eu_responsible",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        rows: QuerySet[Brand] = super().get_queryset(request)
        return rows.annotate(how_many=Count("products"))

    @display(description=_("products"), ordering="how_many")
    def products_count(self, brand: Any) -> str:
        return labels.products(brand.how_many)

    @display(description=_("GPSR addresses"), boolean=True)
    def answers_for_it(self, brand: Brand) -> bool:
        return bool(brand.manufacturer and brand.postal_address and brand.electronic_address)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: Any) -> None:
        person, at = acting(request)
        editing.keep_brand(brand=obj, by=person, at=at)


@admin.register(Category)
class CategoryAdmin(Kept):
    list_display = ("path", "name_fr", "name_en", "products_count")
    search_fields = ("path", "name_fr", "name_en")
    fields = ("name_fr", "name_en", "slug", "parent", "position")
    prepopulated_fields = {"slug": ("name_fr",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        rows: QuerySet[Category] = super().get_queryset(request)
        return rows.annotate(how_many=Count("products"))

    @display(description=_("products"), ordering="how_many")
    def products_count(self, category: Any) -> str:
        return labels.products(category.how_many)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: Any) -> None:
        person, at = acting(request)
        editing.keep_category(category=obj, by=person, at=at)


@admin.register(SynonymGroup)
class SynonymGroupAdmin(VerbAdmin):
    list_display = ("__str__",)
    search_fields = ("terms",)
    fields = ("terms",)

    def save_model(self, request: HttpRequest, obj: SynonymGroup, form: Any, change: Any) -> None:
        person, at = acting(request)
        editing.keep_synonyms(group=obj, by=person, at=at)

    def delete_model(self, request: HttpRequest, obj: SynonymGroup) -> None:
        person, at = acting(request)
        editing.drop_synonyms(group=obj, by=person, at=at)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SynonymGroup]) -> None:
        for group in queryset:
            self.delete_model(request, group)


@admin.register(Attribute)
class AttributeAdmin(Kept):
    list_display = ("slug", "label_fr", "label_en")
    search_fields = ("slug", "label_fr", "label_en")
    fields = ("label_fr", "label_en", "slug")
    prepopulated_fields = {"slug": ("label_fr",)}

    def save_model(self, request: HttpRequest, obj: Attribute, form: Any, change: Any) -> None:
        person, at = acting(request)
        editing.keep_attribute(attribute=obj, by=person, at=at)


@admin.register(SearchMiss)
class SearchMissAdmin(ReadOnly):
    """What owners looked for and did not find: a synonym, or a product to order."""

    list_display = ("text", "times", "day")
    list_filter = (("day", RangeDateFilter),)
    list_filter_submit = True
    search_fields = ("text",)
    ordering = ("-day", "-times")
    fields = ("text", "day", "times")


@admin.register(MedicinePack)
class MedicinePackAdmin(ReadOnly):
    """The official list: read by the import and by the form of a pack, changed by neither."""

    list_display = ("medicine", "pack", "gtin", "class_name", "authorisation")
    list_filter = ("regulatory_class",)
    search_fields = ("medicine", "gtin", "authorisation")
    fields = (
        "medicine",
        "pack",
        "gtin",
        "authorisation",
        "delivery_code",
        "atcvet",
        "class_name",
    )
    readonly_fields = ("class_name",)
    show_full_result_count = False

    @display(description=_("regulatory class"), ordering="regulatory_class")
    def class_name(self, medicine: MedicinePack) -> str:
        return str(labels.CLASSES[RegulatoryClass(medicine.regulatory_class)])
