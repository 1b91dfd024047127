"""Write the schema to schema.graphql, or check that it is up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shop.schema import schema


class Command(BaseCommand):
    help = "Write the sorted schema to schema.graphql."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say whether it differs.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "schema.graphql"
        text = schema.as_str() + "\n"
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            raise CommandError("schema.graphql differs: run `uv run manage.py export_graphql`.")
