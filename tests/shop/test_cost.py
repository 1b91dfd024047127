"""The cost that is told before a document runs is never less than what it brings."""

from random import Random

import pytest
from graphql import get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from advice import search as advice_search
from catalog import search
from shop.schema import schema
from tests.advice.builders import published as published_article
from tests.advice.builders import topic
from tests.builders import ask, make_clinic, published, staff
from tests.shop.random_documents import Author

SCHEMA = schema._schema
FIELDS = [
    (name, field)
    for kind in SCHEMA.type_map.values()
    for name, field in getattr(kind, "fields", {}).items()
    if hasattr(field, "args")
]
PAGED = {name for name, field in FIELDS if "first" in field.args} | {"nodes", "edges", "hits"}
SCALARS = {name for name, field in FIELDS if get_named_type(field.type).name == "JSON"}
LISTS = ("articles", "breeds", "popularProducts", "products", "publicQuestions", "search")
KNOWN = ("p0", "a0", "croquettes", "chien")


def objects(value, name=""):
    """How many objects an answer holds; a plain list, which no `first` bounds, is its largest."""
    field = name.split("_")[0]
    if isinstance(value, dict) and field not in SCALARS:
        return 1 + sum(objects(each, key) for key, each in value.items())
    if isinstance(value, list):
        found = [objects(each, name) for each in value]
        return sum(found) if field in PAGED else max(found, default=0)
    return 0


def test_objects_are_counted_as_they_are_priced():
    told = {"products": {"nodes": [{"a": {}, "b": 1, "pictures": [{}, {"c": {}}]}, {}]}}
    assert objects(told) - 1 == 1 + (1 + 1 + 2) + 1


def test_every_page_has_the_size_of_a_page_where_none_is_asked_for():
    defaults = {
        str(field.args["first"].default_value) for _name, field in FIELDS if "first" in field.args
    }
    assert defaults == {"None"}


@pytest.mark.django_db
def test_no_answer_holds_more_than_its_cost():
    make_clinic()
    topic()
    for number in range(6):
        published(f"p{number}")
        published_article(f"A {number}", slug=f"a{number}", products=("p0",), topics=("poids",))
    search.rebuild()
    advice_search.rebuild()
    manager = staff(Role.MANAGER)
    carried_out = []

    @settings(
        max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(seed=st.integers(0, 2**32), root=st.sampled_from(LISTS))
    def answers_within_its_cost(seed, root):
        author = Author(SCHEMA, Random(seed), KNOWN, is_kind=True)
        query, variables = author.document("query", root)
        answer = ask(query, variables, login=manager)
        if answer.get("data"):
            carried_out.append(objects(answer["data"]) - 1)
            assert carried_out[-1] <= answer["extensions"]["cost"], (query, variables)

    answers_within_its_cost()
    assert len(carried_out) > 20
    assert max(carried_out) > 10
