"""The clinic's own pages of the back office: details, places, hours, closures, legal texts."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.db import models
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget

from clinic import details
from clinic.models import Clinic, Closure, LegalText, OpeningHours, Place
from clinic.vocabulary import ClientGate, LegalKind, SellerRegime
from kernel.animals import Language

WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}


REGIMES = {
    SellerRegime.CLINIC: _("the clinic itself: no reduction, no voucher"),
    SellerRegime.TRADING_COMPANY: _("a trading company beside it: reductions allowed"),
}
GATES = {
    ClientGate.OFF: _("nothing is asked"),
    ClientGate.TICK_BOX: _("a box to tick"),
    ClientGate.KNOWN_CLIENT: _("a client of the clinic"),
    ClientGate.RECENT_VISIT: _("a client seen lately"),
}
KINDS = {
    LegalKind.TERMS_OF_SALE: _("Terms of sale"),
    LegalKind.PRIVACY: _("Privacy"),
    LegalKind.LEGAL_NOTICE: _("Legal notice"),
    LegalKind.WITHDRAWAL: _("Right of withdrawal"),
    LegalKind.GUARANTEES: _("Guarantees"),
    LegalKind.RANKING: _("How results are ranked"),
}
LANGUAGES = {Language.FR: _("French"), Language.EN: _("English")}
_WORDED: dict[str, dict[Any, Any]] = {
    "seller_regime": REGIMES,
    "client_gate": GATES,
    "kind": KINDS,
    "language": LANGUAGES,
}


def _native(kind: str) -> dict[str, str]:
    return {"type": kind, "class": " ".join(INPUT_CLASSES)}


#: Days and hours are chosen in the calendar and the clock of the phone itself.
NATIVE_CLOCKS: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs=_native("date"))},
    models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs=_native("time"))},
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=_native("datetime-local")),
    },
}


class Page(ModelAdmin):
    """Every page of the back office: unfold's look, Django 6.1's way of asking for actions."""

    formfield_overrides: ClassVar[Mapping[type[models.Field], Mapping[str, Any]]] = NATIVE_CLOCKS

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> list[tuple[str, str]]:
        blank = [("", str(_("Choose an action")))]
        return admin.ModelAdmin.get_action_choices(self, request, blank, action_location)


class Worded(Page):
    """Pages that show words where the database keeps codes."""

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in _WORDED:
            kwargs["choices"] = [
                (code.value, name) for code, name in _WORDED[db_field.name].items()
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class ReadOnly(Page):
    """Pages that show and change nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return False


@admin.register(Clinic)
class ClinicAdmin(Worded):
    """One row: its list leads straight to it."""

    fieldsets = (
        (_("Who we are"), {"fields": ("name", "legal_name", "siret", "vat_number")}),
        (_("How to reach us"), {"fields": ("email", "phone", "emergency_phone")}),
        (
            _("What the law asks of the seller"),
            {"fields": ("seller_regime", "client_gate", "mediator", "medicine_declaration")},
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Clinic.objects.exists()

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.has_view_permission(request) and Clinic.objects.exists():
            return redirect(reverse("admin:clinic_clinic_change", args=[1]))
        listed: HttpResponse = super().changelist_view(request, extra_context)
        return listed

    def save_model(
        self,
        request: HttpRequest,
        obj: Clinic,
        form: ModelForm,
        change: Any,
    ) -> None:
        details.save_details(obj)


class WeekdayForm(forms.ModelForm):
    """Days by their names, not by their numbers."""

    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = OpeningHours
        fields = ("weekday", "opens", "closes")


class HoursInline(TabularInline):
    model = OpeningHours
    form = WeekdayForm
    formfield_overrides = NATIVE_CLOCKS
    extra = 0
    show_title = False
    tab = True


class ClosureInline(TabularInline):
    model = Closure
    formfield_overrides = NATIVE_CLOCKS
    extra = 0
    show_title = False
    tab = True


@admin.register(Place)
class PlaceAdmin(Page):
    list_display = ("name", "city", "phone", "is_active")
    fields = ("name", "street", ("postal_code", "city"), "country", "phone", "is_active")
    inlines = (HoursInline, ClosureInline)
    compressed_fields = True

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        """A place keeps stock and a history: it is closed to the public, not removed."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Place,
        form: ModelForm,
        change: Any,
    ) -> None:
        details.save_details(obj)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm,
        formset: BaseModelFormSet,
        change: Any,
    ) -> None:
        for row in formset.save(commit=False):
            details.save_details(row)
        for row in formset.deleted_objects:
            details.remove_detail(row)


@admin.register(LegalText)
class LegalTextAdmin(Worded):
    """Versions are added; those that are there are only read."""

    list_display = ("kind_name", "language", "version", "title", "effective_from")
    list_filter = ("kind", "language")
    search_fields = ("title", "body")
    add_fields: ClassVar = ("kind", "language", "title", "body", "effective_from")
    fields = ("kind", "language", "version", "title", "body", "effective_from")

    @display(description=_("kind"), ordering="kind")
    def kind_name(self, text: LegalText) -> str:
        return str(KINDS[LegalKind(text.kind)])

    def get_fields(self, request: HttpRequest, obj: LegalText | None = None) -> Any:
        return super().get_fields(request, obj) if obj else self.add_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"effective_from": timezone.now(), **super().get_changeform_initial_data(request)}

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: LegalText,
        form: ModelForm,
        change: Any,
    ) -> None:
        made = details.publish_legal_text(**form.cleaned_data)
        obj.pk, obj.version = made.pk, made.version
