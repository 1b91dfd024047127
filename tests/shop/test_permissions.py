"""Every root field as every kind of asker, against the table of docs/permissions.md."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction

from kernel.graphql.nodes import global_id
from shop.schema import schema
from tests.builders import ask
from tests.shop.permissions_calls import CALLS
from tests.shop.permissions_world import ASKERS, MADE_UP, Call, World
from tests.test_architecture import LAYERS

DOC = Path(__file__).parent.parent.parent / "docs" / "permissions.md"
MARKS = {"yes": "✓", "no": "✗", "none": "–", "sign in": "⚿"}
ROOT = [
    field
    for kind in (schema._schema.query_type, schema._schema.mutation_type)
    for field in (kind.fields if kind else ())
]
#: What a reading writes, by design: that staff read a file.
TRAIL = {"accounts.AuditEntry"}


def documented():
    """The table as it is written: field -> asker -> mark."""
    lines = [line for line in DOC.read_text().splitlines() if line.startswith("| ")]
    start = next(i for i, line in enumerate(lines) if line.startswith("| field "))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:]]
    askers, *rest = rows
    return {
        row[0].strip("`"): dict(zip(askers[1:], row[1:], strict=True))
        for row in rest
        if row[0].startswith("`")
    }


def counted():
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
    }


def outcome(name, answer):
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    if codes:
        return {"UNAUTHENTICATED": "sign in", "FORBIDDEN": "no"}[codes.pop()]
    found = answer["data"][name]
    if found is None:
        return "none"
    refused = {each["code"] for each in found["userErrors"]} if "userErrors" in found else set()
    if not refused:
        return "yes"
    return {"NOT_FOUND": "none", "NOT_ALLOWED": "no"}[refused.pop()]


def called(call: Call, variables, login):
    """The answer of a call, and what it wrote; nothing of it is kept."""
    with transaction.atomic():
        before = counted()
        answer = ask(call.text, variables, login=login)
        after = counted()
        transaction.set_rollback(True)
    return answer, {name for name in after if before[name] != after[name]}


def test_every_root_field_has_a_call_and_a_row():
    assert sorted(CALLS) == sorted(ROOT)
    assert sorted(documented()) == sorted(ROOT)


@pytest.mark.django_db
@pytest.mark.parametrize("asker", ASKERS)
def test_an_asker_may_do_what_the_table_says(asker):
    world = World()
    table = documented()
    login = world.logins[asker]
    found, wrongly = {}, []
    for name, call in CALLS.items():
        variables = call.variables(world)
        answer, written = called(call, variables, login)
        found[name] = outcome(name, answer)
        if found[name] != "yes" and written - TRAIL:
            wrongly.append((name, written))
        if found[name] == "none" and call.about:
            key, kind = call.about
            made_up, _written = called(call, {**variables, key: global_id(kind, MADE_UP)}, login)
            assert made_up == answer, name
    assert wrongly == []
    assert {name: MARKS[each] for name, each in found.items()} == {
        name: row[asker] for name, row in table.items()
    }
