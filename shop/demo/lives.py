"""The lives of the demonstration's animals: weighings, findings and visits, drawn from a seed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup, Species
from pets.history import Fact
from pets.vocabulary import HistoryKind
from shop.demo.people import VACCINES, VISITS

#: The simulation's two years.
BEGINS, ENDS = date(2024, 11, 1), date(2026, 10, 31)
_WEANED_DAYS = 60
_IDEAL, _HEAVY = 5, 7
_WEIGHED_AT_HOME, _SCORED, _ALLERGIC = 0.3, 0.4, 0.03
_GROWN_DAYS = {"mini": 300, "medium": 365, "maxi": 450, "giant": 540}
_ALLERGENS = (
    IngredientGroup.POULTRY,
    IngredientGroup.BEEF,
    IngredientGroup.FISH,
    IngredientGroup.WHEAT,
    IngredientGroup.LAMB,
)
_VACCINATED = {Species.DOG: 0.85, Species.CAT: 0.65, Species.RABBIT: 0.6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What the simulation says of an animal; `first_order` and `died_on` bound what is told."""

    species: Species
    size_class: str
    born_on: date
    weight_g: int
    condition: Condition | None
    is_overweight: bool
    first_order: date | None
    died_on: date | None

    @property
    def begins(self) -> date:
        return max(BEGINS, self.born_on + timedelta(days=_WEANED_DAYS))

    @property
    def ends(self) -> date:
        return self.died_on or ENDS


type Told = tuple[Fact, Origin]


def history(life: Life, draw: Random) -> Iterator[Told]:
    """Everything that is on file of an animal, in no order."""
    yield from _weighings(life, draw)
    yield from _findings(life, draw)
    yield from _visits(life, draw)


def _weighings(life: Life, draw: Random) -> Iterator[Told]:
    """Between 3 and 12 weighings, the last at the weight that the simulation gives."""
    days = sorted(_day(life.begins, life.ends, draw) for _ in range(draw.randint(3, 12)))
    drift = draw.uniform(-0.12, -0.02) if life.is_overweight else draw.uniform(-0.05, 0.05)
    step = 100 if life.species is Species.DOG else 10
    for place, day in enumerate(days, start=1):
        share = 1 + drift * (1 - place / len(days)) + draw.uniform(-0.015, 0.015)
        grown = _grown(life, (day - life.born_on).days)
        weight_g = max(step, round(life.weight_g * share * grown / step) * step)
        if place == len(days):
            weight_g = life.weight_g
        is_owners = place < len(days) and draw.random() < _WEIGHED_AT_HOME
        fact = Fact(kind=HistoryKind.WEIGHT, happened_on=day, weight_g=weight_g)
        yield fact, Origin.OWNER if is_owners else Origin.STAFF
    if life.is_overweight or life.condition is Condition.OBESITY:
        yield _staffs(HistoryKind.BODY_CONDITION, days[-1], score=_HEAVY)
    elif draw.random() < _SCORED:
        yield _staffs(HistoryKind.BODY_CONDITION, days[-1], score=_IDEAL)


def _grown(life: Life, age_days: int) -> float:
    """The share of the adult weight that a young animal has: fast at first, whole when grown."""
    needed = _GROWN_DAYS.get(life.size_class, 330)
    left: float = max(0.0, 1 - age_days / needed)
    return 1 - 0.93 * math.pow(left, 1.6)


def _findings(life: Life, draw: Random) -> Iterator[Told]:
    if life.condition is not None:
        day = min(life.first_order or life.ends, life.ends) - timedelta(days=draw.randint(3, 60))
        day = max(day, life.born_on + timedelta(days=_WEANED_DAYS))
        yield _staffs(HistoryKind.CONDITION, min(day, life.ends), condition=life.condition)
        if life.condition is Condition.FOOD_ALLERGY:
            allergen = draw.choice(_ALLERGENS)
            yield _staffs(HistoryKind.ALLERGY, min(day, life.ends), allergen=allergen)
            return
    if draw.random() < _ALLERGIC:
        day = _day(life.begins, life.ends, draw)
        allergen = draw.choice(_ALLERGENS)
        yield Fact(kind=HistoryKind.ALLERGY, happened_on=day, allergen=allergen), Origin.OWNER


def _visits(life: Life, draw: Random) -> Iterator[Told]:
    """A vaccination a year for most, and a visit now and then."""
    if draw.random() < _VACCINATED[life.species]:
        day = life.begins + timedelta(days=draw.randint(0, 364))
        while day <= life.ends:
            yield _staffs(HistoryKind.VACCINATION, day, text=VACCINES[life.species])
            day += timedelta(days=draw.randint(355, 380))
    for _ in range(draw.choice((0, 0, 1, 1, 2, 3))):
        day = _day(life.begins, life.ends, draw)
        yield _staffs(HistoryKind.VISIT, day, text=draw.choice(VISITS))


def _day(begins: date, ends: date, draw: Random) -> date:
    return begins + timedelta(days=draw.randint(0, max(0, (ends - begins).days)))


def _staffs(
    kind: HistoryKind,
    day: date,
    *,
    score: int | None = None,
    condition: Condition | None = None,
    allergen: IngredientGroup | None = None,
    text: str = "",
) -> Told:
    fact = Fact(
        kind=kind,
        happened_on=day,
        score=score,
        condition=condition,
        allergen=allergen,
        text=text,
    )
    return fact, Origin.STAFF
