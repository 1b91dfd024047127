"""Build the search indexes anew."""

from typing import Any

from django.core.management.base import BaseCommand

from advice import search as advice_search
from catalog import search


class Command(BaseCommand):
    help = "Build the search indexes anew beside the old ones, then switch over."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} products indexed.")
        self.stdout.write(f"{advice_search.rebuild()} articles and videos indexed.")
