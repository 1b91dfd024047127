"""What follows from an animal's body."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.animals import LifeStage, SizeClass, Species
from pets import health
from pets.health import PetFacts

MONTH = health.DAYS_A_MONTH
YEAR = health.DAYS_A_YEAR


def dog(**facts):
    return PetFacts(species=Species.DOG, **facts)


def cat(**facts):
    return PetFacts(species=Species.CAT, **facts)


@pytest.mark.parametrize(
    ("grams", "size"),
    [
        (9_999, SizeClass.MINI),
        (10_000, SizeClass.MEDIUM),
        (24_999, SizeClass.MEDIUM),
        (25_000, SizeClass.MAXI),
        (44_999, SizeClass.MAXI),
        (45_000, SizeClass.GIANT),
    ],
)
def test_a_dog_is_sized_by_its_adult_weight(grams, size):
    assert health.size_class_of(grams) is size


def test_the_adult_weight_outweighs_the_breed_and_the_breed_todays_weight():
    old = int(8 * YEAR)
    assert health.size_of(dog(adult_weight_g=30_000, size_class=SizeClass.MINI)) is SizeClass.MAXI
    facts = dog(size_class=SizeClass.MINI, weight_g=12_000, age_days=old)
    assert health.size_of(facts) is SizeClass.MINI
    assert health.size_of(dog(weight_g=12_000, age_days=old)) is SizeClass.MEDIUM
    assert health.size_of(dog(weight_g=12_000, age_days=int(9 * MONTH))) is None
    assert health.size_of(cat(weight_g=4_000, age_days=old)) is None


@pytest.mark.parametrize(
    ("size", "age", "stage"),
    [
        (SizeClass.MINI, 9.9 * MONTH, LifeStage.PUPPY),
        (SizeClass.MINI, 10.1 * MONTH, LifeStage.ADULT),
        (SizeClass.GIANT, 17.9 * MONTH, LifeStage.PUPPY),
        (SizeClass.GIANT, 18.1 * MONTH, LifeStage.ADULT),
        (SizeClass.GIANT, 6.1 * YEAR, LifeStage.SENIOR),
        (SizeClass.MINI, 9.9 * YEAR, LifeStage.ADULT),
        (SizeClass.MINI, 10.1 * YEAR, LifeStage.SENIOR),
        (None, 9 * MONTH, LifeStage.PUPPY),
        (None, 12 * MONTH, None),
        (None, 3 * YEAR, LifeStage.ADULT),
        (None, 7 * YEAR, None),
        (None, 11 * YEAR, LifeStage.SENIOR),
    ],
)
def test_a_dogs_stage_goes_by_its_size_and_is_told_where_all_sizes_agree(size, age, stage):
    assert health.life_stage_of(dog(size_class=size, age_days=int(age))) is stage


@pytest.mark.parametrize(
    ("species", "age", "stage"),
    [
        (Species.CAT, 11.9 * MONTH, LifeStage.KITTEN),
        (Species.CAT, 12.1 * MONTH, LifeStage.ADULT),
        (Species.CAT, 10 * YEAR, LifeStage.ADULT),
        (Species.CAT, 10 * YEAR + 2, LifeStage.SENIOR),
        (Species.RABBIT, 5.9 * MONTH, None),
        (Species.RABBIT, 6.1 * MONTH, LifeStage.ADULT),
    ],
)
def test_cats_and_small_animals_have_their_own_ages(species, age, stage):
    assert health.life_stage_of(PetFacts(species=species, age_days=int(age))) is stage


def test_without_an_age_there_is_no_stage():
    assert health.life_stage_of(cat()) is None
    assert health.is_growing(cat()) is None


@pytest.mark.parametrize(
    ("facts", "grows"),
    [
        (cat(age_days=200), True),
        (cat(age_days=400), False),
        (dog(age_days=200), True),
        (dog(age_days=400), None),
        (dog(age_days=400, adult_weight_g=8_000), False),
        (dog(age_days=400, adult_weight_g=50_000), True),
        (dog(age_days=600), False),
        (PetFacts(species=Species.RABBIT, age_days=30), None),
    ],
)
def test_growth_ends_by_size(facts, grows):
    assert health.is_growing(facts) is grows


def test_every_species_has_a_band_of_weights():
    assert set(health.PLAUSIBLE_WEIGHTS_G) == set(Species)
    assert [health.is_plausible_weight(Species.CAT, g) for g in (49, 50, 20_000, 20_001)] == [
        False,
        True,
        True,
        False,
    ]
    assert [health.is_plausible_weight(Species.DOG, g) for g in (49, 50, 120_000, 120_001)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("grams", "score", "ideal"),
    [(6_000, 5, 6_000), (6_000, 7, 5_000), (7_000, 9, 5_000), (4_500, 4, 5_000), (1_200, 1, 2_000)],
)
def test_a_point_of_body_condition_is_a_tenth_of_the_ideal_weight(grams, score, ideal):
    assert health.ideal_weight_g(grams, score) == ideal


def test_a_trend_looks_at_the_window_before_the_last_weighing():
    last = date(2026, 11, 22)
    points = [
        (last, 3_800),
        (last - timedelta(days=31), 9_000),
        (last - timedelta(days=30), 4_000),
        (last - timedelta(days=3), 3_900),
    ]
    assert health.weight_trend(points) == -5.0
    assert health.weight_trend(points, 3) == pytest.approx(-2.564, abs=0.001)
    assert health.weight_trend(points, 2) is None
    assert health.weight_trend([]) is None


def test_a_loss_is_marked_by_species():
    assert [health.is_marked_loss(Species.CAT, percent) for percent in (-4.9, -5, 12)] == [
        False,
        True,
        False,
    ]
    assert [health.is_marked_loss(Species.DOG, percent) for percent in (-9.9, -10)] == [False, True]
    assert not health.is_marked_loss(Species.BIRD, -50)


@given(st.integers(100, 100_000), st.integers(1, 8))
def test_a_fatter_animal_of_one_weight_has_a_lower_ideal(grams, score):
    assert health.ideal_weight_g(grams, score + 1) < health.ideal_weight_g(grams, score)


@given(st.integers(1, 120_000), st.integers(1, 120_000))
def test_sizes_rise_with_weight(one, other):
    order = list(SizeClass)
    light, heavy = sorted((one, other))
    assert order.index(health.size_class_of(light)) <= order.index(health.size_class_of(heavy))
