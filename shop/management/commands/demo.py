"""Prepare the demonstration clinic, and serve it."""

import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from shop.demo import loader
from shop.demo.clients import OWNER
from shop.demo.texts import PETS_QUERY, THINGS_TO_TRY, TYPO_QUERY


class Command(BaseCommand):
    help = (
        "Prepare everything on an embedded database, then serve it with a worker beside, and with "
        "a stand-in for Stripe unless STRIPE_SECRET_KEY is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="Prepare, and stop there.")
        parser.add_argument("--fresh", action="store_true", help="Throw away what is there.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration is not for production (SHOP_MODE).")
        if options["fresh"]:
            self._throw_away()
        call_command("migrate", verbosity=0)
        self._prepare()
        url = f"http://127.0.0.1:{options['port']}"
        self.stdout.write(
            THINGS_TO_TRY.format(
                url=url,
                query=TYPO_QUERY,
                pets=PETS_QUERY,
                manager=loader.MANAGER,
                owner=OWNER,
                password=loader.PASSWORD,
            )
        )
        if not options["no_serve"]:
            self._serve(options["port"])

    def _prepare(self) -> None:
        found = loader.state()
        if found is loader.State.OTHER_CLINIC:
            raise CommandError("Another clinic's data are here: give the demo its own DATA_DIR.")
        if found is loader.State.HALF_LOADED:
            self.stdout.write("An interrupted load is here: starting afresh.")
            self._throw_away()
            call_command("migrate", verbosity=0)
        if found is loader.State.LOADED:
            self.stdout.write("The demonstration clinic is there already.")
        else:
            loader.load(at=timezone.now(), tell=self.stdout.write)

    def _throw_away(self) -> None:
        if connection.vendor == "sqlite":
            connection.close()
            for path in Path(settings.DATA_DIR).glob("shop.sqlite3*"):
                path.unlink()
        else:
            call_command("flush", interactive=False, verbosity=0)
        for folder in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT, settings.TEXT_INDEX_ROOT):
            shutil.rmtree(folder, ignore_errors=True)

    def _serve(self, port: int) -> None:
        connection.close()
        beside = [["worker"]]
        if not settings.STRIPE_SECRET_KEY:
            webhook = f"http://127.0.0.1:{port}/stripe/webhook"
            beside.append(["stripe_stand_in", "--webhook", webhook])
        running = [
            subprocess.Popen(  # noqa: S603  (our own commands)
                [sys.executable, "manage.py", *each], cwd=settings.BASE_DIR
            )
            for each in beside
        ]
        try:
            call_command("serve", port=port)
        finally:
            for each in running:
                each.terminate()
            for each in running:
                each.wait(timeout=30)
