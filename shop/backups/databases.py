"""The database copied while the shop runs, and put back while it stands still."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Login, Person
from catalog.models import Product
from orders.models import Document, Order, Payment
from pets.models import Pet
from shop.backups.manifest import BackupRefused, settle

type Ask = Callable[[str], Iterable[Sequence[Any]]]

_COUNTED: Final = tuple(
    model._meta.db_table  # noqa: SLF001  (Django documents `_meta`)
    for model in (Login, Person, Pet, Product, Order, Payment, Document)
)
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""
_EMPTIED = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: rows of some tables, and the migrations that it had, as `app.name`."""

    rows: dict[str, int]
    migrations: tuple[str, ...]


class Database(Protocol):
    """`file` is the name of its copy in a backup."""

    file: str

    def dump(self, copy: Path) -> Held:
        """Copy all of it as of one moment. Raises: BackupRefused."""

    def is_empty(self) -> bool: ...

    def is_in_use(self) -> bool:
        """Whether another process has it open."""

    def load(self, copy: Path) -> None:
        """Take the copy's content instead of its own, wholly or not at all.

        Raises:
            BackupRefused.
        """


def database() -> Database:
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


def held_by(ask: Ask) -> Held:
    rows = {table: next(iter(ask(f"SELECT count(*) FROM {table}")))[0] for table in _COUNTED}  # noqa: S608
    applied = ask("SELECT app, name FROM django_migrations")
    return Held(rows=rows, migrations=tuple(sorted({f"{app}.{name}" for app, name in applied})))


class SQLite:
    file = "database.sqlite3"

    def __init__(self) -> None:
        self._path = Path(connection.settings_dict["NAME"])

    def dump(self, copy: Path) -> Held:
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(copy)) as made:
            source.backup(made)
            # The copy is one file: no log beside it that might be left behind.
            made.execute("PRAGMA journal_mode=DELETE")
            found = made.execute("PRAGMA quick_check").fetchone()[0]
            if found != "ok":
                raise BackupRefused(f"The database itself is damaged: {found}.")
            return held_by(made.execute)

    def is_empty(self) -> bool:
        if not self._path.exists():
            return True
        with closing(sqlite3.connect(self._path)) as link:
            return not link.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()

    def is_in_use(self) -> bool:
        """Every open connection shares a lock on the file, which this one asks for alone."""
        connection.close()
        if not self._path.exists():
            return False
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as link:
            try:
                link.execute("PRAGMA locking_mode=EXCLUSIVE")
                link.execute("BEGIN EXCLUSIVE")
                link.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return True
            except sqlite3.DatabaseError:
                # No database any more: the reason to restore one.
                return False
        return False

    def load(self, copy: Path) -> None:
        connection.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = self._path.with_name(f"{self._path.name}.restoring")
        shutil.copyfile(copy, made)
        made.chmod(0o600)
        settle(made)
        # A log of the old file would be played over the new one.
        for log in ("-wal", "-shm", "-journal"):
            self._path.with_name(self._path.name + log).unlink(missing_ok=True)
        made.replace(self._path)


class PostgreSQL:
    file = "database.dump"

    def dump(self, copy: Path) -> Held:
        # What is counted and what is copied are of one snapshot.
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = f"--snapshot={cursor.fetchone()[0]}"
            to = f"--file={copy}"
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", snapshot, to)

            def ask(statement: str) -> Iterable[Sequence[Any]]:
                cursor.execute(statement)
                found: Iterable[Sequence[Any]] = cursor.fetchall()
                return found

            return held_by(ask)

    def is_empty(self) -> bool:
        return not connection.introspection.table_names()

    def is_in_use(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_OTHERS)
            return bool(cursor.fetchone()[0])

    def load(self, copy: Path) -> None:
        connection.close()
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=settings.DATA_DIR, prefix="restoring-") as folder:
            # Written out whole first, so that half of it is never carried out.
            script = f"--file={folder}/restore.sql"
            _run("pg_restore", "--no-owner", "--no-privileges", script, str(copy))
            how = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
            _run("psql", *how, "--output=/dev/null", f"--command={_EMPTIED}", script)


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on the shop's database; the password is in no list of processes.

    Raises:
        BackupRefused: it is not installed, or failed.
    """
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "NAME"}
    values = {there: str(known[here]) for there, here in names.items() if known[here]}
    if known["PASSWORD"]:
        values["PGPASSWORD"] = known["PASSWORD"]
    path = shutil.which(tool)
    if path is None:
        raise BackupRefused(
            f"{tool} is not installed: apt install postgresql-client (not older than the server)."
        )
    done = subprocess.run(  # noqa: S603  (our own arguments)
        [path, *arguments],
        env={**os.environ, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{tool} failed: {done.stderr.strip()[:600]}")
