"""Write accounts/data/communes.csv anew from the package that carries the official list."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.postal import LIST, Commune, pack


class Command(BaseCommand):
    help = "Build the list of French postal codes from codes_postaux_fr.csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help="CSV of the package `codes-postaux`.")

    def handle(self, *_args: Any, **options: Any) -> None:
        with options["source"].open(encoding="utf-8", newline="") as file:
            packed = pack(
                Commune(row["code_postal"], row["nom_commune"], row["libelle_acheminement"])
                for row in csv.DictReader(file)
            )
        LIST.write_text(packed, encoding="utf-8")
        self.stdout.write(f"{packed.count(chr(10)) - 1} postal codes.")
