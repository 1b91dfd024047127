from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money, UnitPrice, extract_vat, round_half_up, split, unit_price

cents = st.integers(-(10**9), 10**9)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(sum)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12,90", 1290), ("1 234.5", 123450), ("7", 700), ("12.9 €", 1290), ("1\u202f234,56", 123456)],
)
def test_reads_prices_as_people_write_them(text, expected):
    assert Money.parse(text) == Money(expected)


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "12.345", "NaN", "inf", "1e400000"])
def test_refuses_what_is_no_price(text):
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text)


@pytest.mark.parametrize("cents", [1.0, True, "1"])
def test_money_counts_whole_cents_only(cents):
    with pytest.raises(TypeError):
        Money(cents)


def test_money_is_not_multiplied_by_fractions():
    with pytest.raises(TypeError):
        Money(100) * 1.5


def test_vat_inside_a_gross_amount():
    taxed = extract_vat(Money(1720), rate=Decimal(20))
    assert (taxed.net, taxed.vat) == (Money(1433), Money(287))


@given(cents, st.decimals(0, 99, places=2))
def test_net_and_vat_make_the_gross(amount, rate):
    taxed = extract_vat(Money(amount), rate=rate)
    assert taxed.net + taxed.vat == Money(amount)
    exact = Fraction(amount) * Fraction(rate) / (100 + Fraction(rate))
    assert abs(Fraction(taxed.vat.cents) - exact) <= Fraction(1, 2)


@given(st.integers(0, 10**9), weights)
def test_shares_add_up_and_are_fair(amount, shares):
    parts = split(Money(amount), weights=shares)
    assert sum(part.cents for part in parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(Fraction(part.cents) - Fraction(amount * share, sum(shares))) < 1


def test_a_cent_left_over_goes_to_the_largest_remainder():
    assert split(Money(100), weights=[1, 1, 1]) == [Money(34), Money(33), Money(33)]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1]])
def test_refuses_shares_that_share_nothing(shares):
    with pytest.raises(ValueError, match="weights"):
        split(Money(100), weights=shares)


@pytest.mark.parametrize(("value", "expected"), [("0.5", 1), ("1.5", 2), ("-0.5", -1), ("2.4", 2)])
def test_halves_are_rounded_away_from_zero(value, expected):
    assert round_half_up(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("price", "quantity", "unit", "expected"),
    [
        (1720, 1500, "g", UnitPrice(Money(1147), "kg")),
        (1790, 1020, "g", UnitPrice(Money(1755), "kg")),
        (550, 60, "g", UnitPrice(Money(917), "100 g")),
        (990, 249, "ml", UnitPrice(Money(398), "100 ml")),
        (990, 250, "ml", UnitPrice(Money(3960), "l")),
        (3490, 60, "unit", None),
    ],
)
def test_price_by_weight_or_volume(price, quantity, unit, expected):
    assert unit_price(Money(price), quantity=quantity, unit=unit) == expected
