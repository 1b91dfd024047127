from dataclasses import dataclass

import pytest
from django.db import transaction
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from kernel import events


@dataclass(frozen=True, slots=True)
class BellRung(events.Event):
    """For these tests alone."""

    times: int


heard: list[int] = []


@events.on(BellRung)
def hear(event: BellRung) -> None:
    if event.times < 0:
        raise ValueError("That bell is broken.")
    heard.append(event.times)


@pytest.fixture(autouse=True)
def _silence():
    heard.clear()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_heard_after_the_commit_and_not_before():
    with transaction.atomic():
        events.publish(BellRung(times=1))
        assert heard == []
    assert heard == [1]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_rolled_back_transaction_is_not_heard():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.publish(BellRung(times=1))
        events.enqueue(BellRung(times=2))
        raise ZeroDivisionError
    assert (heard, OxTask.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_fails_keeps_nobody_from_going_on(caplog):
    events.publish(BellRung(times=-1))
    events.publish(BellRung(times=3))
    assert heard == [3]
    assert "That bell is broken." in caplog.text


@pytest.mark.django_db
def test_a_durable_event_waits_as_a_row_and_is_carried_out_by_a_worker():
    events.enqueue(BellRung(times=4))
    assert (heard, OxTask.objects.count()) == ([], 1)
    run_tasks()
    assert heard == [4]


@pytest.mark.django_db
def test_an_event_that_this_release_does_not_know_is_no_failure(caplog):
    events.deliver.enqueue(name="old.app.Gone", facts={})
    run_tasks()
    assert OxTask.objects.get().status == "SUCCESSFUL"
    assert "old.app.Gone has no handler" in caplog.text
