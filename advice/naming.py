"""Topics and authors, named; every card that shows them follows."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Person
from advice import cards
from advice.models import Author, Topic


def keep_topic(*, topic: Topic, by: Person | None, at: datetime) -> None:
    """Keep a topic, and call it so wherever it stands."""
    with transaction.atomic():
        topic.save()
        changes = {"name": ["", topic.name_fr]}
        audit.record(action="topic.save", subject=topic, by=by, at=at, changes=changes)
        cards.project(cards.showing(topic=topic.slug))


def keep_author(*, author: Author, by: Person | None, at: datetime) -> None:
    """Keep an author, and sign so wherever they wrote."""
    with transaction.atomic():
        author.save()
        changes = {"name": ["", author.name], "title": ["", author.title_fr]}
        audit.record(action="author.save", subject=author, by=by, at=at, changes=changes)
        cards.project(cards.showing(author=author.slug))
