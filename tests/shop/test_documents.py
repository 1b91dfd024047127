"""The documents that the shop ships: valid, cheap, and answered in a known number of queries."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from graphql import parse

from accounts import addresses
from accounts.access import viewer_of
from accounts.addresses import AddressGiven
from accounts.roles import Role
from advice import search as advice_search
from catalog import reviews, reviews_moderation, search
from catalog.models import Product
from catalog.reviews import ReviewGiven
from kernel.graphql.limits import measured
from kernel.graphql.nodes import global_id
from kernel.graphql.pricing import GUEST_COST, OWNER_COST, STAFF_COST, cost
from orders import sharing
from orders.models import Cart, Order
from orders.vocabulary import CartState, OrderState
from shop.schema import schema
from tests.advice.builders import published as published_article
from tests.advice.builders import topic, video
from tests.builders import NOW, answered, make_clinic, owner, person, pet_of, published, staff
from tests.conversations.world import asks
from tests.orders.world import cart_with, pack, placed

FOLDER = Path(__file__).parent.parent.parent / "shop" / "documents"
DOCUMENTS = sorted(FOLDER.glob("*.graphql"))
GIVEN = {
    "article_page": {"slug": "a1"},
    "search_page": {"text": "croquettes"},
    "product_page": {"slug": "p1"},
    "product_list": {"search": "croquettes", "sort": "RELEVANCE"},
    "search_box": {"text": "croq"},
    "popular": {"species": "DOG", "lifeStage": "ADULT"},
    "product_reviews": {"slug": "p1"},
    "product_for_pets": {
        "slug": "p1",
        "eaters": [{"profile": {"species": "DOG", "ageMonths": 54, "weightKg": "10"}}],
    },
}
#: Queries when warm: the revision, and the card of a page; the search too on PostgreSQL.
QUERIES = {
    "sqlite": {
        "article_list": 5,
        "article_page": 3,
        "home": 1,
        "product_list": 1,
        "product_page": 2,
        "product_reviews": 3,
        "public_questions": 1,
        "search_box": 1,
        "search_page": 5,
        "legal": 1,
        "popular": 1,
        "product_for_pets": 2,
    },
    "postgresql": {
        "article_list": 5,
        "article_page": 3,
        "home": 1,
        "product_list": 2,
        "product_page": 2,
        "product_reviews": 3,
        "public_questions": 1,
        "search_box": 2,
        "search_page": 7,
        "legal": 1,
        "popular": 1,
        "product_for_pets": 2,
    },
}
#: Documents of the signed-in; queries beyond the session and the user: who acts comes first.
OWNERS = {
    "my_account": 3,
    "my_pets": 2,
    "my_questions": 2,
    "my_suggestions": 6,
    "pet": 6,
    "question": 3,
}
STAFFS = {"clients": 5, "client": 6}
INBOX = {"questions_inbox": 2}
#: Documents of buying and of the desk; queries beyond the session and the user, where there are.
BUYING = {
    "cart_page": 6,
    "delivery_choice": 8,
    "shared_cart": 8,
    "order_page": 8,
    "my_orders": 3,
    "order_desk": 4,
}


def limit_of(path):
    is_change = path.read_text().lstrip("# ").find("mutation") >= 0
    if is_change or path.stem in (*STAFFS, *INBOX, "order_desk"):
        return STAFF_COST
    return OWNER_COST if path.stem in (*OWNERS, "my_orders") else GUEST_COST


def test_there_are_documents():
    assert len(DOCUMENTS) >= 10


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_valid_and_costs_less_than_half_its_limit(path):
    text = path.read_text()
    assert measured(schema._schema, text).errors == ()
    assert cost(schema._schema, parse(text), GIVEN.get(path.stem, {}), None) * 2 < limit_of(path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(QUERIES["sqlite"]))
def test_a_document_is_answered_in_a_known_number_of_queries(name):
    make_clinic()
    topic()
    for number in range(3):
        published(f"p{number}")
        about = {"products": ("p0",), "topics": ("poids",)}
        published_article(f"Les croquettes {number}", slug=f"a{number}", **about)
    video("Peser les croquettes")
    reviewed("p1")
    search.rebuild()
    advice_search.rebuild()
    answered("{ products { nodes { slug } } }")
    text = (FOLDER / f"{name}.graphql").read_text()
    answered(text, GIVEN.get(name))
    with CaptureQueriesContext(connection) as captured:
        answered(text, GIVEN.get(name), fresh=True)
    assert len(captured) == QUERIES[connection.vendor][name], captured.captured_queries


def reviewed(slug):
    invitation = reviews.invite(
        product=Product.objects.get(slug=slug),
        person=None,
        email="ada@clients.example",
        reference="line:1",
        experienced_on=NOW.date(),
        at=NOW,
    )
    given = ReviewGiven(rating=5, text="Bien")
    review = reviews.write(invitation=invitation, given=given, by=None, at=NOW)
    reviews_moderation.publish(review=review, by=person(), at=NOW)


def queries_of(name, variables, login):
    """The data of a document, and how many queries it costs beyond the session and the user."""
    text = (FOLDER / f"{name}.graphql").read_text()
    answered(text, variables, login=login)
    client = Client()
    client.force_login(login)
    with CaptureQueriesContext(connection) as captured:
        response = client.post(
            "/graphql/",
            json.dumps({"query": text, "variables": variables}),
            content_type="application/json",
        )
    return response.json()["data"], len(captured) - 2


def with_addresses(person, count):
    for _ in range(count):
        addresses.add_address(
            person=person,
            given=AddressGiven(recipient="A", line1="1 rue", postal_code="35000", city="Rennes"),
            by=person,
            at=NOW,
        )
    return person


@pytest.mark.django_db(transaction=True)
def test_the_account_is_answered_in_a_known_number_of_queries():
    login = owner("Ada", "Lovelace")
    with_addresses(viewer_of(login).person, 3)
    data, queries = queries_of("my_account", None, login)
    assert len(data["me"]["addresses"]) == 3
    assert queries == OWNERS["my_account"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(STAFFS))
def test_a_screen_of_the_desk_is_answered_in_a_known_number_of_queries(name):
    people = [with_addresses(viewer_of(owner("Ada")).person, 2) for _ in range(3)]
    given = {"client": {"id": global_id("Client", people[0].pk)}, "clients": {"search": "ada"}}
    data, queries = queries_of(name, given[name], staff())
    found = data["client"] if name == "client" else data["clients"]["nodes"][0]
    assert len(found["addresses"]) == 2
    assert queries == STAFFS[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["my_pets", "pet"])
def test_pets_are_answered_in_a_known_number_of_queries(name):
    login = owner("Ada")
    pets = [pet_of(login, f"Rex {number}") for number in range(3)]
    variables = {"id": global_id("Pet", pets[0].pk)} if name == "pet" else {}
    data, queries = queries_of(name, variables, login)
    assert (data["pet"] if name == "pet" else data["pets"][0])["name"] == "Rex 0"
    assert queries == OWNERS[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(BUYING))
def test_buying_is_answered_in_a_known_number_of_queries(name):
    make_clinic()
    ada = owner("Ada")
    variant = pack(stock=9)
    order = placed(cart_with((variant, 1), login=ada), viewer=viewer_of(ada))
    Cart.objects.update(state=CartState.ORDERED)
    Order.objects.update(state=OrderState.PAID)
    cart = cart_with((variant, 2), (pack("S2"), 1), login=ada)
    answered("{ products { nodes { slug } } }")
    given = {
        "cart_page": {"id": global_id("Cart", cart.pk)},
        "delivery_choice": {"cartId": global_id("Cart", cart.pk), "postalCode": "35000"},
        "shared_cart": {"token": sharing.share_cart(cart=cart, days=7, at=NOW).token},
        "order_page": {"id": global_id("Order", order.pk)},
    }
    asker = staff(Role.ORDERS) if name == "order_desk" else ada
    data, queries = queries_of(name, given.get(name, {}), asker)
    assert None not in data.values()
    assert queries == BUYING[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["my_questions", "question", "questions_inbox"])
def test_questions_are_answered_in_a_known_number_of_queries(name):
    make_clinic()
    login = owner("Ada")
    threads = [asks(login, pet=pet_of(login), at=timezone.now()) for _ in range(3)]
    variables = {"id": global_id("Question", threads[0].pk)} if name == "question" else {}
    asker = staff() if name in INBOX else login
    data, queries = queries_of(name, variables, asker)
    rows = {
        "my_questions": lambda: data["me"]["questions"]["nodes"],
        "question": lambda: data["question"]["messages"]["nodes"],
        "questions_inbox": lambda: data["questions"]["nodes"],
    }[name]()
    assert len(rows) == (1 if name == "question" else 3)
    assert queries == (OWNERS | INBOX)[name]
