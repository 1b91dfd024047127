"""The tabs of a product's page: texts, packs, pictures, nutrition, rations, properties, trail."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.datasets import BaseDataset
from unfold.decorators import display
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
)

from accounts.admin import ACTION_NAMES, told_changes
from accounts.admin.labels import badge
from accounts.models import AuditEntry
from catalog import cards, gallery
from catalog.admin import labels
from catalog.models import (
    Nutrition,
    Picture,
    ProductAttribute,
    ProductText,
    RationRow,
    Variant,
)
from catalog.vocabulary import Availability, Situation
from clinic.admin import Page
from kernel.animals import Language, Species

_LONG_TEXTS = ("description", "composition", "additives", "instructions")
LANGUAGES = {Language.FR: _("French"), Language.EN: _("English")}


class TextForm(forms.ModelForm):
    class Meta:
        model = ProductText
        fields = (
            "language",
            "name",
            "description",
            "composition",
            "additives",
            "instructions",
            "dietetic_purpose",
            "keywords",
        )
        widgets: ClassVar = {name: UnfoldAdminExpandableTextareaWidget() for name in _LONG_TEXTS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].disabled = self.instance.pk is not None


class TextInline(StackedInline):
    model = ProductText
    form = TextForm
    extra = 0
    max_num = len(Language)
    can_delete = False
    tab = True

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "language":
            kwargs["choices"] = [(each.value, words) for each, words in LANGUAGES.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class PackInline(TabularInline):
    """The packs with their price and stock of the moment; each has a page of its own."""

    model = Variant
    fields = ("pack", "price_now", "state", "left", "is_active")
    readonly_fields = ("pack", "price_now", "state", "left", "is_active")
    extra = 0
    can_delete = False
    show_title = False
    tab = True
    template_before = "admin/catalog/add_pack.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        packs: QuerySet[Variant] = super().get_queryset(request)
        return packs.prefetch_related("price_changes", "reductions", "stocks")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("pack"))
    def pack(self, variant: Variant) -> SafeString:
        return pack_link(variant)

    @display(description=_("price now"))
    def price_now(self, variant: Variant) -> str:
        return labels.euros(cards.timeline_of(variant).price(timezone.now()))

    @display(description=_("availability"))
    def state(self, variant: Variant) -> SafeString:
        return availability_badge(cards.availability(variant))

    @display(description=_("left to sell"))
    def left(self, variant: Variant) -> str:
        return labels.left(sum(row.on_hand - row.reserved for row in variant.stocks.all()))


def pack_link(variant: Variant) -> SafeString:
    return format_html(
        '<a href="{}" class="text-link font-semibold">{}</a><br>{}',
        reverse("admin:catalog_variant_change", args=[variant.pk]),
        variant.pack_label,
        variant.sku,
    )


_COLOURS = {
    Availability.IN_STOCK: "green",
    Availability.LOW: "orange",
    Availability.OUT: "red",
}


def availability_badge(state: Availability) -> SafeString:
    return badge(labels.AVAILABILITIES[state], _COLOURS[state])


class PictureInline(StackedInline):
    """The pictures in the shop's order: the first is the one that lists show."""

    model = Picture
    fields = ("preview", "alt_fr", "alt_en", "position")
    readonly_fields = ("preview",)
    extra = 0
    tab = True
    template_before = "admin/catalog/add_picture.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("preview"))
    def preview(self, picture: Picture) -> SafeString:
        return preview_of(picture)


def preview_of(picture: Picture) -> SafeString:
    if not picture.renditions:
        return format_html("<em>{}</em>", _("being drawn by the background worker"))
    narrowest, widest = picture.renditions[0][1], picture.renditions[-1][1]
    return format_html(
        '<a href="{}" target="_blank"><img src="{}" alt="{}" loading="lazy" '
        'style="max-height: 160px; max-width: 100%; border-radius: 6px"></a>',
        gallery.rendition_url(widest),
        gallery.rendition_url(narrowest),
        picture.alt_fr,
    )


class NutritionInline(StackedInline):
    model = Nutrition
    fields = (
        ("protein", "fat"),
        ("fibre", "ash"),
        "moisture",
        ("calcium", "phosphorus"),
        "sodium",
        ("kcal_100g", "energy_origin"),
    )
    readonly_fields = ("energy_origin",)
    max_num = 1
    extra = 0
    tab = True


def _number(placeholder: str | Promise) -> forms.NumberInput:
    """On a phone the headings of a table are not there: the field says what it is."""
    attrs = {"class": " ".join(INPUT_CLASSES), "placeholder": placeholder, "step": "any"}
    return forms.NumberInput(attrs=attrs)


class RationForm(forms.ModelForm):
    species = forms.ChoiceField(
        label=_("Species"),
        choices=labels.choices(Species, labels.animal),
        widget=UnfoldAdminSelectWidget(),
    )
    situation = forms.ChoiceField(
        label=_("Situation"),
        choices=labels.choices(Situation, labels.situation),
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = RationRow
        fields = ("species", "situation", "weight_kg", "grams_per_day")
        widgets: ClassVar = {
            "weight_kg": _number(_("kg of animal")),
            "grams_per_day": _number(_("grams a day")),
        }


class RationInline(TabularInline):
    model = RationRow
    form = RationForm
    extra = 0
    tab = True


class AttributeInline(TabularInline):
    model = ProductAttribute
    fields = ("attribute", "value_fr", "value_en")
    extra = 0
    tab = True


def survivors(formset: BaseInlineFormSet) -> list[dict[str, Any]]:
    """The rows that a formset leaves standing, changed or not."""
    return [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE") and _is_filled(form)
    ]


def _is_filled(form: forms.ModelForm) -> bool:
    return form.instance.pk is not None or form.has_changed()


class TrailAdmin(Page):
    """Who changed what of a product and its packs."""

    list_display = ("action_name", "at", "who", "what_changed")
    list_display_links = None
    list_per_page = 30
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        product = int(self.extra_context["object"] or 0)
        packs = Variant.objects.filter(product_id=product).values_list("pk", flat=True)
        subjects = [f"catalog.product:{product}", *(f"catalog.variant:{pk}" for pk in packs)]
        return AuditEntry.objects.filter(subject__in=subjects).select_related("by")

    @display(description=_("action"))
    def action_name(self, entry: AuditEntry) -> str:
        return str(ACTION_NAMES.get(entry.action, entry.action))

    @display(description=_("by"))
    def who(self, entry: AuditEntry) -> str:
        return str(entry.by or gettext("the shop itself"))

    @display(description=_("what changed"))
    def what_changed(self, entry: AuditEntry) -> SafeString:
        return told_changes(entry.changes)


class TrailDataset(BaseDataset):
    model = AuditEntry
    model_admin = TrailAdmin
    tab = True
    title = _("Who changed what")
