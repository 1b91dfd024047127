"""What suits whom: the table of severities, each reason, and what may never pass."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import suitability, wording
from catalog.regulation import RULES
from catalog.suitability import ProductFacts, unsuitable
from catalog.vocabulary import Form, Path, RegulatoryClass, Severity, UnsuitabilityReason
from kernel.animals import (
    Condition,
    IngredientGroup,
    Language,
    LifeStage,
    SizeClass,
    Species,
)
from pets.health import DAYS_A_YEAR, PetFacts

R = UnsuitabilityReason
ADULT = int(4.5 * DAYS_A_YEAR)
NOBODY: frozenset[Species] = frozenset()
CATS = frozenset({Species.CAT})


def dog(**facts):
    return PetFacts(**{"species": Species.DOG, "age_days": ADULT, "weight_g": 12_000} | facts)


def cat(**facts):
    return PetFacts(**{"species": Species.CAT, "age_days": ADULT, "weight_g": 4_000} | facts)


def food(**facts):
    return ProductFacts(
        **{
            "species": frozenset({Species.DOG}),
            "regulatory_class": RegulatoryClass.FOOD,
            "form": Form.DRY,
            "ingredients": frozenset({IngredientGroup.POULTRY, IngredientGroup.RICE}),
        }
        | facts
    )


def pipette(**facts):
    return food(
        **{
            "regulatory_class": RegulatoryClass.ANTIPARASITIC_EXTERNAL,
            "form": Form.PIPETTE,
            "ingredients": None,
            "substances": frozenset({"fipronil"}),
        }
        | facts
    )


def reasons(facts, product, *, household=NOBODY, path=Path.CART):
    return [each.reason for each in unsuitable(facts, household, product, path)]


def test_nothing_speaks_against_a_plain_food():
    assert unsuitable(dog(), NOBODY, food(), Path.SUGGESTION) == []


@pytest.mark.parametrize(
    ("facts", "product", "reason"),
    [
        (dog(is_served=False), food(), R.NO_LONGER_SERVED),
        (dog(), food(regulatory_class=RegulatoryClass.MEDICINE_OTC), R.NOT_SOLD),
        (dog(), food(regulatory_class=RegulatoryClass.UNKNOWN), R.NOT_SOLD),
        (cat(), food(), R.SPECIES),
        (dog(), food(species=frozenset()), R.SPECIES),
        (dog(), pipette(weight_min_kg=Decimal(20), weight_max_kg=Decimal(40)), R.WEIGHT_BAND),
        (dog(weight_g=None), pipette(weight_max_kg=Decimal(8)), R.WEIGHT_UNKNOWN),
        (dog(allergens=frozenset({IngredientGroup.RICE})), food(), R.ALLERGEN),
        (
            dog(allergens=frozenset({IngredientGroup.RICE})),
            food(ingredients=None),
            R.COMPOSITION_UNKNOWN,
        ),
        (dog(), food(life_stage=LifeStage.PUPPY), R.LIFE_STAGE),
        (dog(age_days=None), food(life_stage=LifeStage.ADULT), R.LIFE_STAGE_UNKNOWN),
        (dog(), food(size_class=SizeClass.MAXI), R.SIZE),
        (dog(age_days=400), food(size_class=SizeClass.MAXI), R.SIZE_UNKNOWN),
    ],
)
def test_each_reason_stands_alone(facts, product, reason):
    assert reasons(facts, product) == [reason]


@pytest.mark.parametrize(
    ("grams", "found"),
    [(9_999, [R.WEIGHT_BAND]), (10_000, []), (20_000, []), (20_001, [R.WEIGHT_BAND])],
)
def test_both_ends_of_a_band_belong_to_it(grams, found):
    product = pipette(weight_min_kg=Decimal("10.00"), weight_max_kg=Decimal("20.00"))
    assert reasons(dog(weight_g=grams), product) == found


@pytest.mark.parametrize(
    "substance",
    ["permethrin", "Perméthrine", "fipronil/permethrin", "deltamethrin", "cyperméthrine"],
)
def test_permethrin_never_enters_a_household_with_a_cat(substance):
    product = pipette(substances=frozenset({substance}))
    assert reasons(dog(), product) == []
    found = unsuitable(dog(), CATS, product, Path.CHECKOUT)
    assert [(each.reason, each.severity) for each in found] == [
        (R.PERMETHRIN_WITH_CAT, Severity.BLOCKS)
    ]
    assert found[0].substances == (substance,)
    assert R.PERMETHRIN_WITH_CAT in reasons(cat(), replace(product, species=CATS))


def test_an_antiparasitic_of_unknown_substances_is_not_trusted_near_a_cat():
    product = pipette(substances=frozenset())
    assert reasons(dog(), product, household=CATS) == [R.SUBSTANCES_UNKNOWN]
    assert reasons(dog(), product) == []
    assert reasons(cat(), replace(product, species=CATS)) == []


@pytest.mark.parametrize(
    ("recorded", "told", "found"),
    [
        ({Condition.RENAL}, set(), []),
        (set(), {Condition.RENAL}, [R.DIETETIC_WITHOUT_CONDITION]),
        ({Condition.NEUTERED}, set(), [R.DIETETIC_WITHOUT_CONDITION]),
        (set(), set(), [R.DIETETIC_WITHOUT_CONDITION]),
    ],
)
def test_only_a_condition_recorded_by_staff_opens_dietetic_food(recorded, told, found):
    facts = dog(conditions=frozenset(recorded), told_conditions=frozenset(told))
    product = food(
        regulatory_class=RegulatoryClass.DIETETIC_FOOD,
        conditions=frozenset({Condition.RENAL, Condition.NEUTERED}),
    )
    assert reasons(facts, product) == found


@pytest.mark.parametrize(
    ("allergen", "ingredient"),
    [("gluten", "wheat"), ("wheat", "gluten"), ("dairy", "milk"), ("milk", "dairy")],
)
def test_a_related_group_is_an_allergen_too(allergen, ingredient):
    facts = dog(allergens=frozenset({IngredientGroup(allergen)}))
    product = food(ingredients=frozenset({IngredientGroup(ingredient)}))
    assert unsuitable(facts, NOBODY, product, Path.CART)[0].allergens == (
        IngredientGroup(ingredient),
    )


def test_what_nobody_eats_needs_no_composition():
    facts = dog(allergens=frozenset({IngredientGroup.BEEF}))
    assert reasons(facts, pipette(), path=Path.SUGGESTION) == []


def test_a_senior_may_eat_what_adults_eat_but_not_the_other_way_round():
    senior = cat(age_days=int(12 * DAYS_A_YEAR))
    assert reasons(senior, food(species=CATS, life_stage=LifeStage.ADULT)) == []
    assert reasons(cat(), food(species=CATS, life_stage=LifeStage.SENIOR)) == [R.LIFE_STAGE]


def test_the_gravest_comes_first():
    facts = dog(allergens=frozenset({IngredientGroup.RICE}), is_served=True)
    found = unsuitable(facts, NOBODY, food(life_stage=LifeStage.PUPPY, species=CATS), Path.CART)
    assert [each.severity for each in found] == [
        Severity.BLOCKS,
        Severity.ACKNOWLEDGE,
        Severity.INFORMS,
    ]


def test_the_table_is_total_and_a_suggestion_blocks_on_everything():
    assert set(suitability.SEVERITIES) == set(R)
    assert all(set(line) == set(Path) for line in suitability.SEVERITIES.values())
    assert {line[Path.SUGGESTION] for line in suitability.SEVERITIES.values()} == {Severity.BLOCKS}
    assert set(wording.UNSUITABLE) == set(R)


def test_what_is_never_suggested_is_not_sold_either():
    assert [each for each, rule in RULES.items() if rule.sold_online and not rule.suggested] == []


def test_a_reason_names_its_law_or_its_science():
    banded = pipette(weight_min_kg=Decimal(20))
    assert unsuitable(dog(), NOBODY, banded, Path.CART)[0].source == (
        "Code de la santé publique L.5143-2 II"
    )
    facts = dog(allergens=frozenset({IngredientGroup.RICE}))
    assert unsuitable(facts, NOBODY, food(), Path.CART)[0].source == (
        "Mueller, Olivry & Prélaud 2016, BMC Vet. Res. 12:9"
    )


def test_the_words_carry_the_facts_in_both_languages():
    banded = pipette(weight_min_kg=Decimal("2.50"), weight_max_kg=Decimal("10.00"))
    [found] = unsuitable(dog(), NOBODY, banded, Path.CART)
    assert wording.said_of(found, Language.FR) == (
        "Ce conditionnement est prévu pour un animal de 2,5 à 10 kg : choisissez celui de son "
        "poids."
    )
    assert "of 2.5 to 10 kg" in wording.said_of(found, Language.EN)
    [open_ended] = unsuitable(dog(), NOBODY, pipette(weight_max_kg=Decimal(8)), Path.CART)
    assert "jusqu’à 8 kg" in wording.said_of(open_ended, Language.FR)
    facts = dog(allergens=frozenset({IngredientGroup.RICE}))
    [allergen] = unsuitable(facts, NOBODY, food(), Path.CART)
    assert wording.said_of(allergen, Language.FR) == (
        "Contient ce à quoi votre animal est allergique : riz."
    )


groups = st.frozensets(st.sampled_from(IngredientGroup), max_size=4)
pets = st.builds(
    PetFacts,
    species=st.sampled_from(Species),
    age_days=st.none() | st.integers(0, 7000),
    weight_g=st.none() | st.integers(50, 90_000),
    adult_weight_g=st.none() | st.integers(500, 90_000),
    allergens=groups,
    conditions=st.frozensets(st.sampled_from(Condition), max_size=2),
    told_conditions=st.frozensets(st.sampled_from(Condition), max_size=2),
    is_served=st.booleans(),
)
goods = st.builds(
    ProductFacts,
    species=st.frozensets(st.sampled_from(Species), max_size=3),
    regulatory_class=st.sampled_from(RegulatoryClass),
    form=st.sampled_from(Form),
    life_stage=st.none() | st.sampled_from(LifeStage),
    size_class=st.none() | st.sampled_from(SizeClass),
    conditions=st.frozensets(st.sampled_from(Condition), max_size=2),
    ingredients=st.none() | groups,
    substances=st.frozensets(st.sampled_from(["permethrin", "fipronil", "deltamethrin"])),
    weight_min_kg=st.none() | st.integers(0, 40).map(Decimal),
    weight_max_kg=st.none() | st.integers(1, 60).map(Decimal),
)
households = st.frozensets(st.sampled_from(Species))


@given(pets, households, goods)
def test_no_allergen_and_no_unknown_composition_is_ever_suggested(facts, household, product):
    if unsuitable(facts, household, product, Path.SUGGESTION):
        return
    assert not facts.allergens & (product.ingredients or frozenset())
    eaten = product.form in {
        Form.DRY,
        Form.WET,
        Form.TREAT,
        Form.MILK,
        Form.SUPPLEMENT,
        Form.TABLET,
    }
    assert not (facts.allergens and eaten and product.ingredients is None)


@given(pets, households, goods)
def test_what_is_suggested_fits_species_band_law_and_diet(facts, household, product):
    if unsuitable(facts, household, product, Path.SUGGESTION):
        return
    kilos = None if facts.weight_g is None else Decimal(facts.weight_g) / 1000
    assert facts.is_served
    assert facts.species in product.species
    assert RULES[product.regulatory_class].suggested
    assert product.weight_min_kg is None or kilos >= product.weight_min_kg
    assert product.weight_max_kg is None or kilos <= product.weight_max_kg
    is_diet = product.regulatory_class is RegulatoryClass.DIETETIC_FOOD
    assert not is_diet or facts.conditions & product.conditions


@given(pets, households, goods, st.sampled_from(Path))
def test_a_cat_never_meets_permethrin(facts, household, product, path):
    deadly = product.substances & {"permethrin", "deltamethrin"}
    cats = facts.species is Species.CAT or Species.CAT in household
    found = unsuitable(facts, household, product, path)
    blocked = any(
        each.reason is R.PERMETHRIN_WITH_CAT and each.severity is Severity.BLOCKS for each in found
    )
    assert blocked == bool(deadly and cats)


@given(pets, households, goods, st.sampled_from(Path), st.sampled_from(IngredientGroup))
def test_telling_of_an_allergy_never_removes_a_reason(facts, household, product, path, allergen):
    told = replace(facts, allergens=facts.allergens | {allergen})
    before = {each.reason for each in unsuitable(facts, household, product, path)}
    assert before <= {each.reason for each in unsuitable(told, household, product, path)}


@given(pets, households, goods)
def test_the_path_changes_what_follows_and_never_what_is_found(facts, household, product):
    found = [{each.reason for each in unsuitable(facts, household, product, path)} for path in Path]
    assert all(each == found[0] for each in found)
