"""Authenticator apps, recovery codes and passkeys; what staff may do without any."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from fido2.webauthn import AuthenticatorData

from accounts.access import viewer_of
from accounts.models import Login
from accounts.roles import DUTIES, Role
from tests.accounts.passkeys import Passkey
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


def app_code(secret, steps=0):
    """What an authenticator app shows; a code serves once, so tests take the next one too."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrolled(device, password=PASSWORD):
    """Turn an authenticator app on, and give its secret."""
    device.call("POST", "auth/reauthenticate", {"password": password})
    secret = device.call("GET", "account/authenticators/totp").json()["meta"]["secret"]
    done = device.call("POST", "account/authenticators/totp", {"code": app_code(secret)})
    assert done.status_code == 200, done.json()
    return secret


@BOTH
def test_who_enrolled_an_app_is_asked_for_its_code(device):
    secret = enrolled(signed_up(Phone()))
    one = device()
    assert pending(signed_in(one, ADA)) == ["mfa_authenticate"]
    wrong = one.call("POST", "auth/2fa/authenticate", {"code": "000000"})
    assert wrong.status_code == 400
    right = one.call("POST", "auth/2fa/authenticate", {"code": app_code(secret, 1)})
    assert right.status_code == 200
    assert one.ask().json()["data"]["me"] is not None


def test_a_code_by_mail_does_not_stand_for_the_app():
    enrolled(signed_up(Phone()))
    phone = Phone()
    phone.call("POST", "auth/code/request", {"email": ADA})
    answer = phone.call("POST", "auth/code/confirm", {"code": code_sent_to(ADA)})
    assert pending(answer) == ["mfa_authenticate"]
    assert phone.ask().status_code == 401


def test_a_password_reset_does_not_pass_by_the_app():
    enrolled(signed_up(Phone()))
    phone = Phone()
    phone.call("POST", "auth/password/request", {"email": ADA})
    given = {"key": code_sent_to(ADA), "password": "quite-another-password"}
    assert pending(phone.call("POST", "auth/password/reset", given)) == ["mfa_authenticate"]


def test_codes_of_the_app_cannot_be_guessed_at():
    secret = enrolled(signed_up(Phone()))
    phone = Phone()
    signed_in(phone, ADA)
    for _ in range(5):
        phone.call("POST", "auth/2fa/authenticate", {"code": "000000"})
    shut = phone.call("POST", "auth/2fa/authenticate", {"code": app_code(secret, 1)})
    assert shut.json()["errors"][0]["code"] == "too_many_login_attempts"


def test_a_recovery_code_serves_once():
    phone = signed_up(Phone())
    enrolled(phone)
    codes = phone.call("GET", "account/authenticators/recovery-codes").json()["data"]
    assert (codes["total_code_count"], codes["unused_code_count"]) == (10, 10)
    first = codes["unused_codes"][0]
    statuses = []
    for _ in range(2):
        lost = Phone()
        signed_in(lost, ADA)
        answer = lost.call("POST", "auth/2fa/authenticate", {"code": first})
        statuses.append(answer.status_code)
    assert statuses == [200, 400]


@pytest.mark.django_db(transaction=True)
def test_sessions_begun_before_the_first_factor_end_with_it_and_the_owner_is_told():
    other = signed_up(Phone())
    phone = Phone()
    signed_in(phone, ADA)
    enrolled(phone)
    assert (other.ask().status_code, phone.ask().status_code) == (401, 200)
    assert last_mail(ADA).key.split(":")[1] == "totp_activated"


def with_passkey(device, key):
    device.call("POST", "auth/reauthenticate", {"password": PASSWORD})
    path = "account/authenticators/webauthn?passwordless"
    options = device.call("GET", path).json()["data"]["creation_options"]
    given = {"name": "Phone", "credential": key.registered(options)}
    added = device.call("POST", "account/authenticators/webauthn", given)
    assert added.status_code == 200, added.json()
    return device


def by_passkey(device, key):
    options = device.call("GET", "auth/webauthn/login").json()["data"]["request_options"]
    return device.call("POST", "auth/webauthn/login", {"credential": key.signed(options)})


@BOTH
def test_a_passkey_signs_in_by_itself(device):
    key = Passkey()
    with_passkey(signed_up(Phone()), key)
    one = device()
    assert by_passkey(one, key).status_code == 200
    assert one.ask().json()["data"]["me"] is not None


def test_a_passkey_is_the_second_factor_of_a_password():
    key = Passkey()
    with_passkey(signed_up(Phone()), key)
    phone = Phone()
    assert pending(signed_in(phone, ADA)) == ["mfa_authenticate"]
    options = phone.call("GET", "auth/webauthn/authenticate").json()["data"]["request_options"]
    done = phone.call("POST", "auth/webauthn/authenticate", {"credential": key.signed(options)})
    assert done.status_code == 200


def test_anothers_key_or_one_that_did_not_see_its_owner_opens_nothing():
    key = Passkey()
    with_passkey(signed_up(Phone()), key)
    stranger = Passkey()
    stranger.id, stranger.owner = key.id, key.owner
    assert by_passkey(Phone(), stranger).status_code == 400
    key.flags = AuthenticatorData.FLAG.UP
    assert by_passkey(Phone(), key).status_code == 400


def test_a_passkey_signs_up_without_any_password():
    phone, key = Phone(), Passkey()
    asked = phone.call("POST", "auth/webauthn/signup", {"email": ADA})
    assert pending(asked) == ["verify_email"]
    proved = phone.call("POST", "auth/email/verify", {"key": code_sent_to(ADA)})
    assert pending(proved) == ["mfa_signup_webauthn"]
    options = phone.call("GET", "auth/webauthn/signup").json()["data"]["creation_options"]
    given = {"name": "Phone", "credential": key.registered(options)}
    assert phone.call("PUT", "auth/webauthn/signup", given).status_code == 200
    assert phone.ask().json()["data"]["me"] is not None
    assert by_passkey(Phone(), key).status_code == 200
    assert not Login.objects.get().has_usable_password()


def test_staff_have_no_duties_before_the_factor_that_is_required(settings):
    login = staff(Role.MANAGER)
    assert viewer_of(login).duties == DUTIES[Role.MANAGER]
    settings.STAFF_SECOND_FACTOR = True
    assert viewer_of(login).duties == frozenset()
    browser = Browser()
    signed_in(browser, login.email, "secret-secret")
    query = "{ serviceTokens { nodes { name } } }"
    refused = browser.ask(query).json()["errors"][0]["extensions"]["code"]
    assert refused == "FORBIDDEN"
    enrolled(browser, "secret-secret")
    assert browser.ask(query).json()["data"] == {"serviceTokens": {"nodes": []}}


def test_owners_need_no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = True
    assert signed_up(Phone()).ask(ME).json()["data"]["me"] is not None


def page(client, path):
    response = client.get(path, follow=True)
    return response.redirect_chain[-1][0] if response.redirect_chain else path, response


def test_the_back_office_is_entered_through_the_limited_page(settings):
    make_clinic()
    login = staff(Role.MANAGER)
    client = Client()
    address, _form = page(client, "/admin/catalog/product/")
    assert address.startswith("/account/login/?next=")
    for _ in range(5):
        client.post("/account/login/", {"login": login.email, "password": "wrong"})
    shut = client.post("/account/login/", {"login": login.email, "password": "secret-secret"})
    assert shut.status_code == 200
    cache.clear()
    given = {"login": login.email, "password": "secret-secret"}
    entered = client.post("/account/login/", given)
    assert (entered.status_code, entered["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_staff_without_a_factor_are_led_to_the_page_to_enrol(settings):
    make_clinic()
    settings.STAFF_SECOND_FACTOR = True
    login = staff(Role.MANAGER)
    client = Client()
    given = {"login": login.email, "password": "secret-secret"}
    client.post("/account/login/", given)
    for path in ("/admin/", "/admin/catalog/product/", "/admin/accounts/notice/"):
        address, shown = page(client, path)
        assert address == "/account/2fa/"
        assert "Authentification à deux facteurs" in shown.content.decode()
    client.post("/account/reauthenticate/", {"password": "secret-secret"})
    form = client.get("/account/2fa/totp/activate/").context["form"]
    client.post("/account/2fa/totp/activate/", {"code": app_code(form.secret)})
    assert client.get("/admin/").status_code == 200


def test_an_account_made_on_the_command_line_proves_its_address_first():
    Login.objects.create_superuser("root@clinique.example", "secret-secret")
    browser = Browser()
    asked = signed_in(browser, "root@clinique.example", "secret-secret")
    assert pending(asked) == ["verify_email"]
    key = code_sent_to("root@clinique.example")
    assert browser.call("POST", "auth/email/verify", {"key": key}).status_code == 200
    again = signed_in(Browser(), "root@clinique.example", "secret-secret")
    assert again.status_code == 200


def test_owners_are_shown_to_the_shop_and_never_into_the_back_office(settings):
    signed_up(Phone())
    client = Client()
    entered = client.post("/account/login/", {"login": ADA, "password": PASSWORD})
    assert entered["Location"] == settings.STOREFRONT_URL
    assert client.get("/admin/", follow=True).status_code == 403


def test_nobody_signs_up_on_the_pages_of_the_back_office():
    given = {"email": ADA, "password1": PASSWORD}
    assert b"<form" not in Client().post("/account/signup/", given).content
    assert Login.objects.count() == 0
