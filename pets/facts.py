"""What is known of pets on a day, read off their files and histories."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import Person
from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup, SizeClass, Species
from pets.health import PetFacts
from pets.models import Guardian, HistoryEntry, Pet
from pets.vocabulary import Activity, Breeding, HistoryKind, Sex

#: Those whose word on a condition opens dietetic food.
TRUSTED = frozenset({Origin.STAFF, Origin.IMPORT})


def facts_of(pets: Sequence[Pet], *, on: date) -> dict[int, PetFacts]:
    """The facts of each pet by its key, in one statement however many there are.

    The last weighing and body condition up to the day count, and the conditions and allergies that
    had begun and not ended (one that ends that day is over); of allergies, everybody's word counts.
    """
    keys = [pet.pk for pet in pets]
    in_force = Q(happened_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    lasting = in_force & Q(kind__in=(HistoryKind.CONDITION, HistoryKind.ALLERGY))
    entries: dict[int, list[HistoryEntry]] = defaultdict(list)
    for entry in HistoryEntry.objects.filter(lasting | _last_measured(on=on), pet__in=keys):
        entries[entry.pet_id].append(entry)
    return {pet.pk: _facts(pet, entries[pet.pk], on=on) for pet in pets}


def _last_measured(*, on: date) -> Q:
    """The last weighing and the last body condition of a pet: none of their kind is later."""
    alike = HistoryEntry.objects.filter(pet=OuterRef("pet"), kind=OuterRef("kind"))
    later = Q(happened_on__gt=OuterRef("happened_on"), happened_on__lte=on)
    later |= Q(happened_on=OuterRef("happened_on"), pk__gt=OuterRef("pk"))
    kinds = (HistoryKind.WEIGHT, HistoryKind.BODY_CONDITION)
    return Q(~Exists(alike.filter(later)), kind__in=kinds, happened_on__lte=on)


def household_of(person: Person | None) -> frozenset[Species]:
    """The species that live with a person: of every pet that is alive."""
    if person is None:
        return frozenset()
    living = Pet.objects.filter(guardians__person=person, died_on__isnull=True)
    return frozenset(Species(each) for each in living.values_list("species", flat=True).distinct())


def households_of(pets: Iterable[int]) -> frozenset[Species]:
    """The species that live with any of these pets: with any person who looks after one of them."""
    guardians = Guardian.objects.filter(pet__in=pets).values("person")
    living = Pet.objects.filter(guardians__person__in=guardians, died_on__isnull=True)
    return frozenset(Species(each) for each in living.values_list("species", flat=True).distinct())


def _facts(pet: Pet, entries: Sequence[HistoryEntry], *, on: date) -> PetFacts:
    conditions = [entry for entry in entries if entry.kind == HistoryKind.CONDITION]
    weights = [entry.weight_g for entry in entries if entry.kind == HistoryKind.WEIGHT]
    scores = [entry.score for entry in entries if entry.kind == HistoryKind.BODY_CONDITION]
    return PetFacts(
        species=Species(pet.species),
        age_days=pet.age_days(on=on),
        sex=Sex(pet.sex) if pet.sex else None,
        is_neutered=pet.is_neutered,
        activity=Activity(pet.activity) if pet.activity else None,
        breeding=Breeding(pet.breeding),
        weight_g=weights[0] if weights else None,
        adult_weight_g=pet.adult_weight_g,
        size_class=SizeClass(pet.breed.size_class) if pet.breed and pet.breed.size_class else None,
        body_condition=scores[0] if scores else None,
        allergens=frozenset(
            IngredientGroup(entry.allergen)
            for entry in entries
            if entry.kind == HistoryKind.ALLERGY
        ),
        conditions=frozenset(
            Condition(entry.condition) for entry in conditions if entry.origin in TRUSTED
        ),
        told_conditions=frozenset(
            Condition(entry.condition) for entry in conditions if entry.origin not in TRUSTED
        ),
        is_served=pet.is_served,
    )
