"""A worker that is killed loses nothing: real processes, a real database file, kill -9."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.slow

SETUP = """
import django, os, time
from pathlib import Path
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from accounts import notices
from kernel.animals import Language
for number in range(200):
    notices.notify(key=f"n{number}", recipient="a@b.example", language=Language.FR,
                   message=notices.Message(subject=str(number), body="x"))
"""


def run(folder, *command):
    values = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/shop.sqlite3",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=values)


def count(folder, query):
    link = sqlite3.connect(folder / "shop.sqlite3", timeout=20)
    try:
        return link.execute(query).fetchone()[0]
    finally:
        link.close()


def test_tasks_of_killed_workers_are_carried_out_by_the_next(tmp_path):
    assert run(tmp_path, "-c", SETUP).wait() == 0
    for _ in range(3):
        worker = run(tmp_path, "manage.py", "worker")
        began = count(tmp_path, "select count(*) from accounts_notice where sent_at is not null")
        until = time.monotonic() + 60
        query = "select count(*) from accounts_notice where sent_at is not null"
        while count(tmp_path, query) < began + 20 and time.monotonic() < until:
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    link = sqlite3.connect(tmp_path / "shop.sqlite3")
    link.execute(
        "update django_ox_oxtask set lease_expires_at='2000-01-01 00:00:00', "
        "locked_at='2000-01-01 00:00:00' where status='RUNNING'"
    )
    link.commit()
    link.close()
    worker = run(tmp_path, "manage.py", "worker")
    waiting = "select count(*) from accounts_notice where sent_at is null"
    until = time.monotonic() + 120
    while count(tmp_path, waiting) and time.monotonic() < until:
        time.sleep(0.2)
    worker.terminate()
    worker.wait()
    assert count(tmp_path, waiting) == 0
    assert count(tmp_path, "select count(*) from accounts_notice") == 200
    assert len(list((tmp_path / "mail").iterdir())) >= 1
