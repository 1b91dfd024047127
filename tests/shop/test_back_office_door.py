"""Every address of the back office is shut to staff who lack the second factor."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver

from accounts.models import Login
from accounts.roles import Role
from tests.builders import make_clinic, staff

pytestmark = pytest.mark.django_db

_PLACEHOLDER = re.compile(r"<[^>]+>|\(\?P[^)]*\)")
# Leads to the page to enrol; ends the session, with nothing to see.
OPEN = {"/admin/login/", "/admin/logout/"}


def addresses(patterns, begin="/admin/"):
    """One address of each view, with 1 wherever something is to be filled in."""
    for each in patterns:
        path = begin + _PLACEHOLDER.sub("1", str(each.pattern)).strip("^$\\Z")
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            yield path


ADDRESSES = sorted(set(addresses(admin.site.get_urls())))


def test_no_address_answers_staff_without_a_second_factor(settings):
    make_clinic()
    login = staff(Role.MANAGER)
    Login.objects.filter(pk=login.pk).update(is_superuser=True)
    client = Client()
    client.force_login(login)
    settings.STAFF_SECOND_FACTOR = True
    answers = {path: client.get(path) for path in ADDRESSES if path not in OPEN}
    let_in = {
        path: answer.status_code
        for path, answer in answers.items()
        if not answer.headers.get("Location", "").startswith("/admin/login/?next=")
    }
    assert let_in == {}
    assert client.get("/admin/login/").headers["Location"] == "/account/2fa/"


def test_the_walk_passes_by_every_kind_of_page():
    assert len(ADDRESSES) > 300
    assert {
        "/admin/",
        "/admin/autocomplete/",
        "/admin/jsi18n/",
        "/admin/password_change/",
        "/admin/orders/order/pick-list/",
        "/admin/orders/order/recall/",
        "/admin/accounts/person/duplicates/",
        "/admin/catalog/product/1/change/",
        "/admin/catalog/product/1/delete/",
        "/admin/django_ox/oxtask/",
    } <= set(ADDRESSES)


def test_one_who_enrolled_comes_in(settings):
    make_clinic()
    settings.STAFF_SECOND_FACTOR = True
    login = staff(Role.MANAGER)
    Authenticator.objects.create(user=login, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(login)
    assert client.get("/admin/").status_code == 200
