"""The documents that the shop ships: valid, cheap, and answered in a known number of queries."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import parse

from catalog import search
from kernel.graphql.limits import GUEST_COST, STAFF_COST, cost, measured
from shop.schema import schema
from tests.builders import answered, make_clinic, published

FOLDER = Path(__file__).parent.parent.parent / "shop" / "documents"
DOCUMENTS = sorted(FOLDER.glob("*.graphql"))
GIVEN = {
    "product_page": {"slug": "p1"},
    "product_list": {"search": "croquettes", "sort": "RELEVANCE"},
    "search_box": {"text": "croq"},
}
#: Queries when warm: the revision, and the card of a page; the search too on PostgreSQL.
QUERIES = {
    "sqlite": {"home": 1, "product_list": 1, "product_page": 2, "search_box": 1, "legal": 1},
    "postgresql": {"home": 1, "product_list": 2, "product_page": 2, "search_box": 2, "legal": 1},
}


def test_there_are_documents():
    assert len(DOCUMENTS) >= 7


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_valid_and_costs_less_than_half_its_limit(path):
    text = path.read_text()
    assert measured(schema._schema, text).errors == ()
    limit = STAFF_COST if text.lstrip("# ").find("mutation") >= 0 else GUEST_COST
    assert cost(parse(text), GIVEN.get(path.stem, {}), None) * 2 < limit


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(QUERIES["sqlite"]))
def test_a_document_is_answered_in_a_known_number_of_queries(name):
    make_clinic()
    for number in range(3):
        published(f"p{number}")
    search.rebuild()
    text = (FOLDER / f"{name}.graphql").read_text()
    answered(text, GIVEN.get(name))
    with CaptureQueriesContext(connection) as captured:
        answered(text, GIVEN.get(name))
    assert len(captured) == QUERIES[connection.vendor][name], captured.captured_queries
