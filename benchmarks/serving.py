"""The server as it is in production, and what its processes take."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _GROUP = 11, 12, 2


@contextmanager
def served(port: int) -> Iterator[int]:
    """Serve with Granian, one worker a core; gives the process group."""
    with running("serve", "--port", str(port)) as group:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield group


@contextmanager
def running(*command: str) -> Iterator[int]:
    """A command of ours in processes of its own; gives their group."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError(f"Nobody answers at {address}.")


def memory_mb(group: int) -> int:
    """Proportional memory of a process group, so that shared pages count once."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            if os.getpgid(int(status.parent.name)) == group:
                lines = status.read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return total // 1024


def cpu_seconds_of(group: int) -> float:
    """The CPU that a process group has taken so far, and PostgreSQL for this database."""
    ticks = 0
    database = _backends()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[_GROUP]) == group or int(path.parent.name) in database:
            ticks += int(told[_USER]) + int(told[_SYSTEM])
    return ticks / _TICKS_PER_SECOND


def _backends() -> Sequence[int]:
    """PostgreSQL's processes that serve this database, if it is one."""
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]
