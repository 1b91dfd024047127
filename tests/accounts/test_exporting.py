import hashlib
import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django_ox.testing import run_tasks

from accounts import exporting
from accounts.models import AuditEntry, Notice, PrivacyRequest
from accounts.vocabulary import PrivacyState
from kernel.animals import Language
from kernel.refusals import NotFound
from tests.accounts.world import known_owner, owner, pet_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def exported(person):
    request = exporting.request_export(person=person, by=person, at=NOW)
    exporting.make_export(request.pk, at=NOW)
    request.refresh_from_db()
    return request


def archive_of(request):
    with storages["private"].open(request.file_name) as file:
        return zipfile.ZipFile(BytesIO(file.read()))


def tables(request):
    told = json.loads(archive_of(request).read("data.json"))
    return {(table["table"], table["reason"]): table for table in told["tables"]}


def token_of(request, at=NOW):
    return exporting.address_of(request, at=at).rpartition("/")[2]


def test_the_archive_holds_what_is_known_by_table_and_two_notes():
    person = known_owner()
    request = exported(person)
    assert archive_of(request).namelist() == ["LISEZMOI.txt", "README.txt", "data.json"]
    found = tables(request)
    rows = {label: found[label, reason]["rows"] for label, reason in found}
    assert rows["accounts.person"] == [
        {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@owner.example",
            "phone": "+33612345678",
            "language": "fr",
            "known_since": None,
        }
    ]
    assert rows["pets.guardian"] == [
        {"pet__name": "Rex", "since": "2026-11-22T12:00:00Z"},
        {"pet__name": "Mia", "since": "2026-11-22T12:00:00Z"},
    ]
    pets = [row["name"] for (label, _), table in found.items() if label == "pets.pet"
            for row in table["rows"]]  # fmt: skip
    assert sorted(pets) == ["Mia", "Rex"]
    assert "Babbage" not in json.dumps(rows)


def test_columns_are_named_in_the_persons_language():
    person = owner(language=Language.EN)
    found = tables(exported(person))
    table = next(table for (label, _), table in found.items() if label == "accounts.person")
    assert (table["label"], table["columns"]["first_name"]) == ("people", "first name")


def test_photos_go_along():
    person = owner()
    storages["private"].save("pets/rex", ContentFile(b"photo"))
    pet_of(person, photo_original="pets/rex")
    assert archive_of(exported(person)).read("files/pets.pet/pets/rex") == b"photo"


def test_the_checksum_is_that_of_the_file():
    request = exported(owner())
    with storages["private"].open(request.file_name) as file:
        assert request.checksum == hashlib.sha256(file.read()).hexdigest()


def test_the_owner_is_told_where_it_is():
    person = owner(language=Language.EN)
    exporting.request_export(person=person, by=person, at=NOW)
    run_tasks()
    request = PrivacyRequest.objects.get()
    assert (request.state, mail.outbox[0].to) == (PrivacyState.DONE, ["ada@owner.example"])
    address = exporting.address_of(request, at=request.done_at)
    assert address in mail.outbox[0].body


def test_one_archive_is_made_at_a_time():
    person = owner()
    first = exporting.request_export(person=person, by=person, at=NOW)
    assert exporting.request_export(person=person, by=person, at=NOW) == first
    assert AuditEntry.objects.count() == 1
    exporting.make_export(first.pk, at=NOW)
    assert exporting.request_export(person=person, by=person, at=NOW) != first


def test_a_worker_that_starts_anew_writes_the_same_file_and_tells_once():
    person = owner()
    request = exported(person)
    PrivacyRequest.objects.filter(pk=request.pk).update(state=PrivacyState.REQUESTED)
    exporting.make_export(request.pk, at=NOW)
    exporting.make_export(request.pk, at=NOW)
    _folders, names = storages["private"].listdir("exports")
    assert ([f"exports/{name}" for name in names], Notice.objects.count()) == (
        [request.file_name],
        1,
    )


def test_the_address_opens_the_archive_for_seven_days():
    request = exported(owner())
    last = NOW + timedelta(days=7) - timedelta(seconds=1)
    with exporting.open_export(token_of(request), at=last) as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == request.checksum
    with pytest.raises(NotFound):
        exporting.open_export(token_of(request), at=NOW + timedelta(days=7))
    assert exporting.address_of(request, at=NOW + timedelta(days=7)) is None


def test_a_forged_address_and_one_of_a_deleted_file_open_nothing():
    request = exported(owner())
    token = token_of(request)
    storages["private"].delete(request.file_name)
    for given in ("x", token[:-1], token):
        with pytest.raises(NotFound):
            exporting.open_export(given, at=NOW)


def test_no_archive_is_made_for_who_was_forgotten_meanwhile():
    person = owner()
    request = exporting.request_export(person=person, by=person, at=NOW)
    PrivacyRequest.objects.update(person=None)
    exporting.make_export(request.pk, at=NOW)
    assert not storages["private"].exists("exports")
    assert exporting.exports_of(person) == []
