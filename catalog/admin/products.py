"""Products in the back office: found, worded, pictured, published and withdrawn."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import acting
from catalog import editing, products
from catalog.admin import labels
from catalog.admin.product_acts import ACTS
from catalog.admin.product_forms import FactsForm, StartForm
from catalog.admin.product_list import ProductList, name_of
from catalog.admin.product_parts import (
    AttributeInline,
    NutritionInline,
    PackInline,
    PictureInline,
    RationInline,
    TextInline,
    TrailDataset,
)
from catalog.admin.product_saving import TabKeeper
from catalog.models import (
    Product,
)
from catalog.vocabulary import Form, ProductStatus
from kernel.animals import LifeStage, SizeClass

_WORDED = {
    "form": labels.choices(Form, labels.form_name),
    "life_stage": labels.choices(LifeStage, labels.animal, blank=True),
    "size_class": labels.choices(SizeClass, labels.animal, blank=True),
}


@admin.register(Product)
class ProductAdmin(ProductList):
    """A product with its tabs; what it lacks and what may be done stand above them."""

    form = FactsForm
    acts = ACTS
    compressed_fields = True
    warn_unsaved_form = True
    change_form_outer_before_template = "admin/catalog/product_panel.html"
    change_form_datasets = (TrailDataset,)
    inlines = (
        TextInline,
        PackInline,
        PictureInline,
        NutritionInline,
        RationInline,
        AttributeInline,
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("name", "brand", "category", "range_name", "form", "species")},
        ),
        (_("For whom"), {"fields": ("life_stage", "size_class", "conditions")}),
    )
    fieldsets = (
        (None, {"fields": ("brand", "category", "range_name", "form", "slug")}),
        (_("For whom"), {"fields": ("species", "life_stage", "size_class", "conditions")}),
        (_("Ingredients"), {"fields": ("composition_known", "ingredient_groups")}),
        (_("In the shop"), {"fields": ("needs_vet_approval", "google_category")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A product is withdrawn: its history, its orders and its links stay."""
        return False

    def get_inlines(self, request: HttpRequest, obj: Product | None = None) -> Any:
        return self.inlines if obj else ()

    def get_changeform_datasets(self, request: HttpRequest) -> Any:
        found = request.resolver_match
        return self.change_form_datasets if found and found.kwargs.get("object_id") else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kw: Any
    ) -> type[ModelForm]:
        return super().get_form(
            request, obj, change=change, **({"form": StartForm} if obj is None else {}), **kw
        )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in _WORDED:
            kwargs["choices"] = _WORDED[db_field.name]()
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: Any) -> None:
        person, at = acting(request)
        if not change:
            name = form.cleaned_data["name"]
            made = editing.start_product(name=name, facts=form.facts(), by=person, at=at)
            obj.pk, obj.slug = made.pk, made.slug
            return
        slug = form.cleaned_data["slug"]
        products.change_slug(product=obj, slug=slug, by=person, at=at)
        editing.change_facts(product=obj, facts=form.facts(), by=person, at=at)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: Any
    ) -> None:
        formset.save(commit=False)
        if formset.has_changed():
            TabKeeper(form.instance, *acting(request)).keep(formset)

    def response_add(
        self, request: HttpRequest, obj: Product, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request, gettext("The draft is open: words, packs and pictures come next.")
        )
        return redirect(self.address_of(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        product = cast("Product | None", context.get("original"))
        if product is not None:
            context["panel"] = self._panel(request, product)
        context["show_save_and_add_another"] = False
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _panel(self, request: HttpRequest, product: Product) -> dict[str, Any]:
        missing = products.missing_particulars(product)
        return {
            "name": name_of(product),
            "status": product.status,
            "status_words": labels.STATUSES[ProductStatus(product.status)],
            "missing": [(labels.particular(what), article) for what, article in missing],
            "acts": self.acts_open(request, product),
            "shop": f"{settings.STOREFRONT_URL}/produits/{product.slug}",
            "add_pack": f"{reverse('admin:catalog_variant_add')}?product={product.pk}",
        }
