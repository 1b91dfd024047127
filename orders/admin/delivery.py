"""Zones with their prices and the slots of the week, kept by their verbs."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
)

from accounts.admin.acting import VerbAdmin, acting, has_duty
from accounts.admin.fields import ChoiceField, MoneyField, TextField
from accounts.roles import Duty
from catalog.admin.labels import euros
from catalog.admin.product_parts import survivors
from clinic.admin import WEEKDAYS
from kernel.money import Money
from orders import slot_rules, zones
from orders.admin.labels import METHODS
from orders.carriers import CARRIERS
from orders.models import SlotRule, Zone, ZoneRate
from orders.vocabulary import DeliveryMethod
from orders.zones import Rate

_GRAMS = 1000
_PARTS_OF_A_POINT = (4, 5)


class ByDuty:
    """Pages that a duty opens, whatever Django's own permissions say."""

    duty: ClassVar[Duty] = Duty.MANAGE_DELIVERY

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, self.duty)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, self.duty)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, self.duty)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, self.duty)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_duty(request, self.duty)


class RateForm(forms.ModelForm):
    """A bracket: kilos and euros, as people say them."""

    up_to_kg = forms.DecimalField(
        label=_("Up to (kg)"),
        min_value=Decimal("0.001"),
        max_value=Decimal(zones.HEAVIEST_G // _GRAMS),
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    price = MoneyField(label=_("Price, VAT included"))

    class Meta:
        model = ZoneRate
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            grams = Decimal(self.instance.up_to_g)
            self.initial["up_to_kg"] = f"{grams / _GRAMS:f}"
            self.initial["price"] = _typed(self.instance.gross_cents)


class RateInline(ByDuty, TabularInline):
    model = ZoneRate
    form = RateForm
    extra = 0
    show_title = False


def _typed(cents: int | None) -> str:
    return "" if cents is None else str(Money(cents)).replace(".", ",")


class ZoneForm(forms.ModelForm):
    """Beginnings of postal codes by commas, relay points a line each."""

    method = ChoiceField(
        label=_("For"),
        choices=[
            (each.value, METHODS[each]) for each in (DeliveryMethod.HOME, DeliveryMethod.RELAY)
        ],
    )
    starts = TextField(
        label=_("Beginnings of postal codes"),
        required=False,
        help_text=_(
            "Such as “35, 22, 5313”. None: the whole country. Corsica (20) and overseas (97, 98) "
            "are reached only when they are written here."
        ),
    )
    free_from = MoneyField(label=_("Free from"), required=False)
    carrier = ChoiceField(label=_("Carrier"), choices=[(name, name) for name in sorted(CARRIERS)])
    point_lines = forms.CharField(
        label=_("Relay points"),
        required=False,
        widget=UnfoldAdminExpandableTextareaWidget(),
        help_text=_("One a line: name; street; postal code; town; opening hours."),
    )

    class Meta:
        model = Zone
        fields = ("place", "name", "country", "is_active", "has_slots", "days_needed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Zone = self.instance
        self.initial = {
            **self.initial,
            "method": zone.method,
            "starts": ", ".join(zone.prefixes),
            "free_from": _typed(zone.free_from_cents),
            "carrier": zone.carrier,
            "point_lines": "\n".join(_line_of(point) for point in zone.points),
        }

    def clean_point_lines(self) -> list[dict[str, str]]:
        lines = [line for line in self.cleaned_data["point_lines"].splitlines() if line.strip()]
        return [_point_of(line) for line in lines]

    def clean(self) -> dict[str, Any]:
        """What the fields say in people's words goes onto the zone, as the rest does."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        zone: Zone = self.instance
        money = given.get("free_from")
        zone.method = given.get("method", zone.method)
        zone.carrier = given.get("carrier", zone.carrier)
        zone.prefixes = given.get("starts", "").replace(",", " ").split()
        zone.free_from_cents = money.cents if money else None
        zone.points = given.get("point_lines", zone.points)
        return given


def _line_of(point: dict[str, str]) -> str:
    names = ("name", "street", "postal_code", "city", "hours")
    return "; ".join(point[name] for name in names if point[name])


def _point_of(line: str) -> dict[str, str]:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) not in _PARTS_OF_A_POINT or not all(parts[:4]):
        raise ValidationError(gettext("“%s”: name; street; postal code; town are needed.") % line)
    name, street, postal_code, city = parts[:4]
    return {
        "id": slugify(f"{postal_code} {name}"),
        "name": name,
        "street": street,
        "postal_code": postal_code,
        "city": city,
        "hours": parts[4] if len(parts) > _PARTS_OF_A_POINT[0] else "",
    }


@admin.register(Zone)
class ZoneAdmin(ByDuty, VerbAdmin):
    """A zone and its prices are kept together."""

    form = ZoneForm
    inlines = (RateInline,)
    list_display = ("name", "method_name", "starts", "price_range", "free", "is_active")
    list_select_related = ("place",)
    actions = None
    compressed_fields = True
    fieldsets = (
        (None, {"fields": ("name", "place", "method", ("country", "is_active"), "starts")}),
        (_("When and by whom"), {"fields": ("has_slots", "days_needed", "carrier", "point_lines")}),
        (_("Price"), {"fields": ("free_from",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Zone]:
        rows: QuerySet[Zone] = super().get_queryset(request)
        return rows.prefetch_related("rates")

    @display(description=_("for"), ordering="method")
    def method_name(self, zone: Zone) -> str:
        return str(METHODS[DeliveryMethod(zone.method)])

    @display(description=_("postal codes"))
    def starts(self, zone: Zone) -> str:
        return ", ".join(zone.prefixes) or gettext("the whole country")

    @display(description=_("price"))
    def price_range(self, zone: Zone) -> str:
        cents = sorted({rate.gross_cents for rate in zone.rates.all()})
        ends = [cents[0], cents[-1]] if len(cents) > 1 else cents
        return " – ".join(euros(Money(each)) for each in ends)

    @display(description=_("free from"))
    def free(self, zone: Zone) -> str:
        return "—" if zone.free_from_cents is None else euros(Money(zone.free_from_cents))

    def save_model(self, request: HttpRequest, obj: Zone, form: Any, change: Any) -> None:
        """Kept with its rates, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        person, at = acting(request)
        (rates,) = formsets
        rates.save(commit=False)
        kept = [Rate(int(row["up_to_kg"] * _GRAMS), row["price"]) for row in survivors(rates)]
        zones.save_zone(zone=form.instance, rates=kept, by=person, at=at)

    def delete_model(self, request: HttpRequest, obj: Zone) -> None:
        person, at = acting(request)
        zones.remove_zone(zone=obj, by=person, at=at)


class SlotForm(forms.ModelForm):
    """Days by their names, methods in words."""

    method = ChoiceField(
        label=_("For"),
        choices=[
            (each.value, METHODS[each]) for each in (DeliveryMethod.HOME, DeliveryMethod.PICKUP)
        ],
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = SlotRule
        fields = (
            "place",
            "method",
            "weekday",
            "starts",
            "ends",
            "capacity",
            "days_before",
            "cut_off",
        )


@admin.register(SlotRule)
class SlotRuleAdmin(ByDuty, VerbAdmin):
    """The slots of a usual week; a single day is changed in the list of days."""

    form = SlotForm
    list_display = ("shown", "method_name", "room", "ordered", "place")
    list_display_links = ("shown",)
    list_filter = ("weekday", "place")
    list_select_related = ("place",)
    ordering = ("weekday", "starts", "method")
    actions = None
    compressed_fields = True
    fields = (
        "place",
        "method",
        "weekday",
        ("starts", "ends"),
        "capacity",
        ("days_before", "cut_off"),
    )

    @display(description=_("slot"), ordering="weekday")
    def shown(self, rule: SlotRule) -> str:
        return f"{WEEKDAYS[rule.weekday]} {hours_of(rule)}"

    @display(description=_("for"), ordering="method")
    def method_name(self, rule: SlotRule) -> str:
        return str(METHODS[DeliveryMethod(rule.method)])

    @display(description=_("room"), ordering="capacity")
    def room(self, rule: SlotRule) -> str:
        return gettext("room for %d") % rule.capacity

    @display(description=_("ordered until"))
    def ordered(self, rule: SlotRule) -> str:
        words = gettext("until %(hour)s, %(days)d working days before")
        return words % {"hour": f"{rule.cut_off:%H:%M}", "days": rule.days_before}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its days go with a slot that nobody holds: the duty that removes it removes them."""
        listed, counts, _more_permissions, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def save_model(self, request: HttpRequest, obj: SlotRule, form: Any, change: Any) -> None:
        person, at = acting(request)
        slot_rules.save_rule(rule=obj, by=person, at=at)

    def delete_model(self, request: HttpRequest, obj: SlotRule) -> None:
        person, at = acting(request)
        slot_rules.remove_rule(rule=obj, by=person, at=at)


def hours_of(rule: SlotRule) -> str:
    return f"{rule.starts:%H:%M} – {rule.ends:%H:%M}"
