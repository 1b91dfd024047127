"""The clinic's own pages of the back office: details, places, hours, closures, legal texts."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from clinic import details
from clinic.models import Clinic, Closure, LegalText, OpeningHours, Place

WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}


class ReadOnly(ModelAdmin):
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
class ClinicAdmin(ModelAdmin):
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
        label=_("weekday"),
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
    extra = 0
    tab = True


class ClosureInline(TabularInline):
    model = Closure
    extra = 0
    tab = True


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
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
class LegalTextAdmin(ModelAdmin):
    """Versions are added; those that are there are only read."""

    list_display = ("kind_name", "language", "version", "title", "effective_from")
    list_filter = ("kind", "language")
    search_fields = ("title", "body")
    add_fields: ClassVar = ("kind", "language", "title", "body", "effective_from")
    fields = ("kind", "language", "version", "title", "body", "effective_from")

    @display(description=_("kind"), ordering="kind")
    def kind_name(self, text: LegalText) -> str:
        return text.kind.replace("_", " ").capitalize()

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
