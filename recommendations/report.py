"""What became of suggestions in a week, shelf by shelf and reason by reason; and model against
popularity, by whose picks people followed in lists that both had drafted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb
from typing import Final

from django.db.models import Count, Q

from pets.models import Pet
from recommendations.models import Impression, PetShelf
from recommendations.vocabulary import ReasonKind, Shelf, Team

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rates:
    """How many suggestions were seen, and how many of them were followed and bought."""

    seen: int
    opened: int
    bought: int

    @property
    def opened_percent(self) -> float:
        return 100 * self.opened / self.seen if self.seen else 0.0

    @property
    def bought_percent(self) -> float:
        return 100 * self.bought / self.seen if self.seen else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    shelf: Shelf
    reason: ReasonKind
    rates: Rates


@dataclass(frozen=True, slots=True)
class Contest:
    """Pets in whose drafted lists one side's picks were followed more; `chance` is how likely so
    uneven a result would be if both were alike (sign test, both sides).
    """

    model: int
    popularity: int
    ties: int

    @property
    def chance(self) -> float:
        games = self.model + self.popularity
        fewest = min(self.model, self.popularity)
        tail = sum(comb(games, wins) for wins in range(fewest + 1)) / float(2**games)
        return min(1.0, 2 * tail)


@dataclass(frozen=True, slots=True)
class Week:
    """`covered` of `served` pets have something new on their shelf."""

    begins: datetime
    ends: datetime
    covered: int
    served: int
    lines: Sequence[Line]
    contest: Contest


def week_to(at: datetime) -> Week:
    """The seven days before a moment."""
    seen = Impression.objects.filter(seen_at__gte=at - WEEK, seen_at__lt=at)
    shelves = PetShelf.objects.filter(version__is_serving=True).exclude(fresh=[], popular=[])
    served = Pet.objects.filter(died_on__isnull=True, archived_at__isnull=True)
    rows = seen.values("shelf", "reason").annotate(
        seen=Count("pk"), opened=Count("opened_at"), bought=Count("bought_at")
    )
    lines = [
        Line(
            Shelf(row["shelf"]),
            ReasonKind(row["reason"]),
            Rates(row["seen"], row["opened"], row["bought"]),
        )
        for row in rows.order_by("shelf", "reason")
    ]
    covered = shelves.filter(pet__in=served).count()
    return Week(at - WEEK, at, covered, served.count(), lines, contest_in(at - WEEK, at))


def contest_in(begins: datetime, ends: datetime) -> Contest:
    """Who won with each pet: the side with more picks followed or bought."""
    drafted = Impression.objects.filter(
        is_interleaved=True, seen_at__gte=begins, seen_at__lt=ends, pet__isnull=False
    )
    followed = Q(opened_at__isnull=False) | Q(bought_at__isnull=False)
    found = drafted.values("pet").annotate(
        model=Count("pk", filter=followed & Q(team=Team.MODEL)),
        popularity=Count("pk", filter=followed & Q(team=Team.POPULARITY)),
    )
    scores = [(row["model"], row["popularity"]) for row in found]
    return Contest(
        model=sum(mine > theirs for mine, theirs in scores),
        popularity=sum(mine < theirs for mine, theirs in scores),
        ties=sum(mine == theirs for mine, theirs in scores),
    )
