"""Every root field as every kind of asker, against the table of docs/permissions.md."""

from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.db import transaction

from kernel.graphql.nodes import global_id
from orders.stripe_gateway import speaking
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
#: What a refused reading may write: that staff looked.
TRAIL = {"accounts.AuditEntry"}
#: Refusals that are told to those who may ask: a wrong word, or an order under way.
WRONG_WORDS = {"CODE_REFUSED", "WRONG_STATE"}


def documented():
    """The table as it is written: field -> asker -> mark."""
    lines = DOC.read_text().splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("| field "))
    table = [line for line in lines[start:] if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0].strip("`"): dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[2:]}


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
    refusals = found["userErrors"] if isinstance(found, dict) and "userErrors" in found else []
    refused = {each["code"] for each in refusals} - WRONG_WORDS
    return {"NOT_FOUND": "none", "NOT_ALLOWED": "no"}[refused.pop()] if refused else "yes"


def called(call: Call, variables, world):
    """The answer of a call, and what it wrote; nothing of it is kept."""
    untouched = transaction.savepoint_create()
    before = counted()
    answer = ask(call.text, variables, login=world.login, token=world.bearer)
    after = counted()
    transaction.savepoint_rollback(untouched)
    return answer, {name for name in after if before[name] != after[name]}


def tried(asker):
    """What comes of every call of an asker; and what of it is against the promises."""
    world = World(asker)
    found, wrongs = {}, []
    for name, call in CALLS.items():
        variables = call.variables(world)
        answer, written = called(call, variables, world)
        found[name] = MARKS[outcome(name, answer)]
        if found[name] != "✓" and written - TRAIL:
            wrongs.append((name, "was refused and wrote", written))
        if found[name] == "–" and call.about:
            key, kind = call.about
            made_up_key = UUID(int=MADE_UP) if kind in ("Cart", "Order") else MADE_UP
            variables = call.variables(world) | {key: global_id(kind, made_up_key)}
            made_up, _written = called(call, variables, world)
            if made_up != answer:
                wrongs.append((name, "tells another's from a made-up one", answer, made_up))
    return found, wrongs


def test_every_root_field_has_a_call_and_a_row():
    assert sorted(CALLS) == sorted(ROOT)
    assert sorted(documented()) == sorted(ROOT)


class Outside:
    """The test's own transaction is no transaction of the shop's."""

    in_atomic_block = False


@pytest.fixture
def _stripe(stripe_stand_in, monkeypatch):
    monkeypatch.setattr(speaking, "connection", Outside())


@pytest.mark.django_db
@pytest.mark.usefixtures("_stripe")
@pytest.mark.parametrize("asker", ASKERS)
def test_an_asker_may_do_what_the_table_says(asker):
    found, wrongs = tried(asker)
    assert wrongs == []
    assert found == {name: row[asker] for name, row in documented().items()}
