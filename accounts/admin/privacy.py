"""Requests to have one's data, or to have them erased, and the proof of what was done."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import labels
from accounts.models import PrivacyRequest
from accounts.vocabulary import Fate, PrivacyKind, PrivacyState
from clinic.admin import ReadOnly

_COLOURS = {
    PrivacyState.REQUESTED: "orange",
    PrivacyState.DONE: "green",
    PrivacyState.FAILED: "red",
}


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(ReadOnly):
    """Whom a request is about is told by name here, and on their page; the erased have none."""

    list_display = ("what", "state_badge", "about", "asked", "done")
    list_select_related = ("person", "by")
    list_filter = ("state", "kind")
    fields = ("what", "state_badge", "about", "by", "asked", "done", "proof_lines")
    readonly_fields = ("what", "state_badge", "about", "asked", "done", "proof_lines")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PrivacyRequest]:
        rows: QuerySet[PrivacyRequest] = super().get_queryset(request)
        return rows.select_related("person", "by")

    @display(description=_("request"), ordering="kind")
    def what(self, row: PrivacyRequest) -> str:
        return f"{labels.PRIVACY_KINDS[PrivacyKind(row.kind)]} {row.pk}"

    @display(description=_("state"), ordering="state")
    def state_badge(self, row: PrivacyRequest) -> SafeString:
        state = PrivacyState(row.state)
        return labels.badge(labels.PRIVACY_STATES[state], _COLOURS[state])

    @display(description=_("person"))
    def about(self, row: PrivacyRequest) -> str:
        return str(row.person) if row.person else gettext("nobody any more")

    @display(description=_("asked"), ordering="requested_at")
    def asked(self, row: PrivacyRequest) -> str:
        return labels.moment(row.requested_at)

    @display(description=_("done"), ordering="done_at")
    def done(self, row: PrivacyRequest) -> str:
        return labels.moment(row.done_at)

    @display(description=_("proof"))
    def proof_lines(self, row: PrivacyRequest) -> SafeString:
        """The figures by table, and their digest."""
        return proof_of(row.proof)


def proof_of(proof: list[dict[str, Any]]) -> SafeString:
    lines = [
        (f"{each['what']}: {each['rows']} → {each['left']} ({labels.FATES[Fate(each['fate'])]})",)
        if "what" in each
        else (f"sha256 {each.get('sha256', '')}",)
        for each in proof
    ]
    if not lines:
        return format_html("{}", "—")
    wrapped = '<div style="overflow-wrap: anywhere">{}</div>'
    return format_html_join("", wrapped, lines)
