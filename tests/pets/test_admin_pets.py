"""Pets in the back office: found, read with a trace, weighed and written about by whoever may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup, Species
from pets import history, records
from pets.history import Fact
from pets.models import Breed, HistoryEntry, Identification, Pet
from pets.vocabulary import HistoryKind, IdentificationKind
from tests.builders import make_clinic, owner, pet_of
from tests.catalog.desk import acting, back_office, filled, page, png, told

pytestmark = pytest.mark.django_db

CHIP = "250269812345678"
TODAY = timezone.localdate()
ACTS = {
    *("weigh", "body-condition", "note", "condition", "allergy", "event", "end", "take-back"),
    *("edit", "photo", "archive", "restore", "deceased", "alive"),
}
BODY = {"weigh", "body-condition", "note", "take-back", "deceased", "alive"}
HEALTH = {"condition", "allergy", "event", "end"}
FILE = {"edit", "photo", "archive", "restore"}


def rex(name="Rex", **particulars):
    make_clinic()
    return pet_of(owner("Ada", "Lovelace"), name, **particulars)


def act(name, pet):
    return page(f"pets_pet_{name}", pet.pk)


def day(days=0):
    return (TODAY - timedelta(days=days)).isoformat()


def noted(pet, kind=HistoryKind.WEIGHT, *, days=0, origin=Origin.STAFF, by=None, **values):
    fact = Fact(kind=kind, happened_on=TODAY - timedelta(days=days), **values)
    return history.record_fact(
        pet=pet, fact=fact, origin=origin, by=by, at=timezone.now() - timedelta(days=days)
    )


def opened(pet, role=Role.VET, **asked):
    return back_office(role).get(page("pets_pet_change", pet.pk), asked).context


def listed(text="", role=Role.VET):
    response = back_office(role).get(page("pets_pet_changelist"), {"q": text})
    return sorted(pet.name for pet in response.context["cl"].result_list)


@pytest.mark.parametrize(
    "text", ["rex", "lovelace rex", "250 269 812 345 678", "345678", "beagle", "2ABC12"]
)
def test_a_pet_is_found_by_name_breed_number_or_guardian(text):
    breed = Breed.objects.create(slug="beagle", species=Species.DOG, name_fr="Beagle")
    pet = rex(breed=breed)
    Identification.objects.create(pet=pet, kind=IdentificationKind.MICROCHIP, value=CHIP)
    Identification.objects.create(pet=pet, kind=IdentificationKind.TATTOO, value="2ABC12")
    pet_of(owner("Bob", "Noyce"), "Mia")
    assert listed(text) == ["Rex"]


def test_a_list_is_written_down_and_tells_age_weight_guardians():
    pet = rex(born_on=TODAY - timedelta(days=3 * 366))
    noted(pet, weight_g=12_300)
    client = back_office(Role.VET)
    html = client.get(page("pets_pet_changelist")).content.decode()
    for words in ("3 years", "12.3\xa0kg", "Ada Lovelace", "living"):
        assert words in html
    entry = AuditEntry.objects.get(action="pet.search")
    assert (entry.by, entry.changes) == (acting(client), {"shown": str(pet.pk)})


def test_twenty_pets_are_listed_in_as_many_statements_as_one():
    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get(page("pets_pet_changelist"))
        return len(captured)

    client = back_office(Role.VET)
    noted(rex(), weight_g=9000)
    statements()
    few = statements()
    for number in range(20):
        noted(pet_of(owner("Bob"), f"Pet {number}"), weight_g=9000)
    assert statements() == few


def test_the_dead_are_listed_by_themselves():
    pet = rex()
    pet_of(owner("Bob"), "Mia")
    records.mark_deceased(pet=pet, died_on=TODAY, by=None, at=timezone.now())
    response = back_office(Role.VET).get(page("pets_pet_changelist"), {"state": "deceased"})
    assert [each.name for each in response.context["cl"].result_list] == ["Rex"]
    tiles = back_office(Role.VET).get(page("index")).context["tiles"]
    assert {tile["title"]: tile["lines"][0][0] for tile in tiles if tile["lines"]} == {
        "Deaths this week": "Rex"
    }


def test_a_page_that_is_opened_is_written_down():
    pet = rex()
    client = back_office(Role.VET)
    AuditEntry.objects.all().delete()
    client.get(page("pets_pet_change", pet.pk))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.by) == (
        "pet.read",
        f"pets.pet:{pet.pk}",
        acting(client),
    )


def test_there_is_no_page_of_a_pet_that_there_is_not():
    make_clinic()
    client = back_office(Role.VET)
    assert client.get(page("pets_pet_change", 987)).status_code == 404
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.MANAGER, BODY | FILE),
        (Role.ASSISTANT, BODY | FILE),
        (Role.VET, BODY | HEALTH),
        (Role.CATALOGUE, set()),
    ],
)
def test_an_act_is_for_whoever_has_its_duty(role, allowed):
    pet = rex()
    before = HistoryEntry.objects.count(), pet.version
    client = back_office(role)
    found = {name: client.get(act(name, pet)).status_code for name in ACTS}
    assert {name for name, status in found.items() if status == 200} == allowed
    assert {client.post(act(name, pet)).status_code for name in ACTS - allowed} <= {403}
    pet.refresh_from_db()
    assert (HistoryEntry.objects.count(), pet.version) == before


@pytest.mark.parametrize(
    ("name", "sent", "role", "written"),
    [
        ("weigh", {"weight_g": "12,35"}, Role.ASSISTANT, {"weight_g": 12_350}),
        ("body-condition", {"score": "7"}, Role.ASSISTANT, {"score": 7}),
        ("note", {"text": "boit plus"}, Role.ASSISTANT, {"text": "boit plus"}),
        ("condition", {"condition": "RENAL"}, Role.VET, {"condition": Condition.RENAL}),
        ("allergy", {"allergen": "fish"}, Role.VET, {"allergen": IngredientGroup.FISH}),
        ("event", {"kind": "visit", "text": "bilan"}, Role.VET, {"text": "bilan"}),
    ],
)
def test_a_fact_is_written_as_the_clinics_word(name, sent, role, written):
    pet = rex()
    client = back_office(role)
    response = client.post(act(name, pet), {"happened_on": day(), **sent}, follow=True)
    assert response.redirect_chain[0][0] == page("pets_pet_change", pet.pk)
    entry = HistoryEntry.objects.get()
    assert (entry.origin, entry.author) == (Origin.STAFF, acting(client))
    assert {field: getattr(entry, field) for field in written} == written


@pytest.mark.parametrize(
    ("name", "sent", "field", "error"),
    [
        (
            "weigh",
            {"weight_g": "300"},
            "weight_g",
            "300 kg is not valid here: 0.05 to 120 kg expected.",
        ),
        ("weigh", {"weight_g": "heavy"}, "weight_g", "A weight in kilograms, such as 4,25."),
        ("weigh", {"weight_g": ""}, "weight_g", "This field is required."),
        ("note", {"text": " "}, "text", "This field is required."),
        ("body-condition", {"score": "12"}, "score", None),
    ],
)
def test_a_fact_that_cannot_be_is_refused_beside_its_field(name, sent, field, error):
    pet = rex()
    sent = {"happened_on": day(), **sent}
    errors = back_office(Role.VET).post(act(name, pet), sent).context["form"].errors
    assert list(errors) == [field]
    assert error is None or errors[field] == [error]
    assert HistoryEntry.objects.count() == 0


def test_nothing_is_written_about_a_pet_whose_file_is_closed():
    pet = rex()
    records.archive_pet(pet=pet, archived=True, by=None, at=timezone.now())
    client = back_office(Role.VET)
    assert client.get(act("weigh", pet)).context["barred"] == "The file of Rex is closed."
    sent = {"happened_on": day(), "weight_g": "9"}
    errors = client.post(act("weigh", pet), sent).context["form"].non_field_errors()
    assert (errors, HistoryEntry.objects.count()) == (["The file of Rex is closed."], 0)


def test_a_condition_is_ended_and_an_entry_taken_back():
    pet = rex()
    condition = noted(pet, HistoryKind.CONDITION, days=9, condition=Condition.RENAL)
    client = back_office(Role.VET)
    shown = client.get(act("end", pet), {"entry": condition.pk}).context
    assert [told for _label, told in shown["facts"]] == ["kidney disease"]
    client.post(act("end", pet), {"entry": condition.pk, "ended_on": day()})
    condition.refresh_from_db()
    assert condition.ended_on == TODAY
    client.post(act("take-back", pet), {"entry": condition.pk})
    assert HistoryEntry.objects.count() == 0


def test_an_assistant_takes_back_a_weight_and_no_finding():
    pet = rex()
    weight = noted(pet, weight_g=9000)
    finding = noted(pet, HistoryKind.CONDITION, condition=Condition.RENAL)
    client = back_office(Role.ASSISTANT)
    entries = opened(pet, Role.ASSISTANT)["timeline"].years[0][1]
    assert {each.key: each.may_take_back for each in entries} == {
        weight.pk: True,
        finding.pk: False,
    }
    client.post(act("take-back", pet), {"entry": weight.pk})
    response = client.post(act("take-back", pet), {"entry": finding.pk})
    assert response.context["form"].non_field_errors() == ["Your account may not do this."]
    assert list(HistoryEntry.objects.all()) == [finding]


@pytest.mark.parametrize("name", ["end", "take-back"])
def test_an_entry_of_another_pet_is_not_found(name):
    pet = rex()
    entry = noted(pet_of(owner("Bob"), "Mia"), HistoryKind.CONDITION, condition=Condition.RENAL)
    sent = {"entry": entry.pk, "ended_on": day()}
    response = back_office(Role.VET).post(act(name, pet), sent)
    assert response.context["form"].non_field_errors() == ["We could not find this entry."]
    entry.refresh_from_db()
    assert entry.ended_on is None


def edited(pet, **changes):
    form = back_office(Role.ASSISTANT).get(act("edit", pet)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    sent = {name: value for name, value in shown.items() if value not in (None, False)}
    return {**sent, **changes}


def test_a_file_is_changed_with_its_numbers():
    pet = rex()
    changes = {"name": "Max", "adult_weight_g": "30,5", "microchip": CHIP, "is_neutered": "yes"}
    back_office(Role.ASSISTANT).post(act("edit", pet), edited(pet, **changes))
    pet.refresh_from_db()
    assert (pet.name, pet.adult_weight_g, pet.is_neutered, pet.version) == ("Max", 30_500, True, 2)
    assert pet.identifications.get().value == CHIP
    assert edited(pet)["microchip"] == CHIP


def test_a_file_that_changed_meanwhile_is_told_kindly():
    pet = rex()
    sent = edited(pet, name="Max", expected_version=pet.version + 1)
    response = back_office(Role.ASSISTANT).post(act("edit", pet), sent)
    assert response.context["form"].non_field_errors() == [
        "This was changed meanwhile: read it again, then repeat your change."
    ]
    pet.refresh_from_db()
    assert pet.name == "Rex"


def test_a_photo_is_shown_once_its_sizes_are_drawn(tmp_path):
    pet = rex()
    with (tmp_path / "rex.png").open("wb+") as file:
        file.write(png())
        file.seek(0)
        back_office(Role.ASSISTANT).post(act("photo", pet), {"photo": file})
    pet.refresh_from_db()
    assert pet.photo_original.endswith(".png")


def test_a_file_is_put_aside_taken_up_closed_and_opened_again():
    pet = rex()
    client = back_office(Role.ASSISTANT)
    states = []
    for name, sent in (
        ("archive", {}),
        ("restore", {}),
        ("deceased", {"died_on": day(1)}),
        ("alive", {}),
    ):
        client.post(act(name, pet), sent)
        pet.refresh_from_db()
        states.append((pet.archived_at is not None, pet.died_on))
    assert states == [
        (True, None),
        (False, None),
        (False, TODAY - timedelta(days=1)),
        (False, None),
    ]


def test_a_file_is_opened_from_the_page_of_a_client():
    make_clinic()
    ada = owner("Ada", "Lovelace").person
    client = back_office(Role.ASSISTANT)
    panels = client.get(page("accounts_person_change", ada.pk)).context["panels"]
    assert panels[0].button[0] == page("pets_pet_add") + f"?guardian={ada.pk}"
    sent = {"name": "Rex", "species": "dog", "guardian": ada.pk, "weight_g": "8,2"}
    client.post(page("pets_pet_add"), sent)
    pet = Pet.objects.get()
    assert (pet.guardians.get().person, pet.history.get().weight_g) == (ada, 8200)
    panels = client.get(page("accounts_person_change", ada.pk)).context["panels"]
    assert [each["name"] for each in panels[0].facts["pets"]] == ["Rex"]


def test_a_vet_opens_no_file():
    make_clinic()
    ada = owner("Ada").person
    sent = {"name": "Rex", "species": "dog", "guardian": ada.pk}
    assert back_office(Role.VET).post(page("pets_pet_add"), sent).status_code == 403
    assert Pet.objects.count() == 0


def test_a_breed_is_kept_by_a_manager_alone():
    make_clinic()
    client = back_office()
    sent = {"name_fr": "Beagle", "slug": "beagle", "species": "dog", "size_class": "medium"}
    client.post(page("pets_breed_add"), sent)
    breed = Breed.objects.get()
    assert AuditEntry.objects.get(action="breed.save").by == acting(client)
    address = page("pets_breed_change", breed.pk)
    client.post(address, filled(client.get(address), name_fr="Beagle (chien)"))
    breed.refresh_from_db()
    assert breed.name_fr == "Beagle (chien)"
    assert back_office(Role.VET).get(page("pets_breed_changelist")).status_code == 403


def test_what_was_done_is_told():
    pet = rex()
    response = back_office(Role.VET).post(
        act("weigh", pet), {"weight_g": "9", "happened_on": day()}, follow=True
    )
    assert told(response) == ["The weight is in the history."]
