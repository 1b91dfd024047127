"""How much a client may ask for: buckets that refill by themselves, counted in the cache.

A bucket holds a minute's worth. What it owes is kept as one number, the moment at which it will be
full again, so that one atomic addition tells whether a request fits (the generic cell rate
algorithm). Processes that share a cache share the buckets.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from accounts.access import Viewer
from accounts.network import client_address
from shop.graphql_http import Refused

logger = logging.getLogger("shop.graphql")

#: What a document costs that is refused, and what a change costs beside its answer.
REFUSED_COST: Final = 10
CHANGE_COST: Final = 20
#: Requests a minute by root field, for guests and owners, beside the bucket of cost.
TIGHTER: Final = {
    "cartCreate": 30,
    "cartVoucherApply": 10,
    "search": 60,
    "searchSuggestions": 120,
    "uploadCreate": 20,
}
#: What completes a purchase that was begun: an operation of these alone is never held up.
NEVER: Final = frozenset(
    {
        "cardSaveComplete",
        "checkoutComplete",
        "guestOrder",
        "order",
        "paymentAbandon",
        "paymentRetry",
        "paymentReturn",
    }
)
_OWNERS: Final = 2
_STAFF: Final = 10
_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HELD_S: Final = 600


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, by what request, and when."""

    request: HttpRequest
    viewer: Viewer
    at: datetime

    @property
    def name(self) -> str:
        """A person wherever they are; a guest by their network address, IPv6 by its /64.

        Those whose address the proxies do not tell share one.
        """
        if self.viewer.person:
            return f"person:{self.viewer.person.pk}"
        address = client_address(self.request.META, now=self.at.timestamp())
        return f"network:{address or 'unknown'}"

    @property
    def per_minute(self) -> int:
        """What the bucket of cost holds and regains in a minute."""
        share = _STAFF if self.viewer.duties else _OWNERS if self.viewer.person else 1
        return share * int(settings.RATE_LIMIT_PER_MINUTE)


def charge(client: Client, amount: int, roots: Sequence[str] = ()) -> None:
    """Take what a request costs from its asker's buckets; its root fields say whether it may wait.

    Raises:
        Refused: `RATE_LIMITED`, a bucket is empty.
    """
    if not settings.RATE_LIMIT_PER_MINUTE or (roots and NEVER.issuperset(roots)):
        return
    buckets = [("cost", max(1, amount), client.per_minute)]
    if not client.viewer.duties:
        buckets += [(each, 1, TIGHTER[each]) for each in roots if each in TIGHTER]
    asker = client.name
    try:
        waits = [
            take(f"bucket:{name}:{asker}", taken, most, at=client.at)
            for name, taken, most in buckets
        ]
    except RedisError as error:
        logger.warning("the shared cache counts nothing: %s", type(error).__name__)
        return
    if any(waits):
        message = f"Too much at once: ask again in {max(waits)} s."
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "RATE_LIMITED", message, retry_after=max(waits))


def take(key: str, amount: int, per_minute: int, *, at: datetime) -> int:
    """Take an amount from a bucket; gives 0, or the seconds until it could be taken.

    A full bucket gives once even what it cannot hold. Between two processes that meet on a full
    bucket, one of their requests may go uncounted.
    """
    now = int(at.timestamp() * _SECOND)
    owed = amount * _MINUTE // per_minute
    try:
        full_at = cache.incr(key, owed)
    except ValueError:
        cache.add(key, now + owed, _HELD_S)
        return 0
    if full_at - owed <= now:
        cache.set(key, now + owed, _HELD_S)
        return 0
    if full_at <= now + _MINUTE:
        return 0
    cache.decr(key, owed)
    return max(1, math.ceil((full_at - max(owed, _MINUTE) - now) / _SECOND))
