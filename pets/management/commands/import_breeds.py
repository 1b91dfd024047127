"""Fill the list of breeds: our own, or the FCI's nomenclature."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pets.breeds import import_fci, save_common_breeds
from pets.importing.reading import FileRefused


class Command(BaseCommand):
    help = "Without files: the breeds that are common in France. What staff edited stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fci-fr", type=Path, help="The FCI's list with French names, CSV.")
        parser.add_argument("--fci-en", type=Path, help="The same with English names.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and write nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        french, english, at = options["fci_fr"], options["fci_en"], timezone.now()
        if french is None and (english or options["dry_run"]):
            raise CommandError("--fci-en and --dry-run go with --fci-fr.")
        try:
            report = (
                import_fci(french, english, dry_run=options["dry_run"], at=at)
                if french
                else save_common_breeds(at=at)
            )
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        for problem in report.problems:
            self.stdout.write(self.style.WARNING(f"refused {problem}"))
        kinds = ("new", "changed", "unchanged", "refused")
        self.stdout.write(", ".join(f"{report.counts[kind]} {kind}" for kind in kinds))
