"""A person's rights over their data, through the API."""

import re

import pytest
from django.test import Client
from django_ox.testing import run_tasks

from accounts.models import Login, Notice, Person, PrivacyRequest
from accounts.roles import Role
from kernel.graphql.nodes import global_id
from tests.accounts.world import owner
from tests.builders import answered, make_clinic, staff

pytestmark = pytest.mark.django_db

EXPORT = """mutation($key: UUID) { accountExport(input: {idempotencyKey: $key}) {
    export { id state url } userErrors { code } } }"""
EXPORTS = "{ me { exports { id state requestedAt url expiresAt } } }"
PREVIEW = "{ me { erasurePreview { token lines { what rows fate reason article } } } }"
ERASE = """mutation($token: String!, $key: UUID) {
    accountErase(input: {previewToken: $token, idempotencyKey: $key}) {
        number userErrors { code path } } }"""
START = """mutation($contact: String!) { clientFileClaimStart(input: {contact: $contact}) {
    validMinutes userErrors { code message } } }"""
CLAIM = """mutation($code: String!) { clientFileClaim(input: {code: $code}) {
    isJoined userErrors { code path } } }"""
MERGE = """mutation($kept: ID!, $other: ID!) { clientMerge(input: {keptId: $kept, otherId: $other})
    { keptId userErrors { code path } } }"""
KEY = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def fetched(url):
    return Client().get(url.removeprefix("http://127.0.0.1:8000"))


def test_a_person_takes_their_data_away():
    login = owner().login
    asked = answered(EXPORT, login=login)["accountExport"]
    assert (asked["export"]["state"], asked["export"]["url"]) == ("REQUESTED", None)
    run_tasks()
    export = answered(EXPORTS, login=login)["me"]["exports"][0]
    assert (export["id"], export["state"]) == (asked["export"]["id"], "DONE")
    response = fetched(export["url"])
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="clinic-shop-data.zip"'
    assert (response["Cache-Control"], response["Referrer-Policy"]) == (
        "no-store, private",
        "no-referrer",
    )
    assert b"".join(response.streaming_content)[:2] == b"PK"
    response.close()


def test_an_address_that_was_made_up_opens_nothing():
    response = fetched("/exports/x")
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store, private")
    assert Client().post("/exports/x").status_code == 405


def test_exports_are_ones_own():
    answered(EXPORT, login=owner().login)
    run_tasks()
    assert answered(EXPORTS, login=owner("b@owner.example").login) == {"me": {"exports": []}}


def test_the_same_key_is_one_request():
    login = owner().login
    answers = [answered(EXPORT, {"key": KEY}, login=login) for _ in range(2)]
    assert answers[0] == answers[1]
    assert PrivacyRequest.objects.count() == 1


@pytest.mark.parametrize("key", [None, KEY])
def test_a_person_is_forgotten_after_seeing_what_goes(key):
    login = owner().login
    preview = answered(PREVIEW, login=login, language="en")["me"]["erasurePreview"]
    assert preview["lines"] == [
        {
            "what": "people",
            "rows": 1,
            "fate": "DELETE",
            "reason": "Your file: deleted, or blanked where something that stays must name it.",
            "article": "GDPR art. 17(1)",
        },
        {
            "what": "logins",
            "rows": 1,
            "fate": "DELETE",
            "reason": "Your account and its password: you can no longer sign in.",
            "article": "GDPR art. 17(1)",
        },
    ]
    asked = answered(ERASE, {"token": preview["token"], "key": key}, login=login)["accountErase"]
    assert asked == {"number": PrivacyRequest.objects.get().pk, "userErrors": []}
    run_tasks()
    assert (Person.objects.count(), Login.objects.count()) == (0, 0)


def test_nothing_is_erased_unseen():
    asked = answered(ERASE, {"token": "x"}, login=owner().login)["accountErase"]
    assert asked == {
        "number": None,
        "userErrors": [{"code": "STALE", "path": ["input", "previewToken"]}],
    }
    assert PrivacyRequest.objects.count() == 0


def test_staff_are_sent_to_a_manager():
    asked = answered(ERASE, {"token": "x"}, login=staff())["accountErase"]
    assert [each["code"] for each in asked["userErrors"]] == ["NOT_ALLOWED"]


def test_an_account_joins_its_file_by_the_code_that_was_sent():
    file = owner("ada@owner.example", has_login=False)
    login = Login.objects.create_user("new@owner.example", "secret-secret")
    known = answered(START, {"contact": "ada@owner.example"}, login=login)
    unknown = answered(START, {"contact": "nobody@owner.example"}, login=login)
    assert known == unknown == {"clientFileClaimStart": {"validMinutes": 15, "userErrors": []}}
    run_tasks()
    refusal = {
        "isJoined": False,
        "userErrors": [{"code": "CODE_REFUSED", "path": ["input", "code"]}],
    }
    assert answered(CLAIM, {"code": "x"}, login=login)["clientFileClaim"] == refusal
    code = re.search(r"\d{6}", Notice.objects.get().body)[0]
    joined = answered(CLAIM, {"code": code}, login=login)["clientFileClaim"]
    assert joined == {"isJoined": True, "userErrors": []}
    assert answered("{ me { person { firstName } } }", login=login) == {
        "me": {"person": {"firstName": "Ada"}}
    }
    assert Person.objects.get() == file


def test_a_sixth_start_of_a_day_is_refused():
    login = owner().login
    for _ in range(5):
        answered(START, {"contact": "x"}, login=login)
    refused = answered(START, {"contact": "x"}, login=login, language="en")
    assert refused["clientFileClaimStart"] == {
        "validMinutes": None,
        "userErrors": [
            {
                "code": "LIMIT_REACHED",
                "message": "You asked for a code 5 times today: "
                "try again tomorrow, or call the clinic.",
            }
        ],
    }


def test_a_manager_makes_one_file_of_two():
    kept, other = owner(has_login=False), owner("b@owner.example")
    ids = {"kept": global_id("Client", kept.pk), "other": global_id("Client", other.pk)}
    login = staff(Role.MANAGER)
    merged = answered(MERGE, ids, login=login)["clientMerge"]
    assert merged == {"keptId": ids["kept"], "userErrors": []}
    gone = answered(MERGE, ids, login=login)["clientMerge"]
    assert gone == {
        "keptId": None,
        "userErrors": [{"code": "NOT_FOUND", "path": ["input", "otherId"]}],
    }


def test_two_accounts_stay_two_files():
    kept, other = owner(), owner("b@owner.example")
    ids = {"kept": global_id("Client", kept.pk), "other": global_id("Client", other.pk)}
    refused = answered(MERGE, ids, login=staff(Role.MANAGER))["clientMerge"]
    assert refused["userErrors"] == [{"code": "ALREADY_USED", "path": ["input", "otherId"]}]
