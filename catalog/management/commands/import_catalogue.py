"""Import a catalogue from the clinic's folder or a supplier's file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from catalog.importing.reading import FileRefused
from catalog.importing.run import Order, Report, StrictRefused, run

_SHOWN = 40


class Command(BaseCommand):
    help = "Import products, packs, prices and rations; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="A folder in the clinic's format, or a file.")
        parser.add_argument("--supplier", default="", help="Whose file it is: CSV or XLSX.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change.")
        parser.add_argument("--strict", action="store_true", help="All or nothing.")
        parser.add_argument("--drafts", action="store_true", help="Publish nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        order = Order(
            path=options["path"],
            supplier=options["supplier"],
            is_dry=options["dry_run"],
            is_strict=options["strict"],
            publish=not options["drafts"],
        )
        if not order.path.exists():
            raise CommandError(f"{order.path} does not exist.")
        try:
            with tqdm(unit=" products", desc=order.path.name, disable=None) as bar:
                report = run(order, by=None, at=timezone.now(), progress=bar.update)
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        except StrictRefused as refused:
            self._tell(refused.report)
            raise CommandError(str(refused)) from None
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for difference in report.differences[:_SHOWN] if report.is_dry else ():
            self.stdout.write(f"{difference.kind} {difference.reference}")
            for name, (before, after) in difference.changes.items():
                self.stdout.write(f"    {name}: {before!r} -> {after!r}")
        if report.is_dry:
            self._tell_rest(report, len(report.differences), "differences")
        for problem in report.problems[:_SHOWN]:
            self.stdout.write(self.style.WARNING(f"refused {problem}"))
        self._tell_rest(report, len(report.problems), "refused rows")
        counts = ", ".join(
            f"{report.counts[kind]} {kind}"
            for kind in ("new", "changed", "withdrawn", "unchanged", "refused")
        )
        self.stdout.write(counts)
        if report.changed_nothing:
            self.stdout.write("Nothing changed." if not report.is_dry else "Nothing would change.")

    def _tell_rest(self, report: Report, count: int, what: str) -> None:
        if count > _SHOWN and report.run:
            self.stdout.write(f"and {count - _SHOWN} more {what}: see import {report.run.pk}")
