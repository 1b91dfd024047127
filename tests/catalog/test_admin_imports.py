"""Imports in the back office: rehearsed, carried out, their refused rows taken home."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.admin.imports import harmless
from catalog.models import (
    ImportRun,
    Product,
    SupplierFormat,
    Variant,
)
from tests.builders import (
    NOW,
    make_clinic,
)
from tests.catalog.desk import acting, back_office, page, told

pytestmark = pytest.mark.django_db


HEADER = "Réf;Libellé;Marque;PU TTC;Rayon;Qté"


def supplier_csv(*lines):
    return SimpleUploadedFile("tarif.csv", "\n".join([HEADER, *lines]).encode())


def centravet():
    columns = {
        "Réf": "sku",
        "Libellé": "name",
        "Marque": "brand",
        "PU TTC": "price",
        "Rayon": "category",
        "Qté": "quantity",
    }
    return SupplierFormat.objects.create(supplier="centravet", columns=columns)


def test_a_file_is_rehearsed_then_imported():
    make_clinic()
    supplier = centravet()
    client = back_office()
    sound, unsound = "A-1;Laisse;Petirelle;9,90;chien;1", "A-2;Collier;Petirelle;cher;chien;1"
    rehearsed = client.post(
        page("catalog_importrun_new"),
        {"file": supplier_csv(sound, unsound), "supplier": supplier.pk},
        follow=True,
    )
    run = ImportRun.objects.get()
    assert (run.is_dry, run.counts["new"], run.counts["refused"]) == (True, 1, 1)
    assert Product.objects.count() == 0
    assert [problem.line for problem in rehearsed.context["panel"]["problems"]] == [3]

    done = client.post(page("catalog_importrun_carry_out", run.pk), {"publish": "on"}, follow=True)
    assert told(done) == ["The import is done."]
    assert Variant.objects.get().sku == "A-1"
    assert ImportRun.objects.get(is_dry=False).by == acting(client)

    again = client.post(page("catalog_importrun_carry_out", run.pk), follow=True)
    assert told(again) == ["The file was imported, or is no longer kept: send it anew."]
    assert Variant.objects.count() == 1


def test_all_or_nothing_imports_nothing_when_a_row_is_refused():
    make_clinic()
    supplier = centravet()
    client = back_office()
    rows = "A-1;Laisse;Petirelle;9,90;chien;1", "A-2;Collier;Petirelle;cher;chien;1"
    client.post(
        page("catalog_importrun_new"), {"file": supplier_csv(*rows), "supplier": supplier.pk}
    )
    run = ImportRun.objects.get()
    response = client.post(
        page("catalog_importrun_carry_out", run.pk), {"strict": "on"}, follow=True
    )
    assert told(response) == ["A row was refused, so nothing was imported."]
    assert Product.objects.count() == 0


def test_refused_rows_are_taken_home_as_a_file_that_no_spreadsheet_executes():
    make_clinic()
    client = back_office()
    run = ImportRun.objects.create(path="tarif.csv", started_at=NOW)
    run.problems.create(
        file="tarif.csv", line=2, column="name", value="=cmd|' /C calc'!A0", expected="a value"
    )
    response = client.get(page("catalog_importrun_refused", run.pk))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["file", "line", "column", "value", "expected"],
        ["tarif.csv", "2", "name", "'=cmd|' /C calc'!A0", "a value"],
    ]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_begins_like_a_formula_is_made_harmless(mark):
    assert harmless(f"{mark}1") == f"'{mark}1"


def archive(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/"), content)
    return SimpleUploadedFile("clinique.zip", data.getvalue())


def test_a_zip_of_another_folder_never_writes_outside_its_own():
    make_clinic()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("../../../../../../tmp/products.csv", "product_id;slug\n")
        made.writestr("/etc/variants.csv", "x")
    upload = SimpleUploadedFile("clinique.zip", data.getvalue())
    response = back_office().post(page("catalog_importrun_new"), {"file": upload})
    assert response.context["form"].errors["file"][0].startswith("products.csv:1: ")
    assert not Path("/tmp/products.csv").exists()
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    ("upload", "error"),
    [
        (lambda: archive(readme="x"), "clinique.zip: there is no products.csv in it"),
        (
            lambda: archive(**{"a__products.csv": "x", "b__products.csv": "x"}),
            "clinique.zip: it holds two files of one name",
        ),
        (
            lambda: SimpleUploadedFile("clinique.zip", b"not a zip"),
            "clinique.zip: it is damaged, encrypted, or no ZIP",
        ),
        (
            lambda: archive(**{"products.csv": b"\0" * (201 << 20)}),
            "clinique.zip: it grows over 200 MB when unpacked",
        ),
    ],
    ids=["no table", "twice", "damaged", "blown up"],
)
def test_an_archive_that_is_not_the_clinics_folder_is_refused(upload, error):
    make_clinic()
    response = back_office().post(page("catalog_importrun_new"), {"file": upload()})
    assert response.context["form"].non_field_errors() == [error]
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "with_supplier", "errors"),
    [
        ("tarif.exe", False, {"file": ["A CSV, XLSX or ZIP file."]}),
        (
            "tarif.csv",
            False,
            {
                "supplier": [
                    "A ZIP is the clinic's folder; a CSV or XLSX needs the supplier it is from."
                ]
            },
        ),
    ],
)
def test_a_file_of_nobody_is_refused(name, with_supplier, errors):
    response = back_office().post(
        page("catalog_importrun_new"), {"file": SimpleUploadedFile(name, b"a;b\n1;2")}
    )
    assert response.context["form"].errors == errors
