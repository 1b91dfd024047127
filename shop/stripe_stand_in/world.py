"""All that the stand-in knows: things by id, what happened, and a clock of its own."""

import secrets
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shop.stripe_stand_in.errors import missing
from shop.stripe_stand_in.webhooks import Courier

type Thing = dict[str, Any]


class How(StrEnum):
    """How a call may go wrong."""

    ERROR = "error"
    BUSY = "busy"
    DROPPED_BEFORE = "dropped_before"
    DROPPED_AFTER = "dropped_after"
    SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """The next `left` calls go wrong; `seconds` only for the slow ones."""

    how: How
    left: int
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered to an idempotency key, to be said again."""

    call: str
    asked: str
    status: int
    body: str
    at: int


class World:
    """The state of the stand-in; whoever reads or changes it holds `lock`."""

    def __init__(self, courier: Courier) -> None:
        self.lock = threading.RLock()
        self.courier = courier
        self.address = ""
        self.reset()

    def reset(self) -> None:
        self.things: dict[str, Thing] = {}
        self.kept: dict[str, Kept] = {}
        self.faults: list[Fault] = []
        self.set_up: set[str] = set()
        self.tokens: dict[str, str] = {}
        self.ahead_seconds = 0
        self.version = ""
        self.request: Thing = {"id": None, "idempotency_key": None}
        self.courier.reset()

    def now(self) -> int:
        return int(time.time()) + self.ahead_seconds

    def keep(self, prefix: str, thing: Thing) -> Thing:
        """Give a thing its id and the moment, and remember it."""
        made = thing | {"id": f"{prefix}_{secrets.token_hex(12)}", "created": self.now()}
        self.things[made["id"]] = made
        return made

    def find(self, kind: str, asked: str, *, param: str = "id") -> Thing:
        """Raises: ApiError, when there is no such thing."""
        found = self.things.get(asked)
        if found is None or found["object"] != kind:
            raise missing("PaymentMethod" if kind == "payment_method" else kind, asked, param=param)
        return found

    def all_of(self, kind: str) -> Iterator[Thing]:
        """The last made first."""
        return (thing for thing in reversed(self.things.values()) if thing["object"] == kind)

    def take_fault(self) -> Fault | None:
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.left -= 1
        if fault.left <= 0:
            self.faults.pop(0)
        return fault

    def tell(self, kind: str, thing: Thing) -> None:
        """Note that something happened, with the thing as it is now, and send it out."""
        event = self.keep(
            "evt",
            {
                "object": "event",
                "api_version": self.version or None,
                "data": {"object": deepcopy(thing)},
                "livemode": False,
                "pending_webhooks": 1 if self.courier.address else 0,
                "request": dict(self.request),
                "type": kind,
            },
        )
        self.courier.carry(event)
