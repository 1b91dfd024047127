"""What happened, told upward: after the commit, or as a durable task in the same transaction."""

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.tasks import task

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events: past tense, ids and plain values, never rows."""


type Handler[E: Event] = Callable[[E], None]

_handlers: dict[type[Event], list[Handler[Any]]] = defaultdict(list)
_names: dict[str, type[Event]] = {}


def on[E: Event](event_class: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Have a handler hear of every event of a class; handlers must bear hearing twice."""

    def register(handler: Handler[E]) -> Handler[E]:
        _handlers[event_class].append(handler)
        _names[name_of(event_class)] = event_class
        return handler

    return register


def name_of(event_class: type[Event]) -> str:
    return f"{event_class.__module__}.{event_class.__qualname__}"


def publish(event: Event) -> None:
    """Tell the handlers once the surrounding transaction has committed; lost if the process dies.

    One handler's failure is logged and keeps neither the others nor the request from going on.
    """
    for handler in _handlers[type(event)]:
        transaction.on_commit(partial(handler, event), robust=True)


def enqueue(event: Event) -> None:
    """Tell the handlers for certain: a task row in the same transaction, for a worker."""
    deliver.enqueue(name=name_of(type(event)), facts=json.loads(json.dumps(asdict(event))))


@task
def deliver(name: str, facts: dict[str, Any]) -> None:
    """Hand a durable event to its handlers; retried as a whole when one of them fails."""
    event_class = _names.get(name)
    if event_class is None:
        logger.warning("event %s has no handler in this release", name)
        return
    event = event_class(**facts)
    for handler in _handlers[event_class]:
        handler(event)
