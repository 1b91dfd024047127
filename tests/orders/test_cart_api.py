"""Carts through the API: guests' by their id, owners' on every device."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import cards, prices
from catalog.models import Variant
from catalog.vocabulary import RegulatoryClass
from kernel.graphql.nodes import global_id
from kernel.money import Money
from orders.models import Cart, CartLine
from tests.builders import NOW, answered, ask, make_clinic, owner, pet_of
from tests.orders.world import pack

pytestmark = pytest.mark.django_db
CREATE = """mutation($lines: [CartLineInput!]!) { cartCreate(input: {lines: $lines}) {
    cart { id version lines { id quantity total { cents } variant { sku } pets { name } }
        totals { goods { cents } total { gross { cents } vat { cents } } }
        problems { code isBlocking } }
    userErrors { code path article } } }"""
ADD = """mutation($id: ID!, $sku: String!, $n: Int!) {
    cartLinesAdd(input: {cartId: $id, lines: [{sku: $sku, quantity: $n}]}) {
        cart { version lines { quantity } totals { total { gross { cents } } } }
        userErrors { code path } } }"""
CART = "query($id: ID!) { cart(id: $id) { id lines { quantity } } }"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def created(lines=(), login=None):
    return answered(CREATE, {"lines": list(lines)}, login=login)["cartCreate"]


def test_a_guest_fills_a_cart_by_its_id():
    pack("S1", price=1250)
    payload = created([{"sku": "S1", "quantity": 2}])
    cart = payload["cart"]
    assert payload["userErrors"] == []
    assert cart["totals"] == {
        "goods": {"cents": 2500},
        "total": {"gross": {"cents": 2500}, "vat": {"cents": 417}},
    }
    assert [each["code"] for each in cart["problems"]] == ["CONTACT_MISSING", "DELIVERY_MISSING"]
    added = answered(ADD, {"id": cart["id"], "sku": "S1", "n": 3})["cartLinesAdd"]
    assert added["cart"]["lines"] == [{"quantity": 5}]
    assert added["cart"]["totals"]["total"]["gross"]["cents"] == 6250


def test_an_owner_has_one_cart_on_every_device():
    pack("S1")
    ada = owner("Ada")
    first = created([{"sku": "S1"}], login=ada)["cart"]
    assert created(login=ada)["cart"]["id"] == first["id"]
    assert answered("{ me { cart { id } } }", login=ada)["me"]["cart"] == {"id": first["id"]}
    assert Cart.objects.count() == 1


def test_somebody_elses_cart_is_no_cart():
    pack("S1")
    mine = created([{"sku": "S1"}], login=owner("Ada"))["cart"]["id"]
    made_up = global_id("Cart", Cart(pk=None).pk)
    for login in (None, owner("Eve")):
        assert answered(CART, {"id": mine}, login=login) == {"cart": None}
        answers = [
            ask(ADD, {"id": each, "sku": "S1", "n": 1}, login=login) for each in (mine, made_up)
        ]
        assert answers[0] == answers[1]
    assert CartLine.objects.get().quantity == 1


def test_a_line_is_for_pets_of_ones_own():
    pack("S1")
    ada = owner("Ada")
    mine, others = pet_of(ada), pet_of(owner("Eve"), "Médor")
    line = {"sku": "S1", "pets": [{"petId": global_id("Pet", mine.pk)}]}
    assert created([line], login=ada)["cart"]["lines"][0]["pets"] == [{"name": "Rex"}]
    line = {"sku": "S1", "pets": [{"petId": global_id("Pet", others.pk)}]}
    assert created([line], login=ada)["userErrors"][0]["code"] == "NOT_FOUND"


def test_an_unknown_pack_is_refused_and_nothing_written():
    payload = created([{"sku": "none"}])
    assert payload["userErrors"] == [
        {"code": "NOT_FOUND", "path": ["input", "sku"], "article": None}
    ]


def test_a_line_is_added_in_a_known_number_of_queries():
    pack("S1")
    cart = created([{"sku": "S1"}])["cart"]["id"]
    client = Client()
    body = json.dumps({"query": ADD, "variables": {"id": cart, "sku": "S1", "n": 1}})
    # The first lists the shelf, as a server does before it is ready.
    answered("{ products { nodes { slug } } }")
    client.post("/graphql/", body, content_type="application/json")
    with CaptureQueriesContext(connection) as captured:
        client.post("/graphql/", body, content_type="application/json")
    asked = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
    assert len(asked) == 10, asked


UPDATE = """mutation($id: ID!, $lines: [CartLineChangeInput!]!) {
    cartLinesUpdate(input: {cartId: $id, lines: $lines}) {
        cart { version lines { quantity } discounts { code money { cents } } }
        userErrors { code path } } }"""
REMOVE = """mutation($id: ID!, $lines: [ID!]!) {
    cartLinesRemove(input: {cartId: $id, lineIds: $lines}) {
        cart { lines { quantity } } userErrors { code } } }"""


def test_lines_change_together_or_not_at_all():
    pack("S1"), pack("S2")
    cart = created([{"sku": "S1"}, {"sku": "S2"}])["cart"]
    first, second = (each["id"] for each in cart["lines"])
    changes = [{"lineId": first, "quantity": 3}, {"lineId": second, "quantity": 2}]
    changed = answered(UPDATE, {"id": cart["id"], "lines": changes})["cartLinesUpdate"]["cart"]
    assert changed["lines"] == [{"quantity": 3}, {"quantity": 2}]
    absurd = [{"lineId": first, "quantity": 1}, {"lineId": second, "quantity": 0}]
    refused = answered(UPDATE, {"id": cart["id"], "lines": absurd})["cartLinesUpdate"]
    assert [each["code"] for each in refused["userErrors"]] == ["INVALID"]
    assert list(CartLine.objects.values_list("quantity", flat=True)) == [3, 2]


def test_lines_are_taken_out_and_those_of_another_cart_are_not():
    pack("S1"), pack("S2")
    mine = created([{"sku": "S1"}, {"sku": "S2"}])["cart"]
    other = created([{"sku": "S1"}])["cart"]
    [theirs] = (each["id"] for each in other["lines"])
    refused = answered(REMOVE, {"id": mine["id"], "lines": [theirs]})["cartLinesRemove"]
    assert [each["code"] for each in refused["userErrors"]] == ["NOT_FOUND"]
    first = mine["lines"][0]["id"]
    left = answered(REMOVE, {"id": mine["id"], "lines": [first]})["cartLinesRemove"]["cart"]
    assert left["lines"] == [{"quantity": 1}]
    assert CartLine.objects.count() == 2


def test_a_cart_that_was_left_for_two_months_is_gone():
    pack("S1")
    cart = created([{"sku": "S1"}])["cart"]["id"]
    Cart.objects.update(updated_at=NOW - timedelta(days=61))
    assert answered(CART, {"id": cart}) == {"cart": None}
    refused = answered(ADD, {"id": cart, "sku": "S1", "n": 1})["cartLinesAdd"]
    assert [each["code"] for each in refused["userErrors"]] == ["NOT_FOUND"]


def test_what_becomes_a_medicine_in_a_cart_is_not_bought():
    variant = pack("S1")
    cart = created([{"sku": "S1"}])["cart"]["id"]
    Variant.objects.filter(pk=variant.pk).update(regulatory_class=RegulatoryClass.MEDICINE_RX)
    cards.project([variant.product_id], at=NOW)
    problems = answered(
        "query($id: ID!) { cart(id: $id) { problems { code isBlocking } } }", {"id": cart}
    )["cart"]["problems"]
    assert {"code": "NOT_SOLD_ONLINE", "isBlocking": True} in problems
    refused = answered(ADD, {"id": cart, "sku": "S1", "n": 1})["cartLinesAdd"]["userErrors"]
    assert [each["code"] for each in refused] == ["NOT_SOLD_ONLINE"]


def test_what_a_reduction_takes_off_is_told_on_the_line_and_the_cart():
    variant = pack("S1", price=1000)
    window = {"starts_at": NOW - timedelta(days=1), "ends_at": NOW + timedelta(days=1)}
    prices.start_reduction(variant=variant, price=Money(800), **window, by=None, at=NOW)
    cards.project([variant.product_id], at=NOW)
    cart = created([{"sku": "S1", "quantity": 2}])["cart"]["id"]
    found = answered(
        """query($id: ID!) { cart(id: $id) { discounts { code money { cents } }
        lines { unitPrice { cents } discounts { money { cents } } } } }""",
        {"id": cart},
    )["cart"]
    assert found == {
        "discounts": [{"code": "REDUCTION", "money": {"cents": 400}}],
        "lines": [{"unitPrice": {"cents": 800}, "discounts": [{"money": {"cents": 400}}]}],
    }
