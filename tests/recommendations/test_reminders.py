"""Mails that tell when something runs out: to those who agreed, in time, once a purchase."""

from datetime import timedelta

import pytest

from accounts import consents
from accounts.models import Notice
from accounts.vocabulary import Origin, Purpose
from kernel.animals import Species
from pets import records
from recommendations import pet_shelves, reminders
from tests.builders import NOW, make_clinic, owner
from tests.recommendations.world import food, grown, had, trained

pytestmark = pytest.mark.django_db


def agree(person, *, granted=True, purpose=Purpose.MARKETING_EMAIL, at=NOW):
    consents.set_consent(
        person=person, purpose=purpose, granted=granted, by=person, at=at, origin=Origin.OWNER
    )


@pytest.fixture
def rex():
    """Every thirty days a sack, the last ten days ago: empty from day 19 on."""
    make_clinic()
    pet = grown(owner("Ada"))
    sack = food("sack", form="litter", species=(Species.DOG,))
    for days in (70, 40, 10):
        had(pet, sack, days_ago=days, promise_to=NOW - timedelta(days=days - 2))
    trained()
    agree(pet.guardians.get().person)
    return pet


def remind(days):
    return reminders.remind_due(at=NOW + timedelta(days=days))


def test_the_mail_comes_a_delivery_and_three_days_before(rex):
    assert [remind(days) for days in (0, 13, 14, 15, 20)] == [0, 0, 1, 0, 0]
    notice = Notice.objects.get()
    assert notice.subject == "Rex : bientôt à court ?"
    assert "Sack, 1500 g" in notice.body
    assert notice.recipient == rex.guardians.get().person.email


def test_nobody_is_told_who_did_not_agree(rex):
    agree(rex.guardians.get().person, granted=False, at=NOW + timedelta(seconds=1))
    assert remind(14) == 0
    assert Notice.objects.count() == 0


def test_nobody_is_told_who_wants_no_suggestions(rex):
    agree(rex.guardians.get().person, granted=False, purpose=Purpose.SUGGESTIONS)
    assert remind(14) == 0


def test_a_death_stops_it(rex):
    records.mark_deceased(pet=rex, died_on=NOW.date(), by=None, at=NOW)
    assert remind(14) == 0
    assert Notice.objects.count() == 0


def test_a_file_put_aside_stops_it(rex):
    records.archive_pet(pet=rex, archived=True, by=None, at=NOW)
    assert remind(14) == 0


def test_a_purchase_stops_it_and_its_own_reminder_comes_later(rex):
    sack = rex.order_lines.first().line.variant
    had(rex, sack, days_ago=-12)
    pet_shelves.refresh(rex.pk, at=NOW + timedelta(days=13))
    assert [remind(days) for days in (14, 20, 36)] == [0, 0, 1]


def test_what_was_long_empty_is_not_told(rex):
    assert remind(40) == 0
