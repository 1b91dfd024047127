"""Hand the matrix of pets and products to another engine."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from recommendations import parquet


class Command(BaseCommand):
    help = "Write purchases as Parquet (pet, product, day, share); pets under made-up names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *_args: Any, **given: Any) -> None:
        count = parquet.export(given["out"], at=timezone.now())
        self.stdout.write(f"{count} purchases: {given['out']}")
