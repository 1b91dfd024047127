"""Owners and their animals: how many, of what age and weight, and when their lives turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

type Params = Mapping[str, Any]

#: Conditions as the parameters name them, in the words of `kernel.animals.Condition`.
CONDITIONS: Final[Mapping[str, str]] = {
    "gastro-intestinal": "GASTROINTESTINAL",
    "dermatologique": "SKIN_DISEASE",
    "hypoallergénique": "FOOD_ALLERGY",
    "obésité": "OBESITY",
    "mobilité": "MOBILITY",
    "urinaire": "URINARY_STRUVITE",
    "rénal": "RENAL",
    "cardiaque": "CARDIAC",
    "diabète": "DIABETES",
    "hépatique": "HEPATIC",
    "hyperthyroïdie": "HYPERTHYROIDISM",
}
_OLD_YEARS: Final = 8
_EARLY_DAYS: Final = 180
_YEAR: Final = 365.25
_KNOWN_BEFORE: Final = 0.45
_SMALLEST_KG: Final = 1.5
_RABBIT_YEARS: Final = 8
_RABBIT_KG: Final = (2.2, 0.5)


@dataclass(frozen=True, slots=True)
class Animal:
    """A life; `ill_from` is when its condition shows, `died` when it ends, where it does."""

    species: str
    size_class: str
    born: date
    weight_kg: float
    is_neutered: bool
    is_overweight: bool
    condition: str
    ill_from: date | None
    died: date | None

    def stage(self, day: date) -> str:
        years = (day - self.born).days / _YEAR
        if years < 1:
            return {"dog": "puppy", "cat": "kitten"}.get(self.species, "")
        return "senior" if years >= _OLD_YEARS + 1 else "adult"

    def lives(self, day: date) -> bool:
        return self.born <= day and (self.died is None or day < self.died)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with animals, from the day they joined until they go elsewhere."""

    joined: date
    leaves: date
    price_sensitivity: float
    hunts_promotions: bool
    animals: tuple[Animal, ...]


def owner(params: Params, random: np.random.Generator, *, begins: date, ends: date) -> Owner:
    """Draw a household as it is between two days."""
    kinds = _chosen(params["owner_species_mix"], random)
    counts = {"dog": 0, "cat": 0, "rabbit": 0}
    if kinds in ("dog_only", "both"):
        counts["dog"] = int(_chosen(params["n_dogs"], random))
    if kinds in ("cat_only", "both"):
        counts["cat"] = int(_chosen(params["n_cats"], random))
    if kinds == "nac_only":
        counts["rabbit"] = 1
    span = (ends - begins).days
    joined = begins + timedelta(days=int(random.integers(-span, max(1, span))))
    animals = [
        _animal(params, species, random, begins=begins, ends=ends)
        for species, count in counts.items()
        for _ in range(count)
    ]
    return Owner(
        joined=joined,
        leaves=_leaving(params, joined, random),
        price_sensitivity=round(float(random.beta(2, 2)), 2),
        hunts_promotions=bool(random.random() < 0.18),  # noqa: PLR2004
        animals=tuple(animals),
    )


def _chosen(shares: Mapping[str, float], random: np.random.Generator) -> str:
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    return names[int(random.choice(len(names), p=weights / weights.sum()))]


def _leaving(params: Params, joined: date, random: np.random.Generator) -> date:
    """The day they go elsewhere: likelier each day in the first half year."""
    early = float(random.exponential(1 / params["churn_daily_early"]))
    if early < _EARLY_DAYS:
        return joined + timedelta(days=int(early))
    late = float(random.exponential(1 / params["churn_daily_late"]))
    return joined + timedelta(days=int(min(_EARLY_DAYS + late, 36_500)))


def _animal(
    params: Params, species: str, random: np.random.Generator, *, begins: date, ends: date
) -> Animal:
    years = _life(params, species, random)
    # Alive at some moment of the period: born up to a life before it, or within it.
    oldest, youngest = begins - timedelta(days=int(years * _YEAR)), ends - timedelta(days=60)
    born = oldest + timedelta(days=int(random.integers(1, max(2, (youngest - oldest).days))))
    dies = born + timedelta(days=int(years * _YEAR))
    size, weight = _body(params, species, random)
    condition = _condition(params, species, years, random)
    return Animal(
        species=species,
        size_class=size,
        born=born,
        weight_kg=weight,
        is_neutered=bool(random.random() < params["neutered"].get(species, 0.3)),
        is_overweight=bool(random.random() < params["overweight"].get(species, 0)),
        condition=condition,
        ill_from=_onset(born, begins, ends, random) if condition else None,
        died=dies if dies <= ends else None,
    )


def _life(params: Params, species: str, random: np.random.Generator) -> float:
    shape = params["life"].get(species)
    if shape is None:
        return float(random.uniform(_RABBIT_YEARS / 2, _RABBIT_YEARS * 1.5))
    return max(0.5, float(random.weibull(shape["weibull_k"]) * shape["weibull_scale"]))


def _body(params: Params, species: str, random: np.random.Generator) -> tuple[str, float]:
    size = _chosen(params["dog_size"], random) if species == "dog" else ""
    shapes: Mapping[str, Sequence[float]] = {"cat": params["cat_weight"], "rabbit": _RABBIT_KG}
    mean, spread = params["dog_weight"][size] if size else shapes[species]
    return size, round(max(_SMALLEST_KG, float(random.normal(mean, spread))), 1)


def _condition(params: Params, species: str, years: float, random: np.random.Generator) -> str:
    """At most one condition of a life, likelier in a long one."""
    for name, facts in params["conditions"].get(species, {}).items():
        old = facts.get("old_mult", 1) if years > _OLD_YEARS else 1
        if random.random() < facts["prev"] * old:
            return CONDITIONS[name]
    return ""


def _onset(born: date, begins: date, ends: date, random: np.random.Generator) -> date:
    """Known before the period for some, else found in its course."""
    if random.random() < _KNOWN_BEFORE:
        return max(born + timedelta(days=60), begins)
    return begins + timedelta(days=int(random.integers(1, (ends - begins).days)))
