"""Numbers of invoices and credit notes: one after the other, none left out."""

from datetime import datetime

from django.db import transaction
from django.db.transaction import TransactionManagementError

from clinic.details import PARIS
from orders.models import NumberSeries
from orders.vocabulary import Series

_DIGITS = 5


def next_number(series: Series, *, at: datetime) -> str:
    """The next number of the year, such as `F2026-00012`; as `next_numbers`."""
    return next_numbers(series, at=at, count=1)[0]


def next_numbers(series: Series, *, at: datetime, count: int) -> list[str]:
    """The next numbers of the year, one after the other.

    Locks the row of the series until the caller's transaction ends: when that one is rolled back,
    so is the number. Take it last. Source: CGI ann. II art. 242 nonies A I 7°.

    Raises:
        TransactionManagementError: outside a transaction, where a number could be lost.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("A number is taken inside the transaction that uses it.")
    name = f"{series}{at.astimezone(PARIS).year}-"
    NumberSeries.objects.get_or_create(name=name)
    row = NumberSeries.objects.select_for_update().get(name=name)
    NumberSeries.objects.filter(pk=row.pk).update(last=row.last + count)
    return [f"{name}{row.last + nth:0{_DIGITS}d}" for nth in range(1, count + 1)]
