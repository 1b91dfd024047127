from decimal import Decimal

import pytest

from catalog.importing.reading import Problem, Row, RowRefused
from catalog.importing.records import fold, gtin, shortened


def row(value: str) -> Row:
    return Row("f.csv", 2, {"c": value})


def refusal(call) -> Problem:
    with pytest.raises(RowRefused) as raised:
        call()
    return raised.value.problem


def expected(value: str, words: str) -> Problem:
    return Problem("f.csv", 2, "c", value, words)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("1234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567,5", "1234567.5"),
        ("1 234,50", "1234.50"),
        ("1\xa0234,50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("12,90 €", "12.90"),
        ("20\xa0%", "20"),
        ("0,001", "0.001"),
    ],
)
def test_numbers_are_read_however_they_are_written(written, number):
    assert row(written).decimal("c") == Decimal(number)


@pytest.mark.parametrize(
    "written",
    [
        "1,234.50",
        "1 2",
        "12 50",
        "12€50",
        "1.23.4,5",
        "abc",
        "1e3",
        "9,52E+12",
        "NaN",
        "Infinity",
        "١٢",
        "=1+1",
        "1,2,3",
        "--1",
        "1" * 5000,
        "12\x00",
    ],
)
def test_what_may_be_another_number_is_none(written):
    found = refusal(lambda: row(written).decimal("c"))
    assert found == expected(written[:80].replace("\x00", "\ufffd"), "a number")


def test_an_empty_cell_or_column_is_no_number():
    assert row("").decimal("c") is None
    assert row("").decimal("other") is None


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("0", "a number of at least 0.01"),
        ("0,00", "a number of at least 0.01"),
        ("-5,00", "a number of at least 0.01"),
        ("10000,01", "a number of at most 10000"),
        ("999999999999", "a number of at most 10000"),
        ("1,234", "an amount with at most two decimals"),
        ("1.234", "an amount with at most two decimals"),
        ("0,0100001", "an amount with at most two decimals"),
    ],
)
def test_an_amount_that_nobody_can_pay_is_refused(written, words):
    assert refusal(lambda: row(written).cents("c")) == expected(written, words)


@pytest.mark.parametrize(("written", "cents"), [("0,01", 1), ("10000", 1_000_000), ("7,5", 750)])
def test_a_price_is_read_to_the_cent(written, cents):
    assert row(written).cents("c") == cents


@pytest.mark.parametrize(
    ("written", "cents"), [("8.9940", 899), ("0,005", 1), ("14.33333333", 1433)]
)
def test_a_net_price_is_rounded_half_up_to_the_cent(written, cents):
    assert row(written).rounded_cents("c") == cents


def test_numbers_are_rounded_to_the_places_kept():
    assert row("29.125").decimal("c", places=2) == Decimal("29.13")
    assert refusal(lambda: row("99.995").decimal("c", places=2, most=Decimal("99.99"))) == expected(
        "99.995", "a number of at most 99.99"
    )


def test_a_count_is_whole_and_storable():
    assert row("12,0").number("c") == 12
    assert refusal(lambda: row("1,5").number("c")) == expected("1,5", "a whole number")
    assert refusal(lambda: row("-1").number("c")) == expected("-1", "a number of at least 0")
    assert refusal(lambda: row("1000000001").number("c")) == expected(
        "1000000001", "a number of at most 1000000000"
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|' /C calc'!A0",
        "=1+1",
        "@SUM(A1)",
        "+cmd|x",
        "-A1",
        "-2+3+cmd|' /C calc'!A0",
        "- (1)",
        " =1",
        "-1+SUM(A1)",
    ],
)
def test_a_formula_is_no_text(formula):
    assert refusal(lambda: row(formula).text("c")) == expected(formula, "a value, not a formula")


@pytest.mark.parametrize("text", ["- Sans céréales", "-20 % de graisses", "+33 1 99 00", "a=b"])
def test_a_dash_or_a_plus_may_begin_a_text(text):
    assert row(text).text("c") == text


def test_a_text_may_be_long_but_not_for_ever():
    assert row("a" * 100_000).text("c") == "a" * 100_000
    found = refusal(lambda: row("a" * 100_001).text("c"))
    assert found == expected("a" * 80, "at most 100000 characters")


def test_many_bars_after_a_dash_take_no_time():
    assert row("-1" + "|" * 99_000).text("c") == "-1" + "|" * 99_000


@pytest.mark.parametrize("mark", ["\x00", "\ud800"])
def test_what_no_database_keeps_is_refused_and_shown_without_it(mark):
    found = refusal(lambda: row(f"a{mark}b").text("c"))
    assert found == expected("a\ufffdb", "text without NUL characters")


def test_a_supplier_reads_the_name_of_his_own_column():
    own = Row("f.csv", 3, {"price": "x"}, {"price": "prix ttc"})
    assert refusal(lambda: own.cents("price")) == Problem("f.csv", 3, "prix ttc", "x", "a number")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("9520000000011", "09520000000011"),
        ("9520000000011.0", "09520000000011"),
        ("952 0000 0000 11", "09520000000011"),
        ("09520000000011", "09520000000011"),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("", None),
    ],
)
def test_gtins_are_kept_as_fourteen_digits(written, stored):
    assert gtin(row(written), "c") == stored


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("9520000000012", "a GTIN with a right check digit"),
        ("0000000000000", "a GTIN with a right check digit"),
        ("952000000001", "a GTIN with a right check digit"),
        ("95200000", "a GTIN with a right check digit"),
        ("12345", "a GTIN of 8, 12, 13 or 14 digits"),
        ("9.52E+12", "a GTIN of 8, 12, 13 or 14 digits"),
        ("952-000000001", "a GTIN of 8, 12, 13 or 14 digits"),
        ("٩٥٢٠٠٠٠٠٠٠٠١١", "a GTIN of 8, 12, 13 or 14 digits"),
    ],
)
def test_a_gtin_that_is_none_is_refused(written, words):
    assert refusal(lambda: gtin(row(written), "c")) == expected(written, words)


def test_names_are_the_same_whatever_their_capitals_and_accents():
    assert fold("  KEROUAN ") == fold("Kérouan") == "kerouan"
    assert fold("A+") != fold("A")


def test_long_slugs_that_begin_alike_stay_apart():
    one, other = shortened("a" * 90 + "b", 80), shortened("a" * 90 + "c", 80)
    assert (len(one), len(other), one == other) == (80, 80, False)
    assert shortened("court", 80) == "court"
