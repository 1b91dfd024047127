"""What a load balancer, a scraper and an operator ask: is it alive, is it ready, how is it."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from shop import condition, metrics
from shop.condition import MigrationsPending

WORKER_SILENCE = timedelta(minutes=3)
RECONCILIATION_LATE = timedelta(hours=1)
_OK = "ok"
#: Without these, visitors get errors; everything else waits or has something in its stead.
NEEDED = ("database", "migrations", "cache")


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """A word for each part; 503 when visitors would be ill served. Figures for who may scrape."""
    at = timezone.now()
    try:
        found = parts(at)
        if found["migrations"] == _OK and (not settings.PRODUCTION or may_scrape(request)):
            found["figures"] = figures(at)
    except Error:
        found = {"database": "unreachable"}
    serves = all(found.get(part) == _OK for part in NEEDED)
    status = HTTPStatus.OK if serves else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(found, status=status)


def parts(at: datetime) -> dict[str, Any]:
    """Raises: Error of the database."""
    reachable = _OK if condition.cache_answers() else "unreachable"
    found: dict[str, Any] = {"database": _OK, "migrations": _OK, "cache": reachable}
    try:
        condition.require_migrations()
    except MigrationsPending:
        return {**found, "migrations": "pending"}
    for name, generation in condition.generations().items():
        found[f"{name}_index"] = _OK if generation else "unavailable"
    found["worker"] = _word(condition.worker_silence(at), WORKER_SILENCE, "silent")
    found["payments"] = _word(condition.reconciliation_age(at), RECONCILIATION_LATE, "late")
    return found


def _word(age: timedelta | None, most: timedelta, otherwise: str) -> str:
    if age is None:
        return "never"
    return _OK if age < most else otherwise


def figures(at: datetime) -> dict[str, Any]:
    silence, age = condition.worker_silence(at), condition.reconciliation_age(at)
    return {
        "generations": condition.generations(),
        "worker_silent_s": None if silence is None else int(silence.total_seconds()),
        "reconciled_before_s": None if age is None else int(age.total_seconds()),
        "tasks": {"waiting": condition.tasks_waiting(), "dead": condition.tasks_dead()},
        "schedule": condition.schedule(),
    }


def may_scrape(request: HttpRequest) -> bool:
    """Whether the request shows METRICS_TOKEN; nobody may while there is none."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    shown = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(shown, wanted)


def prometheus(request: HttpRequest) -> HttpResponse:
    """The counts of all processes of this machine, and how the shop stands now."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not may_scrape(request):
        refused = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers=refused)
    told = metrics.exposition(condition.figures(timezone.now()))
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)
