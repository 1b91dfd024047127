"""Fills the demonstration with its clients and their animals: the same for the same seed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched, pairwise
from pathlib import Path
from random import Random

from django.db import models, transaction
from tqdm import tqdm

from accounts import logins
from accounts.models import Address, Consent, Person, PersonReference
from accounts.vocabulary import Origin, Purpose
from catalog.importing.clinic_format import SOURCE
from catalog.models import DietLine, ProductReference
from kernel.animals import Species
from pets.models import Breed, Guardian, HistoryEntry, Identification, Pet, PetReference
from pets.vocabulary import Activity, HistoryKind, IdentificationKind, Sex
from shop.demo.households import Animal, Owner, foods, households
from shop.demo.lives import BEGINS, Life, Told, history
from shop.demo.people import HOME_FOODS

#: The account of an owner to try: two animals of different species, one with a condition.
OWNER = "camille@courrier.example"
PRACTICE, DEMO = "practice", "demo"
_SEED = 42
_CHUNK = 2_000
_A_PAIR = 2
_MOST_SPELLS = 4
_FED_FROM_HERE = 0.7
_ACTIVITIES: Mapping[Species, tuple[int, int, int, int]] = {
    Species.DOG: (30, 50, 18, 2),
    Species.CAT: (25, 40, 35, 0),
}

type Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """How the simulation is told: what it lacks is drawn, and all happened `later` than it says."""

    draw: Random
    progress: Progress
    at: datetime
    later: timedelta

    def day(self, day: date) -> date:
        return day + self.later

    def noon(self, day: date) -> datetime:
        return datetime.combine(self.day(day), time(12), tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An animal, and the rows that were made of it and its owners."""

    animal: Animal
    pet: Pet
    guardians: Sequence[Person]

    @property
    def guardian(self) -> Person:
        return self.guardians[0]


def load_clients(
    folder: Path,
    *,
    password: str,
    at: datetime,
    later: timedelta = timedelta(),
    most: int | None = None,
) -> None:
    """Load the owners, animals and histories of a folder; `most` owners, if not all.

    Everything happened `later` than the simulation says. All else but `at` is drawn from a fixed
    seed, and written in one transaction.
    """
    draw = Random(_SEED)  # noqa: S311  (the same animals each time, not a secret)
    owners, animals = households(folder, draw, most=most)
    with transaction.atomic(), tqdm(unit=" rows", disable=None) as bar:
        telling = _Telling(draw=draw, progress=bar.update, at=at, later=later)
        people = _keep_people(owners, telling)
        kept = _keep_pets(animals, people, telling)
        _keep_histories(kept, telling)
        _keep_diets(kept, foods(folder), telling)
        person = owner_to_try(kept)
        if person is not None:
            person.first_name = "Camille"
            person.save(update_fields=["first_name", "name_key"])
            logins.open_login(email=OWNER, password=password, person=person, at=at)


def owner_to_try(kept: Sequence[_Kept]) -> Person | None:
    """The first owner of two living animals of different species, one with a condition."""
    mine: dict[Person, list[_Kept]] = defaultdict(list)
    for each in kept:
        for guardian in each.guardians if each.pet.is_served else ():
            mine[guardian].append(each)
    for person, few in mine.items():
        is_pair = len(few) == len({each.pet.species for each in few}) == _A_PAIR
        if is_pair and any(each.animal.condition for each in few):
            return person
    return None


def _write[M: models.Model](model: type[M], rows: Iterable[M], progress: Progress) -> list[M]:
    """Write rows, a few thousand at a time; they come back with their keys."""
    written: list[M] = []
    for chunk in batched(rows, _CHUNK, strict=False):
        written += model._default_manager.bulk_create(chunk)  # noqa: SLF001  (documented)
        progress(len(chunk))
    return written


def _keep_people(owners: Sequence[Owner], telling: _Telling) -> dict[str, Person]:
    people = _write(
        Person,
        [
            Person(
                first_name=owner.first_name,
                last_name=owner.last_name,
                email=owner.email,
                phone=owner.phone,
                known_since=telling.noon(owner.joined),
            )
            for owner in owners
        ],
        telling.progress,
    )
    pairs = list(zip(owners, people, strict=True))
    _write(
        Address,
        (
            Address(
                person=person,
                recipient=str(person),
                line1=owner.street,
                postal_code=owner.postal_code,
                city=owner.city,
                phone=owner.phone,
                is_default=True,
            )
            for owner, person in pairs
        ),
        telling.progress,
    )
    references = [
        PersonReference(person=person, source=source, reference=name)
        for owner, person in pairs
        for source, name in ((PRACTICE, f"C{int(owner.key):05}"), (DEMO, owner.key))
    ]
    _write(PersonReference, references, telling.progress)
    consents = [
        Consent(
            person=person,
            purpose=Purpose.MARKETING_EMAIL,
            is_granted=True,
            at=telling.noon(owner.joined),
            origin=Origin.OWNER,
            by=person,
        )
        for owner, person in pairs
        if owner.wants_mail
    ]
    _write(Consent, consents, telling.progress)
    return {owner.key: person for owner, person in pairs}


def _keep_pets(
    animals: Sequence[Animal], people: Mapping[str, Person], telling: _Telling
) -> list[_Kept]:
    breeds = {breed.slug: breed for breed in Breed.objects.all()}
    pets = _write(Pet, [_pet(animal, breeds, telling) for animal in animals], telling.progress)
    pairs = list(zip(animals, pets, strict=True))
    guardians = [
        Guardian(pet=pet, person=people[owner.key], since=telling.noon(owner.joined))
        for animal, pet in pairs
        for owner in animal.owners
    ]
    _write(Guardian, guardians, telling.progress)
    chips = [
        Identification(pet=pet, kind=IdentificationKind.MICROCHIP, value=animal.chip)
        for animal, pet in pairs
        if animal.chip
    ]
    _write(Identification, chips, telling.progress)
    references = [
        PetReference(pet=pet, source=source, reference=name)
        for animal, pet in pairs
        for source, name in ((PRACTICE, f"A{int(animal.key):05}"), (DEMO, animal.key))
    ]
    _write(PetReference, references, telling.progress)
    return [
        _Kept(animal, pet, [people[owner.key] for owner in animal.owners]) for animal, pet in pairs
    ]


def _pet(animal: Animal, breeds: Mapping[str, Breed], telling: _Telling) -> Pet:
    weights = _ACTIVITIES.get(animal.species)
    return Pet(
        name=animal.name,
        species=animal.species,
        breed=breeds[animal.breed],
        sex=Sex.FEMALE if animal.is_female else Sex.MALE,
        is_neutered=animal.is_neutered,
        born_on=telling.day(animal.born_on),
        activity=telling.draw.choices(list(Activity), weights)[0] if weights else "",
        died_on=telling.day(animal.died_on) if animal.died_on else None,
        archived_at=telling.noon(animal.archived_on) if animal.archived_on else None,
    )


def _keep_histories(kept: Sequence[_Kept], telling: _Telling) -> None:
    vet = Person.objects.filter(login__groups__name="vet").first()
    rows = (
        _entry(each, told, vet, telling)
        for each in kept
        for told in sorted(_told(each.animal, telling.draw), key=lambda told: told[0].happened_on)
    )
    _write(HistoryEntry, rows, telling.progress)


def _told(animal: Animal, draw: Random) -> Iterable[Told]:
    life = Life(
        species=animal.species,
        size_class=animal.size_class,
        born_on=animal.born_on,
        weight_g=animal.weight_g,
        condition=animal.condition,
        is_overweight=animal.is_overweight,
        first_order=min(animal.orders, default=None),
        died_on=animal.died_on or animal.archived_on,
    )
    return history(life, draw)


def _entry(each: _Kept, told: Told, vet: Person | None, telling: _Telling) -> HistoryEntry:
    fact, origin = told
    return HistoryEntry(
        pet=each.pet,
        kind=HistoryKind(fact.kind),
        happened_on=telling.day(fact.happened_on),
        origin=origin,
        author=each.guardian if origin is Origin.OWNER else vet,
        weight_g=fact.weight_g,
        score=fact.score,
        condition=fact.condition or "",
        allergen=fact.allergen or "",
        text=fact.text,
        recorded_at=telling.at,
    )


def _keep_diets(
    kept: Sequence[_Kept], suitable: Mapping[tuple[str, str], Sequence[str]], telling: _Telling
) -> None:
    """What about half of the animals eat: what was ordered for them, else what would suit."""
    draw = telling.draw
    products = dict(
        ProductReference.objects.filter(source=SOURCE).values_list("reference", "product_id")
    )
    ordered = sum(bool(each.animal.meals) for each in kept)
    chance = max(0, len(kept) / 2 - ordered) / max(1, len(kept) - ordered)
    lines: list[DietLine] = []
    for each in kept:
        animal = each.animal
        spells = _spells(animal)
        if not spells and draw.random() < chance:
            fitting = suitable.get((animal.species, animal.size_class), ())
            food = draw.choice(fitting) if fitting and draw.random() < _FED_FROM_HERE else ""
            begins = max(BEGINS, animal.born_on) + timedelta(days=draw.randint(0, 50))
            spells = [(food, begins, None)]
        for food, since, until in spells:
            product = products.get(food)
            lines.append(
                DietLine(
                    pet=each.pet,
                    product_id=product,
                    food_text="" if product else draw.choice(HOME_FOODS),
                    since=telling.day(since),
                    until=telling.day(ended) if (ended := until or animal.died_on) else None,
                    origin=Origin.OWNER,
                    author=each.guardian,
                    recorded_at=telling.at,
                )
            )
    _write(DietLine, lines, telling.progress)


def _spells(animal: Animal) -> list[tuple[str, date, date | None]]:
    """Each food with its first day and the day that another took its place: the last few."""
    begun: list[tuple[date, str]] = []
    for day, food in sorted(animal.meals):
        if not begun or begun[-1][1] != food:
            begun.append((day, food))
    spells: list[tuple[str, date, date | None]] = [
        (food, day, following) for (day, food), (following, _next) in pairwise(begun)
    ]
    spells += [(food, day, None) for day, food in begun[-1:]]
    return spells[-_MOST_SPELLS:]
