"""The weekly report of suggestions, and the models that were trained."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import ACTION_NAMES
from accounts.admin.acting import has_duty
from accounts.roles import Duty
from clinic.admin import ReadOnly
from recommendations import report
from recommendations.models import Impression, ModelVersion
from recommendations.vocabulary import ReasonKind, Shelf

SHELVES = {
    Shelf.ORDER_AGAIN: _("Order again"),
    Shelf.NEW: _("New for the pet"),
    Shelf.TOGETHER: _("Chosen together"),
    Shelf.ADD_ONS: _("Beside the cart"),
    Shelf.POPULAR: _("Popular"),
}
REASONS = {
    ReasonKind.REPEAT: _("had before"),
    ReasonKind.BOUGHT: _("like what it had"),
    ReasonKind.HOUSEHOLD: _("like what the household had"),
    ReasonKind.SAME_KIND: _("of the same kind"),
    ReasonKind.POPULAR: _("popular with its kind"),
    ReasonKind.TOGETHER: _("chosen together"),
}
#: What the trail of changes calls what was done.
ACTIONS = {
    "order.line.pets": _("Told for whom it was bought"),
    "suggestion.dismiss": _("Suggestion turned down"),
}
ACTION_NAMES.update(ACTIONS)
_WEEKS_SHOWN = 4


class _ForThoseWhoKeepTheShelves(ReadOnly):
    """Pages for those who manage the catalogue."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, Duty.MANAGE_CATALOGUE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_duty(request, Duty.MANAGE_CATALOGUE)


@admin.register(Impression)
class WeeklyReport(_ForThoseWhoKeepTheShelves):
    """Suggestions week by week, in place of a list of single ones: nobody looks over shoulders."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        weeks = [report.week_to(at - n * report.WEEK) for n in range(_WEEKS_SHOWN)]
        shown = [
            {
                "week": week,
                "lines": [
                    {
                        "shelf": SHELVES[line.shelf],
                        "reason": REASONS[line.reason],
                        "rates": line.rates,
                    }
                    for line in week.lines
                ],
            }
            for week in weeks
        ]
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": _("Suggestions, week by week"),
            "opts": self.opts,
            "weeks": shown,
        }
        return TemplateResponse(request, "admin/recommendations/report.html", context)

    def change_view(self, *_args: Any, **_more: Any) -> HttpResponse:
        raise PermissionDenied


@admin.register(ModelVersion)
class ModelVersions(_ForThoseWhoKeepTheShelves):
    list_display: ClassVar = (
        *("id", "trained_at", "is_serving", "pets", "purchases", "ndcg", "refused_because"),
    )
    fields: ClassVar = (
        *("trained_at", "is_serving", "pets", "products", "purchases", "ndcg"),
        *("refused_because", "options", "sha256"),
    )
