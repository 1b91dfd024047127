from decimal import Decimal

import pytest

from catalog.importing.reading import FileRefused
from catalog.models import Brand, PriceChange, Product, ProductText, Variant, VatRate
from catalog.vocabulary import Form
from tests.catalog.importing.builders import (
    LATER,
    SUPPLIER,
    changes,
    holdings,
    load,
    remember,
    supplier_file,
    told,
    workbook,
)

pytestmark = pytest.mark.usefixtures("clinic")

HEADER = "sku;name;brand;price"
FRENCH = {"Référence": "sku", "Désignation": "name", "Marque": "brand", "Prix TTC": "price"}


def take(path, **order):
    return load(path, supplier=SUPPLIER, **order)


def written(tmp_path, *lines, header=HEADER, encoding="utf-8"):
    return supplier_file(tmp_path / "f.csv", "\n".join([header, *lines]) + "\n", encoding=encoding)


def packs():
    return list(Variant.objects.order_by("sku").values_list("sku", "product__texts__name"))


def refusal(path):
    before = holdings()
    with pytest.raises(FileRefused) as raised:
        take(path)
    assert holdings() == before
    problem = raised.value.problem
    return problem.file, problem.line, problem.column, problem.value, problem.expected


def test_a_french_spreadsheet_is_read_by_its_saved_columns(tmp_path):
    remember({**FRENCH, "Code barre": "gtin", "Conditionnement": "quantity"})
    path = written(
        tmp_path,
        "R1;Pâtée au bœuf;Kérouan;1 234,50;9520000000011;6 x 780 g",
        header="Référence;Désignation;Marque;Prix TTC;Code barre;Conditionnement;Divers",
        encoding="cp1252",
    )
    path.write_bytes(path.read_bytes().replace(b"6 x 780 g\n", b"6 x 780 g;x\r\n"))
    report = take(path)
    assert (told(report), report.counts["new"]) == ([], 1)
    pack = Variant.objects.get()
    assert (pack.sku, pack.gtin, pack.regulatory_class) == ("R1", "09520000000011", "FOOD")
    assert (pack.pack_label, pack.units_per_pack, pack.net_quantity) == ("6 x 780 g", 6, 780)
    assert (pack.unit, pack.shipping_weight_g) == ("g", 4680)
    assert PriceChange.objects.get().gross_cents == 123_450
    assert ProductText.objects.get().name == "Pâtée au bœuf"
    assert take(path).changed_nothing


def test_a_workbook_is_read_like_a_csv(tmp_path):
    remember()
    path = workbook(
        tmp_path / "f.xlsx",
        [
            ["sku", "name", "brand", "price", "gtin"],
            ["S1", "Croquettes 2,5 kg", "Kérouan", 12.5, 9520000000011.0],
        ],
    )
    assert told(take(path)) == []
    pack = Variant.objects.get()
    assert (pack.gtin, pack.net_quantity, pack.pack_label) == ("09520000000011", 2500, "2,5 kg")
    assert take(path).changed_nothing


@pytest.mark.parametrize(
    ("quantity", "name", "found"),
    [
        ("12x85g", "Pâtée", ("12x85g", 12, 85, "g")),
        ("2 x 1,5 L", "Litière", ("2 x 1,5 L", 2, 1500, "ml")),
        ("10 L", "Litière", ("10 L", 1, 10_000, "ml")),
        ("", "Pâtée 6 x 780 g", ("6 x 780 g", 6, 780, "g")),
        ("1", "Pâtée 780 g", ("1", 1, 780, "g")),
        ("50", "Comprimés", ("50", 1, 50, "unit")),
        ("", "Collier", ("1", 1, 1, "unit")),
        ("boîte", "Collier", ("boîte", 1, 1, "unit")),
        ("", "Collier chien 10-25 kg", ("1", 1, 1, "unit")),
    ],
)
def test_quantities_come_from_their_column_or_the_name(tmp_path, quantity, name, found):
    remember()
    path = written(tmp_path, f"S1;{name};K;5;{quantity}", header=HEADER + ";quantity")
    assert told(take(path)) == []
    pack = Variant.objects.get()
    assert (pack.pack_label, pack.units_per_pack, pack.net_quantity, pack.unit) == found


@pytest.mark.parametrize("quantity", ["0", "12 pièces", "4 x 12 x 85 g", "99999", "9" * 5000])
def test_a_quantity_that_cannot_be_read_is_refused(tmp_path, quantity):
    remember()
    path = written(tmp_path, f"S1;Pâtée;K;5;{quantity}", header=HEADER + ";quantity")
    expected = "a quantity such as 6 x 780 g"
    assert told(take(path)) == [("f.csv", 2, "quantity", quantity[:80], expected)]


@pytest.mark.parametrize(
    ("line", "column", "value", "expected"),
    [
        (";Pâtée;K;5", "référence", "", "a value"),
        ("S1;;K;5", "désignation", "", "a value"),
        ("S1;!!!;K;5", "désignation", "!!!", "a name with letters or digits"),
        ("S1;Pâtée;;5", "marque", "", "a value"),
        ("S1;Pâtée;K;", "prix ttc", "", "a price"),
        ("S1;Pâtée;K;-5", "prix ttc", "-5", "a number of at least 0.01"),
        ("S1;Pâtée;K;1.234", "prix ttc", "1.234", "an amount with at most two decimals"),
        ("S1;Pâtée;K;1,200.00", "prix ttc", "1,200.00", "a number"),
        ("S1;=cmd|x;K;5", "désignation", "=cmd|x", "a value, not a formula"),
        ("S0;Pâtée;K;5", "référence", "S0", "each SKU once"),
    ],
)
def test_a_bad_row_is_named_by_the_suppliers_own_column(tmp_path, line, column, value, expected):
    remember(FRENCH)
    header = "Référence;Désignation;Marque;Prix TTC"
    report = take(written(tmp_path, "S0;Croquettes;K;5", line, header=header))
    assert told(report) == [("f.csv", 3, column, value, expected)]
    assert packs() == [("S0", "Croquettes")]


def test_the_same_gtin_twice_is_refused_the_second_time(tmp_path):
    remember()
    code = "9520000000011"
    path = written(tmp_path, f"S1;A;K;5;{code}", f"S2;B;K;5;{code}", header=HEADER + ";gtin")
    assert told(take(path)) == [("f.csv", 3, "gtin", code, "each GTIN once")]
    assert packs() == [("S1", "A")]


def test_rows_of_one_product_are_its_packs(tmp_path):
    remember()
    path = written(tmp_path, "S1;Pâtée;K;5", "S2;Pâtée;K;6", "S3;Autre;K;7")
    take(path)
    assert Product.objects.count() == 2
    assert packs() == [("S1", "Pâtée"), ("S2", "Pâtée"), ("S3", "Autre")]


def test_rows_of_one_product_that_stand_apart_are_each_named(tmp_path):
    remember()
    lines = ["S1;Pâtée;K;5", "S3;Autre;K;7", "S2;Pâtée;K;6", "S4;Pâtée;K;6"]
    report = take(written(tmp_path, *lines))
    expected = "rows of one product together"
    assert told(report) == [
        ("f.csv", 4, "name", "Pâtée", expected),
        ("f.csv", 5, "name", "Pâtée", expected),
    ]
    assert packs() == [("S1", "Pâtée"), ("S3", "Autre")]


def test_packs_that_stand_apart_the_next_time_are_not_taken_off_sale(tmp_path):
    remember()
    take(written(tmp_path, "S1;Pâtée;K;5", "S2;Pâtée;K;6", "S3;Autre;K;7"))
    report = take(written(tmp_path, "S1;Pâtée;K;5", "S3;Autre;K;7", "S2;Pâtée;K;6"), at=LATER)
    assert report.changed_nothing
    assert set(Variant.objects.values_list("sku", "is_active")) == {
        ("S1", True),
        ("S2", True),
        ("S3", True),
    }


def test_long_names_that_begin_alike_are_two_products(tmp_path):
    remember()
    begin = "Croquettes " * 9
    take(written(tmp_path, f"S1;{begin} poulet;K;5", f"S2;{begin} saumon;K;5"))
    assert Product.objects.count() == 2


def test_a_reference_of_the_supplier_holds_a_product_together_when_it_is_renamed(tmp_path):
    remember()
    header = HEADER + ";product"
    take(written(tmp_path, "S1;Pâtée;K;5;A7", header=header))
    report = take(written(tmp_path, "S1;Pâtée de bœuf;K;5;A7", header=header), at=LATER)
    assert changes(report) == {"A7": ("changed", {"name": ("Pâtée", "Pâtée de bœuf")})}
    assert Product.objects.get().slug == "k-patee"


def test_what_the_file_has_no_column_for_is_left_as_staff_have_it(tmp_path):
    remember(defaults={"category": "chien"})
    path = written(tmp_path, "S1;Pâtée;K;5")
    take(path)
    Product.objects.update(species=["cat"], form="wet", life_stage="adult", conditions=["RENAL"])
    ProductText.objects.update(composition="bœuf")
    Variant.objects.update(regulatory_class="FOOD", gtin="09520000000011")
    VatRate.objects.update(percent=Decimal("5.5"))
    assert take(path, at=LATER).changed_nothing
    assert Variant.objects.get().regulatory_class == "FOOD"
    assert ProductText.objects.get().composition == "bœuf"


def test_without_a_class_a_pack_is_unknown_and_not_sold(tmp_path):
    remember(defaults={"category": "chien"})
    take(written(tmp_path, "S1;Pâtée;K;5"))
    assert Variant.objects.get().regulatory_class == "UNKNOWN"


def test_a_supplier_without_a_format_may_use_our_names(tmp_path):
    path = written(tmp_path, "S1;Pâtée;K;5;chien", header=HEADER + ";category")
    assert take(path).counts["new"] == 1


def test_a_supplier_without_a_format_is_told_which_columns_to_map(tmp_path):
    path = written(tmp_path, "R1;x;5", header="Référence;Marque;Prix")
    expected = "columns for sku, name, brand, price, category (map them in the supplier's format)"
    assert refusal(path) == ("f.csv", 1, "", "référence, marque, prix", expected)


def test_a_column_that_was_mapped_and_is_gone_refuses_the_file(tmp_path):
    remember({"Composition": "composition"})
    take(written(tmp_path, "S1;Pâtée;K;5;bœuf", header=HEADER + ";Composition"))
    expected = "columns for composition (map them in the supplier's format)"
    path = written(tmp_path, "S1;Pâtée;K;5")
    assert refusal(path) == ("f.csv", 1, "", "sku, name, brand, price", expected)


def test_two_columns_mapped_to_one_refuse_the_file(tmp_path):
    remember({"Prix": "price", "Promo": "price"})
    path = written(tmp_path, "S1;Pâtée;K;5;4", header="sku;name;brand;Prix;Promo")
    expected = "each of our columns mapped once"
    assert refusal(path) == ("f.csv", 1, "", "prix, promo", expected)


def test_a_mapped_column_goes_before_one_of_our_name(tmp_path):
    remember({"Prix public": "price"})
    take(written(tmp_path, "S1;Pâtée;K;5;9", header=HEADER + ";Prix public"))
    assert PriceChange.objects.get().gross_cents == 900


def test_a_mapping_to_a_column_that_we_have_not_refuses_the_file(tmp_path):
    remember({"Prix": "prise"})
    found = refusal(written(tmp_path, "S1;Pâtée;K;5"))
    assert found[3] == "prise"
    assert found[4].startswith("a mapping to sku, name, brand, price, ")


def test_a_header_alone_is_refused_and_withdraws_nothing(tmp_path):
    remember()
    take(written(tmp_path, "S1;Pâtée;K;5"))
    assert refusal(written(tmp_path)) == ("f.csv", 1, "", "", "at least one row")


@pytest.mark.parametrize("name", ["clinic", "wholesaler", "a" * 41, "Le Grossiste", "a/b"])
def test_a_supplier_cannot_pass_for_another_source(tmp_path, name):
    path = written(tmp_path, "S1;Pâtée;K;5")
    with pytest.raises(FileRefused) as raised:
        load(path, supplier=name)
    expected = "a supplier's name of at most 40 letters, digits, hyphens; not our own"
    assert (raised.value.problem.value, raised.value.problem.expected) == (name, expected)


def test_a_file_without_a_supplier_is_no_folder(tmp_path):
    with pytest.raises(FileRefused) as raised:
        load(written(tmp_path, "S1;Pâtée;K;5"))
    expected = "a folder in the clinic's format, or a supplier's file and its name"
    assert raised.value.problem.expected == expected


def test_a_file_cut_off_in_its_middle_writes_nothing(tmp_path):
    remember()
    path = written(tmp_path, "S1;Pâtée;K;5")
    path.write_text(path.read_text() + 'S2;"Croq')
    found = refusal(path)
    assert found == ("f.csv", 3, "", "unexpected end of data", "well-formed CSV")


def test_a_product_has_one_form(tmp_path):
    remember()
    path = written(tmp_path, "S1;Pâtée;K;5;wet|dry", "S2;Autre;K;5;wet", header=HEADER + ";form")
    expected = "one of " + ", ".join(Form)
    assert told(take(path)) == [("f.csv", 2, "form", "wet|dry", expected)]
    assert Product.objects.get().form == "wet"


def test_a_brand_in_capitals_is_the_brand_that_is_there(tmp_path):
    remember()
    take(written(tmp_path, "S1;Pâtée;Kérouan;5"))
    report = take(written(tmp_path, "S1;Pâtée;KEROUAN;5", "S2;Autre;kerouan;5"), at=LATER)
    assert report.counts == {"new": 1, "unchanged": 1}
    assert [brand.name for brand in Brand.objects.all()] == ["Kérouan"]


def test_a_net_price_of_four_decimals_is_rounded(tmp_path):
    remember()
    take(written(tmp_path, "S1;Pâtée;K;5;8,9940", header=HEADER + ";purchase_price"))
    assert Variant.objects.get().purchase_price_net_cents == 899
