"""When something runs out: by the days between a pet's purchases and by its ration. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from catalog.rations import Span

#: Two gaps make a habit.
HABIT_GAPS: Final = 2
#: Beside gaps of its own, the ration counts as so many.
_RATION_GAPS: Final = 2
#: How far a single figure may be off, when nothing else tells: animals differ by 30 %.
_SPREAD: Final = 0.3


@dataclass(frozen=True, slots=True)
class RunOut:
    """Between which days it is likely to be empty."""

    start: date
    end: date

    @property
    def middle(self) -> date:
        return self.start + (self.end - self.start) / 2


def gaps_of(days: Sequence[date]) -> list[int]:
    """Days between purchases; two on one day are one."""
    return [(after - before).days for before, after in pairwise(sorted(set(days)))]


def usual_gap(gaps: Sequence[int], estimate: float | None = None) -> float | None:
    """The median of a pet's own gaps, its ration's estimate among them twice; the estimate alone
    where there are fewer than two gaps. None when nothing tells.
    """
    if len(gaps) < HABIT_GAPS:
        return estimate
    return median([*gaps, *([estimate] * _RATION_GAPS if estimate is not None else [])])


def run_out(days: Sequence[date], *, lasts: Span | None = None) -> RunOut | None:
    """When what was bought last runs out; `lasts` is how long the ration says that it feeds.

    The range is that of the middle half of the gaps, or of the ration, at least 2 days wide.
    """
    gaps = gaps_of(days)
    usual = usual_gap(gaps, float(lasts.centre) if lasts else None)
    if usual is None:
        return None
    if len(gaps) >= HABIT_GAPS:
        off = [abs(gap - usual) for gap in gaps]
        wide = max(1.0, min(median(off), _SPREAD * usual))
        low, high = usual - wide, usual + wide
    else:
        low, high = (lasts.low, lasts.high) if lasts else (usual, usual)
    last = max(days)
    first_day = last + timedelta(days=max(1, math.floor(low)))
    return RunOut(first_day, max(first_day, last + timedelta(days=math.ceil(high))))
