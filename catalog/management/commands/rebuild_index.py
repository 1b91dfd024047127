"""Build the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog import search


class Command(BaseCommand):
    help = "Build the search index anew beside the old one, then switch over."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} products indexed.")
