"""What consumers bought a day and a VAT rate, as CSV."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders import daily_totals


class Command(BaseCommand):
    help = "Write the B2C totals of each day by VAT rate (invoices less credit notes) as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
        parser.add_argument("--output", type=Path, help="A file; without it, the terminal.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["last"] < options["first"]:
            raise CommandError("--to lies before --from.")
        totals = daily_totals.daily_totals(first=options["first"], last=options["last"])
        table = daily_totals.csv_of(totals)
        if options["output"] is None:
            self.stdout.write(table, ending="")
        else:
            options["output"].write_text(table, encoding="utf-8", newline="")
