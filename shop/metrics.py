"""Figures for Prometheus: what was answered, how fast, and how the shop stands when it is asked.

The processes of `serve` count in files of METRICS_DIR, which are added up at each scrape, so that
whichever of them answers tells of all. Every label is one of a fixed number of words.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kernel.refusals import ErrorCode

OTHER: Final = "other"
DOCUMENTS: Final = Path(__file__).parent / "documents"
CODES: Final = frozenset(ErrorCode) | {
    "BAD_ARGUMENT",
    "BAD_CURSOR",
    "BAD_REQUEST",
    "FORBIDDEN",
    "INTERNAL",
    "MALFORMED",
    "ONE_MUTATION",
    "OVERLOADED",
    "RATE_LIMITED",
    "TOO_EXPENSIVE",
    "TOO_LARGE",
    "TOO_SLOW",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNKNOWN_DOCUMENT",
}
_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_OPERATION: Final = re.compile(r"^(?:query|mutation)\s+(\w+)", re.MULTILINE)
_BOUNDS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

_measured: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "shop_requests",
    "Requests answered.",
    ["route", "method", "status"],
    registry=_measured,
)
_SECONDS: Final = Histogram(
    "shop_request_seconds",
    "How long answers took.",
    ["route", "operation"],
    buckets=_BOUNDS_S,
    registry=_measured,
)
_ERRORS: Final = Counter(
    "shop_errors", "Top-level errors of GraphQL answers.", ["code"], registry=_measured
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it may be told."""

    method: str
    route: str
    status: int
    operation: str | None
    error_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """How something stands now; `of` tells apart those that share a name."""

    name: str
    meaning: str
    value: float
    of: str = ""


class _Standing(Collector):
    """Figures as gauges; those of one name stand together."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauges: dict[str, GaugeMetricFamily] = {}
        for each in self._figures:
            labels = ["of"] if each.of else []
            gauge = GaugeMetricFamily(each.name, each.meaning, labels=labels)
            gauges.setdefault(each.name, gauge).add_metric([each.of] if each.of else [], each.value)
        yield from gauges.values()


@cache
def known_operations() -> frozenset[str]:
    """Those of the shipped documents; all others are counted as one."""
    texts = (path.read_text(encoding="utf-8") for path in DOCUMENTS.glob("*.graphql"))
    return frozenset(name for text in texts for name in _OPERATION.findall(text))


def count(asked: Asked, seconds: float) -> None:
    requests, durations = _series(asked.route, asked.method, asked.status // 100, asked.operation)
    requests.inc()
    durations.observe(seconds)
    for code in asked.error_codes:
        _ERRORS.labels(code if code in CODES else OTHER).inc()


@lru_cache(maxsize=1024)
def _series(
    route: str, method: str, hundreds: int, operation: str | None
) -> tuple[Counter, Histogram]:
    """What a request adds to; finding it costs more than the adding."""
    route = "admin" if route.startswith("admin:") else route
    known = operation if operation is None or operation in known_operations() else OTHER
    return _REQUESTS.labels(route, method, f"{hundreds}xx"), _SECONDS.labels(route, known or "")


def exposition(figures: Iterable[Figure]) -> bytes:
    """Prometheus' text: the counts of all processes of this machine, and these figures."""
    told = CollectorRegistry()
    told.register(_Standing(list(figures)))
    if _FOLDER in os.environ:
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
        return generate_latest(told)
    return generate_latest(_measured) + generate_latest(told)


def begin_anew() -> None:
    """Forget what the processes of an earlier `serve` counted."""
    if folder := os.environ.get(_FOLDER):
        for path in Path(folder).glob("*.db"):
            path.unlink(missing_ok=True)
