"""Take the front end's documents, which guests may then ask for by their hash."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic import trusted
from kernel.graphql.limits import measured
from shop.schema import schema


class Command(BaseCommand):
    help = "Trust the .graphql files of a folder, all of them or, if one would break, none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="Where the documents are.")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Write nothing; fail if a document given, or one trusted before, would break.",
        )
        parser.add_argument("--manifest", type=Path, help="Write hashes by file name, as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        given = documents_in(options["folder"]) if options["folder"] else {}
        if not given and not options["check"]:
            raise CommandError("Name a folder with .graphql files.")
        documents = {**trusted.by_name(), **given} if options["check"] else given
        refuse_broken(documents)
        if options["check"]:
            self.stdout.write(f"{len(documents)} documents, all valid.")
            return
        added = trusted.trust(given, at=timezone.now())
        hashes = {name: trusted.hash_of(text) for name, text in given.items()}
        for name, sha256 in hashes.items():
            self.stdout.write(f"{sha256}  {name}")
        if options["manifest"]:
            options["manifest"].write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(given)} documents trusted, {added} of them new.")


def documents_in(folder: Path) -> dict[str, str]:
    """Documents by file name.

    Raises:
        CommandError: no such folder, or a file that is not UTF-8.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    try:
        return {
            str(path.relative_to(folder)): path.read_bytes().decode()
            for path in sorted(folder.rglob("*.graphql"))
        }
    except UnicodeDecodeError as error:
        raise CommandError(f"A document is not UTF-8: {error}") from None


def refuse_broken(documents: Mapping[str, str]) -> None:
    """Raises: CommandError, with each mistake of each document in a line."""
    mistakes = [
        f"{name}: {error.message}"
        for name, text in documents.items()
        for error in measured(schema._schema, text).errors  # noqa: SLF001  (the schema as built)
    ]
    if mistakes:
        raise CommandError("Nothing was trusted.\n" + "\n".join(mistakes))
