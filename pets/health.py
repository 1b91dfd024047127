"""What is known of an animal's body, as plain values, and what follows from it.

Weights are in grams, ages in days; nothing here knows of the database or the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kernel.animals import Condition, IngredientGroup, SizeClass, Species
from pets.vocabulary import Activity, Breeding, Sex


@dataclass(frozen=True, slots=True, kw_only=True)
class PetFacts:
    """A pet, or the profile that a guest gave, on one day.

    `conditions` were recorded by staff, `told_conditions` by owners: only the first open dietetic
    food. `body_condition` is staff's, from 1 to 9.
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


#: The lightest and the heaviest that an animal of the species is, in grams: young ones included.
WEIGHTS_G: Mapping[Species, tuple[int, int]] = MappingProxyType(
    {
        Species.DOG: (50, 120_000),
        Species.CAT: (50, 20_000),
        Species.RABBIT: (20, 12_000),
        Species.GUINEA_PIG: (40, 3_000),
        Species.FERRET: (5, 4_000),
        Species.RAT: (4, 1_200),
        Species.BIRD: (2, 5_000),
    }
)
