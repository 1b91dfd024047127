import re
from datetime import timedelta

import pytest
from django_ox.testing import run_tasks

from accounts import claims, erasing
from accounts.access import viewer_of
from accounts.claims import CodeRefused, TooManyStarts
from accounts.models import AuditEntry, FileClaim, Login, Notice, Person, PersonReference
from pets.models import Guardian
from tests.accounts.world import address_of, owner, pet_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def account(email="new@owner.example", last_name=""):
    login = Login.objects.create_user(email, "secret-secret")
    Person.objects.create(login=login, email=email, last_name=last_name)
    return login


def filed(email="ada@owner.example", **fields):
    return owner(email, has_login=False, **fields)


def start(login, contact="ada@owner.example", at=NOW):
    claims.start_claim(login=login, contact=contact, at=at)
    run_tasks()


def code_sent():
    notice = Notice.objects.filter(key__startswith="file-claim:").first()
    return re.search(r"\d{6}", notice.body)[0]


def claim(login, code, at=NOW):
    return claims.claim_file(login=login, code=code, at=at)


def another(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_goes_to_the_contact_on_file_and_joins_the_account_to_it():
    file, login = filed("Ada@owner.example"), account()
    pet = pet_of(file)
    address_of(login.person)
    start(login, " ada@OWNER.example ")
    assert Notice.objects.get().recipient == "Ada@owner.example"
    own = login.person.pk
    assert claim(login, f" {code_sent()} ") == file
    file.refresh_from_db()
    assert (file.login, file.email, file.addresses.count()) == (login, "Ada@owner.example", 1)
    assert not Person.objects.filter(pk=own).exists()
    assert Guardian.objects.get(pet=pet).person == file
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["file.claim_start", "file.claim", "person.merge"]


def test_a_phone_is_known_however_it_is_written():
    file, login = filed(phone="+33612345678"), account()
    start(login, "06 12 34 56 78")
    assert FileClaim.objects.get().person == file


def test_the_code_is_kept_as_a_hash():
    filed()
    login = account()
    start(login)
    assert code_sent() not in FileClaim.objects.get().code_hash


@pytest.mark.parametrize("contact", ["nobody@owner.example", "", "0600000000", "12"])
def test_an_unknown_contact_is_answered_like_a_known_one(contact):
    filed(), filed("", phone="")
    login = account()
    start(login, contact)
    assert (FileClaim.objects.count(), Notice.objects.count()) == (0, 0)
    with pytest.raises(CodeRefused):
        claim(login, "000000")


def test_a_file_with_an_account_is_nobody_elses():
    owner("ada@owner.example")
    start(account())
    assert FileClaim.objects.count() == 0


def test_of_a_couple_the_one_of_the_accounts_name_is_meant():
    filed(last_name="Babbage")
    ada = filed(last_name="Le Févre")
    start(account(last_name="le fevre"))
    assert FileClaim.objects.get().person == ada


@pytest.mark.parametrize("name", ["", "Turing"])
def test_of_a_couple_nobody_is_meant_without_a_name_of_theirs(name):
    filed(last_name="Babbage"), filed(last_name="Lovelace")
    start(account(last_name=name))
    assert FileClaim.objects.count() == 0


def test_an_account_starts_five_times_a_day():
    login = account()
    for _ in range(5):
        start(login, "nobody@owner.example")
    with pytest.raises(TooManyStarts):
        start(login)
    assert AuditEntry.objects.count() == 5
    start(login, at=NOW + timedelta(days=1))
    assert AuditEntry.objects.count() == 6


def test_a_file_is_sent_five_codes_a_day_whoever_asks():
    filed()
    for number in range(6):
        start(account(f"{number}@owner.example"))
    assert FileClaim.objects.count() == Notice.objects.count() == 5


def test_a_code_is_good_for_fifteen_minutes():
    filed()
    login = account()
    start(login)
    with pytest.raises(CodeRefused):
        claim(login, code_sent(), at=NOW + timedelta(minutes=15))
    assert claim(login, code_sent(), at=NOW + timedelta(minutes=14)).login == login


def test_after_five_attempts_the_right_code_is_refused_too():
    file, login = filed(), account()
    start(login)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            claim(login, another(code_sent()))
    with pytest.raises(CodeRefused):
        claim(login, code_sent())
    file.refresh_from_db()
    assert (FileClaim.objects.get().attempts, file.login) == (5, None)


def test_a_code_is_the_accounts_own():
    filed()
    start(account())
    with pytest.raises(CodeRefused):
        claim(account("thief@owner.example"), code_sent())


def test_a_code_is_used_once():
    filed()
    login = account()
    start(login)
    claim(login, code_sent())
    with pytest.raises(CodeRefused):
        claim(login, code_sent())


def test_a_file_that_was_joined_meanwhile_is_taken():
    file, login, other = filed(), account(), account("first@owner.example")
    start(login)
    first = code_sent()
    start(other)
    claim(other, code_sent())
    with pytest.raises(CodeRefused):
        claim(login, first)
    file.refresh_from_db()
    assert file.login == other
    assert viewer_of(Login.objects.get(pk=login.pk)).person != file


def test_a_worker_that_starts_anew_sends_no_second_code():
    filed()
    start(account())
    sent = code_sent()
    claims.send_code(FileClaim.objects.get().pk)
    assert (code_sent(), Notice.objects.count()) == (sent, 1)


def test_files_of_guest_orders_join_the_account_of_their_address():
    login = account("ada@owner.example")
    guest, practice, marked = filed("ADA@owner.example"), filed(), filed(known_since=NOW)
    PersonReference.objects.create(person=practice, source="practice", reference="1")
    filed("other@owner.example")
    address_of(guest)
    assert claims.join_guest_person(login=login, at=NOW) == 1
    assert claims.join_guest_person(login=login, at=NOW) == 0
    assert viewer_of(login).person.addresses.count() == 1
    left = Person.objects.filter(email__iexact=login.email, login=None)
    assert sorted(left.values_list("pk", flat=True)) == [practice.pk, marked.pk]


def test_nothing_joins_an_account_that_waits_to_be_forgotten():
    login = account("ada@owner.example")
    filed()
    person = viewer_of(login).person
    token = erasing.preview_erasure(person, at=NOW).token
    erasing.request_erasure(person=person, preview_token=token, by=person, at=NOW)
    assert claims.join_guest_person(login=login, at=NOW) == 0
    assert Person.objects.filter(login=None).count() == 1
