"""Project every card anew, or check that all are as they should be."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog import cards
from catalog.models import Product


class Command(BaseCommand):
    help = "Write all cards anew from the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only compare; fail on a mismatch."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["check"]:
            wrong = cards.differing(at=now)
            if wrong:
                raise CommandError(f"{len(wrong)} cards differ: products {wrong[:20]}")
            self.stdout.write("All cards are as they should be.")
            return
        ids = Product.objects.order_by("pk").values_list("pk", flat=True)
        self.stdout.write(f"{cards.project(ids, at=now)} cards changed.")
