from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from catalog import cards, prices
from catalog.models import MedicinePack, PriceChange, Reduction, Variant, VatRate
from clinic.vocabulary import SellerRegime
from kernel.money import Money
from tests.catalog.importing.builders import (
    LATER,
    NOW,
    changes,
    folder,
    holdings,
    load,
    open_clinic,
    told,
)

SOON = NOW + timedelta(hours=1)


def paris(month, day):
    """Midnight in Paris, in 2026."""
    return datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=2 if 4 <= month <= 10 else 1)


def line(day, price, reason="regular", variant="V1"):
    return {
        "variant_id": variant,
        "effective_date": f"2026-{day}",
        "price_ttc": price,
        "reason": reason,
    }


def listed():
    return list(PriceChange.objects.values_list("effective_from", "gross_cents", "reason"))


def cuts():
    return list(Reduction.objects.values_list("starts_at", "ends_at", "price_cents"))


def price_now(at=LATER):
    return cards.timeline_of(Variant.objects.get()).price(at)


FIRST = line("07-25", "62.95")
CUT = line("09-20", "56.66", "promo_-10%")
END = line("10-01", "62.95", "end_promo")


@pytest.mark.usefixtures("clinic")
class TestHistory:
    def test_a_history_wins_over_the_price_of_the_pack(self, tmp_path):
        load(folder(tmp_path, variants=[{"price_ttc": "1.00"}], history=[END, FIRST, CUT]))
        assert listed() == [
            (paris(7, 25), 6295, "regular"),
            (paris(10, 1), 6295, "end_promo"),
        ]
        assert cuts() == [(paris(9, 20), paris(10, 1), 5666)]
        assert price_now() == Money(6295)

    def test_a_cut_that_nothing_ends_is_open(self, tmp_path):
        load(folder(tmp_path, history=[FIRST, CUT]))
        assert cuts() == [(paris(9, 20), None, 5666)]
        report = load(folder(tmp_path, history=[FIRST, CUT, END]), at=LATER)
        assert changes(report) == {
            "P1": (
                "changed",
                {
                    "S-V1.price": ("", "62.95 from 2026-10-01"),
                    "S-V1.reductions": ("", "56.66 from 2026-09-20"),
                },
            )
        }
        assert cuts() == [(paris(9, 20), paris(10, 1), 5666)]
        assert load(tmp_path, at=LATER).changed_nothing

    def test_a_new_line_is_added_and_the_old_ones_stay(self, tmp_path):
        load(folder(tmp_path, history=[FIRST]))
        report = load(folder(tmp_path, history=[FIRST, line("11-23", "65.00")]), at=LATER)
        assert changes(report) == {"P1": ("changed", {"S-V1.price": ("", "65.00 from 2026-11-23")})}
        assert listed() == [(paris(7, 25), 6295, "regular"), (paris(11, 23), 6500, "regular")]
        assert load(tmp_path, at=LATER).changed_nothing

    def test_a_line_corrected_afterwards_holds_from_now(self, tmp_path):
        load(folder(tmp_path, history=[FIRST]))
        folder(tmp_path, history=[line("07-25", "64.00")])
        assert load(tmp_path, at=LATER).counts["changed"] == 1
        assert listed() == [(paris(7, 25), 6295, "regular"), (LATER, 6400, "correction")]
        assert load(tmp_path, at=LATER + timedelta(days=1)).changed_nothing

    def test_a_line_still_ahead_may_be_corrected_in_place(self, tmp_path):
        load(folder(tmp_path, history=[FIRST, line("12-01", "70.00")]))
        folder(tmp_path, history=[FIRST, line("12-01", "71.00")])
        assert load(tmp_path, at=LATER).counts["changed"] == 1
        assert price_now(paris(12, 2)) == Money(7100)
        assert load(tmp_path, at=LATER).changed_nothing

    def test_a_history_that_is_all_ahead_leaves_the_price_of_the_pack_until_then(self, tmp_path):
        load(folder(tmp_path, history=[line("12-01", "70.00")]))
        assert listed() == [(NOW, 2999, "import"), (paris(12, 1), 7000, "regular")]

    def test_without_a_history_a_price_holds_from_now(self, tmp_path):
        load(folder(tmp_path, variants=[{"price_ttc": "10"}]))
        load(folder(tmp_path, variants=[{"price_ttc": "11"}]), at=LATER)
        assert listed() == [(NOW, 1000, "import"), (LATER, 1100, "import")]

    @pytest.mark.parametrize(
        ("bad", "column", "value", "expected"),
        [
            (line("07-25", "50"), "effective_date", "2026-07-25", "one price a day"),
            (line("13-01", "50"), "effective_date", "2026-13-01", "a date such as 2026-11-22"),
            (line("08-01", "-1"), "price_ttc", "-1", "a number of at least 0.01"),
            (line("08-01", ""), "price_ttc", "", "a price"),
            (
                line("08-01", "50", "set"),
                "reason",
                "set",
                "another word: this one marks prices set by hand",
            ),
            (
                line("08-01", "62.95", "promo"),
                "price_ttc",
                "62.95",
                "a price below the one before it, which is not reduced",
            ),
            (
                line("07-01", "10", "promo"),
                "price_ttc",
                "10",
                "a price below the one before it, which is not reduced",
            ),
            (
                {**line("", "5"), "effective_date": "0001-01-01"},
                "effective_date",
                "0001-01-01",
                "a day from 1990-01-01 to 2100-01-01",
            ),
        ],
    )
    def test_a_bad_line_is_named_and_the_others_stand(self, tmp_path, bad, column, value, expected):
        report = load(folder(tmp_path, history=[FIRST, bad]))
        assert told(report) == [("price_history.csv", 3, column, value, expected)]
        assert listed() == [(paris(7, 25), 6295, "regular")]
        assert cuts() == []
        second = load(tmp_path, at=LATER)
        assert (second.changed_nothing, told(second)) == (True, told(report))

    def test_a_refused_cut_ends_the_one_before_it_all_the_same(self, tmp_path):
        dear = line("09-25", "70.00", "promo")
        load(folder(tmp_path, history=[FIRST, CUT, dear, END]))
        assert cuts() == [(paris(9, 20), paris(9, 25), 5666)]


@pytest.mark.usefixtures("clinic")
class TestByHand:
    def test_a_price_set_by_hand_stays(self, tmp_path):
        load(folder(tmp_path))
        prices.set_price(variant=Variant.objects.get(), price=Money(3500), by=None, at=SOON)
        assert load(tmp_path, at=LATER).changed_nothing
        assert price_now() == Money(3500)

    def test_a_price_set_by_hand_stays_against_a_history(self, tmp_path):
        load(folder(tmp_path, history=[FIRST]))
        prices.set_price(variant=Variant.objects.get(), price=Money(3500), by=None, at=SOON)
        for history in ([FIRST], [line("07-25", "64.00")], [FIRST, line("11-22", "66")], []):
            load(folder(tmp_path, variants=[{"price_ttc": "66.00"}], history=history), at=LATER)
            assert price_now() == Money(3500)

    def test_a_later_line_of_the_history_wins_again(self, tmp_path):
        load(folder(tmp_path, history=[FIRST]))
        prices.set_price(variant=Variant.objects.get(), price=Money(3500), by=None, at=SOON)
        load(folder(tmp_path, history=[FIRST, line("11-23", "66")]), at=LATER)
        assert price_now() == Money(6600)

    def test_a_reduction_that_staff_ended_stays_ended(self, tmp_path):
        load(folder(tmp_path, history=[FIRST, CUT]))
        prices.end_reductions(variant=Variant.objects.get(), by=None, at=SOON)
        before = cuts()
        assert before == [(paris(9, 20), SOON, 5666)]
        assert load(tmp_path, at=LATER).changed_nothing
        assert load(folder(tmp_path, history=[FIRST, CUT, line("11-23", "62.95", "end")]), at=LATER)
        assert cuts() == before

    def test_a_cut_never_overlaps_one_that_staff_made(self, tmp_path):
        load(folder(tmp_path, history=[FIRST]))
        prices.start_reduction(
            variant=Variant.objects.get(),
            price=Money(5000),
            starts_at=SOON,
            ends_at=None,
            by=None,
            at=SOON,
        )
        report = load(folder(tmp_path, history=[FIRST, line("11-23", "40", "promo")]), at=LATER)
        expected = "a day without another reduction"
        assert told(report) == [("price_history.csv", 3, "effective_date", "2026-11-23", expected)]
        assert cuts() == [(SOON, None, 5000)]


@pytest.mark.usefixtures("clinic")
class TestVat:
    def test_a_rate_holds_from_the_day_of_its_import(self, tmp_path):
        load(folder(tmp_path))
        report = load(folder(tmp_path, variants=[{"vat_rate": "5,5"}]), at=LATER)
        assert changes(report) == {"P1": ("changed", {"S-V1.vat": ("20.00", "5.50")})}
        assert [rate.percent for rate in VatRate.objects.all()] == [Decimal(20), Decimal("5.5")]
        assert load(tmp_path, at=LATER).changed_nothing

    def test_a_rate_that_staff_announced_is_no_difference_today(self, tmp_path):
        load(folder(tmp_path))
        announced = LATER.date() + timedelta(days=30)
        VatRate.objects.create(
            variant=Variant.objects.get(), percent=Decimal(21), effective_from=announced
        )
        assert load(tmp_path, at=LATER).changed_nothing

    def test_two_rates_on_one_day_leave_the_second(self, tmp_path):
        load(folder(tmp_path))
        load(folder(tmp_path, variants=[{"vat_rate": "5.5"}]), at=LATER)
        load(folder(tmp_path, variants=[{"vat_rate": "10"}]), at=LATER)
        assert [rate.percent for rate in VatRate.objects.all()] == [Decimal(20), Decimal(10)]


CODE = "9520000000028"


class TestLaw:
    @pytest.mark.parametrize(
        ("named", "article"),
        [
            ("MEDICINE_RX", "Reg. (EU) 2019/6 art. 104"),
            ("MEDICINE_OTC", "décret 2025-908; arrêté du 1er décembre 2025"),
            ("ANTIPARASITIC_EXTERNAL", "Code de la santé publique L.5143-2 II"),
            ("UNKNOWN", ""),
        ],
    )
    def test_what_may_not_be_reduced_is_not(self, clinic, tmp_path, named, article):
        path = folder(tmp_path, products=[{"regulatory_class": named}], history=[FIRST, CUT, END])
        report = load(path)
        expected = f"no reduction on {named} ({article})"
        assert told(report) == [("price_history.csv", 3, "reason", "promo_-10%", expected)]
        assert [cents for _since, cents, _reason in listed()] == [6295, 6295]
        assert cuts() == []
        second = load(path, at=LATER)
        assert (second.changed_nothing, told(second)) == (True, told(report))

    def test_a_medicine_that_a_file_calls_food_is_not_reduced_either(self, clinic, tmp_path):
        MedicinePack.objects.create(
            gtin="0" + CODE, medicine="M", pack="p", regulatory_class="MEDICINE_RX"
        )
        report = load(folder(tmp_path, variants=[{"gtin13": CODE}], history=[FIRST, CUT, END]))
        assert [problem.column for problem in report.problems] == ["reason"]
        assert Variant.objects.get().regulatory_class == "MEDICINE_RX"
        assert cuts() == []

    def test_a_reduction_ends_when_its_pack_turns_out_to_be_a_medicine(self, clinic, tmp_path):
        load(folder(tmp_path, variants=[{"gtin13": CODE}], history=[FIRST, CUT]))
        MedicinePack.objects.create(
            gtin="0" + CODE, medicine="M", pack="p", regulatory_class="MEDICINE_OTC"
        )
        report = load(tmp_path, at=LATER)
        assert changes(report) == {
            "P1": (
                "changed",
                {
                    "S-V1.regulatory_class": ("FOOD", "MEDICINE_OTC"),
                    "S-V1.reductions": ("on offer", "ended"),
                },
            )
        }
        assert cuts() == [(paris(9, 20), LATER, 5666)]
        assert load(tmp_path, at=LATER + timedelta(days=1)).changed_nothing

    def test_a_clinic_that_sells_itself_reduces_nothing(self, db, tmp_path):
        open_clinic(SellerRegime.CLINIC)
        report = load(folder(tmp_path, history=[FIRST, CUT, END]))
        expected = "no reduction while the seller is the clinic itself (Code rural R.242-62)"
        assert told(report) == [("price_history.csv", 3, "reason", "promo_-10%", expected)]
        assert "Reduction" not in holdings()
        assert load(tmp_path, at=LATER).changed_nothing
