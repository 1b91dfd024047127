"""Accounts in the back office: who is of the staff, in which roles, signed in where."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import access, roles, staffing
from accounts.admin import labels
from accounts.admin.acting import Act
from accounts.admin.client_forms import MailField
from accounts.admin.client_page import trail_of
from accounts.admin.fields import ChoiceField
from accounts.admin.files import FileAdmin, Opening
from accounts.models import Login, Person
from accounts.roles import Duty, Role
from kernel.refusals import NotFound

_OF_PEOPLE = tuple(role for role in Role if role is not Role.SERVICE)


def _role_field() -> ChoiceField:
    named = labels.choices(_OF_PEOPLE, labels.ROLES.__getitem__)
    return ChoiceField(label=_("Role"), choices=named)


class RoleForm(forms.Form):
    role = _role_field()


class HiddenRoleForm(forms.Form):
    role = forms.ChoiceField(
        widget=forms.HiddenInput(), choices=[(role.value, role.value) for role in Role]
    )


class InviteForm(forms.Form):
    email = MailField(help_text=_("A mail tells them how to choose a password."))
    role = _role_field()


def _appoint(login: Login, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    staffing.give_role(login=login, role=Role(given["role"]), by=by, at=at)
    return _("The role is given.")


def _dismiss(login: Login, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    staffing.take_role(login=login, role=Role(given["role"]), by=by, at=at)
    return _("The role is taken back.")


def _rest(login: Login, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    staffing.put_to_rest(login=login, by=by, at=at)
    return _("The account is put to rest, and signed out everywhere.")


def _wake(login: Login, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    staffing.wake(login=login, by=by, at=at)
    return _("The account is let in again.")


def _invite(given: dict[str, Any], by: Person, at: datetime) -> Login:
    role = Role(given["role"])
    return staffing.invite_colleague(email=given["email"], role=role, by=by, at=at)


def _asked_role(_login: Login, asked: Mapping[str, str]) -> dict[str, Any]:
    return {"role": asked.get("role", "")}


_ACTS: tuple[Act[Login], ...] = (
    Act(
        name="appoint",
        title=_("Appoint to a role"),
        button=_("Appoint"),
        duty=Duty.MANAGE_ACCESS,
        carry_out=_appoint,
        form=RoleForm,
    ),
    Act(
        name="dismiss",
        title=_("Dismiss from a role"),
        button=_("Dismiss"),
        duty=Duty.MANAGE_ACCESS,
        carry_out=_dismiss,
        form=HiddenRoleForm,
        start=_asked_role,
        beside=lambda login, _at: {"facts": [(_("Roles"), ", ".join(_role_names(login)))]},
        is_grave=True,
    ),
    Act(
        name="rest",
        title=_("Put the account to rest"),
        button=_("Put to rest"),
        duty=Duty.MANAGE_ACCESS,
        carry_out=_rest,
        is_grave=True,
    ),
    Act(
        name="wake",
        title=_("Let the account in again"),
        button=_("Let in again"),
        duty=Duty.MANAGE_ACCESS,
        carry_out=_wake,
    ),
)


@admin.register(Login)
class LoginAdmin(FileAdmin):
    """Accounts and their roles; passwords are never shown."""

    acts = _ACTS
    opening = Opening(
        title=_("Invite a colleague"),
        button=_("Invite"),
        words=_("The account is open, and its owner told by e-mail."),
        duty=Duty.MANAGE_ACCESS,
        form=InviteForm,
        carry_out=_invite,
    )
    page_template = "admin/accounts/login.html"
    list_display = ("who", "role_names", "state", "last_seen")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email",)
    ordering = ("-is_staff", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Login]:
        return Login.objects.prefetch_related("groups").order_by("-is_staff", "email")

    def search(self, queryset: QuerySet[Login], text: str) -> QuerySet[Login]:
        wanted = Q(email__icontains=text) | Q(person__name_key__icontains=text)
        return queryset.filter(wanted) if text else queryset

    def read(self, request: HttpRequest, object_id: str) -> Login:
        found = self.get_queryset(request).filter(pk=int(object_id)).first()
        if found is None:
            raise NotFound
        return found

    def shown(self, request: HttpRequest, row: Login, at: datetime) -> dict[str, Any]:
        person = getattr(row, "person", None)
        return {
            "person": person,
            "person_page": reverse("admin:accounts_person_change", args=[person.pk])
            if person
            else "",
            "roles": [_role_shown(role) for role in _roles(row)],
            "has_second_factor": access.has_second_factor(row),
            "sessions": UserSession.objects.filter(user=row).order_by("-last_seen_at")[:20],
            "trail": trail_of(row),
            "state": self.state(row),
        }

    @display(description=_("account"))
    def who(self, login: Login) -> SafeString:
        person = getattr(login, "person", None)
        return labels.shown(login.email, str(person) if person else "")

    @display(description=_("roles"))
    def role_names(self, login: Login) -> str:
        return ", ".join(_role_names(login)) or "—"

    @display(description=_("state"))
    def state(self, login: Login) -> SafeString:
        if not login.is_active:
            return labels.badge(_("at rest"), "red")
        if login.is_staff:
            return labels.badge(_("staff"), "green")
        return labels.badge(_("client"), "base")

    @display(description=_("last signed in"), ordering="last_login")
    def last_seen(self, login: Login) -> str:
        return labels.moment(login.last_login)


def _roles(login: Login) -> Iterable[Role]:
    return [Role(group.name) for group in login.groups.all() if group.name in Role]


def _role_names(login: Login) -> list[str]:
    return [str(labels.ROLES[role]) for role in _roles(login)]


def _role_shown(role: Role) -> dict[str, Any]:
    duties = [str(labels.DUTIES[duty]) for duty in Duty if duty in roles.DUTIES[role]]
    return {"code": role.value, "name": labels.ROLES[role], "duties": ", ".join(duties)}
