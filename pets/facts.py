"""What is known of pets on a day, read off their files and histories."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Person
from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup, SizeClass, Species
from pets.health import PetFacts
from pets.models import Guardian, HistoryEntry, Pet
from pets.vocabulary import Activity, Breeding, HistoryKind, Sex

#: Those whose word on a condition opens dietetic food.
TRUSTED = frozenset({Origin.STAFF, Origin.IMPORT})


def facts_of(pets: Sequence[Pet], *, on: date) -> dict[int, PetFacts]:
    """The facts of each pet by its key, in two statements however many there are.

    The last weighing and body condition up to the day count, and the conditions and allergies that
    had begun and not ended; of allergies, everybody's word counts.
    """
    keys = [pet.pk for pet in pets]
    measures = {
        pk: (weight_g, score)
        for pk, weight_g, score in Pet.objects.filter(pk__in=keys).values_list(
            "pk",
            _last(HistoryKind.WEIGHT, "weight_g", on=on),
            _last(HistoryKind.BODY_CONDITION, "score", on=on),
        )
    }
    lasting = _lasting_by_pet(keys, on=on)
    return {
        pet.pk: _facts(pet, lasting[pet.pk], *measures.get(pet.pk, (None, None)), on=on)
        for pet in pets
    }


def facts_among(pets: QuerySet[Pet], *, on: date) -> dict[int, PetFacts]:
    """The same of pets that were not fetched yet, by their keys: they come in the same two."""
    found = list(
        pets.select_related("breed").annotate(
            last_weight_g=_last(HistoryKind.WEIGHT, "weight_g", on=on),
            last_score=_last(HistoryKind.BODY_CONDITION, "score", on=on),
        )
    )
    lasting = _lasting_by_pet([pet.pk for pet in found], on=on)
    return {
        pet.pk: _facts(pet, lasting[pet.pk], pet.last_weight_g, pet.last_score, on=on)
        for pet in found
    }


def _lasting_by_pet(keys: Sequence[int], *, on: date) -> dict[int, list[HistoryEntry]]:
    lasting: dict[int, list[HistoryEntry]] = defaultdict(list)
    for entry in lasting_entries(keys, on=on):
        lasting[entry.pet_id].append(entry)
    return lasting


def lasting_entries(keys: Iterable[int], *, on: date) -> list[HistoryEntry]:
    """Conditions and allergies in force on a day; one that ends that day is over."""
    in_force = Q(happened_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    kinds = (HistoryKind.CONDITION, HistoryKind.ALLERGY)
    return list(HistoryEntry.objects.filter(in_force, pet__in=keys, kind__in=kinds))


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


def _last(kind: HistoryKind, column: str, *, on: date) -> Subquery:
    entries = HistoryEntry.objects.filter(pet=OuterRef("pk"), kind=kind, happened_on__lte=on)
    return Subquery(entries.order_by("-happened_on", "-pk").values(column)[:1])


def _facts(
    pet: Pet, lasting: Sequence[HistoryEntry], weight_g: int | None, score: int | None, *, on: date
) -> PetFacts:
    conditions = [entry for entry in lasting if entry.kind == HistoryKind.CONDITION]
    return PetFacts(
        species=Species(pet.species),
        age_days=pet.age_days(on=on),
        sex=Sex(pet.sex) if pet.sex else None,
        is_neutered=pet.is_neutered,
        activity=Activity(pet.activity) if pet.activity else None,
        breeding=Breeding(pet.breeding),
        weight_g=weight_g,
        adult_weight_g=pet.adult_weight_g,
        size_class=SizeClass(pet.breed.size_class) if pet.breed and pet.breed.size_class else None,
        body_condition=score,
        allergens=frozenset(
            IngredientGroup(entry.allergen)
            for entry in lasting
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
