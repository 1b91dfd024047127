"""A cart sent to a friend: what they see, what they say, and what they never learn."""

from datetime import timedelta

import pytest

from kernel.graphql.nodes import global_id
from orders import sharing
from orders.models import Cart, CartLine, CartOpinion, CartShare
from tests.builders import NOW, answered, ask, make_clinic, owner, pet_of, published
from tests.orders.world import cart_with, pack

pytestmark = pytest.mark.django_db

SHARE = """mutation($id: ID!, $days: Int!) { cartShare(input: {cartId: $id, days: $days}) {
    token expiresAt userErrors { code } } }"""
UNSHARE = "mutation($id: ID!) { cartUnshare(input: {cartId: $id}) { userErrors { code } } }"
SHARED = """query($token: String!) { sharedCart(token: $token) { version opinionsVersion
    lines { name quantity unitPrice { cents } total { cents } petNames }
    totals { total { gross { cents } } }
    opinions { name verdict text product { slug } } } }"""
OPINION = """mutation($token: String!, $name: String!, $verdict: Verdict!, $product: ID,
    $text: String!) { sharedCartOpinionGive(input: {token: $token, name: $name,
    verdict: $verdict, text: $text, productId: $product}) {
    cart { opinions { name verdict } } userErrors { code path } } }"""
VERSIONS = "query($id: ID!) { cartVersions(id: $id) { cart opinions } }"
MINE = "query($id: ID!) { cart(id: $id) { opinions { name verdict text } } }"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def shared(cart, login=None, days=7):
    key = global_id("Cart", cart.pk)
    return answered(SHARE, {"id": key, "days": days}, login=login)["cartShare"]["token"]


def said(token, name="Max", verdict="AGREES", **more):
    given = {"token": token, "name": name, "verdict": verdict, "text": "", **more}
    return answered(OPINION, given)["sharedCartOpinionGive"]


def test_a_friend_sees_packs_prices_and_the_pets_first_name():
    ada = owner("Ada", "Lovelace")
    cart = cart_with((pack(price=2450), 2), login=ada)
    CartLine.objects.get().pets.create(pet=pet_of(ada), share_percent=100)
    token = shared(cart, ada)
    assert answered(SHARED, {"token": token})["sharedCart"] == {
        "version": cart.version,
        "opinionsVersion": 1,
        "lines": [
            {
                "name": "Croquettes",
                "quantity": 2,
                "unitPrice": {"cents": 2450},
                "total": {"cents": 4900},
                "petNames": ["Rex"],
            }
        ],
        "totals": {"total": {"gross": {"cents": 4900}}},
        "opinions": [],
    }


def test_a_shared_cart_has_no_field_that_names_its_owner():
    fields = answered('{ __type(name: "SharedCart") { fields { name } } }')["__type"]["fields"]
    assert sorted(each["name"] for each in fields) == [
        "expiresAt",
        "lines",
        "opinions",
        "opinionsVersion",
        "totals",
        "version",
    ]
    fields = answered('{ __type(name: "SharedCartLine") { fields { name } } }')["__type"]["fields"]
    assert "text" not in {each["name"] for each in fields}


def test_an_opinion_reaches_the_owner_and_moves_a_version():
    cart = cart_with((pack(), 1))
    other = published("other")
    token, key = shared(cart), {"id": global_id("Cart", cart.pk)}
    assert answered(VERSIONS, key)["cartVersions"] == {"cart": cart.version, "opinions": 1}
    product = global_id("Product", other.pk)
    answer = said(token, verdict="SUGGESTS", product=product, text="Plus doux pour elle.")
    assert answer["cart"]["opinions"] == [{"name": "Max", "verdict": "SUGGESTS"}]
    assert answered(VERSIONS, key)["cartVersions"] == {"cart": cart.version, "opinions": 2}
    assert answered(MINE, key)["cart"]["opinions"] == [
        {"name": "Max", "verdict": "SUGGESTS", "text": "Plus doux pour elle."}
    ]


def test_a_link_ends_and_is_taken_back():
    cart = cart_with((pack(), 1))
    first, second = shared(cart), shared(cart)
    CartShare.objects.filter(pk=CartShare.objects.first().pk).update(expires_at=NOW)
    assert answered(SHARED, {"token": first})["sharedCart"] is None
    assert answered(SHARED, {"token": second})["sharedCart"] is not None
    answered(UNSHARE, {"id": global_id("Cart", cart.pk)})
    assert answered(SHARED, {"token": second})["sharedCart"] is None
    assert said(second)["userErrors"][0]["code"] == "NOT_FOUND"
    assert CartOpinion.objects.count() == 0


def test_the_token_itself_is_kept_nowhere():
    token = shared(cart_with((pack(), 1)))
    assert token not in CartShare.objects.get().token_hash


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "M" * 41}, "name"),
        ({"text": "x" * 301}, "text"),
        ({"verdict": "SUGGESTS"}, "productId"),
    ],
)
def test_an_opinion_that_is_none_is_refused_with_its_field(given, path):
    token = shared(cart_with((pack(), 1)))
    assert said(token, **given)["userErrors"] == [{"code": "INVALID", "path": ["input", path]}]
    assert CartOpinion.objects.count() == 0


def test_five_opinions_a_minute_and_fifty_in_all():
    token = shared(cart_with((pack(), 1)))
    codes = [[each["code"] for each in said(token)["userErrors"]] for _ in range(6)]
    assert codes == [[], [], [], [], [], ["LIMIT_REACHED"]]
    share = CartShare.objects.get()
    CartOpinion.objects.bulk_create(
        CartOpinion(share=share, name="x", verdict="agrees", at=NOW - timedelta(hours=1))
        for _ in range(45)
    )
    CartOpinion.objects.update(at=NOW - timedelta(hours=1))
    assert [each["code"] for each in said(token)["userErrors"]] == ["LIMIT_REACHED"]
    assert CartOpinion.objects.count() == 50


@pytest.mark.parametrize("days", [0, 31])
def test_a_link_lasts_from_one_to_thirty_days(days):
    cart = cart_with((pack(), 1))
    given = {"id": global_id("Cart", cart.pk), "days": days}
    assert answered(SHARE, given)["cartShare"]["userErrors"][0]["code"] == "INVALID"
    assert CartShare.objects.count() == 0


def test_five_links_at_once_are_enough():
    cart = cart_with((pack(), 1))
    for _ in range(5):
        sharing.share_cart(cart=cart, days=7, at=NOW)
    given = {"id": global_id("Cart", cart.pk), "days": 7}
    assert answered(SHARE, given)["cartShare"]["userErrors"][0]["code"] == "LIMIT_REACHED"


def test_nobody_shares_the_cart_of_another():
    cart = cart_with((pack(), 1), login=owner("Ada"))
    given = {"id": global_id("Cart", cart.pk), "days": 7}
    answer = ask(SHARE, given, login=owner("Eve"))
    assert answer["data"]["cartShare"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert (CartShare.objects.count(), Cart.objects.count()) == (0, 1)
