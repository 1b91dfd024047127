"""The demonstration's clients: all of them, invented, and as sound as what people type."""

from datetime import date
from random import Random

import phonenumbers
import pytest
from django.db.models import Count

from accounts import written
from accounts.models import Address, Consent, Login, Person, PersonReference
from catalog.models import DietLine, ProductReference
from pets import health, identification
from pets.breeds import save_common_breeds
from pets.facts import facts_of
from pets.history import Fact, _check
from pets.models import Breed, Guardian, HistoryEntry, Identification, Pet, PetReference
from pets.records import Particulars, fill
from pets.vocabulary import HistoryKind, IdentificationKind
from shop.demo import clients
from shop.demo.households import foods, households
from shop.demo.lives import ENDS
from shop.demo.loader import DATA
from shop.demo.people import BREEDS
from shop.demo.texts import PETS_QUERY
from tests.builders import NOW, answered, draft, make_clinic

FICTION = ("+3363998", "+3326191", "+3319900", "+3335301", "+3346571", "+3353649")


@pytest.fixture
def food(db):
    """One food of the catalogue, under the name that the simulation gives it."""
    product = draft("croquettes")
    ProductReference.objects.create(product=product, source="clinic", reference="P0001")
    return product


def load(most=None):
    save_common_breeds(at=NOW)
    clients.load_clients(DATA, password="x", at=NOW, most=most)


def facts_in(row):
    """What a row of the database would be as a fact that somebody tells."""
    return Fact(
        kind=HistoryKind(row.kind),
        happened_on=row.happened_on,
        weight_g=row.weight_g,
        score=row.score,
        condition=row.condition or None,
        allergen=row.allergen or None,
        text=row.text,
    )


def test_everybody_is_there_and_nobody_is_real(food):
    load()
    assert (Person.objects.count(), Pet.objects.count(), Address.objects.count()) == (
        (1200, 2087, 1200)
    )
    mails = list(Person.objects.values_list("email", flat=True))
    assert [mail for mail in mails if not mail.endswith(".example")] == []
    assert len(set(mails)) == 1200
    phones = list(Person.objects.values_list("phone", flat=True))
    assert [phone for phone in phones if not phone.startswith(FICTION)] == []
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(phone)) for phone in phones)
    chips = list(Identification.objects.values_list("value", flat=True))
    assert len(set(chips)) == len(chips)
    assert {each[:5] for each in chips} == {"25026"}
    for model in (PersonReference, PetReference):
        sources = dict(model.objects.values_list("source").annotate(Count("pk")))
        assert sources == dict.fromkeys(("practice", "demo"), len(model.objects.all()) // 2)
    shared = Pet.objects.annotate(guards=Count("guardians")).filter(guards=2).count()
    assert (shared, Guardian.objects.count()) == (167, 2087 + 167)
    assert Pet.objects.filter(died_on__isnull=False).count() == 40
    assert Pet.objects.filter(archived_at__isnull=False).count() == 15
    assert 0.35 < Consent.objects.count() / 1200 < 0.45
    fed = DietLine.objects.values("pet").distinct().count()
    assert 0.45 < fed / 2087 < 0.55
    assert DietLine.objects.filter(product=food).exists()
    assert_lives_are_sound()


def assert_lives_are_sound():
    """A sample of what was written in bulk, through the checks of the verbs."""
    sample = list(Pet.objects.select_related("breed").order_by("pk")[::60])
    for pet in sample:
        blank = Pet(species=pet.species)
        fill(
            blank,
            Particulars(
                name=pet.name,
                breed=pet.breed,
                sex=pet.sex,
                is_neutered=pet.is_neutered,
                born_on=pet.born_on,
                activity=pet.activity,
            ),
            at=NOW,
        )
        for row in pet.history.all():
            _check(facts_in(row), pet=pet, origin=row.origin, at=NOW)
        for each in pet.identifications.all():
            assert identification.checked(IdentificationKind.MICROCHIP, each.value) == each.value
    for person in Person.objects.order_by("pk")[::60]:
        assert written.name(person.last_name, path=[]) == person.last_name
    late = HistoryEntry.objects.filter(pet__died_on__isnull=False)
    assert [row for row in late.select_related("pet") if row.happened_on > row.pet.died_on] == []
    assert not HistoryEntry.objects.filter(happened_on__gt=ENDS).exists()


def test_an_animal_ends_at_the_weight_and_with_the_condition_of_the_simulation(db):
    load(most=60)
    _owners, animals = households(DATA, Random(0), most=60)
    keys = dict(PetReference.objects.filter(source="demo").values_list("reference", "pet_id"))
    facts = facts_of(Pet.objects.all(), on=ENDS)
    for animal in animals:
        known = facts[keys[animal.key]]
        assert known.weight_g == animal.weight_g
        assert known.conditions == frozenset({animal.condition} - {None})
        least, most = health.PLAUSIBLE_WEIGHTS_G[known.species]
        assert least <= known.weight_g <= most


def test_the_same_seed_tells_the_same_lives(db):
    told = []
    for _time in range(2):
        Person.objects.all().delete()
        Pet.objects.all().delete()
        Login.objects.all().delete()
        load(most=40)
        told.append(
            [
                list(Person.objects.order_by("pk").values_list("email", "phone", "last_name")),
                list(Pet.objects.order_by("pk").values_list("name", "breed__slug", "died_on")),
                list(HistoryEntry.objects.order_by("pk").values_list("kind", "happened_on")),
            ]
        )
    assert told[0] == told[1]


def test_the_owner_to_try_has_two_living_animals_of_two_species(db):
    load(most=200)
    login = Login.objects.get()
    mine = Pet.objects.filter(guardians__person=login.person)
    assert (login.email, login.check_password("x"), login.person.email) == (
        clients.OWNER,
        True,
        clients.OWNER,
    )
    assert {(pet.is_served, pet.species) for pet in mine} == {(True, "dog"), (True, "cat")}
    assert HistoryEntry.objects.filter(pet__in=mine, kind=HistoryKind.CONDITION).exists()


def test_the_owner_to_try_sees_their_animals(db):
    make_clinic()
    load(most=200)
    seen = answered(PETS_QUERY, login=Login.objects.get())["pets"]
    assert {pet["species"] for pet in seen} == {"DOG", "CAT"}
    assert [len(pet["history"]["nodes"]) for pet in seen] == [3, 3]
    assert any(pet["conditions"] for pet in seen)


def test_every_breed_that_is_drawn_is_listed(db):
    save_common_breeds(at=NOW)
    drawn = {name.split(":")[0] for names in BREEDS.values() for name in names}
    assert drawn - set(Breed.objects.values_list("slug", flat=True)) == set()


def test_suitable_foods_are_plain_foods_of_the_species():
    found = foods(DATA)
    assert {species for species, _size in found} >= {"dog", "cat", "rabbit"}
    assert all(found["dog", size] for size in ("mini", "medium", "maxi", "giant"))
    assert found["cat", ""]


def test_nothing_is_ordered_for_an_animal_that_died():
    _owners, animals = households(DATA, Random(42))
    dead = [each for each in animals if each.died_on]
    assert [each.key for each in dead if each.last_order > each.died_on] == []
    assert all(each.died_on <= date(2026, 10, 31) for each in dead)
    assert len(dead) == 40
