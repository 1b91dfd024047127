"""The two shelves of a pet: what stands on them, why, and what never does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import consents
from accounts.vocabulary import Origin, Purpose
from catalog import cards
from catalog.models import Stock, Variant
from catalog.vocabulary import RegulatoryClass
from kernel.animals import Condition, IngredientGroup, Language, Species
from orders.vocabulary import OrderState
from pets import history, records
from pets.history import Fact
from pets.models import Pet
from pets.reading import PetsRead
from pets.vocabulary import HistoryKind
from recommendations import feedback, histories, pet_shelves, wording
from recommendations.models import PetShelf
from recommendations.serving import ShelvesRead
from recommendations.vocabulary import ReasonKind
from tests.builders import NOW, Pack, make_clinic, owner, published
from tests.orders.world import reading
from tests.recommendations.world import (
    bought,
    food,
    for_pet,
    grown,
    had,
    shelves_of,
    slugs,
    trained,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch):
    """Three pets that had kibble and treats, a fourth that had kibble alone: Rex, Ada's."""
    make_clinic()
    monkeypatch.setattr("recommendations.drafting.INTERLEAVED", 0)
    kibble, treats = food("kibble"), food("treats", form="treat")
    for number in range(3):
        had(grown(owner(f"N{number}"), f"Dog{number}"), kibble, treats, days_ago=20)
    rex = grown(owner("Ada"))
    for days in (75, 45, 15):
        had(rex, kibble, days_ago=days)
    return rex


def told(pet, language=Language.FR):
    return [wording.said(each.reason, language) for each in shelves_of(pet).fresh]


def test_a_pet_is_offered_what_those_like_it_had(town):
    trained()
    found = shelves_of(town)
    assert slugs(found.again) == ["kibble"]
    assert slugs(found.fresh) == ["treats"]
    assert [each.reason.kind for each in found.fresh] == [ReasonKind.BOUGHT]
    assert told(town) == ["Parce que Rex mange Kibble"]
    assert told(town, Language.EN) == ["Because Rex eats Kibble"]


def test_what_it_had_comes_with_its_rhythm_and_the_days_when_it_runs_out(town):
    trained()
    again = shelves_of(town).again[0]
    assert wording.said(again.reason, Language.FR) == "Commandé 3 fois, environ tous les 30 jours"
    assert wording.said(again.reason, Language.EN) == "Ordered 3 times, about every 30 days"
    due = NOW.date() - timedelta(days=15) + timedelta(days=30)
    assert (again.runs_out.start, again.runs_out.end) == (
        due - timedelta(days=1),
        due + timedelta(days=1),
    )


def test_removing_the_purchase_that_explains_lowers_the_sum(town):
    version = trained()
    stored = PetShelf.objects.get(pet=town)
    because = stored.fresh[0]["because"]
    assert because == [Variant.objects.get(sku="KIBBLE").product_id]
    assert stored.version == version


def test_the_dead_have_nothing_the_same_second(town):
    trained()
    records.mark_deceased(pet=town, died_on=NOW.date(), by=None, at=NOW)
    found = shelves_of(town)
    assert (found.again, found.fresh) == ([], [])
    assert PetShelf.objects.filter(pet=town).count() == 1


def test_the_archived_have_nothing(town):
    trained()
    records.archive_pet(pet=town, archived=True, by=None, at=NOW)
    assert (shelves_of(town).again, shelves_of(town).fresh) == ([], [])


def test_those_who_want_none_have_none_the_same_second(town):
    trained()
    ada = town.guardians.get().person
    said = {"person": ada, "purpose": Purpose.SUGGESTIONS, "by": ada, "origin": Origin.OWNER}
    consents.set_consent(granted=False, at=NOW, **said)
    assert (shelves_of(town).again, shelves_of(town).fresh) == ([], [])
    consents.set_consent(granted=True, at=NOW + timedelta(seconds=1), **said)
    assert slugs(shelves_of(town).fresh) == ["treats"]


def test_nothing_is_learned_from_those_who_want_none(town):
    ada = town.guardians.get().person
    said = {"person": ada, "purpose": Purpose.SUGGESTIONS, "by": ada, "origin": Origin.OWNER}
    consents.set_consent(granted=False, at=NOW, **said)
    version = trained()
    assert (version.pets, version.purchases) == (3, 6)
    assert PetShelf.objects.filter(pet=town).count() == 0


def test_what_is_not_for_my_pet_is_gone(town):
    trained()
    treats = Variant.objects.get(sku="TREATS").product
    ada = town.guardians.get().person
    feedback.dismiss(pet=town, product=treats, by=ada, at=NOW)
    feedback.dismiss(pet=town, product=treats, by=ada, at=NOW)
    assert slugs(shelves_of(town).fresh) == []
    assert town.dismissals.count() == 1


def test_what_is_out_of_stock_or_withdrawn_is_not_shown(town):
    trained()
    Stock.objects.filter(variant__sku="TREATS").update(on_hand=0)

    cards.project([Variant.objects.get(sku="TREATS").product_id], at=NOW)
    assert slugs(shelves_of(town).fresh) == []


def test_an_allergy_told_after_the_training_holds_at_once(town):
    trained()
    fact = Fact(kind=HistoryKind.ALLERGY, happened_on=NOW.date(), allergen=IngredientGroup.POULTRY)
    ada = town.guardians.get().person
    history.record_fact(pet=town, fact=fact, origin=Origin.OWNER, by=ada, at=NOW)
    found = shelves_of(town)
    assert (slugs(found.again), slugs(found.fresh)) == ([], [])


def test_a_diet_needs_a_condition_that_staff_recorded(town):
    diet = published(
        "renal-diet",
        Pack(sku="RENAL", kind=RegulatoryClass.DIETETIC_FOOD),
        conditions=[Condition.RENAL],
        words={"dietetic_purpose": "Soutien de la fonction rénale"},
    )
    for pet in Pet.objects.exclude(pk=town.pk):
        had(pet, diet.variants.get(), days_ago=5)
    trained()
    assert slugs(shelves_of(town).fresh) == ["treats"]
    fact = Fact(kind=HistoryKind.CONDITION, happened_on=NOW.date(), condition=Condition.RENAL)
    history.record_fact(pet=town, fact=fact, origin=Origin.STAFF, by=None, at=NOW)
    pet_shelves.refresh(town.pk, at=NOW)
    assert sorted(slugs(shelves_of(town).fresh)) == ["renal-diet", "treats"]


def test_a_pet_without_purchases_is_lent_those_of_its_household(town):
    ada = town.guardians.get().person
    young = grown(ada, "Max")
    trained()
    found = shelves_of(young)
    assert slugs(found.again) == []
    assert slugs(found.fresh) == ["kibble", "treats"]
    assert told(young)[0] == "Parce qu’un autre de vos animaux a déjà eu Kibble"


def test_a_pet_that_nobody_knows_is_offered_what_is_popular_with_its_kind(town):
    trained()
    new = grown(owner("Zoé"), "Idéfix")
    assert PetShelf.objects.filter(pet=new).count() == 0
    assert slugs(shelves_of(new).fresh) == ["kibble", "treats"]
    assert told(new) == ["Populaire chez nos clients", "Populaire chez nos clients"]
    assert told(new, Language.EN)[0] == "Popular with our clients"


def test_a_cat_is_offered_nothing_for_dogs(town):
    trained()
    assert slugs(shelves_of(grown(owner("Zoé"), "Mina", species=Species.CAT)).fresh) == []


def test_the_usual_pack_is_chosen_and_the_nearest_when_it_is_gone(town):
    product = published(
        "sack",
        Pack(sku="S2", content=2000),
        Pack(sku="S5", content=5000, stock=4),
        Pack(sku="S12", content=12_000),
    )
    middle = product.variants.get(sku="S5")
    had(town, middle, days_ago=3)
    trained()
    assert [each.pack["sku"] for each in shelves_of(town).again] == ["KIBBLE", "S5"]
    Stock.objects.filter(variant=middle).update(on_hand=0)

    cards.project([product.pk], at=NOW)
    assert [each.pack["sku"] for each in shelves_of(town).again] == ["KIBBLE", "S2"]


def test_cancelled_orders_are_nobodys_history(town):
    had(town, food("other"), days_ago=1, state=OrderState.CANCELLED)
    assert trained().purchases == 9


def test_the_shelves_of_many_pets_cost_as_much_as_those_of_one(town):
    trained()
    pets = list(Pet.objects.select_related("breed"))
    counts = []
    for some in (pets[:1], pets):
        read = PetsRead(some, on=NOW.date())
        asked = reading()
        with CaptureQueriesContext(connection) as captured:
            shelves = ShelvesRead(read, asked)
            assert all(shelves.of(pet).again for pet in some)
        counts.append(len(captured))
    assert counts == [4, 4]


def test_a_correction_moves_a_purchase_from_pet_to_pet(town):
    ada = town.guardians.get().person
    other = grown(ada, "Max")
    order = for_pet(bought(ada, food("sack"), days_ago=2), town)
    trained()
    assert slugs(shelves_of(town).again) == ["kibble", "sack"]

    line = order.lines.get()
    histories.correct_line(line=line, shares=[(town, 40), (other, 60)], by=ada, at=NOW)
    pet_shelves.refresh(other.pk, at=NOW)
    assert slugs(shelves_of(other).again) == ["sack"]
    assert list(line.pets.values_list("share_percent", "origin")) == [(40, "owner"), (60, "owner")]


@pytest.mark.parametrize(
    ("name", "words"), [("Rex", "que Rex"), ("Idéfix", "qu’Idéfix"), ("Yuki", "que Yuki")]
)
def test_a_name_is_joined_as_french_joins_it(name, words):
    assert wording._that(name) == words
