"""Back up the shop."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from shop.backups import manifest
from shop.backups.making import make_backup
from shop.backups.manifest import BackupRefused

_MEGABYTE = 1_000_000


class Command(BaseCommand):
    help = "Copy database, pictures and private files into a new folder, while the shop runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, metavar="FOLDER")
        parser.add_argument("--keep", type=int, help="Then delete all but so many backups.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep: 1 or more, for the one just made is among them.")
        try:
            made = make_backup(to=options["to"], keep=options["keep"], at=timezone.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from None
        told = manifest.read(made)
        size = sum(each.size for each in told.files.values()) / _MEGABYTE
        self.stdout.write(f"{made}: {len(told.files)} files, {size:.1f} MB; {told.counted}")
        if told.files_in == "s3":
            self.stdout.write("The database alone: pictures and documents are in their buckets.")
