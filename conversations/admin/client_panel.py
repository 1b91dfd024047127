"""What a client asked, on the page of the client."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin.acting import has_duty
from accounts.admin.files import Panel
from accounts.models import Person
from accounts.roles import Duty
from conversations.admin import labels
from conversations.models import Thread

_SHOWN = 5


def questions_panel(request: HttpRequest, person: Person, _at: datetime) -> Panel | None:
    """The latest questions of a client, for those who answer questions."""
    if not has_duty(request, Duty.ANSWER_QUESTIONS):
        return None
    rows = Thread.objects.filter(person=person).order_by("-asked_at", "-pk")[:_SHOWN]
    lines = [
        (
            each.title,
            reverse("admin:conversations_thread_change", args=[each.pk]),
            labels.state_badge(each),
        )
        for each in rows
    ]
    return Panel(
        title=gettext("Questions"),
        template="admin/conversations/client_panel.html",
        facts={"questions": lines},
    )
