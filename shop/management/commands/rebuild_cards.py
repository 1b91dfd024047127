"""Project every card anew, or check that all are as they should be."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from advice import cards as article_cards
from advice.models import Article
from catalog import cards
from catalog.models import Product


class Command(BaseCommand):
    help = "Write all cards of products and articles anew from the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only compare; fail on a mismatch."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["check"]:
            for what, wrong in (
                ("products", cards.differing(at=now)),
                ("articles", article_cards.differing()),
            ):
                if wrong:
                    raise CommandError(f"{len(wrong)} cards differ: {what} {wrong[:20]}")
            self.stdout.write("All cards are as they should be.")
            return
        products = Product.objects.order_by("pk").values_list("pk", flat=True)
        changed = cards.project(products, at=now)
        changed += article_cards.project(Article.objects.values_list("pk", flat=True))
        self.stdout.write(f"{changed} cards changed.")
