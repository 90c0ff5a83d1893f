"""Quantiles of t against R where the field rarely looks."""

from math import inf

import pytest

from analysis.stats.tails import t_quantile, t_two_sided


@pytest.mark.parametrize(
    ("df", "value"),
    [(0.0084351648, 7.98637163700474e152), (0.02, 8.02611390639658e63), (0.005, 5.69303523256678e258)],
)
def test_next_to_no_degrees_of_freedom(df, value):
    """R 4.2.2: ``print(qt(.975, c(.0084351648, .02, .005)), digits = 15)``."""
    assert t_quantile(0.975, df) == pytest.approx(value, rel=1e-9)
    assert t_two_sided(t_quantile(0.975, 0.02), 0.02) == pytest.approx(0.05, rel=1e-9)


def test_no_number_is_left():
    assert t_quantile(0.975, 0.0001) == inf
