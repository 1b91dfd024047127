"""Serve by neighbours that another engine has found."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from recommendations import parquet, training
from recommendations.parquet import NotNeighbours
from recommendations.training import NothingToLearn


class Command(BaseCommand):
    help = "Read Parquet (product, other, likeness), fill the shelves, and serve if it passes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **given: Any) -> None:
        try:
            version = training.train(
                at=timezone.now(),
                progress=lambda keys: tqdm(keys, unit=" pets", disable=None),
                likely=parquet.read_neighbours(given["file"]),
            )
        except (NotNeighbours, NothingToLearn) as error:
            raise CommandError(str(error)) from None
        if version.refused_because:
            raise CommandError(f"Version {version.pk} stays out: {version.refused_because}.")
        self.stdout.write(f"Version {version.pk} serves by the neighbours of {given['file']}.")
