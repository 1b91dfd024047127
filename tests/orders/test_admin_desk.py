"""The order desk in the back office: found, read, sent, given back, approved, recalled."""

import pytest

from accounts.access import viewer_of
from accounts.models import AuditEntry
from accounts.roles import Role
from catalog.models import Stock
from kernel.money import Money
from orders import refunds
from orders.models import Approval, Order, Refund, Shipment
from orders.vocabulary import ApprovalState, OrderState, RefundReason, ShipmentState
from tests.builders import NOW, make_clinic, owner, pet_of, published
from tests.catalog.desk import acting, back_office, page, told
from tests.orders.test_after_the_sale import bought, delivered, with_lots
from tests.orders.world import cart_with, pack, placed

pytestmark = pytest.mark.django_db

LISTS = {"orders_order_changelist", "orders_order_recall", "orders_approval_changelist"}
PICK = "orders_order_pick_list"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def order_page(order, act=""):
    return page(f"orders_order_{act or 'change'}", order.pk)


def sent(client, order, act, **given):
    return client.post(order_page(order, act), given, follow=True)


def line_of(order):
    return f"line_{order.lines.get().pk}"


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.MANAGER, LISTS | {PICK}),
        (Role.ORDERS, LISTS | {PICK}),
        (Role.ASSISTANT, LISTS | {PICK}),
        (Role.VET, LISTS),
        (Role.CATALOGUE, set()),
        (Role.CONVERSATIONS, set()),
    ],
)
def test_a_role_opens_its_pages_and_finds_them_in_the_menu(role, opens):
    order, client = bought((pack(), 1)), back_office(role)
    pages = LISTS | {PICK}
    assert {each for each in pages if client.get(page(each)).status_code == 200} == opens
    menu = client.get(page("index")).content.decode()
    assert {each for each in pages if f'href="{page(each)}"' in menu} == opens
    assert (client.get(order_page(order)).status_code == 200) is bool(opens)


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.ORDERS, {"send", "deliver", "leave-out", "refund", "cancel"}),
        (Role.ASSISTANT, {"send", "deliver", "leave-out", "cancel"}),
        (Role.VET, set()),
    ],
)
def test_an_act_asks_its_duty(role, acts):
    order, client = bought((pack(), 1)), back_office(role)
    every = ("send", "deliver", "leave-out", "refund", "cancel")
    assert {act for act in every if client.get(order_page(order, act)).status_code == 200} == acts


def test_what_waits_stands_first_with_its_packs():
    variant = pack(stock=9)
    gone = delivered(bought((variant, 1)))
    waiting = bought((variant, 2))
    shown = back_office(Role.ORDERS).get(page("orders_order_changelist")).content.decode()
    assert shown.index(waiting.number) < shown.index(gone.number)
    assert "2 × Croquettes" in shown
    kept = AuditEntry.objects.get(action="order.search")
    assert kept.changes == {"shown": f"{waiting.number} {gone.number}"}


@pytest.mark.parametrize(
    ("asked", "count"), [("lovelace", 1), ("ADA@clients.example", 1), ("x", 0)]
)
def test_an_order_is_found_by_who_bought_it(asked, count):
    bought((pack(), 1))
    found = back_office(Role.ORDERS).get(page("orders_order_changelist"), {"q": asked})
    assert len(found.context["cl"].result_list) == count


def test_an_order_is_sent_in_parts_and_told_delivered():
    order, client = bought((with_lots(), 4)), back_office(Role.ORDERS)
    said = told(sent(client, order, "send", **{line_of(order): "3", "tracking": "8X1"}))
    assert said == ["The parcel is on its way; its buyer is told."]
    sent(client, order, "send", **{line_of(order): "1", "tracking": ""})
    assert told(sent(client, order, "deliver")) == ["The order has reached its buyer."]
    order.refresh_from_db()
    assert order.state == OrderState.DELIVERED
    shown = client.get(order_page(order)).content.decode()
    assert "SPRING (3)" in shown
    assert "8X1" in shown
    assert AuditEntry.objects.filter(by=acting(client), action="shipment.shipped").count() == 2


def test_what_cannot_be_sent_is_told_in_the_form():
    order, client = bought((pack(), 1)), back_office(Role.ORDERS)
    answer = sent(client, order, "send", **{line_of(order): "0", "tracking": ""})
    assert "something to send" in answer.content.decode()
    assert Shipment.objects.get().state == ShipmentState.TO_PREPARE


def test_a_refund_is_seen_before_it_is_made():
    order, client = delivered(bought((pack(price=1000), 2))), back_office(Role.ORDERS)
    given = {line_of(order): "1", "delivery": "", "goodwill": "", "reason": "return"}
    first = sent(client, order, "refund", **given)
    assert "This gives back" in first.content.decode()
    assert Refund.objects.count() == 0
    seen = first.context["form"]["seen_cents"].value()
    assert seen == "1000"
    said = told(sent(client, order, "refund", **given, seen_cents=seen))
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.reason, refund.by) == (
        1000,
        RefundReason.RETURN,
        acting(client),
    )
    assert len(said) == 1


def test_a_refund_that_changed_since_it_was_seen_is_shown_again():
    order, client = delivered(bought((pack(price=1000), 2))), back_office(Role.ORDERS)
    given = {line_of(order): "2", "delivery": "", "goodwill": "", "reason": "return"}
    sent(client, order, "refund", **given, seen_cents="1000")
    assert Refund.objects.count() == 0


def test_more_than_was_paid_is_not_given_back():
    order, client = delivered(bought((pack(price=1000), 1))), back_office(Role.ORDERS)
    given = {line_of(order): "1", "delivery": "", "goodwill": "5,00", "reason": "return"}
    answer = sent(client, order, "refund", **given, seen_cents="1500")
    assert "At most 10.00" in answer.content.decode()
    assert refunds.refundable(order) == Money(1000)


def test_packs_are_left_out_and_an_order_is_cancelled():
    order, client = bought((pack(price=1000), 2)), back_office(Role.ORDERS)
    sent(client, order, "leave-out", **{line_of(order): "1"})
    assert Stock.objects.get().reserved == 1
    Order.objects.filter(pk=order.pk).update(cart=None)
    order.payments.update(intent_id="")
    sent(client, order, "cancel")
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert sorted(order.refunds.values_list("amount_cents", flat=True)) == [1000, 1000]


def test_the_pick_list_sums_packs_over_orders():
    variant = pack(stock=9)
    orders = [bought((variant, number)) for number in (1, 2)]
    shown = back_office(Role.ASSISTANT).get(page(PICK))
    [picked] = shown.context["picked"]
    numbers = sorted(order.number for order in orders)
    assert (picked.sku, picked.packs, picked.orders) == ("S1", 3, numbers)


def test_a_recall_finds_buyers_and_their_mails():
    order = delivered(bought((with_lots(), 1)))
    client = back_office(Role.VET)
    shown = client.get(page("orders_order_recall"), {"lot": "SPRING"})
    assert [each.line.order for each in shown.context["sent"]] == [order]
    assert shown.context["mails"] == "ada@clients.example"
    assert client.get(page("orders_order_recall"), {"lot": "none"}).context["sent"] == []


def asked():
    return Approval.objects.create(
        pet=pet_of(owner("Ada")), product=published("v"), quantity=3, asked_at=NOW, expires_at=NOW
    )


@pytest.mark.parametrize("act", ["agree", "decline"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.ORDERS, Role.ASSISTANT])
def test_a_vet_alone_decides(act, role):
    approval = asked()
    client = back_office(role)
    assert client.get(page("orders_approval_change", approval.pk)).status_code == 200
    assert client.post(page(f"orders_approval_{act}", approval.pk), {}).status_code == 403
    approval.refresh_from_db()
    assert approval.state == ApprovalState.ASKED


def test_a_vet_approves_fewer_packs_with_a_word():
    approval, client = asked(), back_office(Role.VET)
    given = {"quantity": "2", "renewals": "1", "valid_until": "", "note": "Revoir en mars."}
    client.post(page("orders_approval_agree", approval.pk), given)
    approval.refresh_from_db()
    assert (approval.state, approval.quantity, approval.renewals, approval.note) == (
        ApprovalState.APPROVED,
        2,
        2,
        "Revoir en mars.",
    )
    assert approval.decided_by == acting(client)
    waiting = client.get(page("orders_approval_changelist")).context["cl"].result_list
    assert list(waiting) == []


def test_the_first_page_tells_what_waits():
    bought((pack(), 1))
    asked()
    tiles = {
        tile["title"]: tile["count"]
        for tile in back_office(Role.ORDERS).get(page("index")).context["tiles"]
    }
    assert tiles["Orders to prepare (late ones below)"] == 1
    assert tiles["Waiting for a vet"] == 1
    assert tiles["Disputes and refunds that failed"] == 0


@pytest.mark.parametrize("key", ["1", "00000000-0000-0000-0000-000000000000", "x"])
def test_a_made_up_order_is_no_page(key):
    address = page("orders_order_change", key)
    assert back_office(Role.ORDERS).get(address).status_code == 404


def test_the_page_of_a_client_shows_their_latest_orders():
    ada = owner("Ada")
    order = placed(cart_with((pack(), 1), login=ada), viewer=viewer_of(ada))
    address = page("accounts_person_change", ada.person.pk)
    panels = back_office(Role.ASSISTANT).get(address).context["panels"]
    [shown] = [panel for panel in panels if panel.title == "Orders"]
    assert [step.address for step in shown.facts["steps"]] == [order_page(order)]
