"""Guardians: each joins by their own act, none is the last to leave."""

import re
from datetime import timedelta

import pytest

from accounts.models import Notice, Person
from kernel.refusals import Invalid, LimitReached
from pets import guardians, records
from pets.guardians import InviteRefused, LastGuardian
from pets.models import Guardian, GuardianInvite
from pets.records import NoLongerServed
from tests.builders import NOW, person, pet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rex():
    return pet_of(person())


def invite(pet, email="bea@clients.example"):
    return guardians.invite(pet=pet, email=email, by=pet.guardians.first().person, at=NOW)


def token_sent():
    return re.search(r"token=(\S+)", Notice.objects.latest("pk").body)[1]


def bea():
    return Person.objects.create(first_name="Béa")


def test_a_couple_are_two_guardians(rex):
    invite(rex)
    other = bea()
    assert guardians.accept(token=token_sent(), person=other, at=NOW) == rex
    assert {each.person.first_name for each in rex.guardians.all()} == {"Ada", "Béa"}
    assert GuardianInvite.objects.get().accepted_by == other


def test_the_invitation_is_told_in_the_language_of_who_invites(rex):
    invite(rex)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.language) == ("bea@clients.example", "fr")
    assert "Rex" in notice.subject


def test_the_token_is_kept_nowhere_but_in_the_mail(rex):
    made = invite(rex)
    assert token_sent() not in str(vars(made))


def test_a_link_works_once(rex):
    invite(rex)
    token = token_sent()
    guardians.accept(token=token, person=bea(), at=NOW)
    with pytest.raises(InviteRefused):
        guardians.accept(token=token, person=bea(), at=NOW)
    assert Guardian.objects.count() == 2


@pytest.mark.parametrize("later", [guardians.VALID_FOR, timedelta(days=400)])
def test_an_old_link_is_refused(rex, later):
    invite(rex)
    with pytest.raises(InviteRefused):
        guardians.accept(token=token_sent(), person=bea(), at=NOW + later)
    assert Guardian.objects.count() == 1


def test_a_made_up_link_is_refused_alike(rex):
    with pytest.raises(InviteRefused):
        guardians.accept(token="made-up", person=bea(), at=NOW)


def test_the_link_to_a_pet_that_died_is_dead(rex, django_capture_on_commit_callbacks):
    invite(rex)
    token = token_sent()
    with django_capture_on_commit_callbacks(execute=True):
        records.mark_deceased(pet=rex, died_on=NOW.date(), by=None, at=NOW)
        with pytest.raises(NoLongerServed):
            guardians.accept(token=token, person=bea(), at=NOW)
    assert GuardianInvite.objects.count() == 0
    with pytest.raises(InviteRefused):
        guardians.accept(token=token, person=bea(), at=NOW)


def test_a_closed_file_invites_nobody(rex):
    records.archive_pet(pet=rex, archived=True, by=None, at=NOW)
    with pytest.raises(NoLongerServed):
        invite(rex)
    assert (GuardianInvite.objects.count(), Notice.objects.count()) == (0, 0)


def test_a_new_invitation_replaces_the_open_one(rex):
    invite(rex)
    first = token_sent()
    invite(rex, "BEA@clients.example ")
    assert GuardianInvite.objects.count() == 1
    with pytest.raises(InviteRefused):
        guardians.accept(token=first, person=bea(), at=NOW)


def test_five_invitations_may_be_open(rex):
    for number in range(guardians.MOST_INVITES):
        invite(rex, f"p{number}@clients.example")
    with pytest.raises(LimitReached):
        invite(rex, "one-more@clients.example")
    assert Notice.objects.count() == guardians.MOST_INVITES


@pytest.mark.parametrize("address", ["", "bea", "bea@", "a b@c.example", "x" * 300])
def test_what_is_no_address_is_refused(rex, address):
    with pytest.raises(Invalid) as refused:
        invite(rex, address)
    assert refused.value.path == ["input", "email"]


def test_the_last_guardian_stays(rex):
    ada = rex.guardians.get().person
    with pytest.raises(LastGuardian):
        guardians.leave(pet=rex, person=ada, by=ada, at=NOW)
    invite(rex)
    guardians.accept(token=token_sent(), person=bea(), at=NOW)
    guardians.leave(pet=rex, person=ada, by=ada, at=NOW)
    assert [each.person.first_name for each in rex.guardians.all()] == ["Béa"]
