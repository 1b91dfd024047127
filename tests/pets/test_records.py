"""Pets' files: what may stand in them, and who changed what."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from kernel.animals import SizeClass, Species
from kernel.refusals import Invalid, LimitReached, Stale
from pets import records
from pets.facts import facts_of, household_of
from pets.models import Breed, HistoryEntry, Identification, Pet
from pets.records import NoLongerServed
from pets.vocabulary import Activity, Breeding, IdentificationKind, Sex
from tests.builders import NOW, person, pet_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def add(guardian=None, identifications=None, weight_g=None, **particulars):
    guardian = guardian or person()
    return records.add_pet(
        guardian=guardian,
        particulars={"name": "Rex", "species": Species.DOG, **particulars},
        identifications=identifications or {},
        weight_g=weight_g,
        by=guardian,
        at=NOW,
    )


def update(pet, version=1, identifications=None, **particulars):
    return records.update_pet(
        pet=pet,
        particulars=particulars,
        identifications=identifications,
        expected_version=version,
        by=None,
        at=NOW,
    )


def test_a_file_is_opened_with_its_first_guardian_and_todays_weight():
    ada = person()
    pet = add(ada, weight_g=12_300, sex=Sex.MALE, born_on=date(2020, 5, 1))
    assert [each.person for each in pet.guardians.all()] == [ada]
    assert [(e.weight_g, e.happened_on, e.origin) for e in pet.history.all()] == [
        (12_300, TODAY, "owner")
    ]
    assert [(e.action, e.by) for e in AuditEntry.objects.all()] == [("pet.add", ada)]
    assert household_of(ada) == {Species.DOG}


@pytest.mark.parametrize("name", ["Rex", "K9", "Élan d’Or", "O'Malley", "虎", "Jean-Loup II"])
def test_names_are_written_as_people_write_them(name):
    assert add(name=name).name == name


@pytest.mark.parametrize(
    "name", ["", "   ", "🐶", "Rex\u202e", "R\x00x", "x" * 61, "<b>Rex</b>", "Rex; DROP"]
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(Invalid) as refused:
        add(name=name)
    assert refused.value.path == ["input", "name"]
    assert Pet.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "particulars"),
    [
        ("bornOn", {"born_on": TODAY + timedelta(days=1)}),
        ("bornOn", {"born_on": TODAY - timedelta(days=366 * 33)}),
        ("adultWeightG", {"adult_weight_g": 900_000, "species": Species.CAT}),
        ("adultWeightG", {"adult_weight_g": 0}),
        ("breeding", {"breeding": Breeding.GESTATION, "sex": Sex.MALE}),
        ("breeding", {"breeding": Breeding.LACTATION, "is_neutered": True}),
    ],
)
def test_what_no_animal_is_is_refused(field, particulars):
    with pytest.raises(Invalid) as refused:
        add(**particulars)
    assert refused.value.path == ["input", field]
    assert Pet.objects.count() == 0


def test_a_900_kg_cat_is_told_what_a_cat_weighs():
    with pytest.raises(Invalid) as refused:
        add(species=Species.CAT, weight_g=900_000)
    assert refused.value.path == ["input", "weightG"]
    assert refused.value.facts["value"] == "900 kg"
    assert "0.05" in str(refused.value.facts["expected"])
    assert HistoryEntry.objects.count() == 0


def test_a_breed_is_of_its_species():
    siamese = Breed.objects.create(slug="siamois", species=Species.CAT, name_fr="Siamois")
    with pytest.raises(Invalid) as refused:
        add(breed=siamese)
    assert refused.value.path == ["input", "breedId"]
    assert add(species=Species.CAT, breed=siamese).breed == siamese


def test_a_breed_tells_the_size():
    beagle = Breed.objects.create(
        slug="beagle", species=Species.DOG, name_fr="Beagle", size_class=SizeClass.MEDIUM
    )
    pet = add(breed=beagle)
    assert facts_of([pet], on=TODAY)[pet.pk].size_class is SizeClass.MEDIUM


def test_a_microchip_is_kept_as_fifteen_digits():
    pet = add(identifications={IdentificationKind.MICROCHIP: "250 26 9606-123456"})
    assert Identification.objects.get(pet=pet).value == "250269606123456"


@pytest.mark.parametrize(
    "chip",
    [
        "",
        "25026960612345",
        "2502696061234567",
        "25026960612345X",
        "999000000000001",
        "٢٥٠٢٦٩٦٠٦١٢٣٤٥٦",
    ],
)
def test_a_chip_that_is_none_is_refused(chip):
    with pytest.raises(Invalid) as refused:
        add(identifications={IdentificationKind.MICROCHIP: chip})
    assert refused.value.path == ["input", "identifications"]
    assert Pet.objects.count() == 0


def test_a_chip_read_from_the_wrong_end_is_shown_the_right_way():
    with pytest.raises(Invalid) as refused:
        add(identifications={IdentificationKind.MICROCHIP: "250269606123456"[::-1]})
    assert "250269606123456" in str(refused.value.facts["expected"])


def test_what_changes_is_written_down():
    pet = update(add(), name="Max", activity=Activity.HIGH)
    assert (pet.name, pet.activity, pet.version) == ("Max", "high", 2)
    entry = AuditEntry.objects.get(action="pet.update")
    assert entry.changes == {"name": ["Rex", "Max"], "activity": ["", "high"]}


def test_nothing_changed_is_no_new_version():
    assert update(add(), name="Rex").version == 1


def test_of_two_who_edit_at_once_the_second_is_told():
    pet = add()
    update(pet, name="Max")
    with pytest.raises(Stale) as refused:
        update(pet, name="Milo")
    assert refused.value.facts == {"version": 2}
    assert Pet.objects.get().name == "Max"


def test_identifications_are_replaced_whole():
    pet = add(identifications={IdentificationKind.TATTOO: "2ABC123"})
    update(pet, identifications={IdentificationKind.MICROCHIP: "250269606123456"})
    assert [each.kind for each in Identification.objects.all()] == ["microchip"]


def test_a_person_keeps_fifty_pets_at_most():
    ada = person()
    for number in range(records.MOST_PETS):
        pet_of(ada, f"Rex {number}")
    with pytest.raises(LimitReached):
        add(ada)
    assert Pet.objects.count() == records.MOST_PETS


def test_a_death_closes_the_file_at_once():
    pet = add()
    died = records.mark_deceased(pet=pet, died_on=TODAY, by=None, at=NOW)
    assert (died.is_served, died.version) == (False, 2)
    with pytest.raises(NoLongerServed):
        update(died, version=2, name="Max")
    assert household_of(pet.guardians.get().person) == frozenset()


def test_a_death_told_by_mistake_is_taken_back():
    pet = records.mark_deceased(pet=add(), died_on=TODAY, by=None, at=NOW)
    assert records.mark_deceased(pet=pet, died_on=None, by=None, at=NOW).is_served


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(2019, 12, 31)])
def test_a_death_is_neither_to_come_nor_before_birth(day):
    pet = add(born_on=date(2020, 1, 1))
    with pytest.raises(Invalid):
        records.mark_deceased(pet=pet, died_on=day, by=None, at=NOW)
    assert Pet.objects.get().died_on is None


def test_an_archived_file_is_closed_until_it_is_taken_up_again():
    pet = records.archive_pet(pet=add(), archived=True, by=None, at=NOW)
    with pytest.raises(NoLongerServed):
        update(pet, version=2, name="Max")
    pet = records.archive_pet(pet=pet, archived=False, by=None, at=NOW)
    assert update(pet, version=3, name="Max").name == "Max"


def test_archiving_twice_is_archiving_once():
    pet = records.archive_pet(pet=add(), archived=True, by=None, at=NOW)
    assert records.archive_pet(pet=pet, archived=True, by=None, at=NOW).version == 2
    assert AuditEntry.objects.filter(action="pet.archive").count() == 1
