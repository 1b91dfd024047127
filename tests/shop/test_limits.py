"""What the door lets through, and how often; a refusal costs one line of the log."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from graphql import get_introspection_query

from accounts.roles import Role
from shop import limiting
from shop.limiting import take
from shop.schema import schema
from tests.builders import NOW, ask, make_clinic, owner, staff
from tests.serving import NO_REDIS, redis_caches

SCHEMA_ASKED = "{ __schema { types { name fields { name type { name ofType { name } } } } } }"


def post(query, login=None, *, client=None, **headers):
    client = client or Client()
    if login is not None:
        client.force_login(login)
    return client.post(
        "/graphql/",
        json.dumps({"query": query}),
        content_type="application/json",
        headers={"cache-control": "no-cache", **headers},
    )


def lines_of(caplog):
    """What the shop itself tells; strawberry's own lines reach no handler (shop/logs.py)."""
    return [record for record in caplog.records if record.name.startswith("shop.")]


def code(response):
    return response.json()["errors"][0]["extensions"]["code"]


# Refusals in the log


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "{ shop { %s } }" % ("name " * 5000),
        "{ %s }" % " ".join(f"x{number}" for number in range(1900)),
        "{ %s }" % " ".join(f'product(slug: "{number}") {{ name }}' for number in range(90)),
        '{ product(slug: """a\n\n\nERROR forged""", nope: """\n\nERROR forged""") { name } }',
        "{ products(first: 100) { nodes { articles { products { articles { related { title } } } "
        "} } edges { node { articles { products { articles { title } } } } } } "
        'search(text: "x", first: 100) { products { hits { node { variants { sku } '
        "category { name } brand { name } picture { alt } articles { title products { name } "
        "related { title } } reviews(first: 100) { nodes { text } } } } } } }",
        "{ nope }",
        "{",
    ],
)
def test_a_refused_document_is_one_line_of_the_log(query, caplog):
    caplog.set_level(logging.INFO)
    response = post(query)
    assert code(response) in {"TOO_EXPENSIVE", "MALFORMED"}
    [record] = lines_of(caplog)
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert len(record.getMessage().splitlines()) == 1
    assert len(record.getMessage()) < 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "variables",
    [
        {"slug": [1] * 2000},
        {"slug": json.loads("[" * 60 + "]" * 60)},
        {"slug": json.loads('{"a":' * 900 + "1" + "}" * 900)},
    ],
)
def test_variables_that_hold_too_much_are_refused(variables, caplog):
    caplog.set_level(logging.INFO)
    answer = ask("query($slug: String!) { product(slug: $slug) { name } }", variables)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["TOO_EXPENSIVE"]
    assert len(lines_of(caplog)) == 1


@pytest.mark.django_db
def test_variables_that_do_not_fit_are_one_line_too(caplog):
    caplog.set_level(logging.INFO)
    ask("query($slug: String!) { product(slug: $slug) { name } }", {"slug": ["x"] * 1000})
    assert len(lines_of(caplog)) == 1


# Introspection


@pytest.mark.django_db
@pytest.mark.parametrize("query", [SCHEMA_ASKED, '{ __type(name: "Pet") { name } shop { name } }'])
def test_introspection_in_production_is_for_staff(query, settings):
    make_clinic()
    settings.PRODUCTION = True
    assert code(post(query)) == "FORBIDDEN"
    assert code(post(query, owner("Ada"))) == "FORBIDDEN"
    assert "errors" not in post(query, staff(Role.MANAGER)).json()
    settings.PRODUCTION = False
    assert "errors" not in post(query).json()


@pytest.mark.django_db
def test_introspection_in_full_is_not_too_deep():
    answer = ask(get_introspection_query())
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


@pytest.mark.django_db
def test_the_name_of_a_type_is_no_introspection(settings):
    make_clinic()
    settings.PRODUCTION = True
    answer = ask("{ __typename shop { __typename } }")
    assert answer["data"] == {"__typename": "Query", "shop": {"__typename": "Shop"}}


@pytest.mark.django_db
def test_introspection_that_goes_in_circles_is_refused():
    answer = ask(
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } "
        "} } } } } } } } }"
    )
    assert answer["errors"][0]["extensions"]["code"] == "MALFORMED"


# Buckets


def test_a_bucket_holds_a_minutes_worth_and_refills():
    def taken(amount, after_s):
        return take("bucket:test", amount, 600, at=NOW + timedelta(seconds=after_s))

    assert [taken(300, 0), taken(300, 0)] == [0, 0]
    assert taken(1, 0) == 1
    assert taken(100, 0) == 10
    assert taken(100, 10) == 0
    assert taken(100, 11) == 9
    assert taken(600, 300) == 0
    assert taken(1, 300) == 1


def test_a_full_bucket_gives_once_what_it_cannot_hold():
    assert take("bucket:test", 2000, 600, at=NOW) == 0
    assert take("bucket:test", 1, 600, at=NOW) == 141
    assert take("bucket:test", 2000, 600, at=NOW + timedelta(seconds=60)) == 140
    assert take("bucket:test", 2000, 600, at=NOW + timedelta(seconds=200)) == 0


@pytest.mark.django_db
def test_who_asks_too_much_is_told_when_to_ask_again(settings, caplog):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 3
    caplog.set_level(logging.INFO)
    with time_machine.travel(NOW, tick=False):
        assert [post("{ shop { name } }").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = post("{ shop { name } }")
    assert refused["Retry-After"] == "20"
    [error] = refused.json()["errors"]
    assert error == {
        "message": "Too much at once: ask again in 20 s.",
        "extensions": {
            "code": "RATE_LIMITED",
            "requestId": refused["X-Request-Id"],
            "retryAfter": 20,
        },
    }
    assert [record.facts["status"] for record in lines_of(caplog)] == [200, 200, 200, 429, 429]
    with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
        assert post("{ shop { name } }").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_guests_are_told_apart_by_network(first, second, are_one, settings):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 1
    assert post("{ shop { name } }", client=Client(REMOTE_ADDR=first)).status_code == 200
    again = post("{ shop { name } }", client=Client(REMOTE_ADDR=second))
    assert again.status_code == (429 if are_one else 200)


@pytest.mark.django_db
@pytest.mark.parametrize("told", ["nonsense", "192.0.2.1"])
def test_guests_whose_address_is_not_told_share_a_bucket(told, settings):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 1
    settings.TRUSTED_PROXIES = 2
    asked = [
        post("{ shop { name } }", **{"x-forwarded-for": each}).status_code
        for each in (told, "other")
    ]
    assert asked == [200, 429]


@pytest.mark.django_db
def test_owners_have_a_bucket_of_their_own_and_staff_a_large_one(settings):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 1
    post("{ shop { name } }")
    login, desk = owner("Ada"), staff(Role.MANAGER)
    assert [post("{ shop { name } }", login).status_code for _ in range(3)] == [200, 200, 429]
    assert [post("{ shop { name } }", desk).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.django_db
def test_refused_documents_empty_the_bucket_too(settings):
    settings.RATE_LIMIT_PER_MINUTE = 20
    asked = [post("{ nope%s }" % number).status_code for number in range(3)]
    assert asked == [200, 200, 429]


@pytest.mark.django_db
def test_a_voucher_may_be_tried_ten_times_a_minute(settings):
    settings.RATE_LIMIT_PER_MINUTE = 100_000
    query = (
        'mutation { cartVoucherApply(input: {cartId: "Q2FydDox", code: "X"}) '
        "{ userErrors { code } } }"
    )
    assert [post(query).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.django_db
def test_a_kept_answer_costs_nothing(settings):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 1
    asked = [post("{ shop { name } }", **{"cache-control": ""}).status_code for _ in range(5)]
    assert asked == [200] * 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        'mutation { paymentReturn(input: {orderId: "T3JkZXI6MQ=="}) { userErrors { code } } }',
        'mutation { paymentRetry(input: {orderId: "T3JkZXI6MQ=="}) { userErrors { code } } }',
        '{ order(id: "T3JkZXI6MQ==") { number } }',
    ],
)
def test_a_purchase_that_was_begun_is_never_held_up(query, settings):
    settings.RATE_LIMIT_PER_MINUTE = 1
    login = owner("Ada")
    for _ in range(3):
        post("{ __typename }", login)
    assert post("{ __typename }", login).status_code == 429
    assert [post(query, login).status_code for _ in range(5)] == [200] * 5


def test_every_field_that_is_named_exists():
    roots = {
        *schema._schema.query_type.fields,
        *schema._schema.mutation_type.fields,
    }
    assert limiting.NEVER | set(limiting.TIGHTER) <= roots
    assert limiting.NEVER.isdisjoint(limiting.TIGHTER)


@pytest.mark.django_db
def test_a_cache_that_does_not_answer_holds_nobody_up(settings, monkeypatch, caplog):
    make_clinic()
    settings.RATE_LIMIT_PER_MINUTE = 1
    settings.CACHES = redis_caches(NO_REDIS)
    asked = [post("{ shop { name } }").status_code for _ in range(3)]
    assert asked == [200] * 3
    assert len([each for each in lines_of(caplog) if each.levelname == "WARNING"]) == 3
