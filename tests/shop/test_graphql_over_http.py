"""What the GraphQL over HTTP specification asks of a server: MUST, SHOULD and MAY.

https://graphql.github.io/graphql-over-http/draft/, with its sections as headings here.
"""

import json

import pytest
from django.test import Client

from accounts.roles import Role
from tests.builders import make_clinic, staff

pytestmark = pytest.mark.django_db
JSON, NEWER = "application/json", "application/graphql-response+json"
NAME = "{ shop { name } }"
TOLD = {"shop": {"name": "Clinique"}}
MUTATION = 'mutation { productPublish(input: {id: "UHJvZHVjdDox"}) { product { id } } }'


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def post(body, accept=None, *, kind=JSON, client=None):
    headers = {} if accept is None else {"accept": accept}
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    return (client or Client()).post("/graphql/", body, content_type=kind, headers=headers)


def get(parameters, accept=NEWER):
    return Client().get("/graphql/", parameters, headers={"accept": accept})


def kind_of(response):
    return response["Content-Type"].split(";")[0]


# Serialization, media types


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (NEWER, NEWER),
        (f"{NEWER}; charset=utf-8", NEWER),
        (NEWER.upper(), NEWER),
        (f"{NEWER}, {JSON};q=0.9", NEWER),
        (f"{NEWER};q=0.5, {JSON}", JSON),
        (f"{JSON};q=0, */*", NEWER),
        (f"text/html, {NEWER};q=0.1", NEWER),
    ],
)
def test_the_type_is_the_one_wanted_most(accept, kind):
    response = post({"query": NAME}, accept)
    assert (response.status_code, kind_of(response)) == (200, kind)
    assert response["Content-Type"].endswith("; charset=utf-8")
    assert response.json()["data"] == TOLD


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0", "nonsense"])
def test_who_takes_no_json_is_told_what_there_is(accept):
    response = post({"query": NAME}, accept)
    assert (response.status_code, kind_of(response)) == (406, JSON)
    message = response.json()["errors"][0]["message"]
    assert message == f"Accept {NEWER} or {JSON}."


# Methods of a request


def test_get_and_post_are_answered():
    assert get({"query": NAME}).json() == post({"query": NAME}, NEWER).json()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_told_which_there_are(method):
    response = getattr(Client(), method)("/graphql/")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("accept", [JSON, NEWER])
def test_a_get_never_changes_anything(accept):
    response = get({"query": MUTATION}, accept)
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert "data" not in response.json()


# Parameters of a request


@pytest.mark.parametrize(
    "given",
    [
        {"variables": None},
        {"variables": {}},
        {"operationName": None},
        {"operationName": ""},
        {"extensions": None},
        {"extensions": {"trace": 1}},
        {"unknown": [1]},
    ],
)
def test_what_may_be_left_out_may_be_null_or_empty_too(given):
    response = post({"query": NAME, **given}, NEWER)
    assert (response.status_code, response.json()["data"]) == (200, TOLD)


@pytest.mark.parametrize("accept", [JSON, NEWER])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"query": None},
        {"query": 1},
        {"query": ""},
        {"query": [NAME]},
        {"query": NAME, "variables": []},
        {"query": NAME, "variables": "{}"},
        {"query": NAME, "variables": 0},
        {"query": NAME, "operationName": 1},
        {"query": NAME, "operationName": {}},
        {"query": NAME, "extensions": []},
        {"query": NAME, "extensions": "x"},
        [{"query": NAME}],
        "{",
        " ",
        b"\xff\xfe",
    ],
)
def test_what_is_no_request_is_a_bad_one(given, accept):
    response = post(given, accept)
    assert (response.status_code, kind_of(response)) == (400, accept)
    assert set(response.json()) == {"errors"}


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"query": NAME, "variables": "{}"}, 200),
        ({"query": NAME, "variables": ""}, 200),
        ({"query": NAME, "variables": "null"}, 200),
        ({"query": NAME, "operationName": ""}, 200),
        ({"query": NAME, "extensions": '{"a": 1}'}, 200),
        ({"query": NAME, "variables": "{"}, 400),
        ({"query": NAME, "variables": "[]"}, 400),
        ({"query": NAME, "extensions": "1"}, 400),
        ({"variables": "{}"}, 400),
    ],
)
def test_by_get_variables_and_extensions_are_json_texts(parameters, status):
    assert get(parameters).status_code == status


def test_one_operation_of_several_is_named():
    both = "query a { shop { name } } query b { shop { phone } }"
    assert post({"query": both, "operationName": "a"}, NEWER).json()["data"] == TOLD
    for name in (None, "c"):
        assert post({"query": both, "operationName": name}, NEWER).status_code == 400


def test_variables_take_their_place():
    query = "query($slug: String!) { product(slug: $slug) { slug } }"
    given = {"query": query, "variables": {"slug": "none"}}
    assert post(given, NEWER).json()["data"] == {"product": None}


# Content type of a request


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (JSON, 200),
        ("application/json; charset=utf-8", 200),
        ("application/json; charset=UTF-8", 200),
        ("application/json;charset=utf8", 200),
        ("application/json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        (NEWER, 415),
        ("nonsense", 415),
    ],
)
def test_a_body_is_json_in_utf_8(kind, status):
    assert post({"query": NAME}, NEWER, kind=kind).status_code == status


# Status codes of a response


@pytest.mark.parametrize(
    "given",
    [
        {"query": "{"},
        {"query": "{ nope }"},
        {"query": "query($a: Int!) { products(first: $a) { totalCount } }"},
        {"query": "query($a: Int) { products(first: $a) { totalCount } }", "variables": {"a": "x"}},
        {"query": "{ %s }" % " ".join(f"a{n}: shop {{ name }}" for n in range(31))},
    ],
)
def test_what_was_never_executed_has_no_data_and_the_newer_type_says_400(given):
    plain, newer = post(given, JSON), post(given, NEWER)
    assert (plain.status_code, newer.status_code) == (200, 400)
    assert "data" not in plain.json()
    assert "data" not in newer.json()


@pytest.mark.parametrize("accept", [JSON, NEWER])
def test_what_was_executed_is_answered_with_200_even_with_errors(accept):
    response = post({"query": '{ products(after: "x") { totalCount } }'}, accept)
    answer = response.json()
    assert (response.status_code, answer["data"]) == (200, None)
    assert answer["errors"][0]["path"] == ["products"]


def test_a_part_that_failed_stands_beside_the_rest():
    response = post({"query": '{ shop { name } category(slug: "x") { slug } }'}, NEWER)
    assert (response.status_code, response.json()["data"]) == (200, {**TOLD, "category": None})


@pytest.mark.parametrize("accept", [JSON, NEWER])
def test_who_asks_with_a_false_token_is_401_in_either_type(accept):
    headers = {"accept": accept, "authorization": "Bearer nonsense"}
    response = Client().post("/graphql/", {"query": NAME}, content_type=JSON, headers=headers)
    assert (response.status_code, kind_of(response)) == (401, accept)


def test_a_session_is_answered_alike():
    client = Client()
    client.force_login(staff(Role.MANAGER))
    assert post({"query": NAME}, NEWER, client=client).json()["data"] == TOLD
