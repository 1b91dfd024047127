"""The forms of a product's own facts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from accounts.admin.fields import TextField, TicksField
from catalog.admin import labels
from catalog.editing import ProductFacts
from catalog.models import Product
from kernel.animals import Condition, IngredientGroup, Species


class FactsForm(forms.ModelForm):
    """What a product is; words with a list of their own are ticked."""

    species = TicksField(label=_("Species"), choices=labels.choices(Species, labels.animal))
    conditions = TicksField(label=_("Conditions"), choices=labels.choices(Condition, labels.animal))
    composition_known = forms.BooleanField(
        label=_("The composition is known"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_("Otherwise no exclusion can be promised to owners."),
    )
    ingredient_groups = TicksField(
        label=_("It contains"), choices=labels.choices(IngredientGroup, labels.animal)
    )

    class Meta:
        model = Product
        fields = (
            "slug",
            "brand",
            "category",
            "range_name",
            "form",
            "life_stage",
            "size_class",
            "google_category",
            "needs_vet_approval",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.ingredient_groups is not None
        if "composition_known" in self.fields:
            self.fields["composition_known"].initial = known and self.instance.pk is not None
        for name in ("species", "conditions", "ingredient_groups"):
            if name in self.fields:
                self.fields[name].initial = getattr(self.instance, name) or []

    def facts(self) -> ProductFacts:
        given: dict[str, Any] = dict(self.cleaned_data)
        given.pop("slug", None)
        given.pop("name", None)
        known = given.pop("composition_known", False)
        groups = tuple(given.pop("ingredient_groups", ()))
        given["ingredient_groups"] = groups if known or groups else None
        for name in ("species", "conditions"):
            given[name] = tuple(given.get(name, ()))
        return ProductFacts(**given)


class StartForm(FactsForm):
    """The first page of a new product: the rest waits on its own page."""

    name = TextField(label=_("Name (French)"), max_length=160)

    class Meta:
        model = Product
        fields = ("brand", "category", "range_name", "form", "life_stage", "size_class")
