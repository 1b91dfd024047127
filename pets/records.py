"""Pets' files: opened, changed, archived, closed."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, written
from accounts.models import Person
from accounts.vocabulary import Origin
from clinic.details import PARIS
from kernel import events
from kernel.animals import Species
from kernel.refusals import ErrorCode, Invalid, LimitReached, Refusal, Stale
from pets import health, identification
from pets.events import PetChanged, PetDied
from pets.models import Breed, Guardian, HistoryEntry, Identification, Pet
from pets.vocabulary import Activity, Breeding, HistoryKind, IdentificationKind, Sex

MOST_PETS = 50
_LONGEST_NAME, _LONGEST_BREED = 60, 80
_NAME = re.compile(r"[\w .'’\-()/&,]+")
#: The oldest that an animal of the species is known to get, in years, rounded up.
OLDEST: Mapping[Species, int] = MappingProxyType(
    {
        Species.DOG: 32,
        Species.CAT: 40,
        Species.RABBIT: 20,
        Species.GUINEA_PIG: 16,
        Species.FERRET: 16,
        Species.RAT: 8,
        Species.BIRD: 100,
    }
)


class Particulars(TypedDict, total=False):
    """What a file says of a pet beside its history; what is left out stays as it is."""

    name: str
    species: Species
    breed: Breed | None
    breed_text: str
    sex: Sex | None
    is_neutered: bool | None
    born_on: date | None
    is_birth_estimated: bool
    activity: Activity | None
    breeding: Breeding
    adult_weight_g: int | None


class NoLongerServed(Refusal):
    """The pet is deceased or archived: its file is closed."""

    code = ErrorCode.NO_LONGER_SERVED
    words = _("The file of %(name)s is closed.")


def add_pet(
    *,
    guardian: Person,
    particulars: Particulars,
    identifications: Mapping[IdentificationKind, str],
    weight_g: int | None = None,
    by: Person | None,
    at: datetime,
) -> Pet:
    """Open the file of a pet for its first guardian; `particulars` names it and its species.

    `weight_g` is today's, where it is known.

    Raises:
        Invalid: a particular that cannot be.
        LimitReached: the guardian has as many pets as the shop keeps.
    """
    pet = Pet(species=particulars["species"])
    fill(pet, particulars, at=at)
    numbers = {kind: identification.checked(kind, text) for kind, text in identifications.items()}
    if weight_g is not None:
        check_weight(Species(pet.species), weight_g, path=["input", "weightG"])
    with transaction.atomic():
        # Two phones adding at once are counted one after the other.
        Person.objects.select_for_update().get(pk=guardian.pk)
        if Guardian.objects.filter(person=guardian).count() >= MOST_PETS:
            raise LimitReached(path=["input"], most=MOST_PETS)
        pet.save()
        Guardian.objects.create(pet=pet, person=guardian, since=at)
        _identify(pet, numbers)
        if weight_g is not None:
            HistoryEntry.objects.create(
                pet=pet,
                kind=HistoryKind.WEIGHT,
                happened_on=at.astimezone(PARIS).date(),
                origin=Origin.OWNER if by == guardian else Origin.STAFF,
                author=by,
                weight_g=weight_g,
                recorded_at=at,
            )
        audit.record(action="pet.add", subject=pet, by=by, at=at)
        events.publish(PetChanged(pet_id=pet.pk))
    return pet


def update_pet(
    *,
    pet: Pet,
    particulars: Particulars,
    identifications: Mapping[IdentificationKind, str] | None = None,
    expected_version: int | None,
    by: Person | None,
    at: datetime,
) -> Pet:
    """Change what a file says; `identifications`, where given, replace those that were there.

    `expected_version` is None for those who may overwrite blindly: imports.

    Raises:
        Stale: somebody changed the file since the asker read it.
        NoLongerServed: the file is closed.
        Invalid: a particular that cannot be.
    """
    numbers = {
        kind: identification.checked(kind, text) for kind, text in (identifications or {}).items()
    }
    with transaction.atomic():
        pet = locked(pet)
        if expected_version is not None and pet.version != expected_version:
            raise Stale(path=["input", "expectedVersion"], version=pet.version)
        refuse_closed(pet)
        changes = fill(pet, particulars, at=at)
        if identifications is not None:
            changes |= _reidentify(pet, numbers)
        if changes:
            pet.version += 1
            pet.save()
            audit.record(action="pet.update", subject=pet, by=by, at=at, changes=changes)
            events.publish(PetChanged(pet_id=pet.pk))
    return pet


def locked(pet: Pet) -> Pet:
    """The row as it stands, held until the transaction ends."""
    return Pet.objects.select_for_update(of=("self",)).select_related("breed").get(pk=pet.pk)


def refuse_closed(pet: Pet) -> None:
    """Raises: NoLongerServed."""
    if not pet.is_served:
        raise NoLongerServed(path=["input", "petId"], name=pet.name)


def archive_pet(*, pet: Pet, archived: bool, by: Person | None, at: datetime) -> Pet:
    """Put a file aside, or take it up again; nothing is lost."""
    with transaction.atomic():
        pet = locked(pet)
        if (pet.archived_at is not None) == archived:
            return pet
        pet.archived_at = at if archived else None
        pet.version += 1
        pet.save(update_fields=["archived_at", "version"])
        action = "pet.archive" if archived else "pet.restore"
        audit.record(action=action, subject=pet, by=by, at=at)
    return pet


def mark_deceased(*, pet: Pet, died_on: date | None, by: Person | None, at: datetime) -> Pet:
    """Close a file for good, which stops everything at once; None takes a mistake back.

    Raises:
        Invalid: a day to come, or one before the animal was born.
    """
    with transaction.atomic():
        pet = locked(pet)
        if pet.died_on == died_on:
            return pet
        if died_on is not None:
            _check_day(died_on, path=["input", "diedOn"], since=pet.born_on, at=at)
        changes = {"died_on": [_text(pet.died_on), _text(died_on)]}
        pet.died_on = died_on
        pet.version += 1
        pet.save(update_fields=["died_on", "version"])
        audit.record(action="pet.deceased", subject=pet, by=by, at=at, changes=changes)
        if died_on is not None:
            events.publish(PetDied(pet_id=pet.pk))
    return pet


def fill(pet: Pet, particulars: Particulars, *, at: datetime) -> dict[str, list[object]]:
    """Set checked particulars on a row that is not saved; what changed, as [before, after].

    Raises:
        Invalid: a particular that cannot be, alone or beside the others.
    """
    cleaned: dict[str, Any] = {**particulars}
    for name, value in cleaned.items():
        if value is None and name in _BLANK_TEXT:
            cleaned[name] = ""
    if "name" in cleaned:
        cleaned["name"] = _name(cleaned["name"])
    if "breed_text" in cleaned:
        cleaned["breed_text"] = written.line(
            cleaned["breed_text"],
            path=["input", "breedText"],
            expected=_("a breed in at most 80 characters"),
            most=_LONGEST_BREED,
        )
    changes: dict[str, list[object]] = {}
    for name, value in cleaned.items():
        before = getattr(pet, name)
        if before != value:
            changes[name] = [_text(before), _text(value)]
            setattr(pet, name, value)
    _check_together(pet, at=at)
    return changes


def _name(text: str) -> str:
    """Animals are called by letters of any script, and by digits: `K9`, `Rex II`, `O'Malley`."""
    path, expected = ["input", "name"], _("a name of 1 to 60 letters, digits and spaces")
    name = written.line(text, path=path, expected=expected, most=_LONGEST_NAME, required=True)
    if not _NAME.fullmatch(name):
        raise written.refused(text, path=path, expected=expected)
    return name


_BLANK_TEXT = frozenset({"sex", "activity"})


def _check_together(pet: Pet, *, at: datetime) -> None:
    species = Species(pet.species)
    if pet.breed is not None and pet.breed.species != species:
        raise Invalid(
            path=["input", "breedId"],
            value=str(pet.breed),
            expected=str(_("a breed of its species")),
        )
    if pet.born_on is not None:
        oldest = at.date() - timedelta(days=366 * OLDEST[species])
        _check_day(pet.born_on, path=["input", "bornOn"], since=oldest, at=at)
    if pet.adult_weight_g is not None:
        check_weight(species, pet.adult_weight_g, path=["input", "adultWeightG"])
    if pet.breeding != Breeding.NONE and (pet.sex == Sex.MALE or pet.is_neutered):
        expected = str(_("a female that is not neutered"))
        raise Invalid(path=["input", "breeding"], value=pet.breeding, expected=expected)


def check_weight(species: Species, weight_g: int, *, path: list[str]) -> None:
    """Raises: Invalid, for a weight that no animal of the species has."""
    least, most = health.PLAUSIBLE_WEIGHTS_G[species]
    if not least <= weight_g <= most:
        expected = _("%(least)s to %(most)s kg") % {"least": _kilos(least), "most": _kilos(most)}
        raise Invalid(path=path, value=f"{_kilos(weight_g)} kg", expected=str(expected))


def _kilos(grams: int) -> str:
    return f"{grams / 1000:g}"


def _check_day(day: date, *, path: list[str], since: date | None, at: datetime) -> None:
    today = at.astimezone(PARIS).date()
    if day > today:
        raise Invalid(path=path, value=day.isoformat(), expected=str(_("today or before")))
    if since is not None and day < since:
        expected = _("%(since)s or after") % {"since": since.isoformat()}
        raise Invalid(path=path, value=day.isoformat(), expected=str(expected))


def check_day(day: date, *, pet: Pet, path: list[str], at: datetime) -> None:
    """Raises: Invalid, for a day to come, or one before the animal was born."""
    since = None if pet.is_birth_estimated else pet.born_on
    _check_day(day, path=path, since=since, at=at)


def _identify(pet: Pet, numbers: Mapping[IdentificationKind, str]) -> None:
    Identification.objects.bulk_create(
        Identification(pet=pet, kind=kind, value=value) for kind, value in numbers.items()
    )


def _reidentify(pet: Pet, numbers: Mapping[IdentificationKind, str]) -> dict[str, list[object]]:
    before = {each.kind: each.value for each in pet.identifications.all()}
    after = {str(kind): value for kind, value in numbers.items()}
    if before == after:
        return {}
    pet.identifications.all().delete()
    _identify(pet, numbers)
    return {"identifications": [before, after]}


def _text(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
