"""How much energy a dog or a cat needs in a day: a range, or the reason why there is no number.

Floating-point numbers are at home here: nothing is paid by them. Figures are rounded to whole
kilocalories where they leave. Weights in formulas are kilograms. What an animal needs differs by
+-30 % from one to the next, so the range is the centre and 30 % either side.

Source: FEDIAF Nutritional Guidelines 2021, 7.2 (maintenance and growth); NRC 2006, chapter 3.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kernel.animals import Condition, ConditionKind, Species
from pets.health import (
    IDEAL_BODY_CONDITION,
    PetFacts,
    ideal_weight_g,
    is_growing,
    is_plausible_weight,
    months,
    years,
)
from pets.vocabulary import Activity, Breeding, EnergyRule, NoEnergy

SPREAD: Final = 0.30
UNDER_WEEKS: Final = 8

#: kcal a day x W^0.75 (dogs) or W^0.67 (cats) of each rule for grown animals; where the source
#: gives a range its middle stands, but the top of 52-75 for cats that are only one of the two.
COEFFICIENTS: Final[Mapping[EnergyRule, float]] = MappingProxyType(
    {
        EnergyRule.DOG_LOW_ACTIVITY: 95,
        EnergyRule.DOG_MODERATE_ACTIVITY: 110,
        EnergyRule.DOG_HIGH_ACTIVITY: 125,
        EnergyRule.DOG_WORKING: (150 + 175) / 2,
        EnergyRule.DOG_YOUNG_ADULT: 130,
        EnergyRule.DOG_ADULT: 110,
        EnergyRule.DOG_SENIOR: 95,
        EnergyRule.DOG_OBESE_PRONE: 90,
        EnergyRule.CAT_NEUTERED_INDOOR: (52 + 75) / 2,
        EnergyRule.CAT_NEUTERED_OR_INDOOR: 75,
        EnergyRule.CAT_ACTIVE: 100,
    }
)

#: Up to which share of the adult weight a growing dog needs how many kcal x W^0.75.
GROWTH_OF_DOGS: Final[Sequence[tuple[float, float]]] = ((0.5, 210), (0.8, 175), (1.0, 140))

#: Up to which age in months a kitten needs how many times the maintenance of a cat, the middle
#: of each range: 2.0-2.5, 1.75-2.0, 1.5.
GROWTH_OF_KITTENS: Final[Sequence[tuple[float, float]]] = ((4, 2.25), (9, 1.875), (12, 1.5))

#: The middle of 75-100, of which the growth of kittens is a multiple.
MAINTENANCE_OF_KITTENS: Final = (75 + 100) / 2

_BY_ACTIVITY: Final[Mapping[Activity, EnergyRule]] = MappingProxyType(
    {
        Activity.LOW: EnergyRule.DOG_LOW_ACTIVITY,
        Activity.MODERATE: EnergyRule.DOG_MODERATE_ACTIVITY,
        Activity.HIGH: EnergyRule.DOG_HIGH_ACTIVITY,
        Activity.WORKING: EnergyRule.DOG_WORKING,
    }
)
_INDOOR: Final = frozenset({Activity.LOW, Activity.MODERATE})

#: With these no formula feeds, whoever told of them; overweight has a rule of its own.
DISEASES: Final = frozenset(each for each in Condition if each.kind is ConditionKind.MEDICAL) - {
    Condition.OBESITY
}


@dataclass(frozen=True, slots=True)
class EnergyNeed:
    """Energy for a day: `kcal` is the centre, not rounded, for an animal of `weight_g`."""

    kcal: float
    rule: EnergyRule
    weight_g: int

    @property
    def low(self) -> int:
        return nearest(self.kcal * (1 - SPREAD))

    @property
    def centre(self) -> int:
        return nearest(self.kcal)

    @property
    def high(self) -> int:
        return nearest(self.kcal * (1 + SPREAD))


@dataclass(frozen=True, slots=True)
class NoNumber:
    """There is no figure to give, and this is why."""

    reason: NoEnergy


def nearest(number: float) -> int:
    """The nearest whole number, halves up."""
    return int(number + 0.5)


def resting_energy(weight_g: int) -> float:
    """RER, kcal a day. Source: 70 x W^0.75 (NRC 2006; WSAVA 2011)."""
    return 70 * metabolic_weight(Species.DOG, weight_g)


def metabolic_weight(species: Species, weight_g: int) -> float:
    """W^0.67 of a cat, W^0.75 of any other, in kg."""
    return math.pow(weight_g / 1000, 0.67 if species is Species.CAT else 0.75)


def daily_energy(facts: PetFacts) -> EnergyNeed | NoNumber:
    """What an animal needs in a day.

    Growth goes before all; then activity where it is known, else age. A dog that tends to fat gets
    no more than 90 x W^0.75, and an animal that staff scored above 5 counts at its ideal weight.
    """
    reason = why_unfed(facts)
    if reason is not None:
        return NoNumber(reason)
    if is_growing(facts):
        return _growth(facts)
    weight_g = feeding_weight_g(facts)
    rule = _rule_of_dog(facts) if facts.species is Species.DOG else _rule_of_cat(facts)
    kcal = COEFFICIENTS[rule] * metabolic_weight(facts.species, weight_g)
    return EnergyNeed(kcal=kcal, rule=rule, weight_g=weight_g)


def why_unfed(facts: PetFacts) -> NoEnergy | None:
    """The first reason why neither a formula nor a maker's table may feed an animal."""
    return _by_state(facts) or _by_age(facts) or _by_body(facts)


def _by_state(facts: PetFacts) -> NoEnergy | None:
    if not facts.is_served:
        return NoEnergy.NO_LONGER_SERVED
    if facts.species not in (Species.DOG, Species.CAT):
        return NoEnergy.SPECIES_NOT_COVERED
    if facts.breeding is Breeding.GESTATION:
        return NoEnergy.GESTATION
    if facts.breeding is Breeding.LACTATION:
        return NoEnergy.LACTATION
    return None if DISEASES.isdisjoint(_conditions(facts)) else NoEnergy.DISEASE


def _by_age(facts: PetFacts) -> NoEnergy | None:
    """An age is always asked for: an animal of unknown age may be growing."""
    if facts.age_days is None:
        return NoEnergy.AGE_UNKNOWN
    return NoEnergy.UNDER_8_WEEKS if facts.age_days < UNDER_WEEKS * 7 else None


def _by_body(facts: PetFacts) -> NoEnergy | None:
    if facts.weight_g is None or not is_plausible_weight(facts.species, facts.weight_g):
        return NoEnergy.WEIGHT_UNKNOWN
    grows = is_growing(facts)
    if grows is None or (grows and facts.species is Species.DOG and not facts.adult_weight_g):
        return NoEnergy.ADULT_WEIGHT_UNKNOWN
    if Condition.OBESITY in _conditions(facts) and (grows or facts.body_condition is None):
        return NoEnergy.OBESITY_NOT_SCORED
    return None


def _conditions(facts: PetFacts) -> frozenset[Condition]:
    return facts.conditions | facts.told_conditions


def is_obese_prone(facts: PetFacts) -> bool:
    """Whether staff scored it above 5, or obesity is in its file."""
    scored = (facts.body_condition or IDEAL_BODY_CONDITION) > IDEAL_BODY_CONDITION
    return scored or Condition.OBESITY in _conditions(facts)


def feeding_weight_g(facts: PetFacts) -> int:
    """The weight that a grown animal is fed for: the ideal one where staff scored it above 5.

    Its weight must be known.
    """
    assert facts.weight_g is not None  # noqa: S101  (the callers asked `why_unfed`)
    score = facts.body_condition
    if score is None or score <= IDEAL_BODY_CONDITION:
        return facts.weight_g
    return ideal_weight_g(facts.weight_g, score)


def grown_share(facts: PetFacts) -> float | None:
    """How much of its adult weight an animal weighs; None where one of them is unknown."""
    if not facts.adult_weight_g or facts.weight_g is None:
        return None
    return facts.weight_g / facts.adult_weight_g


def _growth(facts: PetFacts) -> EnergyNeed:
    assert facts.weight_g is not None  # noqa: S101  (asked by `why_unfed`, as is the age)
    assert facts.age_days is not None  # noqa: S101
    metabolic = metabolic_weight(facts.species, facts.weight_g)
    if facts.species is Species.CAT:
        times = _step(GROWTH_OF_KITTENS, months(facts.age_days))
        kcal = times * MAINTENANCE_OF_KITTENS * metabolic
        return EnergyNeed(kcal=kcal, rule=EnergyRule.KITTEN, weight_g=facts.weight_g)
    kcal = _step(GROWTH_OF_DOGS, grown_share(facts) or 0) * metabolic
    return EnergyNeed(kcal=kcal, rule=EnergyRule.DOG_GROWTH, weight_g=facts.weight_g)


def _step(table: Sequence[tuple[float, float]], at: float) -> float:
    """The figure of the first step that reaches `at`; past the last one, the last."""
    return next((figure for up_to, figure in table if at <= up_to), table[-1][1])


def _rule_of_dog(facts: PetFacts) -> EnergyRule:
    rule = _BY_ACTIVITY[facts.activity] if facts.activity else _rule_by_age(facts.age_days or 0)
    if is_obese_prone(facts) and COEFFICIENTS[rule] > COEFFICIENTS[EnergyRule.DOG_OBESE_PRONE]:
        return EnergyRule.DOG_OBESE_PRONE
    return rule


def _rule_by_age(age_days: int) -> EnergyRule:
    """130 to the third birthday, 110 to the eighth, then 95."""
    if years(age_days) <= 2:  # noqa: PLR2004  (the years of the source)
        return EnergyRule.DOG_YOUNG_ADULT
    return EnergyRule.DOG_ADULT if years(age_days) <= 7 else EnergyRule.DOG_SENIOR  # noqa: PLR2004


def _rule_of_cat(facts: PetFacts) -> EnergyRule:
    """Neutered and indoor, one of the two or not known, or neither; the obese are never active."""
    indoor = facts.activity in _INDOOR
    outdoor = facts.activity is not None and not indoor
    if facts.is_neutered and indoor:
        return EnergyRule.CAT_NEUTERED_INDOOR
    if facts.is_neutered is False and outdoor and not is_obese_prone(facts):
        return EnergyRule.CAT_ACTIVE
    return EnergyRule.CAT_NEUTERED_OR_INDOOR
