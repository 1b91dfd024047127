from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django_ox.models import OxTask

from accounts.models import Person
from catalog.importing import run as run_module
from catalog.importing.run import FileRefused, StrictRefused
from catalog.models import (
    Card,
    ImportProblem,
    ImportRun,
    Lot,
    Product,
    ProductReference,
    Stock,
    StockMovement,
    Variant,
    VariantReference,
)
from catalog.vocabulary import ProductStatus
from clinic import details
from tests.catalog.importing.builders import (
    LATER,
    NOW,
    SUPPLIER,
    changes,
    folder,
    holdings,
    load,
    remember,
    shop_of,
    supplier_file,
    told,
)

THIRD_DAY = LATER + timedelta(days=1)
BAD = {"variant_id": "V9", "product_id": "P0", "price_ttc": "-1"}
BAD_TOLD = ("price_ttc", "-1", "a number of at least 0.01")


def statuses():
    return dict(
        ProductReference.objects.order_by("reference").values_list("reference", "product__status")
    )


def with_bad_row(tmp_path, count=4):
    shop = shop_of(count)
    return folder(tmp_path, **{**shop, "variants": [*shop["variants"], BAD]})


@pytest.mark.usefixtures("clinic")
class TestOnce:
    def test_a_product_goes_in_whole_and_is_published(self, tmp_path):
        report = load(folder(tmp_path, rations=[{}]))
        assert (report.counts, changes(report)) == ({"new": 1, "unchanged": 0}, {"P1": ("new", {})})
        product = Product.objects.get()
        assert (product.status, product.published_at) == (ProductStatus.PUBLISHED, NOW)
        assert Card.objects.get().slug == "croquettes-p1"
        assert holdings() == {
            "Brand": 1,
            "Card": 1,
            "Category": 3,
            "Lot": 1,
            "PriceChange": 1,
            "Product": 1,
            "ProductReference": 1,
            "ProductText": 1,
            "RationRow": 1,
            "Stock": 1,
            "StockMovement": 1,
            "Variant": 1,
            "VariantReference": 1,
            "VatRate": 1,
            "AuditEntry": 0,
        }

    def test_the_opening_stock_is_booked_once(self, clinic, tmp_path):
        load(folder(tmp_path))
        load(folder(tmp_path, variants=[{"stock": "99"}]), at=LATER)
        assert (Stock.objects.get().on_hand, Stock.objects.get().place) == (6, clinic)
        assert Lot.objects.get().quantity == 6
        movement = StockMovement.objects.get()
        assert (movement.quantity, movement.reason, movement.reference) == (
            6,
            "opening",
            "clinic:V1",
        )

    def test_a_long_reference_fits_its_movement(self, tmp_path):
        load(folder(tmp_path, variants=[{"variant_id": "V" * 80, "sku": "S1"}]))
        assert StockMovement.objects.get().reference == f"clinic:{'V' * 80}"[:80]

    def test_the_second_run_changes_nothing_and_says_so(self, tmp_path):
        full = {"protein_pct": "29", "fat_pct": "17,55", "fibre_pct": "2.255", "ash_pct": "7"}
        product = {**full, "moisture_pct": "9", "me_kcal_100g": "391.14", "weight_min_kg": "1.005"}
        path = folder(tmp_path, products=[product], rations=[{}])
        load(path)
        before, tasks = holdings(), OxTask.objects.count()
        report = load(path, at=LATER)
        assert report.changed_nothing
        assert (report.counts, report.differences) == ({"unchanged": 1}, [])
        assert (holdings(), OxTask.objects.count()) == (before, tasks)

    def test_two_packs_may_share_a_wholesalers_code_which_the_first_keeps(self, tmp_path):
        packs = [{"wholesaler_code": "W1"}, {"variant_id": "V2", "wholesaler_code": "W1"}]
        report = load(folder(tmp_path, variants=packs))
        assert told(report) == []
        codes = VariantReference.objects.filter(source="wholesaler")
        assert codes.values_list("reference", "variant__sku").get() == ("W1", "S-V1")

    def test_every_field_of_a_product_follows_its_file(self, tmp_path):
        food = {"protein_pct": "29", "fat_pct": "17", "fibre_pct": "2", "ash_pct": "7"}
        load(folder(tmp_path, rations=[{}]))
        Product.objects.get().texts.all().delete()
        richer = {**food, "moisture_pct": "9", "me_kcal_100g": "391.1", "brand": "Kérouan"}
        path = folder(tmp_path, products=[richer], rations=[{"grams_per_day": "160"}])
        assert changes(load(path, at=LATER)) == {
            "P1": (
                "changed",
                {
                    "brand": ("Brisalune", "Kérouan"),
                    "name": ("", "Croquettes"),
                    "nutrition": ("", "new"),
                    "rations": ("1 rows", "1 rows"),
                },
            )
        }
        product = Product.objects.get()
        assert (product.brand.name, product.texts.get().name) == ("Kérouan", "Croquettes")
        assert product.ration_rows.get().grams_per_day == 160
        assert load(path, at=LATER).changed_nothing
        folder(
            tmp_path, products=[{**richer, "fat_pct": "17,5"}], rations=[{"grams_per_day": "160"}]
        )
        assert changes(load(path, at=LATER)) == {"P1": ("changed", {"fat": ("17.00", "17.50")})}
        product = Product.objects.get()
        assert (product.nutrition.fat, product.nutrition.kcal_100g) == (
            Decimal("17.5"),
            Decimal("391.1"),
        )
        assert load(path, at=LATER).changed_nothing

    def test_progress_is_told_by_hundreds(self, tmp_path, monkeypatch):
        monkeypatch.setattr(run_module, "_CHUNK", 2)
        done = []
        load(folder(tmp_path, **shop_of(5)), progress=done.append)
        assert done == [2, 2, 1]

    def test_without_a_place_nothing_is_booked(self, clinic, tmp_path):
        details.remove_detail(clinic)
        load(folder(tmp_path))
        assert (Variant.objects.count(), Stock.objects.count()) == (1, 0)

    def test_drafts_are_left_to_staff_where_that_is_asked(self, tmp_path):
        load(folder(tmp_path), publish=False)
        assert statuses() == {"P1": ProductStatus.DRAFT}

    @pytest.mark.parametrize("lacking", ["composition_fr", "instructions_fr", "species"])
    def test_a_food_that_lacks_a_particular_stays_a_draft(self, tmp_path, lacking):
        report = load(folder(tmp_path, products=[{lacking: ""}]))
        assert (told(report), statuses()) == ([], {"P1": ProductStatus.DRAFT})

    def test_the_index_hears_of_what_changed_alone(self, tmp_path):
        load(folder(tmp_path, **shop_of(2)))
        OxTask.objects.all().delete()
        shop = shop_of(2)
        shop["products"][1]["name_fr"] = "Autres"
        load(folder(tmp_path, **shop), at=LATER)
        reference = ProductReference.objects.get(reference="P1")
        assert [task.kwargs["facts"] for task in OxTask.objects.all()] == [
            {"product_ids": [reference.product_id]}
        ]


@pytest.mark.usefixtures("clinic")
class TestDryRun:
    def test_it_tells_all_and_writes_nothing(self, tmp_path):
        load(folder(tmp_path, **shop_of(7)))
        before = holdings()
        shop = shop_of(7)
        shop["products"][0]["name_fr"] = "Autres"
        shop["variants"][1]["price_ttc"] = "31"
        shop["variants"][2]["pack_label"] = "4 kg"
        shop["variants"].append({"variant_id": "V9", "product_id": "P2"})
        shop["products"] = [*shop["products"][:6], {"product_id": "P8"}]
        shop["variants"][6] = {"variant_id": "V8", "product_id": "P8"}
        report = load(folder(tmp_path, **shop, rations=[{"product_id": "P3"}]), is_dry=True)
        assert changes(report) == {
            "P0": ("changed", {"name": ("Croquettes", "Autres")}),
            "P1": ("changed", {"S-V1.price": ("", "31.00 from 2026-11-22")}),
            "P2": (
                "changed",
                {"S-V2.pack_label": ("3 kg", "4 kg"), "S-V9": ("", "new pack")},
            ),
            "P3": ("changed", {"rations": ("0 rows", "1 rows")}),
            "P8": ("new", {}),
            "P6": ("withdrawn", {}),
        }
        assert report.counts == {"changed": 4, "new": 1, "withdrawn": 1, "unchanged": 2}
        assert holdings() == before
        assert ImportRun.objects.latest("id").is_dry is True

    def test_it_tells_what_the_run_then_does(self, tmp_path):
        path = with_bad_row(tmp_path)
        dry = load(path, is_dry=True)
        wet = load(path)
        assert (changes(dry), told(dry), dry.counts) == (changes(wet), told(wet), wet.counts)


@pytest.mark.usefixtures("clinic")
class TestReport:
    def test_it_is_kept_with_every_refused_row(self, tmp_path):
        person = Person.objects.create()
        report = load(with_bad_row(tmp_path), by=person)
        run = ImportRun.objects.get()
        assert (run, run.by, run.is_dry, run.path) == (report.run, person, False, tmp_path.name)
        assert run.counts == {"new": 4, "unchanged": 0, "refused": 1}
        kept = ImportProblem.objects.values_list("file", "line", "column", "value", "expected")
        assert list(kept) == told(report) == [("variants.csv", 6, *BAD_TOLD)]

    def test_a_refused_file_is_kept_too(self, tmp_path):
        path = folder(tmp_path)
        (path / "products.csv").write_bytes(b"")
        with pytest.raises(FileRefused):
            load(path)
        problem = ImportProblem.objects.get()
        assert (problem.file, problem.expected) == ("products.csv", "a file that is not empty")

    def test_a_file_with_a_long_or_strange_name_is_kept(self, tmp_path):
        remember()
        name = "x" * 200 + "\udce9.csv"
        path = supplier_file(tmp_path / name, "sku;name;brand;price\nS1;Pâtée;K;x\n")
        load(path, supplier=SUPPLIER)
        assert ImportProblem.objects.get().file == ("x" * 200 + "?.csv")[-120:]


@pytest.mark.usefixtures("clinic")
class TestStrict:
    def test_one_bad_row_keeps_everything_out(self, tmp_path, monkeypatch):
        monkeypatch.setattr(run_module, "_CHUNK", 2)
        path = with_bad_row(tmp_path)
        before = holdings()
        with pytest.raises(StrictRefused) as raised:
            load(path, is_strict=True)
        assert holdings() == before
        assert str(raised.value) == "1 rows refused, nothing imported"
        assert told(raised.value.report) == [("variants.csv", 6, *BAD_TOLD)]
        run = ImportRun.objects.get()
        assert (run.is_dry, run.problems.count()) == (True, 1)

    def test_a_clash_that_shows_in_the_last_hundred_alone_keeps_everything_out(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(run_module, "_CHUNK", 2)
        remember()
        lines = [f"S{n};Pâtée {n};K;5;R{n}" for n in range(4)]
        path = supplier_file(
            tmp_path / "f.csv",
            "\n".join(["sku;name;brand;price;product", *lines, "S4;Pâtée 0;K;5;R4"]),
        )
        before = holdings()
        with pytest.raises(StrictRefused):
            load(path, supplier=SUPPLIER, is_strict=True)
        assert holdings() == before
        dry = load(path, supplier=SUPPLIER, is_dry=True)
        expected = "an address that no other product has"
        assert told(dry) == [("f.csv", 6, "slug", "k-patee-0", expected)]
        assert holdings() == before

    def test_a_file_without_fault_goes_in(self, tmp_path):
        assert load(folder(tmp_path, **shop_of(3)), is_strict=True).counts["new"] == 3

    def test_a_strict_dry_run_only_tells(self, tmp_path):
        path = with_bad_row(tmp_path)
        before = holdings()
        with pytest.raises(StrictRefused):
            load(path, is_strict=True, is_dry=True)
        assert holdings() == before


class Interrupted(RuntimeError):
    pass


def stop_at(times, words):
    """Let the database fail at the n-th statement that has some words."""
    seen = []

    def wrapper(execute, sql, params, many, context):
        if words in sql:
            seen.append(sql)
            if len(seen) == times:
                raise Interrupted
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


@pytest.mark.usefixtures("clinic")
class TestInterrupted:
    @pytest.mark.parametrize(
        "words",
        [
            'INSERT INTO "catalog_product" ',
            'INSERT INTO "catalog_variant" ',
            'INSERT INTO "catalog_pricechange"',
            'INSERT INTO "catalog_stockmovement"',
            'INSERT INTO "catalog_card"',
            'UPDATE "clinic_publicrevision"',
            'INSERT INTO "django_ox_oxtask"',
        ],
    )
    def test_whole_hundreds_stay_and_the_next_run_completes(self, tmp_path, monkeypatch, words):
        monkeypatch.setattr(run_module, "_CHUNK", 2)
        path = folder(tmp_path, **shop_of(6))
        with stop_at(2, words), pytest.raises(Interrupted):
            load(path)
        after_one = holdings()
        assert statuses() == {"P0": "PUBLISHED", "P1": "PUBLISHED"}
        assert {name: after_one[name] for name in ("Variant", "PriceChange", "Stock", "Card")} == {
            "Variant": 2,
            "PriceChange": 2,
            "Stock": 2,
            "Card": 2,
        }
        assert load(path, at=LATER).counts == {"new": 4, "unchanged": 2}
        assert list(statuses()) == [f"P{n}" for n in range(6)]
        assert load(path, at=THIRD_DAY).changed_nothing

    def test_a_change_is_whole_or_not_at_all(self, tmp_path):
        load(folder(tmp_path))
        product = {"name_fr": "Autres", "species": "cat"}
        path = folder(tmp_path, products=[product], variants=[{"pack_label": "4 kg"}])
        with stop_at(1, 'UPDATE "catalog_variant"'), pytest.raises(Interrupted):
            load(path, at=LATER)
        assert Product.objects.get().species == ["dog"]
        assert Product.objects.get().texts.get().name == "Croquettes"
        assert load(path, at=LATER).counts["changed"] == 1
        assert Product.objects.get().texts.get().name == "Autres"


@pytest.mark.usefixtures("clinic")
class TestCost:
    def test_a_hundred_products_take_as_many_queries_as_ten(
        self, tmp_path, django_assert_max_num_queries
    ):
        load(folder(tmp_path / "first"))
        Product.objects.all().delete()
        counted = {}
        for count in (10, 100):
            shop = {
                "products": [
                    {"product_id": f"Q{count}-{n}", "slug": f"q-{count}-{n}"} for n in range(count)
                ],
                "variants": [
                    {"variant_id": f"W{count}-{n}", "product_id": f"Q{count}-{n}"}
                    for n in range(count)
                ],
            }
            path = folder(tmp_path / str(count), **shop, rations=[])
            with django_assert_max_num_queries(100) as seen:
                load(path)
            counted[count] = len(seen)
            Product.objects.all().delete()
        assert counted[10] == counted[100]
