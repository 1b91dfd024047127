"""Suggestions through the API: worded in both languages, for those whom they are for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.graphql.nodes import global_id
from orders.models import Order
from recommendations import public_shelves
from recommendations.models import Dismissal, Impression
from tests.builders import answered, ask, make_clinic, owner
from tests.orders.world import cart_with
from tests.recommendations.world import food, grown, had, trained
from tests.shop.test_documents import OWNERS, queries_of

pytestmark = pytest.mark.django_db

PETS = """{ pets { name
  orderAgain(first: 3) { product { slug } variant { sku } runsOut { from to }
    reason { kind because text } token }
  suggestions { product { slug } variant { sku } reason { kind because text } token } } }"""


@pytest.fixture
def ada(monkeypatch):
    """Ada's Rex had kibble three times, three other dogs had treats beside it; as of today."""
    make_clinic()
    public_shelves._together.cache_clear()
    monkeypatch.setattr("recommendations.drafting.INTERLEAVED", 0)
    login = owner("Ada")
    kibble, treats = food("kibble"), food("treats", form="treat")
    for number in range(3):
        had(grown(owner(f"N{number}")), kibble, treats)
    rex = grown(login)
    for days in (75, 45, 15):
        had(rex, kibble, days_ago=days)
    shift = timezone.now() - Order.objects.earliest("-placed_at").placed_at - timedelta(days=10)
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(placed_at=order.placed_at + shift)
    trained(at=timezone.now())
    return login


def test_an_owner_reads_both_shelves(ada):
    (pet,) = answered(PETS, login=ada)["pets"]
    (again,) = pet["orderAgain"]
    assert (again["product"]["slug"], again["variant"]["sku"]) == ("kibble", "KIBBLE")
    text = "Commandé 3 fois, environ tous les 30 jours"
    assert again["reason"] == {"kind": "REPEAT", "because": [], "text": text}
    assert again["runsOut"]["from"] < again["runsOut"]["to"]
    (fresh,) = pet["suggestions"]
    assert fresh["product"]["slug"] == "treats"
    assert fresh["reason"]["text"] == "Parce que Rex mange Kibble"
    assert len(fresh["reason"]["because"]) == 1


def test_the_same_in_english(ada):
    (pet,) = answered(PETS, login=ada, language="en")["pets"]
    assert pet["suggestions"][0]["reason"]["text"] == "Because Rex eats Kibble"
    assert pet["orderAgain"][0]["reason"]["text"] == "Ordered 3 times, about every 30 days"


def test_first_is_bounded(ada):
    asked = "{ pets { suggestions(first: 25) { token } } }"
    codes = [each["extensions"]["code"] for each in ask(asked, login=ada)["errors"]]
    assert codes == ["BAD_ARGUMENT"]


@pytest.mark.django_db(transaction=True)
def test_the_shelves_of_all_pets_are_answered_in_a_known_number_of_queries(ada):
    for name in ("Max", "Zig"):
        grown(ada, name)
    trained(at=timezone.now() + timedelta(seconds=5))
    data, queries = queries_of("my_suggestions", None, ada)
    assert [bool(pet["suggestions"]) for pet in data["pets"]] == [True, True, True]
    # Who asks and the pets; revision, facts; then the shelves' own: rows, households, cards.
    assert queries == OWNERS["my_suggestions"]


def test_a_guest_reads_what_is_popular_and_what_goes_together(ada):
    popular = answered(
        "{ popularProducts(species: DOG) { product { slug } variant { sku } reason { text } } }"
    )["popularProducts"]
    assert popular == []
    asked = '{ product(slug: "kibble") { boughtTogether { product { slug } reason { text } } } }'
    assert answered(asked)["product"]["boughtTogether"] == [
        {"product": {"slug": "treats"}, "reason": {"text": "Souvent choisi avec Kibble"}}
    ]


def test_what_is_popular_with_a_species_is_told_once_enough_know(ada, monkeypatch):
    monkeypatch.setattr("recommendations.popularity.LEAST_PETS", 1)
    monkeypatch.setattr("recommendations.popularity.popularity.__kwdefaults__", {"least": 1})
    trained(at=timezone.now() + timedelta(seconds=5))
    asked = (
        "{ popularProducts(species: DOG, lifeStage: ADULT) { product { slug } reason { text } } }"
    )
    assert answered(asked)["popularProducts"] == [
        {
            "product": {"slug": "kibble"},
            "reason": {"text": "Populaire chez les chiens adultes"},
        },
        {
            "product": {"slug": "treats"},
            "reason": {"text": "Populaire chez les chiens adultes"},
        },
    ]


def test_a_cart_has_what_goes_with_it(ada):
    kibble = Order.objects.first().lines.first().variant
    cart = cart_with((kibble, 1), login=ada)
    asked = "query($id: ID!) { cart(id: $id) { addOns { product { slug } reason { kind } } } }"
    found = answered(asked, {"id": global_id("Cart", cart.pk)}, login=ada)["cart"]["addOns"]
    assert found == [{"product": {"slug": "treats"}, "reason": {"kind": "TOGETHER"}}]


def test_many_products_ask_together_once(ada):
    asked = "{ products { nodes { slug boughtTogether { product { slug } } } } }"
    answered(asked)
    with CaptureQueriesContext(connection) as captured:
        answered(asked)
    # The revision, the cards of the list, the version that serves.
    assert len(captured) <= 3


def test_feedback_comes_back_by_tokens(ada):
    token = answered(PETS, login=ada)["pets"][0]["suggestions"][0]["token"]
    seen = "mutation($t: [String!]!) { suggestionsSeen(input: {tokens: $t}) { noted } }"
    assert answered(seen, {"t": [token]}, login=ada)["suggestionsSeen"] == {"noted": 1}
    assert answered(seen, {"t": [token]}, login=ada)["suggestionsSeen"] == {"noted": 0}
    opened = (
        "mutation($t: String!) { suggestionOpened(input: {token: $t}) { userErrors { code } } }"
    )
    assert answered(opened, {"t": token})["suggestionOpened"] == {"userErrors": []}
    assert answered(opened, {"t": "x"})["suggestionOpened"] == {"userErrors": [{"code": "INVALID"}]}
    row = Impression.objects.get()
    assert row.opened_at is not None
    assert row.person.login == ada


def test_turned_down_it_is_gone_from_the_answer_itself(ada):
    pet = ada.person.guardianships.get().pet
    treats = answered(PETS, login=ada)["pets"][0]["suggestions"][0]["product"]
    assert treats == {"slug": "treats"}
    key = global_id("Product", Order.objects.first().lines.get(name="treats").variant.product_id)
    asked = (
        "mutation($pet: ID!, $product: ID!) { suggestionDismiss(input: {petId: $pet, "
        "productId: $product}) { pet { suggestions { product { slug } } } userErrors { code } } }"
    )
    given = {"pet": global_id("Pet", pet.pk), "product": key}
    answer = answered(asked, given, login=ada)["suggestionDismiss"]
    assert answer == {"pet": {"suggestions": []}, "userErrors": []}
    assert answered(asked, given, login=owner("Eve"))["suggestionDismiss"]["userErrors"] == [
        {"code": "NOT_FOUND"}
    ]
    assert Dismissal.objects.count() == 1


def test_an_owner_says_for_whom_a_line_was(ada):
    rex = ada.person.guardianships.get().pet
    max_ = grown(ada, "Max")
    line = rex.order_lines.first().line
    asked = (
        "mutation($line: ID!, $pets: [PetShareInput!]!) { orderLinePetsSet(input: "
        "{lineId: $line, pets: $pets}) { pets { name } userErrors { code path } } }"
    )
    shares = [
        {"petId": global_id("Pet", rex.pk), "sharePercent": 30},
        {"petId": global_id("Pet", max_.pk), "sharePercent": 70},
    ]
    given = {"line": global_id("OrderLine", line.pk), "pets": shares}
    answer = answered(asked, given, login=ada)["orderLinePetsSet"]
    assert answer == {"pets": [{"name": "Rex"}, {"name": "Max"}], "userErrors": []}
    assert list(line.pets.order_by("pk").values_list("pet__name", "share_percent")) == [
        ("Rex", 30),
        ("Max", 70),
    ]
    wrong = {**given, "pets": shares[:1]}
    assert answered(asked, wrong, login=ada)["orderLinePetsSet"]["userErrors"] == [
        {"code": "INVALID", "path": ["input", "pets"]}
    ]
    assert line.pets.count() == 2
