"""Whose turn it is in a conversation: what every verb here does to a thread, once."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import written
from accounts.models import Person
from conversations import promises
from conversations.models import AnswerPromise, Message, Thread
from conversations.plain_text import LONGEST_MARKUP, plain_text_of
from conversations.vocabulary import Channel, MessageKind, Priority, ThreadKind, ThreadState

LONGEST_TEXT = 5000


def locked(thread: Thread) -> Thread:
    rows = Thread.objects.select_for_update(of=("self",))
    return rows.select_related("person__login", "place", "assignee").get(pk=thread.pk)


def checked_text(text: str) -> str:
    """What somebody says, as plain text; a pasted mail loses its markup.

    Raises:
        Invalid: nothing, or more than 5,000 characters.
    """
    expected = _("a text of 1 to 5,000 characters")
    if len(text) > LONGEST_MARKUP:
        raise written.refused(text, path=["input", "text"], expected=expected)
    return written.paragraphs(
        plain_text_of(text),
        path=["input", "text"],
        expected=expected,
        most=LONGEST_TEXT,
        required=True,
    )


def say(
    thread: Thread,
    *,
    kind: MessageKind,
    text: str,
    author: Person | None,
    at: datetime,
    channel: Channel = Channel.WEB,
) -> Message:
    return Message.objects.create(
        thread=thread, kind=kind, text=text, author=author, written_at=at, channel=channel
    )


def await_answer(thread: Thread, *, at: datetime) -> None:
    """From now on the asker waits; who waits already keeps the promise that they have."""
    thread.state, thread.closed_at = ThreadState.WAITING, None
    if _open_promises(thread).exists():
        thread.save(update_fields=["state", "closed_at"])
        return
    thread.promised_by = promises.promise_at(
        thread.place, kind=ThreadKind(thread.kind), priority=Priority(thread.priority), at=at
    )
    thread.due_at = thread.promised_by or at
    if thread.promised_by:
        AnswerPromise.objects.create(
            thread=thread, place=thread.place, asked_at=at, promised_by=thread.promised_by
        )
    thread.save(update_fields=["state", "closed_at", "promised_by", "due_at"])


def stop_waiting(thread: Thread, state: ThreadState, *, at: datetime) -> None:
    """The clinic has answered, or the thread is closed: a promise is kept, broken or dropped."""
    due = _open_promises(thread)
    if state is ThreadState.ANSWERED:
        due.update(answered_at=at)
        thread.answered_at = thread.answered_at or at
    else:
        due.filter(promised_by__gt=at).delete()
        due.update(given_up_at=at)
        thread.closed_at = at
    thread.state, thread.promised_by, thread.due_at = state, None, at
    thread.save(update_fields=["state", "promised_by", "due_at", "answered_at", "closed_at"])


def _open_promises(thread: Thread) -> QuerySet[AnswerPromise]:
    return thread.promises.filter(answered_at=None, given_up_at=None)
