"""Bugs told to Sentry: their traceback and where they happened, never what was asked or by whom.

Imported only when SENTRY_DSN is given. A handler among others: what it may be told is decided by
`shop.logs`, and Sentry's own hooks into Django, which read requests, stay out.
"""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint

from shop import logs

_UNASKED = ("extra", "request", "user", "breadcrumbs", "server_name")


def open_sentry(*, dsn: str, environment: str, release: str) -> logging.Handler:
    """The handler that sends errors; what waits is sent when the process ends, 2 s at most."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        default_integrations=False,
        integrations=[AtexitIntegration(callback=lambda _pending, _timeout: None)],
        before_send=cleaned,
        shutdown_timeout=2,
    )
    return EventHandler()


def cleaned(event: Event, _hint: Hint) -> Event:
    """The event without what nobody asked for, every text of it redacted."""
    kept: Any = {key: each for key, each in event.items() if key not in _UNASKED}
    if entry := kept.get("logentry"):
        kept["logentry"] = {"formatted": entry["formatted"]}
    kept["tags"] = dict(logs.context())
    redacted: Event = _redacted(kept)
    return redacted


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return logs.redaction()(value)
    if isinstance(value, dict):
        return {key: _redacted(each) for key, each in value.items()}
    return [_redacted(each) for each in value] if isinstance(value, list | tuple) else value
