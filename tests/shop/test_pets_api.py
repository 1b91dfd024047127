"""Pets through the API: what guardians, strangers and staff can see and do."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_ox.testing import run_tasks
from PIL import Image

from accounts.models import AuditEntry, IdempotencyKey
from accounts.roles import Role
from accounts.vocabulary import Origin
from kernel.animals import Condition, Species
from kernel.graphql.nodes import global_id
from pets import history, photos
from pets.history import Fact
from pets.models import Breed, HistoryEntry, Identification, Pet
from pets.vocabulary import HistoryKind
from tests.builders import NOW, answered, ask, owner, pet_of, staff

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
KEY = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"
ADD = """mutation($input: PetAddInput!) { petAdd(input: $input) {
    pet { id name species weightG version identifications { kind value } }
    userErrors { code path } } }"""
UPDATE = """mutation($input: PetUpdateInput!) { petUpdate(input: $input) {
    pet { name breedText sex isNeutered version } userErrors { code path } } }"""
WEIGH = """mutation($id: ID!, $g: Int!) { petWeigh(input: {petId: $id, weightG: $g}) {
    pet { weightG } entry { title kind origin } userErrors { code path } } }"""
CONDITION = """mutation($id: ID!) { petConditionAdd(input: {petId: $id, condition: RENAL}) {
    pet { conditions toldConditions } userErrors { code path } } }"""
PET = "query($id: ID!) { pet(id: $id) { name } }"


def weigh(pet, grams, on=TODAY, origin=Origin.OWNER):
    fact = Fact(kind=HistoryKind.WEIGHT, happened_on=on, weight_g=grams)
    return history.record_fact(pet=pet, fact=fact, origin=origin, by=None, at=NOW)


def key(pet):
    return global_id("Pet", pet.pk)


def test_an_owner_adds_a_pet_and_sees_it():
    ada = owner()
    given = {
        "name": "Minette",
        "species": "CAT",
        "weightG": 4200,
        "identifications": [{"kind": "MICROCHIP", "value": "250 269 606 123 456"}],
    }
    payload = answered(ADD, {"input": given}, login=ada)["petAdd"]
    assert payload["userErrors"] == []
    assert payload["pet"] == {
        "id": key(Pet.objects.get()),
        "name": "Minette",
        "species": "CAT",
        "weightG": 4200,
        "version": 1,
        "identifications": [{"kind": "MICROCHIP", "value": "250269606123456"}],
    }
    assert answered("{ pets { name } }", login=ada) == {"pets": [{"name": "Minette"}]}


def test_a_phone_that_asks_twice_adds_once():
    ada = owner()
    given = {"name": "Minette", "species": "CAT", "idempotencyKey": KEY}
    answers = [answered(ADD, {"input": given}, login=ada) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (Pet.objects.count(), IdempotencyKey.objects.count()) == (1, 1)


def test_what_is_left_out_stays_and_null_takes_away():
    ada = owner()
    pet = pet_of(ada, sex="male", breed_text="Griffon", is_neutered=True)
    given = {"petId": key(pet), "expectedVersion": 1, "name": "Max", "sex": None}
    payload = answered(UPDATE, {"input": given}, login=ada)["petUpdate"]
    assert payload == {
        "pet": {
            "name": "Max",
            "breedText": "Griffon",
            "sex": None,
            "isNeutered": True,
            "version": 2,
        },
        "userErrors": [],
    }


def test_of_two_who_edit_at_once_the_second_is_told():
    ada = owner()
    pet = pet_of(ada)
    for name in ("Max", "Milo"):
        given = {"petId": key(pet), "expectedVersion": 1, "name": name}
        payload = answered(UPDATE, {"input": given}, login=ada)["petUpdate"]
    assert payload == {
        "pet": None,
        "userErrors": [{"code": "STALE", "path": ["input", "expectedVersion"]}],
    }
    assert Pet.objects.get().name == "Max"


def test_an_owners_word_and_the_clinics_are_told_apart():
    ada = owner()
    pet = pet_of(ada)
    told = answered(CONDITION, {"id": key(pet)}, login=ada)["petConditionAdd"]["pet"]
    recorded = answered(CONDITION, {"id": key(pet)}, login=staff(Role.VET))["petConditionAdd"]
    assert told == {"conditions": [], "toldConditions": ["RENAL"]}
    assert recorded["pet"] == {"conditions": ["RENAL"], "toldConditions": ["RENAL"]}


def test_an_assistant_reads_the_file_and_makes_no_finding():
    pet = pet_of(owner())
    assistant = staff(Role.ASSISTANT)
    assert answered(PET, {"id": key(pet)}, login=assistant) == {"pet": {"name": "Rex"}}
    refused = answered(CONDITION, {"id": key(pet)}, login=assistant)["petConditionAdd"]
    assert refused["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["input", "petId"]}]
    weighed = answered(WEIGH, {"id": key(pet), "g": 9000}, login=assistant)["petWeigh"]
    assert weighed["entry"] == {"title": "Pesée : 9 kg", "kind": "WEIGHT", "origin": "STAFF"}
    assert HistoryEntry.objects.count() == 1


def test_that_staff_read_a_file_is_written_down():
    ada = owner()
    pet = pet_of(ada)
    vet = staff(Role.VET)
    answered(PET, {"id": key(pet)}, login=vet)
    answered(PET, {"id": key(pet)}, login=ada)
    assert [(e.by.login, e.subject) for e in AuditEntry.objects.filter(action="pet.read")] == [
        (vet, f"pets.pet:{pet.pk}")
    ]


def test_a_strangers_pet_is_no_pet():
    pet = pet_of(owner())
    eve = owner("Eve")
    made_up = global_id("Pet", 987654)
    for document, given in ((PET, {}), (WEIGH, {"g": 9000}), (CONDITION, {})):
        answers = [ask(document, {"id": each, **given}, login=eve) for each in (key(pet), made_up)]
        assert answers[0] == answers[1]
    assert HistoryEntry.objects.count() == 0


def test_guests_are_asked_to_sign_in():
    pet = pet_of(owner())
    for document, given in (("{ pets { name } }", {}), (PET, {"id": key(pet)})):
        answer = ask(document, given)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_deceased_and_archived_pets_are_seen_when_asked_for():
    ada = owner()
    rex, max_ = pet_of(ada, "Rex"), pet_of(ada, "Max")
    query = """mutation($id: ID!) { petMarkDeceased(input: {petId: $id, diedOn: "2026-11-20"}) {
        pet { diedOn } userErrors { code } } }"""
    answered(query, {"id": key(rex)}, login=ada)
    query = """mutation($id: ID!) { petArchive(input: {petId: $id}) {
        pet { isArchived } userErrors { code } } }"""
    assert answered(query, {"id": key(max_)}, login=ada)["petArchive"]["pet"]["isArchived"]
    assert answered("{ pets { name } }", login=ada)["pets"] == []
    closed = answered("{ pets(withClosed: true) { name diedOn isArchived } }", login=ada)["pets"]
    assert closed == [
        {"name": "Rex", "diedOn": "2026-11-20", "isArchived": False},
        {"name": "Max", "diedOn": None, "isArchived": True},
    ]
    weighed = answered(WEIGH, {"id": key(rex), "g": 9000}, login=ada)["petWeigh"]
    assert weighed["userErrors"] == [{"code": "NO_LONGER_SERVED", "path": ["input", "petId"]}]


def test_a_history_is_read_in_pages_the_latest_first():
    ada = owner()
    pet = pet_of(ada)
    for days in range(7):
        weigh(pet, 9_000 + days, on=TODAY - timedelta(days=days // 2))
    query = """query($id: ID!, $after: String) { pet(id: $id) {
        history(first: 3, after: $after) {
            nodes { weightG } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    seen, after = [], None
    for _ in range(3):
        page = answered(query, {"id": key(pet), "after": after}, login=ada)["pet"]["history"]
        seen += [each["weightG"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [9001, 9000, 9003, 9002, 9005, 9004, 9006]
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("after", ["x", "WyJ4IiwxXQ", "WzEsMl0", ""])
def test_a_made_up_cursor_is_the_clients_mistake(after):
    ada = owner()
    pet = pet_of(ada)
    query = "query($id: ID!, $a: String) { pet(id: $id) { weights(after: $a) { nodes { id } } } }"
    answer = ask(query, {"id": key(pet), "a": after}, login=ada)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


def test_an_entry_is_ended_and_taken_back():
    ada = owner()
    pet = pet_of(ada)
    answered(CONDITION, {"id": key(pet)}, login=ada)
    entry = global_id("HistoryEntry", HistoryEntry.objects.get().pk)
    end = """mutation($id: ID!) { petHistoryEnd(input: {entryId: $id}) {
        pet { toldConditions } entry { endedOn } userErrors { code } } }"""
    ended = answered(end, {"id": entry}, login=ada)["petHistoryEnd"]
    assert ended["pet"] == {"toldConditions": []}
    remove = """mutation($id: ID!) { petHistoryRemove(input: {entryId: $id}) {
        pet { name } entry { id } userErrors { code path } } }"""
    stranger = answered(remove, {"id": entry}, login=owner("Eve"))["petHistoryRemove"]
    assert stranger["userErrors"] == [{"code": "NOT_FOUND", "path": ["input", "entryId"]}]
    assert answered(remove, {"id": entry}, login=ada)["petHistoryRemove"] == {
        "pet": {"name": "Rex"},
        "entry": None,
        "userErrors": [],
    }
    assert HistoryEntry.objects.count() == 0


def test_a_photo_is_sent_drawn_and_shown_to_guardians():
    ada = owner()
    pet = pet_of(ada)
    content = BytesIO()
    Image.new("RGB", (800, 600), "teal").save(content, "JPEG")
    data = content.getvalue()
    create = """mutation($bytes: Int!) { uploadCreate(input: {
        purpose: PET_PHOTO, contentType: "image/jpeg", bytes: $bytes}) {
        ticket url userErrors { code } } }"""
    upload = answered(create, {"bytes": len(data)}, login=ada)["uploadCreate"]
    path = upload["url"][upload["url"].index("/uploads/") :]
    assert Client().put(path, data, content_type="image/jpeg").status_code == 204
    photo = """mutation($id: ID!, $ticket: String!) {
        petPhotoSet(input: {petId: $id, ticket: $ticket}) { pet { name } userErrors { code } } }"""
    given = {"id": key(pet), "ticket": upload["ticket"]}
    assert answered(photo, given, login=owner("Eve"))["petPhotoSet"]["userErrors"] == [
        {"code": "NOT_FOUND"}
    ]
    assert answered(photo, given, login=ada)["petPhotoSet"]["userErrors"] == []
    run_tasks()
    shown = answered("{ pets { photo { url(width: 320) placeholder } } }", login=ada)["pets"][0]
    assert shown["photo"]["placeholder"].startswith("data:image/webp;base64,")
    pet.refresh_from_db()
    assert default_storage.exists(pet.photo_renditions[0][1])
    assert shown["photo"]["url"].endswith(pet.photo_renditions[0][1])
    assert len(photos.files_of(pet)) == len(pet.photo_renditions) + 1


def test_breeds_are_found_by_a_few_letters_common_ones_first():
    for slug, name, common in (
        ("berger-allemand", "Berger allemand", True),
        ("berger-bergame", "Berger de Bergame", False),
        ("beagle", "Beagle", True),
    ):
        Breed.objects.create(slug=slug, species=Species.DOG, name_fr=name, is_common=common)
    query = '{ breeds(species: DOG, search: "berg") { name } }'
    assert answered(query)["breeds"] == [
        {"name": "Berger allemand"},
        {"name": "Berger de Bergame"},
    ]


@pytest.mark.parametrize("number", [1, 8])
def test_any_number_of_pets_is_read_in_the_same_number_of_statements(number):
    ada = owner()
    for index in range(number):
        pet = pet_of(ada, f"Rex {index}", born_on=date(2020, 1, 1))
        weigh(pet, 9_000 + index)
        Identification.objects.create(pet=pet, kind="tattoo", value=f"2ABC12{index}")
    query = """{ pets { name breed { name } weightG conditions allergens
        identifications { value } guardians { firstName }
        weights(first: 5) { nodes { weightG } } } }"""
    client = Client()
    client.force_login(ada)
    with CaptureQueriesContext(connection) as captured:
        response = client.post("/graphql/", {"query": query}, content_type="application/json")
    found = response.json()["data"]["pets"]
    assert [each["weights"]["nodes"] for each in found] == [
        [{"weightG": 9_000 + index}] for index in range(number)
    ]
    assert [each["weightG"] for each in found] == [9_000 + index for index in range(number)]
    # Session, account and person; then pets, measures, conditions, numbers, guardians, weights.
    assert len(captured) <= 3 + 6, captured.captured_queries


def test_the_clinics_word_on_a_condition_counts(django_user_model):
    pet = pet_of(owner())
    fact = Fact(kind=HistoryKind.CONDITION, happened_on=TODAY, condition=Condition.RENAL)
    history.record_fact(pet=pet, fact=fact, origin=Origin.STAFF, by=None, at=NOW)
    query = "query($id: ID!) { pet(id: $id) { conditions } }"
    assert answered(query, {"id": key(pet)}, login=staff(Role.VET))["pet"] == {
        "conditions": ["RENAL"]
    }
