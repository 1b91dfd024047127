"""Money adds up to the cent, whatever the cart."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money
from orders.totals import Advantage, Line, VatLine, total_of

TWENTY, FIVE_FIVE = Decimal(20), Decimal("5.5")


def line(key="a", cents=1000, quantity=1, rate=TWENTY, **more):
    return Line(key=key, unit_price=Money(cents), quantity=quantity, vat_rate=rate, **more)


def test_a_cart_is_its_lines_and_its_delivery():
    found = total_of([line("a", 1999, 2), line("b", 550)], delivery=Money(690))
    assert (found.goods, found.delivery, found.total) == (Money(4548), Money(690), Money(5238))
    assert found.vat_lines == (VatLine(TWENTY, Money(5238), Money(4365), Money(873)),)


def test_delivery_follows_the_rates_of_the_goods():
    found = total_of([line("a", 3000), line("b", 1000, rate=FIVE_FIVE)], delivery=Money(690))
    assert found.delivery_parts == ((FIVE_FIVE, Money(173)), (TWENTY, Money(517)))
    assert [(each.rate, each.gross) for each in found.vat_lines] == [
        (FIVE_FIVE, Money(1173)),
        (TWENTY, Money(3517)),
    ]


def test_a_voucher_is_spread_without_losing_a_cent():
    voucher = Advantage(code="V", amount=Money(1000))
    found = total_of([line("a", 1000), line("b", 1000), line("c", 1000)], voucher=voucher)
    assert [each.reduced_by.cents for each in found.lines] == [334, 333, 333]
    assert found.total == Money(2000)


def test_reductions_are_taken_in_their_order_each_of_what_is_left():
    reductions = [
        Advantage(code="A", percent=Decimal(10)),
        Advantage(code="B", percent=Decimal(10)),
    ]
    found = total_of([line("a", 1000)], reductions=reductions)
    assert [each.money.cents for each in found.lines[0].applied] == [100, 90]


def test_everything_free_is_nothing_to_pay():
    found = total_of([line("a", 999, 3)], voucher=Advantage(code="V", percent=Decimal(100)))
    assert (found.total, found.vat_lines) == (Money(0), ())


def test_a_voucher_larger_than_the_cart_takes_no_more_than_there_is():
    found = total_of([line("a", 500)], voucher=Advantage(code="V", amount=Money(900)))
    assert found.total == Money(0)


def test_what_may_not_be_reduced_is_left_alone():
    lines = [line("a", 1000, may_be_reduced=False), line("b", 1000)]
    found = total_of(lines, voucher=Advantage(code="V", percent=Decimal(50)))
    assert [each.gross.cents for each in found.lines] == [1000, 500]


@pytest.mark.parametrize("bad", [line(quantity=0), line(quantity=-1), line(cents=-1)])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError, match="at least 1"):
        total_of([bad])


def test_two_lines_of_one_key_are_refused():
    with pytest.raises(ValueError, match="the same key"):
        total_of([line("a"), line("a")])


@pytest.mark.parametrize(
    "given_", [{}, {"percent": Decimal(101)}, {"percent": Decimal(1), "amount": Money(1)}]
)
def test_an_advantage_is_one_thing(given_):
    with pytest.raises(ValueError, match="percentage"):
        Advantage(code="V", **given_)


rates = st.sampled_from([Decimal("5.5"), Decimal(10), Decimal(20), Decimal("2.1")])
carts = st.lists(
    st.builds(
        line,
        cents=st.integers(0, 200_000),
        quantity=st.integers(1, 40),
        rate=rates,
        may_be_reduced=st.booleans(),
    ),
    min_size=1,
    max_size=12,
).map(
    lambda lines: [
        Line(
            key=str(index),
            unit_price=each.unit_price,
            quantity=each.quantity,
            vat_rate=each.vat_rate,
            may_be_reduced=each.may_be_reduced,
        )
        for index, each in enumerate(lines)
    ]
)
percents = st.decimals(0, 100, places=2)
advantages = st.one_of(
    st.builds(lambda p: Advantage(code="P", percent=p), percents),
    st.builds(lambda c: Advantage(code="A", amount=Money(c)), st.integers(0, 500_000)),
)


@given(carts, st.lists(advantages, max_size=3), st.none() | advantages, st.integers(0, 5_000))
def test_any_cart_adds_up(lines, reductions, voucher, delivery):
    found = total_of(lines, reductions=reductions, voucher=voucher, delivery=Money(delivery))
    assert sum(each.gross.cents for each in found.lines) + delivery == found.total.cents
    assert all(each.gross >= Money(0) for each in found.lines)
    assert found.reduced_by == sum((each.reduced_by for each in found.lines), Money(0))
    assert all(
        each.reduced_by == sum((taken.money for taken in each.applied), Money(0))
        for each in found.lines
    )
    assert sum(each.gross.cents for each in found.vat_lines) == found.total.cents
    assert all(each.base + each.vat == each.gross for each in found.vat_lines)
    assert sum(part.cents for _rate, part in found.delivery_parts) == delivery
    kept = {each.key for each in lines if not each.may_be_reduced}
    assert all(each.reduced_by == Money(0) for each in found.lines if each.key in kept)


@given(carts, st.integers(0, 500_000))
def test_a_voucher_takes_what_it_is_worth_or_all_there_is(lines, cents):
    found = total_of(lines, voucher=Advantage(code="V", amount=Money(cents)))
    open_to = sum(each.gross.cents for each in lines if each.may_be_reduced)
    assert found.reduced_by.cents == min(cents, open_to)


@given(carts, st.integers(1, 500_000))
def test_each_share_of_a_voucher_is_within_a_cent_of_its_part(lines, cents):
    found = total_of(lines, voucher=Advantage(code="V", amount=Money(cents)))
    open_to = sum(each.gross.cents for each in lines if each.may_be_reduced)
    for each in found.lines:
        if each.reduced_by.cents and open_to:
            exact = Fraction(min(cents, open_to) * each.before.cents, open_to)
            assert abs(each.reduced_by.cents - exact) < 1


@given(carts)
def test_vat_is_that_of_an_independent_reckoning(lines):
    found = total_of(lines)
    for each in found.vat_lines:
        gross = sum(known.gross.cents for known in lines if known.vat_rate == each.rate)
        exact = Fraction(gross) * Fraction(each.rate) / (100 + Fraction(each.rate))
        assert abs(each.vat.cents - exact) <= Fraction(1, 2)
