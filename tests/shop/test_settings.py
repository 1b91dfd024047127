"""A wrong value stops the start, and says which, what was read, and what is expected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.environment import Environment

ROOT = Path(__file__).parent.parent.parent
SOUND = {
    "SHOP_MODE": "production",
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "shop.example",
    "CORS_ALLOWED_ORIGINS": "https://shop.example",
    "STRIPE_SECRET_KEY": "rk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def start(tmp_path, **values):
    """What Django says when it starts with these values alone."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **values}
    code = "import django, os; os.environ['DJANGO_SETTINGS_MODULE']='shop.settings'; django.setup()"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stderr.strip().splitlines()[-1] if found.returncode else ""


def test_production_starts_with_sound_values(tmp_path):
    assert start(tmp_path, **SOUND) == ""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"DEBUG": "true"}, "DEBUG: read 'true', expected false when SHOP_MODE is production."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: read a value kept secret, expected a random secret"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: read '*', expected the host names of the shop"),
        ({"CORS_ALLOWED_ORIGINS": "*"}, "CORS_ALLOWED_ORIGINS: read '*', expected origins"),
        (
            {"STRIPE_SECRET_KEY": "pk_live_1"},
            "STRIPE_SECRET_KEY: read a value kept secret, expected a key that begins with sk_ or",
        ),
        (
            {"STRIPE_WEBHOOK_SECRET": ""},
            "STRIPE_WEBHOOK_SECRET: read a value kept secret, expected a key that begins with",
        ),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, values, said):
    assert said in start(tmp_path, **{**SOUND, **values})


def test_production_refuses_the_default_secret(tmp_path):
    values = {name: value for name, value in SOUND.items() if name != "SECRET_KEY"}
    assert "SECRET_KEY: read nothing, expected a random secret" in start(tmp_path, **values)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda e: e.flag("X", default=True), "X: read 'maybe', expected true or false."),
        (
            lambda e: e.number("X", 1, least=1),
            "X: read 'maybe', expected a whole number of at least 1.",
        ),
        (lambda e: e.one_of("X", "a", among=("a", "b")), "X: read 'maybe', expected one of a, b."),
    ],
)
def test_a_malformed_value_is_named(read, said):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(Environment({"X": "maybe"}))
    assert str(refused.value) == said


@pytest.mark.parametrize("address", ["mysql://x/y", "postgres://host", "sqlite://", "nonsense"])
def test_a_database_address_that_is_none_is_refused_without_showing_it(address):
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"X": address}).database("X", "")
    assert str(refused.value) == (
        "X: read a value kept secret, expected sqlite:///PATH or "
        "postgres://USER:PASSWORD@HOST:PORT/NAME."
    )


def test_a_postgresql_address_is_read_with_its_escapes():
    found = Environment({"X": "postgres://u:p%40ss@db:5433/shop"}).database("X", "")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "u",
        "p@ss",
        "db",
        "5433",
        "shop",
    )


def test_counts_are_kept_in_memory_unless_redis_is_named():
    kept = [Environment(values).cache("X") for values in ({}, {"X": "redis://cache:6379/1"})]
    assert kept == [
        {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        },
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://cache:6379/1",
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        },
    ]
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"X": "memcached://secret@cache"}).cache("X")
    assert str(refused.value) == ("X: read a value kept secret, expected redis://HOST:PORT/NUMBER.")
