"""People's own files and the staff's view of them, through the API, and who may."""

import json
from dataclasses import asdict

import pytest
from django.test import Client

from accounts import addresses
from accounts.addresses import AddressGiven
from accounts.models import Address, AuditEntry, Consent, Person
from accounts.roles import Role
from kernel.graphql.nodes import global_id
from tests.builders import NOW, answered, ask, make_clinic, owner, staff

pytestmark = pytest.mark.django_db

ADD = """mutation($input: AddressAddInput!) { addressAdd(input: $input) {
    address { id city phone phoneShown isDefault labelLines
        warnings { reason field suggestions { postalCode name deliveryLabel } } }
    userErrors { code path message } } }"""
UPDATE = """mutation($input: AddressUpdateInput!) { addressUpdate(input: $input) {
    address { id city isDefault } userErrors { code path message } } }"""
REMOVE = """mutation($input: AddressRemoveInput!) { addressRemove(input: $input) {
    removedId userErrors { code path message } } }"""
PERSON = """mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { firstName lastName email phone language version } userErrors { code path } } }"""
CONSENT = """mutation($input: ConsentSetInput!) { consentSet(input: $input) {
    consent { purpose granted article } userErrors { code } } }"""
ME = """{ me { person { firstName email phone language version isKnownClient }
    addresses { id city isDefault } consents { purpose granted since } } }"""
CLIENT = """query($id: ID!) { client(id: $id) { id firstName isKnown hasLogin createdAt
    references { source } addresses { city } consents { purpose } } }"""
CLIENTS = """query($search: String, $first: Int, $after: String) {
    clients(search: $search, first: $first, after: $after) {
        nodes { id firstName lastName } pageInfo { hasNextPage endCursor } } }"""
GIVEN = {
    "recipient": "Ada Lovelace",
    "line1": "12 rue de Brest",
    "postalCode": "35000",
    "city": "rennes",
}
KEY = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def file_of(login):
    return Person.objects.get(login=login)


def home_of(login):
    given = AddressGiven(recipient="A", line1="1 rue", postal_code="35000", city="Rennes")
    return addresses.add_address(person=file_of(login), given=given, by=None, at=NOW)


def changed(mutation, given, login):
    data = answered(mutation, {"input": given}, login=login)
    return next(iter(data.values()))


def test_an_owner_reads_their_own_file():
    login = owner("Ada")
    home = home_of(login)
    home_of(owner("Bob"))
    me = answered(ME, login=login)["me"]
    assert me["person"] == {
        "firstName": "Ada",
        "email": login.email,
        "phone": "",
        "language": "FR",
        "version": 1,
        "isKnownClient": False,
    }
    assert me["addresses"] == [
        {"id": global_id("Address", home.pk), "city": "Rennes", "isDefault": True}
    ]
    assert me["consents"] == [
        {"purpose": "MARKETING_EMAIL", "granted": False, "since": None},
        {"purpose": "SUGGESTIONS", "granted": True, "since": None},
        {"purpose": "SHARING", "granted": False, "since": None},
    ]


def test_an_address_is_added_tidied_and_ready_for_a_label():
    payload = changed(ADD, {**GIVEN, "phone": "06 12 34 56 78"}, owner())
    address = Address.objects.get()
    assert payload == {
        "address": {
            "id": global_id("Address", address.pk),
            "city": "Rennes",
            "phone": "+33612345678",
            "phoneShown": "06 12 34 56 78",
            "isDefault": True,
            "labelLines": ["Ada Lovelace", "12 rue de Brest", "35000 RENNES"],
            "warnings": [],
        },
        "userErrors": [],
    }


def test_a_doubtful_address_is_kept_and_told_with_what_may_be_meant():
    payload = changed(ADD, {**GIVEN, "city": "Brest"}, owner())
    assert payload["userErrors"] == []
    assert payload["address"]["warnings"] == [
        {
            "reason": "CITY_NOT_IN_POSTAL_CODE",
            "field": "city",
            "suggestions": [
                {"postalCode": "35000", "name": "Rennes", "deliveryLabel": "RENNES"},
            ],
        }
    ]
    assert Address.objects.get().city == "Brest"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line1", "x" * 10_000),
        ("recipient", "Ada 🐶"),
        ("recipient", "\u202eecalevoL"),
        ("recipient", ""),
        ("postalCode", "abc"),
        ("country", "US"),
        ("phone", "12"),
    ],
)
def test_a_bad_address_is_refused_in_the_payload_and_nothing_is_kept(field, value):
    payload = changed(ADD, {**GIVEN, field: value}, owner())
    assert payload["address"] is None
    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("INVALID", ["input", field])
    ]
    assert (Address.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Ada🐶", "INVALID"), ("\u202eadA", "INVALID"), ("", "INVALID")],
)
def test_a_bad_name_is_refused_in_the_payload_and_nothing_is_kept(name, code):
    login = owner("Ada")
    given = {"firstName": name, "expectedVersion": 1}
    assert changed(PERSON, given, login) == {
        "person": None,
        "userErrors": [{"code": code, "path": ["input", "firstName"]}],
    }
    assert file_of(login).first_name == "Ada"


def test_contact_details_are_changed_and_read_back():
    login = owner("Ada")
    given = {
        "lastName": "Lovelace",
        "phone": "0612345678",
        "language": "EN",
        "expectedVersion": 1,
    }
    assert changed(PERSON, given, login) == {
        "person": {
            "firstName": "Ada",
            "lastName": "Lovelace",
            "email": login.email,
            "phone": "+33612345678",
            "language": "EN",
            "version": 2,
        },
        "userErrors": [],
    }


def test_a_change_from_an_old_reading_is_stale():
    login = owner("Ada")
    changed(PERSON, {"firstName": "Adah", "expectedVersion": 1}, login)
    payload = changed(PERSON, {"firstName": "Eve", "expectedVersion": 1}, login)
    assert payload["userErrors"] == [{"code": "STALE", "path": ["input", "expectedVersion"]}]
    assert file_of(login).first_name == "Adah"


@pytest.mark.parametrize("mutation", [UPDATE, REMOVE])
def test_the_address_of_another_is_answered_as_one_that_does_not_exist(mutation):
    home = home_of(owner("Bob"))
    before = (asdict_of(home), AuditEntry.objects.count())
    login = owner("Ada")
    extra = {"city": "Brest", "makeDefault": True} if mutation == UPDATE else {}
    answers = [
        changed(mutation, {"id": key, **extra}, login)
        for key in (
            global_id("Address", home.pk),
            global_id("Address", home.pk + 1000),
            global_id("Product", home.pk),
            global_id("Address", 10**17),
        )
    ]
    assert answers[0]["userErrors"][0]["code"] == "NOT_FOUND"
    assert [answer == answers[0] for answer in answers] == [True] * 4
    assert (asdict_of(Address.objects.get()), AuditEntry.objects.count()) == before


def asdict_of(address):
    fields = {name: getattr(address, name) for name in addresses.FIELDS}
    return asdict(AddressGiven(**fields)) | {"is_default": address.is_default}


def test_an_address_is_changed_and_removed_by_its_owner():
    login = owner("Ada")
    first, second = home_of(login), home_of(login)
    payload = changed(UPDATE, {"id": global_id("Address", second.pk), "makeDefault": True}, login)
    assert payload["address"]["isDefault"] is True
    removed = changed(REMOVE, {"id": global_id("Address", second.pk)}, login)
    assert removed == {"removedId": global_id("Address", second.pk), "userErrors": []}
    first.refresh_from_db()
    assert first.is_default


def test_a_repeated_key_adds_one_address():
    login = owner("Ada")
    given = {**GIVEN, "idempotencyKey": KEY}
    assert changed(ADD, given, login) == changed(ADD, given, login)
    assert Address.objects.count() == 1


def test_an_answer_is_given_and_taken_back():
    login = owner("Ada")
    for granted in (True, True, False):
        payload = changed(CONSENT, {"purpose": "MARKETING_EMAIL", "granted": granted}, login)
        assert payload["consent"]["granted"] is granted
    assert Consent.objects.count() == 2


def test_communes_are_told_to_guests_without_a_query(django_assert_num_queries):
    query = "query($code: String!) { communes(postalCode: $code) { name deliveryLabel } }"
    with django_assert_num_queries(0):
        found = [
            answered(query, {"code": code})["communes"] for code in ("35 400", "00000", "x" * 999)
        ]
    assert found == [[{"name": "Saint-Malo", "deliveryLabel": "SAINT MALO"}], [], []]


def test_staff_read_a_file_and_leave_a_trace_by_get_too():
    login, ada = staff(Role.VET), file_of(owner("Ada"))
    key = global_id("Client", ada.pk)
    data = answered(CLIENT, {"id": key}, login=login)["client"]
    assert (data["id"], data["firstName"], data["isKnown"], data["hasLogin"]) == (
        key,
        "Ada",
        False,
        True,
    )
    client = Client()
    client.force_login(login)
    response = client.get("/graphql/", {"query": CLIENT, "variables": json.dumps({"id": key})})
    assert response.json()["data"]["client"]["firstName"] == "Ada"
    entries = AuditEntry.objects.filter(action="person.read")
    assert [(each.by, each.subject) for each in entries] == [
        (file_of(login), f"accounts.person:{ada.pk}")
    ] * 2


def test_a_file_that_is_not_there_is_null_and_leaves_no_trace():
    erased = Person.objects.create(erased_at=NOW)
    login = staff()
    for key in (global_id("Client", erased.pk), global_id("Client", 10**9), global_id("X", 1)):
        assert answered(CLIENT, {"id": key}, login=login) == {"client": None}
    assert AuditEntry.objects.count() == 0


def test_staff_search_page_by_page_and_leave_a_trace():
    login = staff()
    for name in ("Zoé", "Ada", "Éva"):
        Person.objects.create(first_name=name, last_name="Martin")
    first = answered(CLIENTS, {"search": "MARTIN", "first": 2}, login=login)["clients"]
    assert [each["firstName"] for each in first["nodes"]] == ["Ada", "Éva"]
    after = first["pageInfo"]["endCursor"]
    rest = answered(CLIENTS, {"search": "MARTIN", "first": 2, "after": after}, login=login)
    assert [each["firstName"] for each in rest["clients"]["nodes"]] == ["Zoé"]
    assert rest["clients"]["pageInfo"]["hasNextPage"] is False
    found = AuditEntry.objects.filter(action="person.search").order_by("pk")
    assert [each.changes["found"] for each in found] == [2, 1]


def test_long_names_of_any_script_make_cursors_that_come_back():
    Person.objects.create(first_name="李" * 80, last_name="李" * 80)
    Person.objects.create(first_name="龍" * 80, last_name="龍" * 80)
    login = staff()
    page = answered(CLIENTS, {"search": "李", "first": 1}, login=login)["clients"]
    after = page["pageInfo"]["endCursor"]
    data = answered(CLIENTS, {"first": 1, "after": after}, login=login)["clients"]
    assert data["nodes"][0]["firstName"] == "龍" * 80


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": 101}, "BAD_ARGUMENT"),
        ({"first": 0}, "BAD_ARGUMENT"),
        ({"search": "x" * 10_000}, "BAD_ARGUMENT"),
        ({"after": "nonsense"}, "BAD_CURSOR"),
    ],
)
def test_a_search_outside_its_bounds_is_told(given, code):
    answer = ask(CLIENTS, given, login=staff())
    assert answer["errors"][0]["extensions"]["code"] == code
    assert AuditEntry.objects.count() == 0


def test_staff_change_a_file_and_mark_it_known():
    ada = file_of(owner("Ada"))
    login, key = staff(Role.ASSISTANT), global_id("Client", ada.pk)
    update = """mutation($input: ClientUpdateInput!) { clientUpdate(input: $input) {
        client { firstName version } userErrors { code path } } }"""
    given = {"id": key, "firstName": "Adah", "expectedVersion": 1}
    assert changed(update, given, login) == {
        "client": {"firstName": "Adah", "version": 2},
        "userErrors": [],
    }
    assert changed(update, given, login)["userErrors"][0]["code"] == "STALE"
    known = """mutation($input: ClientMarkKnownInput!) { clientMarkKnown(input: $input) {
        client { isKnown } userErrors { code } } }"""
    assert changed(known, {"id": key}, login) == {"client": {"isKnown": True}, "userErrors": []}
    by = set(AuditEntry.objects.values_list("action", "by"))
    assert by == {
        ("person.update", file_of(login).pk),
        ("person.known", file_of(login).pk),
    }


READERS = {Role.MANAGER, Role.VET, Role.ASSISTANT}


@pytest.mark.parametrize(
    "query", ["{ clients { nodes { id } } }", '{ client(id: "Q2xpZW50OjE=") { id } }']
)
def test_files_are_read_by_who_may_alone(query):
    assert ask(query)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert ask(query, login=owner())["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    may = {role for role in Role if "errors" not in ask(query, login=staff(role))}
    assert may == READERS
