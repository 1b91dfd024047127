"""Two files on one client in the back office: found, shown side by side, made one."""

import pytest

from accounts import merging
from accounts.models import AuditEntry, Person
from accounts.roles import Role
from pets.models import Guardian, Pet
from tests.accounts.test_admin_clients import ada, trail
from tests.accounts.world import address_of, owner, pet_of
from tests.builders import make_clinic
from tests.catalog.desk import back_office, page, told

pytestmark = pytest.mark.django_db


def two_adas():
    kept = ada()
    other = owner("ada@owner.example", has_login=False)
    pet_of(other, name="Rex")
    address_of(other)
    return kept, other


def test_likely_duplicates_lead_to_what_would_move():
    kept, other = two_adas()
    response = back_office().get(page("accounts_person_duplicates"))
    ((first, second, address),) = response.context["pairs"]
    assert (first["row"], second["row"]) == (kept, other)
    assert address == page("accounts_person_merge", kept.pk) + f"?other={other.pk}"
    shown = AuditEntry.objects.get(action="person.search").changes["shown"]
    assert shown == f"{kept.pk} {other.pk}"
    assert back_office(Role.ASSISTANT).get(page("accounts_person_duplicates")).status_code == 403


def test_what_a_merge_shows_is_what_it_moves():
    kept, other = two_adas()
    client = back_office()
    shown = client.get(page("accounts_person_merge", kept.pk), {"other": other.pk}).context
    assert sorted(shown["moved"]) == [(1, "addresses"), (1, "guardians")]
    assert (Guardian.objects.filter(person=other).count(), trail()) == (1, [])
    response = client.post(page("accounts_person_merge", kept.pk), {"other": other.pk}, follow=True)
    assert told(response) == ["The two files are one."]
    entry = AuditEntry.objects.get(action="person.merge")
    assert entry.changes["moved"] == {
        "accounts.address.person": [1, 0],
        "pets.guardian.person": [1, 0],
    }
    assert not Person.objects.filter(pk=other.pk).exists()
    assert Pet.objects.get().guardians.get().person == kept


def test_two_accounts_are_not_merged():
    make_clinic()
    kept, other = owner("a@owner.example"), owner("b@owner.example")
    response = back_office().post(page("accounts_person_merge", kept.pk), {"other": other.pk})
    assert response.context["refused"] == str(merging.TwoAccounts.words)
    assert Person.objects.filter(pk=other.pk).exists()


def test_the_other_file_is_chosen_by_a_search_or_among_those_alike():
    kept, other = two_adas()
    bob = owner("b@owner.example", has_login=False, first_name="Bob", last_name="Noyce")
    context = back_office().get(page("accounts_person_merge", kept.pk), {"q": "noyce"}).context
    assert [each["row"] for each, _address in context["alike"]] == [other]
    assert [each["row"] for each, _address in context["found"]] == [bob]


def test_files_that_look_like_another_are_counted_in_one_statement(django_assert_num_queries):
    kept, _other = two_adas()
    owner("b@owner.example", has_login=False, first_name="Bob", last_name="Noyce")
    far = owner("far@owner.example", has_login=False, phone="")
    address_of(far, postal_code="29200", city="Brest")
    with django_assert_num_queries(1):
        assert merging.files_like_another() == 1
    address_of(kept, postal_code="29200", city="Brest")
    assert merging.files_like_another() == 2
