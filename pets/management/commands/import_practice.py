"""Import the practice's clients and animals."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from pets.importing.report import Report
from pets.importing.run import SOURCE, import_practice

_SHOWN = 40


class Command(BaseCommand):
    help = "Import clients.csv and animals.csv; what was changed in the shop stands, and is listed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", default=SOURCE, help="Whose references these are.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change.")

    def handle(self, *_args: Any, **options: Any) -> None:
        with tqdm(unit=" rows", disable=None) as bar:
            report = import_practice(
                options["folder"],
                source=options["source"],
                is_dry=options["dry_run"],
                at=timezone.now(),
                progress=bar.update,
            )
        self._tell(report)
        if report.counts["refused"]:
            raise CommandError(f"{report.counts['refused']} rows were refused.")

    def _tell(self, report: Report) -> None:
        self._list("refused", report.problems, report.counts["refused"])
        self._list("stands", report.conflicts, report.counts["conflicts"])
        self._list("same as?", report.duplicates, report.counts["duplicates"])
        for what in ("clients", "animals"):
            kinds = ("new", "changed", "unchanged")
            counts = ", ".join(f"{report.counts[f'{what} {kind}']} {kind}" for kind in kinds)
            self.stdout.write(f"{what}: {counts}")
        if report.changed_nothing:
            self.stdout.write("Nothing would change." if report.is_dry else "Nothing changed.")

    def _list(self, word: str, told: Sequence[object], count: int) -> None:
        for each in told[:_SHOWN]:
            self.stdout.write(self.style.WARNING(f"{word} {each}"))
        if count > _SHOWN:
            self.stdout.write(f"and {count - _SHOWN} more")
