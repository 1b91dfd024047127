"""Wherever a product stands, all of its fields may be asked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.graphql.nodes import global_id
from orders import sharing
from orders.models import Order
from orders.sharing import Opinion
from orders.vocabulary import Verdict
from tests.builders import answered, ask, make_clinic, published
from tests.orders.world import cart_with
from tests.recommendations.test_api import ada  # noqa: F401  (a fixture)
from tests.recommendations.world import trained
from tests.shop.permissions_world import World

DETAIL = "needsVetApproval dieteticPurpose breadcrumbs { slug }"

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stripe_stand_in")
def test_of_what_waits_for_a_vet():
    world = World("vet")
    query = "{ approvals { nodes { product { %s } } } }" % DETAIL
    [found] = answered(query, login=world.login)["approvals"]["nodes"]
    assert found["product"]["needsVetApproval"] is True


def test_of_what_a_friend_suggests():
    make_clinic()
    product = published("p")
    cart = cart_with((product.variants.get(), 1))
    now = timezone.now()
    shared = sharing.share_cart(cart=cart, days=7, at=now)
    opinion = Opinion(name="Bo", verdict=Verdict.SUGGESTS, text="", product=product)
    sharing.give_opinion(share=cart.shares.get(), opinion=opinion, at=now)
    query = '{ sharedCart(token: "%s") { opinions { product { %s } } } }' % (shared.token, DETAIL)
    [found] = answered(query)["sharedCart"]["opinions"]
    assert found["product"]["needsVetApproval"] is False


@pytest.mark.usefixtures("ada")
def test_of_what_is_popular_and_what_goes_together(monkeypatch):
    monkeypatch.setattr("recommendations.popularity.LEAST_PETS", 1)
    monkeypatch.setattr("recommendations.popularity.popularity.__kwdefaults__", {"least": 1})
    trained(at=timezone.now() + timedelta(seconds=5))
    popular = answered("{ popularProducts(species: DOG) { product { %s } } }" % DETAIL)
    assert len(popular["popularProducts"]) == 2
    query = '{ product(slug: "kibble") { boughtTogether { product { %s } } } }' % DETAIL
    assert len(answered(query)["product"]["boughtTogether"]) == 1
    cart = cart_with((Order.objects.first().lines.first().variant, 1))
    query = "query($id: ID!) { cart(id: $id) { addOns { product { %s } } } }" % DETAIL
    assert len(answered(query, {"id": global_id("Cart", cart.pk)})["cart"]["addOns"]) == 1


def test_fragments_that_double_themselves_are_read_once():
    published("p")
    doubling = " ".join(
        f"fragment f{number} on Product {{ ...f{number + 1} ...f{number + 1} }}"
        for number in range(30)
    )
    query = "{ products { nodes { ...f0 } } } %s fragment f30 on Product { slug }" % doubling
    assert ask(query)["data"] == {"products": {"nodes": [{"slug": "p"}]}}
