"""People as the staff see them: found by whatever is known of them, and read with a trace."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import access, audit, phones
from accounts.folding import fold
from accounts.models import Address, Person
from kernel.refusals import Refusal

_MOST_WORDS = 6
_LONGEST_SEARCH = 200
_FEWEST_DIGITS = 4
_NOT_OF_EMAIL = re.compile(r"[^\w.@+'-]")
_PHONE = re.compile(r"\+?[0-9][0-9\s().-]+")

type Place = tuple[str, int]
type Part = Literal["addresses", "references", "consents"]
type Finder = Callable[[str], Q]

ALL_PARTS: frozenset[Part] = frozenset({"addresses", "references", "consents"})
_FINDERS: list[Finder] = []


@dataclass(frozen=True, slots=True)
class ClientPage:
    """People by last and first name; `places` say where each stands, to go on after them."""

    people: list[Person]
    has_next: bool

    @property
    def places(self) -> list[Place]:
        return [(person.name_key, person.pk) for person in self.people]


def also_find(finder: Finder) -> Finder:
    """Let an app above find people by what it knows of them: a pet's name, its chip.

    `finder` takes one folded word, or the digits of a number, and gives a condition on a person
    that stands beside the others; the apps above register theirs when they are made ready.
    """
    if finder not in _FINDERS:
        _FINDERS.append(finder)
    return finder


def find_clients(
    text: str, *, first: int, after: Place | None = None, parts: Collection[Part] = ALL_PARTS
) -> ClientPage:
    """People of whom every word of `text` is known: name, e-mail, phone, postal code or commune.

    Case, accents and the formatting of phone numbers do not matter; no text finds everybody.
    Erased files are never found. One statement, and one for each part of the files to be read
    with them, whatever the size of the page.
    """
    people = clients().filter(known_as(text))
    if after is not None:
        key, pk = after
        people = people.filter(Q(name_key__gt=key) | Q(name_key=key, pk__gt=pk))
    found = list(people.order_by("name_key", "pk").prefetch_related(*parts)[: first + 1])
    return ClientPage(found[:first], has_next=len(found) > first)


def note_search(page: ClientPage, *, by: Person, at: datetime) -> None:
    """Keep in the trail how many were found, and whose files a member of staff was shown."""
    shown = " ".join(str(person.pk) for person in page.people)
    audit.record(
        action="person.search",
        subject=by,
        by=by,
        at=at,
        changes={"found": len(page.people), "shown": shown},
    )


def read_client(
    person_id: int | None, *, parts: Collection[Part] = ALL_PARTS, by: Person, at: datetime
) -> Person:
    """A client's file for a member of staff; the reading is kept in the trail.

    Raises:
        NotFound.
    """
    person = access.client_for_staff(person_id, parts=parts)
    audit.record(action="person.read", subject=person, by=by, at=at)
    return person


def clients() -> QuerySet[Person]:
    """All files but the erased ones, and those of machines."""
    return Person.objects.filter(erased_at=None, service_tokens=None)


def known_as(text: str) -> Q:
    """People of whom every word is known; a text that is a phone number or part of one stays whole.

    Only the first 200 characters and six words are looked at.
    """
    typed = text[:_LONGEST_SEARCH].strip()
    if _PHONE.fullmatch(typed) and len(re.sub(r"\D", "", typed)) >= _FEWEST_DIGITS:
        return _by_number(typed)
    words = [part for word in typed.split() for part in _parts_of(word)][:_MOST_WORDS]
    if typed and not words:
        return Q(pk=None)
    wanted = Q()
    for word in words:
        wanted &= Q(email__icontains=word) if "@" in word else _by_word(word)
    return wanted


def _parts_of(word: str) -> list[str]:
    """An e-mail in one piece, anything else as it is folded."""
    return [_NOT_OF_EMAIL.sub("", word)] if "@" in word else fold(word).split()


def _by_word(word: str) -> Q:
    wanted = (
        Q(name_key__contains=word)
        | Q(email__icontains=word)
        | _lives(Q(city_key__contains=word) | Q(postal_code=word))
    )
    return _also(word, wanted)


def _also(word: str, wanted: Q) -> Q:
    for finder in _FINDERS:
        wanted |= finder(word)
    return wanted


def _by_number(text: str) -> Q:
    try:
        digits = phones.normalise(text, path=[])
    except Refusal:
        digits = re.sub(r"\D", "", text).lstrip("0")
    called = Q(phone__contains=digits)
    return _also(re.sub(r"\D", "", text), called | _lives(called | Q(postal_code=text)))


def _lives(where: Q) -> Q:
    return Q(Exists(Address.objects.filter(where, person=OuterRef("pk"))))
