"""Somebody asks the clinic: an owner, an address that is confirmed first, or staff for a caller."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, written
from accounts.models import Person
from catalog.models import Product
from clinic.models import Place
from conversations import attachments, telling, turns, urgency
from conversations.attachments import Stored
from conversations.links import LinkKind, thread_behind
from conversations.models import Thread
from conversations.vocabulary import Channel, MessageKind, Priority, ThreadKind, ThreadState
from kernel.animals import Language
from kernel.refusals import Invalid, LimitReached
from orders.models import Order
from pets.models import Pet

MOST_OPEN: Final = 20
#: Questions of an address that nobody has confirmed, a day: what a stranger can have us mail.
MOST_UNCONFIRMED: Final = 3
UNCONFIRMED_KEPT: Final = timedelta(days=7)
_LONGEST_TITLE: Final = 120
_TITLE_OF_TEXT: Final = 80
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: a person with a file, or what a stranger says of themselves."""

    person: Person | None = None
    email: str = ""
    name: str = ""
    language: Language = Language.FR


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, about one thing at most; an empty title is the text's beginning."""

    text: str
    title: str = ""
    kind: ThreadKind = ThreadKind.QUESTION
    pet: Pet | None = None
    product: Product | None = None
    order: Order | None = None
    may_be_published: bool = False
    files: Sequence[bytes] = ()


def ask(*, asker: Asker, asked: Asked, place: Place, at: datetime) -> Thread:
    """Ask the clinic from the shop. What an address asks is seen once its owner has confirmed it.

    Raises:
        Invalid: no text, one or a title that is too long, two subjects, no address of a stranger.
        LimitReached: twenty of the person's questions are open; three of the address wait to be
            confirmed; more than five files.
        PictureRefused, DocumentRefused: a file that is not taken.
    """
    asked = _checked(asked)
    stranger = None if asker.person else _checked_stranger(asker)
    with attachments.stored(asked.files) as files, transaction.atomic():
        _refuse_too_many(asker.person, stranger, at=at)
        thread = _open(stranger or asker, asked, place, at=at)
        _say(thread, asked, files, asker.person, at=at)
        audit.record(action="question.ask", subject=thread, by=asker.person, at=at)
        if stranger:
            telling.ask_to_confirm(thread, at=at)
        else:
            _take_in(thread, at=at)
    return thread


def confirm(*, token: str, at: datetime) -> Thread:
    """Take in what an address asked, by the link that was mailed to it; twice does no more.

    Raises:
        LinkRefused: forged, too old, or forgotten.
    """
    with transaction.atomic():
        thread = turns.locked(thread_behind(token, LinkKind.CONFIRM, at=at))
        if thread.confirmed_at is None:
            _take_in(thread, at=at)
    return thread


def enter(
    *, asker: Asker, asked: Asked, channel: Channel, place: Place, by: Person, at: datetime
) -> Thread:
    """Write down what somebody asked elsewhere: by phone, by mail, at the counter.

    Raises:
        Invalid: as `ask`; nobody is named.
        LimitReached, PictureRefused, DocumentRefused: as `ask`.
    """
    asked = _checked(asked)
    email = written.email(asker.email, path=["input", "email"])
    name = _name(asker.name)
    if not (asker.person or email or name):
        expected = str(_("a client, an address or a name"))
        raise Invalid(path=["input", "name"], value="", expected=expected)
    with attachments.stored(asked.files) as files, transaction.atomic():
        known = replace(asker, email=email, name=name)
        thread = _open(known, asked, place, at=at, channel=channel)
        _say(thread, asked, files, asker.person, at=at)
        audit.record(action="question.enter", subject=thread, by=by, at=at)
        _take_in(thread, at=at)
    return thread


def _say(
    thread: Thread, asked: Asked, files: Sequence[Stored], author: Person | None, *, at: datetime
) -> None:
    message = turns.say(
        thread,
        kind=MessageKind.FROM_ASKER,
        text=asked.text,
        author=author,
        at=at,
        channel=Channel(thread.channel),
    )
    attachments.attach(message, files)


def _take_in(thread: Thread, *, at: datetime) -> None:
    thread.confirmed_at = at
    thread.save(update_fields=["confirmed_at"])
    turns.await_answer(thread, at=at)
    telling.confirm_receipt(thread, at=at)


def _open(
    asker: Asker, asked: Asked, place: Place, *, at: datetime, channel: Channel = Channel.WEB
) -> Thread:
    urgent = urgency.is_urgent(f"{asked.title}\n{asked.text}")
    person = asker.person
    return Thread.objects.create(
        kind=asked.kind,
        channel=channel,
        title=asked.title,
        person=person,
        email=asker.email,
        asker_name=asker.name,
        language=person.language if person else asker.language,
        pet=asked.pet,
        product=asked.product,
        order=asked.order,
        place=place,
        state=ThreadState.WAITING,
        priority=Priority.HIGH if urgent else Priority.NORMAL,
        is_urgent=urgent,
        asked_at=at,
        due_at=at,
        may_be_published=asked.may_be_published,
    )


def _checked(asked: Asked) -> Asked:
    if sum(each is not None for each in (asked.pet, asked.product, asked.order)) > 1:
        expected = str(_("a pet, a product or an order"))
        raise Invalid(path=["input"], value=_("More than one subject"), expected=expected)
    text = turns.checked_text(asked.text)
    title = written.line(
        asked.title,
        path=["input", "title"],
        expected=_("a title of at most 120 characters"),
        most=_LONGEST_TITLE,
    )
    return replace(asked, text=text, title=title or _beginning(text))


def _beginning(text: str) -> str:
    first = " ".join(text.split())
    return first if len(first) <= _TITLE_OF_TEXT else first[: _TITLE_OF_TEXT - 1].rstrip() + "…"


def _checked_stranger(asker: Asker) -> Asker:
    email = written.email(asker.email, path=["input", "email"])
    if not email:
        expected = str(_("an e-mail address such as ada@example.org"))
        raise Invalid(path=["input", "email"], value="", expected=expected)
    return replace(asker, email=email, name=_name(asker.name))


def _name(text: str) -> str:
    return written.name(text, path=["input", "name"]) if text.strip() else ""


def _refuse_too_many(person: Person | None, stranger: Asker | None, *, at: datetime) -> None:
    if stranger:
        lately = Thread.objects.filter(email=stranger.email, confirmed_at=None, person=None)
        if lately.filter(asked_at__gt=at - _DAY).count() >= MOST_UNCONFIRMED:
            raise LimitReached(path=["input", "email"], most=MOST_UNCONFIRMED)
    elif person:
        # Two phones asking at once count one after the other.
        Person.objects.select_for_update().get(pk=person.pk)
        waiting = Thread.objects.filter(person=person, state=ThreadState.WAITING)
        if waiting.count() >= MOST_OPEN:
            raise LimitReached(path=["input"], most=MOST_OPEN)
