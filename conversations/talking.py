"""What is said in a conversation after it began: by its asker, by the clinic, among colleagues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from clinic import revision
from conversations import attachments, telling, turns, urgency
from conversations.models import Message, PublicQuestion, Thread
from conversations.vocabulary import Channel, MessageKind, Priority, ThreadState
from kernel.refusals import ErrorCode, LimitReached, Refusal

#: What an asker may add before the clinic has said a word.
MOST_IN_A_ROW: Final = 20
#: A conversation that is longer than this goes on in another.
MOST_MESSAGES: Final = 2000


class ThreadClosed(Refusal):
    """The clinic says nothing in a closed conversation."""

    code = ErrorCode.WRONG_STATE
    words = _("This question is closed: open it again first.")


def reply(
    *, thread: Thread, text: str, files: Sequence[bytes] = (), by: Person | None, at: datetime
) -> Message:
    """Add something as the asker; a conversation that was closed is open again.

    Raises:
        Invalid: no text, or more than 5,000 characters.
        LimitReached: twenty messages since the clinic's last word, or 2,000 in all; six files.
        PictureRefused, DocumentRefused: a file that is not taken.
    """
    said = turns.checked_text(text)
    with attachments.stored(files) as stored, transaction.atomic():
        thread = turns.locked(thread)
        _refuse_too_long(thread)
        message = turns.say(thread, kind=MessageKind.FROM_ASKER, text=said, author=by, at=at)
        attachments.attach(message, stored)
        if urgency.is_urgent(said) and not thread.is_urgent:
            thread.is_urgent, thread.priority = True, Priority.HIGH
            thread.save(update_fields=["is_urgent", "priority"])
        turns.await_answer(thread, at=at)
        audit.record(action="question.reply", subject=thread, by=by, at=at)
        if thread.assignee:
            telling.tell_colleague(thread, thread.assignee, occasion=f"reply-{message.pk}")
    return message


def answer(
    *,
    thread: Thread,
    text: str,
    files: Sequence[bytes] = (),
    channel: Channel = Channel.WEB,
    by: Person,
    at: datetime,
) -> Message:
    """Answer in the clinic's name; who was in charge of nothing yet is in charge of it.

    An answer given elsewhere (by phone) is written down with its channel and mailed to nobody.

    Raises:
        Invalid, LimitReached, PictureRefused, DocumentRefused: as `reply`.
        ThreadClosed: it was closed.
    """
    said = turns.checked_text(text)
    with attachments.stored(files) as stored, transaction.atomic():
        thread = turns.locked(thread)
        if thread.state == ThreadState.CLOSED:
            raise ThreadClosed(path=["input", "id"])
        if thread.messages.count() >= MOST_MESSAGES:
            raise LimitReached(path=["input"], most=MOST_MESSAGES)
        message = turns.say(
            thread,
            kind=MessageKind.FROM_CLINIC,
            text=said,
            author=by,
            at=at,
            channel=channel,
        )
        attachments.attach(message, stored)
        if thread.assignee is None:
            thread.assignee = by
            thread.save(update_fields=["assignee"])
        turns.stop_waiting(thread, ThreadState.ANSWERED, at=at)
        audit.record(action="question.answer", subject=thread, by=by, at=at)
        if channel is Channel.WEB:
            telling.tell_of_answer(thread, message, at=at)
    return message


def note(*, thread: Thread, text: str, by: Person, at: datetime) -> Message:
    """Write something that colleagues alone read.

    Raises:
        Invalid: no text, or more than 5,000 characters.
        LimitReached: 2,000 messages.
    """
    said = turns.checked_text(text)
    with transaction.atomic():
        thread = turns.locked(thread)
        if thread.messages.count() >= MOST_MESSAGES:
            raise LimitReached(path=["input"], most=MOST_MESSAGES)
        message = turns.say(thread, kind=MessageKind.NOTE, text=said, author=by, at=at)
        audit.record(action="question.note", subject=thread, by=by, at=at)
    return message


def close(*, thread: Thread, by: Person | None, at: datetime) -> Thread:
    """Close a conversation, by its asker or by staff; one that is closed stays so."""
    with transaction.atomic():
        thread = turns.locked(thread)
        if thread.state != ThreadState.CLOSED:
            turns.stop_waiting(thread, ThreadState.CLOSED, at=at)
            audit.record(action="question.close", subject=thread, by=by, at=at)
    return thread


def reopen(*, thread: Thread, by: Person, at: datetime) -> Thread:
    """Open a closed conversation again; its asker waits anew if the last word was theirs."""
    with transaction.atomic():
        thread = turns.locked(thread)
        if thread.state != ThreadState.CLOSED:
            return thread
        last = thread.messages.exclude(kind=MessageKind.NOTE).order_by("-pk").first()
        if last and last.kind == MessageKind.FROM_ASKER:
            turns.await_answer(thread, at=at)
        else:
            thread.state, thread.closed_at = ThreadState.ANSWERED, None
            thread.save(update_fields=["state", "closed_at"])
        audit.record(action="question.reopen", subject=thread, by=by, at=at)
    return thread


def allow_publication(*, thread: Thread, allowed: bool, by: Person | None, at: datetime) -> Thread:
    """Let the clinic publish the question without its asker's name, or take that back.

    What was published goes at once when it is taken back.
    """
    with transaction.atomic():
        thread = turns.locked(thread)
        thread.may_be_published = allowed
        thread.save(update_fields=["may_be_published"])
        if not allowed and PublicQuestion.objects.filter(thread=thread).delete()[0]:
            revision.bump()
        audit.record(
            action="question.consent",
            subject=thread,
            by=by,
            at=at,
            changes={"may_be_published": [not allowed, allowed]},
        )
    return thread


def _refuse_too_long(thread: Thread) -> None:
    last = thread.messages.filter(kind=MessageKind.FROM_CLINIC).order_by("-pk").first()
    since = thread.messages.filter(kind=MessageKind.FROM_ASKER, pk__gt=last.pk if last else 0)
    if since.count() >= MOST_IN_A_ROW:
        raise LimitReached(path=["input"], most=MOST_IN_A_ROW)
    if thread.messages.count() >= MOST_MESSAGES:
        raise LimitReached(path=["input"], most=MOST_MESSAGES)
