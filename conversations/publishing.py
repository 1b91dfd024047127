"""An answered question for all to read: nameless, with its asker's leave, never on medicines.

Source: Reg. (EU) 2019/6 art. 119 and 120 (what is said of a medicine to the public is advertising);
GDPR art. 6(1)(a) for the asker's leave.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog.models import ProductText
from catalog.regulation import RULES, takes_reviews
from catalog.reviews import takes_reviews as may_be_talked_of
from clinic import revision
from conversations import turns
from conversations.models import PublicQuestion, Thread
from kernel.refusals import ErrorCode, Refusal
from kernel.text_index.analysis import fold

_SHORTEST_NAME = 3
_SHORTEST_NUMBER = 6
_NO_WORD = re.compile(r"[^a-z0-9]+")
#: Classes of which nothing is said in public.
_HUSHED = frozenset(kind for kind in RULES if not takes_reviews([kind]))


class NotAllowedByAsker(Refusal):
    """Whose question it is has not agreed, or has taken it back."""

    code = ErrorCode.NOT_ALLOWED
    words = _("Whoever asked has not agreed that it be published.")


class NotAnswered(Refusal):
    """There is nothing to publish yet."""

    code = ErrorCode.WRONG_STATE
    words = _("This question is not answered yet.")


class OnMedicines(Refusal):
    """It is about a medicine, by its subject or by a name in its words."""

    code = ErrorCode.NOT_ALLOWED
    words = _("Nothing is published on medicines: %(name)s.")
    article = "Reg. (EU) 2019/6 art. 119, 120"


class NamesSomebody(Refusal):
    """It still tells who asked."""

    code = ErrorCode.INVALID
    words = _("Leave out what tells who asked: %(name)s.")


def publish(
    *, thread: Thread, question: str, answer: str, by: Person, at: datetime
) -> PublicQuestion:
    """Publish a question and its answer in the words given; again, in other words, in their place.

    Raises:
        Invalid: an empty text, or more than 5,000 characters.
        NotAllowedByAsker, NotAnswered.
        OnMedicines: its product is one, or a text names one of the catalogue.
        NamesSomebody: a text has a name, an address or a number of the asker's, or the pet's name.
    """
    texts = turns.checked_text(question), turns.checked_text(answer)
    with transaction.atomic():
        thread = turns.locked(thread)
        if not thread.may_be_published:
            raise NotAllowedByAsker(path=["input", "id"])
        if thread.answered_at is None:
            raise NotAnswered(path=["input", "id"])
        _refuse_medicines(thread, *texts)
        _refuse_names(thread, *texts)
        public, _is_new = PublicQuestion.objects.update_or_create(
            thread=thread,
            defaults={
                "product": thread.product,
                "species": thread.pet.species if thread.pet else "",
                "language": thread.language,
                "question": texts[0],
                "answer": texts[1],
                "published_at": at,
                "published_by": by,
            },
        )
        audit.record(action="question.publish", subject=thread, by=by, at=at)
        revision.bump()
    return public


def withdraw(*, thread: Thread, by: Person, at: datetime) -> Thread:
    """Take a published question from the public; one that is not published stays so."""
    with transaction.atomic():
        gone, _rows = PublicQuestion.objects.filter(thread=thread).delete()
        if gone:
            audit.record(action="question.unpublish", subject=thread, by=by, at=at)
            revision.bump()
    return thread


def _refuse_medicines(thread: Thread, *texts: str) -> None:
    if thread.product and not may_be_talked_of(thread.product):
        raise OnMedicines(path=["input", "id"], name=thread.product.slug)
    said = " ".join(map(_words, texts))
    medicines = ProductText.objects.filter(product__variants__regulatory_class__in=_HUSHED)
    for name in medicines.values_list("name", flat=True).distinct():
        if _words(name).strip() and _words(name) in said:
            raise OnMedicines(path=["input", "question"], name=name)


def _refuse_names(thread: Thread, *texts: str) -> None:
    said = " ".join(map(_words, texts))
    digits = re.sub(r"\D", "", " ".join(texts))
    for name in _names_of(thread):
        if len(name) >= _SHORTEST_NAME and _words(name) in said:
            raise NamesSomebody(path=["input", "question"], name=name)
    for number in _numbers_of(thread):
        if len(number) >= _SHORTEST_NUMBER and number in digits:
            raise NamesSomebody(path=["input", "question"], name=number)


def _names_of(thread: Thread) -> Iterator[str]:
    """Of a stranger each word of the name counts; of a file, first and last name."""
    person = thread.person
    yield from (thread.email, *thread.asker_name.split())
    if person:
        yield from (person.first_name, person.last_name, person.email)
    if thread.pet:
        yield thread.pet.name


def _numbers_of(thread: Thread) -> Iterator[str]:
    """The phone as it is told within France: without its country, which begins with a nought."""
    if thread.person and thread.person.phone:
        yield re.sub(r"\D", "", thread.person.phone)[2:]


def _words(text: str) -> str:
    return f" {_NO_WORD.sub(' ', fold(text)).strip()} "
