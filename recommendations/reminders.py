"""Mails that tell when something runs out: once a purchase, to those who agreed, in time to order.

What is told is read from the shelves at that moment: a pet that died or was put aside, a product
that was bought again, a consent taken back, and there is nothing to tell.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import override

from accounts import consents, notices
from accounts.models import Person
from accounts.notices import Message
from accounts.vocabulary import Purpose
from catalog.listing import Reading
from clinic import details, revision
from clinic.details import PARIS
from kernel.animals import Language
from orders.letters import Letter, letter_of
from orders.models import Order
from pets.models import Guardian, Pet
from pets.reading import PetsRead
from recommendations.histories import BOUGHT
from recommendations.models import PetShelf
from recommendations.serving import ShelvesRead, Shown

#: Days between the mail and the parcel's way, to think it over.
_BEFORE: Final = 3
#: Days that a parcel is on its way, where no order of the person tells.
_USUAL_DELIVERY: Final = 2
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Due:
    """Something that runs out for a pet, and whom to tell."""

    pet: Pet
    person: Person
    shown: Shown
    start: date
    end: date

    @property
    def key(self) -> str:
        """One purchase is told of once: a later one has another last day."""
        last = self.shown.reason.last
        return f"run-out:{self.person.pk}:{self.pet.pk}:{self.shown.card.key}:{last}"


def remind_due(*, at: datetime) -> int:
    """Write the mails that are due, at most one a person a day; how many were written."""
    told: set[int] = set()
    for due in due_now(at=at):
        if due.person.pk in told:
            continue
        language = Language(due.person.language)
        letter = worded(due, language)
        written = notices.notify(
            key=due.key,
            recipient=due.person.email,
            language=language,
            message=Message(subject=letter.subject, body=letter.text, html=letter.html),
        )
        told |= {due.person.pk} if written else set()
    return len(told)


def due_now(*, at: datetime) -> Iterator[Due]:
    """What runs out in the days that a delivery takes and three more, the soonest first by pet."""
    keys = PetShelf.objects.filter(version__is_serving=True).exclude(again=[])
    for part in batched(
        keys.order_by("pet").values_list("pet_id", flat=True), _CHUNK, strict=False
    ):
        yield from _due_of(part, at=at)


def _due_of(pet_ids: Sequence[int], *, at: datetime) -> Iterator[Due]:
    today = at.astimezone(PARIS).date()
    pets = list(Pet.objects.filter(pk__in=pet_ids).select_related("breed").order_by("pk"))
    people = _agreeing(pets)
    needed = _delivery_days({person.pk for each in people.values() for person in each})
    now = revision.current()
    clinic = details.public_details(now)
    reading = Reading(revision=now, clinic=clinic, at=at, language=Language.FR)
    shelves = ShelvesRead(PetsRead(pets, on=today), reading)
    for pet in (each for each in pets if people[each.pk]):
        again = [each for each in shelves.of(pet).again if each.runs_out is not None]
        for person in people[pet.pk]:
            ahead = timedelta(days=needed.get(person.pk, _USUAL_DELIVERY) + _BEFORE)
            for each in sorted(again, key=_start_of):
                if _start_of(each) - ahead <= today <= _end_of(each):
                    yield Due(pet, person, each, _start_of(each), _end_of(each))


def _start_of(shown: Shown) -> date:
    return shown.runs_out.start if shown.runs_out else date.max


def _end_of(shown: Shown) -> date:
    return shown.runs_out.end if shown.runs_out else date.min


def _agreeing(pets: Sequence[Pet]) -> dict[int, list[Person]]:
    """Who looks after each pet, has an e-mail, and said yes to messages."""
    rows = list(Guardian.objects.filter(pet__in=pets).select_related("person").order_by("pk"))
    yes = consents.who_consented({row.person_id for row in rows}, Purpose.MARKETING_EMAIL)
    found: dict[int, list[Person]] = defaultdict(list)
    for row in rows:
        if row.person_id in yes and row.person.email and row.person.erased_at is None:
            found[row.pet_id].append(row.person)
    return found


def _delivery_days(people: set[int]) -> dict[int, int]:
    """How many days the last order of each person was promised to take."""
    orders = Order.objects.filter(person__in=people, state__in=BOUGHT, promise_to__isnull=False)
    columns = ("person_id", "placed_at", "promise_to")
    return {
        person: max(0, math.ceil((promised - placed).total_seconds() / 86_400))
        for person, placed, promised in orders.order_by("placed_at").values_list(*columns)
    }


def worded(due: Due, language: Language) -> Letter:
    """The mail; its subject names the pet and nothing that it needs."""
    public = details.public_details(revision.current())
    brief = due.shown.card.brief
    with override(language):
        markup = render_to_string(
            f"recommendations/mail/{language}/run_out.html",
            {
                "language": language,
                "first_name": due.person.first_name,
                "clinic": {
                    "name": public.clinic.name,
                    "legal_name": public.clinic.legal_name or public.clinic.name,
                    "phone": public.clinic.phone,
                    "email": public.clinic.email,
                },
                "pet": due.pet.name,
                "product": brief["name"],
                "pack": due.shown.pack["label"],
                "start": date_format(due.start, "DATE_FORMAT"),
                "end": date_format(due.end, "DATE_FORMAT"),
                "url": f"{settings.STOREFRONT_URL}/products/{brief['slug']}",
                "consents_url": f"{settings.STOREFRONT_URL}/account/consents",
            },
        )
    return letter_of(markup)
