"""The stand-in is held against Stripe: its library drives it, its examples give the shapes."""

import json
from pathlib import Path

import pytest
import stripe
from django.core.management import CommandError, call_command

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "open" / "stripe" / "fixtures3.json"


@pytest.fixture
def client(stripe_stand_in):
    return client_of(stripe_stand_in)


def client_of(holder, *, key="sk_test_1", timeout=5, retries=0):
    return stripe.StripeClient(
        key,
        base_addresses={"api": holder.url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def begin(client, amount=4350, options=None, **params):
    asked = {"amount": amount, "currency": "eur", "allowed_payment_method_types": ["card"]}
    return client.v1.payment_intents.create(asked | params, options)


def authorised(client, holder, amount=4350):
    intent = begin(client, amount, capture_method="manual")
    holder.confirm(intent.client_secret)
    return client.v1.payment_intents.retrieve(intent.id)


def paid(client, holder, card="pm_card_visa"):
    intent = begin(client)
    holder.confirm(intent.client_secret, card)
    return client.v1.payment_intents.retrieve(intent.id)


def refused(kind, act):
    with pytest.raises(kind) as told:
        act()
    return told.value


# Paying


def test_a_card_pays_once_its_holder_confirms_it(client, stripe_stand_in):
    intent = begin(client, metadata={"order": "o-1", "attempt": "1"})
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    confirmed = stripe_stand_in.confirm(intent.client_secret)
    assert (confirmed["status"], confirmed["amount_received"]) == ("succeeded", 4350)
    found = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert found.metadata.to_dict() == {"order": "o-1", "attempt": "1"}
    charge = found.latest_charge
    assert (charge.amount_captured, charge.paid, charge.captured) == (4350, True, True)
    assert stripe_stand_in.happened() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ],
)
def test_a_declined_card_leaves_the_intent_to_another(
    client, stripe_stand_in, card, code, decline_code
):
    intent = begin(client)
    error = stripe_stand_in.confirm(intent.client_secret, card)["error"]
    assert (error["type"], error["code"], error.get("decline_code")) == (
        "card_error",
        code,
        decline_code,
    )
    found = client.v1.payment_intents.retrieve(intent.id)
    assert (found.status, found.payment_method) == ("requires_payment_method", None)
    assert found.last_payment_error.code == code
    assert client.v1.charges.retrieve(found.latest_charge).status == "failed"
    assert stripe_stand_in.confirm(intent.client_secret)["status"] == "succeeded"


def test_a_decline_is_a_card_error_of_the_library(client):
    error = refused(
        stripe.CardError,
        lambda: begin(client, confirm=True, payment_method="pm_card_visa_chargeDeclined"),
    )
    assert (error.http_status, error.code, error.error.decline_code) == (
        402,
        "card_declined",
        "generic_decline",
    )
    assert error.error.payment_intent.status == "requires_payment_method"


def test_the_holder_proves_themselves_to_their_bank(client, stripe_stand_in):
    intent = begin(client)
    waiting = stripe_stand_in.confirm(intent.client_secret, "pm_card_authenticationRequired")
    assert waiting["status"] == "requires_action"
    assert waiting["next_action"] == {
        "type": "redirect_to_url",
        "redirect_to_url": {
            "return_url": "https://shop.example/",
            "url": f"{stripe_stand_in.url}/_control/authenticate/{intent.id}",
        },
    }
    stripe_stand_in.pass_3ds(intent.id)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_who_fails_the_proof_has_not_paid(client, stripe_stand_in):
    intent = begin(client)
    stripe_stand_in.confirm(intent.client_secret, "pm_card_authenticationRequired")
    stripe_stand_in.fail_3ds(intent.id)
    found = client.v1.payment_intents.retrieve(intent.id)
    assert (found.status, found.latest_charge) == ("requires_payment_method", None)
    assert found.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_card_may_prove_its_holder_and_still_be_declined(client, stripe_stand_in):
    intent = begin(client)
    stripe_stand_in.confirm(
        intent.client_secret, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    )
    assert stripe_stand_in.pass_3ds(intent.id)["status"] == "requires_payment_method"
    assert stripe_stand_in.happened()[-1] == "payment_intent.payment_failed"


def test_what_is_paid_cannot_be_confirmed_cancelled_or_captured(client, stripe_stand_in):
    intent = paid(client, stripe_stand_in)
    error = stripe_stand_in.confirm(intent.client_secret)["error"]
    assert error["code"] == "payment_intent_unexpected_state"
    for step in (client.v1.payment_intents.cancel, client.v1.payment_intents.capture):
        said = refused(stripe.InvalidRequestError, lambda step=step: step(intent.id))
        assert said.code == "payment_intent_unexpected_state"
        assert said.error.payment_intent.status == "succeeded"


# Taking later


def test_what_was_authorised_is_taken_in_whole_or_in_part(client, stripe_stand_in):
    intent = authorised(client, stripe_stand_in)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 4350)
    taken = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 4000})
    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 4000, 0)
    charge = client.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (4000, 350, False)
    left = client.v1.refunds.create({"payment_intent": intent.id})
    assert left.amount == 4000


def test_no_more_is_taken_than_was_authorised(client, stripe_stand_in):
    intent = authorised(client, stripe_stand_in)
    error = refused(
        stripe.InvalidRequestError,
        lambda: client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 4351}),
    )
    assert (error.code, error.param) == ("amount_too_large", "amount_to_capture")
    assert client.v1.payment_intents.retrieve(intent.id).amount_capturable == 4350


def test_an_authorisation_ends_after_seven_days(client, stripe_stand_in):
    intent = authorised(client, stripe_stand_in)
    stripe_stand_in.advance(days=6)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    stripe_stand_in.advance(days=1)
    ended = client.v1.payment_intents.retrieve(intent.id)
    assert (ended.status, ended.cancellation_reason, ended.amount_capturable) == (
        "canceled",
        "automatic",
        0,
    )
    assert [each.reason for each in client.v1.refunds.list().data] == ["expired_uncaptured_charge"]
    assert stripe_stand_in.happened()[-4:] == [
        "charge.expired",
        "refund.created",
        "charge.refunded",
        "payment_intent.canceled",
    ]


def test_a_cancelled_intent_takes_no_card(client, stripe_stand_in):
    intent = begin(client)
    ended = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (ended.status, ended.cancellation_reason) == ("canceled", "abandoned")
    error = stripe_stand_in.confirm(intent.client_secret)["error"]
    assert error["payment_intent"]["status"] == "canceled"


# Cards saved for later


def test_a_saved_card_pays_while_its_holder_is_away(client, stripe_stand_in):
    customer = client.v1.customers.create({"email": "camille@example.org"})
    setup = client.v1.setup_intents.create({"customer": customer.id, "usage": "off_session"})
    stripe_stand_in.confirm(setup.client_secret, "pm_card_authenticationRequiredOnSetup")
    stripe_stand_in.pass_3ds(setup.id)
    saved = client.v1.setup_intents.retrieve(setup.id)
    assert saved.status == "succeeded"
    bought = begin(
        client,
        customer=customer.id,
        payment_method=saved.payment_method,
        off_session=True,
        confirm=True,
    )
    assert bought.status == "succeeded"


def test_a_card_that_always_wants_its_holder_fails_while_they_are_away(client):
    error = refused(
        stripe.CardError,
        lambda: begin(
            client,
            payment_method="pm_card_authenticationRequired",
            off_session=True,
            confirm=True,
        ),
    )
    assert (error.code, error.error.decline_code) == (
        "authentication_required",
        "authentication_required",
    )


def test_a_card_saved_by_one_customer_does_not_pay_for_another(client):
    mine, other = (client.v1.customers.create({}) for _ in range(2))
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": mine.id})
    error = refused(
        stripe.InvalidRequestError,
        lambda: begin(client, customer=other.id, payment_method=card.id, confirm=True),
    )
    assert error.param == "payment_method"


# Giving back


def test_refunds_never_add_up_to_more_than_was_paid(client, stripe_stand_in):
    intent = paid(client, stripe_stand_in)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 4000})
    more = {"payment_intent": intent.id, "amount": 351}
    error = refused(stripe.InvalidRequestError, lambda: client.v1.refunds.create(more))
    assert error.user_message == (
        "Refund amount (€3.51) is greater than unrefunded amount on charge (€3.50)"
    )
    client.v1.refunds.create({"payment_intent": intent.id})
    error = refused(stripe.InvalidRequestError, lambda: client.v1.refunds.create(more))
    assert error.code == "charge_already_refunded"
    charge = client.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (4350, True)


def test_what_was_not_paid_is_not_given_back(client, stripe_stand_in):
    for intent in (begin(client), authorised(client, stripe_stand_in)):
        asked = {"payment_intent": intent.id}
        error = refused(
            stripe.InvalidRequestError, lambda asked=asked: client.v1.refunds.create(asked)
        )
        assert "does not have a successful charge to refund" in error.user_message
    assert client.v1.refunds.list().data == []


def test_a_refund_may_arrive_late_or_come_back(client, stripe_stand_in):
    late = paid(client, stripe_stand_in, "pm_card_pendingRefund")
    lost = paid(client, stripe_stand_in, "pm_card_refundFail")
    made = [client.v1.refunds.create({"payment_intent": each.id}) for each in (late, lost)]
    assert [each.status for each in made] == ["pending", "succeeded"]
    stripe_stand_in.advance(days=1)
    found = [client.v1.refunds.retrieve(each.id).status for each in made]
    assert found == ["succeeded", "failed"]
    assert client.v1.charges.retrieve(lost.latest_charge).amount_refunded == 0
    assert {"refund.updated", "refund.failed"} < set(stripe_stand_in.happened())


def test_a_disputed_payment_is_not_refunded_too(client, stripe_stand_in):
    intent = paid(client, stripe_stand_in)
    dispute = stripe_stand_in.open_dispute(intent.id)
    assert client.v1.disputes.retrieve(dispute["id"]).status == "needs_response"
    error = refused(
        stripe.InvalidRequestError,
        lambda: client.v1.refunds.create({"payment_intent": intent.id}),
    )
    assert error.code == "charge_disputed"
    stripe_stand_in.close_dispute(dispute["id"], won=False)
    assert client.v1.disputes.list().data[0].status == "lost"


# Saying no as Stripe does


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({"amont": 5}, "parameter_unknown", "amont"),
        ({"metadata": {"a": "b"}, "x": {"y": 1}}, "parameter_unknown", "x"),
        (
            {"automatic_payment_methods": {"enabled": True, "sure": True}},
            "parameter_unknown",
            "automatic_payment_methods[sure]",
        ),
        ({"amount": "4,50"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"capture_method": "later"}, None, "capture_method"),
        ({"confirm": "maybe"}, None, "confirm"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"statement_descriptor": "X"}, "stand_in_unsupported", "statement_descriptor"),
    ],
)
def test_wrong_parameters_are_refused_by_name(client, asked, code, param):
    error = refused(stripe.InvalidRequestError, lambda: begin(client, **asked))
    assert (error.code, error.param) == (code, param)
    assert client.v1.payment_intents.list().data == []


def test_a_missing_parameter_is_named(client):
    error = refused(
        stripe.InvalidRequestError, lambda: client.v1.payment_intents.create({"amount": 100})
    )
    assert (error.code, error.param) == ("parameter_missing", "currency")


def test_keys_open_what_they_are_for(client, stripe_stand_in):
    live = client_of(stripe_stand_in, key="sk_live_1")
    assert refused(stripe.AuthenticationError, lambda: begin(live)).http_status == 401
    public = client_of(stripe_stand_in, key="pk_test_1")
    error = refused(stripe.AuthenticationError, lambda: begin(public))
    assert error.error.code == "secret_key_required"
    intent = begin(client)
    wrong = f"{intent.id}_secret_guessed"
    assert stripe_stand_in.confirm(wrong)["error"]["code"] == "resource_missing"
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_what_there_is_not_is_404(client):
    error = refused(
        stripe.InvalidRequestError, lambda: client.v1.payment_intents.retrieve("pi_none")
    )
    assert (error.http_status, error.code) == (404, "resource_missing")
    error = refused(stripe.InvalidRequestError, client.v1.coupons.list)
    assert error.http_status == 404


# Asked twice


def test_the_same_key_gets_the_same_answer(client):
    key = {"idempotency_key": "o-1:1:create"}
    first, again = (begin(client, options=key) for _ in range(2))
    assert first.id == again.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(client.v1.payment_intents.list().data) == 1


def test_a_key_is_for_one_thing(client):
    key = {"idempotency_key": "o-1:1:create"}
    intent = begin(client, options=key)
    error = refused(stripe.IdempotencyError, lambda: begin(client, 4351, options=key))
    assert error.http_status == 400
    refused(
        stripe.IdempotencyError, lambda: client.v1.payment_intents.cancel(intent.id, options=key)
    )
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_decline_is_said_again_to_the_same_key(client, stripe_stand_in):
    asked = {"confirm": True, "payment_method": "pm_card_visa_chargeDeclined"}
    for _ in range(2):
        refused(stripe.CardError, lambda: begin(client, options={"idempotency_key": "k"}, **asked))
    assert stripe_stand_in.happened().count("charge.failed") == 1


def test_a_key_is_forgotten_after_a_day(client, stripe_stand_in):
    key = {"idempotency_key": "o-1:1:create"}
    first = begin(client, options=key)
    stripe_stand_in.advance(days=1)
    assert begin(client, options=key).id != first.id


# Pages


def test_lists_are_read_page_by_page_the_newest_first(client):
    made = [begin(client, 100 + each).id for each in range(5)]
    page = client.v1.payment_intents.list({"limit": 2})
    assert ([each.id for each in page.data], page.has_more) == ([made[4], made[3]], True)
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]


def test_lists_are_narrowed_by_time(client, stripe_stand_in):
    begin(client)
    stripe_stand_in.advance(days=1)
    late = begin(client)
    found = client.v1.payment_intents.list({"created": {"gte": late.created}})
    assert [each.id for each in found.data] == [late.id]


# When Stripe is not well


@pytest.mark.parametrize(
    ("how", "error", "made"),
    [
        ("error", stripe.APIError, 0),
        ("busy", stripe.RateLimitError, 0),
        ("dropped_before", stripe.APIConnectionError, 0),
        ("dropped_after", stripe.APIConnectionError, 1),
    ],
)
def test_a_call_may_fail_before_or_after_the_work(client, stripe_stand_in, how, error, made):
    stripe_stand_in.fail_next(how)
    refused(error, lambda: begin(client))
    assert len(client.v1.payment_intents.list().data) == made


def test_a_slow_answer_is_not_waited_for(stripe_stand_in):
    hasty = client_of(stripe_stand_in, timeout=0.2)
    stripe_stand_in.fail_next("slow", seconds=1)
    refused(stripe.APIConnectionError, lambda: begin(hasty))
    assert len(hasty.v1.payment_intents.list().data) == 1


def test_a_call_repeated_after_a_dropped_line_is_done_once(stripe_stand_in):
    patient = client_of(stripe_stand_in, retries=2)
    stripe_stand_in.fail_next("dropped_after")
    assert begin(patient).last_response.headers["Idempotent-Replayed"] == "true"
    assert len(patient.v1.payment_intents.list().data) == 1


# Its own doors


def test_the_control_plane_is_not_for_pages_of_others(stripe_stand_in):
    form = stripe_stand_in._ask("/_control/reset", "", "pk_test_1")
    read = stripe_stand_in._ask("/_control/reset", None, "pk_test_1", kind="application/json")
    assert [each["error"]["code"] for each in (form, read)] == ["resource_missing"] * 2


def test_an_unknown_control_is_named(stripe_stand_in):
    with pytest.raises(AssertionError, match="No such control: 'refund'"):
        stripe_stand_in._control("refund")
    with pytest.raises(AssertionError, match="clock: KeyError"):
        stripe_stand_in._control("clock")


def test_nothing_stands_in_for_stripe_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("stripe_stand_in")


# Shapes


@pytest.fixture
def examples():
    if not EXAMPLES.exists():
        pytest.skip("Stripe's example objects are not here: see docs/decisions/0008.")
    return json.loads(EXAMPLES.read_text())["resources"]


#: Stripe's examples leave these as stubs; its library's types say what they hold.
STUBS = {
    "last_payment_error": stripe.PaymentIntent.LastPaymentError,
    "last_setup_error": stripe.SetupIntent.LastSetupError,
    "next_action": stripe.PaymentIntent.NextAction,
}
FREE = {"metadata"}


def differences(ours, example, path):
    """Where an object of ours has a key that Stripe's example has not, or of another type."""
    if isinstance(ours, dict) and isinstance(example, dict):
        for key, value in ours.items():
            here = f"{path}.{key}"
            if key in FREE:
                continue
            if key in STUBS:
                known = set(STUBS[key].__annotations__) | {"payment_intent"}
                yield from (f"{here}.{each}" for each in (value or {}) if each not in known)
            elif key not in example:
                yield here
            else:
                yield from differences(value, example[key], here)
    elif ours is not None and example is not None and type(ours) is not type(example):
        yield f"{path}: {ours!r}, not like {example!r}"


def test_objects_have_the_shape_of_stripes_examples(client, stripe_stand_in, examples):
    customer = client.v1.customers.create({"email": "camille@example.org"})
    setup = client.v1.setup_intents.create({"customer": customer.id})
    intent = begin(client, receipt_email="camille@example.org", description="K-1")
    stripe_stand_in.confirm(intent.client_secret, "pm_card_visa_chargeDeclined")
    stripe_stand_in.confirm(intent.client_secret, "pm_card_authenticationRequired")
    stripe_stand_in.confirm(setup.client_secret)
    taken_later = authorised(client, stripe_stand_in)
    bought = paid(client, stripe_stand_in)
    client.v1.refunds.create({"payment_intent": bought.id, "amount": 1})
    stripe_stand_in.open_dispute(bought.id)
    stripe_stand_in.advance(days=7)
    assert client.v1.payment_intents.retrieve(taken_later.id).status == "canceled"
    told = stripe_stand_in.events()
    kinds = {event["data"]["object"]["object"] for event in told}
    assert kinds == {
        "charge",
        "customer",
        "dispute",
        "payment_intent",
        "payment_method",
        "refund",
        "setup_intent",
    }
    found = [each for event in told for each in differences_of_event(event, examples)]
    assert found == []


def differences_of_event(event, examples):
    thing = event["data"]["object"]
    yield from differences(thing, examples[thing["object"]], thing["object"])
    example = examples["event"] | {"data": {"object": thing}}
    yield from differences(event, example, "event")


def test_a_payment_holds_all_that_stripes_example_holds(client, examples):
    """Only what the stand-in cannot do may be missing."""
    made = begin(client).to_dict()
    assert set(examples["payment_intent"]) - set(made) == {
        "customer_account",
        "excluded_payment_method_types",
        "managed_payments",
        "payment_method_configuration_details",
    }


def test_a_payment_from_before_it_began_is_known_again(client, stripe_stand_in):
    facts = {"amount": 4350, "metadata": {"order": "o"}, "client_secret": "s", "captured": False}
    for _ in range(2):
        stripe_stand_in._control(
            "adopt", intent="pi_before", captures_later=True, confirmed=True, **facts
        )
    known = client.v1.payment_intents.retrieve("pi_before")
    assert (known.status, known.amount_capturable) == ("requires_capture", 4350)
    assert client.v1.payment_intents.capture("pi_before").status == "succeeded"
    assert client.v1.refunds.create({"payment_intent": "pi_before"}).amount == 4350
