"""The door: what it refuses, and how it says so."""

import json
from itertools import pairwise

import pytest
from django.test import Client

from accounts.roles import Role
from shop import graphql_http
from tests.builders import ask, make_clinic, staff

pytestmark = pytest.mark.django_db


def post(body, content_type="application/json", **headers):
    return Client().post("/graphql/", body, content_type=content_type, headers=headers)


def codes(response):
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('"x"', "application/json", 400),
        ("{}", "application/json", 400),
        ('{"query": 1}', "application/json", 400),
        ('{"query": "{ shop { name } }", "variables": []}', "application/json", 400),
        ('{"query": "{ shop { name } }", "operationName": 3}', "application/json", 400),
        ('{"query": "{ shop { name } }", "operationName": "x"}', "application/json", 400),
        ("query={shop{name}}", "application/x-www-form-urlencoded", 415),
        ("[" * 50_000, "application/json", 400),
        (json.dumps({"query": "{ shop { name } }", "x": "y" * 100_000}), "application/json", 413),
    ],
)
def test_what_is_not_graphql_gets_a_status_and_a_code(body, content_type, status):
    response = post(body, content_type)
    assert response.status_code == status
    assert len(codes(response)) == 1
    assert response.json()["errors"][0]["extensions"]["requestId"] == response["X-Request-Id"]


def test_other_methods_are_not_allowed():
    response = Client().delete("/graphql/")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("#", "MALFORMED"),
        (" ,\ufeff", "MALFORMED"),
        ("{", "MALFORMED"),
        ("{ nope }", "MALFORMED"),
        ("{ shop { name ", "MALFORMED"),
        ("{ shop { %s } }" % ("name " * 2100), "TOO_EXPENSIVE"),
        ("{ shop %s }" % ("{ places " * 13 + "{ city }" + "}" * 13), "TOO_EXPENSIVE"),
        ("{ %s }" % " ".join(f"a{n}: shop {{ name }}" for n in range(31)), "TOO_EXPENSIVE"),
        (
            "{ products(first: 100) { facets { values { slug } } nodes { brand { slug } "
            "category { slug } picture { alt } manufacturer { name } nutrition { fat } "
            "rating { count } variants { sku } pictures { alt } attributes { slug } "
            "breadcrumbs { slug } rationTable { weightKg } variants { price { cents } } } "
            "edges { node { variants { price { cents } unitPrice { money { cents } } "
            "reduction { price { cents } reference { cents } } } } } } }",
            "TOO_EXPENSIVE",
        ),
        (
            '{ article(slug: "a") { ...a } } '
            + " ".join(
                f"fragment {here} on Article {{ related {{ ...{there} }} "
                f"products {{ articles {{ ...{there} }} }} jsonLd title excerpt }}"
                for here, there in pairwise("abcdefgh")
            )
            + " fragment h on Article { title }",
            "TOO_EXPENSIVE",
        ),
        ("{ ...a } fragment a on Query { ...a }", "MALFORMED"),
        ("{" * 3000, "TOO_EXPENSIVE"),
        ("{" * 40, "MALFORMED"),
        ("{ shop { %s } }" % " ".join(f"x{n}" for n in range(11)), "MALFORMED"),
    ],
)
def test_a_document_that_asks_too_much_is_refused_before_it_runs(query, code):
    answer = ask(query)
    assert answer["errors"][0]["extensions"]["code"] == code
    assert "data" not in answer


def test_two_mutations_in_one_request_are_refused():
    answer = ask("""mutation { a: productPublish(input: {id: "UHJvZHVjdDox"}) { product { id } }
        b: productPublish(input: {id: "UHJvZHVjdDox"}) { product { id } } }""")
    assert answer["errors"][0]["extensions"]["code"] == "ONE_MUTATION"


def test_a_mutation_by_get_is_refused():
    query = 'mutation { productPublish(input: {id: "UHJvZHVjdDox"}) { product { id } } }'
    response = Client().get("/graphql/", {"query": query})
    assert response.status_code == 405


def test_a_query_by_get_is_answered():
    make_clinic()
    response = Client().get("/graphql/", {"query": "{ shop { name } }"})
    assert response.json()["data"] == {"shop": {"name": "Clinique"}}


def test_a_bug_is_masked_and_told_to_the_log_by_its_number(monkeypatch, caplog):
    def fail(*_args, **_how):
        raise ZeroDivisionError("secret of ours")

    monkeypatch.setattr("catalog.listing.card_by_slug", fail)
    answer = ask('{ product(slug: "x") { name } }')
    error = answer["errors"][0]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(answer)
    assert error["extensions"]["requestId"] in caplog.text


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "fr"),
        ("de", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5,fr;q=0.2", "en"),
        ("en;q=x", "en"),
        (",;q=1", "fr"),
    ],
)
def test_french_unless_english_is_wanted_more(asked, given):
    response = post('{"query": "{ shop { name } }"}', **{"accept-language": asked})
    assert response["Content-Language"] == given


def test_a_session_needs_the_csrf_token_and_a_guest_does_not():
    make_clinic()
    client = Client(enforce_csrf_checks=True)
    body = '{"query": "{ shop { name } }"}'
    assert client.post("/graphql/", body, content_type="application/json").status_code == 200
    client.force_login(staff())
    refused = client.post("/graphql/", body, content_type="application/json")
    assert (refused.status_code, codes(refused)) == (403, ["FORBIDDEN"])


def test_graphiql_is_for_development(settings):
    page = Client().get("/graphql/", headers={"accept": "text/html"})
    assert b"graphiql" in page.content.lower()
    settings.PRODUCTION = True
    assert Client().get("/graphql/", headers={"accept": "text/html"}).status_code == 406


def test_staff_may_spend_more_than_guests():
    make_clinic()
    query = """{ products(first: 100) { nodes { brand { name } category { name } picture { alt }
        variants { price { cents } unitPrice { money { cents } } regulatory { class } } } } }"""
    many = query.replace(
        "variants {",
        "rating { count } manufacturer { name } variants { "
        "selectedOptions { name } reduction { price { cents } reference { cents } }",
    )
    wide = many.replace(
        "rating", "breadcrumbs { slug } attributes { slug } nutrition { fat } rating"
    )
    wider = wide.replace(
        "{ nodes",
        "{ edges { node { breadcrumbs { slug } variants { price { cents } "
        "} attributes { slug } nutrition { fat } } } nodes",
    )
    assert ask(wider)["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    assert ask(wider, login=staff(Role.MANAGER))["data"]["products"]["nodes"] == []


def test_refusals_are_worded_in_the_readers_language():
    login = staff(Role.MANAGER)
    query = (
        'mutation { productPublish(input: {id: "UHJvZHVjdDox"}) { userErrors { code message } } }'
    )
    messages = [
        ask(query, login=login, language=language)["data"]["productPublish"]["userErrors"][0][
            "message"
        ]
        for language in ("en", "fr")
    ]
    assert messages == ["We could not find this product.", "Nous ne trouvons pas ce produit."]


def test_the_weight_of_a_language_is_read_kindly():
    assert graphql_http._range("en;q=oops") == ("en", 0.0)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff"])
def test_what_no_database_can_keep_is_refused_at_the_door(text):
    answer = ask("query($slug: String!) { product(slug: $slug) { name } }", {"slug": text})
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_REQUEST"]


@pytest.mark.parametrize("written", [r"\u0000", r"\uD800", r"\u{0}", r"\u{DFFF}"])
def test_nor_is_it_taken_from_a_literal(written):
    answer = ask('{ product(slug: "a%s") { name } }' % written)
    assert {each["extensions"]["code"] for each in answer["errors"]} <= {"BAD_REQUEST", "MALFORMED"}


def test_signs_beyond_the_first_plane_are_text():
    asked = r'{ product(slug: "\uD83D\uDC36 \u{1F408} 🐕") { name } }'
    assert ask(asked) == {"data": {"product": None}, "extensions": {"cost": 1}}
