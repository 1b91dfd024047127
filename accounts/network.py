"""The network address that a request comes from: what limits count by.

A page that is made on the storefront's own server asks on behalf of a visitor, whose address it
may name: `X-Client-Address: <address>;t=<unix seconds>;sig=<signature>`, the signature being
HMAC-SHA256 in hexadecimal of `<address>;t=<unix seconds>` under `FRONT_END_SECRET`. A header that
is not believed counts for nothing: limits then count by the front end itself, not by a forged name.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)

TOLERANCE_S: Final = 5 * 60
_SIGNED = re.compile(r"([0-9A-Fa-f:.]{2,45});t=([0-9]{1,11});sig=([0-9a-f]{64})")
_IPV6_OWNER_BITS: Final = 64


def client_address(meta: Mapping[str, Any], *, now: float) -> str | None:
    """The visitor's address, from the names of CGI that WSGI and Django share; none if unreadable.

    An IPv6 address stands for its /64, which is what one customer of a network is given. `now` is
    in Unix seconds.
    """
    told = _signed(str(meta.get("HTTP_X_CLIENT_ADDRESS", "")), now=now)
    return _owner(told or _forwarded(meta) or str(meta.get("REMOTE_ADDR", "")))


def sign(address: str, *, now: float, secret: str) -> str:
    """The header's value, as a front end makes it."""
    said = f"{address};t={int(now)}"
    return f"{said};sig={_signature(said, secret)}"


def _signed(header: str, *, now: float) -> str:
    secret = settings.FRONT_END_SECRET
    if not header or not secret:
        return ""
    told = _SIGNED.fullmatch(header)
    said = header.rpartition(";sig=")[0]
    if told is None or not hmac.compare_digest(told[3], _signature(said, secret)):
        logger.warning("X-Client-Address is not believed: not signed with FRONT_END_SECRET")
        return ""
    if abs(now - int(told[2])) > TOLERANCE_S:
        logger.warning("X-Client-Address is not believed: signed more than five minutes away")
        return ""
    return told[1]


def _signature(said: str, secret: str) -> str:
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def _forwarded(meta: Mapping[str, Any]) -> str:
    """What the outermost of our own proxies saw; nothing if fewer of them were passed."""
    seen = str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    count: int = settings.TRUSTED_PROXIES
    return seen[-count] if 0 < count <= len(seen) else ""


@lru_cache(maxsize=4096)
def _owner(written: str) -> str | None:
    """The address, without the port that some proxies write after it."""
    address = written.strip()
    is_bare_ipv6 = address.count(":") > 1 and "[" not in address
    host = f"[{address}]" if is_bare_ipv6 else address
    try:
        found = ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _IPV6_OWNER_BITS), strict=False).network_address)
