"""Rows of the clinic's folder that are refused, each by name; good rows go in beside them."""

import pytest

from catalog.importing.reading import FileRefused
from catalog.models import Product, Variant
from catalog.vocabulary import Form
from tests.catalog.importing.builders import (
    PRODUCT,
    VARIANT,
    folder,
    holdings,
    load,
    told,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("clinic")

FORMS = "one of " + ", ".join(Form)
GOOD = {"product_id": "P2"}
GOOD_PACK = {"variant_id": "V2", "product_id": "P2"}


def skus():
    return sorted(Variant.objects.values_list("sku", flat=True))


@pytest.mark.parametrize(
    ("cells", "column", "value", "expected"),
    [
        ({"product_id": ""}, "product_id", "", "a value"),
        ({"name_fr": ""}, "name_fr", "", "a value"),
        ({"name_fr": "x" * 161}, "name_fr", "x" * 80, "at most 160 characters"),
        ({"name_fr": "=cmd|x"}, "name_fr", "=cmd|x", "a value, not a formula"),
        (
            {"description_fr": "x" * 100_001},
            "description_fr",
            "x" * 80,
            "at most 100000 characters",
        ),
        ({"slug": "Pas Bon"}, "slug", "Pas Bon", "small letters, digits and hyphens"),
        ({"brand": "+++"}, "brand", "+++", "a brand with letters or digits"),
        (
            {"category": "a/b/c/d"},
            "category",
            "a/b/c/d",
            "one to three steps such as chien/alimentation/croquettes",
        ),
        (
            {"category": "///"},
            "category",
            "///",
            "one to three steps such as chien/alimentation/croquettes",
        ),
        (
            {"category": "a" * 81},
            "category",
            "a" * 80,
            "one to three steps such as chien/alimentation/croquettes",
        ),
        (
            {"species": "dog|horse"},
            "species",
            "dog|horse",
            "words of dog, cat, rabbit, guinea_pig, ferret, rat, bird",
        ),
        (
            {"life_stage": "adult|senior"},
            "life_stage",
            "adult|senior",
            "one of puppy, kitten, adult, senior",
        ),
        ({"form": ""}, "form", "", FORMS),
        ({"form": "liquid"}, "form", "liquid", FORMS.replace("one", "words")),
        (
            {"regulatory_class": "SNACK"},
            "regulatory_class",
            "SNACK",
            "one of FOOD, TREAT, DIETETIC_FOOD, ANTIPARASITIC_EXTERNAL, MEDICINE_OTC, "
            "MEDICINE_RX, BIOCIDE, CARE, ACCESSORY, UNKNOWN",
        ),
        ({"weight_min_kg": "léger"}, "weight_min_kg", "léger", "a number"),
        ({"weight_max_kg": "1000"}, "weight_max_kg", "1000", "a number of at most 999.99"),
        (
            {"weight_min_kg": "10", "weight_max_kg": "4"},
            "weight_max_kg",
            "4",
            "a weight of at least 10.00",
        ),
        ({"protein_pct": "100,01"}, "protein_pct", "100,01", "a number of at most 100"),
        ({"sodium_pct": "100"}, "sodium_pct", "100", "a number of at most 99.999"),
    ],
)
def test_a_bad_product_is_named_and_the_next_one_goes_in(tmp_path, cells, column, value, expected):
    bad = {"slug": "bad", **cells}
    variants = [{"product_id": cells.get("product_id", "P1")}, GOOD_PACK]
    report = load(folder(tmp_path, products=[bad, GOOD], variants=variants))
    assert told(report)[-1] == ("products.csv", 2, column, value, expected)
    assert skus() == ["S-V2"]
    assert Product.objects.get().slug == "croquettes-p2"


@pytest.mark.parametrize(
    ("cells", "column", "value", "expected"),
    [
        ({"sku": ""}, "sku", "", "a value"),
        ({"sku": "S" * 41}, "sku", "S" * 41, "at most 40 characters"),
        ({"gtin13": "9520000000012"}, "gtin13", "9520000000012", "a GTIN with a right check digit"),
        ({"gtin13": "123"}, "gtin13", "123", "a GTIN of 8, 12, 13 or 14 digits"),
        ({"price_ttc": "-1"}, "price_ttc", "-1", "a number of at least 0.01"),
        ({"price_ttc": "0"}, "price_ttc", "0", "a number of at least 0.01"),
        ({"price_ttc": ""}, "price_ttc", "", "a value"),
        ({"price_ttc": "12.345"}, "price_ttc", "12.345", "an amount with at most two decimals"),
        ({"price_ttc": "=1+1"}, "price_ttc", "=1+1", "a number"),
        ({"price_ttc": "10000.01"}, "price_ttc", "10000.01", "a number of at most 10000"),
        ({"vat_rate": "101"}, "vat_rate", "101", "a number of at most 99.99"),
        ({"vat_rate": "100"}, "vat_rate", "100", "a number of at most 99.99"),
        ({"net_quantity": "0"}, "net_quantity", "0", "a number of at least 1"),
        ({"net_quantity": "1.5"}, "net_quantity", "1.5", "a whole number"),
        (
            {"net_quantity": "99999999999"},
            "net_quantity",
            "99999999999",
            "a number of at most 1000000000",
        ),
        ({"unit": "oz"}, "unit", "oz", "one of g, ml, unit"),
        ({"stock": "-5"}, "stock", "-5", "a number of at least 0"),
        ({"stock": "100001"}, "stock", "100001", "a number of at most 100000"),
        ({"product_id": "P9"}, "product_id", "P9", "a product of products.csv"),
        ({"variant_id": "V2", "sku": "S9"}, "variant_id", "V2", "each variant once"),
        ({"variant_id": "V3", "sku": "S-V2"}, "sku", "S-V2", "each SKU once"),
        (
            {"gtin13": "9520000000028"},
            "gtin13",
            "9520000000028",
            "a GTIN that S-V2 has not",
        ),
    ],
)
def test_a_bad_pack_is_named_and_the_other_one_goes_in(tmp_path, cells, column, value, expected):
    other = {"variant_id": "V2", "gtin13": "9520000000028"}
    report = load(folder(tmp_path, variants=[other, cells]))
    assert told(report) == [("variants.csv", 3, column, value, expected)]
    assert skus() == ["S-V2"]


def test_a_row_whose_commas_shifted_its_cells_is_named(tmp_path):
    path = folder(tmp_path, products=[{}, GOOD], variants=[{}, GOOD_PACK])
    file = path / "products.csv"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1] + ",more", lines[2]]))
    report = load(path)
    cells = f"{len(PRODUCT) + 1} cells under {len(PRODUCT)} columns"
    assert told(report) == [("products.csv", 2, "", cells, "a cell for each column, no more")]
    assert skus() == ["S-V2"]


def test_a_row_cut_off_in_its_middle_is_no_half_product(tmp_path):
    path = folder(tmp_path, products=[{}, GOOD], variants=[{}, GOOD_PACK])
    file = path / "products.csv"
    text = file.read_text()
    file.write_text(text[: text.rindex("Aliment complet.")])
    report = load(path)
    cells = f"25 cells under {len(PRODUCT)} columns"
    assert told(report) == [("products.csv", 3, "", cells, "a cell for each column, no more")]
    assert skus() == ["S-V1"]


def test_the_same_product_twice_is_refused_the_second_time(tmp_path):
    report = load(folder(tmp_path, products=[{}, {"slug": "other"}]))
    assert told(report) == [("products.csv", 3, "product_id", "P1", "each product once")]
    assert Product.objects.get().slug == "croquettes-p1"


def test_two_products_of_one_file_cannot_have_one_address(tmp_path):
    products = [{"slug": "same"}, {"product_id": "P2", "slug": "same"}]
    report = load(folder(tmp_path, products=products, variants=[{}, GOOD_PACK]))
    expected = "an address that no other product has"
    assert told(report) == [("products.csv", 3, "slug", "same", expected)]
    assert skus() == ["S-V1"]


def test_a_product_without_a_sound_pack_is_refused_whole(tmp_path):
    products = [{}, GOOD]
    variants = [{"price_ttc": "x"}, GOOD_PACK]
    report = load(folder(tmp_path, products=products, variants=variants))
    assert told(report) == [
        ("variants.csv", 2, "price_ttc", "x", "a number"),
        ("products.csv", 2, "product_id", "P1", "a product with a sound pack"),
    ]
    assert Product.objects.get().slug == "croquettes-p2"


def test_orphans_of_each_file_are_named(tmp_path):
    path = folder(
        tmp_path,
        variants=[{}, {"variant_id": "V9", "product_id": "P9"}],
        rations=[{}, {"product_id": "P9"}],
        history=[
            {"effective_date": "2026-01-01", "price_ttc": "30"},
            {"variant_id": "V8", "effective_date": "2026-01-01", "price_ttc": "30"},
        ],
        brands=[{}, {"brand": "Sans produit"}],
    )
    report = load(path)
    assert told(report) == [
        ("ration_tables.csv", 3, "product_id", "P9", "a product of products.csv"),
        ("price_history.csv", 3, "variant_id", "V8", "a variant of variants.csv"),
        ("variants.csv", 3, "product_id", "P9", "a product of products.csv"),
    ]
    # A brand may wait for its first product.
    assert holdings()["Brand"] == 1


def test_a_refused_pack_makes_no_orphans_of_its_prices(tmp_path):
    history = [
        {"variant_id": "V1", "effective_date": "2026-01-01", "price_ttc": "30"},
        {"variant_id": "V2", "effective_date": "2026-01-01", "price_ttc": "30"},
    ]
    variants = [{}, {"variant_id": "V2", "unit": "oz"}]
    report = load(folder(tmp_path, variants=variants, history=history))
    assert told(report) == [("variants.csv", 3, "unit", "oz", "one of g, ml, unit")]


@pytest.mark.parametrize(
    ("cells", "column", "value", "expected"),
    [
        ({"species": ""}, "species", "", "a value"),
        ({"grams_per_day": ""}, "grams_per_day", "", "a value"),
        ({"grams_per_day": "0"}, "grams_per_day", "0", "a number of at least 1"),
        (
            {"adult_or_target_weight_kg": "0.001"},
            "adult_or_target_weight_kg",
            "0.001",
            "a number of at least 0.01",
        ),
        (
            {"grams_per_day": "151"},
            "adult_or_target_weight_kg",
            "10",
            "each weight once in a situation",
        ),
        (
            {"adult_or_target_weight_kg": "10,00"},
            "adult_or_target_weight_kg",
            "10,00",
            "each weight once in a situation",
        ),
    ],
)
def test_a_bad_ration_is_named_and_the_good_one_goes_in(tmp_path, cells, column, value, expected):
    report = load(folder(tmp_path, rations=[{}, cells]))
    assert told(report) == [("ration_tables.csv", 3, column, value, expected)]
    assert holdings()["RationRow"] == 1


def test_an_unknown_situation_lists_those_known(tmp_path):
    report = load(folder(tmp_path, rations=[{"situation_fr": "au repos"}]))
    ((_file, line, column, value, expected),) = told(report)
    assert (line, column, value) == (2, "situation_fr", "au repos")
    assert expected.startswith("one of activité faible (<1 h/j); activité modérée (1-3 h/j); ")


@pytest.mark.parametrize(
    "file", ["products.csv", "variants.csv", "ration_tables.csv", "brands.csv"]
)
def test_a_folder_that_lacks_a_file_imports_nothing(tmp_path, file):
    before = holdings()
    path = folder(tmp_path)
    (path / file).unlink()
    with pytest.raises(FileRefused) as raised:
        load(path)
    problem = raised.value.problem
    assert (problem.file, problem.value, problem.expected) == (
        file,
        "no such file",
        "a CSV or XLSX file",
    )
    assert holdings() == before


@pytest.mark.parametrize(
    ("file", "template", "column"),
    [
        ("products.csv", PRODUCT, "composition_fr"),
        ("variants.csv", VARIANT, "price_ttc"),
    ],
)
def test_a_missing_column_refuses_the_file_before_anything_is_blanked(
    tmp_path, file, template, column
):
    path = folder(tmp_path)
    load(path)
    before = holdings()
    write_csv(path / file, {k: v for k, v in template.items() if k != column}, [{}])
    with pytest.raises(FileRefused) as raised:
        load(path)
    assert raised.value.problem.file == file
    assert raised.value.problem.expected == f"columns {column}"
    assert holdings() == before


@pytest.mark.parametrize("file", ["products.csv", "variants.csv"])
def test_a_file_of_a_header_alone_is_refused_and_withdraws_nothing(tmp_path, file):
    path = folder(tmp_path)
    load(path)
    before = holdings()
    write_csv(path / file, PRODUCT if file == "products.csv" else VARIANT, [])
    with pytest.raises(FileRefused) as raised:
        load(path)
    problem = raised.value.problem
    assert (problem.file, problem.line, problem.expected) == (file, 1, "at least one row")
    assert holdings() == before


def test_the_same_brand_twice_is_refused_the_second_time(tmp_path):
    report = load(folder(tmp_path, brands=[{}, {"brand": "BRISALUNE"}]))
    assert told(report) == [("brands.csv", 3, "brand", "BRISALUNE", "each brand once")]


def test_nul_bytes_far_into_a_file_refuse_their_row_alone(tmp_path):
    products = [{"description_fr": "x" * 9000}, {**GOOD, "description_fr": "a\x00b"}]
    report = load(folder(tmp_path, products=products, variants=[{}, GOOD_PACK]))
    expected = "text without NUL characters"
    assert told(report) == [("products.csv", 3, "description_fr", "a\ufffdb", expected)]
    assert report.run.problems.get().value == "a\ufffdb"
    assert skus() == ["S-V1"]
