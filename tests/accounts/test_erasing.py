import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django_ox.testing import run_tasks

from accounts import erasing, exporting, notices, privacy
from accounts.models import (
    Address,
    AuditEntry,
    Consent,
    Login,
    Notice,
    Person,
    PersonReference,
    PrivacyRequest,
)
from accounts.notices import Message
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate, Origin, PrivacyState
from catalog.models import DietLine, PriceChange
from kernel.animals import Language
from kernel.refusals import NotAllowed, Stale
from pets.models import Guardian, GuardianInvite, HistoryEntry, Identification, Pet
from tests.accounts.world import address_of, known_owner, owner, pet_of, token_of, weighed
from tests.builders import NOW, draft, staff

pytestmark = pytest.mark.django_db


def lines(person):
    found = erasing.preview_erasure(person, at=NOW).lines
    return [(line.what, line.rows, line.fate) for line in found]


def ask(person, at=NOW, token=None):
    token = token or erasing.preview_erasure(person, at=NOW).token
    return erasing.request_erasure(person=person, preview_token=token, by=person, at=at)


def erase(person):
    request = ask(person)
    erasing.carry_out(request.pk, at=NOW)
    request.refresh_from_db()
    return request


def told(recipient, key="a"):
    message = Message(subject="Votre commande", body="Chère Ada")
    notices.notify(key=key, recipient=recipient, language=Language.FR, message=message)


def everything():
    return {
        entry.label: list(entry.all_rows().order_by("pk").values())
        for entry in privacy.registered()
    }


def test_the_preview_says_what_goes_and_what_stays():
    person = known_owner()
    found = erasing.preview_erasure(person, at=NOW).lines
    fates = [(line.rows, line.fate) for line in found]
    by_fate = {fate: sum(rows for rows, each in fates if each is fate) for fate in Fate}
    assert by_fate == {
        # File, login, page history, reference, address, consent, pet, 2 guardianships, 2 + 1
        # invitations of Rex and Mia, tattoo, practice number, 2 weighings, diet line.
        Fate.DELETE: 16,
        # What they told of Mia (a weighing, a diet line), an invitation they accepted, the trail.
        Fate.PSEUDONYMISE: 4,
        # Mia: the pet, its tattoo and number, 2 weighings, its diet line.
        Fate.KEEP: 6,
    }
    assert all(line.reason and line.article for line in found)


def test_a_person_of_whom_little_is_known_is_told_little():
    person = owner(has_login=False)
    assert [(rows, fate) for _what, rows, fate in lines(person)] == [(1, Fate.DELETE)]


def test_all_that_is_about_a_person_goes_and_what_is_others_stays():
    person = known_owner()
    other = Person.objects.get(first_name="Charles")
    session = Client()
    session.force_login(person.login)
    told("ada@owner.example")
    request = erase(person)
    assert not Person.objects.filter(pk=person.pk).exists()
    assert list(Login.objects.all()) == [other.login]
    gone = (Address, Consent, PersonReference, LogEntry, Session)
    assert [model.objects.count() for model in gone] == [0, 0, 0, 0, 0]
    shared = Pet.objects.get()
    assert (shared.name, Guardian.objects.get().person, Identification.objects.get().pet) == (
        "Mia",
        other,
        shared,
    )
    assert set(HistoryEntry.objects.values_list("pet", "author")) == {
        (shared.pk, None),
        (shared.pk, other.pk),
    }
    assert DietLine.objects.get().author is None
    assert set(GuardianInvite.objects.values_list("email", "accepted_by")) == {("", None)}
    assert list(AuditEntry.objects.exclude(changes={})) == []
    assert request.state == PrivacyState.DONE


def test_nothing_of_the_person_is_left_anywhere_but_in_the_farewell():
    person = known_owner()
    told("ada@owner.example")
    erase(person)
    Notice.objects.get(key__startswith="erased:").delete()
    Guardian.objects.all().delete()
    Person.objects.all().delete()
    Login.objects.all().delete()
    text = json.dumps(everything(), default=str)
    assert [word for word in ("Ada", "Lovelace", "owner.example", "1 rue") if word in text] == []


def test_the_proof_is_figures_and_their_digest_and_names_nobody():
    person = known_owner()
    key = person.pk
    request = erase(person)
    *figures, digest = request.proof
    assert (request.person, request.by, request.preview, request.done_at) == (None, None, [], NOW)
    assert digest == {
        "sha256": hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()
    }
    assert {"what": "accounts.address", "fate": "delete", "rows": 1, "left": 0} in figures
    assert {"what": "accounts.person", "fate": "delete", "rows": 1, "left": 0} in figures
    assert {"what": "pets.pet", "fate": "keep", "rows": 1, "left": 1} in figures
    entry = AuditEntry.objects.get(action="person.erase")
    assert (entry.by, entry.subject) == (None, f"accounts.privacyrequest:{request.pk}")
    assert not AuditEntry.objects.filter(subject=f"accounts.person:{key}").exclude(changes={})


def test_the_farewell_goes_to_the_address_that_was_on_file():
    person = owner(language=Language.EN)
    ask(person)
    run_tasks()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@owner.example"], "You are forgotten")
    ]
    assert not Person.objects.exists()


def test_a_second_handing_out_of_the_job_does_nothing_more():
    request = erase(known_owner())
    before = everything()
    erasing.carry_out(request.pk, at=NOW + timedelta(hours=1))
    assert everything() == before


def test_a_job_that_breaks_off_leaves_everything_as_it_was():
    def fail(_rows):
        raise ZeroDivisionError

    person = known_owner()
    request = ask(person)
    before = everything()
    failing = PersonalData(
        model=Address,
        person="person",
        fate=Fate.PSEUDONYMISE,
        reason="x",
        article="y",
        erase=fail,
    )
    # Registered first: it is met last, when all else is erased.
    privacy._entries.insert(0, failing)
    try:
        with pytest.raises(ZeroDivisionError):
            erasing.carry_out(request.pk, at=NOW)
    finally:
        privacy._entries.remove(failing)
    assert everything() == before
    erasing.carry_out(request.pk, at=NOW)
    assert not Person.objects.filter(pk=person.pk).exists()


def test_files_go_after_their_rows_and_those_of_others_stay():
    person, other = owner(), owner("b@owner.example")
    for name in ("pets/own", "pets/both"):
        storages["private"].save(name, ContentFile(b"x"))
    pet_of(person, photo_original="pets/own")
    pet_of(person, photo_original="pets/both")
    pet_of(other, photo_original="pets/both")
    export = exporting.request_export(person=person, by=person, at=NOW)
    run_tasks()
    export.refresh_from_db()
    assert storages["private"].exists(export.file_name)
    erase(person)
    run_tasks()
    kept = [storages["private"].exists(each) for each in ("pets/own", "pets/both")]
    assert (kept, storages["private"].exists(export.file_name)) == ([False, True], False)


def test_notices_of_an_address_that_two_share_wait_for_retention():
    person = owner()
    owner("ADA@owner.example", has_login=False, first_name="Charles")
    told("ada@owner.example")
    erase(person)
    assert Notice.objects.get(key="a").body == "Chère Ada"


def test_a_notice_that_was_not_sent_is_never_sent():
    person = owner(language=Language.EN)
    told("ada@owner.example")
    erase(person)
    run_tasks()
    assert [message.subject for message in mail.outbox] == ["You are forgotten"]


def test_who_worked_for_the_clinic_leaves_a_blank_file_behind():
    person = owner()
    product = draft()
    PriceChange.objects.create(
        variant=product.variants.get(), gross_cents=1, effective_from=NOW, recorded_at=NOW,
        by=person,
    )  # fmt: skip
    finding = weighed(pet_of(owner("b@owner.example")), author=person, origin=Origin.STAFF)
    assert lines(person)[0][1:] == (1, Fate.PSEUDONYMISE)
    erase(person)
    person.refresh_from_db()
    assert (str(person), person.email, person.phone, person.login, person.erased_at) == (
        f"#{person.pk}",
        "",
        "",
        None,
        NOW,
    )
    finding.refresh_from_db()
    assert finding.author == person


def refused(person, refusal, **how):
    with pytest.raises(refusal):
        ask(person, **how)
    assert PrivacyRequest.objects.count() == 0


def test_figures_that_changed_meanwhile_are_shown_again():
    person = owner()
    token = erasing.preview_erasure(person, at=NOW).token
    address_of(person)
    refused(person, Stale, token=token)


def test_a_preview_is_good_for_half_an_hour():
    person = owner()
    refused(person, Stale, at=NOW + timedelta(minutes=30, seconds=1))
    assert ask(person, at=NOW + timedelta(minutes=30)).state == PrivacyState.REQUESTED


def test_a_token_is_ones_own():
    other = erasing.preview_erasure(owner("b@owner.example"), at=NOW).token
    refused(owner(), Stale, token=other)
    refused(Person.objects.first(), Stale, token="made-up")


def test_staff_and_machines_keep_their_file_while_they_hold_a_role():
    refused(staff().person, NotAllowed)
    machine = Person.objects.create(first_name="Caisse")
    token_of(machine)
    refused(machine, NotAllowed)


def test_asking_twice_is_one_request():
    person = owner()
    assert ask(person) == ask(person)
    assert PrivacyRequest.objects.count() == 1
