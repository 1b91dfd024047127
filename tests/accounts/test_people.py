from datetime import timedelta

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from accounts import addresses, clients, people, written
from accounts.addresses import AddressGiven
from accounts.folding import fold
from accounts.models import AuditEntry, Login, Person, PersonReference
from accounts.phones import PhoneRefused
from kernel.refusals import Invalid, NotFound, Stale
from tests.builders import NOW, person


def made(first="", last="", **fields):
    return Person.objects.create(first_name=first, last_name=last, **fields)


def change(who, version=1, **changes):
    return people.update_person(
        person=who, changes=changes, expected_version=version, by=who, at=NOW
    )


def found(text, **how):
    return [
        f"{each.first_name} {each.last_name}"
        for each in clients.find_clients(text, **{"first": 24, **how}).people
    ]


@pytest.mark.django_db
def test_a_change_is_tidied_counted_and_told():
    ada = made("Ada", "Byron")
    changed = change(
        ada, last_name=" Lovelace ", email=" ADA@Example.org ", phone="0612345678", language="en"
    )
    changed.refresh_from_db()
    assert (changed.last_name, changed.name_key) == ("Lovelace", "lovelace ada")
    assert (changed.email, changed.phone, changed.language) == (
        "ada@example.org",
        "+33612345678",
        "en",
    )
    assert changed.version == 2
    assert AuditEntry.objects.get().changes == {"fields": "last_name, email, phone, language"}


@pytest.mark.django_db
def test_a_change_made_from_an_old_reading_is_refused():
    ada = made("Ada")
    change(ada, first_name="Adah")
    with pytest.raises(Stale) as refused:
        change(ada, first_name="Eve")
    assert refused.value.facts == {"version": 2}
    ada.refresh_from_db()
    assert (ada.first_name, ada.version) == ("Adah", 2)


@pytest.mark.django_db
def test_a_change_that_changes_nothing_leaves_no_trace():
    ada = made("Ada")
    assert change(ada, first_name="Ada").version == 1
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "name",
    ["Ada", "Jean-Pierre", "O'Brien", "L’Hôte", "J. R. R.", "Ελένη", "مريم", "Gal·la", "देवी", "李"],
)
def test_names_of_any_script_are_names(name):
    assert written.name(name, path=[]) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "-", "Ada1", "Ada🐶", "Ada\0", "\u202eadA", "<b>", "a" * 81, "a" * 10_000, "A\ud800"],
)
@pytest.mark.django_db
def test_what_is_no_name_is_refused_and_nothing_is_kept(name):
    ada = made("Ada")
    with pytest.raises(Invalid) as refused:
        change(ada, first_name=name)
    assert refused.value.path == ["input", "firstName"]
    refused.value.message.encode()
    ada.refresh_from_db()
    assert (ada.first_name, ada.version, AuditEntry.objects.count()) == ("Ada", 1, 0)


@pytest.mark.parametrize(
    ("changes", "refusal", "path"),
    [
        ({"email": "nobody"}, Invalid, "email"),
        ({"email": "a@b.example" + "x" * 300}, Invalid, "email"),
        ({"email": "a\0@b.example"}, Invalid, "email"),
        ({"phone": "12"}, PhoneRefused, "phone"),
        ({"language": "de"}, Invalid, "language"),
    ],
)
@pytest.mark.django_db
def test_contacts_that_cannot_be_are_refused(changes, refusal, path):
    ada = made("Ada", email="ada@example.org")
    with pytest.raises(refusal) as refused:
        change(ada, **changes)
    assert refused.value.path == ["input", path]
    ada.refresh_from_db()
    assert (ada.email, ada.phone, ada.language, ada.version) == ("ada@example.org", "", "fr", 1)


@pytest.mark.django_db
def test_who_has_an_account_keeps_a_contact_address():
    login = Login.objects.create_user("ada@example.org", "secret-secret")
    ada = made("Ada", email="ada@example.org", login=login)
    with pytest.raises(Invalid):
        change(ada, email="")
    assert change(made("Bob", email="b@example.org"), email="").email == ""


@given(st.text(max_size=100))
def test_any_text_is_a_name_or_is_refused(text):
    try:
        tidy = written.name(text, path=["x"])
    except Invalid as refused:
        refused.message.encode()
    else:
        assert written.name(tidy, path=["x"]) == tidy
        assert 1 <= len(tidy) <= 80


@pytest.mark.django_db
def test_a_client_is_known_by_a_mark_or_by_a_file_elsewhere():
    marked, filed, stranger = made("A"), made("B"), made("C")
    people.mark_known(person=marked, by=None, at=NOW)
    people.mark_known(person=marked, by=None, at=NOW + timedelta(days=1))
    PersonReference.objects.create(person=filed, source="practice", reference="7")
    marked.refresh_from_db()
    assert marked.known_since == NOW
    assert [people.is_known_client(each) for each in (marked, filed, stranger)] == [
        True,
        True,
        False,
    ]
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_clients_are_found_by_whatever_is_known_of_them():
    zoe = made("Zoé", "Le Goff", email="zoe@example.org", phone="+33612345678")
    made("Ada", "Lovelace")
    addresses.add_address(
        person=zoe,
        given=AddressGiven(
            recipient="Z", line1="1 rue", postal_code="35510", city="Cesson-Sévigné"
        ),
        by=None,
        at=NOW,
    )
    for text in (
        "zoe",
        "LE GOFF",
        "goff zoé",
        "zoe@example",
        "Zoe@Example.org",
        "06 12 34 56 78",
        "+33 6 12 34 56 78",
        "06.12.34",
        "345678",
        "35510",
        "cesson sevigne",
        "goff cesson",
    ):
        assert (text, found(text)) == (text, ["Zoé Le Goff"])
    for text in ("goff ada", "35511", "0612345679", "%", "_", "\0", "a\ud800@b", "'; --", "@"):
        assert (text, found(text)) == (text, ["Zoé Le Goff"] if text == "@" else [])


@pytest.mark.django_db
def test_clients_come_by_last_then_first_name_whatever_case_and_accents():
    for first, last in (("b", "Éloi"), ("A", "eloi"), ("z", "Martin"), ("A", "Martinez"), ("", "")):
        made(first, last)
    assert found("") == [" ", "A eloi", "b Éloi", "z Martin", "A Martinez"]


@pytest.mark.django_db
def test_pages_follow_one_another_without_gap_or_repeat():
    for number in range(7):
        made("Ada", f"N{'abc'[number % 3]}")
    seen, after = [], None
    while True:
        page = clients.find_clients("ada", first=3, after=after)
        seen += [each.pk for each in page.people]
        if not page.has_next:
            break
        after = page.places[-1]
    everybody = clients.find_clients("ada", first=100).people
    assert seen == [each.pk for each in everybody]
    assert len(seen) == 7


@pytest.mark.django_db
def test_a_page_costs_four_statements_however_long(django_assert_num_queries):
    for number in range(30):
        each = made("Ada", f"Number{'x' * number}")
        addresses.add_address(
            person=each,
            given=AddressGiven(recipient="A", line1="1 rue", postal_code="35000", city="Rennes"),
            by=None,
            at=NOW,
        )
    with django_assert_num_queries(4):
        page = clients.find_clients("ada rennes", first=24)
        assert [people.is_known_client(each) for each in page.people] == [False] * 24
    assert page.has_next


@pytest.mark.django_db
def test_an_app_above_finds_people_by_what_it_knows(monkeypatch):
    monkeypatch.setattr(clients, "_FINDERS", [])
    made("Ada", "Lovelace")
    made("Bob", "Martin")
    clients.also_find(lambda word: Q(first_name="Ada") if word == "rex" else Q(pk=None))
    assert found("rex") == ["Ada Lovelace"]
    assert found("rex martin") == []
    clients.also_find(lambda word: Q(first_name="Bob") if word == "250269" else Q(pk=None))
    assert found("250 269") == ["Bob Martin"]


@pytest.mark.django_db
def test_erased_files_are_never_found():
    gone = made("Ada", erased_at=NOW)
    assert found("ada") == []
    with pytest.raises(NotFound):
        clients.read_client(gone.pk, by=person(), at=NOW)
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_reading_and_a_search_leave_their_trace():
    vet, ada = made("Vet", "A"), made("Ada", "B")
    clients.read_client(ada.pk, by=vet, at=NOW)
    clients.note_search(clients.find_clients("ada", first=24), by=vet, at=NOW)
    read, searched = AuditEntry.objects.order_by("pk")
    assert (read.action, read.by, read.subject) == ("person.read", vet, f"accounts.person:{ada.pk}")
    assert (searched.action, searched.by) == ("person.search", vet)
    assert searched.changes == {"found": 1, "shown": str(ada.pk)}


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
