"""Sentry over real HTTP, from a process of its own: what it gets of a bug, and what never."""

import gzip
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).parent.parent.parent
BUG = """
import logging, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
from shop import logs

def fail_for(email):
    raise RuntimeError(f"no mail to {email}, key sk_live_1234567890")

with logs.within(request="0123456789abcdef"):
    try:
        fail_for("ada@clients.example")
    except RuntimeError as error:
        logging.getLogger("shop.graphql").error("bug in %s", "+33612345678", exc_info=error)
    logging.getLogger("strawberry.execution").error("{ query }")
    logging.getLogger("shop").warning("no error")
"""
SILENT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
import shop.wsgi, shop.urls
print("sentry_sdk" in sys.modules)
"""


class Ingest(BaseHTTPRequestHandler):
    """What Sentry's door would do: take an envelope."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.taken.append(body.decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        pass


@contextmanager
def ingest():
    server = HTTPServer(("127.0.0.1", 0), Ingest)
    server.taken = []
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(code, folder, **values):
    values = {**os.environ, "DATA_DIR": str(folder), **values}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=values,
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_bug_is_told_redacted_with_its_request(tmp_path):
    with ingest() as server:
        dsn = f"http://public@127.0.0.1:{server.server_port}/1"
        run(BUG, tmp_path, SENTRY_DSN=dsn, SENTRY_ENVIRONMENT="trial", SENTRY_RELEASE="r1")
    [taken] = server.taken
    event = json.loads(taken.splitlines()[2])
    assert (event["environment"], event["release"], event["tags"]) == (
        "trial",
        "r1",
        {"request": "0123456789abcdef"},
    )
    assert event["logentry"] == {"formatted": "bug in [phone]"}
    [error] = event["exception"]["values"]
    assert (error["type"], error["value"]) == (
        "RuntimeError",
        "no mail to [e-mail], key [secret]",
    )
    assert [frame["function"] for frame in error["stacktrace"]["frames"]] == [
        "<module>",
        "fail_for",
    ]
    assert all("vars" not in frame for frame in error["stacktrace"]["frames"])
    assert {"request", "user", "extra", "breadcrumbs", "server_name"}.isdisjoint(event)
    told = ["ada@", "612345678", "sk_live"]
    assert [each for each in told if each in taken] == []


def test_without_a_dsn_it_is_not_even_loaded(tmp_path):
    assert run(SILENT, tmp_path, SENTRY_DSN="").stdout == "False\n"
