"""A backup put back: proved first, then the database, then the files."""

import shutil
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from clinic import revision
from shop.backups import manifest
from shop.backups.databases import Database, database
from shop.backups.making import files_in, folders
from shop.backups.manifest import BackupRefused, Manifest

_NEW: Final = ".restoring"
_OLD: Final = ".replaced"


def restore(backup: Path, *, replace: bool) -> Manifest:
    """Put a backup in the place of what is there; stopped half-way, it may be begun again.

    `replace` allows to overwrite. The revision of what the public sees moves, so that nothing kept
    from before passes for the restored.

    Raises:
        BackupRefused: a file is damaged, missing or extra; a newer version made it; it is of
            another kind of database or storage; the shop runs; there is something already.
    """
    told = manifest.check(backup)
    here = database()
    _refuse_other_kind(told, here)
    _refuse_newer(told)
    _refuse_overwriting(here, replace=replace)
    if here.is_in_use():
        raise BackupRefused(
            "The shop is running on this database: stop every serve and worker first."
        )
    for name, folder in folders().items():
        _prepare(backup / name, folder)
    here.load(backup / here.file)
    for folder in folders().values():
        _switch(folder)
    revision.bump()
    return told


def _refuse_other_kind(told: Manifest, here: Database) -> None:
    if told.database != here.file:
        raise BackupRefused(
            f"This backup holds a {told.database}, DATABASE_URL wants a {here.file}: name a "
            "database of its kind."
        )
    if told.files_in != files_in():
        raise BackupRefused(
            f"The files of this backup are in {told.files_in}, the shop's are in {files_in()}: "
            "set or unset S3_BUCKET as it was then."
        )


def _refuse_newer(told: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = [name for name in told.migrations if name not in known]
    if unknown:
        raise BackupRefused(
            f"A newer version of the shop made this backup (it has {unknown[0]}): install that "
            "version first."
        )


def _refuse_overwriting(here: Database, *, replace: bool) -> None:
    if replace:
        return
    full = [str(each) for each in folders().values() if each.exists() and any(each.iterdir())]
    if not here.is_empty():
        full.insert(0, f"the database {connection.settings_dict['NAME']}")
    if full:
        raise BackupRefused(
            f"Not empty: {', '.join(full)}. Restore into an empty place, or add --replace to lose "
            "what is there."
        )


def _prepare(source: Path, folder: Path) -> None:
    fresh = folder.with_name(folder.name + _NEW)
    shutil.rmtree(fresh, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, fresh)
    else:
        fresh.mkdir(parents=True)


def _switch(folder: Path) -> None:
    old = folder.with_name(folder.name + _OLD)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    folder.with_name(folder.name + _NEW).rename(folder)
    shutil.rmtree(old, ignore_errors=True)
