"""Whatever a file holds, it goes in or is refused in words: no other exception, no half product."""

import csv
import io
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalog.importing.anmv import import_medicines
from catalog.importing.reading import FileRefused
from catalog.models import ImportRun, Product, SupplierFormat, Variant
from tests.catalog.importing.builders import (
    BRAND,
    DEFAULTS,
    LATER,
    PRICE,
    PRODUCT,
    RATION,
    SUPPLIER,
    VARIANT,
    load,
    workbook,
)

pytestmark = pytest.mark.usefixtures("clinic")

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MANY = settings(FEW, max_examples=500)
TEMPLATES = {
    "products.csv": PRODUCT | {"slug": "croquettes"},
    "variants.csv": VARIANT | {"sku": "S1"},
    "ration_tables.csv": RATION,
    "brands.csv": BRAND,
    "price_history.csv": PRICE | {"effective_date": "2026-01-01", "price_ttc": "31"},
}
SUPPLIED = {
    "sku": "S1",
    "name": "Pâtée 6 x 780 g",
    "brand": "K",
    "price": "5",
    "gtin": "9520000000011",
    "product": "A1",
    "quantity": "6 x 780 g",
    "species": "dog",
    "form": "wet",
    "regulatory_class": "FOOD",
    "description": "d",
    "composition": "c",
    "vat": "20",
    "stock": "3",
    "shipping_weight_g": "780",
    "purchase_price": "2,5",
    "category": "chat",
}

nasty = st.sampled_from(
    [
        *("", " ", "0", "-1", "1", "1,5", "1.234,50", "1 234", "1e9", "NaN", "∞", "²", "٣"),
        *("999999999", "1000000000", "999999999999", "9" * 400, "0.000000001", "99.995", "100"),
        *("=cmd|x", "@a", "+a", "-", "a\x00b", "a\nb", 'a"b', "é", "日本", "\u202e", "\U0001f415"),
        *("x" * 41, "x" * 81, "x" * 300, "x" * 100_001, "a/b/c/d", "/", "|", "dog|cat", "dog|dog"),
        *("2026-01-01", "0001-01-01", "9999-12-31", "2026-13-01", "promo", "set", "UNKNOWN"),
        *("9520000000011", "96385074", "0" * 13, "6 x 780 g", "0 x 1 g", "99999 x 9999 kg", "10 L"),
        *("P1", "P2", "V1", "S1", "K", "Brisalune", "BRISALUNE", "g", "unit", "adult", "dry"),
    ]
) | st.text(max_size=12)


def cells(template):
    """A row in which some cells are anything."""
    changed = st.dictionaries(st.sampled_from(sorted(template)), nasty, max_size=4)
    return changed.map(lambda change: template | change)


def as_csv(template, rows):
    kept = io.StringIO()
    writer = csv.DictWriter(kept, list(template), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return kept.getvalue().encode("utf-8", errors="replace")


@st.composite
def damaged(draw, content):
    """Bytes that were a sound file before somebody cut, doubled and overwrote pieces of it."""
    found = bytearray(draw(content))
    for _ in range(draw(st.integers(0, 3))):
        where = draw(st.integers(0, len(found)))
        length = draw(st.integers(0, 30))
        found[where : where + length] = draw(
            st.binary(max_size=12) | st.sampled_from([b'"', b"\n", b";", b"\x00", b"\xc3", b","])
        )
    return bytes(found)


def files_of(template):
    rows = st.lists(cells(template), min_size=1, max_size=4)
    return rows.map(lambda found: as_csv(template, found))


folders = st.fixed_dictionaries({name: files_of(each) for name, each in TEMPLATES.items()})


def import_twice(path, supplier=""):
    """Import and import again, then undo: the second run changes nothing, no product is half."""
    with transaction.atomic():
        if supplier:
            SupplierFormat.objects.create(supplier=supplier, defaults=DEFAULTS)
        first = load_or_refuse(path, supplier)
        if first is None:
            assert ImportRun.objects.get().problems.latest("id").expected
        else:
            assert all(problem.expected and problem.line >= 1 for problem in first.problems)
            assert first.run.problems.count() == first.counts["refused"]
            assert_whole()
            second = load(path, supplier=supplier, at=LATER)
            assert (second.changed_nothing, second.problems) == (True, first.problems)
        transaction.set_rollback(True)


def load_or_refuse(path, supplier):
    try:
        return load(path, supplier=supplier)
    except FileRefused:
        return None


def assert_whole():
    for product in Product.objects.all():
        assert product.texts.get().name
        assert product.references.count() == 1
    for variant in Variant.objects.all():
        assert variant.price_changes.exists()
        assert variant.vat_rates.exists()
        assert variant.stocks.exists()
    assert not Product.objects.filter(variants=None).exists()


def import_folder(files):
    with tempfile.TemporaryDirectory() as made:
        for name, content in files.items():
            (Path(made) / name).write_bytes(content)
        import_twice(Path(made))


def import_file(content, name="f.csv"):
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / name
        path.write_bytes(content)
        import_twice(path, SUPPLIER)


@FEW
@given(folders)
def test_any_cells_of_a_folder(files):
    import_folder(files)


@pytest.mark.slow
@MANY
@given(folders)
def test_any_cells_of_a_folder_many_times(files):
    import_folder(files)


@FEW
@given(files_of(SUPPLIED))
def test_any_cells_of_a_suppliers_file(content):
    import_file(content)


@pytest.mark.slow
@MANY
@given(files_of(SUPPLIED))
def test_any_cells_of_a_suppliers_file_many_times(content):
    import_file(content)


@FEW
@given(st.binary(max_size=300) | damaged(files_of(SUPPLIED)))
@example(b"sku,name\n\xff\xfe")
def test_any_bytes_as_a_csv(content):
    import_file(content)


@pytest.mark.slow
@MANY
@given(st.binary(max_size=300) | damaged(files_of(SUPPLIED)))
def test_any_bytes_as_a_csv_many_times(content):
    import_file(content)


@pytest.mark.slow
@MANY
@given(st.sampled_from(sorted(TEMPLATES)), st.data())
def test_any_bytes_in_a_folder_many_times(name, data):
    sound = {each: as_csv(template, [template]) for each, template in TEMPLATES.items()}
    import_folder(sound | {name: data.draw(damaged(st.just(sound[name])))})


@cache
def sound_workbook():
    with tempfile.TemporaryDirectory() as made:
        rows = [list(SUPPLIED), list(SUPPLIED.values())]
        return workbook(Path(made) / "sound.xlsx", rows).read_bytes()


workbooks = st.deferred(lambda: damaged(st.just(sound_workbook())))


@FEW
@given(workbooks)
def test_any_bytes_as_a_workbook(content):
    import_file(content, "f.xlsx")


@pytest.mark.slow
@MANY
@given(workbooks)
def test_any_bytes_as_a_workbook_many_times(content):
    import_file(content, "f.xlsx")


LIST = (
    b"<g><medicinal-product><nom>M</nom><modele-destine-vente><mod-vte><lib-mod>A</lib-mod>"
    b"<term-cd>7094</term-cd></mod-vte></modele-destine-vente><mdv-codes-gtin><mod-vte>"
    b"<lib-mod>A</lib-mod><code-gtin>09520000000011</code-gtin></mod-vte></mdv-codes-gtin>"
    b"</medicinal-product></g>"
)


@settings(FEW, max_examples=100)
@given(st.binary(max_size=60) | damaged(st.just(LIST)))
def test_any_bytes_as_the_list_of_medicines(content):
    with tempfile.TemporaryDirectory() as made, transaction.atomic():
        path = Path(made) / "f.xml"
        path.write_bytes(content)
        with suppress(FileRefused):
            import_medicines(path)
        transaction.set_rollback(True)
