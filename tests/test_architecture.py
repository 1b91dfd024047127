"""The house rules that tools can check; docs/decisions and CONTRIBUTING say why."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
LAYERS = [
    "clinic",
    "accounts",
    "pets",
    "catalog",
    "orders",
    "advice",
    "conversations",
    "recommendations",
    "shop",
]
OURS = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=False,
).stdout.split()
TRACKED = [ROOT / name for name in LISTED if (ROOT / name).exists()]
CODE = [path for path in TRACKED if "tests" not in path.parts and "migrations" not in path.parts]
PURE = [
    "kernel/money.py",
    "kernel/animals.py",
    "catalog/pricing.py",
    "catalog/regulation.py",
    "catalog/vocabulary.py",
    "clinic/vocabulary.py",
    "accounts/vocabulary.py",
    "pets/vocabulary.py",
    "orders/vocabulary.py",
    "orders/calendar.py",
    "orders/totals.py",
    "orders/credited.py",
    "orders/stored.py",
    "orders/mentions.py",
    "pets/health.py",
    "pets/feeding.py",
    "catalog/rations.py",
    "catalog/suitability.py",
    "catalog/wording.py",
    "conversations/vocabulary.py",
    "conversations/promising.py",
    "conversations/figures.py",
    "conversations/urgency.py",
    "conversations/plain_text.py",
    "conversations/wording.py",
    "recommendations/neighbours.py",
    "recommendations/popularity.py",
    "recommendations/blend.py",
    "recommendations/metrics.py",
    "recommendations/baselines.py",
    "recommendations/evaluation.py",
    "recommendations/splits.py",
    "recommendations/attribution.py",
    "recommendations/drafting.py",
    "recommendations/known.py",
    "recommendations/runouts.py",
    "recommendations/vocabulary.py",
    "recommendations/wording.py",
    "recommendations/simulation/shelves.py",
    "recommendations/simulation/households.py",
    "recommendations/simulation/demand.py",
    "recommendations/simulation/files.py",
    "conversations/json_ld.py",
    "advice/vocabulary.py",
    "advice/content.py",
    "advice/markdown.py",
    "advice/claims.py",
    "advice/captions.py",
    "advice/search_document.py",
]
EDGES = {
    "dashboard.py",
    "feeds.py",
    "endpoint.py",
    "tasks.py",
    "reactions.py",
    "health.py",
    "kept.py",
    "files.py",
    "admin.py",
    "stripe_webhook.py",
}
KERNEL = {
    "__init__.py",
    "animals.py",
    "events.py",
    "money.py",
    "pictures.py",
    "refusals.py",
    "uploads.py",
    "text_index",
    "graphql",
}


def test_the_files_are_found():
    assert len(CODE) > 100


def relative(path):
    return str(path.relative_to(ROOT))


def attributes(path):
    return [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model):
    mine = LAYERS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if field.is_relation and not field.auto_created and field.related_model:
            target = field.related_model._meta.app_label
            assert target not in LAYERS or LAYERS.index(target) <= mine, field


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_models_override_no_save(model):
    assert "save" not in vars(model)
    assert "delete" not in vars(model)


@pytest.mark.parametrize("path", [path for path in CODE if "graphql" in path.parts], ids=relative)
def test_graphql_only_translates(path):
    banned = {"objects", "save", "delete", "atomic"}
    assert [node.lineno for node in attributes(path) if node.attr in banned] == []


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_files_and_functions_are_short(path):
    text = path.read_text()
    assert text.count("\n") <= 400
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 60
    ]
    assert long == []


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_names_say_something_of_the_shop(path):
    assert not re.fullmatch(
        r"(utils?|helpers?|common|misc|services?|selectors|managers?|data)\.py", path.name
    )


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_know_no_django(name):
    tree = ast.parse((ROOT / name).read_text())
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert [module for module in imported if module and module.startswith("django")] == []


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_the_clock_is_read_at_the_edges_alone(path):
    is_edge = path.name in EDGES or not {"benchmarks", "management", "admin"}.isdisjoint(path.parts)
    reads = [
        node.lineno
        for node in attributes(path)
        if node.attr == "now" and isinstance(node.value, ast.Name) and node.value.id == "timezone"
    ]
    assert is_edge or reads == []


def test_the_web_process_loads_no_typesetter():
    asked = (
        "import sys, shop.wsgi, shop.urls; "
        "print(sorted({'facturx', 'typst', 'pypdf'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"


def test_the_kernel_holds_what_the_house_says():
    found = {path.name for path in (ROOT / "kernel").iterdir() if path.name != "__pycache__"}
    assert found == KERNEL


def test_no_float_comes_near_money():
    for name in ("kernel/money.py", "catalog/pricing.py", "catalog/prices.py"):
        tree = ast.parse((ROOT / name).read_text())
        floats = [
            node.lineno
            for node in ast.walk(tree)
            if (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.Name) and node.id == "float")
        ]
        assert floats == []
