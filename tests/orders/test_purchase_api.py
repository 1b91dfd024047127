"""A whole purchase through the API, over real HTTP to the stand-in of Stripe."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_ox.testing import run_tasks

from accounts.access import viewer_of
from accounts.models import Notice
from catalog.models import Stock
from clinic import details
from clinic.models import Clinic, Place
from clinic.vocabulary import SellerRegime
from kernel.graphql.nodes import global_id
from orders.models import Cart, CartLine, Order
from orders.vocabulary import OrderState
from tests.builders import answered, ask, make_clinic, owner
from tests.orders.delivering import point, slot, zone
from tests.orders.world import cart_with, pack, placed, total_of

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = """mutation($lines: [CartLineInput!]!) { cartCreate(input: {lines: $lines}) {
    cart { id version } userErrors { code } } }"""
CONTACT = """mutation($id: ID!) { cartContactSet(input: {cartId: $id, firstName: "Ada",
    lastName: "Lovelace", email: "ada@clients.example"}) { userErrors { code } } }"""
ADDRESS = """mutation($id: ID!) { cartAddressSet(input: {cartId: $id, recipient: "Ada Lovelace",
    line1: "1 rue", postalCode: "35000", city: "Rennes"}) { userErrors { code } } }"""
OPTIONS = """query($id: ID!) { deliveryOptions(cartId: $id, postalCode: "35000") {
    method isPossible price { cents } days { day slots { id left } } } }"""
DELIVERY = """mutation($id: ID!, $slot: ID, $method: DeliveryMethod!) { cartDeliverySet(
    input: {cartId: $id, method: $method, slotId: $slot}) { userErrors { code path }
    cart { version method promisedFrom totals { delivery { cents } total { gross { cents } } }
        problems { code isBlocking } } } }"""
BUY = """mutation($id: ID!, $version: Int!, $total: Int!, $key: UUID!) { checkoutComplete(
    input: {cartId: $id, cartVersion: $version, expectedTotalCents: $total, acceptedTexts: [],
        idempotencyKey: $key}) {
    order { id number state payment { state clientSecret attempt amount { cents } } }
    userErrors { code path
        ... on PriceChangedError { before { cents } after { cents } }
        ... on OutOfStockError { sku left }
        ... on CartNotReadyError { problems { code } } } } }"""
RETURN = """mutation($id: ID!) { paymentReturn(input: {orderId: $id}) {
    order { state payment { state declineCode } } userErrors { code } } }"""
RETRY = """mutation($id: ID!) { paymentRetry(input: {orderId: $id}) {
    order { payment { clientSecret attempt } } userErrors { code } } }"""
ABANDON = """mutation($id: ID!) { paymentAbandon(input: {orderId: $id}) {
    order { state cancelReason } userErrors { code } } }"""
ORDER = """query($id: ID!) { order(id: $id) { state lines { name quantity total { cents }
    returnable } totals { delivery { cents } total { gross { cents } } } deliveredTo { line1 }
    documents { kind total { cents } } shipments { state promisedFrom } timeline { kind }
    withdrawal { isOpen } } }"""


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def buying(cart, *, total=None, version=None, key=None):
    """What checkoutComplete answers for a cart as it stands."""
    cart = Cart.objects.get(pk=cart.pk)
    return {
        "id": global_id("Cart", cart.pk),
        "version": version or cart.version,
        "total": total_of(cart).cents if total is None else total,
        "key": key or str(uuid.uuid4()),
    }


def bought(cart, **changes):
    return answered(BUY, buying(cart, **changes))["checkoutComplete"]


def statements_of(document, variables):
    """The statements of a request, without those that only begin and end transactions."""
    body = json.dumps({"query": document, "variables": variables})
    client = Client()
    with CaptureQueriesContext(connection) as captured:
        client.post("/graphql/", body, content_type="application/json")
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [each["sql"] for each in captured if not each["sql"].startswith(control)]


def test_a_guest_buys_two_packs_for_the_day_of_their_choice(stripe_stand_in):
    place = Place.objects.get()
    zone(place, "35", has_slots=True)
    slot(place, weekday=3, room=5)
    pack("S1", price=2450)
    cart = answered(CREATE, {"lines": [{"sku": "S1", "quantity": 2}]})["cartCreate"]["cart"]["id"]
    for step in (CONTACT, ADDRESS):
        answered(step, {"id": cart})
    home = answered(OPTIONS, {"id": cart})["deliveryOptions"][0]
    assert (home["method"], home["price"], home["days"][0]["day"]) == (
        "HOME",
        {"cents": 490},
        "2026-11-25",
    )
    chosen = {"id": cart, "method": "HOME", "slot": home["days"][0]["slots"][0]["id"]}
    ready = answered(DELIVERY, chosen)["cartDeliverySet"]["cart"]
    assert (ready["problems"], ready["promisedFrom"]) == ([], "2026-11-25T17:00:00+00:00")
    assert ready["totals"] == {"delivery": {"cents": 490}, "total": {"gross": {"cents": 5390}}}
    order = bought(Cart.objects.get(), total=5390)["order"]
    assert (order["state"], order["payment"]["amount"]) == ("PENDING_PAYMENT", {"cents": 5390})
    stripe_stand_in.confirm(order["payment"]["clientSecret"])
    assert answered(RETURN, {"id": order["id"]})["paymentReturn"]["order"] == {
        "state": "PAID",
        "payment": {"state": "PAID", "declineCode": None},
    }
    run_tasks()
    assert answered(ORDER, {"id": order["id"]})["order"] == {
        "state": "PAID",
        "lines": [{"name": "Croquettes", "quantity": 2, "total": {"cents": 4900}, "returnable": 0}],
        "totals": {"delivery": {"cents": 490}, "total": {"gross": {"cents": 5390}}},
        "deliveredTo": {"line1": "1 rue"},
        "documents": [{"kind": "INVOICE", "total": {"cents": 5390}}],
        "shipments": [{"state": "TO_PREPARE", "promisedFrom": "2026-11-25T17:00:00+00:00"}],
        "timeline": [{"kind": "placed"}, {"kind": "paid"}],
        "withdrawal": {"isOpen": False},
    }
    assert Notice.objects.filter(recipient="ada@clients.example").count() == 2


def test_a_purchase_that_comes_twice_is_made_once(stripe_stand_in):
    cart = cart_with((pack(), 1))
    key = str(uuid.uuid4())
    first, again = (bought(cart, key=key, version=cart.version) for _ in range(2))
    assert first == again
    assert Order.objects.count() == 1


def test_the_same_key_with_another_total_is_refused(stripe_stand_in):
    cart = cart_with((pack(price=1000), 1))
    key = str(uuid.uuid4())
    bought(cart, key=key, version=cart.version)
    refused = bought(cart, key=key, version=cart.version, total=1)
    assert [each["code"] for each in refused["userErrors"]] == ["IDEMPOTENCY_CONFLICT"]
    assert Order.objects.count() == 1


def test_a_price_that_changed_is_told_with_both_totals(stripe_stand_in):
    refused = bought(cart_with((pack(price=1000), 1)), total=900)
    assert refused["userErrors"] == [
        {
            "code": "PRICE_CHANGED",
            "path": ["input", "expectedTotal"],
            "before": {"cents": 900},
            "after": {"cents": 1000},
        }
    ]
    assert (Order.objects.count(), Stock.objects.get().reserved) == (0, 0)
    assert Cart.objects.get().state == "open"


def test_what_keeps_a_cart_from_being_bought_is_told_whole(stripe_stand_in):
    cart = cart_with((pack(), 1))
    Cart.objects.update(contact={}, method="")
    refused = bought(cart)
    assert refused["userErrors"][0]["problems"] == [
        {"code": "CONTACT_MISSING"},
        {"code": "DELIVERY_MISSING"},
    ]


def test_a_cart_that_changed_is_stale(stripe_stand_in):
    cart = cart_with((pack(), 1))
    refused = bought(cart, version=cart.version - 1)
    assert [each["code"] for each in refused["userErrors"]] == ["STALE"]


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9])
def test_absurd_quantities_enter_no_cart(quantity):
    pack("S1")
    answer = answered(CREATE, {"lines": [{"sku": "S1", "quantity": quantity}]})["cartCreate"]
    assert [each["code"] for each in answer["userErrors"]] == ["INVALID"]
    assert CartLine.objects.count() == 0


def test_a_declined_card_may_be_followed_by_another(stripe_stand_in):
    order = bought(cart_with((pack(), 1)))["order"]
    stripe_stand_in.confirm(order["payment"]["clientSecret"], "pm_card_visa_chargeDeclined")
    assert answered(RETURN, {"id": order["id"]})["paymentReturn"]["order"] == {
        "state": "PENDING_PAYMENT",
        "payment": {"state": "PENDING", "declineCode": "generic_decline"},
    }
    again = answered(RETRY, {"id": order["id"]})["paymentRetry"]["order"]["payment"]
    stripe_stand_in.confirm(again["clientSecret"], "pm_card_mastercard")
    answer = answered(RETURN, {"id": order["id"]})["paymentReturn"]["order"]
    assert answer["state"] == "PAID"


def test_a_payment_given_up_thaws_the_cart(stripe_stand_in):
    order = bought(cart_with((pack(), 1)))["order"]
    assert answered(ABANDON, {"id": order["id"]})["paymentAbandon"]["order"] == {
        "state": "CANCELLED",
        "cancelReason": "PAYMENT_ABANDONED",
    }
    assert (Cart.objects.get().state, Stock.objects.get().reserved) == ("open", 0)


def test_while_the_bank_is_away_nothing_is_lost(stripe_stand_in):
    cart = cart_with((pack(), 1))
    given = buying(cart)
    stripe_stand_in.fail_next("error", times=3)
    answer = ask(BUY, given)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["UNAVAILABLE"]
    assert Order.objects.get().state == OrderState.PENDING_PAYMENT
    order = answered(BUY, given)["checkoutComplete"]["order"]
    stripe_stand_in.confirm(order["payment"]["clientSecret"])
    answer = answered(RETURN, {"id": order["id"]})["paymentReturn"]["order"]
    assert (answer["state"], Order.objects.count()) == ("PAID", 1)


def test_nobody_pays_or_gives_up_the_order_of_another(stripe_stand_in):
    ada, eve = owner("Ada"), owner("Eve")
    order = placed(cart_with((pack(), 1), login=ada), viewer=viewer_of(ada))
    for step in (RETURN, RETRY, ABANDON):
        answer = answered(step, {"id": global_id("Order", order.pk)}, login=eve)
        [payload] = answer.values()
        assert [each["code"] for each in payload["userErrors"]] == ["NOT_FOUND"]
    order.refresh_from_db()
    assert order.state == OrderState.PENDING_PAYMENT


def test_a_purchase_costs_a_known_number_of_queries(stripe_stand_in):
    cart = cart_with((pack("S1"), 1), (pack("S2"), 1))
    answered("{ products { nodes { slug } } }")
    asked = statements_of(BUY, buying(cart))
    assert len(asked) == 22, asked


def test_a_purchase_in_a_slot_costs_a_known_number_of_queries(stripe_stand_in):
    place = Place.objects.get()
    zone(place, "35", has_slots=True)
    slot(place, weekday=3, room=5)
    cart = cart_with((pack("S1"), 1), (pack("S2"), 1))
    key = {"id": global_id("Cart", cart.pk)}
    home = answered(OPTIONS, key)["deliveryOptions"][0]
    answered(DELIVERY, {**key, "method": "HOME", "slot": home["days"][0]["slots"][0]["id"]})
    asked = statements_of(BUY, buying(cart))
    assert len(asked) == 25, asked
    order = Order.objects.get()
    assert (order.holds_slot, order.slot.held) == (True, 1)
    stripe_stand_in.confirm(order.payments.get().client_secret)
    asked = statements_of(RETURN, {"id": global_id("Order", order.pk)})
    assert len(asked) == 14, asked


@pytest.mark.parametrize(
    ("regime", "code", "article"),
    [
        (SellerRegime.TRADING_COMPANY, "CODE_REFUSED", None),
        (
            SellerRegime.CLINIC,
            "REDUCTION_NOT_ALLOWED",
            "Code rural et de la pêche maritime R.242-62",
        ),
    ],
)
def test_a_voucher_is_refused_by_the_regime(regime, code, article):
    clinic = Clinic.objects.get()
    clinic.seller_regime = regime
    details.save_details(clinic)
    cart = cart_with((pack(), 1))
    apply = """mutation($id: ID!) { cartVoucherApply(input: {cartId: $id, code: "NOEL"}) {
        userErrors { code article } } }"""
    told = answered(apply, {"id": global_id("Cart", cart.pk)})["cartVoucherApply"]["userErrors"]
    assert told == [{"code": code, "article": article}]


def test_a_business_is_invoiced_by_its_numbers():
    cart = cart_with((pack(), 1))
    billed = """mutation($id: ID!, $siren: String!) { cartBillingSet(input: {cartId: $id,
        party: BUSINESS, name: "Élevage des Landes SAS", siren: $siren}) {
        cart { billing { party siren } } userErrors { code path } } }"""
    key = global_id("Cart", cart.pk)
    wrong = answered(billed, {"id": key, "siren": "123456789"})["cartBillingSet"]
    assert wrong["userErrors"] == [{"code": "INVALID", "path": ["input", "siren"]}]
    right = answered(billed, {"id": key, "siren": "732 829 320"})["cartBillingSet"]
    assert right["cart"]["billing"] == {"party": "BUSINESS", "siren": "732829320"}


def test_an_order_goes_to_a_relay_point(stripe_stand_in):
    place = Place.objects.get()
    points = [point("Tabac", "35000")]
    zone(place, "35", method="relay", has_slots=False, points=points)
    cart = cart_with((pack(price=1000), 1))
    key = global_id("Cart", cart.pk)
    choose = """mutation($id: ID!, $point: ID!) { cartDeliverySet(input: {cartId: $id,
        method: RELAY, pointId: $point, postalCode: "35000"}) {
        cart { relayPoint { recipient } problems { code } } userErrors { code } } }"""
    refused = answered(choose, {"id": key, "point": "none"})["cartDeliverySet"]["userErrors"]
    assert [each["code"] for each in refused] == ["NOT_FOUND"]
    chosen = answered(choose, {"id": key, "point": "tabac"})["cartDeliverySet"]["cart"]
    assert chosen == {"relayPoint": {"recipient": "Tabac"}, "problems": []}
    order = bought(Cart.objects.get(), total=1490)["order"]
    assert answered(ORDER, {"id": order["id"]})["order"]["deliveredTo"] == {"line1": "1 rue"}


def test_a_price_below_nothing_was_seen_by_nobody():
    cart = cart_with((pack(), 1))
    line = global_id("CartLine", cart.lines.get().pk)
    update = """mutation($id: ID!, $line: ID!) { cartLinesUpdate(input: {cartId: $id,
        lines: [{lineId: $line, priceSeenCents: -1}]}) { userErrors { code path } } }"""
    told = answered(update, {"id": global_id("Cart", cart.pk), "line": line})["cartLinesUpdate"]
    assert told["userErrors"] == [{"code": "INVALID", "path": ["input", "priceSeenCents"]}]
