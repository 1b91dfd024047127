"""The import of a practice's files from beginning to end, in one transaction."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.db import transaction
from django.utils import translation

from accounts.models import Person
from pets.importing.animals import AnimalsImport
from pets.importing.clients import ClientsImport
from pets.importing.reading import FileRefused, Problem, Row, rows, shown
from pets.importing.report import Report

CLIENTS, ANIMALS = "clients.csv", "animals.csv"
SOURCE = "practice"
_BATCH = 500
_SOURCE = re.compile(r"[-\w]{1,40}", re.ASCII)

type Progress = Callable[[int], object]


def import_practice(
    folder: Path,
    *,
    source: str = SOURCE,
    is_dry: bool = False,
    by: Person | None = None,
    at: datetime,
    progress: Progress = lambda _rows: None,
) -> Report:
    """Import `clients.csv` and `animals.csv` of a folder, or the one that is there; never twice.

    A row that cannot be used is refused alone; a file that cannot be read leaves everything as it
    was. A dry run does all of it, and takes it back.
    """
    report = Report(is_dry=is_dry)
    try:
        # Problems are told in one language, whoever reads them.
        with translation.override("en"), transaction.atomic():
            _take(_files(folder, source), source, report, by=by, at=at, progress=progress)
            transaction.set_rollback(is_dry)
    except FileRefused as refusal:
        report = Report(is_dry=is_dry)
        report.refuse(refusal.problem)
    return report


def _take(
    paths: Sequence[Path],
    source: str,
    report: Report,
    *,
    by: Person | None,
    at: datetime,
    progress: Progress,
) -> None:
    for path in paths:
        kind = ClientsImport if path.name == CLIENTS else AnimalsImport
        importer = kind(source, report, by=by, at=at)
        for batch in batched(_sound(path, importer.needs, report), _BATCH, strict=False):
            importer.take(batch)
            progress(len(batch))


def _files(folder: Path, source: str) -> list[Path]:
    """Raises: FileRefused, for a folder without either file, or a source that is no name."""
    if not _SOURCE.fullmatch(source):
        expected = "a system's name of at most 40 letters, digits, hyphens"
        raise FileRefused(Problem(shown(folder.name), 1, "source", shown(source), expected))
    found = [folder / name for name in (CLIENTS, ANIMALS) if (folder / name).exists()]
    if not found:
        expected = f"a folder with {CLIENTS}, {ANIMALS} or both"
        raise FileRefused(Problem(shown(folder.name), 1, "", "neither", expected))
    return found


def _sound(path: Path, columns: Sequence[str], report: Report) -> Iterator[Row]:
    for row in rows(path, columns):
        if isinstance(row, Problem):
            report.refuse(row)
        else:
            yield row
