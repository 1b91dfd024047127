"""The HTTP door of the stand-in, on loopback alone."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from shop.stripe_stand_in import api, control
from shop.stripe_stand_in.errors import ApiError, missing
from shop.stripe_stand_in.webhooks import Courier
from shop.stripe_stand_in.world import Fault, How, World

LOOPBACK = "127.0.0.1"
MOST_BYTES = 100_000
CONTROL = "/_control/"
BEFORE = (How.ERROR, How.BUSY, How.DROPPED_BEFORE)


class Door(BaseHTTPRequestHandler):
    """A request a connection: HTTP/1.0, so that nobody is left holding an open socket."""

    server: "Server"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "{}")
            return
        self._answer(self.rfile.read(length).decode())

    def _answer(self, body: str) -> None:
        address = urlsplit(self.path)
        if address.path.startswith(CONTROL):
            self._control(address.path.removeprefix(CONTROL), body)
            return
        with self.server.world.lock:
            fault = self.server.world.take_fault()
        if fault and fault.how in BEFORE:
            self._fail(fault)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = api.Asked(self.command, address.path, address.query, body, headers)
        found = api.answer(self.server.world, asked)
        if fault and fault.how is How.DROPPED_AFTER:
            return
        if fault:
            time.sleep(fault.seconds)
        self._say(found.status, found.body, found.headers)

    def _fail(self, fault: Fault) -> None:
        """Dropped means closed without a word."""
        if fault.how is How.ERROR:
            error = {"message": "An unknown error occurred.", "type": "api_error"}
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, json.dumps({"error": error}))
        elif fault.how is How.BUSY:
            error = {
                "message": "Too many requests. Please retry with exponential backoff.",
                "type": "invalid_request_error",
                "code": "rate_limit",
            }
            self._say(HTTPStatus.TOO_MANY_REQUESTS, json.dumps({"error": error}))

    def _control(self, name: str, body: str) -> None:
        """JSON by POST alone, which no foreign page may send without being asked first."""
        try:
            if self.command != "POST" or self.headers.get_content_type() != "application/json":
                raise missing("control", f"{self.command} {name}")
            found = control.act(self.server.world, name, json.loads(body or "{}"))
        except ApiError as refused:
            self._say(refused.status, json.dumps({"error": refused.error}))
        except ValueError:
            self._say(HTTPStatus.BAD_REQUEST, json.dumps({"error": {"message": "No JSON."}}))
        else:
            self._say(HTTPStatus.OK, json.dumps(found))

    def _say(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        payload = body.encode()
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name in http.server)
        """Silent: the shop's own log tells what it asked."""


class Server(ThreadingHTTPServer):
    """The stand-in at work; `port` 0 takes one that is free."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        self.courier = Courier()
        self.world = World(self.courier)
        super().__init__((LOOPBACK, port), Door)
        self.world.address = f"http://{LOOPBACK}:{self.server_port}"


@contextmanager
def standing_in(port: int = 0) -> Iterator[Server]:
    """A stand-in that answers for as long as the block lasts."""
    server = Server(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    server.courier.start()
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        server.courier.stop()
        thread.join()
