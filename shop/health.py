"""What a load balancer and an operator ask: is it alive, is it ready."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django_ox.models import OxScheduleTick, OxTask

from catalog import search
from clinic import revision
from clinic.models import Heartbeat
from kernel.text_index import IndexUnavailable

WORKER_SILENCE = timedelta(minutes=3)


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """Database, migrations, index, worker and schedule; 503 when visitors would be ill served."""
    try:
        found: dict[str, object] = {"database": "ok", "migrations": migrations(), "index": index()}
        found |= {"worker": worker(), "schedule": schedule(), "tasks": tasks()}
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    serves = found["migrations"] == "ok"
    return JsonResponse(found, status=200 if serves else 503)


def migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def index() -> str:
    try:
        return search.index(revision.current()).generation
    except IndexUnavailable:
        return "unavailable: the database is searched instead"


def worker() -> str:
    beat = Heartbeat.objects.values_list("beat_at", flat=True).first()
    if beat is None:
        return "never seen"
    silent = timezone.now() - beat
    return "ok" if silent < WORKER_SILENCE else f"silent for {int(silent.total_seconds())} s"


def schedule() -> dict[str, str]:
    """When each scheduled task was last started, and how it ended."""
    ticks = OxScheduleTick.objects.select_related("task").order_by("-scheduled_for")[:200]
    latest: dict[str, str] = {}
    for tick in ticks:
        outcome = tick.task.status if tick.task else "seen"
        latest.setdefault(tick.schedule_name, f"{tick.scheduled_for.isoformat()} {outcome}")
    return latest


def tasks() -> dict[str, int]:
    """Tasks that wait, and those that need a person."""
    waiting = OxTask.objects.filter(status=OxTask.Status.READY).count()
    dead = OxTask.objects.filter(status__in=[OxTask.Status.FAILED, OxTask.Status.LOST]).count()
    return {"waiting": waiting, "dead": dead}
