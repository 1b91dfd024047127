"""Tells the shop what happened, as Stripe does: signed, at least once, in no promised order."""

import hmac
import json
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib import error, request

ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.1
PATIENCE_SECONDS = 60


class Delivery(StrEnum):
    """What becomes of the events that happen from now on."""

    NORMAL = "normal"
    DUPLICATE = "duplicate"
    HELD = "held"
    REVERSED = "reversed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to the shop; `status` 0 when nobody answered."""

    event: str
    type: str
    status: int


def sign(payload: bytes, *, secret: str, at: int) -> str:
    """The Stripe-Signature header. Source: https://docs.stripe.com/webhooks, verify manually."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + payload, sha256)
    return f"t={at},v1={signed.hexdigest()}"


class Courier:
    """One thread that carries events to one address, one after the other."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[dict[str, Any]] = deque()
        self._is_out = False
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, daemon=True, name="stripe courier")
        self.reset()

    def reset(self) -> None:
        """Forget the address, what waits and what was held."""
        with self._changed:
            self.address = ""
            self.secret = ""
            self.mode = Delivery.NORMAL
            self.held: list[dict[str, Any]] = []
            self.attempts: list[Attempt] = []
            self._waiting.clear()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        self._thread.join(PATIENCE_SECONDS)

    def carry(self, event: dict[str, Any]) -> None:
        """Take an event as the mode says; without an address there is nobody to tell."""
        with self._changed:
            if self.mode in (Delivery.HELD, Delivery.REVERSED):
                self.held.append(event)
            elif self.mode is not Delivery.LOST:
                self._send(event, times=2 if self.mode is Delivery.DUPLICATE else 1)

    def release(self) -> None:
        """Send what was held, the last first if reversed, and be normal again."""
        with self._changed:
            held = self.held[::-1] if self.mode is Delivery.REVERSED else self.held
            self.mode, self.held = Delivery.NORMAL, []
            for event in held:
                self._send(event)

    def resend(self, event: dict[str, Any]) -> None:
        with self._changed:
            self._send(event)

    def _send(self, event: dict[str, Any], *, times: int = 1) -> None:
        if self.address:
            self._waiting.extend([event] * times)
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """True once all that was to be sent has been answered or given up."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._is_out, seconds)

    def told(self) -> list[dict[str, Any]]:
        with self._changed:
            return [asdict(attempt) for attempt in self.attempts]

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_stopped)
                if self._is_stopped:
                    return
                event = self._waiting.popleft()
                self._is_out = True
                address, secret = self.address, self.secret
            self._deliver(event, address, secret)
            with self._changed:
                self._is_out = False
                self._changed.notify_all()

    def _deliver(self, event: dict[str, Any], address: str, secret: str) -> None:
        """Try until the shop answers 2xx, waiting longer each time, signed anew each time."""
        for turn in range(ATTEMPTS):
            status = post(event, address=address, secret=secret)
            with self._changed:
                self.attempts.append(Attempt(event["id"], event["type"], status))
                if self._is_stopped or self.address != address:
                    return
            if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                event["pending_webhooks"] = 0
                return
            time.sleep(FIRST_WAIT_SECONDS * 2**turn)


def post(event: dict[str, Any], *, address: str, secret: str) -> int:
    """The status that the shop answered, 0 if it did not."""
    payload = json.dumps(event, indent=2).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(payload, secret=secret, at=int(time.time())),
        "User-Agent": "Stripe/1.0 (stand-in)",
    }
    asked = request.Request(address, data=payload, headers=headers, method="POST")  # noqa: S310  (registered by the developer)
    try:
        with request.urlopen(asked, timeout=PATIENCE_SECONDS) as answered:  # noqa: S310
            return int(answered.status)
    except error.HTTPError as refused:
        refused.close()
        return refused.code
    except OSError:
        return 0
