"""The gateway, over real HTTP to the stand-in: plain values, and nothing inside a transaction."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import stripe
from django.db import transaction

from kernel.money import Money
from orders import stripe_gateway as gateway
from orders.stripe_gateway import (
    CardDeclined,
    GatewayUnavailable,
    IntentAsked,
    IntentMoved,
    IntentStatus,
    RefundRefused,
    RefundStatus,
    SignatureRefused,
    speaking,
)
from shop.stripe_stand_in.webhooks import sign

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = "7f1f5d1c-5c4f-4a53-a8a8-0d8f3d0c2b11"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def asked(cents=4350, *, attempt=1, later=False):
    return IntentAsked(
        order_id=ORDER,
        attempt=attempt,
        amount=Money(cents),
        capture_later=later,
        email="camille@example.org",
        description="K-2026-0001",
    )


def authorised(holder):
    intent = gateway.create_intent(asked(later=True))
    holder.confirm(intent.client_secret)
    return intent


def paid(holder, attempt=1):
    intent = gateway.create_intent(asked(attempt=attempt))
    holder.confirm(intent.client_secret)
    return intent


def test_an_intent_carries_its_order_and_attempt(stripe_stand_in):
    made = gateway.create_intent(asked())
    assert made == gateway.Intent(
        id=made.id,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        client_secret=made.client_secret,
        amount=Money(4350),
        amount_received=Money(0),
        amount_capturable=Money(0),
        decline_code="",
        order_id=ORDER,
        attempt=1,
        created_at=made.created_at,
    )
    assert made.client_secret.startswith(f"{made.id}_secret_")
    stripe_stand_in.confirm(made.client_secret)
    found = gateway.find_intent(made.id)
    assert (found.status, found.amount_received) == (IntentStatus.SUCCEEDED, Money(4350))


def test_an_attempt_has_one_intent_however_often_it_is_asked_for(stripe_stand_in):
    made = [gateway.create_intent(asked()).id for _ in range(2)]
    other = gateway.create_intent(asked(attempt=2)).id
    assert made[0] == made[1] != other


def test_a_decline_is_read_from_the_intent(stripe_stand_in):
    intent = gateway.create_intent(asked())
    stripe_stand_in.confirm(intent.client_secret, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert gateway.find_intent(intent.id).decline_code == "insufficient_funds"
    stripe_stand_in.confirm(intent.client_secret, "pm_card_chargeDeclinedExpiredCard")
    assert gateway.find_intent(intent.id).decline_code == "expired_card"


def test_what_was_authorised_is_taken_in_part(stripe_stand_in):
    intent = authorised(stripe_stand_in)
    assert gateway.find_intent(intent.id).amount_capturable == Money(4350)
    taken = gateway.capture_intent(intent.id, Money(4000))
    assert (taken.status, taken.amount_received) == (IntentStatus.SUCCEEDED, Money(4000))
    assert gateway.capture_intent(intent.id, Money(4000)) == taken


def test_taking_what_has_gone_back_tells_where_the_intent_stands(stripe_stand_in):
    intent = authorised(stripe_stand_in)
    stripe_stand_in.advance(days=7)
    with pytest.raises(IntentMoved) as moved:
        gateway.capture_intent(intent.id, Money(4350))
    assert moved.value.intent.status is IntentStatus.CANCELED


def test_cancelling_what_was_paid_meanwhile_tells_so(stripe_stand_in):
    intent = paid(stripe_stand_in)
    with pytest.raises(IntentMoved) as moved:
        gateway.cancel_intent(intent.id)
    assert moved.value.intent.amount_received == Money(4350)
    other = gateway.create_intent(asked(attempt=2))
    assert gateway.cancel_intent(other.id).status is IntentStatus.CANCELED


def test_a_refund_is_made_once_for_its_key(stripe_stand_in):
    intent = paid(stripe_stand_in)
    made = [
        gateway.create_refund(intent.id, Money(1000), key="r-1", reason="return") for _ in range(2)
    ]
    assert made[0] == made[1] == gateway.find_refund(made[0].id)
    assert (made[0].status, made[0].amount, made[0].key, made[0].intent_id) == (
        RefundStatus.SUCCEEDED,
        Money(1000),
        "r-1",
        intent.id,
    )
    assert list(gateway.refunds_since(LONG_AGO)) == [made[0]]


def test_no_more_is_refunded_than_is_left(stripe_stand_in):
    intent = paid(stripe_stand_in)
    gateway.create_refund(intent.id, Money(4000), key="r-1", reason="return")
    with pytest.raises(RefundRefused) as refused:
        gateway.create_refund(intent.id, Money(351), key="r-2", reason="return")
    assert refused.value.code == "amount"
    gateway.create_refund(intent.id, Money(350), key="r-3", reason="return")
    with pytest.raises(RefundRefused) as refused:
        gateway.create_refund(intent.id, Money(1), key="r-4", reason="return")
    assert refused.value.code == "charge_already_refunded"


def test_all_intents_since_a_moment_are_found_page_by_page(stripe_stand_in, monkeypatch):
    monkeypatch.setattr(speaking, "PAGE", 2)
    gateway.create_intent(asked())
    stripe_stand_in.advance(days=1)
    late = [gateway.create_intent(asked(attempt=each)).id for each in range(2, 7)]
    since = datetime.now(UTC) + timedelta(hours=12)
    assert [intent.id for intent in gateway.intents_since(since)] == late[::-1]
    assert len(list(gateway.intents_since(LONG_AGO))) == 6


def test_what_was_told_can_be_asked_for_again(stripe_stand_in):
    stripe_stand_in.deliver("lost")
    intent = paid(stripe_stand_in)
    told = list(gateway.told_since(LONG_AGO))
    assert [(each.kind, each.intent_id, each.order_id, each.attempt) for each in told] == [
        ("payment_intent.succeeded", intent.id, ORDER, 1),
        ("charge.succeeded", intent.id, ORDER, 1),
        ("payment_intent.created", intent.id, ORDER, 1),
    ]


@pytest.mark.parametrize("how", ["error", "dropped_before"])
def test_stripe_out_of_reach_is_told_after_three_tries(stripe_stand_in, how):
    stripe_stand_in.fail_next(how, times=3)
    with pytest.raises(GatewayUnavailable):
        gateway.create_intent(asked())
    assert list(gateway.intents_since(LONG_AGO)) == []


def test_too_many_calls_are_to_be_made_later(stripe_stand_in):
    stripe_stand_in.fail_next("busy")
    with pytest.raises(GatewayUnavailable):
        gateway.create_intent(asked())


def test_a_call_whose_answer_was_lost_is_made_once(stripe_stand_in):
    stripe_stand_in.fail_next("dropped_after", times=2)
    made = gateway.create_intent(asked())
    assert [intent.id for intent in gateway.intents_since(LONG_AGO)] == [made.id]


def test_nobody_listening_is_unavailable_too(settings, stripe_stand_in):
    settings.STRIPE_STAND_IN_URL = "http://127.0.0.1:9"
    with pytest.raises(GatewayUnavailable):
        gateway.find_intent("pi_1")


def test_a_wrong_call_is_a_bug_and_not_an_outage(stripe_stand_in):
    with pytest.raises(stripe.InvalidRequestError):
        gateway.find_intent("pi_none")


@pytest.mark.parametrize(
    "call",
    [
        lambda: gateway.create_intent(asked()),
        lambda: gateway.find_intent("pi_1"),
        lambda: gateway.capture_intent("pi_1", Money(1)),
        lambda: gateway.cancel_intent("pi_1"),
        lambda: gateway.create_refund("pi_1", Money(1), key="r", reason="return"),
        lambda: gateway.find_refund("re_1"),
        lambda: list(gateway.intents_since(LONG_AGO)),
        lambda: list(gateway.refunds_since(LONG_AGO)),
        lambda: list(gateway.told_since(LONG_AGO)),
    ],
)
def test_no_call_is_made_inside_a_transaction(stripe_stand_in, call):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        call()
    assert stripe_stand_in.events() == []


def test_with_a_key_only_the_address_changes(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_real"
    real = gateway.client()
    settings.STRIPE_SECRET_KEY = ""
    stand_in = gateway.client()
    options = [vars(each._requestor._options) for each in (real, stand_in)]
    changed = {name for name in options[0] if options[0][name] != options[1][name]}
    assert changed == {"api_key", "base_addresses"}
    assert options[0]["base_addresses"]["api"] == "https://api.stripe.com"
    assert options[0]["max_network_retries"] == 2
    assert real._requestor._client._timeout == (3.0, 10.0)


def test_the_pinned_version_is_the_one_that_the_librarys_types_describe():
    assert stripe.StripeClient("sk_test_1")._requestor._options.stripe_version == (
        gateway.API_VERSION
    )


# Events


def event(**changes):
    intent = {
        "id": "pi_1",
        "object": "payment_intent",
        "metadata": {"order": ORDER, "attempt": "2"},
    }
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": 1_760_000_000,
            "data": {"object": intent | changes},
        }
    ).encode()


def signed(payload, *, secret=gateway.STAND_IN_WEBHOOK_SECRET, age=0):
    return sign(payload, secret=secret, at=int(time.time()) - age)


def test_a_signed_event_is_read(stripe_stand_in):
    assert gateway.read_event(event(), signed(event())) == gateway.StripeTold(
        event_id="evt_1",
        kind="payment_intent.succeeded",
        object_id="pi_1",
        intent_id="pi_1",
        order_id=ORDER,
        attempt=2,
        created_at=datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC),
    )


def test_an_event_about_a_dispute_names_its_payment(stripe_stand_in):
    payload = event(id="du_1", object="dispute", payment_intent="pi_7", metadata={})
    told = gateway.read_event(payload, signed(payload))
    assert (told.object_id, told.intent_id, told.order_id, told.attempt) == (
        "du_1",
        "pi_7",
        None,
        None,
    )


@pytest.mark.parametrize(
    "signature",
    [
        lambda: "",
        lambda: "nonsense",
        lambda: "t=1,v1=é",
        lambda: "t=x,v1=y",
        lambda: signed(event(), secret="whsec_guessed"),
        lambda: signed(event(id="pi_2")),
        lambda: signed(event(), age=301),
    ],
)
def test_a_forged_or_old_signature_is_refused(stripe_stand_in, signature):
    with pytest.raises(SignatureRefused):
        gateway.read_event(event(), signature())


def test_a_body_that_is_no_text_is_refused(stripe_stand_in):
    with pytest.raises(SignatureRefused):
        gateway.read_event(b"\xff\xfe", "t=1,v1=00")


def test_the_stand_ins_secret_opens_nothing_where_stripe_is_real(settings):
    settings.STRIPE_SECRET_KEY = "sk_live_1"
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(SignatureRefused):
        gateway.read_event(event(), signed(event()))
    settings.STRIPE_WEBHOOK_SECRET = "whsec_real"
    with pytest.raises(SignatureRefused):
        gateway.read_event(event(), signed(event()))
    assert gateway.read_event(event(), signed(event(), secret="whsec_real")).event_id == "evt_1"


def test_a_decline_of_a_server_side_step_is_typed():
    with pytest.raises(CardDeclined) as declined, gateway.in_our_words():
        error = {"code": "card_declined", "decline_code": "lost_card", "type": "card_error"}
        raise stripe.CardError("no", None, "card_declined", json_body={"error": error})
    assert declined.value.decline_code == "lost_card"


@pytest.mark.parametrize(
    ("status", "expected"), [(409, GatewayUnavailable), (400, stripe.IdempotencyError)]
)
def test_a_call_still_under_way_is_to_be_made_later_and_a_misused_key_is_a_bug(status, expected):
    with pytest.raises(expected), gateway.in_our_words():
        raise stripe.IdempotencyError("no", http_status=status)
