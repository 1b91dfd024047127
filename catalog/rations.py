"""How much of a food an animal eats in a day, how long a pack lasts and what a day costs.

Always a range: animals differ by +-30 % from any figure. A maker's table beats the formula. Grams
are reckoned with floating point and rounded where they leave; what people pay by is whole cents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from types import MappingProxyType
from typing import Final

from catalog.vocabulary import Form, NoRation, RationBasis, Situation
from kernel.animals import Condition, Species
from kernel.money import Money
from pets import feeding
from pets.feeding import SPREAD, NoNumber, nearest
from pets.health import PetFacts, is_growing, years
from pets.vocabulary import Activity

#: At most this share of the day's energy comes from treats. Source: WSAVA Global Nutrition
#: Guidelines 2011.
TREAT_SHARE: Final = 0.10

#: From this difference on, staff are told that a maker's table and the formula disagree.
DIFFERS_FROM: Final = 0.25

#: From this many of its own gaps on (three purchases), a pet's habit counts; a gap this many times
#: the usual one was a purchase elsewhere.
GAPS_FOR_A_HABIT: Final = 2
LONGEST_GAP: Final = 2.5

_MEALS: Final = frozenset({Form.DRY, Form.WET})
_ROWS_OF_PUPPIES: Final = (
    (0.40, Situation.PUPPY_40),
    (0.65, Situation.PUPPY_65),
    (0.90, Situation.PUPPY_90),
)
_ROWS_OF_KITTENS: Final = (
    (0.30, Situation.KITTEN_30),
    (0.60, Situation.KITTEN_60),
    (0.90, Situation.KITTEN_90),
)
_ACTIVE_CATS: Final = frozenset({Activity.HIGH, Activity.WORKING})
_ROWS_OF_DOGS: Final[Mapping[Activity, Situation]] = MappingProxyType(
    {
        Activity.LOW: Situation.LOW_ACTIVITY,
        Activity.MODERATE: Situation.MODERATE_ACTIVITY,
    }
)
_LAST_MODERATE_YEAR: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Constituents:
    """What a food is made of in percent as fed, and its declared energy in kcal per 100 g."""

    protein: float
    fat: float
    fibre: float
    ash: float
    moisture: float
    kcal_100g: float | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a maker's table; `weight_kg` is the adult or target weight."""

    species: Species
    situation: Situation
    weight_kg: float
    grams: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Food:
    """A product as something to eat."""

    species: frozenset[Species]
    form: Form
    constituents: Constituents | None = None
    rows: Sequence[TableRow] = ()
    conditions: frozenset[Condition] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A range of whole grams or days; `low <= centre <= high`."""

    low: int
    centre: int
    high: int


@dataclass(frozen=True, slots=True)
class Ration:
    """Grams a day of one animal, each at least 1."""

    grams: Span
    basis: RationBasis


@dataclass(frozen=True, slots=True)
class DayCost:
    """What a day costs, rounded outwards so that the truth lies within."""

    low: Money
    high: Money


def kcal_per_gram(food: Food, species: Species) -> float | None:
    """Metabolisable energy of a food: the maker's word, else the formula; None when unknown.

    Source: NRC 2006, chapter 3 (gross energy, its digestibility by fibre in the dry matter, less
    what protein loses in urine); other species than dogs and cats have no such formula.
    """
    found = food.constituents
    if found is None:
        return None
    if found.kcal_100g:
        return found.kcal_100g / 100
    return _by_nrc(found, species)


def _by_nrc(found: Constituents, species: Species) -> float | None:
    figures = {Species.DOG: (91.2, 1.43, 1.04), Species.CAT: (87.9, 0.88, 0.77)}.get(species)
    dry = 100 - found.moisture
    if figures is None or dry <= 0:
        return None
    digestible, per_fibre, per_protein = figures
    extract = dry - found.protein - found.fat - found.fibre - found.ash
    gross = 5.7 * found.protein + 9.4 * found.fat + 4.1 * (extract + found.fibre)
    percent = digestible - per_fibre * (100 * found.fibre / dry)
    kcal = gross * percent / 100 - per_protein * found.protein
    return kcal / 100 if kcal > 0 and extract >= 0 else None


def grams_per_day(facts: PetFacts, food: Food, share: float = 1) -> Ration | NoRation:
    """What an animal eats of a food in a day when it gives that share of its energy.

    A treat is never more than a tenth of the energy, at the upper end of its range.
    """
    reason = why_none(facts, food)
    if reason is not None:
        return reason
    if food.form is Form.TREAT:
        most = formula_grams(facts, food, min(share, TREAT_SHARE))
        capped = None if most is None else most / (1 + SPREAD)
        return _ration(capped, RationBasis.FORMULA)
    table = table_grams(facts, food.rows)
    if table is not None:
        return _ration(table * share, RationBasis.MAKER_TABLE)
    return _ration(formula_grams(facts, food, share), RationBasis.FORMULA)


def why_none(facts: PetFacts, food: Food) -> NoRation | None:
    """Why an animal gets no ration of a food, whatever the food's energy."""
    if not facts.is_served:
        return NoRation.NO_LONGER_SERVED
    if food.form not in _MEALS and food.form is not Form.TREAT:
        return NoRation.NOT_A_DAILY_FOOD
    if facts.species not in food.species:
        return NoRation.OTHER_SPECIES
    reason = feeding.why_unfed(facts)
    return None if reason is None else NoRation(reason.value)


def _ration(grams: float | None, basis: RationBasis) -> Ration | NoRation:
    if grams is None:
        return NoRation.FOOD_ENERGY_UNKNOWN
    ends = (grams * (1 - SPREAD), grams, grams * (1 + SPREAD))
    return Ration(Span(*(max(1, nearest(each)) for each in ends)), basis)


def formula_grams(facts: PetFacts, food: Food, share: float = 1) -> float | None:
    """Energy needed x share / energy per gram, in grams a day; None where one is unknown."""
    need = feeding.daily_energy(facts)
    density = kcal_per_gram(food, facts.species)
    if isinstance(need, NoNumber) or density is None:
        return None
    return need.kcal * share / density


def table_grams(facts: PetFacts, rows: Sequence[TableRow]) -> float | None:
    """What a maker's table gives for an animal that may be fed; None outside its lines.

    Interpolated on W^0.75 between weights; for the young also on the share of the adult weight.
    """
    mine = [row for row in rows if row.species is facts.species]
    if not mine or feeding.why_unfed(facts) is not None:
        return None
    if is_growing(facts):
        return _grams_of_young(facts, mine)
    situation = _situation_of(facts)
    if situation is None:
        return None
    return _between_weights(mine, situation, feeding.feeding_weight_g(facts) / 1000)


def _situation_of(facts: PetFacts) -> Situation | None:
    """Which lines a grown animal reads: cats by outdoor life, dogs by activity, else by age."""
    if facts.species is Species.CAT:
        outdoor = facts.activity in _ACTIVE_CATS and not feeding.is_obese_prone(facts)
        return Situation.OUTDOOR_ACCESS if outdoor else Situation.INDOOR
    if feeding.is_obese_prone(facts):
        return Situation.LOW_ACTIVITY
    if facts.activity is not None:
        return _ROWS_OF_DOGS.get(facts.activity)
    old = years(facts.age_days or 0) > _LAST_MODERATE_YEAR
    return Situation.LOW_ACTIVITY if old else Situation.MODERATE_ACTIVITY


def _grams_of_young(facts: PetFacts, rows: Sequence[TableRow]) -> float | None:
    share = feeding.grown_share(facts)
    if share is None or facts.adult_weight_g is None:
        return None
    columns = _ROWS_OF_PUPPIES if facts.species is Species.DOG else _ROWS_OF_KITTENS
    adult_kg = facts.adult_weight_g / 1000
    for (from_share, below), (to_share, above) in pairwise(columns):
        if from_share <= share <= to_share:
            start = _between_weights(rows, below, adult_kg)
            end = _between_weights(rows, above, adult_kg)
            if start is None or end is None:
                return None
            return _between(share, (from_share, start), (to_share, end))
    return None


def _between_weights(
    rows: Sequence[TableRow], situation: Situation, weight_kg: float
) -> float | None:
    lines = sorted((row.weight_kg, row.grams) for row in rows if row.situation is situation)
    if len(lines) == 1 and lines[0][0] == weight_kg:
        return lines[0][1]
    for (light, fewer), (heavy, more) in pairwise(lines):
        if light <= weight_kg <= heavy:
            return _between(weight_kg**0.75, (light**0.75, fewer), (heavy**0.75, more))
    return None


def _between(at: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """On the line from start to end, and exactly there at both."""
    if at == end[0]:
        return end[1]
    part = (at - start[0]) / (end[0] - start[0])
    return start[1] + part * (end[1] - start[1])


def differs_much(table_g: float, formula_g: float, food: Food) -> bool:
    """Whether staff should look at a maker's table: over 25 % off the formula, diets apart.

    Tables of obesity diets starve on purpose.
    """
    if Condition.OBESITY in food.conditions:
        return False
    return abs(table_g - formula_g) > DIFFERS_FROM * formula_g


def added(rations: Sequence[Ration]) -> Span:
    """Grams a day of all that eat from one pack."""
    return Span(
        low=sum(each.grams.low for each in rations),
        centre=sum(each.grams.centre for each in rations),
        high=sum(each.grams.high for each in rations),
    )


def lasts_days(pack_g: int, grams: Span) -> Span:
    """Whole days that a pack feeds those who eat so much of it together."""
    return Span(low=pack_g // grams.high, centre=pack_g // grams.centre, high=pack_g // grams.low)


def cost_per_day(price: Money, pack_g: int, grams: Span) -> DayCost:
    """What a day of a pack costs; the low end rounded down to the cent, the high end up."""
    return DayCost(
        low=Money(price.cents * grams.low // pack_g),
        high=Money(-(-price.cents * grams.high // pack_g)),
    )


def usual_gap_days(gaps: Sequence[float], estimate: float | None) -> float | None:
    """How many days a pet's pack usually lasts: its own gaps between purchases, else the ration.

    From three purchases on, the median of its gaps with the estimate counted twice; gaps over
    2.5 times that median are dropped and the median is taken again.
    """
    if len(gaps) < GAPS_FOR_A_HABIT:
        return estimate
    prior = [] if estimate is None else [estimate] * 2
    usual = median([*gaps, *prior])
    kept = [gap for gap in gaps if gap <= LONGEST_GAP * usual]
    return median([*kept, *prior])
