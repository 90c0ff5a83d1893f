"""Closed forms against exact rational arithmetic on Likert answers with ties: twelve digits."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.describe import describe
from analysis.stats.regression import ols
from analysis.stats.reliability import alpha

TIGHT = 1e-12


@st.composite
def likert(draw, columns=4):
    """Rows of answers from 1 to 5."""
    n = draw(st.integers(8, 40))
    return [draw(st.lists(st.integers(1, 5), min_size=columns, max_size=columns)) for _ in range(n)]


def named(rows):
    return {f"q{j}": [row[j] for row in rows] for j in range(len(rows[0]))}


def mean(values):
    return sum(map(Fraction, values)) / len(values)


def cov(a, b):
    ma, mb = mean(a), mean(b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def exact_alpha(columns):
    k, total = len(columns), [sum(row) for row in zip(*columns, strict=True)]
    return Fraction(k, k - 1) * (1 - sum(cov(c, c) for c in columns) / cov(total, total))


def solve(matrix, right):
    """Gauss-Jordan on fractions; None when singular."""
    rows = [[*map(Fraction, row), Fraction(value)] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next((r for r in range(i, len(rows)) if rows[r][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(len(rows)):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


def close(found, exact, scale=1):
    """Relative to the exact value, or absolute where that is below `scale`'s rounding."""
    return abs(Fraction(found) - exact) <= Fraction(TIGHT) * max(abs(exact), scale)


@settings(max_examples=200, deadline=None)
@given(likert())
def test_means_and_deviations(rows):
    for row, column in zip(describe(named(rows)).rows, zip(*rows, strict=True), strict=True):
        assert close(row.mean, mean(column), 0)
        assert close(row.sd**2, cov(column, column), 0)


@settings(max_examples=200, deadline=None)
@given(likert())
def test_alpha_and_item_rest_correlations(rows):
    columns = list(zip(*rows, strict=True))
    try:
        found = alpha(named(rows))
    except ModelError:
        assume(False)
    assert close(found.alpha.value, exact_alpha(columns))
    for i, row in enumerate(found.item_rows):
        others = [column for j, column in enumerate(columns) if j != i]
        rest = [sum(values) for values in zip(*others, strict=True)]
        variances = cov(columns[i], columns[i]) * cov(rest, rest)
        assert (row.r_drop is None) == (variances == 0)
        if variances:
            assert close(row.r_drop * abs(row.r_drop), cov(columns[i], rest) * abs(cov(columns[i], rest)) / variances)
            assert close(row.alpha_if_deleted, exact_alpha(others))


@settings(max_examples=200, deadline=None)
@given(likert())
def test_regression(rows):
    design = [[1, *row[1:]] for row in rows]
    y = [row[0] for row in rows]
    cross = [[sum(r[i] * r[j] for r in design) for j in range(4)] for i in range(4)]
    beta = solve(cross, [sum(r[i] * v for r, v in zip(design, y, strict=True)) for i in range(4)])
    if beta is None or len(set(y)) == 1:
        with pytest.raises(ModelError):
            ols("q0 ~ q1 + q2 + q3", named(rows))
        return
    found = ols("q0 ~ q1 + q2 + q3", named(rows))
    rss = sum((v - sum(b * x for b, x in zip(beta, r, strict=True))) ** 2 for r, v in zip(design, y, strict=True))
    for i, (row, b) in enumerate(zip(found.coefficient_rows, beta, strict=True)):
        assert close(row.b, b)
        unit = [int(i == j) for j in range(4)]
        assert close(row.se**2, rss / (len(y) - 4) * solve(cross, unit)[i])
    assert close(found.fit.ss_res, rss)
    assert close(found.fit.r2, 1 - rss / (cov(y, y) * (len(y) - 1)))
