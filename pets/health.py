"""What is known of an animal's body, as plain values, and what follows from it.

Weights are in grams, ages in days; nothing here knows of the database or the clock.
"""

from dataclasses import dataclass

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
