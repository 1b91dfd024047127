"""Keys of machines in the back office: given once, never shown again, revoked at once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
)

from accounts import access, service_tokens
from accounts.models import Login, Person, ServiceToken
from accounts.roles import Duty
from clinic.admin import ReadOnly
from kernel.refusals import Refusal

_FIELDS = {"expiresAt": "expires_at"}


class GiveForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("What the machine is: “till of Rennes”."),
    )
    duties = forms.TypedMultipleChoiceField(
        label=_("Duties"),
        coerce=Duty,
        choices=[(duty.value, duty.value) for duty in sorted(service_tokens.GRANTABLE)],
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    expires_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M",
            attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)},
        ),
    )


@admin.register(ServiceToken)
class ServiceTokenAdmin(ReadOnly):
    list_display = ("name", "prefix", "duty_names", "state", "created_at", "last_used_at")
    list_select_related = ("created_by",)
    search_fields = ("name", "prefix")
    fields = (
        "name",
        ("prefix", "state"),
        "duty_names",
        "person",
        ("created_by", "created_at"),
        ("expires_at", "revoked_at", "last_used_at"),
    )
    readonly_fields = ("duty_names", "state")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _manager(request) is not None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _manager(request) is not None

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return _manager(request) is not None

    @display(description=_("duties"))
    def duty_names(self, token: ServiceToken) -> str:
        return ", ".join(token.duties)

    @display(description=_("state"))
    def state(self, token: ServiceToken) -> str:
        if token.revoked_at:
            return gettext("revoked")
        in_force = service_tokens.is_in_force(token, at=timezone.now())
        return gettext("in force") if in_force else gettext("expired")

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ServiceToken]) -> None:
        for token in queryset:
            service_tokens.revoke_token(token=token, by=_manager(request), at=timezone.now())
            messages.success(request, gettext("%(name)s is shut out.") % {"name": token.name})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form, then the token itself: on this page, this once."""
        manager = _manager(request)
        if manager is None:
            raise PermissionDenied
        form = GiveForm(request.POST or None)
        given = _give(form, manager) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Give a token to a machine"),
            "form": form,
            "given": given,
            "back": reverse("admin:accounts_servicetoken_changelist"),
        }
        return TemplateResponse(request, "admin/accounts/give_token.html", context)


def _manager(request: HttpRequest) -> Person | None:
    """The person who acts, if access is theirs to manage."""
    if not isinstance(request.user, Login):
        return None
    viewer = access.viewer_of(request.user)
    return viewer.person if Duty.MANAGE_ACCESS in viewer.duties else None


def _give(form: GiveForm, by: Person) -> service_tokens.GivenToken | None:
    try:
        return service_tokens.give_token(**form.cleaned_data, by=by, at=timezone.now())
    except Refusal as refusal:
        name = refusal.path[-1] if refusal.path else ""
        form.add_error(_FIELDS.get(name, name) or None, refusal.message)
    return None
