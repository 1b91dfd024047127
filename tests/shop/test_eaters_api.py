"""Rations, suitability and diets through the API: for guests, guardians, strangers and staff."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from accounts.vocabulary import Origin
from catalog import cards, product_facts, search
from catalog.listing import CardBody
from catalog.models import DietLine, Nutrition, Product, RationRow
from catalog.vocabulary import Form, RegulatoryClass, Situation, Unit
from clinic.details import PARIS
from kernel.animals import Condition, IngredientGroup, Species
from kernel.graphql.nodes import global_id
from pets import history, records
from pets.history import Fact
from pets.vocabulary import Activity, HistoryKind
from tests.builders import NOW, Pack, answered, ask, make_clinic, owner, pet_of, published, staff

pytestmark = pytest.mark.django_db
BORN = timezone.now().date() - timedelta(days=1650)

RATION = """query($eaters: [EaterInput!]!) { product(slug: "p") { variants { sku
    rationFor(eaters: $eaters) { gramsPerDay { low high } lastsDays { low high }
        costPerDay { low { cents } high { amount } } basis notice
        missing { eaterIndex reason message } } } } }"""
SUITS = """query($eaters: [EaterInput!]!) { product(slug: "p") { suitability(eaters: $eaters) {
    eaterIndex severity reason message source skus } } }"""


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def food(slug="p", *packs, kcal="400.0", rows=(), **facts):
    """A food on show that declares its energy, with lines of a maker's table for moderate dogs."""
    facts = {"species": (Species.DOG, Species.CAT)} | facts
    product = published(slug, *(packs or (Pack(sku="S1", price=1790, content=1500),)), **facts)
    Nutrition.objects.create(
        product=product, protein=27, fat=14, fibre=3, ash=7, moisture=9, kcal_100g=kcal
    )
    for kilos, grams in rows:
        RationRow.objects.create(
            product=product,
            species=Species.DOG,
            situation=Situation.MODERATE_ACTIVITY,
            weight_kg=Decimal(kilos),
            grams_per_day=grams,
        )
    cards.project([product.pk], at=NOW)
    return Product.objects.get(pk=product.pk)


def dog(login, kilos=10, **particulars):
    pet = pet_of(login, **{"born_on": BORN, "activity": Activity.MODERATE} | particulars)
    if kilos:
        fact = Fact(kind=HistoryKind.WEIGHT, happened_on=NOW.date(), weight_g=kilos * 1000)
        history.record_fact(pet=pet, fact=fact, origin=Origin.OWNER, by=None, at=NOW)
    return pet


def record(pet, kind, *, origin=Origin.STAFF, **what):
    fact = Fact(kind=kind, happened_on=NOW.date(), **what)
    return history.record_fact(pet=pet, fact=fact, origin=origin, by=None, at=NOW)


def named(*pets):
    return {"eaters": [{"petId": global_id("Pet", pet.pk)} for pet in pets]}


def profile(species="DOG", **facts):
    return {"profile": {"species": species, "ageMonths": 54, "weightKg": "10", **facts}}


def ration(eaters, **how):
    [pack] = answered(RATION, eaters, **how)["product"]["variants"]
    return pack["rationFor"]


def suits(eaters, **how):
    found = answered(SUITS, eaters, **how)["product"]["suitability"]
    return [(each["eaterIndex"], each["severity"], each["reason"]) for each in found]


def missing(eaters, **how):
    found = ration(eaters, **how)
    numbers = [found[name] for name in ("gramsPerDay", "lastsDays", "costPerDay", "basis")]
    assert numbers == [None] * 4
    return [(each["eaterIndex"], each["reason"]) for each in found["missing"]]


def test_a_guardian_reads_grams_days_and_cost_for_their_dog():
    food()
    ada = owner()
    assert ration(named(dog(ada)), login=ada) == {
        "gramsPerDay": {"low": 108, "high": 201},
        "lastsDays": {"low": 7, "high": 13},
        "costPerDay": {"low": {"cents": 128}, "high": {"amount": "2.40"}},
        "basis": "FORMULA",
        "notice": "Ration indicative, à adapter à l’état corporel et au mode de vie de votre "
        "animal ; suivez la prescription de votre vétérinaire. Pesez votre animal de nouveau dans "
        "2 à 4 semaines.",
        "missing": [],
    }


def test_a_guest_gives_a_profile_and_reads_the_same():
    food()
    found = ration({"eaters": [profile(activity="MODERATE")]}, language="en")
    assert found["gramsPerDay"] == {"low": 108, "high": 201}
    assert "Weigh your pet again in 2 to 4 weeks." in found["notice"]


def test_two_dogs_share_a_bag_and_their_grams_add_up():
    food(rows=[("10", 150), ("20", 260)])
    ada = owner()
    found = ration(named(dog(ada), dog(ada, 20)), login=ada)
    assert found["gramsPerDay"] == {"low": 105 + 182, "high": 195 + 338}
    assert found["lastsDays"] == {"low": 1500 // 533, "high": 1500 // 287}
    assert found["basis"] == "MAKER_TABLE"


def test_one_eater_without_a_number_leaves_none_for_all_and_says_why():
    food()
    ada = owner()
    sick = dog(ada)
    record(sick, HistoryKind.CONDITION, condition=Condition.RENAL)
    assert missing(named(dog(ada), sick), login=ada) == [(1, "DISEASE")]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"weightKg": None}, "WEIGHT_UNKNOWN"),
        ({"ageMonths": None}, "AGE_UNKNOWN"),
        ({"ageMonths": 1}, "UNDER_8_WEEKS"),
        ({"ageMonths": 5}, "ADULT_WEIGHT_UNKNOWN"),
        ({"breeding": "GESTATION"}, "GESTATION"),
        ({"conditions": ["DIABETES"]}, "DISEASE"),
        ({"species": "RABBIT", "weightKg": "2"}, "OTHER_SPECIES"),
    ],
)
def test_a_guest_reads_why_there_is_no_number(facts, reason):
    food()
    assert missing({"eaters": [profile(**facts)]}) == [(0, reason)]


def test_a_deceased_and_an_archived_pet_get_a_reason_and_no_number():
    food()
    ada = owner()
    dead, aside = dog(ada), dog(ada)
    records.mark_deceased(pet=dead, died_on=NOW.date(), by=None, at=NOW)
    records.archive_pet(pet=aside, archived=True, by=None, at=NOW)
    gone = "NO_LONGER_SERVED"
    assert missing(named(dead, aside), login=ada) == [(0, gone), (1, gone)]
    assert suits(named(dead), login=ada) == [(0, "BLOCKS", gone)]


def test_a_treat_says_that_it_counts_against_the_meal():
    food(form=Form.TREAT)
    found = ration({"eaters": [profile(activity="MODERATE")]})
    assert found["gramsPerDay"] == {"low": 8, "high": 15}
    assert found["notice"].startswith("Au plus 10 % de l’énergie de la journée")


def test_a_pack_that_is_not_weighed_lasts_nobody_knows_how_long():
    food("p", Pack(unit=Unit.PIECE, content=12))
    found = ration({"eaters": [profile()]})
    assert (found["lastsDays"], found["costPerDay"], found["missing"]) == (None, None, [])
    assert found["gramsPerDay"] is not None


def test_a_multipack_counts_all_its_units():
    food("p", Pack(sku="S1", price=1790, content=85, units=12), form=Form.WET, kcal="100.0")
    found = ration({"eaters": [profile("CAT", weightKg="4", isNeutered=True)]})
    assert found["gramsPerDay"] == {"low": 133, "high": 247}
    assert found["lastsDays"] == {"low": 4, "high": 7}


@pytest.mark.parametrize(
    "eaters",
    [
        [],
        [profile()] * 13,
        [profile(bornOn="2020-01-01")],
        [profile(ageMonths=-1)],
        [profile(ageMonths=5000)],
        [profile(ageMonths=None, bornOn="2999-01-01")],
        [profile(weightKg="0")],
        [profile(weightKg="121")],
        [profile(weightKg="NaN")],
        [profile(weightKg="1E+999999")],
        [profile(adultWeightKg="-3")],
    ],
)
def test_a_senseless_argument_is_the_askers_mistake(eaters):
    food()
    answer = ask(RATION, {"eaters": eaters})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_ARGUMENT"]


@pytest.mark.parametrize("eater", [{}, {"petId": "UGV0OjE=", **profile()}, {"petId": None}])
def test_an_eater_is_a_pet_or_a_profile_and_never_both(eater):
    food()
    answer = ask(RATION, {"eaters": [eater]})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["MALFORMED"]


def test_strangers_and_guests_hear_of_a_pet_what_they_hear_of_none():
    food()
    ada, bob = owner(), owner()
    rex = dog(ada)
    asked = [
        ask(query, eaters, login=login)
        for query in (RATION, SUITS)
        for login in (bob, None)
        for eaters in (named(rex), {"eaters": [{"petId": global_id("Pet", 999999)}]})
    ]
    told = [[(e["message"], e["extensions"]["code"]) for e in each["errors"]] for each in asked]
    assert (
        told == [[("We could not find this pet.", "NOT_FOUND")]] * 8
        or told == [[(told[0][0][0], "NOT_FOUND")]] * 8
    )


def test_a_product_is_no_pet():
    product = food()
    answer = ask(RATION, {"eaters": [{"petId": global_id("Product", product.pk)}]})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]


def test_staff_who_read_clients_may_ask_for_any_pet_and_it_is_written_down():
    food()
    rex = dog(owner())
    found = ration(named(rex), login=staff(Role.VET))
    assert found["gramsPerDay"] == {"low": 108, "high": 201}
    assert AuditEntry.objects.filter(action="pet.read", subject=f"pets.pet:{rex.pk}").count() == 1
    answer = ask(RATION, named(rex), login=staff(Role.CATALOGUE))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]


def pipette(**fields):
    pack = Pack(
        sku="S1",
        unit=Unit.PIECE,
        content=4,
        kind=RegulatoryClass.ANTIPARASITIC_EXTERNAL,
        fields={"active_substances": ["fipronil", "permethrin"], **fields},
    )
    return published("p", pack, form=Form.PIPETTE, ingredient_groups=None)


def test_permethrin_is_blocked_for_a_dog_whose_household_has_a_cat():
    pipette()
    ada, bob = owner(), owner()
    rex = dog(ada)
    assert suits(named(rex), login=ada) == []
    pet_of(ada, name="Minette", species=Species.CAT)
    assert suits(named(rex), login=ada) == [(0, "BLOCKS", "PERMETHRIN_WITH_CAT")]
    assert suits(named(rex), login=staff(Role.VET)) == [(0, "BLOCKS", "PERMETHRIN_WITH_CAT")]
    assert suits(named(dog(bob)), login=bob) == []


def test_a_guest_says_that_a_cat_is_there_by_naming_it():
    pipette()
    eaters = {"eaters": [profile(), profile("CAT", weightKg="4")]}
    assert suits({"eaters": [profile()]}) == []
    assert suits(eaters) == [
        (0, "BLOCKS", "PERMETHRIN_WITH_CAT"),
        (1, "BLOCKS", "SPECIES"),
        (1, "BLOCKS", "PERMETHRIN_WITH_CAT"),
    ]


def test_a_reason_says_which_packs_it_concerns_in_the_readers_language():
    kind = RegulatoryClass.ANTIPARASITIC_EXTERNAL
    bands = [("S", "2", "10"), ("M", "10.01", "20")]
    packs = [
        Pack(
            sku=sku,
            unit=Unit.PIECE,
            content=4,
            kind=kind,
            fields={
                "weight_min_kg": Decimal(low),
                "weight_max_kg": Decimal(high),
                "active_substances": ["fipronil"],
            },
        )
        for sku, low, high in bands
    ]
    published("p", *packs, form=Form.PIPETTE)
    answer = answered(SUITS, {"eaters": [profile(weightKg="12")]}, language="en")
    assert answer["product"]["suitability"] == [
        {
            "eaterIndex": 0,
            "severity": "BLOCKS",
            "reason": "WEIGHT_BAND",
            "message": "This pack is for an animal of 2 to 10 kg: choose the one for its weight.",
            "source": "Code de la santé publique L.5143-2 II",
            "skus": ["S"],
        }
    ]


def test_dietetic_food_opens_by_the_clinics_word_alone():
    pack = Pack(kind=RegulatoryClass.DIETETIC_FOOD)
    food("p", pack, conditions=["OBESITY"], words={"dietetic_purpose": "Réduction du surpoids"})
    ada = owner()
    rex = dog(ada)
    record(rex, HistoryKind.CONDITION, condition=Condition.OBESITY, origin=Origin.OWNER)
    assert suits(named(rex), login=ada) == [(0, "BLOCKS", "DIETETIC_WITHOUT_CONDITION")]
    record(rex, HistoryKind.CONDITION, condition=Condition.OBESITY)
    assert suits(named(rex), login=ada) == []


def test_an_allergen_is_named():
    food(ingredient_groups=["rice", "poultry"])
    ada = owner()
    rex = dog(ada)
    record(rex, HistoryKind.ALLERGY, allergen=IngredientGroup.RICE, origin=Origin.OWNER)
    [found] = answered(SUITS, named(rex), login=ada)["product"]["suitability"]
    assert (found["reason"], found["severity"]) == ("ALLERGEN", "ACKNOWLEDGE")
    assert found["message"] == "Contient ce à quoi votre animal est allergique : riz."


def test_rows_and_cards_tell_the_same_of_a_product():
    product = food(rows=[("10", 150)], conditions=["NEUTERED"], life_stage="adult")
    variant = product.variants.get()
    card = product.card
    body = CardBody(card.pk, json.loads(card.brief_fr), json.loads(card.detail_fr))
    assert product_facts.food_of_card(body) == product_facts.food_of(product)
    pack = body.brief["variants"][0]
    by_rows = product_facts.product_facts(product, variant)
    assert product_facts.product_facts_of_card(body, pack) == by_rows


LIST = """query($eaters: [EaterInput!]!) { products(first: 20) { nodes { slug description
    variants { sku rationFor(eaters: $eaters) { gramsPerDay { low } missing { reason } } } } } }"""
BARE = LIST[: LIST.index("rationFor")].replace("($eaters: [EaterInput!]!)", "") + "} } } }"


def statements(query, variables, login):
    answered(query, variables, login=login)
    with CaptureQueriesContext(connection) as captured:
        answered(query, variables, login=login)
    return len(captured)


@pytest.mark.parametrize("many", [1, 20])
def test_a_list_with_rations_for_a_pet_costs_two_statements_more_than_without(many):
    for number in range(many):
        food(f"p{number}", Pack(), Pack(price=2000, content=3000))
    search.rebuild()
    ada = owner()
    rex, max_ = dog(ada), dog(ada)
    bare = statements(BARE, {}, ada)
    assert statements(LIST, named(rex), ada) == bare + 2
    assert statements(LIST, named(rex, max_), ada) == bare + 2
    assert statements(LIST, {"eaters": [profile()]}, ada) == bare


def test_a_stranger_costs_a_list_one_statement_however_long_it_is():
    for number in range(5):
        food(f"p{number}", Pack())
    rex, bob = dog(owner()), owner()
    bare = statements(BARE, {}, bob)
    ask(LIST, named(rex), login=bob)
    with CaptureQueriesContext(connection) as captured:
        assert ask(LIST, named(rex), login=bob)["errors"] != []
    assert len(captured) == bare + 1


SET = """mutation($input: PetDietSetInput!) { petDietSet(input: $input) { pet { diet {
    food gramsPerDay sharePercent origin since product { slug nutrition { kcalPer100g } } } }
    userErrors { code path } } }"""
TODAY = timezone.now().astimezone(PARIS).date()


def set_diet(pet, *lines, login, **more):
    given = {"petId": global_id("Pet", pet.pk), "lines": list(lines), **more}
    return answered(SET, {"input": given}, login=login)["petDietSet"]


def test_a_guardian_tells_what_a_pet_eats():
    product = food()
    ada = owner()
    rex = dog(ada)
    lines = [
        {"productId": global_id("Product", product.pk), "sharePercent": 80},
        {"foodText": "restes de table", "gramsPerDay": 50},
    ]
    assert set_diet(rex, *lines, login=ada) == {
        "userErrors": [],
        "pet": {
            "diet": [
                {
                    "food": "Croquettes",
                    "gramsPerDay": None,
                    "sharePercent": 80,
                    "origin": "OWNER",
                    "since": TODAY.isoformat(),
                    "product": {"slug": "p", "nutrition": {"kcalPer100g": "400.0"}},
                },
                {
                    "food": "restes de table",
                    "gramsPerDay": 50,
                    "sharePercent": None,
                    "origin": "OWNER",
                    "since": TODAY.isoformat(),
                    "product": None,
                },
            ]
        },
    }


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ({"productId": "UHJvZHVjdDo5OTk5OTk="}, "NOT_FOUND", ["input", "productId"]),
        ({"productId": "UGV0OjE="}, "NOT_FOUND", ["input", "productId"]),
        ({"foodText": ""}, "INVALID", ["input", "lines", "0"]),
        (
            {"foodText": "foin", "sharePercent": 101},
            "INVALID",
            ["input", "lines", "0", "sharePercent"],
        ),
    ],
)
def test_a_refused_diet_says_where_and_writes_nothing(line, code, path):
    ada = owner()
    found = set_diet(dog(ada), line, login=ada)
    assert found == {"pet": None, "userErrors": [{"code": code, "path": path}]}
    assert DietLine.objects.count() == 0


def test_more_than_ten_foods_are_refused():
    ada = owner()
    found = set_diet(dog(ada), *[{"foodText": f"f{n}"} for n in range(100)], login=ada)
    assert [each["code"] for each in found["userErrors"]] == ["LIMIT_REACHED"]
    assert DietLine.objects.count() == 0


def test_a_closed_file_takes_no_diet_and_a_strangers_is_not_found():
    ada, bob = owner(), owner()
    rex = dog(ada)
    stranger = set_diet(rex, {"foodText": "foin"}, login=bob)
    assert [each["code"] for each in stranger["userErrors"]] == ["NOT_FOUND"]
    records.mark_deceased(pet=rex, died_on=NOW.date(), by=None, at=NOW)
    closed = set_diet(rex, {"foodText": "foin"}, login=ada)
    assert [each["code"] for each in closed["userErrors"]] == ["NO_LONGER_SERVED"]
    assert DietLine.objects.count() == 0


def test_staff_tell_a_diet_as_staff_and_the_catalogues_may_not():
    rex = dog(owner())
    told = set_diet(rex, {"foodText": "foin"}, login=staff(Role.ASSISTANT))
    assert [each["origin"] for each in told["pet"]["diet"]] == ["STAFF"]
    refused = set_diet(rex, {"foodText": "paille"}, login=staff(Role.CATALOGUE))
    assert [each["code"] for each in refused["userErrors"]] == ["NOT_FOUND"]
    assert [line.food_text for line in DietLine.objects.all()] == ["foin"]


def test_a_phone_that_asks_twice_sets_a_diet_once():
    ada = owner()
    rex = dog(ada)
    key = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"
    answers = [set_diet(rex, {"foodText": "foin"}, login=ada, idempotencyKey=key) for _ in "ab"]
    assert answers[0] == answers[1]
    assert DietLine.objects.count() == 1


def test_the_diets_of_all_pets_cost_three_statements():
    product = food()
    ada = owner()
    bare = "{ pets { name weightG } }"
    diets = "{ pets { name weightG diet { food product { slug description } } } }"
    for _ in range(3):
        line = {"productId": global_id("Product", product.pk)}
        set_diet(dog(ada), line, {"foodText": "foin"}, login=ada)
    # The lines, the revision by which cards are known, and the cards.
    assert statements(diets, {}, ada) == statements(bare, {}, ada) + 3
    found = answered(diets, login=ada)["pets"]
    assert [[line["food"] for line in pet["diet"]] for pet in found] == [["Croquettes", "foin"]] * 3
