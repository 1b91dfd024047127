import io
import zipfile

import pytest

from catalog.importing import files
from catalog.importing.files import rows
from catalog.importing.reading import FileRefused, Problem, RowRefused
from tests.catalog.importing.builders import workbook


def write(tmp_path, content: bytes, name="f.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def cells(path):
    return [dict(row.whole().cells) for row in rows(path)]


def refusal(path) -> Problem:
    with pytest.raises(FileRefused) as raised:
        list(rows(path))
    return raised.value.problem


@pytest.mark.parametrize(
    "content",
    [
        b"sku,name\nS1,P\xc3\xa2t\xc3\xa9e\n",
        b"\xef\xbb\xbfsku,name\nS1,P\xc3\xa2t\xc3\xa9e\n",
        b"sku;name\r\nS1;P\xe2t\xe9e\r\n",
        b"SKU\tName\nS1\tP\xe2t\xe9e",
        b" sku |name\nS1| P\xe2t\xe9e \n",
        b'"sku";"name"\r"S1";"P\xe2t\xe9e"\r',
        b"sku,name\n\n,\nS1,P\xc3\xa2t\xc3\xa9e\n\n",
    ],
)
def test_delimiters_encodings_and_line_ends_are_found_out(tmp_path, content):
    assert cells(write(tmp_path, content)) == [{"sku": "S1", "name": "Pâtée"}]


def test_one_accent_far_into_a_file_tells_its_encoding(tmp_path):
    content = b"sku;name\n" + b"S;plain\n" * 400_000 + b"S1;P\xe2t\xe9e\n"
    assert [row.cells["name"] for row in rows(write(tmp_path, content))][-1] == "Pâtée"


def test_lines_are_counted_through_quoted_newlines(tmp_path):
    path = write(tmp_path, b'sku,name\nS1,"a\r\nb"\n\nS2,c\n')
    assert [(row.line, row.cells["name"]) for row in rows(path)] == [(2, "a\r\nb"), (5, "c")]


@pytest.mark.parametrize(
    ("content", "value", "expected"),
    [
        (b"", "", "a file that is not empty"),
        (b"\n", "", "columns separated by ; or ,"),
        (b"sku name\nS1 x\n", "sku name", "columns separated by ; or ,"),
        (b",,\n1,2,3\n", "", "a first line with the names of the columns"),
        (b"sku,name,SKU\nS1,x,y\n", "sku", "each column once"),
        (b"sku\x00,name\n", "NUL bytes", "a text file"),
        ("sku,name\nS1,x\n".encode("utf-16"), "NUL bytes", "a text file"),
        (b"sku,name\nS1,\x81\xe9\n", "bytes of neither", "UTF-8 or Windows-1252"),
        (
            b"sku,name\nS1,P\xc3\xa2t\xc3\xa9e\nS2,P\xc3",
            "UTF-8 and other bytes",
            "one encoding: UTF-8 or Windows-1252",
        ),
        (
            b"\xef\xbb\xbfsku,name\nS1,P\xe2t\xe9e\n",
            "UTF-8 and other bytes",
            "one encoding: UTF-8 or Windows-1252",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, value, expected):
    assert refusal(write(tmp_path, content)) == Problem("f.csv", 1, "", value, expected)


def test_a_letter_on_the_seam_of_two_pieces_is_seen(tmp_path):
    content = b"sku;name\n".ljust((1 << 20) - 1, b"a") + "é".encode() + b";\xe9\n"
    assert refusal(write(tmp_path, content)).value == "UTF-8 and other bytes"


def test_a_file_cut_off_within_quotes_is_refused(tmp_path):
    found = refusal(write(tmp_path, b'sku,name\nS1,a\nS2,"half of a te'))
    assert found == Problem("f.csv", 3, "", "unexpected end of data", "well-formed CSV")


def test_a_stray_quote_swallows_no_rows(tmp_path):
    found = refusal(write(tmp_path, b'sku,name\nS1,"Jouet 5" bleu"\nS2,b\n'))
    assert found == Problem("f.csv", 2, "", "',' expected after '\"'", "well-formed CSV")


def test_a_cell_of_more_than_20_mb_is_refused(tmp_path):
    found = refusal(write(tmp_path, b"sku,name\nS1," + b"a" * (20 * 1024 * 1024 + 1) + b"\n"))
    limit = "field larger than field limit (20971520)"
    assert found == Problem("f.csv", 2, "", limit, "well-formed CSV")


def test_a_cell_of_10_mb_is_a_row_refused(tmp_path):
    (row,) = rows(write(tmp_path, b"sku,name\nS1," + b"a" * (10 * 1024 * 1024) + b"\n"))
    with pytest.raises(RowRefused) as raised:
        row.text("name")
    assert raised.value.problem == Problem(
        "f.csv", 2, "name", "a" * 80, "at most 100000 characters"
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [(b"S1,a,b,c", "4 cells under 2 columns"), (b"S1", "1 cells under 2 columns")],
)
def test_a_row_with_another_number_of_cells_is_refused(tmp_path, line, value):
    (row,) = rows(write(tmp_path, b"sku,name\n" + line + b"\n"))
    with pytest.raises(RowRefused) as raised:
        row.whole()
    expected = "a cell for each column, no more"
    assert raised.value.problem == Problem("f.csv", 2, "", value, expected)


def test_empty_cells_beyond_the_columns_do_no_harm(tmp_path):
    assert cells(write(tmp_path, b"sku,name\nS1,a,,\n")) == [{"sku": "S1", "name": "a"}]


def test_a_file_that_is_too_large_or_too_long_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path, b"sku,name\nS1,a\nS2,b\nS3,c\n")
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    assert refusal(path) == Problem("f.csv", 4, "", "2", "at most 2 rows")
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert refusal(path) == Problem("f.csv", 1, "", "", "a file of at most 0 MB")


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    expected = "a CSV or XLSX file"
    assert refusal(tmp_path / "x.csv") == Problem("x.csv", 1, "", "no such file", expected)
    assert refusal(tmp_path) == Problem(tmp_path.name, 1, "", "no such file", expected)


def test_a_workbook_gives_its_numbers_as_they_are_seen(tmp_path):
    path = workbook(
        tmp_path / "f.xlsx",
        [
            ["sku", "gtin", "price", "name"],
            ["S1", 9520000000011.0, 12.989999999999998, "Pâtée"],
            [],
            ["S2", 9520000000028, 3, None],
        ],
    )
    assert [(row.line, dict(row.cells)) for row in rows(path)] == [
        (2, {"sku": "S1", "gtin": "9520000000011", "price": "12.99", "name": "Pâtée"}),
        (4, {"sku": "S2", "gtin": "9520000000028", "price": "3", "name": ""}),
    ]


def test_a_formula_in_a_workbook_is_no_value(tmp_path):
    path = workbook(tmp_path / "f.xlsx", [["sku", "price"], ["=cmd()", "=1+1"]])
    (row,) = rows(path)
    for read, column, words in (
        (row.text, "sku", "a value, not a formula"),
        (row.cents, "price", "a number"),
    ):
        with pytest.raises(RowRefused) as raised:
            read(column)
        assert raised.value.problem.expected == words


def test_a_workbook_that_is_none_is_refused(tmp_path):
    path = write(tmp_path, b"sku,name\nS1,a\n", "f.xlsx")
    assert refusal(path) == Problem("f.xlsx", 1, "", "", "an XLSX workbook")


def zipped(parts: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


def parts_of(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = write(tmp_path, zipped({"a.txt": b"a"}), "f.xlsx")
    assert refusal(path).expected == "an XLSX workbook"


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    path = write(tmp_path, zipped({"xl/workbook.xml": bytes(201 * 1024 * 1024)}), "f.xlsx")
    assert path.stat().st_size < 300_000
    assert refusal(path) == Problem("f.xlsx", 1, "", "", "a workbook that is not blown up")


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet[: len(sheet) // 2],
        lambda sheet: b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + sheet,
        lambda sheet: sheet.replace(b'"inlineStr"><is><t>sku</t></is>', b'"s"><v>999</v>'),
        lambda _sheet: b"",
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path, change):
    parts = parts_of(workbook(tmp_path / "f.xlsx", [["sku", "name"], ["S1", "a"]]))
    assert change(parts[SHEET]) != parts[SHEET]
    path = write(tmp_path, zipped(parts | {SHEET: change(parts[SHEET])}), "f.xlsx")
    assert refusal(path).expected in ("an XLSX workbook that is whole", "an XLSX workbook")


def test_a_sheet_that_claims_a_million_columns_is_as_wide_as_it_is(tmp_path):
    parts = parts_of(workbook(tmp_path / "f.xlsx", [["sku", "name"], ["S1", "a"]]))
    claimed = parts[SHEET].replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert claimed != parts[SHEET]
    path = write(tmp_path, zipped(parts | {SHEET: claimed}), "f.xlsx")
    assert cells(path) == [{"sku": "S1", "name": "a"}]
