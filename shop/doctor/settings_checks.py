"""What the environment says, read off the settings; nothing is asked of anybody."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from shop.doctor.checking import Check, Severity
from shop.settings import DEVELOPMENT_SECRET, SHORTEST_SECRET

_LIVE, _TEST = "_live_", "_test_"


def mode(_at: datetime) -> str:
    return "" if settings.PRODUCTION else "The shop runs in development: its guards are down."


def secret(_at: datetime) -> str:
    is_known = settings.SECRET_KEY == DEVELOPMENT_SECRET
    if not is_known and len(settings.SECRET_KEY) >= SHORTEST_SECRET:
        return ""
    return "SECRET_KEY is the one of development." if is_known else "SECRET_KEY is too short."


def hosts(_at: datetime) -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        return "ALLOWED_HOSTS answers to any name."
    named = [each.lstrip(".") for each in settings.ALLOWED_HOSTS]
    if any(host == each or host.endswith(f".{each}") for each in named):
        return ""
    return f"ALLOWED_HOSTS does not name {host}, the host of PUBLIC_URL."


def https(_at: datetime) -> str:
    plain = [
        f"{name} is {address}"
        for name, address in (
            ("PUBLIC_URL", settings.PUBLIC_URL),
            ("STOREFRONT_URL", settings.STOREFRONT_URL),
        )
        if not address.startswith("https://")
    ]
    plain += [] if settings.SECURE_SSL_REDIRECT else ["SECURE_SSL_REDIRECT is off"]
    return f"Not all is https: {', '.join(plain)}." if plain else ""


def staff_factor(_at: datetime) -> str:
    if settings.STAFF_SECOND_FACTOR:
        return ""
    return "Staff may act with a password alone: STAFF_SECOND_FACTOR is off."


def stripe_keys(_at: datetime) -> str:
    secret_key, public_key = settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY
    if not secret_key:
        return "STRIPE_SECRET_KEY is not set: payments go to the stand-in, no money moves."
    if _TEST in secret_key:
        return "STRIPE_SECRET_KEY is a test key: no money moves."
    if not settings.STRIPE_WEBHOOK_SECRET:
        return "STRIPE_WEBHOOK_SECRET is not set: what Stripe tells is refused."
    if not public_key.startswith("pk_"):
        return "STRIPE_PUBLISHABLE_KEY is not set: no front end can take a card."
    if _LIVE in secret_key and _LIVE not in public_key:
        return "STRIPE_PUBLISHABLE_KEY is not of the same mode as STRIPE_SECRET_KEY."
    return ""


def sender(_at: datetime) -> str:
    address = settings.DEFAULT_FROM_EMAIL
    is_invented = address.rstrip(">").endswith((".example", "@example.org", "@example.com"))
    return f"DEFAULT_FROM_EMAIL is {address}: nobody's." if is_invented else ""


SETTINGS: Final = (
    Check("mode", Severity.ERROR, mode, "Set SHOP_MODE=production, then restart serve and worker."),
    Check(
        "secret", Severity.ERROR, secret, "Set SECRET_KEY to what `openssl rand -base64 48` prints."
    ),
    Check("hosts", Severity.ERROR, hosts, "Set ALLOWED_HOSTS to the host of PUBLIC_URL."),
    Check(
        "https",
        Severity.ERROR,
        https,
        "Set PUBLIC_URL and STOREFRONT_URL to https:// addresses, behind a proxy that holds the "
        "certificate (docs/running.md), and leave SECURE_SSL_REDIRECT on.",
    ),
    Check("staff-factor", Severity.ERROR, staff_factor, "Unset STAFF_SECOND_FACTOR."),
    Check(
        "stripe-keys",
        Severity.ERROR,
        stripe_keys,
        "Set the live keys of Stripe: docs/operations.md, Going live.",
    ),
    Check(
        "sender",
        Severity.ERROR,
        sender,
        "Set DEFAULT_FROM_EMAIL to an address of the clinic's own domain.",
    ),
)
