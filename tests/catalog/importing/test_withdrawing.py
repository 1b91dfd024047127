"""What a file no longer names is taken off sale; what it names badly, or staff took off, is not."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from catalog import products
from catalog.models import (
    Card,
    Product,
    ProductReference,
    Variant,
)
from catalog.vocabulary import ProductStatus
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
BAD_TOLD = ("price_ttc", "-1", "a number of at least 0.01")


def statuses():
    return dict(
        ProductReference.objects.order_by("reference").values_list("reference", "product__status")
    )


def on_sale():
    return dict(Variant.objects.order_by("sku").values_list("sku", "is_active"))


def without(shop, *products):
    return {
        "products": [each for each in shop["products"] if each["product_id"] not in products],
        "variants": [each for each in shop["variants"] if each["product_id"] not in products],
    }


@pytest.mark.usefixtures("clinic")
class TestGone:
    def test_a_product_that_is_missing_is_withdrawn_and_may_come_back(self, tmp_path):
        load(folder(tmp_path, **shop_of(5)))
        report = load(folder(tmp_path, **without(shop_of(5), "P3")), at=LATER)
        assert changes(report) == {"P3": ("withdrawn", {})}
        assert statuses()["P3"] == ProductStatus.WITHDRAWN
        assert not Card.objects.filter(slug="croquettes-p3").exists()
        assert load(tmp_path, at=LATER).changed_nothing
        back = load(folder(tmp_path, **shop_of(5)), at=THIRD_DAY)
        assert changes(back) == {"P3": ("changed", {"status": ("WITHDRAWN", "back in the file")})}
        product = Product.objects.get(slug="croquettes-p3")
        assert (product.status, product.published_at) == (ProductStatus.PUBLISHED, NOW)
        assert Card.objects.filter(slug="croquettes-p3").exists()
        assert load(tmp_path, at=THIRD_DAY).changed_nothing

    def test_a_product_that_staff_withdrew_stays_withdrawn(self, tmp_path):
        load(folder(tmp_path))
        products.withdraw(product=Product.objects.get(), by=None, at=NOW)
        assert load(tmp_path, at=LATER).changed_nothing
        report = load(folder(tmp_path, products=[{"name_fr": "Autres"}]), at=LATER)
        assert report.counts["changed"] == 1
        assert statuses() == {"P1": ProductStatus.WITHDRAWN}

    def test_a_file_that_lost_more_than_a_fifth_withdraws_nothing_and_says_so(self, tmp_path):
        load(folder(tmp_path, **shop_of(10)))
        before = holdings()
        report = load(folder(tmp_path, **without(shop_of(10), "P1", "P2", "P3")), at=LATER)
        assert told(report) == [
            (
                tmp_path.name,
                1,
                "",
                "3 of 10 products missing",
                "at most a fifth missing: none of them is withdrawn",
            )
        ]
        assert (report.changed_nothing, holdings()) == (True, before)
        assert set(statuses().values()) == {ProductStatus.PUBLISHED}

    def test_a_fifth_may_go(self, tmp_path):
        load(folder(tmp_path, **shop_of(10)))
        report = load(folder(tmp_path, **without(shop_of(10), "P1", "P2")), at=LATER)
        assert report.counts == {"withdrawn": 2, "unchanged": 8}

    def test_a_refused_row_withdraws_nothing(self, tmp_path):
        load(folder(tmp_path, **shop_of(5)))
        shop = shop_of(5)
        shop["products"][3]["form"] = "liquid"
        shop["variants"][2]["price_ttc"] = "-1"
        report = load(folder(tmp_path, **shop), at=LATER)
        assert [problem.column for problem in report.problems] == [
            "price_ttc",
            "product_id",
            "form",
        ]
        assert report.changed_nothing
        assert set(statuses().values()) == {ProductStatus.PUBLISHED}
        assert set(on_sale().values()) == {True}

    def test_a_suppliers_refused_row_withdraws_nothing(self, tmp_path):
        remember()
        lines = [f"S{n};Pâtée {n};K;5" for n in range(5)]
        header = "sku;name;brand;price"
        path = supplier_file(tmp_path / "f.csv", "\n".join([header, *lines]))
        load(path, supplier=SUPPLIER)
        supplier_file(path, "\n".join([header, *lines[:4], "S4;Pâtée 4;K;-5"]))
        report = load(path, supplier=SUPPLIER, at=LATER)
        assert (report.changed_nothing, report.counts["refused"]) == (True, 1)
        assert set(statuses().values()) == {ProductStatus.DRAFT}

    def test_one_source_withdraws_nothing_of_another(self, tmp_path):
        remember()
        load(folder(tmp_path / "a", **shop_of(5)))
        path = supplier_file(tmp_path / "f.csv", "sku;name;brand;price\nS1;Pâtée;K;5\n")
        assert load(path, supplier=SUPPLIER, at=LATER).counts == {"new": 1, "unchanged": 0}
        assert load(tmp_path / "a", at=LATER).changed_nothing

    def test_a_pack_that_is_missing_is_taken_off_sale_and_may_come_back(self, tmp_path):
        two = [{}, {"variant_id": "V2"}]
        load(folder(tmp_path, variants=two))
        report = load(folder(tmp_path), at=LATER)
        assert changes(report) == {"P1": ("changed", {"S-V2": ("on sale", "withdrawn")})}
        assert on_sale() == {"S-V1": True, "S-V2": False}
        assert load(tmp_path, at=LATER).changed_nothing
        back = load(folder(tmp_path, variants=two), at=THIRD_DAY)
        assert changes(back) == {"P1": ("changed", {"S-V2.is_active": ("False", "True")})}
        assert on_sale() == {"S-V1": True, "S-V2": True}
        assert load(tmp_path, at=THIRD_DAY).changed_nothing

    def test_a_pack_whose_row_is_refused_stays_on_sale(self, tmp_path):
        load(folder(tmp_path, variants=[{}, {"variant_id": "V2"}]))
        bad = {"variant_id": "V2", "price_ttc": "-1"}
        report = load(folder(tmp_path, variants=[{}, bad]), at=LATER)
        assert told(report) == [("variants.csv", 3, *BAD_TOLD)]
        assert (report.changed_nothing, on_sale()) == (True, {"S-V1": True, "S-V2": True})

    def test_a_pack_that_staff_took_off_sale_stays_off(self, tmp_path):
        load(folder(tmp_path))
        Variant.objects.update(is_active=False)
        assert load(tmp_path, at=LATER).changed_nothing
        assert on_sale() == {"S-V1": False}

    def test_what_staff_took_off_after_an_import_did_stays_off(self, tmp_path):
        load(folder(tmp_path, **shop_of(5)))
        load(folder(tmp_path, **without(shop_of(5), "P3")), at=LATER)
        product = Product.objects.get(slug="croquettes-p3")
        products.publish(product=product, by=None, at=LATER)
        products.withdraw(product=product, by=None, at=LATER)
        assert load(folder(tmp_path, **shop_of(5)), at=THIRD_DAY).changed_nothing

    def test_a_pack_that_staff_added_stays_on_sale(self, tmp_path):
        load(folder(tmp_path))
        Variant.objects.create(
            product=Product.objects.get(),
            sku="OURS",
            pack_label="1 kg",
            net_quantity=1000,
            unit="g",
            shipping_weight_g=1000,
        )
        assert load(tmp_path, at=LATER).changed_nothing
        assert on_sale() == {"OURS": True, "S-V1": True}

    def test_what_an_import_took_off_is_in_the_trail(self, tmp_path):
        load(folder(tmp_path, variants=[{}, {"variant_id": "V2"}]))
        load(folder(tmp_path), at=LATER)
        pack = Variant.objects.get(sku="S-V2")
        entry = AuditEntry.objects.values_list("action", "subject", "at").get()
        assert entry == ("import.take_off", f"catalog.variant:{pack.pk}", LATER)
