"""A simulated clinic: the same for the same seed, and lives as the parameters say."""

import csv
import json
import resource
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from recommendations import splits
from recommendations.simulation import files, shelves
from recommendations.simulation.files import Order

DATA = settings.BASE_DIR / "shop" / "demo" / "data"
BEGINS, ENDS = date(2024, 11, 1), date(2026, 10, 31)
NAMES = ("sim_owners", "sim_pets", "sim_orders", "sim_order_lines")


def simulate(folder, owners=300, seed=1):
    params = json.loads((DATA / "simulator_params.json").read_text())
    order = Order(owners=owners, begins=BEGINS, ends=ENDS, seed=seed)
    return files.write(order, shelves.read(DATA), params, folder)


def rows(folder, name):
    with (folder / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clinic")
    simulate(folder, owners=1200)
    return folder


def test_a_seed_gives_the_same_files_and_another_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, owners=40, seed=seed)
    texts = [[(tmp_path / f / f"{n}.csv").read_bytes() for n in NAMES] for f in "abc"]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_the_first_owners_are_the_same_in_a_larger_clinic(tmp_path):
    simulate(tmp_path / "small", owners=20)
    simulate(tmp_path / "large", owners=60)
    for name in NAMES:
        small = (tmp_path / "small" / f"{name}.csv").read_text()
        assert (tmp_path / "large" / f"{name}.csv").read_text().startswith(small)


def test_columns_are_those_of_the_clinics_files(clinic):
    for name in NAMES:
        assert list(rows(clinic, name)[0]) == list(rows(DATA, name)[0])


def test_orders_add_up_and_lines_name_pets_of_their_owner(clinic):
    owner_of = {row["pet_id"]: row["owner_id"] for row in rows(clinic, "sim_pets")}
    orders = {row["order_id"]: row for row in rows(clinic, "sim_orders")}
    totals = Counter()
    for row in rows(clinic, "sim_order_lines"):
        order = orders[row["order_id"]]
        assert owner_of[row["pet_id"]] == order["owner_id"]
        totals[row["order_id"]] += round(float(row["unit_price_ttc"]) * 100) * int(row["qty"])
    for key, order in orders.items():
        shipping = round(float(order["shipping_ttc"]) * 100)
        assert totals[key] + shipping == round(float(order["total_ttc"]) * 100)
        assert shipping == (690 if order["delivery"] == "home" and totals[key] < 6900 else 0)


def test_pests_have_their_season(clinic):
    months = {row["order_id"]: int(row["date"][5:7]) for row in rows(clinic, "sim_orders")}
    found = Counter(
        months[row["order_id"]]
        for row in rows(clinic, "sim_order_lines")
        if row["reason"] == "antiparasitic"
    )
    assert found[4] + found[5] > 1.5 * (found[12] + found[1])


def test_diets_are_eaten_by_those_with_the_condition(clinic):
    facts = {row["product_id"]: row for row in rows(DATA, "products")}
    condition = {row["pet_id"]: row["condition"] for row in rows(clinic, "sim_pets")}
    diets = [
        (condition[row["pet_id"]], facts[row["product_id"]]["condition"])
        for row in rows(clinic, "sim_order_lines")
        if facts[row["product_id"]]["regulatory_class"] == "DIETETIC_FOOD"
    ]
    assert len(diets) > 200
    assert [pair for pair in diets if pair[0] != pair[1]] == []


def test_what_is_ordered_and_why_is_like_the_clinics_own(clinic):
    """Shares of reasons within ten points of the demonstration's."""
    ours, theirs = (
        Counter(row["reason"] for row in rows(folder, "sim_order_lines"))
        for folder in (clinic, DATA)
    )
    for reason, count in theirs.items():
        assert abs(ours[reason] / ours.total() - count / theirs.total()) < 0.1


def test_nothing_is_ordered_for_the_species_of_others(clinic):
    facts = {row["product_id"]: row["species"].split("|") for row in rows(DATA, "products")}
    species = {row["pet_id"]: row["species"] for row in rows(clinic, "sim_pets")}
    lines = rows(clinic, "sim_order_lines")
    assert [row for row in lines if species[row["pet_id"]] not in facts[row["product_id"]]] == []


def test_its_orders_can_be_cut_for_the_judges(clinic, tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.csv").write_text((clinic / f"{name}.csv").read_text())
    (tmp_path / "products.csv").write_text((DATA / "products.csv").read_text())
    (split,) = splits.rolling(tmp_path, cuts=1)
    assert len(split.wanted) == len(split.known.histories) > 100
    assert all(age >= 0 for ages in split.known.ages for age in ages)


def test_the_command_says_what_it_wrote(tmp_path, capsys):
    call_command("simulate", owners=5, months=3, out=tmp_path)
    assert capsys.readouterr().out.startswith("5 owners, ")
    with pytest.raises(CommandError, match="1 or more"):
        call_command("simulate", owners=0, months=3, out=tmp_path)
    with pytest.raises(CommandError, match="simulator_params"):
        call_command("simulate", owners=1, months=3, out=tmp_path, catalogue=tmp_path)


@pytest.mark.slow
def test_a_hundred_thousand_owners_need_no_more_memory_than_a_thousand(tmp_path):
    peaks = []
    for owners in ("1000", "100000"):
        asked = ["simulate", "--owners", owners, "--months", "12", "--out", str(tmp_path)]
        subprocess.run([sys.executable, "manage.py", *asked], cwd=settings.BASE_DIR, check=True)
        peaks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
    assert peaks[1] < peaks[0] + 20
