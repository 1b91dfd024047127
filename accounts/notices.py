"""One verb that tells people things: recipient, channel, language, and never twice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts.models import Notice
from kernel import events
from kernel.animals import Language

#: Keys that begin so are of notices that carry a code: shown to nobody, forgotten once sent.
SECRET: Final = "sign-in:"  # noqa: S105  (a prefix)


class Channel(StrEnum):
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class NoticeWritten(events.Event):
    """A notice waits to be sent."""

    notice_id: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: worded already, in the recipient's language; `html` says the same as `body`."""

    subject: str
    body: str
    html: str = ""


def notify(
    *,
    key: str,
    recipient: str,
    language: Language,
    message: Message,
    channel: Channel = Channel.EMAIL,
) -> bool:
    """Write a notice for the worker to send; False when that key was told before.

    `key` names the occasion ("order-paid:F2026-00012"), and is told once, ever.
    """
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel,
                "recipient": recipient,
                "language": language,
                "subject": message.subject,
                "body": message.body,
                "html": message.html,
            },
        )
        if is_new:
            events.enqueue(NoticeWritten(notice_id=notice.pk))
    return is_new


def send(notice_id: int, *, at: datetime) -> None:
    """Hand a notice to the post, outside any transaction; a notice sent already is left alone."""
    notice = Notice.objects.filter(pk=notice_id, sent_at__isnull=True).first()
    if notice is None:
        return
    mail = EmailMultiAlternatives(notice.subject, notice.body, None, [notice.recipient])
    if notice.html:
        mail.attach_alternative(notice.html, "text/html")
    mail.send()
    forgotten = {"body": "", "html": ""} if notice.key.startswith(SECRET) else {}
    Notice.objects.filter(pk=notice.pk).update(sent_at=at, **forgotten)
