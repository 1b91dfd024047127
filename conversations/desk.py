"""What staff prepare: answers that are given often, and within how long the clinic answers."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Person
from conversations.models import AnswerTime, CannedAnswer


def keep_canned_answer(*, row: CannedAnswer, by: Person, at: datetime) -> CannedAnswer:
    """Keep an answer to begin from."""
    with transaction.atomic():
        row.save()
        audit.record(action="canned_answer.save", subject=row, by=by, at=at)
    return row


def remove_canned_answer(*, row: CannedAnswer, by: Person, at: datetime) -> None:
    with transaction.atomic():
        audit.record(action="canned_answer.remove", subject=row, by=by, at=at)
        row.delete()


def set_answer_time(*, row: AnswerTime, by: Person, at: datetime) -> AnswerTime:
    """Promise to answer within so much opening time, from now on."""
    with transaction.atomic():
        row.save()
        changes = {"minutes": row.minutes, "urgent_minutes": row.urgent_minutes}
        audit.record(action="answer_time.set", subject=row, by=by, at=at, changes=changes)
    return row
