"""Conversations in pages: the inbox, what one asked, what was said, what is public."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.access import Viewer
from accounts.models import Person
from conversations.access import threads_of
from conversations.models import Attachment, CannedAnswer, Message, PublicQuestion, Thread
from conversations.vocabulary import Assigned, MessageKind, Priority, ThreadKind, ThreadState
from kernel.animals import Language

#: What the asker and the clinic tell one another.
SAID: Final = (MessageKind.FROM_ASKER, MessageKind.FROM_CLINIC)
NOTES: Final = (MessageKind.NOTE,)
_PARTS: Final = ("person", "place", "pet", "product", "order", "assignee", "public_question")

type Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which questions of the inbox; what is None is not asked, an empty list matches nothing."""

    states: Collection[ThreadState] | None = None
    kinds: Collection[ThreadKind] | None = None
    priorities: Collection[Priority] | None = None
    assigned: Assigned | None = None
    is_late: bool | None = None


def inbox(wanted: Wanted, *, by: Person, at: datetime) -> QuerySet[Thread]:
    """Confirmed questions that are wanted; what is promised soonest first."""
    rows = Thread.objects.filter(confirmed_at__isnull=False)
    for name, values in (
        ("state__in", wanted.states),
        ("kind__in", wanted.kinds),
        ("priority__in", wanted.priorities),
    ):
        rows = rows if values is None else rows.filter(**{name: list(values)})
    if wanted.is_late is not None:
        late = Q(promised_by__lt=at)
        rows = rows.filter(late) if wanted.is_late else rows.exclude(late)
    match wanted.assigned:
        case Assigned.ME:
            rows = rows.filter(assignee=by)
        case Assigned.NOBODY:
            rows = rows.filter(assignee=None)
        case Assigned.SOMEBODY:
            rows = rows.filter(assignee__isnull=False)
        case None:
            pass
    return rows.order_by("due_at", "pk")


def page_of_inbox(
    wanted: Wanted, *, by: Person, at: datetime, first: int, after: Place | None
) -> list[Thread]:
    """At most `first` + 1 of them; `after` is (due at in ISO, key) of the last one seen."""
    rows = inbox(wanted, by=by, at=at).select_related(*_PARTS)
    if after is not None:
        seen = _moment(after[0])
        if seen is None:
            return []
        rows = rows.filter(Q(due_at__gt=seen) | Q(due_at=seen, pk__gt=after[1]))
    return list(rows[: first + 1])


def page_of_own(viewer: Viewer, *, first: int, after: Place | None) -> list[Thread]:
    """At most `first` + 1 of what the viewer asked, the latest first."""
    rows = threads_of(viewer).select_related(*_PARTS)
    if after is not None:
        seen = _moment(after[0])
        if seen is None:
            return []
        rows = rows.filter(Q(asked_at__lt=seen) | Q(asked_at=seen, pk__lt=after[1]))
    return list(rows[: first + 1])


def messages_of(
    thread_ids: Sequence[int], kinds: Collection[MessageKind], *, first: int, after: int | None
) -> dict[int, list[Message]]:
    """At most `first` + 1 messages of each thread, oldest first, in two statements.

    `after` is the key of the last message seen.
    """
    rows = Message.objects.filter(thread_id__in=thread_ids, kind__in=list(kinds))
    if after is not None:
        rows = rows.filter(pk__gt=after)
    place = Window(RowNumber(), partition_by=F("thread_id"), order_by="id")
    files = Prefetch("attachments", Attachment.objects.order_by("pk"))
    shown = rows.annotate(place=place).filter(place__lte=first + 1).order_by("pk")
    found: dict[int, list[Message]] = defaultdict(list)
    for message in shown.select_related("author").prefetch_related(files):
        found[message.thread_id].append(message)
    return found


def public_questions(
    *, product_slug: str | None, first: int, after: Place | None
) -> list[PublicQuestion]:
    """At most `first` + 1 published questions, the latest first; of a product where it is named."""
    rows = PublicQuestion.objects.select_related("product").order_by("-published_at", "-pk")
    if product_slug is not None:
        rows = rows.filter(product__slug=product_slug)
    if after is not None:
        seen = _moment(after[0])
        if seen is None:
            return []
        rows = rows.filter(Q(published_at__lt=seen) | Q(published_at=seen, pk__lt=after[1]))
    return list(rows[: first + 1])


def canned_answers(language: Language) -> list[CannedAnswer]:
    """Ready answers in a language, by title; at most a hundred."""
    return list(CannedAnswer.objects.filter(language=language)[:100])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
