"""For which pet a line was bought: the owner's word, else the one it can be for, else a share each.

Pure. A share is in percent; shares of a line add up to 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.suitability import ProductFacts
from kernel.animals import Species
from pets.health import PetFacts, life_stage_of, size_of
from recommendations.vocabulary import LineOrigin


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pet of the buyer, as it was when the line was bought, and what it had before."""

    pet_id: int
    facts: PetFacts
    had: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Share:
    pet_id: int
    percent: int
    origin: LineOrigin


def attributed(
    product_id: int, product: ProductFacts, candidates: Sequence[Candidate]
) -> list[Share]:
    """The shares of a line in the pets of its buyer; none when no pet is of its species.

    The only pet that fits by species, life stage, size and diet; else those that had the product
    before; else all that fit, or where none does all of the species, each alike.
    """
    of_species = [each for each in candidates if each.facts.species in product.species]
    fitting = [each for each in of_species if fits(each.facts, product)] or of_species
    if len(fitting) == 1:
        return [Share(fitting[0].pet_id, 100, LineOrigin.ONLY)]
    used = [each for each in fitting if product_id in each.had]
    chosen, origin = (used, LineOrigin.HABIT) if used else (fitting, LineOrigin.SHARED)
    shares = parts(len(chosen))
    return [Share(each.pet_id, share, origin) for each, share in zip(chosen, shares, strict=True)]


def parts(count: int) -> list[int]:
    """A hundred in so many whole parts that differ by one at most, the larger first."""
    if count == 0:
        return []
    each, left = divmod(100, count)
    return [each + (place < left) for place in range(count)]


def fits(facts: PetFacts, product: ProductFacts) -> bool:
    """Whether a product of the species is meant for an animal like this; unknown facts fit."""
    stage, size = life_stage_of(facts), size_of(facts)
    if None not in (product.life_stage, stage) and product.life_stage is not stage:
        return False
    is_dog = facts.species is Species.DOG
    if is_dog and None not in (product.size_class, size) and product.size_class is not size:
        return False
    medical = {each for each in product.conditions if each.kind == "medical"}
    return not medical or bool(medical & (facts.conditions | facts.told_conditions))


def corrected(shares: Mapping[int, int]) -> bool:
    """Whether shares in percent by pet are a whole."""
    return bool(shares) and min(shares.values()) >= 1 and sum(shares.values()) == 100  # noqa: PLR2004
