"""Stand in for Stripe, on loopback."""

import threading
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from orders.stripe_gateway import webhook_secret
from shop.stripe_stand_in.server import standing_in

STANDARD_PORT = 8009


class Command(BaseCommand):
    help = "Stand in for Stripe until stopped: payments in memory, no money anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = urlsplit(settings.STRIPE_STAND_IN_URL).port or STANDARD_PORT
        parser.add_argument("--port", type=int, default=usual)
        parser.add_argument(
            "--webhook",
            default=f"{settings.PUBLIC_URL}/stripe/webhook",
            help="Where to tell what happened.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The stand-in for Stripe is not for production (SHOP_MODE).")
        with standing_in(options["port"]) as server:
            server.courier.address = options["webhook"]
            server.courier.secret = webhook_secret()
            self.stdout.write(
                f"Standing in for Stripe on {server.world.address}, "
                f"telling {options['webhook']}. Control-C ends it."
            )
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                self.stdout.write("Nothing was kept.")
