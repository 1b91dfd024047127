"""Import the official list of authorised veterinary medicines."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.importing.anmv import import_medicines
from catalog.importing.reading import FileRefused


class Command(BaseCommand):
    help = "Read the ANMV's XML into the reference table of medicines by GTIN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"{path} does not exist.")
        try:
            taken, refused = import_medicines(path)
        except FileRefused as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{taken} packs known, {refused} refused for a wrong check digit.")
