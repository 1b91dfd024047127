from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django_ox.testing import run_tasks

from accounts import exporting, retention, tasks
from accounts.models import (
    AuditEntry,
    FileClaim,
    IdempotencyKey,
    Login,
    Notice,
    Person,
    PrivacyRequest,
)
from accounts.vocabulary import PrivacyKind, PrivacyState
from pets.models import GuardianInvite
from tests.accounts.world import (
    address_of,
    consent_of,
    eats,
    invite,
    owner,
    pet_of,
    since,
    token_of,
    weighed,
)
from tests.builders import NOW, staff

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
YEAR = timedelta(days=365, hours=6)
LATER = NOW + 3 * YEAR


def night(at):
    """What a round did, rules that did nothing left out."""
    return {name: rows for name, rows in retention.forget_due(at=at).items() if rows}


def notice(key, sent_at=NOW):
    return Notice.objects.create(
        key=key, recipient="a@owner.example", subject="s", body="b", sent_at=sent_at
    )


def words():
    return {each.key: (each.recipient, each.subject, each.body) for each in Notice.objects.all()}


def kept_until(last, name, left):
    """Nothing goes at the last moment, `name` goes a second later, and nothing more after that."""
    assert night(last) == {}
    assert night(last + SECOND) == {name: 1}
    assert night(last + SECOND) == {}
    assert left() == 0


def test_keys_of_requests_are_kept_for_two_days():
    IdempotencyKey.objects.create(actor="a", key=uuid4(), request_hash="x", created_at=NOW)
    kept_until(NOW + 2 * DAY, "idempotency-keys", IdempotencyKey.objects.count)


def test_words_of_notices_are_kept_for_a_year():
    notice("order-paid:1")
    notice("never-sent", sent_at=None)
    kept_until(NOW + YEAR, "notices", Notice.objects.filter(sent_at__isnull=False, body="b").count)
    assert words() == {"order-paid:1": ("", "", ""), "never-sent": ("a@owner.example", "s", "b")}


@pytest.mark.parametrize("key", ["erased:1", "file-claim:1", "export:1"])
def test_words_that_open_something_go_once_they_are_sent(key):
    notice(key)
    kept_until(NOW, "secret-notices", Notice.objects.filter(body="b").count)


def test_archives_are_kept_for_seven_days():
    person = owner()
    request = exporting.request_export(person=person, by=person, at=NOW)
    exporting.make_export(request.pk, at=NOW)
    Notice.objects.all().delete()
    kept_until(NOW + 7 * DAY, "exports", PrivacyRequest.objects.exclude(file_name="").count)
    run_tasks()
    assert storages["private"].listdir("exports") == ([], [])


def test_an_archive_that_could_not_be_made_may_be_asked_for_again():
    person = owner()
    first = exporting.request_export(person=person, by=person, at=NOW)
    kept_until(
        NOW + DAY,
        "exports-not-made",
        PrivacyRequest.objects.filter(state=PrivacyState.REQUESTED).count,
    )
    assert exporting.request_export(person=person, by=person, at=NOW + 2 * DAY) != first


def test_an_erasure_is_never_given_up():
    PrivacyRequest.objects.create(person=owner(), kind=PrivacyKind.ERASE, requested_at=NOW)
    assert night(NOW + 30 * DAY) == {}


def test_codes_are_kept_for_a_day():
    person = owner()
    FileClaim.objects.create(login=person.login, person=person, created_at=NOW, expires_at=NOW)
    kept_until(NOW + DAY, "file-claims", FileClaim.objects.count)


def test_invitations_are_kept_for_thirty_days_after_they_ended():
    person = owner()
    invite(pet_of(person), by=person)
    kept_until(NOW + 37 * DAY, "invitations", GuardianInvite.objects.count)


def test_who_read_whose_file_is_kept_for_three_years():
    for action in ("person.read", "person.edit"):
        AuditEntry.objects.create(at=NOW, action=action, subject="accounts.person:1")
    kept_until(LATER, "reads", AuditEntry.objects.filter(action="person.read").count)
    assert AuditEntry.objects.get().action == "person.edit"


def test_sessions_go_when_they_end():
    Session.objects.create(session_key="x", session_data="", expire_date=NOW)
    kept_until(NOW, "sessions", Session.objects.count)


def test_a_long_queue_is_worked_off_in_bounded_rounds(monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 2)
    monkeypatch.setattr(retention, "MOST_CHUNKS", 2)
    for _ in range(5):
        AuditEntry.objects.create(at=NOW, action="person.read", subject="accounts.person:1")
    at = LATER + SECOND
    assert [night(at), night(at), night(at)] == [{"reads": 4}, {"reads": 1}, {}]


def test_who_is_not_heard_of_is_told_and_thirty_days_later_forgotten():
    person = owner()
    address_of(person)
    warned = LATER - 30 * DAY
    assert night(warned) == {}
    assert night(warned + SECOND) == {"inactive-warning": 1}
    assert night(warned + SECOND) == {}
    assert Notice.objects.get().recipient == "ada@owner.example"
    assert night(LATER) == {}
    assert night(LATER + SECOND) == {"inactive": 1}
    assert night(LATER + SECOND) == {}
    run_tasks()
    assert not Person.objects.filter(pk=person.pk).exists()
    assert PrivacyRequest.objects.get().state == PrivacyState.DONE


def test_nobody_is_forgotten_untold():
    owner()
    at = LATER + YEAR
    assert night(at) == {"inactive-warning": 1}
    assert night(at + 29 * DAY) == {}
    assert night(at + 30 * DAY) == {"inactive": 1}


def test_a_warning_of_an_earlier_silence_does_not_count():
    person = owner()
    night(LATER)
    Login.objects.update(last_login=LATER)
    assert night(LATER + 3 * YEAR - 31 * DAY) == {}
    assert night(LATER + 3 * YEAR + DAY) == {"inactive-warning": 1}
    assert Person.objects.get() == person


@pytest.mark.parametrize(
    "show",
    [
        lambda person, at: consent_of(person, at=at),
        lambda person, at: Login.objects.filter(person=person).update(last_login=at),
        lambda person, at: (
            type(row := address_of(person)).objects.filter(pk=row.pk).update(created_at=at)
        ),
        lambda person, at: (
            type(row := weighed(pet_of(person))).objects.filter(pk=row.pk).update(recorded_at=at)
        ),
        lambda person, at: (
            type(row := eats(pet_of(person))).objects.filter(pk=row.pk).update(recorded_at=at)
        ),
    ],
    ids=["consent", "sign-in", "address", "weighing", "diet"],
)
def test_any_sign_of_life_keeps_a_file(show):
    person = owner()
    show(person, NOW + DAY)
    assert list(retention.inactive_since(NOW + DAY)) == []
    assert list(retention.inactive_since(NOW + DAY + SECOND)) == [person]


def test_staff_and_machines_are_no_inactive_clients():
    since(staff().person, NOW)
    token_of(since(Person.objects.create(), NOW))
    assert night(LATER) == {}


def test_the_nightly_task_makes_a_round():
    AuditEntry.objects.create(at=NOW - 4 * YEAR, action="person.read", subject="x")
    tasks.forget_what_is_due.enqueue()
    run_tasks()
    assert AuditEntry.objects.count() == 0
