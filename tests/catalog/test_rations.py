"""Grams a day, days a pack, cents a day: exact at the lines of a table, a range everywhere."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog import rations, wording
from catalog.rations import Constituents, DayCost, Food, Ration, Span, TableRow
from catalog.vocabulary import Form, NoRation, RationBasis, Situation
from kernel.animals import Condition, Language, Species
from kernel.money import Money
from pets import feeding
from pets.feeding import EnergyNeed
from pets.health import DAYS_A_YEAR, PetFacts
from pets.vocabulary import Activity, Breeding, NoEnergy

ADULT = int(4.5 * DAYS_A_YEAR)
KIBBLE = Constituents(protein=27, fat=14, fibre=3, ash=7, moisture=9)
DECLARED = replace(KIBBLE, kcal_100g=400)


def dog(kilos=10.0, **facts):
    return PetFacts(
        **{"species": Species.DOG, "age_days": ADULT, "weight_g": round(kilos * 1000)} | facts
    )


def cat(kilos=4.0, **facts):
    return PetFacts(
        **{"species": Species.CAT, "age_days": ADULT, "weight_g": round(kilos * 1000)} | facts
    )


def food(*rows, **facts):
    both = frozenset({Species.DOG, Species.CAT})
    return Food(**{"species": both, "form": Form.DRY, "constituents": DECLARED} | facts, rows=rows)


def line(kilos, grams, situation=Situation.MODERATE_ACTIVITY, species=Species.DOG):
    return TableRow(species, situation, kilos, grams)


def test_energy_is_the_makers_word_else_nrc():
    assert rations.kcal_per_gram(food(), Species.DOG) == 4.0
    assert rations.kcal_per_gram(food(constituents=None), Species.DOG) is None
    computed = food(constituents=KIBBLE)
    assert rations.kcal_per_gram(computed, Species.DOG) == pytest.approx(3.71311, abs=5e-6)
    assert rations.kcal_per_gram(computed, Species.CAT) == pytest.approx(3.71735, abs=5e-6)
    assert rations.kcal_per_gram(computed, Species.RABBIT) is None


def energy_by_fractions(c, species):
    """The oracle: the same text read once more, in exact arithmetic."""
    protein, fat, fibre, ash, moisture = (
        Fraction(str(each)) for each in (c.protein, c.fat, c.fibre, c.ash, c.moisture)
    )
    nfe = 100 - protein - fat - fibre - ash - moisture
    ge = Fraction("5.7") * protein + Fraction("9.4") * fat + Fraction("4.1") * (nfe + fibre)
    cf_dm = fibre * 100 / (100 - moisture)
    if species is Species.DOG:
        return ge * (Fraction("91.2") - Fraction("1.43") * cf_dm) / 100 - Fraction("1.04") * protein
    return ge * (Fraction("87.9") - Fraction("0.88") * cf_dm) / 100 - Fraction("0.77") * protein


@given(
    st.integers(5, 45),
    st.integers(2, 25),
    st.integers(0, 8),
    st.integers(2, 10),
    st.integers(0, 85),
    st.sampled_from([Species.DOG, Species.CAT]),
)
def test_nrc_energy_agrees_with_exact_arithmetic(protein, fat, fibre, ash, moisture, species):
    assume(protein + fat + fibre + ash + moisture <= 100)
    c = Constituents(protein=protein, fat=fat, fibre=fibre, ash=ash, moisture=moisture)
    oracle = float(energy_by_fractions(c, species)) / 100
    assume(oracle > 0)
    assert rations.kcal_per_gram(food(constituents=c), species) == pytest.approx(oracle, rel=1e-9)


def test_constituents_that_add_up_to_more_than_the_whole_give_no_energy():
    wrong = Constituents(protein=50, fat=40, fibre=5, ash=5, moisture=9)
    found = rations.grams_per_day(dog(), food(constituents=wrong))
    assert found is NoRation.FOOD_ENERGY_UNKNOWN


def test_the_formula_divides_energy_by_energy():
    found = rations.grams_per_day(dog(10, activity=Activity.MODERATE), food())
    assert found == Ration(Span(108, 155, 201), RationBasis.FORMULA)
    half = rations.grams_per_day(dog(10, activity=Activity.MODERATE), food(), 0.5)
    assert half == Ration(Span(54, 77, 101), RationBasis.FORMULA)


def test_the_makers_table_goes_first_and_is_exact_at_its_lines():
    table = food(line(8, 130), line(10, 150), line(20, 250))
    found = rations.grams_per_day(dog(10, activity=Activity.MODERATE), table)
    assert found == Ration(Span(105, 150, 195), RationBasis.MAKER_TABLE)
    shared = rations.grams_per_day(dog(10, activity=Activity.MODERATE), table, 0.5)
    assert shared.grams.centre == 75


def test_between_lines_grams_follow_the_metabolic_weight():
    facts = dog(15, activity=Activity.MODERATE)
    part = (15**0.75 - 10**0.75) / (20**0.75 - 10**0.75)
    found = rations.table_grams(facts, [line(10, 150), line(20, 250)])
    assert found == pytest.approx(150 + 100 * part, rel=1e-12)


@pytest.mark.parametrize("kilos", [9.999, 20.001])
def test_outside_its_lines_a_table_gives_nothing_and_the_formula_takes_over(kilos):
    facts = dog(kilos, activity=Activity.MODERATE)
    table = food(line(10, 150), line(20, 250))
    assert rations.table_grams(facts, table.rows) is None
    assert rations.grams_per_day(facts, table).basis is RationBasis.FORMULA


def rows_of_dogs():
    return [
        line(10, 100, Situation.LOW_ACTIVITY),
        line(10, 120, Situation.MODERATE_ACTIVITY),
    ]


def rows_of_cats():
    return [
        line(4, 40, Situation.INDOOR, Species.CAT),
        line(4, 50, Situation.OUTDOOR_ACCESS, Species.CAT),
    ]


@pytest.mark.parametrize(
    ("facts", "grams"),
    [
        (dog(activity=Activity.LOW), 100),
        (dog(activity=Activity.MODERATE), 120),
        (dog(activity=Activity.HIGH), None),
        (dog(activity=Activity.WORKING), None),
        (dog(), 120),
        (dog(age_days=int(9 * DAYS_A_YEAR)), 100),
        (dog(12, activity=Activity.HIGH, body_condition=7), 100),
        (cat(), 40),
        (cat(activity=Activity.LOW), 40),
        (cat(activity=Activity.HIGH), 50),
        (cat(4.8, activity=Activity.HIGH, body_condition=7), 40),
    ],
)
def test_a_grown_animal_reads_the_lines_of_its_way_of_life(facts, grams):
    assert rations.table_grams(facts, rows_of_dogs() + rows_of_cats()) == grams


PUPPIES = [
    line(adult, grams, situation)
    for adult, column in [(10, (150, 180, 190)), (20, (250, 300, 320))]
    for grams, situation in zip(
        column, (Situation.PUPPY_40, Situation.PUPPY_65, Situation.PUPPY_90), strict=True
    )
]


@pytest.mark.parametrize(
    ("kilos", "adult_g", "grams"),
    [
        (4, 10_000, 150),
        (6.5, 10_000, 180),
        (9, 10_000, 190),
        (5.25, 10_000, 165),
        (8, 20_000, 250),
        (3.9, 10_000, None),
        (9.1, 10_000, None),
        (5, 9_000, None),
    ],
)
def test_a_puppy_reads_by_adult_weight_and_by_its_share_of_it(kilos, adult_g, grams):
    facts = dog(kilos, age_days=150, adult_weight_g=adult_g)
    found = rations.table_grams(facts, PUPPIES)
    assert found == (None if grams is None else pytest.approx(grams, rel=1e-12))


def test_a_kitten_reads_at_thirty_sixty_and_ninety_percent():
    names = (Situation.KITTEN_30, Situation.KITTEN_60, Situation.KITTEN_90)
    rows = [line(4, g, s, Species.CAT) for g, s in zip((45, 60, 66), names, strict=True)]
    kitten = cat(1.2, age_days=90, adult_weight_g=4_000)
    assert rations.table_grams(kitten, rows) == 45
    assert rations.table_grams(replace(kitten, weight_g=2_400), rows) == 60
    assert rations.table_grams(replace(kitten, adult_weight_g=None), rows) is None


def test_a_grown_dog_finds_nothing_in_a_puppys_table():
    assert rations.table_grams(dog(10), PUPPIES) is None


def test_a_treat_ends_at_a_tenth_of_the_energy():
    facts = dog(10, activity=Activity.MODERATE)
    found = rations.grams_per_day(facts, food(form=Form.TREAT))
    assert found == Ration(Span(8, 12, 15), RationBasis.FORMULA)
    assert found.grams.high == feeding.nearest(feeding.daily_energy(facts).kcal * 0.1 / 4)


@pytest.mark.parametrize(
    ("facts", "eaten", "reason"),
    [
        (dog(is_served=False), food(), NoRation.NO_LONGER_SERVED),
        (dog(), food(form=Form.SUPPLEMENT), NoRation.NOT_A_DAILY_FOOD),
        (dog(), food(form=Form.COLLAR), NoRation.NOT_A_DAILY_FOOD),
        (cat(), food(species=frozenset({Species.DOG})), NoRation.OTHER_SPECIES),
        (dog(breeding=Breeding.GESTATION), food(line(10, 150)), NoRation.GESTATION),
        (dog(conditions=frozenset({Condition.RENAL})), food(line(10, 150)), NoRation.DISEASE),
        (dog(), food(constituents=None), NoRation.FOOD_ENERGY_UNKNOWN),
    ],
)
def test_where_there_is_no_ration_the_reason_is_told(facts, eaten, reason):
    assert rations.grams_per_day(facts, eaten) is reason


def test_every_reason_against_energy_is_one_against_a_ration_and_all_are_worded():
    assert {each.value for each in NoEnergy} <= {each.value for each in NoRation}
    assert set(wording.NO_RATION) == set(NoRation)
    texts = [*wording.NO_RATION.values(), wording.RATION_NOTICE, wording.TREAT_NOTICE]
    for text in [*texts, wording.NO_RATION_NOTICE]:
        for language in Language:
            said = wording.say(text, language).lower()
            barred = ("soign", "guéri", "prévien", "prévent", "treat", "cure", "heal")
            assert [word for word in barred if word in said] == []


def test_two_cats_share_a_bag_and_grams_add_up():
    ada = Ration(Span(35, 50, 65), RationBasis.FORMULA)
    bea = Ration(Span(42, 60, 78), RationBasis.FORMULA)
    grams = rations.added([ada, bea])
    assert grams == Span(77, 110, 143)
    assert rations.lasts_days(1500, grams) == Span(10, 13, 19)
    assert rations.cost_per_day(Money(1790), 1500, grams) == DayCost(Money(91), Money(171))


@pytest.mark.parametrize(
    ("table", "formula", "differs"), [(125, 100, False), (126, 100, True), (74, 100, True)]
)
def test_staff_hear_of_a_table_a_quarter_off_but_of_obesity_diets_never(table, formula, differs):
    assert rations.differs_much(table, formula, food()) is differs
    slimming = food(conditions=frozenset({Condition.OBESITY}))
    assert not rations.differs_much(table, formula, slimming)


@pytest.mark.parametrize(
    ("gaps", "estimate", "usual"),
    [
        ([], 30, 30),
        ([20], 30, 30),
        ([], None, None),
        ([20, 22], 30, 26),
        ([20, 22, 21, 19], 30, 21.5),
        ([20, 21, 90], 24, 22.5),
        ([20, 21, 22], None, 21),
    ],
)
def test_habit_counts_from_three_purchases_on(gaps, estimate, usual):
    assert rations.usual_gap_days(gaps, estimate) == usual


spans = st.tuples(st.integers(1, 400), st.integers(0, 300), st.integers(0, 300)).map(
    lambda d: Span(d[0], d[0] + d[1], d[0] + d[1] + d[2])
)


@given(st.integers(1, 30_000), spans)
def test_days_are_the_inverse_of_grams(pack_g, grams):
    days = rations.lasts_days(pack_g, grams)
    ends = [(days.low, grams.high), (days.centre, grams.centre), (days.high, grams.low)]
    for count, eaten in ends:
        assert count * eaten <= pack_g < (count + 1) * eaten
    assert days.low <= days.centre <= days.high


@given(st.integers(1, 1_000_00), st.integers(1, 30_000), spans)
def test_the_true_cost_lies_within_its_cents(cents, pack_g, grams):
    cost = rations.cost_per_day(Money(cents), pack_g, grams)
    low, high = (Decimal(cents) * eaten / pack_g for eaten in (grams.low, grams.high))
    assert cost.low.cents <= low < cost.low.cents + 1
    assert cost.high.cents - 1 < high <= cost.high.cents


@given(st.integers(1_000, 15_000), st.integers(1, 2_000), st.sampled_from(["dog", "cat"]))
def test_a_heavier_animal_eats_no_less(weight_g, more, species):
    facts = PetFacts(species=Species(species), age_days=ADULT, weight_g=weight_g)
    rising = [line(1, 20), line(5, 80), line(17, 190)]
    rising += [line(r.weight_kg, r.grams, Situation.INDOOR, Species.CAT) for r in rising]
    heavier = replace(facts, weight_g=weight_g + more)
    for eaten in (food(), food(*rising)):
        before, after = (rations.grams_per_day(each, eaten) for each in (facts, heavier))
        assert before.basis is after.basis
        assert before.grams.centre <= after.grams.centre


@given(st.integers(2_000, 40_000), st.integers(20, 300), st.integers(0, 500))
def test_what_lies_between_two_lines_is_read_between_their_grams(weight_g, grams, more):
    rows = [line(2, grams), line(40, grams + more)]
    found = rations.table_grams(dog(weight_g / 1000, activity=Activity.MODERATE), rows)
    assert grams - 1e-9 <= found <= grams + more + 1e-9


@given(st.integers(500, 90_000), st.floats(0.05, 1), st.sampled_from(Form))
def test_a_ration_is_an_ordered_range(weight_g, share, form):
    found = rations.grams_per_day(dog(weight_g / 1000), food(form=form), share)
    if isinstance(found, Ration):
        assert 1 <= found.grams.low <= found.grams.centre <= found.grams.high


def test_a_need_is_what_the_grams_hold():
    facts = dog(20, activity=Activity.LOW)
    need = feeding.daily_energy(facts)
    assert isinstance(need, EnergyNeed)
    assert rations.formula_grams(facts, food()) * 4.0 == pytest.approx(need.kcal)
