"""The search of advice, judged on public sheets: French texts that nobody wrote for it.

Known items: each of the sheets on pets is asked for by its title and by what people might say
instead, among 1,500 sheets on everything else. Source: service-public.fr, Licence Ouverte 2.0.
"""

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from django.db import connection

from advice.search import everyday_words
from advice.search_document import AdviceText, document, vocabulary
from kernel.text_index import Synonyms
from kernel.text_index.postgres_engine import PostgresIndex
from kernel.text_index.whoosh_engine import WhooshIndex

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "open" / "articles_fr"
PARAPHRASES = json.loads((Path(__file__).parent / "paraphrases_fr.json").read_text("utf-8"))

pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="The public sheets (data/open/articles_fr) are not here."
)


@cache
def sheets(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def documents():
    names = ("service_public_background_1500_short.jsonl", "service_public_pets.jsonl")
    for sheet in (each for name in names for each in sheets(name)):
        yield document(
            AdviceText(
                key=sheet["id"],
                title=sheet["title"],
                standfirst=sheet["summary"] or "",
                body=sheet["body"],
            )
        )


@cache
def synonyms():
    groups = {}
    path = ROOT / "shop" / "demo" / "data" / "synonyms_fr_pet.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["group"], []).append(row["term"])
    return Synonyms([*groups.values(), *everyday_words()])


@pytest.fixture(scope="module")
def in_files(tmp_path_factory):
    root = tmp_path_factory.mktemp("index")
    index = WhooshIndex(root, synonyms=synonyms(), vocabulary=vocabulary())
    index.rebuild(documents())
    return index


@pytest.fixture(params=["whoosh", "postgres"])
def index(request, in_files):
    if request.param == "whoosh":
        return in_files
    if connection.vendor != "postgresql":
        pytest.skip("The database is not PostgreSQL.")
    request.getfixturevalue("db")
    tables = PostgresIndex("sheets", synonyms=synonyms(), vocabulary=vocabulary())
    tables.rebuild(documents())
    return tables


def reciprocal_rank(index, query, key):
    hits = [hit.key for hit in index.search(query, limit=10).hits]
    return 1 / (hits.index(key) + 1) if key in hits else 0.0


def test_a_sheet_is_the_first_to_answer_its_own_title(index):
    missed = [
        sheet["title"]
        for sheet in sheets("service_public_pets.jsonl")
        if reciprocal_rank(index, sheet["title"], sheet["id"]) < 1
    ]
    assert missed == []


def test_a_sheet_is_found_by_other_words_than_its_title(index):
    asked = [(key, query) for key, queries in PARAPHRASES.items() for query in queries]
    ranks = [reciprocal_rank(index, query, key) for key, query in asked]
    assert len(ranks) == 52
    assert sum(ranks) / len(ranks) >= 0.75
