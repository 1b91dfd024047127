"""Judge the models of suggestions on baskets kept in files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations import evaluation, splits
from recommendations.blend import BlendOptions, UnknownOption
from recommendations.evaluation import Model, NoBaskets, ShelfKind


class Command(BaseCommand):
    help = (
        "Write the lists of one model for a scorer, or compare all of them on baskets held out of "
        "the training ones. A file of answers (*_test*) is never opened."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="A folder with one *_train.json.gz, or sim_*."
        )
        parser.add_argument("--model", choices=[str(each) for each in Model], default=Model.BLEND)
        parser.add_argument(
            "--shelf", choices=[str(each) for each in ShelfKind], default=ShelfKind.MIXED
        )
        parser.add_argument("--out", type=Path, help="Where to write the lists, as JSON.")
        parser.add_argument(
            "--compare",
            type=int,
            metavar="N",
            help="Compare all models on the last N baskets, or on N days of a clinic's orders.",
        )
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="Of the blend."
        )

    def handle(self, *_args: Any, **given: Any) -> None:
        if (given["out"] is None) is (given["compare"] is None):
            raise CommandError("Give --out for a model's lists, or --compare for all models.")
        shelf = ShelfKind(given["shelf"])
        try:
            options = BlendOptions.read(dict(_pair(each) for each in given["option"]))
            if given["compare"] is not None:
                self._compare(given["data"], given["compare"], options, shelf)
                return
            data = evaluation.read(given["data"])
        except (NoBaskets, UnknownOption) as error:
            raise CommandError(str(error)) from None
        lists = evaluation.predicted(data, Model(given["model"]), options, shelf)
        evaluation.written(data, lists, given["out"])
        self.stdout.write(f"{len(lists)} lists of {len(data.products)} products: {given['out']}")

    def _compare(self, folder: Path, count: int, options: BlendOptions, shelf: ShelfKind) -> None:
        if (folder / "sim_orders.csv").exists():
            cut = splits.rolling(folder, cuts=count)
        else:
            data = evaluation.read(folder)
            cut = [splits.held_out(data, back=back) for back in range(1, count + 1)]
        self.stdout.write("| model | R@10 | N@10 | PHR@10 | blend ahead, R | blend ahead, N |")
        self.stdout.write("| --- | --- | --- | --- | --- | --- |")
        for each in splits.compared(cut, options, shelf):
            means = " | ".join(f"{mean:.4f}" for mean in each.means)
            gains = " | ".join(
                f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
                for gain in (each.behind_recall, each.behind_ndcg)
            )
            self.stdout.write(f"| {each.model} | {means} | {gains} |")


def _pair(text: str) -> tuple[str, str]:
    name, _equals, value = text.partition("=")
    return name, value
