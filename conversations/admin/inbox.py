"""The inbox: what waits for an answer, and each question on a page of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.access import viewer_of
from accounts.admin.acting import acting, has_duty
from accounts.admin.client_page import trail_of
from accounts.admin.files import FileAdmin
from accounts.models import Login
from accounts.roles import Duty
from conversations import access, attachments, promises
from conversations.admin import labels
from conversations.admin.acts import ACTS, OPENING, author_of
from conversations.admin.promise_chart import chart_of
from conversations.models import Attachment, Message, Thread
from conversations.vocabulary import Channel, MessageKind, ThreadKind, ThreadState
from kernel.refusals import NotFound

MESSAGES_SHOWN = 50


class BoxFilter(DropdownFilter):
    """Unless told otherwise, what waits for an answer."""

    title = _("box")
    parameter_name = "box"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("nobody", _("waits, nobody in charge")),
            ("mine", _("waits, I am in charge")),
            ("late", _("late")),
            ("answered", _("answered")),
            ("closed", _("closed")),
            ("all", _("all")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        chosen = self.value()
        states = {"answered": ThreadState.ANSWERED, "closed": ThreadState.CLOSED}
        if chosen == "all":
            return queryset.order_by("-asked_at", "-pk")
        if chosen in states:
            return queryset.filter(state=states[chosen]).order_by("-due_at", "-pk")
        waiting = queryset.filter(state=ThreadState.WAITING)
        match chosen:
            case "nobody":
                return waiting.filter(assignee=None)
            case "mine":
                return waiting.filter(assignee=acting(request)[0])
            case "late":
                return waiting.filter(promised_by__lt=timezone.now())
            case _:
                return waiting


class KindFilter(DropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each.value, words) for each, words in labels.KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        known = self.value() in list(ThreadKind)
        return queryset.filter(kind=self.value()) if known else queryset


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the page shows it; files are (address, words), pictures apart."""

    author: str
    moment: str
    channel: str
    text: str
    is_note: bool
    is_ours: bool
    pictures: list[str]
    documents: list[str]


@admin.register(Thread)
class ThreadAdmin(FileAdmin):
    """As many statements for fifty questions as for one."""

    acts = ACTS
    opening = OPENING
    page_template = "admin/conversations/thread.html"
    list_before_template = "admin/conversations/promises.html"
    list_display = ("what", "badges", "due", "in_charge")
    list_display_links = ("what",)
    list_filter = (BoxFilter, KindFilter)
    list_filter_submit = True
    search_fields = ("title",)
    search_help_text = _("Words of the title, or who asked")
    ordering = ("due_at", "pk")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, Duty.ANSWER_QUESTIONS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        rows = Thread.objects.filter(confirmed_at__isnull=False)
        return rows.select_related("person", "assignee", "pet", "product", "order").order_by(
            "due_at", "pk"
        )

    def search(self, queryset: QuerySet[Thread], text: str) -> QuerySet[Thread]:
        words = text.strip()[:100]
        if not words:
            return queryset
        asked_by = Q(asker_name__icontains=words) | Q(email__icontains=words)
        asked_by |= Q(person__last_name__icontains=words) | Q(person__first_name__icontains=words)
        return queryset.filter(asked_by | Q(title__icontains=words))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chart = chart_of(promises.figures(at=timezone.now()))
        response: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), "chart": chart}
        )
        return response

    def read(self, request: HttpRequest, object_id: str) -> Thread:
        if not isinstance(request.user, Login):
            raise NotFound
        _person, at = acting(request)
        return access.open_thread(viewer_of(request.user), int(object_id), at=at)

    def shown(self, request: HttpRequest, row: Thread, at: datetime) -> dict[str, Any]:
        before = request.GET.get("before", "")
        messages = _messages(row, before)
        more = len(messages) > MESSAGES_SHOWN
        page = messages[:MESSAGES_SHOWN]
        return {
            "badge": labels.state_badge(row),
            "urgent": row.is_urgent,
            "facts": _facts(row, at),
            "asker_page": _asker_page(request, row),
            "messages_said": [_said(each, at) for each in reversed(page)],
            "older": str(page[-1].pk) if more else "",
            "is_public": getattr(row, "public_question", None) is not None,
            "trail": trail_of(row),
        }

    @display(description=_("question"))
    def what(self, thread: Thread) -> SafeString:
        beside = " · ".join(filter(None, (labels.asker(thread), labels.subject(thread))))
        return labels.shown(thread.title, beside)

    @display(description=_("state"))
    def badges(self, thread: Thread) -> SafeString:
        if thread.is_urgent and thread.state == ThreadState.WAITING:
            return labels.badge(_("urgent"), "red")
        if thread.promised_by and thread.promised_by < timezone.now():
            return labels.badge(_("late"), "red")
        return labels.state_badge(thread)

    @display(description=_("promised by"), ordering="due_at")
    def due(self, thread: Thread) -> str:
        return labels.moment(thread.promised_by)

    @display(description=_("in charge"))
    def in_charge(self, thread: Thread) -> str:
        return str(thread.assignee) if thread.assignee else "—"


def _messages(thread: Thread, before: str) -> list[Message]:
    """The latest messages, notes included, the last one first; one more than is shown."""
    rows = thread.messages.select_related("author").prefetch_related("attachments")
    if before.isdecimal() and len(before) < len(str(2**63)):
        rows = rows.filter(pk__lt=int(before))
    return list(rows.order_by("-pk")[: MESSAGES_SHOWN + 1])


def _said(message: Message, at: datetime) -> Said:
    is_ours = message.kind != MessageKind.FROM_ASKER
    files = [(each, attachments.address_of(each, at=at)) for each in message.attachments.all()]
    return Said(
        author=author_of(str(message.author) if message.author else "", is_clinic=is_ours),
        moment=labels.moment(message.written_at),
        channel=str(labels.CHANNELS[Channel(message.channel)]),
        text=message.text,
        is_note=message.kind == MessageKind.NOTE,
        is_ours=is_ours,
        pictures=[url for each, url in files if url and not _is_document(each)],
        documents=[url for each, url in files if url and _is_document(each)],
    )


def _is_document(row: Attachment) -> bool:
    return row.content_type == attachments.PDF


def _asker_page(request: HttpRequest, thread: Thread) -> str:
    if thread.person_id is None or not has_duty(request, Duty.READ_CLIENTS):
        return ""
    return reverse("admin:accounts_person_change", args=[thread.person_id])


def _facts(thread: Thread, at: datetime) -> list[tuple[str, str]]:
    late = thread.promised_by is not None and thread.promised_by < at
    person = thread.person
    promised = labels.moment(thread.promised_by) if thread.promised_by else ""
    lines = [
        (gettext("Who asks"), labels.asker(thread)),
        (gettext("E-mail"), person.email if person else thread.email),
        (gettext("Phone"), person.phone if person else ""),
        (gettext("About"), labels.subject(thread)),
        (gettext("How it came"), str(labels.CHANNELS[Channel(thread.channel)])),
        (gettext("What it is"), str(labels.KINDS[ThreadKind(thread.kind)])),
        (gettext("Asked"), labels.moment(thread.asked_at)),
        (gettext("Promised by, and over") if late else gettext("Promised by"), promised),
        (gettext("In charge"), str(thread.assignee) if thread.assignee else gettext("nobody")),
        (gettext("May be published"), gettext("yes") if thread.may_be_published else gettext("no")),
    ]
    return [(name, text) for name, text in lines if text]
