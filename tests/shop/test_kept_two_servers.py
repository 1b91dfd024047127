"""Two servers and many writes: what was committed is what the next reader of either sees."""

import http.client
import json
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from catalog import prices, products
from catalog.models import Product, Variant
from kernel.money import Money
from tests.builders import Pack, make_clinic, published
from tests.serving import redis_of_this_worker, two_served

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
QUERY = """{ products(sort: PRICE_ASC) { totalCount nodes { slug
    variants { price { cents } reduction { price { cents } } } } } }"""


class Reader:
    """A guest with a connection of their own."""

    def __init__(self, address):
        self.link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.link.close()

    def read(self, *, fresh=False):
        headers = {"Content-Type": "application/json"}
        headers |= {"Cache-Control": "no-cache"} if fresh else {}
        self.link.request("POST", "/graphql/", json.dumps({"query": QUERY}), headers)
        answer = self.link.getresponse()
        body = answer.read()
        assert answer.status == http.HTTPStatus.OK, body
        return body, answer.headers.get("Cache-Status") == "shop; hit"


@contextmanager
def reading(servers):
    with ExitStack() as stack:
        yield [stack.enter_context(Reader(address)) for address in servers]


def cheapest(body):
    return min(
        pack["price"]["cents"]
        for node in json.loads(body)["data"]["products"]["nodes"]
        for pack in node["variants"]
    )


@pytest.fixture
def shop():
    make_clinic()
    for number in range(3):
        published(f"p{number}", Pack(price=100_000 + number), at=timezone.now())


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("is_shared", [False, True])
def test_after_every_change_both_servers_give_the_fresh_bytes(tmp_path, is_shared):
    cache = redis_of_this_worker() if is_shared else ""
    with two_served(tmp_path, CACHE_URL=cache) as servers, reading(servers) as readers:
        hits = 0
        for number in range(60):
            pack = Variant.objects.order_by("pk")[number % 3]
            now = timezone.now()
            if number % 7 == 3:
                act = products.withdraw if number % 2 else products.publish
                act(product=Product.objects.get(slug="p2"), by=None, at=now)
            else:
                prices.set_price(variant=pack, price=Money(90_000 - number), by=None, at=now)
            found = [reader.read() for _ in range(2) for reader in readers]
            fresh = [reader.read(fresh=True) for reader in readers]
            assert len({body for body, _hit in [*found, *fresh]}) == 1
            hits += sum(hit for _body, hit in found)
        assert hits >= 120


@pytest.mark.usefixtures("shop")
def test_while_prices_fall_no_reader_sees_one_that_fell_before_it_asked(tmp_path):
    """Prices only ever fall: an answer may show a newer one than stood when it was asked for, never
    an older one.
    """
    committed, seen, over = [100_000], [], threading.Event()

    def watch(address):
        with Reader(address) as reader:
            while not over.is_set():
                at_most = committed[0]
                body, hit = reader.read()
                seen.append((cheapest(body) <= at_most, hit))

    with two_served(tmp_path) as addresses:
        threads = [threading.Thread(target=watch, args=(each,)) for each in addresses * 2]
        for thread in threads:
            thread.start()
        pack = Variant.objects.order_by("pk")[0]
        until = time.monotonic() + 10
        cents = 99_000
        while time.monotonic() < until:
            cents -= 1
            prices.set_price(variant=pack, price=Money(cents), by=None, at=timezone.now())
            committed[0] = cents
            time.sleep(0.02)
        over.set()
        for thread in threads:
            thread.join()
    connection.close()
    assert {right for right, _hit in seen} == {True}
    assert sum(hit for _right, hit in seen) > 50


@pytest.mark.usefixtures("shop")
def test_a_reduction_begins_on_both_servers_when_it_was_to_begin(tmp_path):
    pack = Variant.objects.order_by("pk")[0]
    with two_served(tmp_path) as servers, reading(servers) as readers:
        starts_at = timezone.now().replace(microsecond=0) + timedelta(seconds=4)
        prices.start_reduction(
            variant=pack,
            price=Money(50_000),
            starts_at=starts_at,
            ends_at=None,
            by=None,
            at=timezone.now(),
        )
        hits = 0
        while timezone.now() < starts_at + timedelta(seconds=2):
            for reader in readers:
                before = timezone.now()
                body, hit = reader.read()
                after = timezone.now()
                hits += hit
                is_reduced = b'"cents":50000' in body
                assert is_reduced or before < starts_at
                assert not is_reduced or after >= starts_at
        assert hits > 10
