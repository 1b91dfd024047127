"""What browsers are told about every kind of answer, and which pages may ask at all."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from shop.edges import page_policy
from tests.builders import make_clinic, owner, staff
from tests.shop.test_settings import ROOT, SOUND

pytestmark = pytest.mark.django_db

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self' http://127.0.0.1:8000; frame-ancestors 'none'"
)
NEVER_KEPT = "private, no-store"
NEVER_KEPT_BY_DJANGO = "max-age=0, no-cache, no-store, must-revalidate, private"
PUBLIC = "public, max-age=300"
ASKED = '{"query": "{ shop { name } }"}'
ALIKE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "microphone=(), payment=(), usb=()"
    ),
}


@pytest.mark.parametrize(
    ("path", "status", "policy", "kept", "embedded"),
    [
        ("/graphql/?query={me{person{firstName}}}", 200, NOTHING, NEVER_KEPT, "same-origin"),
        ("/graphql/?query={", 200, NOTHING, NEVER_KEPT, "same-origin"),
        ("/admin/", 302, PAGES, NEVER_KEPT_BY_DJANGO, "same-origin"),
        ("/account/login/", 200, PAGES, NEVER_KEPT_BY_DJANGO, "same-origin"),
        ("/auth/browser/v1/config", 200, NOTHING, NEVER_KEPT_BY_DJANGO, "same-origin"),
        ("/media/pictures/none.webp", 404, NOTHING, NEVER_KEPT, "cross-origin"),
        ("/attachments/forged", 404, NOTHING, "no-store, private", "cross-origin"),
        ("/documents/forged", 404, NOTHING, "no-store, private", "same-origin"),
        ("/exports/forged", 404, NOTHING, "no-store, private", "same-origin"),
        ("/static/admin/css/base.css", 200, NOTHING, "max-age=60, public", "same-origin"),
        ("/feeds/articles.atom", 200, NOTHING, PUBLIC, "same-origin"),
        ("/sitemap.xml", 200, NOTHING, PUBLIC, "same-origin"),
        ("/captions/none/fr.vtt", 404, NOTHING, NEVER_KEPT, "cross-origin"),
        ("/healthz", 200, NOTHING, NEVER_KEPT, "same-origin"),
        ("/readyz", 200, NOTHING, NEVER_KEPT, "same-origin"),
        ("/stripe/webhook", 405, NOTHING, NEVER_KEPT, "same-origin"),
        ("/uploads/forged", 405, NOTHING, NEVER_KEPT, "same-origin"),
        ("/nowhere", 404, NOTHING, NEVER_KEPT, "same-origin"),
    ],
)
def test_every_kind_of_answer_has_its_headers(path, status, policy, kept, embedded):
    make_clinic()
    response = Client().get(path)
    response.close()
    assert response.status_code == status
    assert response["Content-Security-Policy"] == policy
    assert response["Cache-Control"].lower() == kept
    assert response["Cross-Origin-Resource-Policy"] == embedded
    assert {name: response.get(name) for name in ALIKE} == {
        **ALIKE,
        "Referrer-Policy": "no-referrer" if kept == "no-store, private" else "same-origin",
    }
    assert "Server" not in response
    assert "Access-Control-Allow-Origin" not in response


def test_a_bug_has_them_too(monkeypatch):
    def fail(**_how):
        raise ZeroDivisionError

    monkeypatch.setattr("catalog.listing.slugs_on_show", fail)
    response = Client(raise_request_exception=False).get("/sitemap.xml")
    assert (response.status_code, response["Cache-Control"]) == (500, NEVER_KEPT)
    assert {name: response.get(name) for name in ALIKE} == ALIKE
    assert b"ZeroDivisionError" not in response.content


def test_json_too_deep_for_sign_in_is_its_senders_mistake():
    response = Client().post("/auth/app/v1/auth/login", b"[" * 60_000, "application/json")
    assert (response.status_code, response.json()) == (
        400,
        {
            "status": 400,
            "errors": [{"code": "too_deep", "message": "The JSON is nested too deeply."}],
        },
    )
    assert response["Cache-Control"] == NEVER_KEPT


def test_pages_load_pictures_from_where_they_are_kept(settings):
    settings.MEDIA_ORIGINS = ["https://media.example"]
    assert page_policy()["img-src"][-1] == "https://media.example"
    assert page_policy()["media-src"][-1] == "https://media.example"


def test_graphiql_alone_may_load_its_scripts_from_elsewhere():
    page = Client().get("/graphql/", headers={"accept": "text/html"})
    assert "Content-Security-Policy" not in page


@pytest.fixture
def _storefront(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]


def shared(response):
    """What a page of the asking site is allowed."""
    return {
        name.lower().removeprefix("access-control-"): value
        for name, value in response.headers.items()
        if name.lower().startswith("access-control-")
    }


PATHS = ["/graphql/", "/auth/browser/v1/config"]


@pytest.mark.usefixtures("_storefront")
@pytest.mark.parametrize("path", PATHS)
def test_the_storefront_may_ask_with_its_cookies(path):
    response = Client().get(path, headers={"origin": "https://shop.example"})
    assert shared(response) == {
        "allow-credentials": "true",
        "allow-origin": "https://shop.example",
        "expose-headers": "X-Request-Id, Retry-After",
    }
    assert "origin" in response["Vary"].lower()


@pytest.mark.usefixtures("_storefront")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://evil-shop.example",
        "https://shop.example:8443",
        "*",
    ],
)
def test_no_other_origin_is_told_anything(path, origin):
    assert shared(Client().get(path, headers={"origin": origin})) == {}
    asked = {"origin": origin, "access-control-request-method": "POST"}
    assert shared(Client().options(path, headers=asked)) == {}


@pytest.mark.usefixtures("_storefront")
def test_what_may_be_asked_is_kept_for_a_day():
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-csrftoken,x-session-token",
    }
    found = shared(Client().options("/graphql/", headers=asked))
    allowed = set(found.pop("allow-headers").split(", "))
    assert allowed >= {"content-type", "x-csrftoken", "x-session-token", "authorization"}
    assert found == {
        "allow-credentials": "true",
        "allow-methods": "DELETE, GET, OPTIONS, PATCH, POST, PUT",
        "allow-origin": "https://shop.example",
        "expose-headers": "X-Request-Id, Retry-After",
        "max-age": "86400",
    }


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_what_a_form_of_another_site_can_send_is_no_graphql(content_type):
    response = Client().post("/graphql/", ASKED, content_type=content_type)
    assert response.status_code == 415


def test_a_session_without_its_token_is_refused_everywhere():
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner())
    asked = client.post("/graphql/", ASKED, content_type="application/json")
    assert (asked.status_code, asked.json()["errors"][0]["extensions"]["code"]) == (
        403,
        "FORBIDDEN",
    )
    told = client.delete("/auth/browser/v1/auth/session")
    assert (told.status_code, told.json()["errors"][0]["code"]) == (403, "csrf")
    assert client.get("/auth/browser/v1/auth/session").status_code == 200


def test_a_token_of_another_origin_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner())
    client.get("/auth/browser/v1/config")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    sent = {"X-CSRFToken": token, "origin": "https://evil.example"}
    asked = client.post("/graphql/", ASKED, content_type="application/json", headers=sent)
    assert asked.status_code == 403
    sent = {"X-CSRFToken": token}
    assert client.post(
        "/graphql/", ASKED, content_type="application/json", headers=sent
    ).json() == {"data": {"shop": {"name": ""}}, "extensions": {"cost": 1}}


@pytest.mark.parametrize("header", ["X-Session-Token", "Authorization"])
def test_a_token_of_ones_own_counts_alone_so_no_csrf_token_is_asked(header):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff())
    sent = {header: "Bearer none" if header == "Authorization" else "none"}
    asked = client.post("/graphql/", ASKED, content_type="application/json", headers=sent)
    assert asked.status_code == 401


def in_production(tmp_path, **values):
    """Settings as production reads them."""
    names = [
        *(f"{kind}_COOKIE_{what}" for kind in ("SESSION", "CSRF") for what in ("NAME", "SECURE")),
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_SAMESITE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
        "DEBUG",
    ]
    code = (
        "import json; from shop import settings; "
        f"print(json.dumps([getattr(settings, name) for name in {names!r}]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), **SOUND, **values},
        capture_output=True,
        check=True,
    )
    return dict(zip(names, json.loads(said.stdout), strict=True))


@pytest.mark.parametrize(("domain", "prefix"), [("", "__Host-"), ("shop.example", "__Secure-")])
def test_cookies_of_production_are_bound_to_https_and_to_their_host(tmp_path, domain, prefix):
    assert in_production(tmp_path, COOKIE_DOMAIN=domain) == {
        "SESSION_COOKIE_NAME": f"{prefix}sessionid",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": f"{prefix}csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
    }
