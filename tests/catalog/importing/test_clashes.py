"""What one product has, another cannot take; nothing of a refused product is written."""

import pytest

from catalog import products
from catalog.models import Brand, Category, Product, ProductText, Variant
from kernel.animals import Language
from tests.catalog.importing.builders import (
    LATER,
    NOW,
    SUPPLIER,
    changes,
    folder,
    holdings,
    load,
    remember,
    supplier_file,
    told,
)

pytestmark = pytest.mark.usefixtures("clinic")

OTHER = {"product_id": "P2"}
CODES = ["9520000000011", "9520000000028", "9520000000035"]


def test_an_address_that_another_product_has_is_refused(tmp_path):
    remember()
    product = {"slug": "k-patee"}
    load(folder(tmp_path / "a", products=[product]))
    path = supplier_file(tmp_path / "f.csv", "sku;name;brand;price\nS9;Pâtée;K;5\n")
    before = holdings()
    report = load(path, supplier=SUPPLIER)
    expected = "an address that no other product has"
    assert told(report) == [("f.csv", 2, "slug", "k-patee", expected)]
    assert holdings() == before


def test_an_address_that_another_product_once_had_is_refused(tmp_path):
    load(folder(tmp_path))
    product = Product.objects.get()
    products.change_slug(product=product, slug="new", by=None, at=NOW)
    before = holdings()
    path = folder(
        tmp_path,
        products=[{}, {**OTHER, "slug": "croquettes-p2"}, {"product_id": "P3", "slug": "new"}],
        variants=[{}, {"variant_id": "V3", "product_id": "P3"}],
    )
    text = (path / "products.csv").read_text().replace("croquettes-p1", "croquettes-p9")
    (path / "products.csv").write_text(text.replace("croquettes-p2", "croquettes-p1"))
    variants = (path / "variants.csv").read_text()
    last = variants.splitlines()[-1].replace("V3", "V2").replace("P3", "P2")
    (path / "variants.csv").write_text(variants + last + "\n")
    expected = "an address that no other product has"
    assert told(load(path, at=LATER)) == [
        ("products.csv", 3, "slug", "croquettes-p1", expected),
        ("products.csv", 4, "slug", "new", expected),
    ]
    assert holdings() == before


def test_an_address_that_staff_changed_stays(tmp_path):
    load(folder(tmp_path))
    products.change_slug(product=Product.objects.get(), slug="new", by=None, at=NOW)
    assert load(tmp_path, at=LATER).changed_nothing
    assert Product.objects.get().slug == "new"


@pytest.mark.parametrize(
    ("pack", "column", "value", "expected"),
    [
        ({"sku": "S-V1", "variant_id": "V2"}, "sku", "S-V1", "a SKU that no other product has"),
        ({"gtin13": CODES[0]}, "gtin13", CODES[0], "a GTIN that S-V1 has not"),
    ],
)
def test_a_supplier_cannot_take_what_a_clinics_pack_has(tmp_path, pack, column, value, expected):
    remember()
    load(folder(tmp_path / "a", variants=[{"gtin13": CODES[0]}]))
    before = holdings()
    sku, code = pack.get("sku", "S9"), pack.get("gtin13", "")
    text = f"sku;name;brand;price;gtin\n{sku};Pâtée;K;5;{code}\n"
    report = load(supplier_file(tmp_path / "f.csv", text), supplier=SUPPLIER)
    column = column.removesuffix("13")
    assert told(report) == [("f.csv", 2, column, value, expected)]
    assert holdings() == before


def test_a_gtin_stays_with_its_pack(tmp_path):
    load(folder(tmp_path, variants=[{"gtin13": CODES[0]}]))
    report = load(
        folder(tmp_path, variants=[{}, {"variant_id": "V2", "gtin13": CODES[0]}]), at=LATER
    )
    expected = "a GTIN that S-V1 has not"
    assert told(report) == [("variants.csv", 3, "gtin13", CODES[0], expected)]
    assert Variant.objects.get().gtin is None


def test_two_packs_cannot_swap_their_gtins_unseen(tmp_path):
    first = [{"gtin13": CODES[0]}, {"variant_id": "V2", "gtin13": CODES[1]}]
    swapped = [{"gtin13": CODES[1]}, {"variant_id": "V2", "gtin13": CODES[0]}]
    load(folder(tmp_path, variants=first))
    report = load(folder(tmp_path, variants=swapped), at=LATER)
    assert told(report) == [
        ("variants.csv", 2, "gtin13", CODES[1], "a GTIN that S-V2 has not"),
        ("variants.csv", 3, "gtin13", CODES[0], "a GTIN that S-V1 has not"),
    ]
    assert list(Variant.objects.values_list("sku", "gtin", "is_active")) == [
        ("S-V1", "0" + CODES[0], True),
        ("S-V2", "0" + CODES[1], True),
    ]


def test_a_sku_stays_for_ever(tmp_path):
    load(folder(tmp_path))
    report = load(folder(tmp_path, variants=[{"sku": "NEW"}, {"variant_id": "V2"}]), at=LATER)
    expected = "the row of S-V1: a SKU stays for ever"
    assert told(report) == [("variants.csv", 2, "variant_id", "V1", expected)]
    assert list(Variant.objects.values_list("sku", "is_active")) == [
        ("S-V1", True),
        ("S-V2", True),
    ]


def test_a_pack_cannot_move_to_another_product(tmp_path):
    load(folder(tmp_path))
    variants = [{"product_id": "P2"}, {"variant_id": "V2"}]
    report = load(folder(tmp_path, products=[{}, OTHER], variants=variants), at=LATER)
    expected = "a SKU that no other product has"
    assert told(report) == [("variants.csv", 2, "sku", "S-V1", expected)]
    assert set(Variant.objects.values_list("sku", "product__slug")) == {
        ("S-V1", "croquettes-p1"),
        ("S-V2", "croquettes-p1"),
    }


def test_brands_whose_addresses_would_clash_stay_two(tmp_path):
    products = [{"brand": "A+"}, {**OTHER, "brand": "A"}]
    variants = [{}, {"variant_id": "V2", "product_id": "P2"}]
    path = folder(tmp_path, products=products, variants=variants, brands=[])
    assert told(load(path)) == []
    assert list(Brand.objects.values_list("name", "slug")) == [("A", "a-2"), ("A+", "a")]
    assert load(path, at=LATER).changed_nothing


@pytest.mark.parametrize(
    ("written", "path", "names"),
    [
        ("chien/alimentation", "chien/alimentation", ["Chien", "Alimentation"]),
        (" Chien // Pâtées & Cie ", "chien/patees-cie", ["Chien", "Pâtées & Cie"]),
        ("hygiene-et-soin", "hygiene-et-soin", ["Hygiene et soin"]),
    ],
)
def test_a_category_has_one_address_however_it_is_written(tmp_path, written, path, names):
    file = folder(tmp_path, products=[{"category": written}])
    assert told(load(file)) == []
    assert Product.objects.get().category.path == path
    assert [category.name_fr for category in Category.objects.order_by("path")] == names
    assert load(file, at=LATER).changed_nothing


def test_a_brand_follows_its_file_without_losing_what_it_says_nothing_of(tmp_path):
    load(folder(tmp_path))
    Brand.objects.update(eu_responsible="R", postal_address="old")
    report = load(tmp_path, at=LATER)
    address = ("old", "12 rue des Moulins, 35000 Rennes")
    assert changes(report) == {"brand Brisalune": ("changed", {"postal_address": address})}
    brand = Brand.objects.get()
    assert (brand.postal_address, brand.eu_responsible) == (address[1], "R")
    detail = Product.objects.get().card.detail_fr
    assert address[1] in detail
    assert load(tmp_path, at=LATER).changed_nothing


def test_a_dry_run_leaves_a_brand_as_it_is(tmp_path):
    load(folder(tmp_path))
    Brand.objects.update(postal_address="old")
    assert load(tmp_path, is_dry=True).counts["changed"] == 1
    assert Brand.objects.get().postal_address == "old"


def test_texts_that_staff_edited_stay(tmp_path):
    load(folder(tmp_path))
    products.edit_texts(
        product=Product.objects.get(),
        language=Language.FR,
        words={"name": "À nous"},
        by=None,
        at=NOW,
    )
    path = folder(tmp_path, products=[{"name_fr": "À eux", "description_fr": "Neuf."}])
    report = load(path, at=LATER)
    assert changes(report) == {"P1": ("changed", {"description": ("Aliment complet.", "Neuf.")})}
    assert ProductText.objects.values_list("name", "description").get() == ("À nous", "Neuf.")
