"""Who of the clinic is in charge of a conversation, and how soon it must be looked at."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Person
from conversations import telling, turns
from conversations.models import Thread
from conversations.vocabulary import Priority


def assign(*, thread: Thread, to: Person | None, by: Person, at: datetime) -> Thread:
    """Put somebody in charge, or nobody; who is put in charge by another is told by mail."""
    with transaction.atomic():
        thread = turns.locked(thread)
        before = thread.assignee_id
        if before != (to.pk if to else None):
            thread.assignee = to
            thread.save(update_fields=["assignee"])
            changes = {"assignee": [before, to.pk if to else None]}
            audit.record(action="question.assign", subject=thread, by=by, at=at, changes=changes)
            if to and to != by:
                telling.tell_colleague(thread, to, occasion=f"{at:%Y%m%d%H%M%S}")
    return thread


def prioritise(*, thread: Thread, priority: Priority, by: Person, at: datetime) -> Thread:
    """Say how soon it must be looked at; what was promised to the asker stays promised."""
    with transaction.atomic():
        thread = turns.locked(thread)
        changes = {"priority": [thread.priority, priority]}
        thread.priority = priority
        thread.save(update_fields=["priority"])
        audit.record(action="question.priority", subject=thread, by=by, at=at, changes=changes)
    return thread
