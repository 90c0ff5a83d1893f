"""Numbers as readers of each language expect them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.format import number


@pytest.mark.parametrize(
    ("value", "kind", "vi", "en"),
    [
        (0.853412, "coefficient", "0,853", "0.853"),
        (-0.0004, "coefficient", "0,000", "0.000"),
        (1234567, "count", "1.234.567", "1,234,567"),
        (0.0009999, "p", "< 0,001", "< 0.001"),
        (0.001, "p", "0,001", "0.001"),
        (0.05, "p", "0,050", "0.050"),
        (12.345, "percent", "12,3", "12.3"),
        (-2.5, "mean", "-2,50", "-2.50"),
        (3e-16, "difference", "3 × 10⁻¹⁶", "3 × 10⁻¹⁶"),
        (0.0, "difference", "0", "0"),
    ],
)
def test_number_in_both_languages(value, kind, vi, en):
    assert number(value, "vi", kind) == vi
    assert number(value, "en", kind) == en


@pytest.mark.parametrize(
    ("value", "text"), [(0.0125, "0.012"), (0.0135, "0.014"), (2.0005, "2.000"), (1.0015, "1.002")]
)
def test_rounds_half_to_even_on_the_decimal_that_names_the_float(value, text):
    assert number(value, "en") == text


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_text_is_within_half_a_unit_of_the_value(value):
    text = number(value, "en").replace(",", "")
    assert abs(Decimal(text) - Decimal(repr(value))) <= Decimal("0.0005")
    assert Decimal(text) == Decimal(repr(value)).quantize(Decimal("0.001"), ROUND_HALF_EVEN)


@given(st.floats(min_value=0, max_value=1))
def test_a_p_value_never_reads_as_zero(p):
    assert Decimal(number(p, "en", "p").removeprefix("< ")) > 0
