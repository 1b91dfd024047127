"""Files handed in for an import: kept until the import, opened where nothing can escape."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from catalog.models import ImportRun
from kernel.refusals import ErrorCode, Refusal

MOST_UPLOADED: Final = 20 * 1024 * 1024
MOST_UNPACKED: Final = 200 * 1024 * 1024
_MOST_MEMBERS: Final = 200
_PIECE: Final = 1 << 20
_KEPT_FOR: Final = timedelta(days=1)
_FOLDER: Final = "imports"
_TABLES: Final = frozenset({"brands.csv", "products.csv", "variants.csv", "ration_tables.csv"})
_HISTORY: Final = "price_history"


class ArchiveRefused(Refusal):
    """The file is no folder of the clinic that can be opened safely."""

    code = ErrorCode.UPLOAD_REFUSED
    words = _("%(file)s: %(why)s")


def keep(run: ImportRun, upload: File) -> None:
    """Keep a file beside its dry run, so that the import reads what was rehearsed."""
    upload.seek(0)
    storages["private"].save(_kept_name(run), upload)


def is_kept(run: ImportRun) -> bool:
    return run.is_dry and storages["private"].exists(_kept_name(run))


def kept_file(run: ImportRun) -> File:
    return storages["private"].open(_kept_name(run))


def forget(run: ImportRun) -> None:
    storages["private"].delete(_kept_name(run))


def forget_old(*, at: datetime) -> None:
    """Drop the files of rehearsals that nobody carried out within a day."""
    stale = ImportRun.objects.filter(is_dry=True, started_at__lt=at - _KEPT_FOR)
    for run in stale.order_by("-pk")[:20]:
        if is_kept(run):
            forget(run)


def _kept_name(run: ImportRun) -> str:
    return f"{_FOLDER}/{run.pk}"


@contextmanager
def opened(upload: File, name: str) -> Iterator[Path]:
    """The file, or the folder inside a ZIP, on this disk for as long as the block lasts.

    Raises:
        ArchiveRefused: a ZIP without the clinic's files, too large unpacked, or damaged.
    """
    safe = get_valid_filename(PurePosixPath(name.replace("\\", "/")).name)
    with TemporaryDirectory(prefix="import-") as base:
        if safe.lower().endswith(".zip"):
            folder = Path(base) / Path(safe).stem
            folder.mkdir()
            _unpack(upload, folder, safe)
            yield folder
            return
        path = Path(base) / safe
        with path.open("wb") as copy:
            shutil.copyfileobj(upload, copy, _PIECE)
        yield path


def _unpack(upload: File, folder: Path, name: str) -> None:
    """Write the clinic's tables, each by its plain name: no path in the archive is followed."""
    try:
        with zipfile.ZipFile(upload) as archive:
            members = _wanted(archive, name)
            left = MOST_UNPACKED
            for member, plain in members:
                left = _copy(archive, member, folder / plain, left, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        why = _("it is damaged, encrypted, or no ZIP")
        raise ArchiveRefused(file=name, why=why) from None


def _wanted(archive: zipfile.ZipFile, name: str) -> list[tuple[zipfile.ZipInfo, str]]:
    every = archive.infolist()
    if len(every) > _MOST_MEMBERS:
        raise ArchiveRefused(file=name, why=_("it holds too many files"))
    found = [(each, _plain_name(each)) for each in every if not each.is_dir()]
    tables = [(each, plain) for each, plain in found if _is_table(plain)]
    names = [plain for _each, plain in tables]
    if len(names) != len(set(names)):
        raise ArchiveRefused(file=name, why=_("it holds two files of one name"))
    if "products.csv" not in names:
        raise ArchiveRefused(file=name, why=_("there is no products.csv in it"))
    return tables


def _plain_name(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _is_table(name: str) -> bool:
    return name in _TABLES or (name.startswith(_HISTORY) and name.endswith(".csv"))


def _copy(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int, name: str
) -> int:
    """Copy one file, counting what really comes out; gives the room that is left."""
    with archive.open(member) as source, path.open("xb") as copy:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise ArchiveRefused(file=name, why=_("it grows over 200 MB when unpacked"))
            copy.write(piece)
    return left
