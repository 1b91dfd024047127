from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import phones
from accounts.phones import PhoneRefused


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78",
        "06.12.34.56.78",
        "0612345678",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "06-12-34-56-78",
        " ０６１２３４５６７８ ",
    ],
)
def test_a_number_is_kept_in_one_form_however_it_is_typed(typed):
    assert phones.normalise(typed, path=["phone"]) == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0692 12 34 56", "+262692123456"),
        ("0590 41 00 00", "+590590410000"),
        ("+377 99 99 99 99", "+37799999999"),
        ("+32 470 12 34 56", "+32470123456"),
        ("01 99 00 12 34", "+33199001234"),
        ("06 39 98 00 00", "+33639980000"),
        ("  ", ""),
    ],
)
def test_numbers_overseas_abroad_and_of_stories_are_kept(typed, kept):
    assert phones.normalise(typed, path=["phone"]) == kept


def test_a_number_is_read_as_somebody_in_its_country_would():
    assert phones.normalise("0470 12 34 56", path=["phone"], country="BE") == "+32470123456"


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "06 12 34 56",
        "41 12 34",
        "call me",
        "+33 6 12 34 56 78 90",
        "+999 123456",
        "0" * 10_000,
        "06\0",
    ],
)
def test_a_number_that_cannot_be_is_refused_where_it_stands(typed):
    with pytest.raises(PhoneRefused) as refused:
        phones.normalise(typed, path=["input", "phone"])
    assert refused.value.path == ["input", "phone"]
    assert "\0" not in refused.value.message
    assert len(refused.value.message) < 160


@pytest.mark.parametrize(
    ("kept", "country", "shown"),
    [
        ("+33612345678", "FR", "06 12 34 56 78"),
        ("+33612345678", "BE", "+33 6 12 34 56 78"),
        ("+32470123456", "FR", "+32 470 12 34 56"),
        ("", "FR", ""),
    ],
)
def test_a_number_is_shown_as_people_write_it(kept, country, shown):
    assert phones.shown(kept, country=country) == shown


@given(st.text(max_size=60))
def test_whatever_is_typed_is_kept_in_one_form_or_refused(typed):
    with suppress(PhoneRefused):
        kept = phones.normalise(typed, path=["phone"])
        assert phones.normalise(kept, path=["phone"]) == kept
        assert len(kept) <= 16
