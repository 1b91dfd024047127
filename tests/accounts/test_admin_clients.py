"""Clients in the back office: found, read with a trace, changed by whoever may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import consents, erasing
from accounts.models import Address, AuditEntry, Person, PersonReference, PrivacyRequest
from accounts.roles import Role
from accounts.vocabulary import Origin, PrivacyKind, PrivacyState, Purpose
from tests.accounts.world import address_of, owner, pet_of, token_of
from tests.builders import NOW, make_clinic
from tests.catalog.desk import acting, back_office, page, told

pytestmark = pytest.mark.django_db

CONTACT = {
    "last_name": "Lovelace",
    "first_name": "Ada",
    "phone": "06 12 34 56 78",
    "email": "ada@owner.example",
    "language": "fr",
}
LIBERTY = {
    "recipient": "Ada",
    "line1": "3 rue de la Liberté",
    "postal_code": "35000",
    "city": "rennes",
    "country": "FR",
}


def ada(**fields):
    make_clinic()
    return owner(has_login=False, **fields)


def act(name, person):
    return page(f"accounts_person_{name}", person.pk)


def trail():
    """What was done since the world was made, without who read what."""
    changes = AuditEntry.objects.exclude(action__in=["person.read", "person.search"])
    return list(changes.order_by("pk").values_list("action", flat=True))


def listed(client, text=""):
    response = client.get(page("accounts_person_changelist"), {"q": text} if text else {})
    return [str(person) for person in response.context["cl"].result_list]


@pytest.mark.parametrize(
    "text", ["lovelace ada", "ADA@owner.example", "+33 6 12 34 56 78", "06.12.34", "rennes", "rex"]
)
def test_a_client_is_found_by_whatever_is_known_of_them(text):
    person = ada()
    address_of(person)
    pet_of(person, name="Rex")
    owner("b@owner.example", first_name="Bob", last_name="Noyce", phone="+33699999999")
    assert listed(back_office(), text) == ["Ada Lovelace"]


def test_the_list_shows_neither_machines_nor_the_erased():
    person = ada()
    token_of(Person.objects.create(last_name="till"))
    Person.objects.create(erased_at=NOW)
    client = back_office(Role.VET)
    assert set(listed(client)) == {str(person), str(acting(client))}


def test_the_list_tells_pets_commune_phone_and_state():
    person = ada(known_since=NOW)
    address_of(person, is_default=True)
    pet_of(person, name="Rex")
    pet_of(person, name="Mia")
    html = back_office().get(page("accounts_person_changelist"), {"q": "ada"}).content.decode()
    for words in ("Rex, Mia", "Rennes", "06 12 34 56 78", "known"):
        assert words in html


def test_a_search_leaves_a_trace_of_whose_files_it_showed():
    person = ada()
    client = back_office(Role.VET)
    listed(client, "ada")
    entry = AuditEntry.objects.get(action="person.search")
    assert (entry.by, entry.changes) == (acting(client), {"found": 1, "shown": str(person.pk)})


def test_twenty_clients_are_listed_in_as_many_statements_as_one():
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(page("accounts_person_changelist"))
        return len(captured)

    client = back_office()
    one = ada()
    address_of(one)
    pet_of(one)
    statements()
    few = statements()
    for number in range(20):
        person = owner(f"o{number}@owner.example", has_login=False)
        address_of(person)
        pet_of(person)
        PersonReference.objects.create(person=person, source="practice", reference=str(number))
    assert statements() == few


def test_a_page_that_is_opened_is_written_down():
    person = ada()
    client = back_office(Role.VET)
    response = client.get(page("accounts_person_change", person.pk))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.by) == (
        "person.read",
        f"accounts.person:{person.pk}",
        acting(client),
    )
    assert response.context["acts"] == {}


def test_the_form_of_an_act_shows_the_file_too_and_is_written_down():
    person = ada()
    back_office(Role.ASSISTANT).get(act("contact", person))
    assert AuditEntry.objects.get().action == "person.read"


def test_an_erased_file_has_no_page():
    make_clinic()
    gone = Person.objects.create(erased_at=NOW)
    assert back_office().get(page("accounts_person_change", gone.pk)).status_code == 404
    assert AuditEntry.objects.count() == 0


def test_djangos_completion_finds_no_client():
    ada()
    asked = {"app_label": "pets", "model_name": "guardian", "field_name": "person", "term": "ada"}
    response = back_office().get("/admin/autocomplete/", asked)
    assert response.json()["results"] == []


def test_a_page_shows_doubts_about_addresses_and_the_history_of_consents():
    person = ada()
    address_of(person, city="Brest")
    for days, granted in ((2, True), (1, False)):
        consents.set_consent(
            person=person,
            purpose=Purpose.MARKETING_EMAIL,
            granted=granted,
            by=None,
            at=NOW - timedelta(days=days),
            origin=Origin.OWNER,
        )
    context = back_office().get(page("accounts_person_change", person.pk)).context
    assert [each.doubts for each in context["addresses"]] == [
        ["This commune does not have this postal code. 35000 Rennes"]
    ]
    (offers, *_others) = context["consents"]
    assert (offers.is_granted, [granted for _at, granted, _who in offers.history]) == (
        False,
        [False, True],
    )


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            Role.MANAGER,
            {
                *("contact", "known", "address", "address-edit", "address-remove"),
                *("consent", "export", "erase", "merge"),
            },
        ),
        (
            Role.ASSISTANT,
            {
                *("contact", "known", "address", "address-edit", "address-remove"),
                *("consent", "export"),
            },
        ),
        (Role.VET, set()),
        (Role.CATALOGUE, set()),
    ],
)
def test_an_act_is_for_whoever_has_its_duty(role, allowed):
    person = ada()
    client = back_office(role)
    names = {
        *("contact", "known", "address", "address-edit", "address-remove"),
        *("consent", "export", "erase", "merge"),
    }
    found = {name: client.get(act(name, person)).status_code for name in names}
    assert {name for name, status in found.items() if status == 200} == allowed
    posted = {name: client.post(act(name, person)).status_code for name in names - allowed}
    assert set(posted.values()) <= {403}
    assert trail() == []


def test_contact_is_changed_and_the_version_grows():
    person = ada()
    client = back_office(Role.ASSISTANT)
    sent = {**CONTACT, "phone": "06 00 00 00 01", "expected_version": person.version}
    response = client.post(act("contact", person), sent, follow=True)
    assert told(response) == ["The file is up to date."]
    person.refresh_from_db()
    assert (person.phone, person.version) == ("+33600000001", 2)
    entry = AuditEntry.objects.get(action="person.update")
    assert (entry.by, entry.changes) == (acting(client), {"fields": "phone"})


def test_a_file_that_changed_meanwhile_is_told_kindly():
    person = ada()
    sent = {**CONTACT, "first_name": "Augusta", "expected_version": person.version + 1}
    response = back_office(Role.ASSISTANT).post(act("contact", person), sent)
    assert response.context["form"].non_field_errors() == [
        "This was changed meanwhile: read it again, then repeat your change."
    ]
    person.refresh_from_db()
    assert (person.first_name, trail()) == ("Ada", [])


def test_a_phone_that_cannot_be_is_refused_beside_its_field():
    person = ada()
    sent = {**CONTACT, "phone": "12", "expected_version": person.version}
    response = back_office(Role.ASSISTANT).post(act("contact", person), sent)
    assert list(response.context["form"].errors) == ["phone"]
    assert trail() == []


def test_a_client_is_marked_as_known():
    person = ada()
    response = back_office(Role.ASSISTANT).post(act("known", person), follow=True)
    assert told(response) == ["The clinic knows this client."]
    assert response.context["is_known"]


def test_addresses_are_added_changed_and_removed():
    person = ada()
    client = back_office(Role.ASSISTANT)
    client.post(act("address", person), LIBERTY)
    address = Address.objects.get()
    assert (address.city, address.is_default) == ("Rennes", True)
    form = client.get(act("address-edit", person), {"address": address.pk}).context["form"]
    assert form.initial["line1"] == "3 rue de la Liberté"
    changed = {**LIBERTY, "line1": "4 rue", "address": address.pk}
    client.post(act("address-edit", person), changed)
    address.refresh_from_db()
    assert address.line1 == "4 rue"
    client.post(act("address-remove", person), {"address": address.pk})
    assert Address.objects.count() == 0
    assert trail() == ["address.add", "address.update", "address.remove"]


@pytest.mark.parametrize("name", ["address-edit", "address-remove"])
def test_an_address_of_another_file_is_not_found(name):
    person, other = ada(), owner("b@owner.example")
    address = address_of(other)
    sent = {**LIBERTY, "line1": "9 rue", "address": address.pk}
    response = back_office().post(act(name, person), sent)
    assert response.context["form"].non_field_errors() == ["We could not find this address."]
    address.refresh_from_db()
    assert (address.line1, trail()) == ("1 rue", [])


def test_a_consent_is_recorded_as_the_clinics_word():
    person = ada()
    client = back_office(Role.ASSISTANT)
    sent = {"purpose": "marketing_email", "granted": "yes"}
    assert told(client.post(act("consent", person), sent, follow=True)) == [
        "Offers by e-mail · agrees"
    ]
    row = person.consents.get()
    assert (row.is_granted, row.origin, row.by) == (True, Origin.STAFF, acting(client))


def test_an_archive_is_asked_for():
    person = ada()
    client = back_office(Role.ASSISTANT)
    response = client.post(act("export", person), follow=True)
    request = PrivacyRequest.objects.get()
    assert (request.kind, request.person, request.by) == (
        PrivacyKind.EXPORT,
        person,
        acting(client),
    )
    assert [each.state for each in response.context["requests"]] == ["waits"]


def test_an_erasure_shows_what_goes_and_what_stays_before_it_is_asked_for():
    person = ada()
    address_of(person)
    client = back_office()
    shown = client.get(act("erase", person)).context
    lines = erasing.preview_erasure(person, at=timezone.now()).lines
    assert [name for name, _told in shown["facts"]] == [line.what for line in lines]
    assert "GDPR art. 17(1)" in dict(shown["facts"])["addresses"]
    token = shown["form"].initial["preview_token"]
    client.post(act("erase", person), {"preview_token": token})
    assert PrivacyRequest.objects.get().kind == PrivacyKind.ERASE


def test_an_erasure_that_was_not_shown_is_refused():
    person = ada()
    response = back_office().post(act("erase", person), {"preview_token": "forged"})
    assert response.context["form"].non_field_errors() == [
        "This was changed meanwhile: read it again, then repeat your change."
    ]
    assert PrivacyRequest.objects.count() == 0


def test_the_proof_of_an_erasure_is_read_on_its_page():
    person = ada()
    address_of(person)
    token = erasing.preview_erasure(person, at=NOW).token
    request = erasing.request_erasure(person=person, preview_token=token, by=None, at=NOW)
    erasing.carry_out(request.pk, at=NOW)
    html = back_office().get(page("accounts_privacyrequest_change", request.pk)).content.decode()
    assert "accounts.address: 1 → 0 (erased)" in html
    assert "sha256 " in html


def desk(**changes):
    return {"last_name": "Noyce", "phone": "06 12 34 56 99", "language": "fr", **changes}


def test_a_file_is_opened_at_the_counter():
    make_clinic()
    client = back_office(Role.ASSISTANT)
    sent = desk(first_name="Bob", line1="1 rue", postal_code="35000", city="Rennes")
    response = client.post(page("accounts_person_add"), sent, follow=True)
    person = Person.objects.get(last_name="Noyce")
    assert response.redirect_chain[0][0] == page("accounts_person_change", person.pk)
    assert (person.phone, person.known_since is not None) == ("+33612345699", True)
    assert person.addresses.get().recipient == "Bob Noyce"
    assert trail() == ["person.open", "address.add"]
    assert AuditEntry.objects.get(action="person.open").by == acting(client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"last_name": ""}, "last_name"),
        ({"email": "no"}, "email"),
        ({"line1": "1 rue", "postal_code": "1"}, "postal_code"),
    ],
)
def test_a_file_that_cannot_be_is_not_opened(changes, field):
    make_clinic()
    response = back_office(Role.ASSISTANT).post(page("accounts_person_add"), desk(**changes))
    assert list(response.context["form"].errors) == [field]
    assert (Person.objects.filter(last_name="Noyce").count(), trail()) == (0, [])


def test_a_second_file_of_one_name_and_phone_is_opened_knowingly():
    make_clinic()
    client = back_office(Role.ASSISTANT)
    client.post(page("accounts_person_add"), desk())
    again = client.post(page("accounts_person_add"), desk())
    assert again.context["form"].non_field_errors() == [
        "Noyce has a file already, with this e-mail or phone."
    ]
    assert Person.objects.filter(last_name="Noyce").count() == 1
    client.post(page("accounts_person_add"), desk(even_if_known="on"))
    assert Person.objects.filter(last_name="Noyce").count() == 2


def test_a_vet_opens_no_file():
    make_clinic()
    assert back_office(Role.VET).post(page("accounts_person_add"), desk()).status_code == 403
    assert Person.objects.filter(last_name="Noyce").count() == 0


def test_requests_that_were_not_met_are_counted_on_the_first_page():
    person = ada()
    at = timezone.now()
    for state, days in (("failed", 0), ("requested", 2), ("requested", 0), ("done", 3)):
        PrivacyRequest.objects.create(
            person=person,
            kind=PrivacyKind.EXPORT,
            state=PrivacyState(state),
            requested_at=at - timedelta(days=days),
        )
    tiles = back_office(Role.VET).get(page("index")).context["tiles"]
    assert {tile["title"]: tile["count"] for tile in tiles}["Privacy requests not met"] == 2
