import csv
import dataclasses
import json
from decimal import Decimal
from functools import cache
from math import log2
from pathlib import Path

import pytest
from django.db import connection

from catalog.search_document import ProductText, document, vocabulary
from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species
from kernel.text_index import Synonyms
from kernel.text_index.postgres_engine import PostgresIndex
from kernel.text_index.whoosh_engine import WhooshIndex

DATA = Path(__file__).resolve().parents[2] / "shop" / "demo" / "data"

PLAIN = ProductText(
    key="1",
    name="Brosse",
    brand="",
    range_name="",
    category="",
    species=frozenset(),
    life_stage=None,
    size_class=None,
    conditions=frozenset(),
    form="",
    keywords="",
    description="",
    composition="",
    purpose="",
    ingredient_groups=frozenset(),
    composition_known=False,
    packs=(),
    skus=(),
    gtins=(),
    weight_min_kg=None,
    weight_max_kg=None,
    attributes=(),
)


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(kind, text):
    return frozenset(kind(part) for part in text.split("|") if part)


def product_text(row, packs):
    return ProductText(
        key=row["product_id"],
        name=row["name_fr"],
        brand=row["brand"],
        range_name=row["range"],
        category=row["category"],
        species=several(Species, row["species"]),
        life_stage=LifeStage(row["life_stage"]) if row["life_stage"] else None,
        size_class=SizeClass(row["size_class"]) if row["size_class"] else None,
        conditions=several(Condition, row["condition"]),
        form=row["form"],
        keywords=row["keywords_fr"],
        description=row["description_fr"],
        composition=row["composition_fr"],
        purpose=row["dietetic_purpose_fr"],
        ingredient_groups=several(IngredientGroup, row["ingredient_groups"]),
        composition_known=bool(row["composition_fr"]),
        packs=tuple(pack["pack_label"] for pack in packs),
        skus=tuple(pack["sku"] for pack in packs),
        gtins=tuple(pack["gtin13"] for pack in packs),
        weight_min_kg=Decimal(row["weight_min_kg"]) if row["weight_min_kg"] else None,
        weight_max_kg=Decimal(row["weight_max_kg"]) if row["weight_max_kg"] else None,
        attributes=(),
    )


@cache
def products():
    packs = {}
    for pack in rows("variants.csv"):
        packs.setdefault(pack["product_id"], []).append(pack)
    texts = [product_text(row, packs[row["product_id"]]) for row in rows("products.csv")]
    return {text.key: text for text in texts}


@cache
def synonyms():
    groups = {}
    for row in rows("synonyms_fr_pet.csv"):
        groups.setdefault(row["group"], []).append(row["term"])
    return Synonyms(groups.values())


def gain(hits, relevant):
    """Normalised discounted cumulative gain of the first ten."""
    found = sum(1 / log2(place + 2) for place, key in enumerate(hits[:10]) if key in relevant)
    return found / sum(1 / log2(place + 2) for place in range(min(10, len(relevant))))


@pytest.fixture(scope="module")
def in_files(tmp_path_factory):
    root = tmp_path_factory.mktemp("index")
    index = WhooshIndex(root, synonyms=synonyms(), vocabulary=vocabulary())
    index.rebuild(document(text) for text in products().values())
    return index


@pytest.fixture(params=["whoosh", "postgres"])
def index(request, in_files):
    if request.param == "whoosh":
        return in_files
    if connection.vendor != "postgresql":
        pytest.skip("The database is not PostgreSQL.")
    request.getfixturevalue("db")
    tables = PostgresIndex("quality", synonyms=synonyms(), vocabulary=vocabulary())
    tables.rebuild(document(text) for text in products().values())
    return tables


def keys(index, query, limit=10):
    return [hit.key for hit in index.search(query, limit=limit).hits]


def test_the_judged_queries_are_answered(index):
    lines = (DATA / "search_queries_fr.jsonl").read_text(encoding="utf-8").splitlines()
    judged = [json.loads(line) for line in lines]
    gains = [gain(keys(index, one["query"]), set(one["relevant"])) for one in judged]
    assert len(gains) == 56
    assert sum(gains) / len(gains) >= 0.95


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("croquette chat sterilise senior", ["P0030"]),
        ("pate pour chaton", ["P0039", "P0040", "P0041"]),
        ("anti puce chien 15 kg", ["P0118", "P0122"]),
        ("aliment renal chat", ["P0059", "P0060"]),
        ("diaree chien", ["P0018", "P0019"]),
        ("vermifuje chaton", ["P0124"]),
        ("sac transport chat", ["P0160", "P0159"]),
        ("anti-stress chat", ["P0146", "P0147"]),
        ("litière sans poussière", ["P0156"]),
        ("croquettes au lapin", ["P0038"]),
        ("BRI-0001-00001", ["P0001"]),
        ("9520000000011", ["P0001"]),
    ],
)
def test_queries_of_every_kind_find_what_is_meant(index, query, first):
    assert keys(index, query)[: len(first)] == first


@pytest.mark.parametrize(
    ("query", "wanted", "unwanted"),
    [
        ("sans boeuf chat", Species.CAT, IngredientGroup.BEEF),
        ("sans poulet", None, IngredientGroup.POULTRY),
        ("friandises chien sans gluten", Species.DOG, IngredientGroup.GLUTEN),
        ("pâtée chat sans céréales", Species.CAT, IngredientGroup.RICE),
        ("croquettes chien grain free", Species.DOG, IngredientGroup.WHEAT),
    ],
)
def test_no_hit_has_what_the_owner_will_not_have(index, query, wanted, unwanted):
    found = [products()[key] for key in keys(index, query, limit=200)]
    assert found
    assert [text.key for text in found if unwanted in text.ingredient_groups] == []
    assert [text.key for text in found if not text.composition_known] == []
    assert [text.key for text in found if wanted is not None and wanted not in text.species] == []


@pytest.mark.parametrize("species", [Species.DOG, Species.CAT])
def test_a_species_keeps_the_others_away(index, species):
    name = {Species.DOG: "chien", Species.CAT: "chat"}[species]
    found = keys(index, f"antipuce {name}", limit=200)
    assert [key for key in found if species not in products()[key].species] == []


def test_suggestions_complete_what_the_shop_sells(index):
    assert index.suggest("croquettes cha", limit=2) == ["croquettes chat", "croquettes chat adulte"]
    assert index.suggest("chat st", limit=1) == ["chat stérilisé"]
    assert index.suggest("muse", limit=2) == ["muselière", "muselière souple"]


def test_a_document_names_what_filters_need():
    text = dataclasses.replace(
        PLAIN,
        name="Norvelle Diet Rénal",
        brand="Norvelle Vet",
        species=frozenset({Species.CAT}),
        form="dry",
        conditions=frozenset({Condition.RENAL}),
        ingredient_groups=frozenset({IngredientGroup.EGG}),
        composition_known=True,
        packs=("1,5 kg",),
        skus=("NOR-1",),
        gtins=("9520000000011",),
    )
    made = document(text)
    assert made.title == "Diet Rénal"
    assert made.keywords == "Norvelle Vet, chat, insuffisance rénale, aliment sec, 1,5 kg"
    assert made.identifiers == ("NOR-1", "9520000000011")
    assert made.facets == frozenset(
        {"species:cat", "contains:egg", "composition:known", "food:complete"}
    )


def test_a_product_for_no_species_is_for_any():
    assert document(PLAIN).facets == frozenset({"species:any"})


@pytest.mark.parametrize(
    ("facts", "kilos"),
    [
        ({"weight_min_kg": Decimal("2.5"), "weight_max_kg": Decimal("4.9")}, {3, 4}),
        ({"weight_max_kg": Decimal(2)}, {0, 1, 2}),
        ({"weight_min_kg": Decimal("98.5")}, {99, 100}),
        ({"size_class": SizeClass.MINI}, set(range(11))),
        ({"size_class": SizeClass.MINI, "weight_max_kg": Decimal(1)}, {0, 1}),
    ],
)
def test_weights_are_whole_kilograms_inside_the_band(facts, kilos):
    made = document(dataclasses.replace(PLAIN, **facts))
    named = {facet for facet in made.facets if facet.startswith("weight_kg:")}
    assert named == {f"weight_kg:{kilo}" for kilo in kilos}
