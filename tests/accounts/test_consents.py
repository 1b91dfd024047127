from datetime import timedelta

import pytest

from accounts import consents
from accounts.consents import GROUNDS, ConsentState
from accounts.models import AuditEntry, Consent, Person
from accounts.vocabulary import Origin, Purpose
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def answer(who, purpose, granted, *, at=NOW, by=None):
    return consents.set_consent(
        person=who, purpose=purpose, granted=granted, by=by or who, at=at, origin=Origin.OWNER
    )


def test_without_an_answer_the_law_says_what_may_be_assumed():
    states = consents.consents_of(person())
    assert {purpose: state.is_granted for purpose, state in states.items()} == {
        Purpose.MARKETING_EMAIL: False,
        Purpose.SUGGESTIONS: True,
        Purpose.SHARING: False,
    }
    assert {state.since for state in states.values()} == {None}


def test_every_purpose_has_its_ground():
    assert set(GROUNDS) == set(Purpose)
    assert "L.34-5" in GROUNDS[Purpose.MARKETING_EMAIL].article


def test_the_last_answer_is_in_force_and_the_history_stays():
    ada = person()
    answer(ada, Purpose.MARKETING_EMAIL, True)
    state = answer(ada, Purpose.MARKETING_EMAIL, False, at=LATER)
    assert state == ConsentState(Purpose.MARKETING_EMAIL, False, LATER, Origin.OWNER)
    assert consents.consents_of(ada)[Purpose.MARKETING_EMAIL] == state
    assert list(Consent.objects.order_by("at").values_list("is_granted", flat=True)) == [
        True,
        False,
    ]


def test_the_same_answer_again_adds_nothing():
    ada = person()
    first = answer(ada, Purpose.SHARING, True)
    assert answer(ada, Purpose.SHARING, True, at=LATER) == first
    assert (Consent.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_a_first_no_is_written_even_where_no_is_assumed():
    ada = person()
    answer(ada, Purpose.SHARING, False)
    assert Consent.objects.get().is_granted is False


def test_who_consented_is_read_for_many_at_once(django_assert_num_queries):
    yes, no, silent = person(), person(), person()
    for each in (yes, no):
        answer(each, Purpose.MARKETING_EMAIL, True)
    answer(no, Purpose.MARKETING_EMAIL, False, at=LATER)
    answer(no, Purpose.SUGGESTIONS, False)
    everybody = [yes.pk, no.pk, silent.pk]
    with django_assert_num_queries(1):
        assert consents.who_consented(everybody, Purpose.MARKETING_EMAIL) == {yes.pk}
    assert consents.who_consented(everybody, Purpose.SUGGESTIONS) == {yes.pk, silent.pk}
    assert consents.has_consented(yes.pk, Purpose.MARKETING_EMAIL)
    assert not consents.has_consented(no.pk, Purpose.MARKETING_EMAIL)


def test_an_answer_given_to_staff_says_so():
    ada, vet = person(), Person.objects.create(first_name="Vet")
    consents.set_consent(
        person=ada, purpose=Purpose.SHARING, granted=True, by=vet, at=NOW, origin=Origin.STAFF
    )
    row = Consent.objects.get()
    assert (row.by, row.origin, row.at) == (vet, Origin.STAFF, NOW)
    assert AuditEntry.objects.get().changes == {"sharing": [None, True]}
