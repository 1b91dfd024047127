"""The tabs of a product's page, each kept by its verb."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import BaseInlineFormSet

from accounts.models import Person
from catalog import editing, gallery, products
from catalog.admin.product_parts import survivors
from catalog.editing import Analysis, Ration
from catalog.models import (
    Nutrition,
    Picture,
    Product,
    ProductAttribute,
    ProductText,
    RationRow,
)
from kernel.animals import Language


class TabKeeper:
    """Hands a tab of the page to the verb that keeps it."""

    def __init__(self, product: Product, by: Person, at: datetime) -> None:
        self._product = product
        self._by = by
        self._at = at

    def keep(self, formset: BaseInlineFormSet) -> None:
        tabs: dict[Any, Callable[[BaseInlineFormSet], None]] = {
            ProductText: self._keep_texts,
            Picture: self._keep_pictures,
            Nutrition: self._keep_nutrition,
            RationRow: self._keep_rations,
            ProductAttribute: self._keep_attributes,
        }
        tabs[formset.model](formset)

    def _keep_texts(self, formset: BaseInlineFormSet) -> None:
        for form in formset.forms:
            if form.has_changed():
                is_new = form.instance.pk is None
                names = products.TEXT_FIELDS if is_new else form.changed_data
                words = {n: form.cleaned_data[n] for n in products.TEXT_FIELDS if n in names}
                editing.change_words(
                    product=self._product,
                    language=Language(form.cleaned_data["language"]),
                    words=words,
                    by=self._by,
                    at=self._at,
                )

    def _keep_pictures(self, formset: BaseInlineFormSet) -> None:
        for picture, _names in formset.changed_objects:
            alt = (picture.alt_fr, picture.alt_en)
            gallery.describe_picture(
                picture=picture, alt=alt, position=picture.position, at=self._at
            )
        for picture in formset.deleted_objects:
            gallery.remove_picture(picture=picture, by=self._by, at=self._at)

    def _keep_nutrition(self, formset: BaseInlineFormSet) -> None:
        names = Analysis.__dataclass_fields__
        rows = [{name: row[name] for name in names} for row in survivors(formset)]
        analysis = Analysis(**rows[0]) if rows else None
        editing.keep_analysis(product=self._product, analysis=analysis, by=self._by, at=self._at)

    def _keep_rations(self, formset: BaseInlineFormSet) -> None:
        names = Ration.__dataclass_fields__
        rations = [Ration(**{name: row[name] for name in names}) for row in survivors(formset)]
        editing.keep_rations(product=self._product, rations=rations, by=self._by, at=self._at)

    def _keep_attributes(self, formset: BaseInlineFormSet) -> None:
        values = {
            row["attribute"]: (row["value_fr"], row["value_en"]) for row in survivors(formset)
        }
        editing.keep_attributes(product=self._product, values=values, by=self._by, at=self._at)
