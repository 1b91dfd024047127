"""A pet's weighings as a drawing: coordinates for the page, and words for those who do not see it.

Coordinates are in a box of 360 x 200, small enough that its words can be read on a phone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from accounts.admin.labels import day
from pets.admin.labels import kilos

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 348, 12, 172
_MOST_DAYS_TOLD = 4
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: where it stands, and what is written beside it."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class WeightChart:
    points: list[Point]
    line: str
    weights: list[Tick]
    days: list[Tick]
    ideal: Tick | None
    words: str
    rows: list[tuple[str, str]]


def chart_of(weighings: Sequence[tuple[date, int]], ideal_g: int | None) -> WeightChart | None:
    """The drawing of weighings (day, grams) in order; None where there are none."""
    if not weighings:
        return None
    days = [each for each, _grams in weighings]
    grams = [weight for _day, weight in weighings]
    shown = [*grams, ideal_g] if ideal_g else grams
    ticks = weight_ticks(min(shown), max(shown))
    points = [
        Point(_x(each, days), _y(weight, ticks), f"{day(each)} · {kilos(weight)}")
        for each, weight in weighings
    ]
    return WeightChart(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        weights=[Tick(_y(each, ticks), kilos(each)) for each in ticks],
        days=[Tick(_x(each, days), f"{each:%d/%m/%y}") for each in day_ticks(days)],
        ideal=Tick(_y(ideal_g, ticks), kilos(ideal_g)) if ideal_g else None,
        words=_words(weighings),
        rows=[(day(each), kilos(weight)) for each, weight in reversed(weighings)],
    )


def weight_ticks(least: int, most: int) -> list[int]:
    """Three to six round weights in grams, from one under the least to one over the most."""
    span = max(most - least, most // 20, 4)
    rough = span / 4
    scale = 10 ** math.floor(math.log10(rough))
    step = max(1, int(next(each for each in _STEPS if each * scale >= rough) * scale))
    first = least // step * step
    last = -(-most // step) * step
    if first == last:
        last += step
    return list(range(first, last + 1, step))


def day_ticks(days: Sequence[date]) -> list[date]:
    """The first day and the last, and up to two between, evenly spread."""
    span = (days[-1] - days[0]).days
    if span < _MOST_DAYS_TOLD:
        return sorted({days[0], days[-1]})
    parts = _MOST_DAYS_TOLD - 1
    return [days[0] + timedelta(days=round(span * part / parts)) for part in range(parts + 1)]


def _x(of: date, days: Sequence[date]) -> float:
    span = (days[-1] - days[0]).days
    share = (of - days[0]).days / span if span else 0.5
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _y(grams: int, ticks: Sequence[int]) -> float:
    share = (grams - ticks[0]) / (ticks[-1] - ticks[0])
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _words(weighings: Sequence[tuple[date, int]]) -> str:
    (first, before), (last, now) = weighings[0], weighings[-1]
    words = gettext("%(count)d weighings: %(before)s on %(first)s, %(now)s on %(last)s.")
    return words % {
        "count": len(weighings),
        "before": kilos(before),
        "first": day(first),
        "now": kilos(now),
        "last": day(last),
    }
