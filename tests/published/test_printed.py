"""Numbers as prints write them: one parser, and the interval of their digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.published.printed import exact, printed, whole


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [
        (".000", 0.0, 3),
        ("-.0531", -0.0531, 4),
        ("0,848", 0.848, 3),
        ("1", 1.0, 0),
        ("  12.597 ", 12.597, 3),
        ("4.60E-16", 4.60e-16, 18),
        ("\u2212.13985", -0.13985, 5),
        ("1,234", 1.234, 3),  # a single comma is always the decimal sign
    ],
)
def test_numbers_are_read_as_printed(text, value, digits):
    found = printed(text)
    assert (found.value, found.digits, found.text) == (value, digits, text.strip())
    assert found.low < value < found.high
    assert found.high - found.low == pytest.approx(10.0**-digits)


@pytest.mark.parametrize(
    "text", ["", None, ".", "N/A", "198?", "1.234,5", "1,234,567", "=1+1", "nan", "inf", "1e999", "--1", "٣"]
)
def test_what_is_no_number_is_none(text):
    assert printed(text) is None


def test_below_a_limit_is_an_interval_from_zero():
    found = printed("< 0,001")
    assert (found.low, found.high) == (0.0, 0.001)


def test_counts_are_exact_and_whole():
    assert (exact("155").low, exact("155").high, whole("155")) == (155.0, 155.0, 155)
    assert exact("218.071").low < 218.071
    assert whole("3.5") is None
    assert whole("") is None


@given(st.integers(-99999, 99999), st.integers(0, 4), st.booleans(), st.sampled_from(".,"))
def test_any_printed_decimal_comes_back(units, digits, spss, sign):
    text = f"{units / 10**digits:.{digits}f}".replace(".", sign)
    shown = text.replace(f"0{sign}", sign, 1) if spss and digits and abs(units) < 10**digits else text
    found = printed(shown)
    assert found.value == pytest.approx(units / 10**digits, abs=1e-12)
    assert found.digits == digits
