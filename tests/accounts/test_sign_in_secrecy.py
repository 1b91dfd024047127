"""Nobody learns whether an address has an account, and nobody guesses their way in."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Login, Notice
from tests.accounts.signing import PASSWORD, Browser, Phone, code_sent_to, signed_in, signed_up

pytestmark = pytest.mark.django_db
ADA = "ada@owner.example"
NOBODY = "nobody@owner.example"
BOTH = pytest.mark.parametrize("device", [Browser, Phone])


def told(device, email, *calls):
    """All that a stranger hears in a row of calls, the random token aside."""
    one = device()
    heard = []
    for method, path, body, headers in calls:
        response = one.call(method, path, {k: v.format(email) for k, v in body.items()}, **headers)
        answer = response.json()
        if "session_token" in answer.get("meta", {}):
            answer["meta"]["session_token"] = "..."
        cookies = sorted(response.cookies)
        heard.append((response.status_code, answer, cookies))
    return heard


def post(path, **body):
    return ("POST", path, body, {})


WRONG = [
    post("auth/password/reset", key="BBBB-BBBB", password=word) for word in ("x", PASSWORD, "y")
]
CHECK: tuple[str, str, dict[str, str], dict[str, str]] = (
    "GET",
    "auth/password/reset",
    {},
    {"X-Password-Reset-Key": "BBBB-BBBB"},
)
ROWS = {
    "sign-up": [post("auth/signup", email="{}", password=PASSWORD)],
    "sign-up with a weak password": [post("auth/signup", email="{}", password="short")],
    "sign-up, then wrong codes": [
        post("auth/signup", email="{}", password=PASSWORD),
        *[post("auth/email/verify", key="BBBB-BBBB")] * 4,
    ],
    "sign-up, then another code": [
        post("auth/signup", email="{}", password=PASSWORD),
        post("auth/email/verify/resend"),
        post("account/email", email="other@owner.example"),
    ],
    "sign-up by passkey": [
        post("auth/webauthn/signup", email="{}"),
        ("GET", "auth/webauthn/signup", {}, {}),
        ("GET", "auth/session", {}, {}),
    ],
    "sign-in": [post("auth/login", email="{}", password="not-the-password")] * 7,
    "sign-in by code": [
        post("auth/code/request", email="{}"),
        post("auth/code/resend"),
        *[post("auth/code/confirm", code="BBBB-BBBB")] * 4,
    ],
    "many codes": [post("auth/code/request", email="{}")] * 5,
    "reset": [post("auth/password/request", email="{}"), *WRONG, *WRONG],
    "reset, code checked first": [post("auth/password/request", email="{}"), *[CHECK] * 5],
    "many resets": [post("auth/password/request", email="{}")] * 7,
}


@BOTH
@pytest.mark.parametrize("row", ROWS)
def test_strangers_hear_the_same_of_a_client_as_of_nobody(device, row):
    signed_up(Phone(), ADA)
    cache.clear()
    known = told(device, ADA, *ROWS[row])
    cache.clear()
    assert told(device, NOBODY, *ROWS[row]) == known


@pytest.mark.parametrize("path", ["auth/signup", "auth/code/request", "auth/password/request"])
def test_one_mail_is_written_either_way(path):
    signed_up(Phone(), ADA)
    cache.clear()
    Notice.objects.all().delete()
    for email in (ADA, NOBODY):
        Phone().call("POST", path, {"email": email, "password": PASSWORD})
    assert sorted(Notice.objects.values_list("recipient", flat=True)) == [ADA, NOBODY]


def test_what_is_mailed_tells_the_owner_of_the_mailbox_alone():
    signed_up(Phone(), ADA)
    cache.clear()
    Phone().call("POST", "auth/signup", {"email": ADA, "password": PASSWORD})
    Phone().call("POST", "auth/password/request", {"email": NOBODY})
    keys = Notice.objects.order_by("-pk").values_list("recipient", "key")[:2]
    assert [(who, key.split(":")[1]) for who, key in keys] == [
        (NOBODY, "unknown_account"),
        (ADA, "account_already_exists"),
    ]
    assert Login.objects.count() == 1


def test_five_wrong_passwords_shut_the_door_even_to_the_right_one():
    signed_up(Phone(), ADA)
    for _ in range(5):
        refused = signed_in(Phone(), ADA, "not-the-password").json()["errors"][0]
        assert refused["code"] == "email_password_mismatch"
    shut = signed_in(Phone(), ADA)
    assert (shut.status_code, shut.json()["errors"][0]["code"]) == (400, "too_many_login_attempts")


def test_an_address_of_the_network_that_keeps_trying_gets_429(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}
    statuses = [signed_in(Phone(), f"{n}@owner.example").status_code for n in range(5)]
    assert statuses == [400, 400, 400, 429, 429]


def test_three_wrong_codes_end_the_code():
    signed_up(Phone(), ADA)
    phone = Phone()
    phone.call("POST", "auth/code/request", {"email": ADA})
    right = code_sent_to(ADA)
    for _ in range(3):
        wrong = phone.call("POST", "auth/code/confirm", {"code": "BBBB-BBBB"})
        assert wrong.status_code == 400
    assert phone.call("POST", "auth/code/confirm", {"code": right}).status_code == 409


def test_a_proxys_word_for_the_network_address_is_taken_only_where_told(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}

    def tried(address):
        return signed_in_from(address).status_code

    assert [tried("1.1.1.1"), tried("2.2.2.2")] == [400, 429]
    settings.TRUSTED_PROXIES = 1
    assert [tried("3.3.3.3"), tried("4.4.4.4"), tried("9.9.9.9, 4.4.4.4")] == [400, 400, 429]


def signed_in_from(address):
    body = {"email": NOBODY, "password": PASSWORD}
    headers = {"X-Forwarded-For": address}
    return Client().post(
        "/auth/app/v1/auth/login", body, content_type="application/json", headers=headers
    )


PAGES = {
    "reset": ("/account/password/reset/", "/account/password/reset/confirm/"),
    "code": ("/account/login/code/", "/account/login/code/confirm/"),
}


@pytest.mark.parametrize("flow", PAGES)
def test_the_pages_of_the_back_office_tell_strangers_no_more(flow):
    signed_up(Phone(), ADA)
    ask, confirm = PAGES[flow]

    def heard(email):
        cache.clear()
        client = Client()
        answers = [client.post(ask, {"email": email})]
        answers += [client.post(confirm, {"code": "BBBB-BBBB"}) for _ in range(4)]
        return [(each.status_code, each.headers.get("Location")) for each in answers]

    assert heard(ADA) == heard(NOBODY)
