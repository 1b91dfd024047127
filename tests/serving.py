"""Real servers of the shop on a test's own database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parent.parent
NO_REDIS = "redis://127.0.0.1:1/0"


def database_url():
    """Where the test's database is, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgres://{facts['USER']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def redis_of_this_worker():
    """A numbered database of Redis that no other process of this run uses."""
    return f"redis://127.0.0.1:6379/{8 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) % 8}"


def redis_caches(location):
    """The setting CACHES, for a Redis that is there."""
    backend = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": location}}


@contextmanager
def granian(values, *, workers=1):
    """The server with these values and no others around it, once it is healthy; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, env=values, start_new_session=True)
    try:
        _await_health(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def migrated(values):
    """These values, their database made."""
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=values, check=True)
    return values


@contextmanager
def served(folder, **values):
    """A server on the test's own database; gives its address. Other settings by their names."""
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "LOG_LEVEL": "ERROR",
        **values,
    }
    with granian(environment) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def two_served(folder, **values):
    """Two servers that share a database and the folders of this test."""
    with ExitStack() as stack:
        yield [stack.enter_context(served(folder, **values)) for _ in range(2)]


def _await_health(port):
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"Nobody answers at port {port}.")
