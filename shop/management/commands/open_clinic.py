"""Open a clinic's shop."""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone, translation

from kernel.refusals import Refusal
from shop import condition
from shop.opening import sheet, values
from shop.opening.asking import ask_for_sheet
from shop.opening.sheet import Sheet, SheetRefused
from shop.opening.writing import open_clinic


class Command(BaseCommand):
    help = (
        "Write the clinic's details, place, deliveries, legal texts and first manager, from "
        "questions or a file; a second run changes what differs, and says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="TOML or JSON: docs/opening/clinic.toml.")
        parser.add_argument("--manager", default="", help="E-mail of the first manager.")

    def handle(self, *_args: Any, **options: Any) -> None:
        self._refuse_unprepared()
        # The mail of invitation is worded in its reader's language all the same.
        with translation.override("en"):
            try:
                found = self._sheet(options["file"])
                if options["manager"]:
                    found = replace(found, manager=values.email(options["manager"]))
                told = open_clinic(sheet=found, at=timezone.now())
            except (SheetRefused, values.Unfit) as refused:
                raise CommandError(f"Nothing was written.\n{refused}") from None
            except Refusal as refused:
                raise CommandError(f"Nothing was written: {refused.message}") from None
        for line in told or ["Nothing changed."]:
            self.stdout.write(line)
        self._tell_the_manager(found.manager, told)
        self.stdout.write("\nWhat is left (manage.py doctor):")
        call_command("doctor", stdout=self.stdout, never_fails=True)

    def _refuse_unprepared(self) -> None:
        try:
            is_ready = not condition.migrations_pending()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from None
        if not is_ready:
            raise CommandError("The database is not up to date: run manage.py migrate first.")

    def _sheet(self, file: Path | None) -> Sheet:
        if file is not None:
            return sheet.read_file(file)
        if not sys.stdin.isatty():
            raise CommandError("Nobody is here to be asked: give --file clinic.toml.")
        given = ask_for_sheet(ask=input, tell=self.stdout.write)
        return sheet.read(given, folder=Path.cwd())

    def _tell_the_manager(self, manager: str, told: list[str]) -> None:
        if any(line.startswith("manager ") for line in told):
            self.stdout.write(
                f"\n{manager} chooses a password by a mailed code (the worker sends it) on "
                f"{settings.PUBLIC_URL}/account/password/reset/, or you by `manage.py "
                f"changepassword {manager}`; then signs in on {settings.PUBLIC_URL}/admin/ and "
                "enrols a second factor, which is asked before anything else."
            )
