"""A browser and a phone, as far as signing in goes."""

import json
import re
from typing import Any

from django.test import Client

from accounts.models import Notice

PASSWORD = "a-long-password"
ME = "{ me { person { language } } }"


class Browser:
    """Cookies, and the CSRF token that the page reads from one of them."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.get("/auth/browser/v1/config")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str):
        token = self.client.cookies["csrftoken"].value
        return self.client.generic(
            method,
            f"/auth/browser/v1/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"X-CSRFToken": token, **headers},
        )

    def ask(self, query: str = ME) -> Any:
        token = self.client.cookies["csrftoken"].value
        return self.client.post(
            "/graphql/",
            {"query": query},
            content_type="application/json",
            headers={"X-CSRFToken": token},
        )


class Phone:
    """No cookies: the token of the last answer that gave one, in a header."""

    def __init__(self, language: str = "fr") -> None:
        self.token = ""
        self.language = language

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str):
        given = {"X-Session-Token": self.token} if self.token else {}
        response = Client(enforce_csrf_checks=True).generic(
            method,
            f"/auth/app/v1/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"Accept-Language": self.language, **given, **headers},
        )
        meta = response.json().get("meta") or {}
        self.token = meta.get("session_token", self.token)
        return response

    def ask(self, query: str = ME) -> Any:
        return Client(enforce_csrf_checks=True).post(
            "/graphql/",
            {"query": query},
            content_type="application/json",
            headers={"X-Session-Token": self.token},
        )


def last_mail(email: str) -> Notice:
    return Notice.objects.filter(recipient=email).order_by("-pk")[0]


def code_sent_to(email: str) -> str:
    return re.findall(r"^[B-Z]{4}-[B-Z]{4}$", last_mail(email).body, re.MULTILINE)[0]


def signed_up(device: Browser | Phone, email: str = "ada@owner.example"):
    """Sign up and prove the address; the device is signed in then."""
    device.call("POST", "auth/signup", {"email": email, "password": PASSWORD})
    proved = device.call("POST", "auth/email/verify", {"key": code_sent_to(email)})
    assert proved.status_code == 200, proved.json()
    return device


def signed_in(device: Browser | Phone, email: str, password: str = PASSWORD):
    return device.call("POST", "auth/login", {"email": email, "password": password})


def pending(response) -> list[str]:
    return [flow["id"] for flow in response.json()["data"]["flows"] if flow.get("is_pending")]
