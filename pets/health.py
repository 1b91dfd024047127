"""What is known of an animal's body, as plain values, and what follows from it.

Weights are in grams, ages in days; nothing here knows of the database or the clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species
from pets.vocabulary import Activity, Breeding, Sex


@dataclass(frozen=True, slots=True, kw_only=True)
class PetFacts:
    """A pet, or the profile that a guest gave, on one day.

    `conditions` were recorded by staff, `told_conditions` by owners: only the first open dietetic
    food. `body_condition` is staff's, from 1 to 9. The deceased and the archived are not served.
    """

    species: Species
    age_days: int | None = None
    sex: Sex | None = None
    is_neutered: bool | None = None
    activity: Activity | None = None
    breeding: Breeding = Breeding.NONE
    weight_g: int | None = None
    adult_weight_g: int | None = None
    size_class: SizeClass | None = None
    body_condition: int | None = None
    allergens: frozenset[IngredientGroup] = frozenset()
    conditions: frozenset[Condition] = frozenset()
    told_conditions: frozenset[Condition] = frozenset()
    is_served: bool = True


DAYS_A_YEAR: Final = 365.25
DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
IDEAL_BODY_CONDITION: Final = 5

#: Adult weights in grams under which a dog is of a size; from the last on it is a giant.
#: Source: the size classes of kernel.animals, as makers of food print them.
SIZES: Final[Sequence[tuple[int, SizeClass]]] = (
    (10_000, SizeClass.MINI),
    (25_000, SizeClass.MEDIUM),
    (45_000, SizeClass.MAXI),
)

#: Age in months when a dog of a size has done growing. Source: FEDIAF Nutritional Guidelines 2021
#: (small breeds are adult before their first birthday, giants at 18 to 24 months); the months
#: between are the makers' own.
END_OF_GROWTH_MONTHS: Final[Mapping[SizeClass, int]] = MappingProxyType(
    {SizeClass.MINI: 10, SizeClass.MEDIUM: 12, SizeClass.MAXI: 15, SizeClass.GIANT: 18}
)

#: Age in years from which a dog of a size is senior. Source: AAHA Canine Life Stage Guidelines
#: 2019 (the last quarter of the expected life); the years are this shop's reading of it.
SENIOR_YEARS: Final[Mapping[SizeClass, int]] = MappingProxyType(
    {SizeClass.MINI: 10, SizeClass.MEDIUM: 9, SizeClass.MAXI: 8, SizeClass.GIANT: 6}
)

#: A kitten until 12 months, senior after 10 years. Source: AAFP/AAHA Feline Life Stage
#: Guidelines 2021.
KITTEN_MONTHS: Final = 12
SENIOR_CAT_YEARS: Final = 10

#: Other species are adult from here; how their young are fed is not told by formula.
ADULT_MONTHS: Final = 6

#: The lightest and the heaviest in grams that an animal can be, its young included; wider than
#: any breed standard, so that only slips of the pen fall outside.
PLAUSIBLE_WEIGHTS_G: Final[Mapping[Species, tuple[int, int]]] = MappingProxyType(
    {
        Species.DOG: (50, 120_000),
        Species.CAT: (50, 20_000),
        Species.RABBIT: (20, 12_000),
        Species.GUINEA_PIG: (40, 2_500),
        Species.FERRET: (10, 3_500),
        Species.RAT: (5, 1_200),
        Species.BIRD: (5, 20_000),
    }
)

#: Over how many days a change of weight is looked at, and from how many percent it is worth a
#: look: cat -5 % in a month, dog -10 %. For the eyes of staff; no advice follows from it.
WEIGHT_TREND_DAYS: Final = 30
WEIGHT_LOSS_PERCENT: Final[Mapping[Species, int]] = MappingProxyType(
    {Species.CAT: 5, Species.DOG: 10}
)


def size_class_of(adult_weight_g: int) -> SizeClass:
    """The size of a dog by its adult weight."""
    for under, size in SIZES:
        if adult_weight_g < under:
            return size
    return SizeClass.GIANT


def size_of(facts: PetFacts) -> SizeClass | None:
    """The size of a dog: by its adult weight, else its breed, else its weight once surely grown."""
    if facts.species is not Species.DOG:
        return None
    if facts.adult_weight_g is not None:
        return size_class_of(facts.adult_weight_g)
    if facts.size_class is not None:
        return facts.size_class
    longest = max(END_OF_GROWTH_MONTHS.values())
    if facts.weight_g is None or facts.age_days is None or months(facts.age_days) < longest:
        return None
    return size_class_of(facts.weight_g)


def months(age_days: int) -> float:
    return age_days / DAYS_A_MONTH


def years(age_days: int) -> int:
    """Completed years, as people count them."""
    return int(age_days / DAYS_A_YEAR)


def life_stage_of(facts: PetFacts) -> LifeStage | None:
    """How old an animal is in the words of food; None when its age, or a dog's size, is missing."""
    if facts.age_days is None:
        return None
    if facts.species is Species.DOG:
        return _stage_of_dog(facts.age_days, size_of(facts))
    if facts.species is Species.CAT:
        if months(facts.age_days) < KITTEN_MONTHS:
            return LifeStage.KITTEN
        return LifeStage.SENIOR if _is_past(facts.age_days, SENIOR_CAT_YEARS) else LifeStage.ADULT
    return LifeStage.ADULT if months(facts.age_days) >= ADULT_MONTHS else None


def _stage_of_dog(age_days: int, size: SizeClass | None) -> LifeStage | None:
    """The stage that all sizes in question agree on."""
    stages = {_stage_at(age_days, each) for each in ([size] if size else SizeClass)}
    return stages.pop() if len(stages) == 1 else None


def _stage_at(age_days: int, size: SizeClass) -> LifeStage:
    if months(age_days) < END_OF_GROWTH_MONTHS[size]:
        return LifeStage.PUPPY
    return LifeStage.SENIOR if years(age_days) >= SENIOR_YEARS[size] else LifeStage.ADULT


def _is_past(age_days: int, birthday: int) -> bool:
    return age_days > birthday * DAYS_A_YEAR


def is_growing(facts: PetFacts) -> bool | None:
    """Whether a dog or a cat still grows; None when that cannot be told."""
    if facts.age_days is None:
        return None
    if facts.species is Species.CAT:
        return months(facts.age_days) < KITTEN_MONTHS
    if facts.species is not Species.DOG:
        return None
    size = size_of(facts)
    sizes = [size] if size else list(SizeClass)
    grows = {months(facts.age_days) < END_OF_GROWTH_MONTHS[each] for each in sizes}
    return grows.pop() if len(grows) == 1 else None


def is_plausible_weight(species: Species, grams: int) -> bool:
    """Whether an animal of a species can weigh that."""
    lightest, heaviest = PLAUSIBLE_WEIGHTS_G[species]
    return lightest <= grams <= heaviest


def ideal_weight_g(weight_g: int, body_condition: int) -> int:
    """What an animal would weigh in ideal condition: 10 % a point away from 5.

    Source: W / (1 + 0.10 x (BCS - 5)), on the 9-point scale (Laflamme 1997; WSAVA 2011).
    """
    return round(weight_g / (1 + 0.10 * (body_condition - IDEAL_BODY_CONDITION)))


def weight_trend(points: Sequence[tuple[date, int]], days: int = WEIGHT_TREND_DAYS) -> float | None:
    """The change in percent between the first and the last weighing of the window before the last.

    `points` are (day, grams > 0) in any order; None with fewer than two days in the window.
    """
    if not points:
        return None
    ordered = sorted(points)
    end, last_g = ordered[-1]
    within = [(day, grams) for day, grams in ordered if (end - day).days <= days]
    start, first_g = within[0]
    return None if start == end else (last_g - first_g) / first_g * 100


def is_marked_loss(species: Species, percent: float) -> bool:
    """Whether a change over the window is worth a look; never so where there is no threshold."""
    threshold = WEIGHT_LOSS_PERCENT.get(species)
    return threshold is not None and percent <= -threshold
