"""Ready answers, and within how long the clinic promises to answer."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin.acting import VerbAdmin, acting, has_duty
from accounts.roles import Duty
from clinic.admin import LANGUAGES
from conversations import desk
from conversations.admin import labels
from conversations.models import AnswerTime, CannedAnswer
from conversations.vocabulary import ThreadKind
from kernel.animals import Language


class DeskAdmin(VerbAdmin):
    """Pages that whoever answers questions may change."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, Duty.ANSWER_QUESTIONS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)


@admin.register(CannedAnswer)
class CannedAnswerAdmin(DeskAdmin):
    list_display = ("title", "spoken")
    search_fields = ("title", "text")
    fields = ("title", "language", "text")
    actions = None

    @display(description=_("language"))
    def spoken(self, row: CannedAnswer) -> str:
        return str(LANGUAGES[Language(row.language)])

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["choices"] = [(code.value, name) for code, name in LANGUAGES.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: CannedAnswer, form: Any, change: Any) -> None:
        person, at = acting(request)
        desk.keep_canned_answer(row=obj, by=person, at=at)

    def delete_model(self, request: HttpRequest, obj: CannedAnswer) -> None:
        person, at = acting(request)
        desk.remove_canned_answer(row=obj, by=person, at=at)


@admin.register(AnswerTime)
class AnswerTimeAdmin(DeskAdmin):
    """One row a kind; what is promised where there is none stands in docs/algorithms/answer.md."""

    list_display = ("what", "usually", "urgently")
    fields = ("kind", "minutes", "urgent_minutes")
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @display(description=_("kind"))
    def what(self, row: AnswerTime) -> str:
        return str(labels.KINDS[ThreadKind(row.kind)])

    @display(description=_("within"))
    def usually(self, row: AnswerTime) -> str:
        return labels.duration(row.minutes)

    @display(description=_("of high priority"))
    def urgently(self, row: AnswerTime) -> str:
        return labels.duration(row.urgent_minutes)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["choices"] = [(code.value, name) for code, name in labels.KINDS.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: AnswerTime, form: Any, change: Any) -> None:
        person, at = acting(request)
        desk.set_answer_time(row=obj, by=person, at=at)
