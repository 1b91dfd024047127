"""What conversations know of people, and what becomes of it.

What was asked goes with its asker. What the clinic is measured by, and what was published without a
name, stays.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import privacy, retention
from accounts.models import Person
from accounts.privacy import FilesOrphaned, PersonalData, Rows, StoredFile
from accounts.vocabulary import Fate
from conversations import attachments
from conversations.asking import UNCONFIRMED_KEPT
from conversations.models import AnswerPromise, Attachment, Message, PublicQuestion, Thread
from conversations.vocabulary import ThreadState
from kernel import events
from pets.personal_data import AUTHORED, ERASED, OTHERS

_LIMITATION: Final = "GDPR art. 5(1)(e)"
_KEPT: Final = timedelta(days=3 * 365)
_ASKED = _("What you asked the clinic, and what it answered.")


def _threads(person: Person) -> QuerySet[Thread]:
    """Theirs by their file, or asked from the address that their account proves."""
    own = Q(person=person)
    if person.login:
        own |= Q(person=None, email=person.login.email)
    return Thread.objects.filter(own)


def _said_to_others(person: Person) -> QuerySet[Message]:
    return Message.objects.filter(author=person).exclude(thread__in=_threads(person))


def _files(rows: Rows) -> list[StoredFile]:
    found = attachments.files_of(list(Attachment.objects.filter(pk__in=rows.values("pk"))))
    return [StoredFile(alias, name) for alias, name in found]


def _forget(due: QuerySet[Thread]) -> int:
    """Conversations with their files, whose deletion is a task of the same transaction."""
    keys = list(due.order_by("pk").values_list("pk", flat=True)[: retention.CHUNK])
    with transaction.atomic():
        files = list(Attachment.objects.filter(message__thread__in=keys))
        if files:
            events.enqueue(FilesOrphaned(files=attachments.files_of(files)))
        Thread.objects.filter(pk__in=keys).delete()
    return len(keys)


def _forget_unconfirmed(before: datetime) -> int:
    return _forget(Thread.objects.filter(confirmed_at=None, asked_at__lt=before))


def _forget_old(before: datetime) -> int:
    return _forget(Thread.objects.exclude(state=ThreadState.WAITING).filter(due_at__lt=before))


privacy.register(
    PersonalData(
        model=Thread,
        person="person",
        scope=_threads,
        fate=Fate.DELETE,
        reason=_ASKED,
        article=ERASED,
        exported=("kind", "channel", "title", "state", "asked_at", "answered_at"),
        dated_by="asked_at",
    ),
    PersonalData(
        model=Message,
        person="thread__person",
        scope=lambda person: Message.objects.filter(thread__in=_threads(person)).exclude(
            kind="NOTE"
        ),
        fate=Fate.DELETE,
        reason=_ASKED,
        article=ERASED,
        exported=("thread__title", "kind", "text", "written_at"),
    ),
    PersonalData(
        model=Message,
        person="thread__person",
        scope=lambda person: Message.objects.filter(thread__in=_threads(person), kind="NOTE"),
        fate=Fate.DELETE,
        reason=_("What colleagues noted to answer you."),
        article=ERASED,
        exported=("thread__title", "text", "written_at"),
    ),
    PersonalData(
        model=Attachment,
        person="message__thread__person",
        scope=lambda person: Attachment.objects.filter(message__thread__in=_threads(person)),
        fate=Fate.DELETE,
        reason=_("Pictures and documents of your questions."),
        article=ERASED,
        exported=("content_type", "original", "sent_at"),
        files=_files,
    ),
    PersonalData(
        model=AnswerPromise,
        person="thread__person",
        scope=lambda person: AnswerPromise.objects.filter(thread__in=_threads(person)),
        fate=Fate.PSEUDONYMISE,
        reason=_("When you asked and were answered, to measure the clinic, without your name."),
        article=OTHERS,
        exported=("asked_at", "promised_by", "answered_at"),
        erase=lambda rows: rows.update(thread=None),
    ),
    PersonalData(
        model=PublicQuestion,
        person="thread__person",
        scope=lambda person: PublicQuestion.objects.filter(thread__in=_threads(person)),
        fate=Fate.PSEUDONYMISE,
        reason=_("A question that was published with your leave, and names nobody."),
        article="GDPR art. 6(1)(a)",
        exported=("question", "answer", "published_at"),
        erase=lambda rows: rows.update(thread=None),
    ),
    PersonalData(
        model=Message,
        person="author",
        scope=_said_to_others,
        fate=Fate.KEEP,
        reason=_("What you answered or noted as a colleague."),
        article=AUTHORED,
    ),
    PersonalData(
        model=Thread,
        person="assignee",
        fate=Fate.KEEP,
        reason=_("Questions that you were in charge of as a colleague."),
        article=AUTHORED,
    ),
    PersonalData(
        model=PublicQuestion,
        person="published_by",
        fate=Fate.KEEP,
        reason=_("Questions that you published as a colleague."),
        article=AUTHORED,
    ),
)
retention.register(
    retention.Rule(
        "questions-unconfirmed",
        _("Questions from an address that nobody confirmed"),
        UNCONFIRMED_KEPT,
        _LIMITATION,
        _forget_unconfirmed,
    ),
    retention.Rule(
        "questions",
        _("Conversations with the clinic, after the last word"),
        _KEPT,
        _LIMITATION,
        _forget_old,
    ),
)
