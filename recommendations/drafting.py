"""Which suggestion stands in which place, and with what chance. Pure.

One pet in ten, drawn anew each week, sees a list into which the popularity of its kind has drafted
its own picks: so the model is held against it by what people do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np

from recommendations.metrics import interleaved
from recommendations.vocabulary import Team

#: The share of pets whose list is interleaved.
INTERLEAVED: Final = 0.1
_TEAMS: Final = (Team.MODEL, Team.POPULARITY)


class Facts(TypedDict):
    """What a token says of a place."""

    propensity: float
    team: Team
    is_interleaved: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A product in a place; it was certain to stand there, or a coin gave it the place."""

    product: int
    team: Team
    is_interleaved: bool

    @property
    def facts(self) -> Facts:
        chance = 0.5 if self.is_interleaved else 1.0
        return Facts(propensity=chance, team=self.team, is_interleaved=self.is_interleaved)


def places(
    mine: Sequence[int],
    popular: Callable[[], Sequence[int]],
    *,
    seed: Sequence[int],
    first: int,
) -> list[Place]:
    """The list of a pet in a week: the model's, or now and then a draft; of a pet for which the
    model has nothing, what is popular, which is asked for only then.
    """
    if not mine:
        return [Place(key, Team.POPULARITY, is_interleaved=False) for key in popular()[:first]]
    random = np.random.default_rng(list(seed))
    if random.random() >= INTERLEAVED:
        return [Place(key, Team.MODEL, is_interleaved=False) for key in mine[:first]]
    draft = interleaved(mine, popular(), first=first, random=random)
    return [
        Place(key, _TEAMS[team], is_interleaved=True)
        for key, team in zip(draft.items, draft.teams, strict=True)
    ]
