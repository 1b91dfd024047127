"""For which pet a line was: told, or the only one, or the one that had it, or a share each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.suitability import ProductFacts
from catalog.vocabulary import Form, RegulatoryClass
from kernel.animals import Condition, LifeStage, SizeClass, Species
from orders.models import OrderLinePet
from orders.vocabulary import OrderState
from pets import records
from pets.health import PetFacts
from recommendations import histories
from recommendations.attribution import Candidate, Share, attributed, fits, parts
from recommendations.vocabulary import LineOrigin
from tests.builders import NOW, make_clinic, owner
from tests.recommendations.world import bought, food, for_pet, grown

KIBBLE = ProductFacts(
    species=frozenset({Species.DOG}), regulatory_class=RegulatoryClass.FOOD, form=Form.DRY
)
DOG = PetFacts(species=Species.DOG, age_days=1500, adult_weight_g=20_000)
CAT = PetFacts(species=Species.CAT, age_days=1500)


def kibble(**facts):
    return ProductFacts(
        species=KIBBLE.species, regulatory_class=KIBBLE.regulatory_class, form=Form.DRY, **facts
    )


def test_the_only_pet_of_the_species_has_it_all():
    found = attributed(7, KIBBLE, [Candidate(1, CAT), Candidate(2, DOG)])
    assert found == [Share(2, 100, LineOrigin.ONLY)]


def test_the_only_pet_that_it_is_made_for_has_it_all():
    puppy = PetFacts(species=Species.DOG, age_days=100, adult_weight_g=20_000)
    found = attributed(
        7, kibble(life_stage=LifeStage.PUPPY), [Candidate(1, DOG), Candidate(2, puppy)]
    )
    assert found == [Share(2, 100, LineOrigin.ONLY)]


def test_of_several_the_one_that_had_it_before_has_it():
    found = attributed(
        7, KIBBLE, [Candidate(1, DOG), Candidate(2, DOG, frozenset({7})), Candidate(3, DOG)]
    )
    assert found == [Share(2, 100, LineOrigin.HABIT)]


def test_else_all_have_a_share():
    found = attributed(7, KIBBLE, [Candidate(n, DOG) for n in (1, 2, 3)])
    assert found == [
        Share(1, 34, LineOrigin.SHARED),
        Share(2, 33, LineOrigin.SHARED),
        Share(3, 33, LineOrigin.SHARED),
    ]


def test_nobody_of_the_species_has_nothing():
    assert attributed(7, KIBBLE, [Candidate(1, CAT)]) == []


def test_a_diet_is_for_the_one_with_the_condition():
    ill = PetFacts(species=Species.DOG, age_days=1500, told_conditions=frozenset({Condition.RENAL}))
    assert fits(ill, kibble(conditions=frozenset({Condition.RENAL})))
    assert not fits(DOG, kibble(conditions=frozenset({Condition.RENAL})))
    assert fits(DOG, kibble(conditions=frozenset({Condition.INDOOR})))
    assert not fits(DOG, kibble(size_class=SizeClass.GIANT))
    assert fits(PetFacts(species=Species.DOG), kibble(size_class=SizeClass.GIANT))


@given(st.integers(1, 100))
def test_parts_are_a_whole_and_alike(count):
    found = parts(count)
    assert (sum(found), max(found) - min(found) <= 1, len(found)) == (100, True, count)


def shares(order):
    rows = OrderLinePet.objects.filter(line__order=order).order_by("pk")
    return list(rows.values_list("pet__name", "share_percent", "origin"))


@pytest.mark.django_db
def test_an_order_is_attributed_once_and_what_was_told_stays():
    make_clinic()
    ada = owner("Ada")
    rex = grown(ada, "Rex")
    sack = food("sack")
    first = bought(ada, sack, days_ago=30)
    assert histories.attribute_order(first) == {rex.pk}
    assert shares(first) == [("Rex", 100, "only")]
    grown(ada, "Max")
    second = bought(ada, sack, days_ago=10)
    assert histories.attribute_order(second) == histories.attribute_order(second) == {rex.pk}
    assert shares(second) == [("Rex", 100, "habit")]
    third = bought(ada, food("bone"), days_ago=5)
    histories.attribute_order(third)
    assert shares(third) == [("Rex", 50, "shared"), ("Max", 50, "shared")]
    told = for_pet(bought(ada, sack, days_ago=2), rex)
    histories.attribute_order(told)
    assert shares(told) == [("Rex", 100, "owner")]


@pytest.mark.django_db
def test_the_dead_and_guests_are_attributed_nothing():
    make_clinic()
    ada = owner("Ada")
    rex = grown(ada, "Rex")
    records.mark_deceased(pet=rex, died_on=NOW.date(), by=None, at=NOW)
    sack = food("sack")
    before = bought(ada, sack, days_ago=30)
    assert histories.attribute_order(before) == {rex.pk}
    after = bought(ada, sack, days_ago=-1)
    assert histories.attribute_order(after) == set()
    assert histories.attribute_order(bought(None, sack)) == set()


@pytest.mark.django_db
def test_a_history_has_what_was_paid_for_alone():
    make_clinic()
    rex = grown(owner("Ada"))
    ada, sack = rex.guardians.get().person, food("sack")
    for state in OrderState:
        for_pet(bought(ada, sack, state=state), rex)
    assert len(list(histories.purchases([rex.pk]))) == 4
