"""How much energy an animal needs: every reference figure, and what must never get one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.animals import Condition, SizeClass, Species
from pets import feeding
from pets.feeding import EnergyNeed, NoNumber
from pets.health import DAYS_A_MONTH, DAYS_A_YEAR, PetFacts
from pets.vocabulary import Activity, Breeding, EnergyRule, NoEnergy

ADULT = int(4.5 * DAYS_A_YEAR)


def dog(kilos=10.0, **facts):
    return PetFacts(
        **{"species": Species.DOG, "age_days": ADULT, "weight_g": int(kilos * 1000)} | facts
    )


def cat(kilos=4.0, **facts):
    return PetFacts(
        **{"species": Species.CAT, "age_days": ADULT, "weight_g": int(kilos * 1000)} | facts
    )


def centre(facts):
    return feeding.daily_energy(facts).centre


def power(base, exponent):
    """The oracle: a power by decimal logarithms, with no floating point in it."""
    return (Decimal(exponent) * Decimal(base).ln()).exp()


@pytest.mark.parametrize(
    ("kilos", "resting", "low", "moderate"),
    [(5, 234, 318, 368), (10, 394, 534, 619), (20, 662, 898, 1040), (30, 897, 1218, 1410)],
)
def test_the_reference_figures_of_dogs(kilos, resting, low, moderate):
    assert feeding.nearest(feeding.resting_energy(kilos * 1000)) == resting
    assert centre(dog(kilos, activity=Activity.LOW)) == low
    assert centre(dog(kilos, activity=Activity.MODERATE)) == moderate


@pytest.mark.parametrize(
    ("kilos", "resting", "sedentary", "active"),
    [(3, 160, 157, 209), (4, 198, 190, 253), (5, 234, 220, 294), (6, 268, 249, 332)],
)
def test_the_reference_figures_of_cats(kilos, resting, sedentary, active):
    assert feeding.nearest(feeding.resting_energy(kilos * 1000)) == resting
    assert centre(cat(kilos, is_neutered=True)) == sedentary
    assert centre(cat(kilos, is_neutered=False, activity=Activity.HIGH)) == active


@pytest.mark.parametrize(
    ("facts", "rule", "coefficient"),
    [
        (dog(activity=Activity.LOW), EnergyRule.DOG_LOW_ACTIVITY, 95),
        (dog(activity=Activity.MODERATE), EnergyRule.DOG_MODERATE_ACTIVITY, 110),
        (dog(activity=Activity.HIGH), EnergyRule.DOG_HIGH_ACTIVITY, 125),
        (dog(activity=Activity.WORKING), EnergyRule.DOG_WORKING, 162.5),
        (dog(age_days=int(1.6 * DAYS_A_YEAR)), EnergyRule.DOG_YOUNG_ADULT, 130),
        (dog(age_days=int(2.9 * DAYS_A_YEAR)), EnergyRule.DOG_YOUNG_ADULT, 130),
        (dog(age_days=int(3.1 * DAYS_A_YEAR)), EnergyRule.DOG_ADULT, 110),
        (dog(age_days=int(7.9 * DAYS_A_YEAR)), EnergyRule.DOG_ADULT, 110),
        (dog(age_days=int(8.1 * DAYS_A_YEAR)), EnergyRule.DOG_SENIOR, 95),
        (
            dog(age_days=int(12 * DAYS_A_YEAR), activity=Activity.HIGH),
            EnergyRule.DOG_HIGH_ACTIVITY,
            125,
        ),
        (cat(is_neutered=True, activity=Activity.LOW), EnergyRule.CAT_NEUTERED_INDOOR, 63.5),
        (cat(is_neutered=True, activity=Activity.HIGH), EnergyRule.CAT_NEUTERED_OR_INDOOR, 75),
        (cat(is_neutered=False, activity=Activity.LOW), EnergyRule.CAT_NEUTERED_OR_INDOOR, 75),
        (cat(), EnergyRule.CAT_NEUTERED_OR_INDOOR, 75),
        (cat(is_neutered=False, activity=Activity.HIGH), EnergyRule.CAT_ACTIVE, 100),
    ],
)
def test_which_rule_feeds_a_grown_animal(facts, rule, coefficient):
    need = feeding.daily_energy(facts)
    exponent = "0.75" if facts.species is Species.DOG else "0.67"
    oracle = Decimal(coefficient) * power(facts.weight_g / 1000, exponent)
    assert need.rule is rule
    assert need.kcal == pytest.approx(float(oracle), rel=1e-9)


@pytest.mark.parametrize(
    ("kilos", "coefficient"),
    [(3.9, 210), (10, 210), (10.1, 175), (16, 175), (16.1, 140), (21, 140)],
)
def test_a_puppy_is_fed_by_its_share_of_the_adult_weight(kilos, coefficient):
    need = feeding.daily_energy(dog(kilos, age_days=200, adult_weight_g=20_000))
    assert need.rule is EnergyRule.DOG_GROWTH
    assert need.centre == feeding.nearest(coefficient * kilos**0.75)


@pytest.mark.parametrize(
    ("age_months", "times"),
    [(2, 2.25), (3.99, 2.25), (4.1, 1.875), (8.99, 1.875), (9.1, 1.5), (11.9, 1.5)],
)
def test_a_kitten_is_fed_by_its_age(age_months, times):
    need = feeding.daily_energy(cat(2, age_days=int(age_months * DAYS_A_MONTH)))
    assert need.rule is EnergyRule.KITTEN
    assert need.centre == feeding.nearest(times * 87.5 * 2**0.67)


def test_a_figure_of_the_range_lies_thirty_percent_either_side():
    need = feeding.daily_energy(dog(20, activity=Activity.MODERATE))
    assert (need.low, need.centre, need.high) == (728, 1040, 1352)


def test_an_animal_that_tends_to_fat_is_fed_for_its_ideal_weight_and_not_as_active():
    need = feeding.daily_energy(dog(12, activity=Activity.HIGH, body_condition=7))
    assert need == EnergyNeed(need.kcal, EnergyRule.DOG_OBESE_PRONE, 10_000)
    assert need.centre == 506
    fat = cat(6, is_neutered=False, activity=Activity.HIGH, body_condition=9)
    assert feeding.daily_energy(fat).rule is EnergyRule.CAT_NEUTERED_OR_INDOOR
    assert feeding.daily_energy(fat).weight_g == 4286


def test_a_thin_animal_is_not_fed_as_if_it_were_heavier():
    assert feeding.daily_energy(dog(10, body_condition=3)).weight_g == 10_000


def test_obesity_asks_for_a_score_by_staff():
    obese = frozenset({Condition.OBESITY})
    assert feeding.daily_energy(dog(conditions=obese)) == NoNumber(NoEnergy.OBESITY_NOT_SCORED)
    assert feeding.daily_energy(dog(told_conditions=obese)) == NoNumber(NoEnergy.OBESITY_NOT_SCORED)
    scored = dog(12, conditions=obese, body_condition=7)
    assert feeding.daily_energy(scored).weight_g == 10_000
    kitten = cat(age_days=100, conditions=obese, body_condition=7)
    assert feeding.daily_energy(kitten) == NoNumber(NoEnergy.OBESITY_NOT_SCORED)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (dog(is_served=False), NoEnergy.NO_LONGER_SERVED),
        (dog(breeding=Breeding.GESTATION), NoEnergy.GESTATION),
        (cat(breeding=Breeding.LACTATION), NoEnergy.LACTATION),
        (dog(age_days=55), NoEnergy.UNDER_8_WEEKS),
        (dog(age_days=None), NoEnergy.AGE_UNKNOWN),
        (dog(age_days=None, activity=Activity.LOW), NoEnergy.AGE_UNKNOWN),
        (dog(weight_g=None), NoEnergy.WEIGHT_UNKNOWN),
        (cat(20.1), NoEnergy.WEIGHT_UNKNOWN),
        (dog(age_days=200), NoEnergy.ADULT_WEIGHT_UNKNOWN),
        (dog(age_days=200, size_class=SizeClass.MINI), NoEnergy.ADULT_WEIGHT_UNKNOWN),
        (dog(age_days=400), NoEnergy.ADULT_WEIGHT_UNKNOWN),
        (dog(conditions=frozenset({Condition.RENAL})), NoEnergy.DISEASE),
        (cat(told_conditions=frozenset({Condition.DIABETES})), NoEnergy.DISEASE),
        (
            PetFacts(species=Species.RABBIT, age_days=900, weight_g=2000),
            NoEnergy.SPECIES_NOT_COVERED,
        ),
    ],
)
def test_where_science_gives_no_number_there_is_a_reason(facts, reason):
    assert feeding.daily_energy(facts) == NoNumber(reason)


def test_a_way_of_life_is_no_disease():
    facts = cat(conditions=frozenset({Condition.NEUTERED, Condition.HAIRBALL}))
    assert feeding.daily_energy(facts).centre == 190


def test_eight_weeks_are_enough():
    assert feeding.daily_energy(cat(0.7, age_days=56)).rule is EnergyRule.KITTEN


facts = st.builds(
    PetFacts,
    species=st.sampled_from(Species),
    age_days=st.none() | st.integers(0, 7000),
    is_neutered=st.sampled_from([None, True, False]),
    activity=st.none() | st.sampled_from(Activity),
    breeding=st.sampled_from(Breeding),
    weight_g=st.none() | st.integers(1, 130_000),
    adult_weight_g=st.none() | st.integers(500, 90_000),
    size_class=st.none() | st.sampled_from(SizeClass),
    body_condition=st.none() | st.integers(1, 9),
    conditions=st.frozensets(st.sampled_from(Condition), max_size=2),
    told_conditions=st.frozensets(st.sampled_from(Condition), max_size=1),
    is_served=st.booleans(),
)


@given(facts)
def test_a_need_is_an_ordered_range_or_a_reason(pet):
    need = feeding.daily_energy(pet)
    if isinstance(need, NoNumber):
        assert need.reason in NoEnergy
    else:
        assert 0 < need.low <= need.centre <= need.high


@given(facts)
def test_the_young_the_breeding_the_sick_and_the_unserved_never_get_a_number(pet):
    barred = (
        pet.breeding is not Breeding.NONE
        or not pet.is_served
        or (pet.age_days or 0) < 56
        or (pet.conditions | pet.told_conditions) & feeding.DISEASES
        or pet.species not in (Species.DOG, Species.CAT)
    )
    assert not barred or isinstance(feeding.daily_energy(pet), NoNumber)


@given(
    st.sampled_from(
        [dog(), dog(activity=Activity.HIGH), dog(body_condition=8), cat(), cat(is_neutered=True)]
    ),
    st.integers(500, 19_000),
    st.integers(1, 1000),
)
def test_a_heavier_animal_of_one_kind_needs_no_less(kind, grams, more):
    def kcal(weight_g):
        names = PetFacts.__dataclass_fields__
        given_facts = {name: getattr(kind, name) for name in names} | {"weight_g": weight_g}
        return feeding.daily_energy(PetFacts(**given_facts)).kcal

    assert kcal(grams) <= kcal(grams + more)


def test_every_rule_for_the_grown_has_a_figure_and_none_is_ever_too_high():
    growing = {EnergyRule.DOG_GROWTH, EnergyRule.KITTEN}
    assert set(feeding.COEFFICIENTS) == set(EnergyRule) - growing
    assert max(feeding.COEFFICIENTS.values()) <= 175
