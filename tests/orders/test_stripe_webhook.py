"""From Stripe to the row, over real HTTP: once each, whatever the post does with them."""

import http.client
import json
import time
from urllib.parse import urlsplit

import pytest
from django_ox.models import OxTask

from kernel.money import Money
from orders import stripe_gateway as gateway
from orders.models import StripeEvent
from orders.stripe_webhook import MOST_BYTES
from shop.stripe_stand_in.webhooks import sign

pytestmark = pytest.mark.django_db(transaction=True)
PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
FORGED = b'{"id": "evt_1", "object": "event"}'


def pay(holder):
    asked = gateway.IntentAsked("o-1", 1, Money(4350), False, "camille@example.org", "K-1")
    intent = gateway.create_intent(asked)
    holder.confirm(intent.client_secret)
    return intent


def stored():
    return list(StripeEvent.objects.order_by("pk").values_list("kind", flat=True))


def post(live_server, payload, *, method="POST", **headers):
    """The status of a request made by hand."""
    address = urlsplit(live_server.url)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        line.request(method, "/stripe/webhook", payload, headers)
        return line.getresponse().status
    finally:
        line.close()


def test_what_happens_is_stored_and_handed_to_a_worker(told_by_stripe):
    intent = pay(told_by_stripe)
    assert told_by_stripe.settle() == [(kind, 200) for kind in PAID]
    assert stored() == PAID
    last = StripeEvent.objects.latest("pk")
    assert (last.object_id, last.handled_at) == (intent.id, None)
    assert last.event_id == told_by_stripe.events()[-1]["id"]
    tasks = sorted(
        (task.kwargs for task in OxTask.objects.all()), key=lambda each: each["facts"]["event_pk"]
    )
    assert tasks == [
        {
            "name": "orders.events.StripeEventStored",
            "facts": {"event_pk": event.pk, "intent_id": intent.id},
        }
        for event in StripeEvent.objects.order_by("pk")
    ]


def test_an_event_that_comes_twice_is_answered_twice_and_stored_once(told_by_stripe):
    told_by_stripe.deliver("duplicate")
    pay(told_by_stripe)
    assert told_by_stripe.settle() == [(kind, 200) for kind in PAID for _ in range(2)]
    assert stored() == PAID
    assert OxTask.objects.count() == 3


def test_events_may_come_late_and_in_the_wrong_order(told_by_stripe):
    told_by_stripe.deliver("reversed")
    pay(told_by_stripe)
    assert (told_by_stripe.settle(), stored()) == ([], [])
    told_by_stripe.release()
    told_by_stripe.settle()
    assert stored() == PAID[::-1]


def test_events_that_were_held_come_in_their_order(told_by_stripe):
    told_by_stripe.deliver("held")
    pay(told_by_stripe)
    assert (told_by_stripe.settle(), stored()) == ([], [])
    told_by_stripe.release()
    told_by_stripe.settle()
    assert stored() == PAID


def test_a_lost_event_can_be_sent_again(told_by_stripe):
    told_by_stripe.deliver("lost")
    pay(told_by_stripe)
    assert (told_by_stripe.settle(), stored()) == ([], [])
    told_by_stripe.resend(told_by_stripe.events()[-1]["id"])
    told_by_stripe.settle()
    assert stored() == ["payment_intent.succeeded"]


def test_an_event_signed_with_another_secret_is_refused_each_time_it_is_tried(
    stripe_stand_in, live_server
):
    stripe_stand_in.listen(f"{live_server.url}/stripe/webhook", "whsec_another")
    gateway.create_intent(
        gateway.IntentAsked("o-1", 1, Money(4350), False, "camille@example.org", "K-1")
    )
    assert stripe_stand_in.settle() == [("payment_intent.created", 400)] * 4
    assert (stored(), OxTask.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "signature",
    [
        lambda: "",
        lambda: "t=1,v1=00",
        lambda: sign(FORGED, secret="whsec_guessed", at=int(time.time())),
        lambda: sign(FORGED, secret=gateway.STAND_IN_WEBHOOK_SECRET, at=int(time.time()) - 301),
    ],
    ids=["none", "nonsense", "guessed", "old"],
)
def test_a_forged_or_old_event_writes_nothing(stripe_stand_in, live_server, signature):
    assert post(live_server, FORGED, **{"Stripe-Signature": signature()}) == 400
    assert (stored(), OxTask.objects.count()) == ([], 0)


def test_a_large_body_is_not_read_to_its_end(stripe_stand_in, client):
    payload = b"x" * (MOST_BYTES + 1)
    signature = sign(payload, secret=gateway.STAND_IN_WEBHOOK_SECRET, at=int(time.time()))
    answered = client.post(
        "/stripe/webhook",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    assert answered.status_code == 413
    assert stored() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_is_heard(live_server, stripe_stand_in, method):
    assert post(live_server, b"", method=method) == 405


def test_the_door_wants_no_session_and_gives_no_cookie(stripe_stand_in, live_server):
    address = urlsplit(live_server.url)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    line.request("POST", "/stripe/webhook", FORGED)
    answered = line.getresponse()
    assert (answered.status, answered.getheader("Set-Cookie")) == (400, None)
    line.close()


def test_an_event_about_what_has_no_name_is_kept_too(stripe_stand_in, client):
    payload = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "balance.available",
            "created": 1,
            "data": {"object": {"object": "balance"}},
        }
    )
    signature = sign(payload.encode(), secret=gateway.STAND_IN_WEBHOOK_SECRET, at=int(time.time()))
    answered = client.post(
        "/stripe/webhook",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    assert answered.status_code == 200
    assert list(StripeEvent.objects.values_list("event_id", "kind", "object_id")) == [
        ("evt_1", "balance.available", "")
    ]
