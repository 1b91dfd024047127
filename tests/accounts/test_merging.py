from datetime import timedelta

import pytest

from accounts import erasing, merging
from accounts.merging import ErasureAwaited, Moved, TwoAccounts
from accounts.models import Address, AuditEntry, Consent, Person
from kernel.animals import Language
from kernel.refusals import Invalid, NotFound
from pets.models import Guardian
from tests.accounts.world import address_of, consent_of, owner, pet_of, rows_naming
from tests.builders import NOW, person, staff

pytestmark = pytest.mark.django_db


def merge(kept, other, by=None):
    return merging.merge_people(kept=kept, other=other, by=by, at=NOW)


def test_every_key_to_a_person_names_the_kept_file_afterwards():
    kept, other = person(), person()
    rows = rows_naming(other)
    keys = {merging._named(key): key for key in merging._keys_to_people()}
    assert set(keys) == set(rows)
    before = {name: merging._rows(key, other).count() for name, key in keys.items()}
    told = merging.preview_merge(kept=kept, other=other)
    _kept, moved = merge(kept, other)
    assert moved == told == [Moved(name, rows) for name, rows in before.items()]
    assert {name: merging._rows(key, kept).count() for name, key in keys.items()} == before
    assert all(type(row).objects.filter(pk=row.pk).exists() for row in rows.values())
    assert not Person.objects.filter(pk=other.pk).exists()


def test_two_who_look_after_the_same_pet_look_after_it_once():
    kept, other = person(), person()
    pet, alone = pet_of(kept, other), pet_of(other)
    _kept, moved = merge(kept, other)
    assert moved == [Moved("pets.guardian.person", rows=1, dropped=1)]
    assert sorted(Guardian.objects.values_list("pet", "person")) == [
        (pet.pk, kept.pk),
        (alone.pk, kept.pk),
    ]


def test_the_kept_files_usual_address_stays_the_usual_one():
    kept, other = person(), person()
    mine, theirs = address_of(kept, is_default=True), address_of(other, is_default=True)
    merge(kept, other)
    assert list(Address.objects.values_list("pk", "person", "is_default")) == [
        (mine.pk, kept.pk, True),
        (theirs.pk, kept.pk, False),
    ]


def test_an_only_usual_address_stays_usual():
    kept, other = person(), person()
    address_of(other, is_default=True)
    merge(kept, other)
    assert Address.objects.get(person=kept).is_default


def test_what_the_kept_file_lacks_comes_from_the_other():
    kept = owner("", has_login=False, last_name="Byron", phone="")
    other = owner("ada@owner.example", known_since=NOW, language=Language.EN)
    login = other.login
    merged, _moved = merge(kept, other)
    merged.refresh_from_db()
    assert (merged.last_name, merged.email, merged.phone) == (
        "Byron",
        "ada@owner.example",
        "+33612345678",
    )
    assert (merged.login, merged.language, merged.known_since, merged.version) == (
        login,
        Language.EN,
        NOW,
        2,
    )


def test_the_latest_answer_of_both_histories_is_in_force():
    kept, other = person(), person()
    consent_of(kept, is_granted=True, at=NOW)
    consent_of(other, is_granted=False, at=NOW + timedelta(seconds=1))
    merge(kept, other)
    answers = Consent.objects.filter(person=kept).values_list("is_granted", flat=True)
    assert list(answers) == [False, True]


def test_the_trail_tells_of_the_other_file_and_of_no_contact():
    kept, other = person(), owner("ada@owner.example", has_login=False)
    key = other.pk
    address_of(other)
    by = person()
    merge(kept, other, by=by)
    entry = AuditEntry.objects.get(action="person.merge")
    assert (entry.subject, entry.by) == (f"accounts.person:{kept.pk}", by)
    assert entry.changes == {
        "other": key,
        "filled": ["last_name", "email", "phone"],
        "moved": {"accounts.address.person": [1, 0]},
    }


def refused(kept, other, refusal):
    people = Person.objects.count()
    with pytest.raises(refusal):
        merge(kept, other)
    assert (Person.objects.count(), AuditEntry.objects.filter(action="person.merge").count()) == (
        people,
        0,
    )


def test_two_accounts_are_not_merged():
    refused(owner("a@owner.example"), owner("b@owner.example"), TwoAccounts)


def test_a_file_and_itself_are_not_merged():
    ada = person()
    refused(ada, ada, Invalid)
    assert merging.preview_merge(kept=ada, other=ada) == []


def test_an_erased_file_takes_nothing_in():
    erased = person()
    Person.objects.filter(pk=erased.pk).update(erased_at=NOW)
    refused(erased, person(), NotFound)


def test_what_waits_to_be_erased_takes_nothing_along():
    leaving = owner("a@owner.example")
    token = erasing.preview_erasure(leaving, at=NOW).token
    erasing.request_erasure(person=leaving, preview_token=token, by=leaving, at=NOW)
    refused(person(), leaving, ErasureAwaited)


def test_files_of_one_name_and_one_contact_are_likely_one_client():
    ada = owner("ada@owner.example", first_name="Hélène", last_name="Le-Goff")
    mail = owner("ADA@owner.example", has_login=False, first_name="helene", last_name="le goff")
    near = owner("", has_login=False, first_name="HELENE", last_name="Le Goff", phone="")
    owner("ada@owner.example", has_login=False, first_name="Jean", last_name="Le Goff")
    owner("far@owner.example", has_login=False, first_name="Hélène", last_name="Le Goff", phone="")
    address_of(ada)
    address_of(near)
    assert merging.duplicates_of(ada) == [mail, near]
    assert merging.likely_duplicates() == [(ada, mail), (ada, near)]
    assert merging.likely_duplicates(first=1) == [(ada, mail)]
    assert merging.duplicates_of(ada, first=1) == [mail]


def test_files_without_a_name_are_nobodys_duplicate():
    for _ in range(2):
        owner("x@owner.example", has_login=False, first_name="", last_name="")
    assert merging.likely_duplicates() == []
    assert merging.duplicates_of(Person.objects.first()) == []


def test_staff_are_people_too():
    login = staff()
    file = owner("v@owner.example", has_login=False)
    own = login.person
    merged, _moved = merge(file, own)
    assert Person.objects.get(login=login) == merged
