"""Whose address a request counts for: the network's word, a proxy's, or a trusted front end's."""

import time

import pytest
from django.test import Client

from accounts import network

NOW = 1_800_000_000.0
SECRET = "f" * 32
VISITOR = "203.0.113.7"
FRONT_END = "192.0.2.1"


@pytest.fixture(autouse=True)
def _a_front_end_is_trusted(settings):
    settings.FRONT_END_SECRET = SECRET
    settings.TRUSTED_PROXIES = 0


def address(header="", *, now=NOW, **meta):
    shown = {"HTTP_X_CLIENT_ADDRESS": header} if header else {}
    return network.client_address({"REMOTE_ADDR": FRONT_END, **shown, **meta}, now=now)


def signed(visitor=VISITOR, *, at=NOW, secret=SECRET):
    return network.sign(visitor, now=at, secret=secret)


def test_the_header_is_made_as_its_page_says():
    assert signed() == (
        "203.0.113.7;t=1800000000;"
        "sig=4bfc624ab649a8dbb055874b8e4776edd8a64f5f580283e58d7ab04e1920cab6"
    )


def test_a_visitor_whom_the_front_end_names_counts_for_themselves():
    assert address(signed()) == VISITOR


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_signature_holds_for_five_minutes_either_way(seconds):
    assert address(signed(at=NOW + seconds)) == VISITOR
    assert address(signed(at=NOW + seconds + (1 if seconds > 0 else -1))) == FRONT_END


@pytest.mark.parametrize(
    "header",
    [
        signed(secret="g" * 32),
        signed().replace(VISITOR, "203.0.113.8"),
        signed().replace("t=18", "t=19"),
        signed().upper(),
        signed() + "0",
        signed() + "\n",
        VISITOR,
        f"{VISITOR};t=1800000000",
        f"{VISITOR};t=1800000000;sig=",
        f"{VISITOR};t=1800000000;sig={'é' * 64}",
        signed("not an address"),
        signed("1" * 5000),
    ],
)
def test_what_is_forged_counts_for_who_sent_it(header, caplog):
    assert address(header) == FRONT_END
    assert "X-Client-Address is not believed" in caplog.text
    assert VISITOR not in caplog.text


def test_without_a_secret_nobody_is_believed(settings, caplog):
    settings.FRONT_END_SECRET = ""
    assert address(signed(secret="")) == FRONT_END
    assert caplog.text == ""


def test_one_house_of_ipv6_is_one_address():
    house = {address(signed(each)) for each in ("2001:db8:1:2::1", "2001:DB8:1:2:ffff::9")}
    assert house == {"2001:db8:1:2::"}
    assert address(signed("2001:db8:1:3::1")) == "2001:db8:1:3::"
    assert address(REMOTE_ADDR="::ffff:198.51.100.4") == "198.51.100.4"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "9.9.9.9", FRONT_END),
        (1, "9.9.9.9, 198.51.100.4", "198.51.100.4"),
        (2, "9.9.9.9, 198.51.100.4, 10.0.0.1", "198.51.100.4"),
        (2, "9.9.9.9", FRONT_END),
        (1, "", FRONT_END),
        (1, "198.51.100.4:5123", "198.51.100.4"),
        (1, "[2001:db8:1:2::1]:5123", "2001:db8:1:2::"),
        (1, "nonsense", None),
        (1, "999.1.1.1", None),
        (1, "1:2:3", None),
        (1, "[::1", None),
        (1, "a@198.51.100.4", "198.51.100.4"),
    ],
)
def test_proxies_of_ours_are_believed_as_far_as_they_reach(settings, proxies, forwarded, counted):
    settings.TRUSTED_PROXIES = proxies
    assert address(HTTP_X_FORWARDED_FOR=forwarded) == counted


@pytest.mark.django_db
def test_attempts_to_sign_in_are_counted_by_the_visitor_not_by_the_front_end(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}

    def tried(header, at):
        body = {"email": "nobody@owner.example", "password": "a-long-password"}
        headers = {"X-Client-Address": network.sign(header, now=at, secret=SECRET)}
        return (
            Client()
            .post("/auth/app/v1/auth/login", body, content_type="application/json", headers=headers)
            .status_code
        )

    now = time.time()
    assert [tried("203.0.113.1", now), tried("203.0.113.2", now)] == [400, 400]
    assert tried("203.0.113.1", now) == 429
    assert [tried("203.0.113.3", now - 999), tried("203.0.113.4", now - 999)] == [400, 429]
