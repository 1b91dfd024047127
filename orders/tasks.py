from datetime import timedelta

from django.tasks import task
from django.utils import timezone

from orders import approvals, payments

_LATELY, _THE_WEEK = timedelta(hours=2), timedelta(days=8)


@task
def release_expired_orders() -> None:
    payments.release_expired(at=timezone.now())


@task
def expire_approvals() -> None:
    approvals.expire(at=timezone.now())


@task
def reconcile_lately() -> None:
    payments.reconcile(since=_LATELY, at=timezone.now())


@task
def reconcile_the_week() -> None:
    payments.reconcile(since=_THE_WEEK, at=timezone.now())
