"""What probes are told: a word for each part, and whether visitors would be well served."""

from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_ox.models import OxScheduleTick, OxTask

from advice import search as advice_search
from catalog import search
from clinic import details, revision
from shop import condition
from tests.builders import NOW, make_clinic
from tests.serving import NO_REDIS, redis_caches

pytestmark = pytest.mark.django_db
TOKEN = "a-token-to-scrape-with"
ALL_WELL = {
    "database": "ok",
    "migrations": "ok",
    "cache": "ok",
    "catalogue_index": "ok",
    "advice_index": "ok",
    "worker": "ok",
    "payments": "ok",
}


@pytest.fixture(autouse=True)
def _in_production(settings):
    settings.PRODUCTION = True
    settings.METRICS_TOKEN = TOKEN
    condition.require_migrations.cache_clear()


@pytest.fixture(autouse=True)
def _clocks_stand_still():
    with time_machine.travel(NOW, tick=False):
        yield


def ready(**headers):
    response = Client().get("/readyz", headers=headers)
    return response.status_code, response.json()


def reconciled(ended, status=OxTask.Status.SUCCESSFUL):
    """A run of the comparison with Stripe that ended so long ago."""
    at = timezone.now() - ended
    task = OxTask.objects.create(
        task_path="orders.tasks.reconcile_lately",
        backend_name="default",
        status=status,
        enqueued_at=at,
        finished_at=at,
    )
    OxScheduleTick.objects.create(
        schedule_name="stripe-lately", scheduled_for=at, task=task, created_at=at
    )


def test_alive_is_one_word():
    assert Client().get("/healthz").content == b"ok"


def test_where_all_is_well_each_part_says_so():
    make_clinic()
    search.rebuild()
    advice_search.rebuild()
    details.note_heartbeat(at=timezone.now() - timedelta(seconds=179))
    reconciled(timedelta(minutes=59))
    assert ready() == (200, ALL_WELL)


def test_what_has_something_in_its_stead_only_warns():
    details.note_heartbeat(at=timezone.now() - timedelta(seconds=181))
    reconciled(timedelta(minutes=61))
    reconciled(timedelta(minutes=1), OxTask.Status.FAILED)
    assert ready() == (
        200,
        {
            **ALL_WELL,
            "catalogue_index": "unavailable",
            "advice_index": "unavailable",
            "worker": "silent",
            "payments": "late",
        },
    )


def test_a_shop_that_never_had_a_worker_says_never():
    status, found = ready()
    assert (status, found["worker"], found["payments"]) == (200, "never", "never")


def test_a_migration_that_waits_makes_it_not_ready():
    MigrationRecorder(connection).record_unapplied("clinic", "0002_trusted_documents")
    pending = (503, {"database": "ok", "migrations": "pending", "cache": "ok"})
    assert [ready(), ready(authorization=f"Bearer {TOKEN}")] == [pending, pending]


def test_a_database_that_is_away_makes_it_not_ready_and_is_not_quoted(monkeypatch):
    def away(*_args, **_how):
        raise OperationalError('connection to server at "10.0.0.5" failed for user "shop"')

    monkeypatch.setattr(connection, "cursor", away)
    assert ready() == (503, {"database": "unreachable"})


def test_a_cache_that_is_away_makes_it_not_ready(settings):
    settings.CACHES = redis_caches(NO_REDIS)
    status, found = ready()
    assert (status, found["cache"]) == (503, "unreachable")


def test_figures_are_for_who_may_scrape(settings):
    make_clinic()
    search.rebuild()
    details.note_heartbeat(at=timezone.now() - timedelta(seconds=200))
    reconciled(timedelta(seconds=100))
    _status, found = ready(authorization=f"Bearer {TOKEN}")
    figures = found["figures"]
    assert figures == {
        "generations": {
            "catalogue": search.index(revision.current()).generation,
            "advice": None,
        },
        "worker_silent_s": 200,
        "reconciled_before_s": 100,
        "tasks": {"waiting": 0, "dead": 0},
        "schedule": {"stripe-lately": "2026-11-22T11:58:20+00:00 SUCCESSFUL"},
    }
    assert "figures" not in ready(authorization="Bearer wrong")[1]
    settings.METRICS_TOKEN = ""
    assert "figures" not in ready(authorization="Bearer ")[1]


def test_development_shows_the_figures_to_all(settings):
    settings.PRODUCTION = False
    assert "figures" in ready()[1]


def test_probes_are_answered_without_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert [Client().get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [
        200,
        200,
        301,
    ]
