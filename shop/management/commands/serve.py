"""Serve the shop with Granian."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from shop import metrics
from shop.gate import THREADS

BACKLOG = 1024
#: Open connections of each process, idle ones too: Granian calls them its back-pressure.
CONNECTIONS = 512
#: Also how long an idle connection is kept open.
HEADERS_MS = 15_000
HEADERS_BYTES = 64 * 1024
KILL_AFTER_S = 30


class Command(BaseCommand):
    help = "Serve the GraphQL API and the back office: one process a core."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)

    def handle(self, *_args: Any, **options: Any) -> None:
        metrics.begin_anew()
        server = Server(
            "shop.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=THREADS,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADERS_MS, max_buffer_size=HEADERS_BYTES
            ),
            workers_kill_timeout=KILL_AFTER_S,
            respawn_failed_workers=True,
            log_enabled=settings.DEBUG,
        )
        server.serve()
