"""Filters of the list of products."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from catalog import products
from catalog.admin import labels
from catalog.models import Brand, Category, Product
from catalog.vocabulary import ProductStatus, RegulatoryClass
from kernel.animals import Species

type Lookups = Iterable[tuple[str, str | Promise]]


class StatusFilter(DropdownFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(each.value, words) for each, words in labels.STATUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class MissingFilter(DropdownFilter):
    """What keeps products from being published, by the very rule that the verb goes by."""

    title = _("what is missing to publish")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("nothing", _("nothing: ready to publish")), *labels.PARTICULARS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        wanted = self.value()
        if not wanted:
            return queryset
        waiting = (
            Product.objects.exclude(status=ProductStatus.PUBLISHED)
            .select_related("brand")
            .prefetch_related("texts", "pictures", "variants__price_changes")
        )
        found = []
        for product in waiting:
            missing = [what for what, _article in products.missing_particulars(product)]
            if wanted in missing or (wanted == "nothing" and not missing):
                found.append(product.pk)
        return queryset.filter(pk__in=found)


class BrandFilter(DropdownFilter):
    title = _("brand")
    parameter_name = "brand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(str(pk), name) for pk, name in Brand.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        chosen = self.value() or ""
        return queryset.filter(brand_id=int(chosen)) if chosen.isdecimal() else queryset


class CategoryFilter(DropdownFilter):
    """A category and all below it."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(path, path) for path in Category.objects.values_list("path", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        path = self.value()
        if not path:
            return queryset
        below = Category.objects.filter(path__startswith=f"{path}/")
        return queryset.filter(category__in=below | Category.objects.filter(path=path))


class SpeciesFilter(DropdownFilter):
    title = _("species")
    parameter_name = "species"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(each.value, labels.animal(each)) for each in Species]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() not in list(Species):
            return queryset
        worded = queryset.annotate(species_text=Cast("species", TextField()))
        return worded.filter(species_text__contains=f'"{self.value()}"')


class ClassFilter(DropdownFilter):
    title = _("regulatory class")
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(each.value, words) for each, words in labels.CLASSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() not in list(RegulatoryClass):
            return queryset
        return queryset.filter(variants__regulatory_class=self.value()).distinct()
