"""Neighbours of the shop that only answer: a post office, and a Stripe with nothing to tell."""

import json
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler


class _Post(socketserver.StreamRequestHandler):
    """As much SMTP as it takes to hand in a letter; `server.letters` keeps them."""

    def handle(self):
        self._say("220 post ready")
        while line := self.rfile.readline().decode().strip().upper():
            if line == "DATA":
                self._say("354 go on")
                self._take()
            self._say("221 bye" if line == "QUIT" else "250 ok")
            if line == "QUIT":
                return

    def _take(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.letters.append(b"".join(lines).decode())

    def _say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class _Stripe(BaseHTTPRequestHandler):
    """No event ever happened; a key that ends in `revoked` opens nothing."""

    def do_GET(self):
        is_revoked = self.headers["Authorization"].endswith("revoked")
        refused = {"error": {"type": "invalid_request_error", "message": "Expired API key"}}
        nothing = {"object": "list", "url": "/v1/events", "data": [], "has_more": False}
        content = json.dumps(refused if is_revoked else nothing).encode()
        self.send_response(401 if is_revoked else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_told):
        pass


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def _serving(handler):
    with _Server(("127.0.0.1", 0), handler) as server:
        server.letters = []
        server.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield server
        finally:
            server.shutdown()


def post_office():
    return _serving(_Post)


def stripe_with_nothing_to_tell():
    return _serving(_Stripe)
