"""What a pet eats, from when to when, and what is refused."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.vocabulary import Origin
from catalog.diets import Eaten, diet_of, set_diet
from catalog.models import DietLine
from kernel.refusals import Invalid, LimitReached
from pets import records
from pets.records import NoLongerServed
from tests.builders import NOW, draft, person, pet_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
EARLIER = TODAY - timedelta(days=100)


def tell(pet, *lines, on=TODAY, origin=Origin.OWNER, by=None):
    return set_diet(pet=pet, lines=lines, on=on, by=by, origin=origin, at=NOW)


def eaten(pet, on=TODAY):
    return [(line.food_text or line.product.slug) for line in diet_of([pet], on=on)[pet.pk]]


def spans():
    lines = DietLine.objects.order_by("pk")
    return [(line.food_text, line.since, line.until) for line in lines]


def test_a_new_diet_ends_the_old_one_that_day():
    pet = pet_of(person())
    tell(pet, Eaten(food_text="croquettes"), Eaten(food_text="restes"), on=EARLIER)
    tell(pet, Eaten(product=draft("pâtée-poulet"), share_percent=40), on=TODAY)
    assert eaten(pet, on=TODAY - timedelta(days=1)) == ["croquettes", "restes"]
    assert eaten(pet) == ["pâtée-poulet"]
    assert spans() == [
        ("croquettes", EARLIER, TODAY),
        ("restes", EARLIER, TODAY),
        ("", TODAY, None),
    ]


def test_a_correction_on_the_same_day_replaces_and_keeps_the_trace():
    pet = pet_of(person())
    tell(pet, Eaten(food_text="foin"))
    tell(pet, Eaten(food_text="croquettes"))
    assert eaten(pet) == ["croquettes"]
    assert spans() == [("foin", TODAY, TODAY), ("croquettes", TODAY, None)]


def test_a_diet_told_for_an_earlier_day_outdoes_what_began_later():
    pet = pet_of(person())
    tell(pet, Eaten(food_text="tard"), on=TODAY)
    tell(pet, Eaten(food_text="tôt"), on=EARLIER)
    assert (eaten(pet, on=EARLIER), eaten(pet)) == (["tôt"], ["tôt"])


def test_no_lines_mean_that_nothing_is_known():
    pet = pet_of(person())
    tell(pet, Eaten(food_text="foin"), on=EARLIER)
    tell(pet)
    assert eaten(pet) == []


def test_who_said_so_and_what_it_was_before_are_kept():
    ada = person()
    pet = pet_of(ada)
    tell(pet, Eaten(food_text="foin", grams_per_day=60), on=EARLIER)
    tell(pet, Eaten(food_text="  croquettes   light ", share_percent=100), by=ada)
    line = DietLine.objects.get(until=None)
    assert (line.food_text, line.author, line.origin) == ("croquettes light", ada, "owner")
    entry = AuditEntry.objects.filter(action="pet.diet").latest("pk")
    assert (entry.by, entry.changes) == (
        ada,
        {
            "diet": [
                [{"food": "foin", "grams": 60, "share": None}],
                [{"food": "croquettes light", "grams": None, "share": 100}],
            ],
            "since": [None, TODAY.isoformat()],
        },
    )


def test_ten_foods_are_kept_and_eleven_are_not():
    pet = pet_of(person())
    tell(pet, *[Eaten(food_text=f"aliment {number}", share_percent=10) for number in range(10)])
    with pytest.raises(LimitReached) as refused:
        tell(pet, *[Eaten(food_text=f"aliment {number}") for number in range(11)])
    assert (refused.value.path, DietLine.objects.count()) == (["input", "lines"], 10)


FOOD = Eaten(food_text="foin")


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ([Eaten()], ["0"]),
        ([FOOD, Eaten(food_text="   ")], ["1"]),
        ([Eaten(food_text="x" * 121)], ["0", "foodText"]),
        ([Eaten(food_text="foin", grams_per_day=0)], ["0", "gramsPerDay"]),
        ([Eaten(food_text="foin", grams_per_day=10_001)], ["0", "gramsPerDay"]),
        ([Eaten(food_text="foin", share_percent=0)], ["0", "sharePercent"]),
        ([Eaten(food_text="foin", share_percent=101)], ["0", "sharePercent"]),
        ([Eaten(food_text=f, share_percent=51) for f in ("a", "b")], []),
    ],
)
def test_a_senseless_line_is_refused_and_nothing_is_written(lines, path):
    pet = pet_of(person())
    with pytest.raises(Invalid) as refused:
        tell(pet, *lines)
    assert (refused.value.path, DietLine.objects.count()) == (["input", "lines", *path], 0)


def test_a_product_is_not_a_text_and_stands_once():
    pet, product = pet_of(person()), draft("p")
    for lines in ([Eaten(product=product, food_text="foin")], [Eaten(product=product)] * 2):
        with pytest.raises(Invalid):
            tell(pet, *lines)
    assert DietLine.objects.count() == 0


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), date(2020, 2, 28)])
def test_a_diet_begins_between_birth_and_today(on):
    pet = pet_of(person(), born_on=date(2020, 2, 29))
    with pytest.raises(Invalid) as refused:
        tell(pet, FOOD, on=on)
    assert (refused.value.path, DietLine.objects.count()) == (["input", "since"], 0)


def test_a_deceased_or_archived_pet_has_no_new_diet():
    ada = person()
    dead, aside = pet_of(ada), pet_of(ada)
    records.mark_deceased(pet=dead, died_on=TODAY, by=ada, at=NOW)
    records.archive_pet(pet=aside, archived=True, by=ada, at=NOW)
    for pet in (dead, aside):
        with pytest.raises(NoLongerServed):
            tell(pet, FOOD)
    assert DietLine.objects.count() == 0


def test_diets_of_many_pets_are_one_statement(django_assert_num_queries):
    pets = [pet_of(person()) for _ in range(3)]
    product = draft("p")
    for pet in pets:
        tell(pet, Eaten(product=product), FOOD)
    with django_assert_num_queries(1):
        found = diet_of(pets, on=TODAY)
        assert [[str(line) for line in found[pet.pk]] for pet in pets] == [["p", "foin"]] * 3
