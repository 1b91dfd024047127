"""Simulate a clinic's demand at any size."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recommendations.simulation import files, shelves

_DAYS_A_MONTH = 365.25 / 12


class Command(BaseCommand):
    help = "Write the files of a clinic that never was: the same seed gives the same files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owners", type=int, required=True)
        parser.add_argument("--months", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True, help="A folder.")
        parser.add_argument("--seed", type=int, default=42)
        parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 10, 31))
        parser.add_argument(
            "--catalogue",
            type=Path,
            default=settings.BASE_DIR / "shop" / "demo" / "data",
            help="Where products.csv, variants.csv and simulator_params.json are.",
        )

    def handle(self, *_args: Any, **given: Any) -> None:
        if given["owners"] < 1 or given["months"] < 1:
            raise CommandError("--owners and --months are 1 or more.")
        folder: Path = given["catalogue"]
        if not (folder / "simulator_params.json").exists():
            raise CommandError(f"{folder}: simulator_params.json expected.")
        params = json.loads((folder / "simulator_params.json").read_text(encoding="utf-8"))
        order = files.Order(
            owners=given["owners"],
            begins=given["until"] - timedelta(days=round(given["months"] * _DAYS_A_MONTH)),
            ends=given["until"],
            seed=given["seed"],
        )
        found = files.write(
            order,
            shelves.read(folder),
            params,
            given["out"],
            progress=lambda numbers: tqdm(numbers, unit=" owners", disable=None),
        )
        self.stdout.write(
            f"{found.owners} owners, {found.pets} pets, {found.orders} orders, {found.lines} lines"
        )
