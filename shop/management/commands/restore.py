"""Put a backup back."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from shop import condition
from shop.backups import manifest
from shop.backups.manifest import BackupRefused
from shop.backups.restoring import restore


class Command(BaseCommand):
    help = "Prove a backup, then put it in the place of database and files; the shop stands still."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="A folder that `backup` made.")
        parser.add_argument("--check", action="store_true", help="Prove it, and stop there.")
        parser.add_argument("--replace", action="store_true", help="Lose what is there.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            told = manifest.check(options["folder"])
            made_at = f"{told.made_at:%Y-%m-%d %H:%M %Z}"
            self.stdout.write(f"A whole backup of {made_at}: {told.counted}")
            if options["check"]:
                return
            self._ask(is_sure=options["yes"])
            restore(options["folder"], replace=options["replace"])
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from None
        self.stdout.write("Database and files are as they were.")
        self._finish()

    def _ask(self, *, is_sure: bool) -> None:
        if is_sure:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nobody is here to be asked: add --yes.")
        where = settings.DATABASES["default"]["NAME"]
        if input(f"Restore it into {where} and {settings.DATA_DIR}? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was restored.")

    def _finish(self) -> None:
        """The index is made of the database, not kept; an older backup is brought up to date."""
        if condition.migrations_pending():
            call_command("migrate", verbosity=0)
            call_command("prepare_roles", stdout=self.stdout)
            call_command("rebuild_cards", stdout=self.stdout)
        call_command("rebuild_index", stdout=self.stdout)
        self.stdout.write(
            "Left to do: carry out again the erasures that were asked for since (docs/privacy.md), "
            "start serve and worker, then run doctor."
        )
