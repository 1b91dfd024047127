"""Stand in for Stripe, on loopback."""

import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders.models import Payment
from orders.stripe_gateway import webhook_secret
from orders.vocabulary import PaymentState
from shop.stripe_stand_in import control
from shop.stripe_stand_in.server import standing_in

STANDARD_PORT = 8009
_REMEMBERED = timedelta(days=30)


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
            for payment in _alive():
                control.act(server.world, "adopt", payment)
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


def _alive() -> Iterator[dict[str, Any]]:
    """The payments of the last weeks, which a stand-in that begins anew has forgotten."""
    since = timezone.now() - _REMEMBERED
    known = Payment.objects.filter(created_at__gte=since).exclude(intent_id="")
    for payment in known.order_by("pk"):
        yield {
            "intent": payment.intent_id,
            "client_secret": payment.client_secret or f"{payment.intent_id}_secret_known",
            "amount": payment.amount_cents,
            "captures_later": payment.captures_later,
            "confirmed": payment.state in (PaymentState.AUTHORISED, PaymentState.PAID),
            "captured": payment.state == PaymentState.PAID,
            "metadata": {"order": str(payment.order_id), "attempt": str(payment.attempt)},
        }
