"""Whether a product suits an animal: one function, asked by page, cart, checkout and suggestions.

What is found does not depend on where it is asked; what follows from it does, by one table. In a
suggestion everything that is found blocks, the unknown included.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from catalog import regulation
from catalog.vocabulary import Form, Path, RegulatoryClass, Severity, UnsuitabilityReason
from kernel.animals import (
    Condition,
    ConditionKind,
    IngredientGroup,
    LifeStage,
    SizeClass,
    Species,
)
from pets.health import PetFacts, life_stage_of, size_of

_B, _A, _I = Severity.BLOCKS, Severity.ACKNOWLEDGE, Severity.INFORMS
_R = UnsuitabilityReason


def _line(*severities: Severity) -> Mapping[Path, Severity]:
    return MappingProxyType(dict(zip(Path, severities, strict=True)))


#: What follows from each reason on each path: product page, cart, checkout, suggestion, diet.
SEVERITIES: Final[Mapping[UnsuitabilityReason, Mapping[Path, Severity]]] = MappingProxyType(
    {
        _R.NO_LONGER_SERVED: _line(_B, _B, _B, _B, _B),
        _R.NOT_SOLD: _line(_B, _B, _B, _B, _I),
        _R.SPECIES: _line(_B, _B, _B, _B, _A),
        _R.PERMETHRIN_WITH_CAT: _line(_B, _B, _B, _B, _B),
        _R.SUBSTANCES_UNKNOWN: _line(_I, _A, _A, _B, _I),
        _R.WEIGHT_BAND: _line(_B, _B, _B, _B, _I),
        _R.WEIGHT_UNKNOWN: _line(_I, _A, _A, _B, _I),
        _R.DIETETIC_WITHOUT_CONDITION: _line(_B, _B, _B, _B, _I),
        _R.ALLERGEN: _line(_A, _A, _A, _B, _A),
        _R.COMPOSITION_UNKNOWN: _line(_I, _A, _A, _B, _I),
        _R.LIFE_STAGE: _line(_I, _I, _I, _B, _I),
        _R.LIFE_STAGE_UNKNOWN: _line(_I, _I, _I, _B, _I),
        _R.SIZE: _line(_I, _I, _I, _B, _I),
        _R.SIZE_UNKNOWN: _line(_I, _I, _I, _B, _I),
    }
)

#: The law or the science behind a reason; where there is none here, the product's class has one.
SOURCES: Final[Mapping[UnsuitabilityReason, str]] = MappingProxyType(
    {
        _R.PERMETHRIN_WITH_CAT: "Boland & Angles 2010, J. Feline Med. Surg. 12:61-71",
        _R.SUBSTANCES_UNKNOWN: "Boland & Angles 2010, J. Feline Med. Surg. 12:61-71",
        _R.ALLERGEN: "Mueller, Olivry & Prélaud 2016, BMC Vet. Res. 12:9",
        _R.COMPOSITION_UNKNOWN: "Reg. (EC) 767/2009 art. 17",
        _R.LIFE_STAGE: "FEDIAF Nutritional Guidelines 2021",
        _R.LIFE_STAGE_UNKNOWN: "FEDIAF Nutritional Guidelines 2021",
        _R.SIZE: "FEDIAF Nutritional Guidelines 2021",
        _R.SIZE_UNKNOWN: "FEDIAF Nutritional Guidelines 2021",
    }
)
_BY_CLASS: Final = frozenset(
    {
        _R.NOT_SOLD,
        _R.SPECIES,
        _R.WEIGHT_BAND,
        _R.WEIGHT_UNKNOWN,
        _R.DIETETIC_WITHOUT_CONDITION,
    }
)

#: Pyrethroids that kill cats, as they stand in names of substances: `cypermethrin` holds one.
DEADLY_TO_CATS: Final = ("permethrin", "deltamethrin")

#: What an animal must not eat either when it is allergic to a group.
RELATED_GROUPS: Final[Mapping[IngredientGroup, frozenset[IngredientGroup]]] = MappingProxyType(
    {
        IngredientGroup.GLUTEN: frozenset({IngredientGroup.WHEAT, IngredientGroup.BARLEY}),
        IngredientGroup.WHEAT: frozenset({IngredientGroup.GLUTEN}),
        IngredientGroup.BARLEY: frozenset({IngredientGroup.GLUTEN}),
        IngredientGroup.DAIRY: frozenset({IngredientGroup.MILK}),
        IngredientGroup.MILK: frozenset({IngredientGroup.DAIRY}),
    }
)

#: Stages of an animal that a product for a stage suits.
SUITED_STAGES: Final[Mapping[LifeStage, frozenset[LifeStage]]] = MappingProxyType(
    {
        LifeStage.PUPPY: frozenset({LifeStage.PUPPY}),
        LifeStage.KITTEN: frozenset({LifeStage.KITTEN}),
        LifeStage.ADULT: frozenset({LifeStage.ADULT, LifeStage.SENIOR}),
        LifeStage.SENIOR: frozenset({LifeStage.SENIOR}),
    }
)

_NOT_EATEN: Final = frozenset(
    {
        Form.CARE,
        Form.PIPETTE,
        Form.COLLAR,
        Form.SPRAY,
        Form.FOGGER,
        Form.LITTER,
        Form.TOOL,
        Form.ACCESSORY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """A pack of a product as its suitability is judged; `ingredients` None when not known."""

    species: frozenset[Species]
    regulatory_class: RegulatoryClass
    form: Form
    life_stage: LifeStage | None = None
    size_class: SizeClass | None = None
    conditions: frozenset[Condition] = frozenset()
    ingredients: frozenset[IngredientGroup] | None = None
    substances: frozenset[str] = frozenset()
    weight_min_kg: Decimal | None = None
    weight_max_kg: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsuitability:
    """One reason against a product for an animal, with the facts that its words need."""

    reason: UnsuitabilityReason
    severity: Severity
    source: str | None
    allergens: tuple[IngredientGroup, ...] = ()
    substances: tuple[str, ...] = ()
    band_kg: tuple[Decimal | None, Decimal | None] | None = None


def unsuitable(
    facts: PetFacts, household: frozenset[Species], product: ProductFacts, path: Path
) -> list[Unsuitability]:
    """All that speaks against a product for an animal, the gravest first.

    `household` are the species that live with it. An empty list means that nothing speaks against.
    """
    cats_near = Species.CAT in household or facts.species is Species.CAT
    found = [
        *_of_sale(facts, product, path),
        *_of_substances(product, cats_near=cats_near),
        *_of_weight(facts, product),
        *_of_composition(facts, product),
        *_of_growth(facts, product),
    ]
    made = [_made(reason, product, path, facts) for reason in found]
    return sorted(made, key=lambda each: _GRAVITY.index(each.severity))


_GRAVITY: Final = list(Severity)


def _made(
    reason: UnsuitabilityReason, product: ProductFacts, path: Path, facts: PetFacts
) -> Unsuitability:
    article = regulation.rule_for(product.regulatory_class).article
    banded = reason in (_R.WEIGHT_BAND, _R.WEIGHT_UNKNOWN)
    return Unsuitability(
        reason=reason,
        severity=SEVERITIES[reason][path],
        source=(article if reason in _BY_CLASS else SOURCES.get(reason)) or None,
        allergens=tuple(sorted(_allergens_in(facts, product))) if reason is _R.ALLERGEN else (),
        substances=tuple(sorted(_deadly(product))) if reason is _R.PERMETHRIN_WITH_CAT else (),
        band_kg=(product.weight_min_kg, product.weight_max_kg) if banded else None,
    )


def _of_sale(facts: PetFacts, product: ProductFacts, path: Path) -> Iterator[UnsuitabilityReason]:
    if not facts.is_served:
        yield _R.NO_LONGER_SERVED
    rule = regulation.rule_for(product.regulatory_class)
    if not rule.sold_online or (path is Path.SUGGESTION and not rule.suggested):
        yield _R.NOT_SOLD
    if facts.species not in product.species:
        yield _R.SPECIES
    is_diet = product.regulatory_class is RegulatoryClass.DIETETIC_FOOD
    if is_diet and facts.conditions.isdisjoint(_medical(product.conditions)):
        yield _R.DIETETIC_WITHOUT_CONDITION


def _medical(conditions: frozenset[Condition]) -> frozenset[Condition]:
    return frozenset(each for each in conditions if each.kind is ConditionKind.MEDICAL)


def _of_substances(product: ProductFacts, *, cats_near: bool) -> Iterator[UnsuitabilityReason]:
    if not cats_near:
        return
    if _deadly(product):
        yield _R.PERMETHRIN_WITH_CAT
    is_antiparasitic = product.regulatory_class is RegulatoryClass.ANTIPARASITIC_EXTERNAL
    if is_antiparasitic and not product.substances and Species.CAT not in product.species:
        yield _R.SUBSTANCES_UNKNOWN


def _deadly(product: ProductFacts) -> set[str]:
    return {
        substance
        for substance in product.substances
        if any(name in _plain(substance) for name in DEADLY_TO_CATS)
    }


def _plain(text: str) -> str:
    """Lower case without accents: labels say `perméthrine`."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if not _is_mark(c))


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _of_weight(facts: PetFacts, product: ProductFacts) -> Iterator[UnsuitabilityReason]:
    """Both ends of a pack's band belong to it."""
    low, high = product.weight_min_kg, product.weight_max_kg
    if low is None and high is None:
        return
    if facts.weight_g is None:
        yield _R.WEIGHT_UNKNOWN
        return
    weight_kg = Decimal(facts.weight_g) / 1000
    if (low is not None and weight_kg < low) or (high is not None and weight_kg > high):
        yield _R.WEIGHT_BAND


def _of_composition(facts: PetFacts, product: ProductFacts) -> Iterator[UnsuitabilityReason]:
    if _allergens_in(facts, product):
        yield _R.ALLERGEN
    if facts.allergens and product.ingredients is None and product.form not in _NOT_EATEN:
        yield _R.COMPOSITION_UNKNOWN


def _allergens_in(facts: PetFacts, product: ProductFacts) -> frozenset[IngredientGroup]:
    """Groups in a product that an animal is allergic to, those related to its allergens too."""
    barred = set(facts.allergens)
    for allergen in facts.allergens:
        barred |= RELATED_GROUPS.get(allergen, frozenset())
    return (product.ingredients or frozenset()) & barred


def _of_growth(facts: PetFacts, product: ProductFacts) -> Iterator[UnsuitabilityReason]:
    if product.life_stage is not None:
        stage = life_stage_of(facts)
        if stage is None:
            yield _R.LIFE_STAGE_UNKNOWN
        elif stage not in SUITED_STAGES[product.life_stage]:
            yield _R.LIFE_STAGE
    if product.size_class is not None and facts.species is Species.DOG:
        size = size_of(facts)
        if size is None:
            yield _R.SIZE_UNKNOWN
        elif size is not product.size_class:
            yield _R.SIZE
