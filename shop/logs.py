"""What the shop tells its operator: a line an event, with the request or the task it belongs to.

Three guarantees, held at the handlers, so that no logger's level undoes them: libraries are heard
from WARNING up, for below it they tell statements and requests with all that is in them; a path as
it came is never told, for tokens stand in paths; and every text passes the redaction.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings

from shop.redaction import Redaction

logger = logging.getLogger("shop.tasks")

#: The first tells documents with their literals, the second paths; ours tell both without.
_NEVER: Final = frozenset({"strawberry.execution", "django.server"})
_LONGEST_MESSAGE: Final = 2_000
_LONGEST_TRACEBACK: Final = 12_000

_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=MappingProxyType({}))


class LogFormat(StrEnum):
    JSON = "json"
    LINE = "line"


def context() -> Mapping[str, str]:
    """What is under way in this thread: `request`, or `task` and `task_id`."""
    return _context.get()


@contextmanager
def within(**names: str) -> Iterator[None]:
    """Have every line of a block carry these names."""
    token = _context.set({**_context.get(), **names})
    try:
        yield
    finally:
        _context.reset(token)


def enter_task(*, task_result: Any, **_signal: Any) -> None:
    names = {"task": task_result.task.module_path, "task_id": str(task_result.id)}
    _context.set({**_context.get(), **names})


def leave_task(*, task_result: Any, **_signal: Any) -> None:
    """One line for each task that has ended, as for each request."""
    lasted = task_result.finished_at - task_result.started_at
    facts = {"status": str(task_result.status), "ms": round(1000 * lasted.total_seconds(), 1)}
    logger.info("ended", extra={"facts": facts})
    _context.set({key: name for key, name in _context.get().items() if key == "request"})


@cache
def redaction() -> Redaction:
    """The rules, and the secrets that this process was given."""
    database, cached = settings.DATABASES["default"], settings.CACHES["default"]
    return Redaction(
        [
            settings.SECRET_KEY,
            settings.STRIPE_SECRET_KEY,
            settings.STRIPE_WEBHOOK_SECRET,
            settings.METRICS_TOKEN,
            settings.SENTRY_DSN,
            settings.MAILERS["default"].get("OPTIONS", {}).get("password", ""),
            database.get("PASSWORD", ""),
            cached.get("LOCATION", ""),
        ]
    )


class MayBeTold(logging.Filter):
    """Holds back what libraries tell of requests, and keeps paths out of the rest."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name in _NEVER:
            return False
        if (
            record.levelno < logging.WARNING
            and record.name.partition(".")[0] not in settings.OUR_PACKAGES
        ):
            return False
        path = getattr(getattr(record, "request", None), "path", None)
        if path is None or not isinstance(record.args, tuple):
            return True
        record.args = tuple("(path)" if each == path else each for each in record.args)
        # Without an exception, the access line tells all that there is.
        return record.name != "django.request" or bool(record.exc_info)


class _Told(logging.Formatter):
    """A record as plain values, redacted and of bounded length."""

    def told(self, record: logging.LogRecord) -> dict[str, Any]:
        clean = redaction()
        facts: Mapping[str, Any] = getattr(record, "facts", {})
        return {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()[:_LONGEST_MESSAGE]),
            **{key: clean(each) if isinstance(each, str) else each for key, each in facts.items()},
            **context(),
        }

    def traceback(self, record: logging.LogRecord) -> str:
        """Its end, where the cause stands; nothing without an exception."""
        if not record.exc_info:
            return ""
        return redaction()(self.formatException(record.exc_info)[-_LONGEST_TRACEBACK:])


class JsonLines(_Told):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = self.told(record)
        if traceback := self.traceback(record):
            told["traceback"] = traceback
        return _json(told)


class Lines(_Told):
    """One line for people, with the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        told = self.told(record)
        head = [told.pop(key) for key in ("at", "level", "logger", "message")]
        facts = [f"{key}={_shown(each)}" for key, each in told.items() if each is not None]
        traceback = self.traceback(record)
        return " ".join([*head, *facts]) + (f"\n{traceback}" if traceback else "")


def _shown(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def logging_of(
    *, written_as: str, level: str, sentry: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What `logging.config` is told: lines on the standard error, bugs to Sentry if it is given."""
    lines = {"()": "shop.logs.JsonLines" if written_as == LogFormat.JSON else "shop.logs.Lines"}
    told = {"filters": ["may_be_told"]}
    handlers: dict[str, Any] = {
        "console": {"class": "logging.StreamHandler", "formatter": "lines", **told}
    }
    if sentry:
        handlers["sentry"] = {"()": "shop.sentry.open_sentry", "level": "ERROR", **sentry, **told}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"may_be_told": {"()": "shop.logs.MayBeTold"}},
        "formatters": {"lines": lines},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            "django.server": {"handlers": [], "propagate": True},
            # With a handler of its own, or its worker adds one that redacts nothing.
            "django_ox": {"level": "WARNING", "handlers": list(handlers), "propagate": False},
        },
    }
