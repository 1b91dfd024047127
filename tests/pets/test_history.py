"""One history a pet: dated, sourced, and never flooded."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup
from kernel.refusals import Invalid, LimitReached, NotAllowed
from pets import history, records
from pets.facts import facts_of
from pets.history import Fact
from pets.models import HistoryEntry
from pets.records import NoLongerServed
from pets.vocabulary import HistoryKind
from tests.builders import NOW, person, pet_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
MONTH_AGO = TODAY - timedelta(days=30)


def record(pet, kind, *, on=TODAY, origin=Origin.OWNER, at=NOW, **values):
    fact = Fact(kind=kind, happened_on=on, **values)
    return history.record_fact(pet=pet, fact=fact, origin=origin, by=None, at=at)


def facts(pet, on=TODAY):
    return facts_of([pet], on=on)[pet.pk]


def test_the_last_weighing_counts_by_its_day_not_by_its_entry():
    pet = pet_of(person())
    record(pet, HistoryKind.WEIGHT, weight_g=12_000)
    record(pet, HistoryKind.WEIGHT, on=MONTH_AGO, weight_g=10_000)
    assert facts(pet).weight_g == 12_000
    assert facts(pet, on=MONTH_AGO).weight_g == 10_000
    assert facts(pet, on=MONTH_AGO - timedelta(days=1)).weight_g is None


def test_only_what_the_clinic_says_is_a_condition():
    pet = pet_of(person())
    record(pet, HistoryKind.CONDITION, condition=Condition.RENAL)
    record(pet, HistoryKind.CONDITION, condition=Condition.OBESITY, origin=Origin.STAFF)
    record(pet, HistoryKind.CONDITION, condition=Condition.DIABETES, origin=Origin.IMPORT)
    assert facts(pet).conditions == {Condition.OBESITY, Condition.DIABETES}
    assert facts(pet).told_conditions == {Condition.RENAL}


def test_of_allergies_everybodys_word_counts():
    pet = pet_of(person())
    record(pet, HistoryKind.ALLERGY, allergen=IngredientGroup.BEEF)
    record(pet, HistoryKind.ALLERGY, allergen=IngredientGroup.FISH, origin=Origin.STAFF)
    assert facts(pet).allergens == {IngredientGroup.BEEF, IngredientGroup.FISH}


def test_what_is_over_counts_no_more_from_that_day():
    pet = pet_of(person())
    entry = record(
        pet, HistoryKind.CONDITION, on=MONTH_AGO, condition=Condition.RENAL, origin=Origin.STAFF
    )
    history.end_fact(entry=entry, ended_on=TODAY, origin=Origin.STAFF, by=None, at=NOW)
    assert facts(pet).conditions == frozenset()
    assert facts(pet, on=TODAY - timedelta(days=1)).conditions == {Condition.RENAL}


def test_an_owner_neither_ends_nor_takes_back_what_the_clinic_wrote():
    pet = pet_of(person())
    entry = record(pet, HistoryKind.ALLERGY, allergen=IngredientGroup.BEEF, origin=Origin.STAFF)
    with pytest.raises(NotAllowed):
        history.end_fact(entry=entry, ended_on=TODAY, origin=Origin.OWNER, by=None, at=NOW)
    with pytest.raises(NotAllowed):
        history.take_back(entry=entry, origin=Origin.OWNER, by=None, at=NOW)
    assert HistoryEntry.objects.get().ended_on is None


def test_a_weighing_is_taken_back_and_told_in_the_trail():
    pet = pet_of(person())
    entry = record(pet, HistoryKind.WEIGHT, weight_g=12_000)
    history.take_back(entry=entry, origin=Origin.OWNER, by=None, at=NOW)
    assert facts(pet).weight_g is None


def test_a_weighing_does_not_end():
    entry = record(pet_of(person()), HistoryKind.WEIGHT, weight_g=12_000)
    with pytest.raises(Invalid) as refused:
        history.end_fact(entry=entry, ended_on=TODAY, origin=Origin.OWNER, by=None, at=NOW)
    assert refused.value.path == ["input", "entryId"]


@pytest.mark.parametrize(
    ("path", "kind", "values"),
    [
        ("happenedOn", HistoryKind.WEIGHT, {"on": TODAY + timedelta(days=1), "weight_g": 9_000}),
        ("happenedOn", HistoryKind.WEIGHT, {"on": date(2019, 1, 1), "weight_g": 9_000}),
        ("weightG", HistoryKind.WEIGHT, {}),
        ("weightG", HistoryKind.WEIGHT, {"weight_g": -1}),
        ("weightG", HistoryKind.WEIGHT, {"weight_g": 900_000}),
        ("score", HistoryKind.BODY_CONDITION, {"score": 10, "origin": Origin.STAFF}),
        ("score", HistoryKind.BODY_CONDITION, {"origin": Origin.STAFF}),
        ("condition", HistoryKind.CONDITION, {}),
        ("allergen", HistoryKind.ALLERGY, {}),
        ("text", HistoryKind.VISIT, {"text": "  "}),
        ("text", HistoryKind.NOTE, {"text": "x" * 501}),
        ("text", HistoryKind.NOTE, {"text": "🐶"}),
        (
            "endedOn",
            HistoryKind.TREATMENT,
            {"text": "cure", "ended_on": TODAY - timedelta(days=1)},
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(path, kind, values):
    pet = pet_of(person(), born_on=date(2020, 1, 1))
    with pytest.raises(Invalid) as refused:
        record(pet, kind, **values)
    assert refused.value.path == ["input", path]
    assert HistoryEntry.objects.count() == 0


def test_a_body_condition_is_for_hands_that_know():
    pet = pet_of(person())
    with pytest.raises(NotAllowed):
        record(pet, HistoryKind.BODY_CONDITION, score=5)
    record(pet, HistoryKind.BODY_CONDITION, score=7, origin=Origin.STAFF)
    assert facts(pet).body_condition == 7


def test_the_same_fact_again_is_the_one_that_is_there():
    pet = pet_of(person())
    first = record(pet, HistoryKind.WEIGHT, weight_g=9_000)
    assert record(pet, HistoryKind.WEIGHT, weight_g=9_000) == first
    assert HistoryEntry.objects.count() == 1


def test_ten_thousand_weighings_are_refused_and_nothing_is_lost():
    pet = pet_of(person())
    for grams in range(9_000, 9_000 + history.MOST_A_DAY):
        record(pet, HistoryKind.WEIGHT, weight_g=grams)
    with pytest.raises(LimitReached) as refused:
        record(pet, HistoryKind.WEIGHT, weight_g=8_000)
    assert refused.value.facts == {"most": history.MOST_A_DAY}
    assert HistoryEntry.objects.count() == history.MOST_A_DAY
    record(pet, HistoryKind.WEIGHT, weight_g=8_000, at=NOW + timedelta(days=1))


def test_a_history_has_an_end():
    pet = pet_of(person())
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            pet=pet,
            kind=HistoryKind.WEIGHT,
            happened_on=MONTH_AGO,
            weight_g=number,
            origin=Origin.DEVICE,
            recorded_at=NOW - timedelta(days=9),
        )
        for number in range(1, history.MOST_ENTRIES + 1)
    )
    with pytest.raises(LimitReached):
        record(pet, HistoryKind.WEIGHT, weight_g=8_000)


def test_nothing_is_written_into_a_closed_file():
    pet = records.mark_deceased(pet=pet_of(person()), died_on=TODAY, by=None, at=NOW)
    with pytest.raises(NoLongerServed):
        record(pet, HistoryKind.WEIGHT, weight_g=9_000)
    assert HistoryEntry.objects.count() == 0


class TheFactsOfAnyHistory(TestCase):
    """Against a plain reading of the same entries."""

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 40),
                st.one_of(st.none(), st.integers(0, 40)),
                st.sampled_from(list(Condition)[:4]),
                st.sampled_from(list(Origin)),
            ),
            max_size=12,
        ),
        st.integers(0, 40),
    )
    def test_conditions_in_force(self, rows, day):
        pet = pet_of(person())
        start = TODAY - timedelta(days=50)
        HistoryEntry.objects.bulk_create(
            HistoryEntry(
                pet=pet,
                kind=HistoryKind.CONDITION,
                happened_on=start + timedelta(days=begun),
                ended_on=None if lasts is None else start + timedelta(days=begun + lasts),
                condition=condition,
                origin=origin,
                recorded_at=NOW,
            )
            for begun, lasts, condition, origin in rows
        )
        found = facts(pet, on=start + timedelta(days=day))
        in_force = [
            (condition, origin)
            for begun, lasts, condition, origin in rows
            if begun <= day and (lasts is None or begun + lasts > day)
        ]
        trusted = {Origin.STAFF, Origin.IMPORT}
        assert found.conditions == {c for c, origin in in_force if origin in trusted}
        assert found.told_conditions == {c for c, origin in in_force if origin not in trusted}
