"""Train the model of suggestions, or go back to the one before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from recommendations import training
from recommendations.blend import BlendOptions, UnknownOption
from recommendations.training import NothingToLearn


class Command(BaseCommand):
    help = "Train a version on all orders; it serves only if it is no worse than the last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rollback", action="store_true", help="Serve by the one before.")
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="Of the blend."
        )

    def handle(self, *_args: Any, **given: Any) -> None:
        if given["rollback"]:
            earlier = training.roll_back()
            if earlier is None:
                raise CommandError("There is no earlier version that passed.")
            self.stdout.write(f"Version {earlier.pk} of {earlier.trained_at:%d/%m/%Y} serves.")
            return
        pairs = (each.partition("=") for each in given["option"])
        try:
            options = BlendOptions.read({name: value for name, _equals, value in pairs})
            version = training.train(
                at=timezone.now(),
                options=options,
                progress=lambda keys: tqdm(keys, unit=" pets", disable=None),
            )
        except (NothingToLearn, UnknownOption) as error:
            raise CommandError(str(error)) from None
        told = f"{version.purchases} purchases of {version.pets} pets, NDCG {version.ndcg or 0:.4f}"
        if version.refused_because:
            raise CommandError(f"Version {version.pk} stays out: {version.refused_because}.")
        self.stdout.write(f"Version {version.pk} serves: {told}.")
