"""Serve the shop with Granian."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian.constants import Interfaces
from granian.server import Server

THREADS = 4
BACKLOG = 256


class Command(BaseCommand):
    help = "Serve the GraphQL API and the back office: one process a core, four threads each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)

    def handle(self, *_args: Any, **options: Any) -> None:
        server = Server(
            "shop.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=THREADS,
            backlog=BACKLOG,
            backpressure=8 * THREADS,
            respawn_failed_workers=True,
            log_enabled=settings.DEBUG,
        )
        server.serve()
