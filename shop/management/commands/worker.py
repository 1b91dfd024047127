"""Carry out background tasks and the schedule."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

# Heard by the worker alone, for its libraries are heavy: no other process puts things on paper.
from orders.documents import reactions  # noqa: F401


class Command(BaseCommand):
    help = "Carry out queued tasks and the schedule until stopped; run as many as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--until-idle", action="store_true", help="Stop when nothing waits.")

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("ox_worker", concurrency=options["concurrency"], batch=options["until_idle"])
