"""The demonstration clinic's own files: they go in, once, and only cuts on medicines stay out."""

import pytest

from catalog.models import Reduction, Variant
from clinic.vocabulary import SellerRegime
from shop.demo.loader import DATA
from tests.catalog.importing.builders import LATER, holdings, load, open_clinic, told

RX = "no reduction on MEDICINE_RX (Reg. (EU) 2019/6 art. 104)"


def test_all_of_it_goes_in_and_the_second_run_changes_nothing(clinic):
    report = load(DATA)
    assert report.counts == {"new": 189, "unchanged": 0, "refused": 4}
    assert {(file, column, value) for file, _line, column, value, _expected in told(report)} == {
        ("price_history_refused.csv", "reason", "promo_black_friday_-20%"),
        ("price_history_refused.csv", "reason", "promo_-15%"),
    }
    counts = holdings()
    assert (counts["Product"], counts["Variant"], counts["Brand"]) == (189, 335, 6)
    assert (counts["PriceChange"], counts["Reduction"]) == (488, 89)
    assert Variant.objects.filter(gtin=None).count() == 0
    barred = ["MEDICINE_OTC", "MEDICINE_RX", "ANTIPARASITIC_EXTERNAL", "UNKNOWN"]
    assert Reduction.objects.filter(variant__regulatory_class__in=barred).count() == 0
    second = load(DATA, at=LATER)
    assert (second.changed_nothing, second.counts) == (True, {"unchanged": 189, "refused": 4})
    assert holdings() == counts


def test_a_clinic_that_sells_itself_takes_no_reduction(db):
    open_clinic(SellerRegime.CLINIC)
    report = load(DATA)
    assert report.counts == {"new": 189, "unchanged": 0, "refused": 93}
    assert "Reduction" not in holdings()


@pytest.mark.usefixtures("clinic")
def test_a_dry_run_of_all_of_it_writes_nothing():
    before = holdings()
    assert load(DATA, is_dry=True).counts["new"] == 189
    assert holdings() == before
