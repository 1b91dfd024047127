"""Products as the pure modules judge them: out of rows, or out of the card that shoppers read."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalog.listing import CardBody
from catalog.models import Nutrition, Product, Variant
from catalog.rations import Constituents, Food, TableRow
from catalog.suitability import ProductFacts
from catalog.vocabulary import Form, RegulatoryClass, Situation
from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species

_CONSTITUENTS = ("protein", "fat", "fibre", "ash", "moisture")


def product_facts(product: Product, variant: Variant) -> ProductFacts:
    """A pack as its rows tell it; no statement beyond those that fetched them."""
    return ProductFacts(
        species=_species(product.species),
        regulatory_class=_class(variant.regulatory_class),
        form=Form(product.form),
        life_stage=LifeStage(product.life_stage) if product.life_stage else None,
        size_class=SizeClass(product.size_class) if product.size_class else None,
        conditions=_conditions(product.conditions),
        ingredients=_ingredients(product.ingredient_groups),
        substances=frozenset(variant.active_substances),
        weight_min_kg=variant.weight_min_kg,
        weight_max_kg=variant.weight_max_kg,
    )


def product_facts_of_card(body: CardBody, pack: Mapping[str, Any]) -> ProductFacts:
    """A pack as its product's card tells it; the card must have been read with its detail."""
    brief, detail = body.brief, _detail(body)
    return ProductFacts(
        species=_species(brief["species"]),
        regulatory_class=_class(pack["class"]),
        form=Form(brief["form"]),
        life_stage=LifeStage(brief["life_stage"]) if brief["life_stage"] else None,
        size_class=SizeClass(brief["size_class"]) if brief["size_class"] else None,
        conditions=_conditions(brief["conditions"]),
        ingredients=_ingredients(detail["ingredient_groups"]),
        substances=frozenset(detail["substances"].get(pack["sku"], ())),
        weight_min_kg=_decimal(pack["weight_min"]),
        weight_max_kg=_decimal(pack["weight_max"]),
    )


def food_of(product: Product) -> Food:
    """A product as something to eat, out of its rows."""
    nutrition: Nutrition | None = getattr(product, "nutrition", None)
    return Food(
        species=_species(product.species),
        form=Form(product.form),
        constituents=None
        if nutrition is None
        else _constituents({each: getattr(nutrition, each) for each in (*_CONSTITUENTS, _KCAL)}),
        rows=tuple(
            TableRow(
                Species(row.species),
                Situation(row.situation),
                float(row.weight_kg),
                row.grams_per_day,
            )
            for row in product.ration_rows.all()
        ),
        conditions=_conditions(product.conditions),
    )


def food_of_card(body: CardBody) -> Food:
    """A product as something to eat, out of its card with its detail."""
    brief, detail = body.brief, _detail(body)
    nutrition = detail["nutrition"]
    return Food(
        species=_species(brief["species"]),
        form=Form(brief["form"]),
        constituents=None if nutrition is None else _constituents(nutrition),
        rows=tuple(
            TableRow(Species(species), Situation(situation), float(weight), grams)
            for species, situation, weight, grams in detail["rations"]
        ),
        conditions=_conditions(brief["conditions"]),
    )


_KCAL = "kcal_100g"


def _detail(body: CardBody) -> Mapping[str, Any]:
    if body.detail is None:
        raise LookupError("A card was asked for what stands in its detail, read without it.")
    return body.detail


def _constituents(found: Mapping[str, Any]) -> Constituents:
    kcal = found[_KCAL]
    return Constituents(
        **{name: float(found[name]) for name in _CONSTITUENTS},
        kcal_100g=None if kcal is None else float(kcal),
    )


def _class(text: str) -> RegulatoryClass:
    return RegulatoryClass(text) if text in RegulatoryClass else RegulatoryClass.UNKNOWN


def _species(slugs: Iterable[str]) -> frozenset[Species]:
    return frozenset(Species(each) for each in slugs)


def _conditions(codes: Iterable[str]) -> frozenset[Condition]:
    return frozenset(Condition(each) for each in codes)


def _ingredients(groups: Iterable[str] | None) -> frozenset[IngredientGroup] | None:
    return None if groups is None else frozenset(IngredientGroup(each) for each in groups)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
