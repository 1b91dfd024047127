"""Signing up and in, as browsers and phones do it, over HTTP."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_ox.testing import run_tasks

from accounts.models import AuditEntry, Login, Notice, Person
from accounts.tasks import forget_what_is_due
from shop import settings as ours
from shop import signing_in
from tests.accounts.signing import (
    ME,
    PASSWORD,
    Browser,
    Phone,
    code_sent_to,
    last_mail,
    pending,
    signed_in,
    signed_up,
)
from tests.builders import make_clinic, staff

pytestmark = pytest.mark.django_db
ADA = "ada@owner.example"
BOTH = pytest.mark.parametrize("device", [Browser, Phone])
KNOWN = {"data": {"me": {"person": {"language": "FR"}}}, "extensions": {"cost": 2}}
GUEST = {"data": {"me": None}, "extensions": {"cost": 2}}


@BOTH
def test_who_proves_the_address_is_signed_in_and_known_to_graphql(device):
    one = device()
    asked = one.call("POST", "auth/signup", {"email": "Ada@Owner.example", "password": PASSWORD})
    assert (asked.status_code, pending(asked)) == (401, ["verify_email"])
    proved = one.call("POST", "auth/email/verify", {"key": code_sent_to(ADA)})
    assert (proved.status_code, proved.json()["data"]["user"]["email"]) == (200, ADA)
    assert one.ask().json() == KNOWN
    person = Person.objects.get()
    assert (person.email, person.language, person.login.email) == (ADA, "fr", ADA)


def test_nobody_is_known_before_the_address_is_proved():
    phone = Phone()
    phone.call("POST", "auth/signup", {"email": ADA, "password": PASSWORD})
    answer = phone.ask()
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_mail_is_written_for_the_worker_in_the_language_of_the_request():
    make_clinic()
    phone = Phone(language="en")
    phone.call("POST", "auth/signup", {"email": ADA, "password": PASSWORD})
    written = Notice.objects.get()
    code = code_sent_to(ADA)
    assert (written.language, written.subject) == ("en", "Please Confirm Your Email Address")
    assert "Hello from Clinique!" in written.body
    assert mail.outbox == []
    run_tasks()
    assert code in mail.outbox[0].body
    assert Person.objects.get().language == "en"


def test_a_code_is_forgotten_once_its_mail_is_sent():
    Phone().call("POST", "auth/signup", {"email": ADA, "password": PASSWORD})
    run_tasks()
    assert Notice.objects.get().body == ""


def test_a_browser_without_the_csrf_token_is_refused_in_json():
    body = {"email": ADA, "password": PASSWORD}
    refused = Client(enforce_csrf_checks=True).post(
        "/auth/browser/v1/auth/signup", body, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "csrf")
    assert Login.objects.count() == 0


@BOTH
def test_a_password_signs_in(device):
    signed_up(Phone())
    one = device()
    assert signed_in(one, ADA).status_code == 200
    assert one.ask().json() == KNOWN


@BOTH
def test_an_e_mailed_code_signs_in(device):
    signed_up(Phone())
    one = device()
    assert pending(one.call("POST", "auth/code/request", {"email": ADA})) == ["login_by_code"]
    assert one.call("POST", "auth/code/confirm", {"code": code_sent_to(ADA)}).status_code == 200
    assert one.ask().json() == KNOWN


def test_a_forgotten_password_is_changed_by_code_and_shuts_the_others_out():
    lost = signed_up(Phone())
    phone = Phone()
    phone.call("POST", "auth/password/request", {"email": ADA})
    key = code_sent_to(ADA)
    checked = phone.call("GET", "auth/password/reset", **{"X-Password-Reset-Key": key})
    assert checked.status_code == 200
    new = "quite-another-password"
    phone.call("POST", "auth/password/reset", {"key": key, "password": new})
    assert phone.ask().json() == KNOWN
    assert lost.ask().status_code == 401
    assert signed_in(Phone(), ADA, PASSWORD).status_code == 400
    assert signed_in(Phone(), ADA, new).status_code == 200


def test_a_weak_password_is_refused_once_the_code_is_right():
    signed_up(Phone())
    phone = Phone()
    phone.call("POST", "auth/password/request", {"email": ADA})
    given = {"key": code_sent_to(ADA), "password": "short"}
    refused = phone.call("POST", "auth/password/reset", given)
    assert [error["param"] for error in refused.json()["errors"]] == ["password"]
    assert signed_in(Phone(), ADA).status_code == 200


def test_an_address_is_changed_once_the_new_one_is_proved():
    phone = signed_up(Phone())
    refused = phone.call("POST", "account/email", {"email": "new@owner.example"})
    assert refused.status_code == 401
    phone.call("POST", "auth/reauthenticate", {"password": PASSWORD})
    phone.call("POST", "account/email", {"email": "new@owner.example"})
    assert Login.objects.get().email == ADA
    phone.call("POST", "auth/email/verify", {"key": code_sent_to("new@owner.example")})
    person = Person.objects.get()
    assert (person.email, person.login.email, person.version) == (
        "new@owner.example",
        "new@owner.example",
        2,
    )
    assert AuditEntry.objects.get().changes == {"email": [ADA, "new@owner.example"]}
    assert "new@owner.example" in last_mail(ADA).body
    assert signed_in(Phone(), ADA).status_code == 400


def test_a_contact_that_staff_wrote_outlives_a_change_of_address():
    phone = signed_up(Phone())
    Person.objects.update(email="home@owner.example")
    phone.call("POST", "auth/reauthenticate", {"password": PASSWORD})
    phone.call("POST", "account/email", {"email": "new@owner.example"})
    phone.call("POST", "auth/email/verify", {"key": code_sent_to("new@owner.example")})
    person = Person.objects.get()
    assert (person.email, person.login.email) == ("home@owner.example", "new@owner.example")


def test_a_sign_up_that_was_never_proved_does_not_keep_its_address():
    Phone().call("POST", "auth/signup", {"email": "new@owner.example", "password": PASSWORD})
    phone = signed_up(Phone())
    phone.call("POST", "auth/reauthenticate", {"password": PASSWORD})
    cache.clear()
    phone.call("POST", "account/email", {"email": "new@owner.example"})
    key = code_sent_to("new@owner.example")
    assert phone.call("POST", "auth/email/verify", {"key": key}).status_code == 200
    assert [login.email for login in Login.objects.all()] == ["new@owner.example"]
    assert Person.objects.count() == 1


def test_sign_ups_never_proved_and_ended_sessions_are_forgotten_in_time():
    for email in ("never@owner.example", "lately@owner.example"):
        Phone().call("POST", "auth/signup", {"email": email, "password": PASSWORD})
    signed_up(Phone())
    staff()
    long_ago = timezone.now() - timedelta(days=31)
    Login.objects.exclude(email="lately@owner.example").update(joined_at=long_ago)
    Session.objects.update(expire_date=long_ago)
    forget_what_is_due.call()
    left = [login.email.split("@")[0].split("-")[0] for login in Login.objects.order_by("pk")]
    assert left == ["lately", "ada", "manager"]
    assert (Session.objects.count(), Person.objects.count()) == (0, 3)


def test_who_signed_up_under_anothers_address_does_not_enter_after_them():
    Phone().call("POST", "auth/signup", {"email": ADA, "password": PASSWORD})
    owner = Phone()
    owner.call("POST", "auth/code/request", {"email": ADA})
    owner.call("POST", "auth/code/confirm", {"code": code_sent_to(ADA)})
    assert owner.ask().json() == KNOWN
    assert signed_in(Phone(), ADA).status_code == 400


def test_sessions_are_listed_and_a_revoked_one_opens_nothing():
    lost = signed_up(Phone())
    phone = Phone()
    signed_in(phone, ADA)
    listed = phone.call("GET", "auth/sessions").json()["data"]
    others = [session["id"] for session in listed if not session["is_current"]]
    assert (len(listed), len(others)) == (2, 1)
    left = phone.call("DELETE", "auth/sessions", {"sessions": others}).json()["data"]
    assert [session["is_current"] for session in left] == [True]
    assert phone.ask().json() == KNOWN
    assert lost.ask().status_code == 401


def test_signing_out_ends_the_token():
    phone = signed_up(Phone())
    assert phone.call("DELETE", "auth/session").status_code == 401
    assert phone.ask().status_code == 401


@pytest.mark.parametrize("token", ["wrong", "x" * 32, "é", "'; --"])
def test_a_made_up_token_is_refused_in_the_shape_of_graphql(token):
    answer = Client().post(
        "/graphql/",
        {"query": ME},
        content_type="application/json",
        headers={"X-Session-Token": token},
    )
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "UNAUTHENTICATED",
        "requestId": answer["X-Request-Id"],
    }
    assert "data" not in answer.json()


def test_a_token_counts_alone_beside_a_cookie():
    client = Client()
    client.force_login(staff())
    headers = {"X-Session-Token": "wrong"}
    answer = client.post(
        "/graphql/", {"query": ME}, content_type="application/json", headers=headers
    )
    assert answer.status_code == 401


def test_an_account_put_to_rest_loses_its_sessions():
    phone = signed_up(Phone())
    Login.objects.update(is_active=False)
    assert phone.ask().status_code == 401


def tables_read(ask):
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [query["sql"].split('FROM "')[1].split('"')[0] for query in captured.captured_queries]


@BOTH
def test_an_owner_costs_two_reads(device):
    one = signed_up(device())
    assert tables_read(one.ask) == ["django_session", "accounts_login"]


def test_a_guest_costs_none():
    def ask():
        answer = Client().post("/graphql/", {"query": ME}, content_type="application/json")
        assert answer.json() == GUEST

    assert tables_read(ask) == []


def test_staff_cost_their_groups_besides():
    client = Client()
    client.force_login(staff())

    def ask():
        assert client.get("/graphql/", {"query": ME}).json() == KNOWN

    assert tables_read(ask)[-1] == "auth_group"
    assert len(tables_read(ask)) == 3


def test_the_signed_in_may_spend_more_than_guests(monkeypatch):
    monkeypatch.setattr("shop.endpoint.GUEST_COST", 1)
    answers = [Phone().ask().json(), signed_up(Phone()).ask().json()]
    assert answers[0]["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    assert answers[1] == KNOWN


def test_a_page_of_another_origin_may_send_what_signing_in_needs(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    allowed = Client().options(
        "/graphql/",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-session-token",
        },
    )["Access-Control-Allow-Headers"]
    wanted = {"x-session-token", "x-csrftoken", "authorization", "content-type"}
    assert wanted <= set(allowed.split(", "))


def test_what_is_said_of_signing_in_is_what_is_set():
    names = [
        name for name in vars(signing_in) if name.startswith(("ACCOUNT_", "MFA_", "HEADLESS_"))
    ]
    assert [name for name in names if getattr(ours, name) != getattr(signing_in, name)] == []
