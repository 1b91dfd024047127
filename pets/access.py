"""The door to pets: guardians see theirs, staff see those of clients; nobody learns of others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from accounts import audit
from accounts.access import Viewer
from accounts.models import Person
from accounts.roles import Duty
from accounts.vocabulary import Origin
from kernel.refusals import NotAllowed, NotFound
from pets.models import Breed, Guardian, HistoryEntry, Pet
from pets.vocabulary import HistoryKind

#: What staff must be able to do to write each kind of entry.
DUTY_TO_RECORD: Mapping[str, Duty] = MappingProxyType(
    {
        HistoryKind.WEIGHT: Duty.RECORD_BODY,
        HistoryKind.BODY_CONDITION: Duty.RECORD_BODY,
        HistoryKind.NOTE: Duty.RECORD_BODY,
        HistoryKind.CONDITION: Duty.RECORD_HEALTH,
        HistoryKind.ALLERGY: Duty.RECORD_HEALTH,
        HistoryKind.VISIT: Duty.RECORD_HEALTH,
        HistoryKind.VACCINATION: Duty.RECORD_HEALTH,
        HistoryKind.TREATMENT: Duty.RECORD_HEALTH,
    }
)


def pets_for(viewer: Viewer) -> QuerySet[Pet]:
    """The pets that the viewer looks after, deceased and archived ones included, oldest first."""
    return Pet.objects.filter(guardians__person=viewer.person).order_by("pk")


def files_for(viewer: Viewer, *, with_closed: bool) -> list[Pet]:
    """The viewer's pets with their breeds; those deceased or archived where they are asked for."""
    pets = pets_for(viewer).select_related("breed")
    if not with_closed:
        pets = pets.filter(died_on__isnull=True, archived_at__isnull=True)
    return list(pets)


def files_of(people: Sequence[Person]) -> dict[int, list[Pet]]:
    """The pets of clients by the person's key, for staff who read their files; closed ones too."""
    found: dict[int, list[Pet]] = defaultdict(list)
    links = Guardian.objects.filter(person__in=people).select_related("pet__breed")
    for link in links.order_by("pet_id"):
        found[link.person_id].append(link.pet)
    return found


def pet_for(viewer: Viewer, pet_id: int | None) -> Pet:
    """A pet that the viewer may see: their own, or any for staff who read clients' files.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    pets = Pet.objects.all() if Duty.READ_CLIENTS in viewer.duties else pets_for(viewer)
    return _found(pets, pet_id)


def open_file(viewer: Viewer, pet_id: int | None, *, at: datetime) -> Pet:
    """A pet whose file the viewer reads; that staff read it is written down.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    pet = pet_for(viewer, pet_id)
    if Duty.READ_CLIENTS in viewer.duties and not pets_for(viewer).filter(pk=pet.pk).exists():
        audit.record(action="pet.read", subject=pet, by=viewer.person, at=at)
    return pet


def note_search(pets: Sequence[Pet], *, by: Person, at: datetime) -> None:
    """Keep in the trail whose files a member of staff was shown in a list."""
    shown = " ".join(str(pet.pk) for pet in pets)
    audit.record(action="pet.search", subject=by, by=by, at=at, changes={"shown": shown})


def files_named(viewer: Viewer, pet_ids: Sequence[int], *, at: datetime) -> QuerySet[Pet]:
    """Those of the named pets that the viewer may see; that staff read them is written down."""
    if Duty.READ_CLIENTS not in viewer.duties:
        return pets_for(viewer).filter(pk__in=pet_ids)
    named = Pet.objects.filter(pk__in=pet_ids)
    for pet in named.exclude(pk__in=pets_for(viewer).values("pk")):
        audit.record(action="pet.read", subject=pet, by=viewer.person, at=at)
    return named


def pet_of(viewer: Viewer, pet_id: int | None) -> Pet:
    """A pet that the viewer is a guardian of. Raises: NotFound."""
    return _found(pets_for(viewer), pet_id)


def pet_to_change(viewer: Viewer, pet_id: int | None, duty: Duty) -> tuple[Pet, Origin]:
    """A pet that the viewer may write about, and as whom: staff with the duty, else a guardian.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
        NotAllowed: staff who may read the file, and have not the duty.
    """
    if duty in viewer.duties:
        return _found(Pet.objects.all(), pet_id), Origin.STAFF
    pet = pet_for(viewer, pet_id)
    if not pets_for(viewer).filter(pk=pet.pk).exists():
        raise NotAllowed(path=["input", "petId"])
    return pet, Origin.OWNER


def entry_of(viewer: Viewer, entry_id: int) -> HistoryEntry:
    """An entry of the history of a pet that the viewer may see. Raises: NotFound."""
    entry = HistoryEntry.objects.get(pk=entry_id)
    entry.pet = pet_for(viewer, entry.pet_id)
    return entry


def entry_to_change(viewer: Viewer, entry_id: int | None) -> tuple[HistoryEntry, Origin]:
    """An entry of a history that the viewer may end or take back, and as whom.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
        NotAllowed: staff who may read the file, and have not the duty.
    """
    refusal = NotFound(path=["input", "entryId"], what=pgettext_lazy("not found", "entry"))
    entry = HistoryEntry.objects.filter(pk=entry_id).first() if entry_id else None
    if entry is None:
        raise refusal
    try:
        entry.pet, origin = pet_to_change(viewer, entry.pet_id, DUTY_TO_RECORD[entry.kind])
    except NotFound:
        raise refusal from None
    return entry, origin


def _found(pets: QuerySet[Pet], pet_id: int | None) -> Pet:
    found = pets.select_related("breed").filter(pk=pet_id).first() if pet_id else None
    if found is None:
        raise NotFound(path=["input", "petId"], what=pgettext_lazy("not found", "pet"))
    return found


def breed_by_id(breed_id: int | None) -> Breed:
    """Raises: NotFound."""
    found = Breed.objects.filter(pk=breed_id).first() if breed_id else None
    if found is None:
        raise NotFound(path=["input", "breedId"], what=pgettext_lazy("not found", "breed"))
    return found
