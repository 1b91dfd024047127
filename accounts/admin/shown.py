"""Who may do what, and who changed what: pages of the back office that only show."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.admin.actions import ACTION_NAMES
from accounts.models import AuditEntry, Notice, Person
from accounts.notices import SECRET
from clinic.admin import ReadOnly

_LONGEST_SHOWN = 80


def _brief(value: object) -> str:
    shown = "—" if value in (None, "", []) else str(value)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def told_changes(changes: dict[str, Any]) -> SafeString:
    """What an entry changed, a line a field: `cents: 1290 → 1350`."""
    lines = [
        (name, f"{_brief(change[0])} → {_brief(change[1])}")
        if isinstance(change, list) and len(change) == 2  # noqa: PLR2004
        else (name, _brief(change))
        for name, change in changes.items()
    ]
    return format_html_join("", "<div><b>{}</b> {}</div>", lines)


def subject_link(entry: AuditEntry) -> SafeString | str:
    """The page of what was changed, where there is one."""
    label, _colon, key = entry.subject.partition(":")
    try:
        address = reverse(f"admin:{label.replace('.', '_')}_change", args=[key])
    except NoReverseMatch:
        return entry.subject
    return format_html('<a href="{}" class="text-link">{}</a>', address, entry.subject)


class ActionFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Iterable[tuple[str, Any]]:
        actions = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
        return [(action, ACTION_NAMES.get(action, action)) for action in actions]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        chosen = self.value()
        return queryset.filter(action=chosen) if chosen else queryset


class ByFilter(admin.SimpleListFilter):
    """The people who changed something: a handful of staff, never the whole list of clients."""

    title = _("by")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Iterable[tuple[str, str]]:
        acting = AuditEntry.objects.exclude(by=None).order_by().values("by").distinct()
        return [(str(person.pk), str(person)) for person in Person.objects.filter(pk__in=acting)]

    def queryset(
        self,
        request: HttpRequest,
        queryset: QuerySet[AuditEntry],
    ) -> QuerySet[AuditEntry]:
        chosen = self.value() or ""
        return queryset.filter(by_id=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """The trail of changes: who, what, when."""

    list_display = ("action_name", "at", "who", "subject_page", "what_changed")
    list_display_links = ("action_name",)
    list_filter = (ActionFilter, ByFilter, ("at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("by",)
    search_fields = ("subject", "action")
    fields = ("at", "by", "action_name", "subject_page", "what_changed")
    readonly_fields = ("action_name", "subject_page", "what_changed")
    show_full_result_count = False

    @display(description=_("action"), ordering="action")
    def action_name(self, entry: AuditEntry) -> str:
        return str(ACTION_NAMES.get(entry.action, entry.action))

    @display(description=_("by"))
    def who(self, entry: AuditEntry) -> str:
        return str(entry.by or gettext("the shop itself"))

    @display(description=_("subject"))
    def subject_page(self, entry: AuditEntry) -> SafeString | str:
        return subject_link(entry)

    @display(description=_("what changed"))
    def what_changed(self, entry: AuditEntry) -> SafeString:
        return told_changes(entry.changes)


@admin.register(LogEntry)
class PageHistoryAdmin(ReadOnly):
    """Django's own note of the pages saved: for what has no trail of its own, such as the hours."""

    list_display = ("action_time", "user", "content_type", "object_repr", "told")
    list_filter = (("action_time", RangeDateTimeFilter),)
    list_filter_submit = True
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr",)
    fields = ("action_time", "user", "content_type", "object_repr", "told")
    readonly_fields = ("told",)
    show_full_result_count = False

    @display(description=_("what changed"))
    def told(self, entry: LogEntry) -> str:
        return entry.get_change_message()

    def has_view_permission(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
    ) -> bool:
        return request.user.has_perm("accounts.view_auditentry")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("created_at", "channel", "recipient", "subject", "sent_at")
    list_filter = ("channel", "language")
    search_fields = ("recipient", "subject")
    fields = ("created_at", "sent_at", "channel", "recipient", "language", "subject", "words")
    readonly_fields = ("words",)
    show_full_result_count = False

    @display(description=_("body"))
    def words(self, notice: Notice) -> SafeString | str:
        if notice.key.startswith(SECRET):
            return gettext("A code to sign in by: for its reader alone.")
        return format_html('<div style="white-space: pre-wrap">{}</div>', notice.body)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ReadOnly, DjangoGroupAdmin):
    """Roles, made by accounts.roles: only shown."""
