"""Answers kept for guests: given again while they stand, and to whom they belong."""

import json
import logging
import threading
from datetime import datetime, time, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advice import publishing
from catalog import prices
from catalog.models import Card, SearchMiss, Variant
from clinic import details, revision
from clinic.models import LegalText, OpeningHours
from kernel.graphql.keeping import kept_fields
from kernel.money import Money
from shop import endpoint, kept
from shop.schema import schema
from tests.advice.builders import draft as article_draft
from tests.advice.builders import published as article_published
from tests.builders import NOW, Pack, make_clinic, owner, published
from tests.serving import NO_REDIS, redis_caches, redis_of_this_worker

pytestmark = pytest.mark.django_db
LIST = "{ products { nodes { slug variants { price { cents } } } } }"
ARTICLES = "{ articles { nodes { slug } } }"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def post(query=LIST, variables=None, client=None, **headers):
    body = json.dumps({"query": query, "variables": variables})
    return (client or Client()).post(
        "/graphql/", body, content_type="application/json", headers=headers
    )


def fetch(query=LIST, **headers):
    return Client().get("/graphql/", {"query": query}, headers=headers)


def was_kept(response):
    return response.headers.get("Cache-Status") == "shop; hit"


def test_the_second_guest_gets_the_same_bytes_for_one_statement():
    published("p")
    first = post()
    with CaptureQueriesContext(connection) as captured:
        second = post()
    assert (was_kept(first), was_kept(second), len(captured)) == (False, True, 1)
    assert first.content == second.content == post(**{"cache-control": "no-cache"}).content
    assert first["X-Request-Id"] != second["X-Request-Id"]
    apart = {"X-Request-Id", "Cache-Status"}
    assert {name: value for name, value in first.items() if name not in apart} == {
        name: value for name, value in second.items() if name not in apart
    }


def test_spaces_of_variables_and_their_order_make_no_other_question():
    query = "query($a: Int, $b: String) { products(first: $a, search: $b) { totalCount } }"
    published("p", name="Croquettes")
    post(query, {"a": 3, "b": "croquettes"})
    body = '{"variables": { "b":"croquettes",  "a":3 }, "query": "%s"}' % query
    again = Client().post("/graphql/", body, content_type="application/json")
    assert was_kept(again)


def test_a_change_is_seen_at_once():
    pack = published("p", Pack(price=1000)).variants.get()
    before = post().json()
    prices.set_price(variant=pack, price=Money(900), by=None, at=NOW)
    after = post()
    assert not was_kept(after)
    assert after.json() != before
    assert after.json()["data"]["products"]["nodes"][0]["variants"][0]["price"]["cents"] == 900


def test_a_reduction_begins_to_the_second():
    pack = published("p", Pack(price=1000)).variants.get()
    with time_machine.travel(NOW, tick=False) as clock:
        prices.start_reduction(
            variant=pack,
            price=Money(800),
            starts_at=NOW + HOUR,
            ends_at=None,
            by=None,
            at=NOW,
        )
        asked = fetch()
        assert asked["Cache-Control"].startswith("public, max-age=0, s-maxage=60")
        clock.move_to(NOW + HOUR - timedelta(seconds=5))
        again = fetch()
        assert was_kept(again)
        assert "s-maxage=5," in again["Cache-Control"]
        clock.move_to(NOW + HOUR)
        turned = fetch()
        assert not was_kept(turned)
        assert b'"cents":800' in turned.content
        assert b'"cents":800' not in again.content


def test_nothing_is_kept_while_cards_wait_to_be_written_anew():
    published("p")
    Card.objects.update(next_change_at=NOW - HOUR)
    assert [was_kept(post()) for _ in range(3)] == [False, False, False]
    assert post()["Cache-Control"] == "private, no-store"


def test_an_article_appears_in_its_second_with_no_worker_there():
    article_published("Un", slug="un")
    later = article_draft("Deux", slug="deux")
    with time_machine.travel(NOW, tick=False) as clock:
        publishing.schedule(
            article=later, moment=NOW + HOUR, expected_version=later.version, by=None, at=NOW
        )
        assert post(ARTICLES).json()["data"]["articles"]["nodes"] == [{"slug": "un"}]
        clock.move_to(NOW + HOUR - timedelta(seconds=1))
        assert was_kept(post(ARTICLES))
        clock.move_to(NOW + HOUR)
        found = post(ARTICLES).json()["data"]["articles"]["nodes"]
        assert found == [{"slug": "deux"}, {"slug": "un"}]


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        ("2026-11-23T07:00:00", "2026-11-23T09:00:00"),
        ("2026-11-23T09:00:00", "2026-11-23T12:30:00"),
        ("2026-11-23T18:00:00", "2026-11-23T18:15:00"),
        ("2026-11-23T18:15:00", "2026-11-24T00:00:00"),
        ("2027-03-27T23:59:59", "2027-03-28T00:00:00"),
        ("2027-03-28T00:00:00", "2027-03-28T09:00:00"),
    ],
)
def test_the_clinic_turns_when_it_opens_closes_or_the_day_ends(at, turn):
    place = details.public_details(revision.current()).places[0]
    details.save_details(OpeningHours(place=place, weekday=1, opens=time(9), closes=time(12, 30)))
    LegalText.objects.create(
        kind="TERMS_OF_SALE",
        language="fr",
        version=1,
        title="CGV",
        body="…",
        effective_from=datetime(2026, 11, 23, 18, 15, tzinfo=details.PARIS),
    )
    revision.bump()
    found = details.public_details(revision.current())
    moment = datetime.fromisoformat(at).replace(tzinfo=details.PARIS)
    expected = datetime.fromisoformat(turn).replace(tzinfo=details.PARIS)
    assert details.next_turn(found, at=moment) == expected


@pytest.mark.parametrize(
    "query",
    [
        "{ me { person { firstName } } }",
        "{ shop { name } me { person { firstName } } }",
        "{ popularProducts(species: DOG) { token } }",
        '{ product(slug: "p") { boughtTogether { token } } }',
        '{ product(slug: "p") { suitability(eaters: [{profile: {species: DOG}}]) { reason } } }',
        '{ products(search: "xylophone") { totalCount } }',
        "{ products { nope } }",
        '{ products(after: "x") { totalCount } }',
        "{ __schema { types { name } } }",
        "query a { shop { name } } query b { shop { name } }",
    ],
)
def test_what_belongs_to_one_asker_or_leaves_a_trace_is_never_kept(query):
    published("p")
    answers = [post(query) for _ in range(2)]
    assert [was_kept(each) for each in answers] == [False, False]
    assert {each["Cache-Control"] for each in answers} == {"private, no-store"}


def test_a_search_in_vain_is_counted_each_time():
    for _ in range(3):
        post('{ products(search: "xylophone") { totalCount } }')
    assert SearchMiss.objects.get().times == 3


def test_no_one_with_a_session_or_a_token_gets_or_leaves_a_kept_answer():
    published("p")
    client = Client()
    client.force_login(owner("Ada"))
    post(client=client)
    post(**{"x-session-token": "nonsense"})
    assert not was_kept(post())
    assert not was_kept(post(client=client))
    assert post(**{"x-session-token": "nonsense"}).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "en"},
        {"accept": "application/graphql-response+json"},
        {"origin": "https://shop.example"},
    ],
)
def test_what_an_answer_depends_on_keeps_answers_apart(headers, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    published("p")
    post()
    assert not was_kept(post(**headers))
    assert was_kept(post(**headers))
    assert was_kept(post())


def test_only_a_listed_origin_may_read_and_others_make_no_new_answers(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    published("p")
    listed = [post(origin="https://shop.example") for _ in range(2)]
    assert {each["Access-Control-Allow-Origin"] for each in listed} == {"https://shop.example"}
    others = [post(origin=f"https://{name}.example") for name in ("a", "b")]
    assert [was_kept(each) for each in others] == [False, True]
    assert not any("Access-Control-Allow-Origin" in each.headers for each in others)


def test_by_get_a_reader_keeps_it_and_asks_whether_it_changed():
    pack = published("p").variants.get()
    first = fetch()
    etag = first["ETag"]
    assert "Accept-Language" in first["Vary"]
    same = fetch(**{"if-none-match": etag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert same["Cache-Control"].startswith("public, ")
    prices.set_price(variant=pack, price=Money(1), by=None, at=NOW)
    other = fetch(**{"if-none-match": etag})
    assert other.status_code == HTTPStatus.OK
    assert other["ETag"] != etag


def test_by_post_no_cache_between_keeps_it():
    published("p")
    assert {post()["Cache-Control"] for _ in range(2)} == {"no-store"}


def test_a_page_that_asks_over_plain_http_is_sent_on(settings):
    published("p")
    post()
    settings.SECURE_SSL_REDIRECT = True
    assert Client().post("/graphql/", {}).status_code == HTTPStatus.MOVED_PERMANENTLY


def test_an_unknown_host_is_refused_as_before(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    post()
    assert post(host="other.example").status_code == HTTPStatus.BAD_REQUEST


def test_without_memory_for_them_nothing_is_kept(settings):
    settings.KEPT_ANSWERS_MB = 0
    published("p")
    assert [was_kept(post()) for _ in range(2)] == [False, False]


def test_a_database_that_fails_is_answered_as_before(monkeypatch):
    def fail():
        raise DatabaseError

    monkeypatch.setattr("clinic.revision.current", fail)
    answer = post().json()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"


def test_memory_is_bounded_by_bytes_and_the_least_used_goes(settings):
    settings.KEPT_ANSWERS_MB = 1
    now = kept.Moment(revision.current(), NOW)
    steady = kept.Steady(now.revision, NOW, NOW + HOUR)
    memory = kept.Memory()
    body = b"x" * 100_000
    for number in range(9):
        memory.put(str(number), kept.Kept(body, (), "", None, steady))
    memory.get("0", now)
    memory.put("9", kept.Kept(body, (), "", None, steady))
    held = [key for key in map(str, range(10)) if memory.get(key, now)]
    assert held == ["0", "2", "3", "4", "5", "6", "7", "8", "9"]
    memory.put("huge", kept.Kept(b"x" * 200_000, (), "", None, steady))
    assert memory.get("huge", now) is None
    memory.put("9", kept.Kept(b"", (), "", None, steady))
    assert memory.bytes == 8 * (100_000 + kept._OVERHEAD) + kept._OVERHEAD
    memory.clear()
    assert memory.bytes == 0


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_are_answered_by_one(monkeypatch):
    published("p")
    post("{ shop { name } }")
    asked, carried = [], endpoint.carry_out
    started = threading.Event()

    def slowly(*how):
        asked.append(how)
        started.wait(5)
        return carried(*how)

    monkeypatch.setattr(endpoint, "carry_out", slowly)
    answers = []

    def ask():
        try:
            answers.append(post())
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    started.set()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert len({each.content for each in answers}) == 1


@pytest.fixture
def shared(settings):
    """A cache that machines share: Redis."""
    settings.CACHES = redis_caches(redis_of_this_worker())
    settings.CACHE_IS_SHARED = True
    kept.cache.clear()
    yield
    kept.cache.clear()


@pytest.mark.usefixtures("shared")
def test_another_machine_gives_what_this_one_kept():
    published("p")
    first = post()
    kept.memory.clear()
    second = post()
    assert was_kept(second)
    assert second.content == first.content
    prices.set_price(variant=Variant.objects.get(), price=Money(1), by=None, at=NOW)
    assert not was_kept(post())


def test_a_shared_cache_that_is_away_costs_no_answer(settings, caplog):
    settings.CACHES = redis_caches(NO_REDIS)
    settings.CACHE_IS_SHARED = True
    published("p")
    with caplog.at_level(logging.WARNING, logger="shop.kept"):
        answers = [post() for _ in range(2)]
    assert [was_kept(each) for each in answers] == [False, True]
    assert "the shared cache does not answer: ConnectionError" in caplog.text


def test_fields_say_themselves_that_they_may_be_kept():
    assert kept_fields(schema) == {
        "article",
        "articles",
        "brands",
        "categories",
        "category",
        "node",
        "product",
        "products",
        "publicQuestions",
        "search",
        "searchSuggestions",
        "shop",
        "topics",
        "video",
    }
