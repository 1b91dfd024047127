"""One dated history a pet: weighings, findings, visits, treatments, each with who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, written
from accounts.models import Person
from accounts.vocabulary import Origin
from clinic.details import PARIS
from kernel import events
from kernel.animals import Condition, IngredientGroup, Species
from kernel.refusals import Invalid, LimitReached, NotAllowed
from pets.events import PetChanged
from pets.models import HistoryEntry, Pet
from pets.models.history import BODY_CONDITIONS
from pets.records import check_day, check_weight, locked, refuse_closed
from pets.vocabulary import HistoryKind

MOST_A_DAY = 30
MOST_ENTRIES = 5_000
_LONGEST_TEXT = 500
_WORDED = frozenset(
    {HistoryKind.VISIT, HistoryKind.VACCINATION, HistoryKind.TREATMENT, HistoryKind.NOTE}
)
_LASTING = frozenset({HistoryKind.CONDITION, HistoryKind.ALLERGY, HistoryKind.TREATMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something to write down; its kind says which of the values it carries."""

    kind: HistoryKind
    happened_on: date
    ended_on: date | None = None
    weight_g: int | None = None
    score: int | None = None
    condition: Condition | None = None
    allergen: IngredientGroup | None = None
    text: str = ""
    external_reference: str = ""


#: What a kind must carry beside its date, and the input field that is missing without it.
_CARRIED: Mapping[HistoryKind, tuple[str, str]] = MappingProxyType(
    {
        HistoryKind.WEIGHT: ("weight_g", "weightG"),
        HistoryKind.BODY_CONDITION: ("score", "score"),
        HistoryKind.CONDITION: ("condition", "condition"),
        HistoryKind.ALLERGY: ("allergen", "allergen"),
    }
)


def record_fact(
    *, pet: Pet, fact: Fact, origin: Origin, by: Person | None, at: datetime
) -> HistoryEntry:
    """Write a fact into a pet's history; the very same fact again is the one that is there.

    Raises:
        Invalid: a day to come or before birth, a weight no such animal has, a missing value.
        NotAllowed: a body condition that is not staff's: it takes hands that know.
        NoLongerServed: the file is closed.
        LimitReached: more than 30 facts on one day from one source, or 5,000 in all.
    """
    _check(fact, pet=pet, origin=origin, at=at)
    text = written.line(
        fact.text,
        path=["input", "text"],
        expected=_("at most 500 characters, without emoji"),
        most=_LONGEST_TEXT,
    )
    known = {
        "kind": fact.kind,
        "happened_on": fact.happened_on,
        "ended_on": fact.ended_on,
        "weight_g": fact.weight_g,
        "score": fact.score,
        "condition": fact.condition or "",
        "allergen": fact.allergen or "",
        "text": text,
        "external_reference": fact.external_reference,
        "origin": origin,
    }
    with transaction.atomic():
        pet = locked(pet)
        refuse_closed(pet)
        there = HistoryEntry.objects.filter(pet=pet, **known).first()
        if there is not None:
            return there
        _refuse_flood(pet, origin, at=at)
        entry = HistoryEntry.objects.create(pet=pet, author=by, recorded_at=at, **known)
        audit.record(action=f"history.{fact.kind}", subject=pet, by=by, at=at)
        events.publish(PetChanged(pet_id=pet.pk))
    return entry


def end_fact(
    *, entry: HistoryEntry, ended_on: date, origin: Origin, by: Person | None, at: datetime
) -> HistoryEntry:
    """Say that a condition, an allergy or a treatment is over; owners end only what owners said.

    Raises:
        NotAllowed: an owner, and the entry is the clinic's.
        Invalid: a kind that does not last, a day to come, or one before it began.
        NoLongerServed: the file is closed.
    """
    _refuse_anothers(entry, origin)
    path = ["input", "endedOn"]
    if HistoryKind(entry.kind) not in _LASTING:
        expected = str(_("a condition, an allergy or a treatment"))
        raise Invalid(path=["input", "entryId"], value=entry.kind, expected=expected)
    if ended_on < entry.happened_on:
        expected = _("%(since)s or after") % {"since": entry.happened_on.isoformat()}
        raise Invalid(path=path, value=ended_on.isoformat(), expected=str(expected))
    check_day(ended_on, pet=entry.pet, path=path, at=at)
    with transaction.atomic():
        refuse_closed(locked(entry.pet))
        HistoryEntry.objects.filter(pk=entry.pk).update(ended_on=ended_on)
        changes = {"ended_on": [None, ended_on.isoformat()], "entry": entry.pk}
        audit.record(action="history.end", subject=entry.pet, by=by, at=at, changes=changes)
        events.publish(PetChanged(pet_id=entry.pet_id))
    entry.ended_on = ended_on
    return entry


def take_back(*, entry: HistoryEntry, origin: Origin, by: Person, at: datetime) -> None:
    """Take out an entry that was a mistake; owners take back only what owners said.

    Raises:
        NotAllowed: an owner, and the entry is the clinic's.
        NoLongerServed: the file is closed.
    """
    _refuse_anothers(entry, origin)
    with transaction.atomic():
        pet = locked(entry.pet)
        refuse_closed(pet)
        said = {"entry": [str(entry), None], "weight_g": [entry.weight_g, None]}
        entry.delete()
        audit.record(action="history.take_back", subject=pet, by=by, at=at, changes=said)
        events.publish(PetChanged(pet_id=pet.pk))


def _refuse_anothers(entry: HistoryEntry, origin: Origin) -> None:
    """Raises: NotAllowed, for an owner who would undo what the clinic wrote."""
    if origin is Origin.OWNER and entry.origin != Origin.OWNER:
        raise NotAllowed(path=["input", "entryId"])


def _check(fact: Fact, *, pet: Pet, origin: Origin, at: datetime) -> None:
    check_day(fact.happened_on, pet=pet, path=["input", "happenedOn"], at=at)
    if fact.ended_on is not None and fact.ended_on < fact.happened_on:
        expected = str(_("a day after it began"))
        raise Invalid(path=["input", "endedOn"], value=fact.ended_on.isoformat(), expected=expected)
    if fact.kind in _CARRIED:
        attribute, field = _CARRIED[fact.kind]
        if getattr(fact, attribute) is None:
            raise Invalid(path=["input", field], value="", expected=str(_("a value")))
    if fact.kind in _WORDED and not fact.text.strip():
        raise Invalid(path=["input", "text"], value="", expected=str(_("what happened")))
    if fact.weight_g is not None:
        check_weight(Species(pet.species), fact.weight_g, path=["input", "weightG"])
    if fact.score is not None and fact.score not in BODY_CONDITIONS:
        raise Invalid(path=["input", "score"], value=fact.score, expected="1-9")
    if fact.kind is HistoryKind.BODY_CONDITION and origin is Origin.OWNER:
        raise NotAllowed(path=["input", "score"])


def _refuse_flood(pet: Pet, origin: Origin, *, at: datetime) -> None:
    """Raises: LimitReached; the clinic's own imports are not counted by the day."""
    entries = HistoryEntry.objects.filter(pet=pet)
    if entries.count() >= MOST_ENTRIES:
        raise LimitReached(path=["input"], most=MOST_ENTRIES)
    day = at.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    today = entries.filter(origin=origin, recorded_at__gte=day)
    if origin in (Origin.OWNER, Origin.STAFF) and today.count() >= MOST_A_DAY:
        raise LimitReached(path=["input"], most=MOST_A_DAY)
