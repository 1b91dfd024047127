"""When something runs out: by a pet's own gaps, by its ration, or nobody can tell."""

import csv
import gzip
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pytest

from catalog.rations import Span
from recommendations import runouts
from recommendations.runouts import RunOut

EVAL = Path(__file__).parents[3] / "shared" / "eval" / "suggestions"
DAY = date(2026, 11, 1)


def days(*gaps):
    found = [DAY]
    for gap in reversed(gaps):
        found.insert(0, found[0] - timedelta(days=gap))
    return found


def after(start, end):
    return RunOut(DAY + timedelta(days=start), DAY + timedelta(days=end))


def test_its_own_gaps_tell_from_the_third_purchase_on():
    assert runouts.run_out(days(30, 30)) == after(29, 31)
    assert runouts.run_out(days(20, 30, 40)) == after(21, 39)
    assert runouts.run_out(days(30)) is None
    assert runouts.run_out(days()) is None


def test_the_ration_tells_before_and_counts_twice_after():
    lasts = Span(low=20, centre=28, high=40)
    assert runouts.run_out(days(), lasts=lasts) == after(20, 40)
    assert runouts.usual_gap([40, 44], 28) == 34
    assert runouts.usual_gap([40], 28) == 28


def test_two_purchases_on_one_day_are_one():
    assert runouts.gaps_of([DAY, DAY, DAY + timedelta(days=3)]) == [3]


def test_the_end_never_comes_before_the_start():
    assert runouts.run_out(days(1, 1)) == after(1, 2)


def dry_food():
    """Days of purchase by household and product."""
    with (EVAL / "pet_dev_products.csv").open() as file:
        dry = {row["product_id"] for row in csv.DictReader(file) if "DRY" in row["product_type"]}
    found = defaultdict(set)
    with gzip.open(EVAL / "pet_dev_lines.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["product_id"] in dry:
                key = row["household_id"], row["product_id"]
                found[key].add(date.fromisoformat(row["day"]))
    return [sorted(each) for each in found.values()]


@pytest.mark.skipif(not EVAL.exists(), reason="The evaluation sets are not on this machine.")
def test_dry_food_runs_out_when_it_is_said_to():
    """The last purchase foretold from those before it, where two gaps or more are known."""
    errors = []
    for bought in dry_food():
        gaps = runouts.gaps_of(bought[:-1])
        if len(gaps) >= 2:
            usual = runouts.usual_gap(gaps)
            errors.append(abs((bought[-1] - bought[-2]).days - usual))
    assert len(errors) == 61
    assert median(errors) <= 10
    assert sum(error <= 7 for error in errors) / len(errors) >= 0.42
