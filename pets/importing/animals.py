"""The practice's animals: files opened for its clients, followed, never overwritten."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from accounts import audit
from accounts.models import AuditEntry, Person, PersonReference
from kernel import events
from pets.events import PetDied
from pets.importing.histories import Case, HistoryKeeper
from pets.importing.particulars import (
    COLUMN_OF,
    Animal,
    BreedNames,
    check_days,
    particulars_of,
    read_animal,
    said_here,
    unsaved,
)
from pets.importing.reading import Row, RowRefused
from pets.importing.refusing import refusing
from pets.importing.report import Report, Settled, settle
from pets.models import Guardian, GuardianInvite, HistoryEntry, Identification, Pet, PetReference
from pets.records import MOST_PETS, fill
from pets.vocabulary import HistoryKind, IdentificationKind

_FIELDS = ["name", "species", "breed", "breed_text", "sex", "is_neutered", "born_on", "died_on"]
_CHIP = IdentificationKind.MICROCHIP


@dataclass(slots=True)
class _Shop:
    """What the shop has on the animals of a batch."""

    references: Mapping[str, PetReference]
    clients: Mapping[str, Person]
    guardians: Mapping[int, set[int]]
    chips: Mapping[int, Identification]
    chip_holders: Mapping[str, list[Pet]]
    entries: Mapping[int, list[HistoryEntry]]
    pet_counts: Counter[int]


@dataclass(slots=True)
class _Written:
    """What one batch changes of animals that were known."""

    pets: dict[int, Pet] = field(default_factory=dict)
    references: list[PetReference] = field(default_factory=list)
    new_chips: list[Identification] = field(default_factory=list)
    changed_chips: list[Identification] = field(default_factory=list)
    dead: list[Pet] = field(default_factory=list)
    audits: list[AuditEntry] = field(default_factory=list)


class AnimalsImport:
    """Takes rows of animals, batch by batch, in the transaction of whoever calls."""

    needs = ("reference", "client_reference", "name", "species")

    def __init__(self, source: str, report: Report, *, by: Person | None, at: datetime) -> None:
        self._source = source
        self._report = report
        self._by = by
        self._at = at
        self._seen: set[str] = set()
        self._seen_chips: set[str] = set()
        self._breeds = BreedNames()
        self._keeper = HistoryKeeper(source, report, by=by, at=at)

    def take(self, rows: Sequence[Row]) -> None:
        """Open files for new animals, follow those that are known."""
        read = [animal for row in rows if (animal := self._read(row)) is not None]
        shop = self._fetch(read)
        made: list[tuple[Animal, Pet]] = []
        written = _Written()
        for animal in read:
            try:
                if animal.reference in shop.references:
                    self._follow(animal, shop, written)
                else:
                    made.append((animal, self._opened(animal, shop)))
            except RowRefused as refusal:
                self._report.refuse(refusal.problem)
        self._write_new(made, shop)
        self._write(written)
        self._keeper.write()

    def _read(self, row: Row) -> Animal | None:
        try:
            animal = read_animal(row, self._breeds, at=self._at)
            if animal.reference in self._seen:
                raise row.refused("reference", "each reference once")
            chip = str(animal.said.get("microchip", ""))
            if chip in self._seen_chips:
                raise row.refused("microchip", "a chip that no other row has")
        except RowRefused as refusal:
            self._report.refuse(refusal.problem)
            return None
        self._seen.add(animal.reference)
        self._seen_chips |= {chip} - {""}
        return animal

    def _fetch(self, animals: Sequence[Animal]) -> _Shop:
        # No joins: of tables that this transaction filled, PostgreSQL knows no sizes yet.
        references = {
            each.reference: each
            for each in PetReference.objects.select_for_update().filter(
                source=self._source, reference__in=[each.reference for each in animals]
            )
        }
        pets = Pet.objects.select_for_update().in_bulk(
            sorted({each.pet_id for each in references.values()})
        )
        for pet in pets.values():
            pet.breed = self._breeds.keyed(pet.breed_id)
        for each in references.values():
            each.pet = pets[each.pet_id]
        clients = self._fetch_clients({each.client_reference for each in animals})
        guardians: dict[int, set[int]] = defaultdict(set)
        for pet_id, person_id in Guardian.objects.filter(pet__in=pets).values_list("pet", "person"):
            guardians[pet_id].add(person_id)
        counts = (
            Guardian.objects.filter(person__in=clients.values())
            .values("person")
            .annotate(pets=Count("pk"))
            .values_list("person", "pets")
        )
        chips, holders = self._fetch_chips(animals, pets)
        return _Shop(
            references,
            clients,
            guardians,
            chips,
            holders,
            _entries(animals, pets),
            Counter(dict(counts)),
        )

    def _fetch_clients(self, references: Collection[str]) -> dict[str, Person]:
        """The clients of some references, but for those who had their file erased."""
        keys = dict(
            PersonReference.objects.filter(
                source=self._source, reference__in=references
            ).values_list("reference", "person_id")
        )
        people = Person.objects.filter(erased_at__isnull=True).in_bulk(sorted(set(keys.values())))
        return {name: people[key] for name, key in keys.items() if key in people}

    def _fetch_chips(
        self, animals: Sequence[Animal], pets: Mapping[int, Pet]
    ) -> tuple[dict[int, Identification], dict[str, list[Pet]]]:
        values = {chip for each in animals if (chip := each.said.get("microchip"))}
        mine: dict[int, Identification] = {}
        holders: dict[str, list[Pet]] = defaultdict(list)
        asked = Q(pet__in=pets) | Q(value__in=values)
        for each in Identification.objects.filter(asked, kind=_CHIP).select_related("pet"):
            holders[each.value].append(each.pet)
            if each.pet_id in pets:
                mine[each.pet_id] = each
        return mine, holders

    def _opened(self, animal: Animal, shop: _Shop) -> Pet:
        """Raises: RowRefused, for an animal without a client, or of one who has too many."""
        client = shop.clients.get(animal.client_reference)
        if client is None:
            raise animal.row.refused("client_reference", "a client of this or an earlier import")
        if shop.pet_counts[client.pk] >= MOST_PETS:
            raise animal.row.refused("client_reference", f"at most {MOST_PETS} animals a client")
        pet = unsaved(animal, at=self._at)
        shop.pet_counts[client.pk] += 1
        self._list_doubles(animal, shop, but=None)
        return pet

    def _list_doubles(self, animal: Animal, shop: _Shop, *, but: Pet | None) -> None:
        for other in shop.chip_holders.get(str(animal.said.get("microchip", "")), ()):
            if but is None or other.pk != but.pk:
                known = f"{other} (#{other.pk})"
                self._report.may_double(animal.row, known=known, shared="microchip")

    def _follow(self, animal: Animal, shop: _Shop, written: _Written) -> None:
        """Raises: RowRefused, for values that cannot stand beside those of the shop."""
        reference = shop.references[animal.reference]
        pet, chip = reference.pet, shop.chips.get(reference.pet_id)
        before, is_open = dict(reference.imported), pet.is_served
        taken = self._taken(animal, reference, said_here(pet, chip), is_open=is_open)
        changes = self._filled(pet, animal, taken)
        client = shop.clients.get(animal.client_reference)
        if client is None or client.pk not in shop.guardians[pet.pk]:
            there = animal.client_reference
            self._report.differ(
                animal.row, "client_reference", here="another guardian", there=there
            )
        case = Case(animal.row, animal.body, reference, shop.entries[pet.pk], is_open)
        has_more = self._keeper.compare(case)
        if "microchip" in taken:
            self._rechip(animal, pet, chip, written)
            self._list_doubles(animal, shop, but=pet)
            changes["microchip"] = [chip.value if chip else "", animal.said["microchip"]]
        if "deceased_on" in taken:
            changes["died_on"] = [None, animal.said["deceased_on"]]
            pet.died_on = animal.died_on
            written.dead.append(pet)
        if reference.imported != before:
            written.references.append(reference)
        self._report.counts[f"animals {'changed' if changes or has_more else 'unchanged'}"] += 1
        if changes:
            pet.version += 1
            written.pets[pet.pk] = pet
        if changes or has_more:
            written.audits.append(self._audit(pet, changes))

    def _filled(
        self, pet: Pet, animal: Animal, columns: Collection[str]
    ) -> dict[str, list[object]]:
        """Raises: RowRefused, and then the row of the shop is as it was."""
        particulars = particulars_of(animal, columns)
        check_days(animal, pet, at=self._at)
        with refusing(animal.row, COLUMN_OF):
            fill(copy(pet), particulars, at=self._at)
            return fill(pet, particulars, at=self._at)

    def _taken(
        self, animal: Animal, reference: PetReference, here: Mapping[str, object], *, is_open: bool
    ) -> set[str]:
        """The columns whose values the shop takes; the others stand, and are listed."""
        taken = set()
        for column, there in animal.said.items():
            settled = settle(here[column], there, reference.imported, column)
            may = is_open or (column == "deceased_on" and not here[column])
            if settled is Settled.STANDS or (settled is Settled.TAKEN and not may):
                self._report.differ(animal.row, column, here=here[column], there=there)
                continue
            reference.imported[column] = there
            if settled is Settled.TAKEN:
                taken.add(column)
        return taken

    def _rechip(
        self, animal: Animal, pet: Pet, chip: Identification | None, written: _Written
    ) -> None:
        value = str(animal.said["microchip"])
        if chip is None:
            written.new_chips.append(Identification(pet=pet, kind=_CHIP, value=value))
        else:
            chip.value = value
            written.changed_chips.append(chip)

    def _write_new(self, made: Sequence[tuple[Animal, Pet]], shop: _Shop) -> None:
        Pet.objects.bulk_create(pet for _animal, pet in made)
        Guardian.objects.bulk_create(
            Guardian(pet=pet, person=shop.clients[animal.client_reference], since=self._at)
            for animal, pet in made
        )
        Identification.objects.bulk_create(
            Identification(pet=pet, kind=_CHIP, value=animal.said["microchip"])
            for animal, pet in made
            if "microchip" in animal.said
        )
        references = []
        for animal, pet in made:
            reference = PetReference(
                pet=pet,
                source=self._source,
                reference=animal.reference,
                imported=dict(animal.said),
            )
            self._keeper.compare(Case(animal.row, animal.body, reference, (), is_open=True))
            references.append(reference)
        PetReference.objects.bulk_create(references)
        AuditEntry.objects.bulk_create(self._audit(pet, {}) for _animal, pet in made)
        self._report.counts["animals new"] += len(made)

    def _write(self, written: _Written) -> None:
        Pet.objects.bulk_update(written.pets.values(), [*_FIELDS, "version"])
        PetReference.objects.bulk_update(written.references, ["imported"])
        Identification.objects.bulk_create(written.new_chips)
        Identification.objects.bulk_update(written.changed_chips, ["value"])
        AuditEntry.objects.bulk_create(written.audits)
        GuardianInvite.objects.filter(pet__in=written.dead, accepted_at__isnull=True).delete()
        for pet in written.dead:
            events.publish(PetDied(pet_id=pet.pk))

    def _audit(self, pet: Pet, changes: Mapping[str, list[object]]) -> AuditEntry:
        return AuditEntry(
            at=self._at,
            by=self._by,
            action="pet.import",
            subject=audit.subject_of(pet),
            changes=dict(changes),
        )


def _entries(animals: Sequence[Animal], pets: Mapping[int, Pet]) -> dict[int, list[HistoryEntry]]:
    """Conditions and allergies of known animals, and weighings of the days that rows name."""
    found: dict[int, list[HistoryEntry]] = defaultdict(list)
    days = {each.body.weighed_on for each in animals if each.body.weighed_on}
    asked = Q(kind__in=[HistoryKind.CONDITION, HistoryKind.ALLERGY]) | Q(
        kind=HistoryKind.WEIGHT, happened_on__in=days
    )
    for entry in HistoryEntry.objects.filter(asked, pet__in=pets):
        found[entry.pet_id].append(entry)
    return found
