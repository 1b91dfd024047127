"""Every table that reaches a person is known to export and erasure, or a test names it."""

from pathlib import Path

import pytest
from django.apps import apps

from accounts import privacy, retention
from accounts.models import Login, Person
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate
from pets.models import Pet

OURS = {"clinic", "accounts", "pets", "catalog", "orders", "advice", "conversations"}
OURS |= {"recommendations", "shop"}
PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()


def reaches_a_person(model, seen=frozenset()):
    if model in (Person, Login, Pet):
        return True
    targets = {
        field.related_model
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and not field.many_to_many
    }
    return any(reaches_a_person(each, seen | {model}) for each in targets - seen - {None})


MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in OURS and reaches_a_person(model)
]


def test_the_walk_goes_any_number_of_keys_deep():
    labels = {model._meta.label for model in MODELS}
    assert {"accounts.Address", "catalog.DietLine", "catalog.ImportProblem"} <= labels
    assert "catalog.Product" not in labels


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_whatever_reaches_a_person_or_a_pet_is_registered(model):
    assert model in {entry.model for entry in privacy.registered()}


@pytest.mark.django_db
@pytest.mark.parametrize("entry", privacy.registered(), ids=lambda entry: entry.label)
def test_an_entry_says_true_things(entry):
    """Whose, what is exported and what is dated are columns that exist; reason and article too."""
    person = Person.objects.create()
    list(entry.rows(person).values(*entry.exported))
    if entry.dated_by:
        assert not entry.all_rows().filter(**{f"{entry.person}__isnull": True}).exists()
        list(entry.all_rows().values(entry.dated_by))
    assert str(entry.reason)
    assert entry.article


@pytest.mark.parametrize("entry", privacy.registered(), ids=lambda entry: entry.label)
def test_the_page_on_privacy_names_every_table(entry):
    assert f"`{entry.label}`" in PAGE


@pytest.mark.parametrize("rule", retention.rules(), ids=lambda rule: rule.name)
def test_the_page_on_privacy_names_every_rule_of_retention(rule):
    assert f"| `{rule.name}` |" in PAGE


@pytest.mark.parametrize(
    "facts",
    [
        {"fate": Fate.DELETE},
        {"fate": Fate.PSEUDONYMISE, "person": "pk"},
        {"fate": Fate.KEEP, "person": "pk", "erase": len},
    ],
)
def test_an_entry_that_says_too_little_is_refused(facts):
    before = privacy.registered()
    with pytest.raises(TypeError):
        privacy.register(PersonalData(model=Person, reason="x", article="y", **facts))
    assert privacy.registered() == before


def test_a_rule_of_retention_has_a_name_of_its_own():
    with pytest.raises(TypeError):
        retention.register(retention.rules()[0])
