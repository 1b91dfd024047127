"""Documentation as a contract."""

import json
import re
from pathlib import Path

import pytest

from accounts.roles import DUTIES, Duty, Role
from catalog import rations, search
from catalog.importing.run import Order, run
from catalog.models import SynonymGroup
from catalog.suitability import SEVERITIES, SOURCES
from catalog.vocabulary import Form
from catalog.vocabulary import Path as Asked
from kernel.animals import Species
from kernel.money import Money
from kernel.refusals import ErrorCode
from orders import states
from pets import feeding
from pets.health import PetFacts
from pets.vocabulary import Activity
from shop.demo.loader import DATA, synonym_groups
from tests.builders import NOW, answered, make_clinic

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")] + sorted(
    ROOT.glob("docs/**/*.md")
)


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


@pytest.mark.django_db
def test_the_answer_in_the_readme_is_the_real_one():
    make_clinic()
    run(Order(path=DATA), by=None, at=NOW)
    for terms in synonym_groups(DATA / "synonyms_fr_pet.csv"):
        search.save_synonyms(group=SynonymGroup(terms="\n".join(terms)))
    search.rebuild()
    assert answered(block("graphql")) == json.loads(block("json"))


def test_the_first_screen_has_the_two_commands():
    screen = "\n".join(README.splitlines()[:25])
    assert "pip install uv && uv run manage.py demo" in screen
    assert "pip install uv && uv run pytest" in screen


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_in_the_docs_exist(page):
    named = re.findall(
        r"`((?:kernel|clinic|accounts|catalog|shop|tests)/[\w./]+\.\w+)[`:]", page.read_text()
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_commands_named_in_the_readme_exist():
    named = set(re.findall(r"uv run manage\.py (\w+)", README))
    found = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    assert named <= found


def test_every_setting_is_in_the_operators_page():
    settings = (ROOT / "shop" / "settings.py").read_text()
    names = set(re.findall(r'environment\.\w+\(\s*"([A-Z0-9_]+)"', settings))
    page = (ROOT / "docs" / "operations.md").read_text()
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_every_role_and_duty_is_in_the_permissions_page():
    page = (ROOT / "docs" / "permissions.md").read_text()
    assert [role for role in Role if f"`{role}`" not in page] == []
    assert [duty for duty in Duty if f"`{duty}`" not in page] == []
    assert set(DUTIES) == set(Role)


def test_every_top_level_code_is_in_the_api_page():
    page = (ROOT / "docs" / "api.md").read_text()
    sources = [path.read_text() for path in ROOT.glob("*/graphql/*.py")]
    sources.append((ROOT / "shop" / "endpoint.py").read_text())
    codes = {
        code
        for text in sources
        for code in re.findall(
            r'"([A-Z]+_[A-Z]+|MALFORMED|UNAUTHENTICATED|FORBIDDEN|INTERNAL)"', text
        )
    }
    known = codes - {each.value for each in ErrorCode} - {"ARTICLE_PICTURE", "PRODUCT_PICTURE"}
    assert sorted(code for code in known if f"`{code}`" not in page) == []


def tables(name):
    """The tables of a page, each as rows of plain cells, its head first."""
    page = (ROOT / "docs" / "algorithms" / name).read_text()
    found = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    return [
        [
            [cell.strip().strip("`") for cell in row.strip("|").split("|")]
            for row in table.splitlines()
            if not row.startswith("| ---")
        ]
        for table in found
    ]


def test_the_page_on_suitability_says_what_the_code_does():
    severities, sources = tables("suitability.md")
    assert severities[0] == ["reason", *Asked]
    assert severities[1:] == [
        [reason, *(line[path].lower() for path in Asked)] for reason, line in SEVERITIES.items()
    ]
    assert sources[1:] == [[reason, source] for reason, source in SOURCES.items()]


def test_the_page_on_rations_has_the_figures_of_the_code():
    rules, puppies, kittens, _example = (table[1:] for table in tables("ration.md"))
    assert rules == [[rule, f"{figure:g}"] for rule, figure in feeding.COEFFICIENTS.items()]
    assert puppies == [[f"{100 * up_to:g} %", f"{n:g}"] for up_to, n in feeding.GROWTH_OF_DOGS]
    assert kittens == [[f"{up_to:g}", f"{n:g}"] for up_to, n in feeding.GROWTH_OF_KITTENS]
    page = (ROOT / "docs" / "algorithms" / "ration.md").read_text()
    assert f"times {feeding.MAINTENANCE_OF_KITTENS:g} x W^0.67" in page


def test_the_worked_example_of_the_page_on_rations_is_right():
    rex = PetFacts(
        species=Species.DOG, age_days=4 * 366, activity=Activity.MODERATE, weight_g=10_000
    )
    declared = rations.Constituents(protein=27, fat=14, fibre=3, ash=7, moisture=9, kcal_100g=400)
    food = rations.Food(species=frozenset({Species.DOG}), form=Form.DRY, constituents=declared)
    need, grams = feeding.daily_energy(rex), rations.grams_per_day(rex, food).grams
    days = rations.lasts_days(1500, grams)
    cost = rations.cost_per_day(Money(1790), 1500, grams)
    ranges = [(each.low, each.high) for each in (need, grams, days, cost)]
    assert tables("ration.md")[-1][1] == [f"{low} to {high}" for low, high in ranges]


def test_the_table_of_orders_is_that_of_the_code():
    rows = tables("order.md")[0][1:]
    assert {(row[0], row[1]) for row in rows} == {
        (before.name, after.name) for before, found in states.MOVES.items() for after in found
    }
