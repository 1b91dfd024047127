"""The page of a pet in the back office: its health, its diet, its weight drawn, its history."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Login
from accounts.roles import Role
from accounts.vocabulary import Origin
from catalog.diets import Eaten, set_diet
from kernel.animals import Condition, IngredientGroup
from pets import history
from pets.admin.weight_chart import chart_of, day_ticks, weight_ticks
from pets.vocabulary import HistoryKind
from tests.builders import owner, published
from tests.catalog.desk import back_office, page
from tests.pets.test_admin_pets import TODAY, day, noted, opened, rex

pytestmark = pytest.mark.django_db


def test_a_page_tells_energy_or_why_there_is_none():
    pet = rex(born_on=TODAY - timedelta(days=5 * 366))
    assert dict(opened(pet)["body"])["Energy"] == "no figure: its weight is not known"
    noted(pet, weight_g=20_000)
    assert dict(opened(pet)["body"])["Energy"] == "1040 kcal a day (from 728 to 1352)"


def test_a_page_shows_what_is_in_force_and_who_says_so():
    pet = rex()
    vet = owner("Vera").person
    noted(pet, HistoryKind.ALLERGY, days=3, allergen=IngredientGroup.FISH, by=vet)
    over = noted(pet, HistoryKind.CONDITION, days=9, condition=Condition.RENAL)
    history.end_fact(entry=over, ended_on=TODAY, origin=Origin.STAFF, by=None, at=timezone.now())
    shown = [(each.words, each.source) for each in opened(pet)["health"]]
    assert shown == [("fish", "noted by the clinic · Vera")]


def test_the_diet_stands_on_the_page_of_the_pet():
    pet = rex()
    product = published("p", name="Croquettes")
    lines = [Eaten(product=product, grams_per_day=45), Eaten(food_text="riz")]
    set_diet(pet=pet, lines=lines, on=TODAY, by=None, origin=Origin.OWNER, at=timezone.now())
    (vets,) = opened(pet)["panels"]
    (managers,) = opened(pet, Role.MANAGER)["panels"]
    shown = [(each["name"], each["amount"], each["page"]) for each in vets.facts["lines"]]
    assert shown == [("Croquettes", "45 g a day", ""), ("riz", "", "")]
    address = page("catalog_product_change", product.pk)
    assert [each["page"] for each in managers.facts["lines"]] == [address, ""]


def test_the_history_comes_by_pages_and_years():
    pet = rex()
    for number in range(60):
        noted(pet, days=number * 20, weight_g=9000 + number * 10, origin=Origin.IMPORT)
    first = opened(pet)["timeline"]
    shown = [entry for _year, entries in first.years for entry in entries]
    assert [each.words for each in shown][:2] == ["9.0\xa0kg", "9.01\xa0kg"]
    assert len(shown) == 50
    assert [year for year, _entries in first.years] == sorted(
        {date.fromisoformat(day(number * 20)).year for number in range(50)}, reverse=True
    )
    second = opened(pet, before=first.older)["timeline"]
    rest = [entry for _year, entries in second.years for entry in entries]
    assert (len(rest), second.older) == (10, "")
    assert {each.key for each in shown} & {each.key for each in rest} == set()


@pytest.mark.parametrize("before", ["x", "2020-13-01.4", "2020-01-01.x", "."])
def test_a_page_of_the_history_that_is_none_is_the_first(before):
    pet = rex()
    noted(pet, weight_g=9000)
    assert len(opened(pet, before=before)["timeline"].years) == 1


def test_a_page_with_much_history_takes_as_many_statements_as_one_with_little():
    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get(page("pets_pet_change", pet.pk))
        return len(captured)

    pet = rex()
    client = back_office(Role.VET)
    ada = Login.objects.get(person__first_name="Ada").person
    noted(pet, weight_g=9000, by=ada)
    statements()
    few = statements()
    for number in range(1, 25):
        noted(pet, days=number, weight_g=9000 + number, by=owner("Bob").person)
    assert statements() == few


def test_the_chart_has_a_point_a_weighing_and_the_ideal_weight():
    pet = rex(born_on=TODAY - timedelta(days=5 * 366))
    for days, grams in ((60, 20_000), (30, 22_000), (0, 24_000)):
        noted(pet, days=days, weight_g=grams)
    noted(pet, HistoryKind.BODY_CONDITION, score=7)
    html = back_office(Role.VET).get(page("pets_pet_change", pet.pk)).content.decode()
    assert html.count("<circle ") == 3
    assert 'role="img"' in html
    assert "3 weighings: 20.0\xa0kg on" in html
    chart = opened(pet)["chart"]
    assert (chart.ideal.words, [each[1] for each in chart.rows]) == (
        "20.0\xa0kg",
        ["24.0\xa0kg", "22.0\xa0kg", "20.0\xa0kg"],
    )


def test_a_marked_loss_of_weight_is_told():
    pet = rex()
    noted(pet, days=20, weight_g=20_000)
    noted(pet, weight_g=17_000)
    assert opened(pet)["loss"] == "Lost 15 % of its weight within 30 days."


@pytest.mark.parametrize(
    ("least", "most", "ticks"),
    [
        (3500, 4750, [3500, 4000, 4500, 5000]),
        (20_000, 24_000, [20_000, 21_000, 22_000, 23_000, 24_000]),
        (320, 320, [320, 325]),
        (4, 4, [4, 5]),
    ],
)
def test_the_grid_of_weights_is_round_and_holds_them_all(least, most, ticks):
    assert weight_ticks(least, most) == ticks


@given(st.integers(5, 120_000), st.integers(0, 120_000))
def test_any_weights_stand_between_the_first_and_the_last_line(least, more):
    ticks = weight_ticks(least, least + more)
    assert ticks[0] <= least <= least + more <= ticks[-1]
    assert 2 <= len(ticks) <= 7


def test_one_weighing_is_a_point_in_the_middle():
    with translation.override("fr"):
        chart = chart_of([(date(2026, 1, 1), 4000)], None)
    assert [(point.x, point.words) for point in chart.points] == [
        (197.0, "1 janvier 2026 · 4,0\xa0kg")
    ]
    assert (chart.ideal, len(chart.days)) == (None, 1)
    assert chart_of([], 4000) is None


def test_the_first_day_and_the_last_are_told_and_two_between():
    days = [date(2026, 1, 1), date(2026, 4, 1)]
    assert day_ticks(days) == [
        date(2026, 1, 1),
        date(2026, 1, 31),
        date(2026, 3, 2),
        date(2026, 4, 1),
    ]
