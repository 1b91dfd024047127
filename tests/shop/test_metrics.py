"""Figures for Prometheus: exact, of all processes, with labels of a fixed number."""

import os
import re
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from django_ox.models import OxTask
from prometheus_client.parser import text_string_to_metric_families

from catalog import search
from clinic import details
from shop import metrics
from shop.metrics import Asked
from tests.builders import NOW, ask, make_clinic
from tests.orders.world import cart_with, pack, placed
from tests.serving import granian, migrated
from tests.shop.test_health import reconciled

ROOT = Path(__file__).parent.parent.parent
TOKEN = "a-token-to-scrape-with"


def scraped(text):
    """Each sample by its name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape():
    response = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response["Content-Type"].startswith("text/plain")
    return scraped(response.content.decode())


@pytest.fixture
def _with_token(settings):
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.django_db
def test_without_a_token_there_is_no_such_page():
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_token")
@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_it_is_for_who_shows_the_token(shown):
    response = Client().get("/metrics", headers={"authorization": shown} if shown else {})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response.content == b""


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_token")
def test_requests_are_counted_by_route_operation_and_code():
    make_clinic()
    before = scrape()
    for query in ("query Home { shop { name } }", "query Odd { shop { name } }", "{ nope }"):
        ask(query)
    Client().get("/nowhere/at/all")
    Client().get("/admin/")
    after = scrape()
    grown = {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if key[0] in ("shop_requests_total", "shop_request_seconds_count", "shop_errors_total")
        and value != before.get(key, 0)
    }
    assert grown == {
        ("shop_requests_total", "2xx", "POST", "graphql"): 3,
        ("shop_requests_total", "4xx", "GET", "unmatched"): 1,
        ("shop_requests_total", "3xx", "GET", "admin"): 1,
        ("shop_requests_total", "2xx", "GET", "metrics"): 1,
        ("shop_request_seconds_count", "Home", "graphql"): 1,
        ("shop_request_seconds_count", "graphql", "other"): 1,
        ("shop_request_seconds_count", "", "graphql"): 1,
        ("shop_request_seconds_count", "", "unmatched"): 1,
        ("shop_request_seconds_count", "", "admin"): 1,
        ("shop_request_seconds_count", "", "metrics"): 1,
        ("shop_errors_total", "MALFORMED"): 1,
    }


def test_an_unknown_code_is_counted_as_other():
    asked = Asked("GET", "graphql", 200, None, ("MADE_UP",))
    before = scraped(metrics.exposition([]).decode()).get(("shop_errors_total", "other"), 0)
    metrics.count(asked, 0.1)
    assert scraped(metrics.exposition([]).decode())["shop_errors_total", "other"] == before + 1


def test_every_code_of_the_docs_is_known():
    page = (ROOT / "docs" / "api.md").read_text()
    table = page.partition("## Errors at the top level")[2].partition("\nCost:")[0]
    first_cells = " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))
    assert set(re.findall("`(.*?)`", first_cells)) <= metrics.CODES


def test_shipped_operations_are_known_by_name():
    assert len(metrics.known_operations()) == len(list(metrics.DOCUMENTS.glob("*.graphql")))
    assert {"Home", "CheckoutComplete"} <= metrics.known_operations()


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_token")
def test_how_the_shop_stands_is_told_at_each_scrape(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_clinic()
    pack_sold = pack()
    search.rebuild()
    placed(cart_with((pack_sold, 1)))
    details.note_heartbeat(at=timezone.now() - timedelta(seconds=30))
    reconciled(timedelta(seconds=600))
    reconciled(timedelta(seconds=5), OxTask.Status.FAILED)
    waiting = OxTask.objects.filter(status=OxTask.Status.READY).count()
    found = scrape()
    counted = ("shop_requests", "shop_request_seconds", "shop_errors")
    assert {key: value for key, value in found.items() if not key[0].startswith(counted)} == {
        ("shop_worker_silence_seconds",): 30,
        ("shop_reconciliation_age_seconds",): 600,
        ("shop_tasks", "waiting"): waiting,
        ("shop_tasks", "dead"): 1,
        ("shop_orders_awaiting_payment",): 1,
        ("shop_approvals_waiting",): 0,
        ("shop_index_is_there", "catalogue"): 1,
        ("shop_index_is_there", "advice"): 0,
        ("shop_index_behind", "catalogue"): 0,
        ("shop_index_behind", "advice"): 0,
    }


def answer_of(port, path, **headers):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.slow
def test_the_processes_of_serve_are_told_as_one_and_begin_anew(tmp_path):
    values = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/shop.sqlite3",
        "METRICS_TOKEN": TOKEN,
        "SECRET_KEY": configured.SECRET_KEY,
    }
    migrated(values)
    for _start in range(2):
        with granian(values, workers=2) as port:
            for _ in range(40):
                answer_of(port, "/favicon.ico")
            told = answer_of(port, "/metrics", Authorization=f"Bearer {TOKEN}")
        counted = scraped(told)
        key = next(
            key
            for key in counted
            if key[:3] == ("shop_requests_total", "2xx", "GET") and "lambda" in key[3]
        )
        assert counted[key] == 40
