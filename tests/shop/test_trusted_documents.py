"""Documents of the front end, taken once and then asked for by their hash."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clinic import trusted
from clinic.models import TrustedDocument
from tests.builders import NOW, answered, ask, make_clinic, owner

pytestmark = pytest.mark.django_db
NAME = "{ shop { name } }"
SHIPPED = Path(__file__).parent.parent.parent / "shop" / "documents"


@pytest.fixture(autouse=True)
def _nothing_is_held():
    trusted._held.cache_clear()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "name.graphql").write_text(NAME)
    return tmp_path


def fetched(key, **parameters):
    return Client().get("/graphql/", {"documentId": key, **parameters})


def codes(response):
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def test_a_folder_is_trusted_once_and_told_by_its_hashes(folder, capsys):
    manifest = folder / "hashes.json"
    call_command("trust_documents", folder, manifest=manifest)
    call_command("trust_documents", folder)
    sha256 = trusted.hash_of(NAME)
    assert json.loads(manifest.read_text()) == {"deep/name.graphql": sha256}
    assert capsys.readouterr().out.splitlines() == [
        f"{sha256}  deep/name.graphql",
        "1 documents trusted, 1 of them new.",
        f"{sha256}  deep/name.graphql",
        "1 documents trusted, 0 of them new.",
    ]


def test_what_the_shop_ships_can_be_trusted():
    call_command("trust_documents", SHIPPED)
    assert TrustedDocument.objects.count() == len(list(SHIPPED.glob("*.graphql")))


def test_one_that_would_break_keeps_all_of_them_out(folder):
    (folder / "bad.graphql").write_text("{ shop { nope } }")
    (folder / "worse.graphql").write_text("{ shop")
    with pytest.raises(CommandError) as refused:
        call_command("trust_documents", folder)
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "Nothing was trusted.",
        "bad.graphql",
        "worse.graphql",
    ]
    assert not TrustedDocument.objects.exists()


def test_a_check_finds_what_an_upgrade_would_break(folder, capsys):
    trusted.trust({"good": NAME}, at=NOW)
    call_command("trust_documents", folder, check=True)
    assert capsys.readouterr().out == "2 documents, all valid.\n"
    assert TrustedDocument.objects.count() == 1
    trusted.trust({"gone": "{ shop { oldField } }"}, at=NOW)
    with pytest.raises(CommandError, match=r"gone \([0-9a-f]{8}\): Cannot query field"):
        call_command("trust_documents", check=True)


@pytest.mark.parametrize("given", [None, "nowhere"])
def test_a_folder_must_be_named_and_be_there(given, tmp_path):
    with pytest.raises(CommandError, match="folder"):
        call_command("trust_documents", *([tmp_path / given] if given else []))


def test_a_file_that_is_not_text_is_refused(folder):
    (folder / "bytes.graphql").write_bytes(b"\xff")
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("trust_documents", folder)


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_a_document_is_asked_for_by_its_hash(prefix):
    make_clinic()
    trusted.trust({"name": NAME}, at=NOW)
    response = fetched(prefix + trusted.hash_of(NAME))
    assert response.json()["data"] == {"shop": {"name": "Clinique"}}
    assert response["Cache-Control"].startswith("public, max-age=0, s-maxage=")


def test_variables_come_beside_the_hash():
    text = "query($slug: String!) { product(slug: $slug) { slug } }"
    trusted.trust({"product": text}, at=NOW)
    response = fetched(trusted.hash_of(text), variables='{"slug": "x"}')
    assert response.json()["data"] == {"product": None}


def test_a_mutation_by_its_hash_is_not_for_get():
    text = 'mutation { productPublish(input: {id: "UHJvZHVjdDox"}) { product { id } } }'
    trusted.trust({"publish": text}, at=NOW)
    assert fetched(trusted.hash_of(text)).status_code == 405


@pytest.mark.parametrize(
    "key", ["", "x", "0" * 64, "sha256:" + "f" * 64, "é" * 64, "sha1:" + "0" * 64]
)
def test_a_hash_that_nobody_trusted_is_unknown(key):
    response = fetched(key)
    assert (response.status_code, codes(response)) == (400, ["UNKNOWN_DOCUMENT"])


@pytest.mark.parametrize("body", [{"documentId": 3}, {"documentId": "x", "query": NAME}])
def test_one_of_the_two_is_asked_for(body):
    response = Client().post("/graphql/", json.dumps(body), content_type="application/json")
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


def test_a_shop_may_answer_guests_nothing_else(settings):
    settings.TRUSTED_DOCUMENTS_ONLY = True
    make_clinic()
    trusted.trust({"name": NAME}, at=NOW)
    assert fetched(trusted.hash_of(NAME)).status_code == 200
    assert answered(NAME) == {"shop": {"name": "Clinique"}}
    other = "{ shop { name phone } }"
    assert ask(other)["errors"][0]["extensions"]["code"] == "UNKNOWN_DOCUMENT"
    assert answered(other, login=owner())["shop"]["name"] == "Clinique"
