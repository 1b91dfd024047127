"""How the shop's parts are at a moment: one short statement each, for probes and for metrics."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from django.core.cache import cache as kept
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.tasks import task_backends
from django_ox.models import OxScheduleTick, OxTask
from redis.exceptions import RedisError

from advice import search as advice_search
from advice.models import ArticleCard
from catalog import search
from catalog.models import Card
from clinic import revision
from clinic.models import Heartbeat
from kernel.text_index import IndexUnavailable
from orders.models import Approval, Order
from orders.vocabulary import ApprovalState, OrderState
from shop.metrics import Figure

INDEXES = {search.INDEX: search.index, advice_search.INDEX: advice_search.index}
RECONCILIATION = "stripe-lately"


class MigrationsPending(Exception):
    """The database lacks what this release needs."""


def migrations_pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@cache
def require_migrations() -> None:
    """Looked for until all are there; the release does not change under a running process.

    Raises:
        MigrationsPending
    """
    if migrations_pending():
        raise MigrationsPending


def cache_answers() -> bool:
    try:
        kept.get("readyz")
    except RedisError:
        return False
    return True


def generations() -> dict[str, str | None]:
    """Which generation of each text index is read; none where the database is searched instead."""
    as_of = revision.current()
    found: dict[str, str | None] = {}
    for name, opened in INDEXES.items():
        try:
            found[name] = opened(as_of).generation
        except IndexUnavailable:
            found[name] = None
    return found


def worker_silence(at: datetime) -> timedelta | None:
    """How long ago a worker last beat; none if never."""
    beat = Heartbeat.objects.values_list("beat_at", flat=True).first()
    return None if beat is None else at - beat


def reconciliation_age(at: datetime) -> timedelta | None:
    """How long ago payments were last compared with Stripe's to the end; none if never."""
    ended = (
        OxScheduleTick.objects.filter(
            schedule_name=RECONCILIATION, task__status=OxTask.Status.SUCCESSFUL
        )
        .order_by("-scheduled_for")
        .values_list("task__finished_at", flat=True)
        .first()
    )
    return None if ended is None else at - ended


def tasks_waiting() -> int:
    return OxTask.objects.filter(status=OxTask.Status.READY).count()


def tasks_dead() -> int:
    """Those that need a person."""
    return OxTask.objects.filter(status__in=[OxTask.Status.FAILED, OxTask.Status.LOST]).count()


def schedule() -> dict[str, str]:
    """When each scheduled task was last started, and how it ended."""
    found = {}
    for name in task_backends["default"].options["SCHEDULES"]:
        ticks = OxScheduleTick.objects.filter(schedule_name=name).order_by("-scheduled_for")
        last = ticks.values_list("scheduled_for", "task__status").first()
        if last is not None:
            found[name] = f"{last[0].isoformat()} {last[1] or 'seen'}"
    return found


def figures(at: datetime) -> Iterator[Figure]:
    """What is told to Prometheus; an age that nothing is known of is left out."""
    ages = {
        "shop_worker_silence_seconds": ("Since a worker last beat.", worker_silence(at)),
        "shop_reconciliation_age_seconds": (
            "Since payments were last compared with Stripe's.",
            reconciliation_age(at),
        ),
    }
    for name, (meaning, age) in ages.items():
        if age is not None:
            yield Figure(name, meaning, age.total_seconds())
    yield Figure("shop_tasks", "Tasks that wait, and dead ones.", tasks_waiting(), of="waiting")
    yield Figure("shop_tasks", "Tasks that wait, and dead ones.", tasks_dead(), of="dead")
    unpaid = Order.objects.filter(state=OrderState.PENDING_PAYMENT).count()
    yield Figure("shop_orders_awaiting_payment", "Orders not yet paid.", unpaid)
    asked = Approval.objects.filter(state=ApprovalState.ASKED).count()
    yield Figure("shop_approvals_waiting", "Orders that a vet is asked about.", asked)
    for name, generation in generations().items():
        is_there = float(generation is not None)
        yield Figure("shop_index_is_there", "1 if the text index is read.", is_there, of=name)
    behind = {search.INDEX: Card.objects, advice_search.INDEX: ArticleCard.objects}
    for name, cards in behind.items():
        missed = cards.filter(indexed=False).count()
        yield Figure("shop_index_behind", "Cards that the text index lacks.", missed, of=name)
