"""Whatever is sent, parsers answer or refuse in words: no 500, nothing of ours told, no growth."""

import json
import time
from base64 import b64encode
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from advice import captions, markdown
from kernel.graphql.paging import cursor, read_cursor
from kernel.graphql.payloads import ClientMistake
from shop.stripe_stand_in.webhooks import sign
from tests.builders import make_clinic

MANY = settings(max_examples=400, deadline=None)
SOME = settings(MANY, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
SLOW = [pytest.mark.slow, pytest.mark.django_db]
HUGE = 10**30
LEAKS = ("Traceback", "site-packages", 'File "', "SELECT ", "psycopg", "sqlite3")

integers = st.integers(-HUGE, HUGE)
values = st.one_of(st.text(max_size=30), integers)
jsons = st.recursive(
    st.none() | st.booleans() | integers | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
cursors = st.one_of(
    st.text(max_size=60),
    st.lists(values, min_size=1, max_size=3).map(lambda packed: cursor(*packed)),
    st.tuples(st.text(max_size=20), integers).map(lambda packed: cursor(*packed)),
    st.tuples(
        st.sampled_from(["RELEVANCE", "NEWEST", "NAME", "PRICE_ASC"]), integers, integers
    ).map(lambda packed: cursor(*packed)),
    st.tuples(st.sampled_from(["RELEVANCE", "NEWEST"]), st.text(max_size=30), integers).map(
        lambda packed: cursor(*packed)
    ),
)


def global_id(kind, key):
    return b64encode(f"{kind}:{key}".encode()).decode()


def answered(response):
    """The body of an answer that is no failure of ours and tells nothing of how we are made."""
    body = b"".join(response).decode()
    assert response.status_code < 500, body
    assert not [leak for leak in LEAKS if leak in body]
    assert "INTERNAL" not in body
    assert len(body) < 100_000
    return body


def graphql(query, **variables):
    body = json.dumps({"query": query, "variables": variables})
    return answered(Client().post("/graphql/", body, content_type="application/json"))


@given(text=cursors, shape=st.lists(st.sampled_from([str, int]), max_size=3))
def test_a_cursor_holds_what_it_should_or_is_refused(text, shape):
    try:
        found = read_cursor(text, *shape)
    except ClientMistake:
        return
    assert [type(value) for value in found] == shape


class TestTheApi:
    pytestmark = SLOW

    @SOME
    @given(after=cursors)
    @example(after=cursor("RELEVANCE", HUGE, HUGE))
    @example(after=cursor("NEWEST", "\0", HUGE))
    @example(after=cursor("2026-01-01", -HUGE))
    def test_any_cursor(self, after):
        graphql(
            """query($after: String) {
                products(after: $after) { totalCount }
                articles(after: $after) { totalCount }
                publicQuestions(after: $after) { nodes { id } } }""",
            after=after,
        )

    @SOME
    @given(
        given_id=st.one_of(
            st.text(max_size=40),
            st.tuples(
                st.sampled_from(["Product", "Variant", "Order", "Cart", "Pet", "x"]), values
            ).map(lambda pair: cursor(*pair)),
            st.tuples(
                st.sampled_from(["Product", "Article", "Cart", "Order", "Person"]), values
            ).map(lambda pair: global_id(*pair)),
        )
    )
    def test_any_id(self, given_id):
        graphql(
            """query($id: ID!) {
                node(id: $id) { id } cart(id: $id) { id } order(id: $id) { id } }""",
            id=given_id,
        )

    @SOME
    @given(
        body=st.one_of(st.binary(max_size=300), jsons.map(lambda made: json.dumps(made).encode()))
    )
    @example(body=b"[" * 90_000)
    @example(body=b'{"query": "{ __typename }", "variables": {"a": 1e999}}')
    def test_any_body(self, body):
        for path in ("/graphql/", "/auth/app/v1/auth/login", "/auth/app/v1/auth/signup"):
            answered(Client().post(path, body, content_type="application/json"))

    @SOME
    @given(query=st.text('{}()[]!:$@#.,"\\ \n\t\0query fragment on shop name é🐕1', max_size=200))
    def test_any_document(self, query):
        graphql(query)

    @SOME
    @given(
        token=st.text(
            st.characters(codec="utf-8", exclude_characters="/?#\n\r"), min_size=1, max_size=80
        )
    )
    def test_any_signed_address(self, token):
        for door in ("exports", "attachments", "documents"):
            answered(Client().get(f"/{door}/{quote(token)}"))
        answered(Client().put(f"/uploads/{quote(token)}", b"x"))

    @SOME
    @given(
        language=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
        stretch=st.text("bytes=-0123456789, ", max_size=40),
        address=st.text("0123456789abcdef:.;=tsig,", max_size=120),
    )
    def test_any_header(self, language, stretch, address):
        headers = {
            "Accept-Language": language,
            "Range": stretch,
            "X-Client-Address": address,
            "X-Forwarded-For": address,
            "Authorization": language,
            "X-Session-Token": stretch,
            "X-Request-Id": language,
        }
        for path in ("/graphql/?query={__typename}", "/feeds/articles.atom", "/auth/app/v1/config"):
            answered(Client().get(path, headers=headers))


class TestTheWebhook:
    pytestmark = SLOW

    @SOME
    @given(body=st.binary(max_size=300), signature=st.text(max_size=100))
    def test_what_nobody_signed_is_refused(self, body, signature):
        response = Client().post(
            "/stripe/webhook",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature.replace("\n", "").replace("\r", "")},
        )
        assert (response.status_code, response.content) == (400, b"")

    @SOME
    @given(
        body=st.one_of(
            st.binary(max_size=100),
            jsons.map(lambda made: json.dumps(made).encode()),
            jsons.map(
                lambda made: json.dumps({"id": "evt_1", "object": "event", "data": made}).encode()
            ),
            jsons.map(
                lambda made: json.dumps(
                    {"id": "evt_1", "type": "x", "created": 1, "data": {"object": made}}
                ).encode()
            ),
        )
    )
    def test_what_is_signed_and_no_event_is_refused_too(self, body):
        signature = sign(body, secret="whsec_stand_in", at=int(time.time()))
        response = Client().post(
            "/stripe/webhook",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        assert response.status_code in (200, 400)


marks = st.text("#*_-`>[]()!|~^:\\ \n\t<>&\"'=/abc1é\0", max_size=300)
WRITTEN = st.one_of(
    marks,
    st.lists(
        st.sampled_from(
            [
                "<script>",
                "javascript:",
                "![a](",
                "](product:1)",
                "[^1]",
                "[^1]: ",
                "| a | b |\n|---|---|\n",
                "```",
                "<img src=x onerror=y>",
                "&#x6a;",
                "\n\n",
                "> ",
                "- ",
                "# ",
            ]
        )
        | marks,
        max_size=20,
    ).map("".join),
)


@pytest.mark.slow
@MANY
@given(body=WRITTEN)
def test_any_markdown_is_html_that_nothing_runs_in(body):
    made = markdown.render(body, {}).html
    lowered = made.lower()
    assert "<script" not in lowered
    assert "<img" not in lowered
    assert 'href="javascript' not in lowered
    assert len(made) < 200 * len(body) + 1000


@pytest.mark.slow
@MANY
@given(
    vtt=st.lists(
        st.sampled_from(
            [
                "WEBVTT",
                "\n\n",
                "\n",
                "00:01.000 --> 00:02.000",
                "NOTE",
                "<v A>",
                "a",
                "99:99:99.999",
            ]
        )
        | st.text(max_size=20),
        max_size=20,
    ).map("".join)
)
def test_any_captions_are_read_or_refused(vtt):
    try:
        said = captions.transcript_of(vtt)
    except captions.UnsoundCaptions:
        return
    assert said.strip()


@pytest.fixture(autouse=True)
def _a_clinic(request):
    if request.node.get_closest_marker("django_db"):
        make_clinic()
