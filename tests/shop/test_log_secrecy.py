"""A whole busy day with every logger at DEBUG: nothing secret and nobody's name comes out."""

import uuid

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_ox.testing import run_tasks

from kernel.graphql.nodes import global_id
from orders import carts
from orders.carts import Contact
from orders.models import Cart
from tests.accounts.signing import PASSWORD, Phone, code_sent_to, signed_in
from tests.builders import NOW, ask, make_clinic
from tests.orders.test_purchase_api import BUY, RETURN
from tests.orders.world import cart_with, pack, total_of
from tests.shop.told import everything_told

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "zephyrine@quatrefages.example"
PHONE = "+33612345678"
UPDATE = """mutation Update($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { firstName phone } userErrors { code } } }"""
LEAKS = [
    RuntimeError(
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc refused postgres://shop:hunter22@db/shop for "
        f"{EMAIL}, {PHONE}, Authorization: Bearer vs_abcdefghijklmnopqrstuvwx"
    ),
    IntegrityError(
        f"null value\nDETAIL:  Failing row contains (7, Zéphyrine, Quatrefages, {EMAIL})."
    ),
]

TOLD_OF_LEAKS = [
    "RuntimeError: [secret] refused postgres://shop:[secret]@db/shop for [e-mail], [phone], "
    "Authorization: [secret]",
    "DETAIL: [not told]",
]


def update_herself(device, **changes):
    body = {"query": UPDATE, "variables": {"input": changes}}
    headers = {"X-Session-Token": device.token}
    made = Client().post("/graphql/", body, content_type="application/json", headers=headers)
    return made.json().get("data")


def buy(holder):
    """A guest buys; gives what opens the payment."""
    cart = cart_with((pack(), 1))
    contact = Contact(first_name="Zéphyrine", last_name="Quatrefages", email=EMAIL, phone=PHONE)
    carts.set_contact(cart=cart, contact=contact, at=NOW)
    cart = Cart.objects.get()
    asked = {
        "id": global_id("Cart", cart.pk),
        "version": cart.version,
        "total": total_of(cart).cents,
        "key": str(uuid.uuid4()),
    }
    made = ask(BUY, asked)["data"]["checkoutComplete"]["order"]
    holder.confirm(made["payment"]["clientSecret"])
    paid = ask(RETURN, {"id": made["id"]})["data"]["paymentReturn"]["order"]["state"]
    assert paid == "PAID"
    return made["payment"]["clientSecret"]


def run_into_bugs(monkeypatch):
    """Each bug twice: behind GraphQL, and behind a page."""
    for error in LEAKS:

        def fail(error=error):
            raise error

        with monkeypatch.context() as broken:
            broken.setattr("clinic.revision.current", fail)
            ask('{ product(slug: "x") { name } }', fresh=True)
            Client(raise_request_exception=False).get("/feeds/articles.atom")


def sign_up_and_in():
    """Signs in with a wrong and a right password; gives both devices and the code of the mail."""
    first, again = Phone(), Phone()
    first.call("POST", "auth/signup", {"email": EMAIL, "password": PASSWORD})
    code = code_sent_to(EMAIL)
    first.call("POST", "auth/email/verify", {"key": code})
    signed_in(Phone(), EMAIL, "another-password")
    assert signed_in(again, EMAIL).status_code == 200
    return first, again, code


def ask_what_is_refused(code):
    forged = {"Stripe-Signature": "t=1,v1=5257a869e7ecebeda32affa62cdca3fa"}
    body = {"id": "evt_1", "email": EMAIL}
    Client().post("/stripe/webhook", body, content_type="application/json", headers=forged)
    Client().get(f"/documents/{code}?email={EMAIL}")
    ask('{ product(slug: "Zéphyrine Quatrefages") { nope } }')
    ask('{ products(first: "Zéphyrine") { totalCount } }')


def test_nothing_secret_and_nobody_is_told(monkeypatch, stripe_stand_in, settings):
    make_clinic()
    herself = {"firstName": "Zéphyrine", "phone": PHONE}
    with everything_told() as told, CaptureQueriesContext(connection):
        phone, again, code = sign_up_and_in()
        assert update_herself(phone, **herself) is None
        updated = update_herself(phone, expectedVersion=1, **herself)["personUpdate"]
        assert updated["userErrors"] == []
        client_secret = buy(stripe_stand_in)
        run_tasks()
        run_into_bugs(monkeypatch)
        ask_what_is_refused(code)
    tokens = [phone.token, again.token, *Session.objects.values_list("session_key", flat=True)]
    assert len(set(tokens)) == 2
    private = ["phyrine", "uatrefages", "Lovelace", "612345678", PASSWORD, "another-password"]
    secret = [code, client_secret, *tokens, settings.SECRET_KEY, "hunter22", "4eC39", "vs_abc"]
    hidden = [*private, *secret, "@quatre", "5257a8", "SELECT"]
    assert [each for each in hidden if each in told.getvalue()] == []
    ends = [each["traceback"].splitlines()[-1] for each in told.lines() if "traceback" in each]
    assert ends == [*(2 * [TOLD_OF_LEAKS[0]]), *(2 * [TOLD_OF_LEAKS[1]])]
    assert told.answers() == [
        ("headless:app:account:signup", 401, None, []),
        ("headless:app:account:verify_email", 200, None, []),
        ("headless:app:account:login", 400, None, []),
        ("headless:app:account:login", 200, None, []),
        ("graphql", 200, "Update", ["MALFORMED"]),
        ("graphql", 200, "Update", []),
        ("graphql", 200, None, []),
        ("graphql", 200, None, []),
        ("graphql", 200, None, ["INTERNAL"]),
        ("articles-feed", 500, None, []),
        ("graphql", 200, None, ["INTERNAL"]),
        ("articles-feed", 500, None, []),
        ("stripe-webhook", 400, None, []),
        ("document", 404, None, []),
        ("graphql", 200, None, ["MALFORMED"]),
        ("graphql", 200, None, ["MALFORMED"]),
    ]
