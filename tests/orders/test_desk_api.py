"""What the staff do with orders through the API: find, send, leave out, give back, recall."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from accounts.roles import Role
from catalog import stock
from catalog.models import Stock
from catalog.stock import Delivery
from clinic.models import Place
from kernel.graphql.nodes import global_id
from orders.models import Order, Refund, ShipmentLine
from tests.builders import NOW, answered, ask, make_clinic, owner, staff
from tests.orders.test_after_the_sale import bought, delivered
from tests.orders.world import pack

pytestmark = pytest.mark.django_db

ORDERS = """query($where: OrderWhere, $first: Int, $after: String) {
    orders(where: $where, first: $first, after: $after) {
        nodes { number state lines { name } shipments { state } } pageInfo { endCursor } } }"""
SEND = """mutation($id: ID!, $lines: [PacksInput!]) { shipmentSend(input: {shipmentId: $id,
    lines: $lines, tracking: "https://colis.example/1"}) {
    order { state shipments { state packs trackingUrl } } userErrors { code path } } }"""
DELIVER = """mutation($id: ID!) { shipmentDeliver(input: {shipmentId: $id}) {
    order { state } userErrors { code } } }"""
LEAVE_OUT = """mutation($id: ID!, $line: ID!, $n: Int!) { orderLeaveOut(input: {orderId: $id,
    lines: [{lineId: $line, quantity: $n}]}) {
    order { state refunds { amount { cents } reason } } userErrors { code } } }"""
PREVIEW = """query($id: ID!, $line: ID!, $n: Int!) { refundPreview(input: {orderId: $id,
    lines: [{lineId: $line, quantity: $n}]}) {
    goods { cents } total { cents } left { cents } userErrors { code } } }"""
REFUND = """mutation($id: ID!, $goodwill: Int!) { orderRefund(input: {orderId: $id,
    goodwillCents: $goodwill, reason: GOODWILL}) {
    refund { amount { cents } state } userErrors { code } } }"""
RECALL = """query($lot: String!) { lotRecall(lot: $lot) {
    nodes { orderNumber email name quantity } } }"""


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def desk():
    return staff(Role.ORDERS)


def line_of(order):
    return global_id("OrderLine", order.lines.get().pk)


def test_the_desk_sends_a_part_and_then_the_rest():
    order, clerk = bought((pack(stock=5), 3)), desk()
    parcel = global_id("Shipment", order.shipments.get().pk)
    part = {"id": parcel, "lines": [{"lineId": line_of(order), "quantity": 1}]}
    sent = answered(SEND, part, login=clerk)["shipmentSend"]["order"]
    assert sent == {
        "state": "PARTLY_SHIPPED",
        "shipments": [
            {"state": "SHIPPED", "packs": 1, "trackingUrl": "https://colis.example/1"},
            {"state": "TO_PREPARE", "packs": 0, "trackingUrl": None},
        ],
    }
    assert Stock.objects.get().on_hand == 4
    rest = order.shipments.get(state="to_prepare")
    answer = answered(SEND, {"id": global_id("Shipment", rest.pk)}, login=clerk)["shipmentSend"]
    assert answer["order"]["state"] == "SHIPPED"
    for each in order.shipments.all():
        answered(DELIVER, {"id": global_id("Shipment", each.pk)}, login=clerk)
    assert Order.objects.get().state == "delivered"
    kept = AuditEntry.objects.filter(action__startswith="shipment.").values_list("by", "action")
    assert {by for by, _action in kept} == {clerk.person.pk}


def test_more_packs_than_there_are_are_not_sent():
    order = bought((pack(), 2))
    given = {
        "id": global_id("Shipment", order.shipments.get().pk),
        "lines": [{"lineId": line_of(order), "quantity": 3}],
    }
    refused = answered(SEND, given, login=desk())["shipmentSend"]["userErrors"]
    assert refused == [{"code": "INVALID", "path": ["input", "lines"]}]
    assert ShipmentLine.objects.count() == 0


def test_an_order_is_sent_without_a_pack_that_is_paid_back():
    order = bought((pack("S1", price=1000), 2))
    given = {"id": global_id("Order", order.pk), "line": line_of(order), "n": 1}
    answer = answered(LEAVE_OUT, given, login=desk())["orderLeaveOut"]["order"]
    assert answer == {
        "state": "PAID",
        "refunds": [{"amount": {"cents": 1000}, "reason": "NOT_SENT"}],
    }


def test_a_refund_is_previewed_and_nothing_is_written():
    order = bought((pack(price=1000), 2))
    given = {"id": global_id("Order", order.pk), "line": line_of(order), "n": 1}
    assert answered(PREVIEW, given, login=desk())["refundPreview"] == {
        "goods": {"cents": 1000},
        "total": {"cents": 1000},
        "left": {"cents": 2000},
        "userErrors": [],
    }
    refused = answered(PREVIEW, {**given, "n": 3}, login=desk())["refundPreview"]
    assert [each["code"] for each in refused["userErrors"]] == ["INVALID"]
    assert Refund.objects.count() == 0


def test_a_gesture_never_passes_what_was_paid():
    order, clerk = delivered(bought((pack(price=1000), 1))), desk()
    given = {"id": global_id("Order", order.pk)}
    refused = answered(REFUND, {**given, "goodwill": 1001}, login=clerk)["orderRefund"]
    assert [each["code"] for each in refused["userErrors"]] == ["REFUND_TOO_MUCH"]
    made = answered(REFUND, {**given, "goodwill": 300}, login=clerk)["orderRefund"]["refund"]
    assert made == {"amount": {"cents": 300}, "state": "PENDING"}


def test_who_got_a_lot_is_found_for_a_recall():
    variant = pack(stock=0)
    lot = Delivery(quantity=3, lot="L-7", best_before=date(2027, 4, 1))
    stock.receive_stock(variant=variant, place=Place.objects.get(), delivery=lot, by=None, at=NOW)
    order = bought((variant, 2))
    answered(SEND, {"id": global_id("Shipment", order.shipments.get().pk)}, login=desk())
    assert answered(RECALL, {"lot": " L-7 "}, login=desk())["lotRecall"]["nodes"] == [
        {
            "orderNumber": order.number,
            "email": "ada@clients.example",
            "name": "Croquettes",
            "quantity": 2,
        }
    ]


def test_orders_are_found_page_by_page_the_earliest_promise_first():
    variant = pack(stock=9)
    orders = [bought((variant, 1), at=NOW + timedelta(minutes=n)) for n in range(3)]
    for days, order in zip((2, 0, 1), orders, strict=True):
        Order.objects.filter(pk=order.pk).update(promise_to=NOW + timedelta(days=days))
    expected = [orders[1].number, orders[2].number, orders[0].number]
    clerk, seen, after = desk(), [], None
    for _ in range(3):
        page = answered(ORDERS, {"first": 1, "after": after}, login=clerk)["orders"]
        seen += [each["number"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == expected


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({"state": {"in": ["PAID"]}}, 1),
        ({"state": {"in": []}}, 0),
        ({"state": {"eq": "CANCELLED"}}, 0),
        ({"email": "ADA@clients.example"}, 1),
        ({"number": "none"}, 0),
        ({"promisedBefore": "2000-01-01T00:00:00Z"}, 0),
    ],
)
def test_orders_are_found_by_what_staff_know_of_them(where, count):
    bought((pack(), 1))
    found = answered(ORDERS, {"where": where}, login=desk())["orders"]["nodes"]
    assert len(found) == count


def test_a_page_of_orders_costs_the_same_however_long_it_is():
    variant, clerk = pack(stock=9), desk()
    counts = []
    for _ in range(2):
        for _ in range(2):
            bought((variant, 1))
        client = Client()
        client.force_login(clerk)
        body = json.dumps({"query": ORDERS, "variables": {}})
        with CaptureQueriesContext(connection) as captured:
            client.post("/graphql/", body, content_type="application/json")
        counts.append(len(captured))
    # Session, account, roles, person; orders, lines, parcels and what is in them.
    assert counts[0] == counts[1] == 7


@pytest.mark.parametrize("document", [ORDERS, RECALL.replace("$lot: String!", "$lot: String! ")])
def test_owners_do_not_stand_behind_the_desk(document):
    given = {"lot": "x"} if "lot" in document else {}
    answer = ask(document, given, login=owner("Ada"))
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
