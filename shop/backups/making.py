"""A backup made while the shop runs: under a passing name until it is whole."""

import fcntl
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from shop.backups import manifest
from shop.backups.databases import database
from shop.backups.manifest import BackupRefused, Manifest

_NAME: Final = "shop-%Y%m%dT%H%M%SZ"
_KNOWN: Final = re.compile(r"shop-\d{8}T\d{6}Z")
_PARTIAL: Final = ".partial-"
_LOCK: Final = ".lock"


def folders() -> Mapping[str, Path]:
    """The folders of files that a backup holds, by their name in it; none when they lie in S3."""
    if files_in() == "s3":
        return {}
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def files_in() -> str:
    backend = settings.STORAGES["default"]["BACKEND"]
    return "folders" if backend.endswith("FileSystemStorage") else "s3"


def make_backup(*, to: Path, keep: int | None, at: datetime) -> Path:
    """Copy database and files into a new folder of `to`, then delete all but the `keep` newest.

    Files are copied after the database, and never change once written: one that a row names is
    there, unless it was deleted meanwhile.

    Raises:
        BackupRefused: another one is being made, `to` is where visitors read, or the database
            cannot be copied.
    """
    _refuse_inside(to)
    with _alone(to):
        for left_behind in to.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left_behind)
        whole = to / at.astimezone(UTC).strftime(_NAME)
        if whole.exists():
            raise BackupRefused(f"{whole} is there already.")
        partial = to / f"{_PARTIAL}{whole.name}"
        partial.mkdir(mode=0o700)
        _fill(partial, at=at)
        manifest.settle(partial)
        partial.rename(whole)
        if keep is not None:
            for old in backups(to)[:-keep]:
                shutil.rmtree(old)
    return whole


def backups(folder: Path) -> list[Path]:
    """The whole backups of a folder, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _KNOWN.fullmatch(path.name))


def made_at(backup: Path) -> datetime:
    return datetime.strptime(backup.name, _NAME).replace(tzinfo=UTC)


def _fill(partial: Path, *, at: datetime) -> None:
    here = database()
    if here.is_empty():
        raise BackupRefused("The database is empty, there is nothing to lose.")
    held = here.dump(partial / here.file)
    for name, source in folders().items():
        _copy(source, partial / name)
    for path in partial.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    told = Manifest(
        made_at=at,
        database=here.file,
        files_in=files_in(),
        migrations=held.migrations,
        rows=held.rows,
        files=manifest.sum_up(partial),
    )
    manifest.write(partial, told)
    for path in partial.glob("manifest.*"):
        path.chmod(0o600)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        there = target / path.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, there)
        except FileNotFoundError:
            # Deleted by the shop since it was listed.
            there.unlink(missing_ok=True)


def _refuse_inside(to: Path) -> None:
    for name, folder in folders().items():
        if to.resolve().is_relative_to(folder.resolve()):
            raise BackupRefused(f"{to} lies in {name}, which is itself backed up: choose another.")


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (to / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"Another backup is being made in {to}.") from None
        yield
