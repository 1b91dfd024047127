"""How Stripe is spoken to: where, how patiently, and never inside a transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

API_VERSION = "2026-10-28.endive"
STAND_IN_KEY = "sk_test_stand_in"
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
RETRIES = 2
PAGE = 100


class GatewayUnavailable(Exception):
    """Stripe could not be reached, or is busy: the same call may be repeated later."""


class CardDeclined(Exception):
    """The bank of the card's holder said no."""

    def __init__(self, decline_code: str) -> None:
        super().__init__(decline_code)
        self.decline_code = decline_code


class OutsideTransactions(stripe.RequestsClient):
    """Refuses to reach the network while rows are locked, whoever asks."""

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        if connection.in_atomic_block:
            raise RuntimeError(f"{method} {url}: a network call inside a transaction.")
        return super().request_with_retries(
            method, url, headers, post_data, max_network_retries, _usage=_usage
        )


def client() -> stripe.StripeClient:
    key = settings.STRIPE_SECRET_KEY
    if key:
        return built_client(key, stripe.DEFAULT_API_BASE)
    return built_client(STAND_IN_KEY, settings.STRIPE_STAND_IN_URL)


@cache
def built_client(key: str, address: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": address},
        max_network_retries=RETRIES,
        http_client=OutsideTransactions(timeout=(CONNECT_SECONDS, READ_SECONDS)),
    )


def refusal() -> str:
    """Why Stripe does not answer, or not to our key, in its own words; nothing if it does."""
    try:
        client().v1.events.list({"limit": 1})
    except stripe.StripeError as error:
        return error.user_message or str(error)
    return ""


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raises: GatewayUnavailable, CardDeclined, for what Stripe says so; the rest as it comes."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(str(error)) from error
    except stripe.CardError as error:
        told = error.error.to_dict() if error.error else {}
        raise CardDeclined(decline_code(told)) from error
    except (stripe.APIError, stripe.IdempotencyError) as error:
        # 409: the same call is still being carried out, by somebody as impatient as we are.
        if error.http_status is None or error.http_status >= HTTPStatus.CONFLICT:
            raise GatewayUnavailable(str(error)) from error
        raise


def pages[Thing: (stripe.PaymentIntent, stripe.Refund, stripe.Event, stripe.Dispute)](
    ask: Callable[[Any], stripe.ListObject[Thing]], moment: datetime
) -> Iterator[Thing]:
    params: dict[str, Any] = {"created": {"gte": int(moment.timestamp())}, "limit": PAGE}
    while True:
        with in_our_words():
            page = ask(params)
        yield from page.data
        if not page.has_more:
            return
        params["starting_after"] = page.data[-1].id


def decline_code(error: Mapping[str, Any]) -> str:
    """The bank's reason, or else Stripe's."""
    return error.get("decline_code") or error.get("code") or ""


def read_moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
