"""The forms of a pack: what it is, what it costs, what comes in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminSelectWidget

from accounts.admin.acting import told
from accounts.admin.fields import (
    ChoiceField,
    DayField,
    MomentField,
    MoneyField,
    NumberField,
    TextField,
)
from catalog import packs
from catalog.admin import labels
from catalog.models import Variant
from catalog.packs import PackFacts, Tariff
from clinic.models import Place
from kernel.money import Money
from kernel.refusals import Refusal

#: The rates of metropolitan France. Source: CGI art. 278, 278-0 bis, 279, 281 octies.
VAT_RATES = [("20", "20 %"), ("10", "10 %"), ("5.5", "5,5 %"), ("2.1", "2,1 %")]


class PackForm(forms.ModelForm):
    """What a pack is. Lists are typed a line each."""

    purchase_price = MoneyField(label=_("Purchase price, net"), required=False)
    option_lines = forms.CharField(
        label=_("Options"),
        required=False,
        widget=UnfoldAdminExpandableTextareaWidget(),
        help_text=_("One a line, such as “size: M”."),
    )
    substance_lines = forms.CharField(
        label=_("Active substances"),
        required=False,
        widget=UnfoldAdminExpandableTextareaWidget(),
        help_text=_("One a line."),
    )

    class Meta:
        model = Variant
        fields = (
            "gtin",
            "pack_label",
            "units_per_pack",
            "net_quantity",
            "unit",
            "shipping_weight_g",
            "regulatory_class",
            "weight_min_kg",
            "weight_max_kg",
            "is_active",
            "position",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack: Variant = self.instance
        options = "\n".join(f"{name}: {value}" for name, value in pack.options.items())
        cents = pack.purchase_price_net_cents
        initials = {
            "option_lines": options,
            "substance_lines": "\n".join(pack.active_substances),
            "purchase_price": "" if cents is None else str(Money(cents)).replace(".", ","),
        }
        for name, value in initials.items():
            if name in self.fields:
                self.fields[name].initial = value

    def clean_gtin(self) -> str | None:
        try:
            return packs.gtin_of(self.cleaned_data["gtin"] or "")
        except Refusal as refusal:
            raise ValidationError(told(refusal)) from None

    def clean_option_lines(self) -> dict[str, str]:
        lines = [line for line in self.cleaned_data["option_lines"].splitlines() if line.strip()]
        if not all(":" in line for line in lines):
            raise ValidationError(_("A name, a colon and a value on each line."))
        pairs = (line.split(":", 1) for line in lines)
        return {name.strip(): value.strip() for name, value in pairs}

    def clean_substance_lines(self) -> tuple[str, ...]:
        lines = self.cleaned_data["substance_lines"].splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    def facts(self) -> PackFacts:
        given = self.cleaned_data
        purchase = given["purchase_price"]
        return PackFacts(
            **{name: given[name] for name in PackForm.Meta.fields},
            options=given["option_lines"],
            active_substances=given["substance_lines"],
            purchase_price_net_cents=purchase.cents if purchase else None,
        )


class NewPackForm(PackForm):
    """A pack that is not there yet, with its name for machines and its first price."""

    price = MoneyField(label=_("Price incl. VAT"))
    vat = ChoiceField(label=_("VAT (%)"), choices=VAT_RATES)

    class Meta:
        model = Variant
        fields = ("product", "sku", *PackForm.Meta.fields)

    def tariff(self) -> Tariff:
        return Tariff(
            price=self.cleaned_data["price"], vat_percent=Decimal(self.cleaned_data["vat"])
        )


class PriceForm(forms.Form):
    price = MoneyField(label=_("New price incl. VAT"))
    since = MomentField(
        label=_("From"), required=False, help_text=_("Empty: from now. Clock of the clinic.")
    )


class ReductionForm(forms.Form):
    price = MoneyField(label=_("Reduced price incl. VAT"))
    starts_at = MomentField(label=_("From"), required=False, help_text=_("Empty: from now."))
    ends_at = MomentField(
        label=_("Until"), required=False, help_text=_("Empty: until further notice.")
    )


class VatForm(forms.Form):
    percent = ChoiceField(label=_("VAT (%)"), choices=VAT_RATES)

    def clean_percent(self) -> Decimal:
        return Decimal(self.cleaned_data["percent"])


class DeliveryForm(forms.Form):
    """A delivery in the hand: the counter on top, so that two thumbs are enough."""

    quantity = NumberField(label=_("Quantity"), min_value=1)
    lot = TextField(label=_("Lot"), max_length=40, required=False)
    best_before = DayField(label=_("Best before"), required=False)
    reference = TextField(
        label=_("Delivery note"),
        max_length=80,
        required=False,
        help_text=_("A note that was received before adds nothing twice."),
    )
    place = forms.ModelChoiceField(
        label=_("Place"),
        queryset=Place.objects.order_by("pk"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )


WORDED = {
    "regulatory_class": labels.choices(labels.CLASSES, lambda each: labels.CLASSES[each]),
    "unit": labels.choices(labels.UNITS, lambda each: labels.UNITS[each]),
}
