"""What askers and colleagues are told by mail: that something waits, never what it says."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext

from accounts import notices
from accounts.models import Person
from accounts.notices import Message as Mail
from conversations.links import LinkKind, link_to
from conversations.models import Message, Thread
from conversations.promising import PARIS
from kernel.animals import Language


def address_of(thread: Thread) -> str:
    """Where the asker is written to; nowhere when the clinic has no address of theirs."""
    if thread.person is None:
        return thread.email
    login = thread.person.login
    return login.email if login else thread.person.email or thread.email


def ask_to_confirm(thread: Thread, *, at: datetime) -> None:
    link = link_to(thread, LinkKind.CONFIRM, at=at)
    with translation.override(thread.language):
        subject = gettext("Confirm your question to the clinic")
        body = gettext(
            "Somebody gave this address to ask the clinic a question. If it was you, open this "
            "link: the clinic reads your question from then on.\n\n%(link)s\n\n"
            "If it was not you, do nothing: it is forgotten."
        ) % {"link": link}
    _tell(thread, "confirm", subject=subject, body=body)


def confirm_receipt(thread: Thread, *, at: datetime) -> None:
    """Say that the question is there, and by when it is answered."""
    facts = {"link": link_to(thread, LinkKind.READ, at=at), "by": _moment(thread)}
    with translation.override(thread.language):
        subject = gettext("The clinic has your question")
        promise = gettext("We answer by %(by)s at the latest.") if thread.promised_by else ""
        body = gettext(
            "We have your question. %(promise)s\n\nYou read the answer, and may add something, "
            "here:\n%(link)s\n\nIf your animal gets worse, do not wait: call."
        )
        body %= {"promise": promise % facts, "link": facts["link"]}
    _tell(thread, f"received:{at:%Y%m%d%H%M%S}", subject=subject, body=body)


def tell_of_answer(thread: Thread, message: Message, *, at: datetime) -> None:
    link = link_to(thread, LinkKind.READ, at=at)
    with translation.override(thread.language):
        subject = gettext("The clinic has answered you")
        body = gettext("The clinic has answered your question. Read it here:\n%(link)s")
        body %= {"link": link}
    _tell(thread, f"answer:{message.pk}", subject=subject, body=body)


def tell_colleague(thread: Thread, colleague: Person, *, occasion: str) -> None:
    """Tell who is in charge that a question waits for them, with the page that shows it."""
    if not colleague.email:
        return
    page = reverse("admin:conversations_thread_change", args=[thread.pk])
    with translation.override(colleague.language):
        subject = gettext("A question waits for you")
        body = gettext("You are in charge of this question:\n%(link)s")
        body %= {"link": f"{settings.PUBLIC_URL}{page}"}
    notices.notify(
        key=f"question:{thread.pk}:charge:{colleague.pk}:{occasion}",
        recipient=colleague.email,
        language=Language(colleague.language),
        message=Mail(subject=subject, body=body),
    )


def _tell(thread: Thread, occasion: str, *, subject: str, body: str) -> None:
    address = address_of(thread)
    if address:
        notices.notify(
            key=f"question:{thread.pk}:{occasion}",
            recipient=address,
            language=Language(thread.language),
            message=Mail(subject=subject, body=body),
        )


def _moment(thread: Thread) -> str:
    if thread.promised_by is None:
        return ""
    with translation.override(thread.language):
        return formats.date_format(thread.promised_by.astimezone(PARIS), "DATETIME_FORMAT")
