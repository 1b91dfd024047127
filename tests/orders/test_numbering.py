"""Numbers without a gap, whatever fails and whoever asks at the same time."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from orders.models import NumberSeries
from orders.numbering import next_number
from orders.vocabulary import Series
from tests.builders import NOW


@pytest.mark.django_db
def test_each_series_counts_for_itself_and_anew_each_year():
    new_year_in_paris = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    taken = [
        next_number(Series.INVOICE, at=NOW),
        next_number(Series.INVOICE, at=NOW),
        next_number(Series.CREDIT_NOTE, at=NOW),
        next_number(Series.INVOICE, at=new_year_in_paris),
    ]
    assert taken == ["F2026-00001", "F2026-00002", "A2026-00001", "F2027-00001"]


@pytest.mark.django_db
def test_a_number_that_was_rolled_back_is_given_again():
    next_number(Series.INVOICE, at=NOW)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number(Series.INVOICE, at=NOW)
        _ = 1 // 0
    assert next_number(Series.INVOICE, at=NOW) == "F2026-00002"


@pytest.mark.django_db(transaction=True)
def test_a_number_is_never_taken_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        next_number(Series.INVOICE, at=NOW)
    assert NumberSeries.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_get_one_to_twenty():
    taken = []

    def take():
        try:
            with transaction.atomic():
                taken.append(next_number(Series.INVOICE, at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"F2026-{number:05d}" for number in range(1, 21)]
    assert NumberSeries.objects.get().last == 20
