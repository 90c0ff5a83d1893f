"""A regression computed from a printed matrix is the regression that was printed."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.published.regression import replicate_regression
from analysis.stats.regression import ols


def matrix(x: dict[str, np.ndarray], digits: int) -> dict[tuple[str, str], str]:
    names = list(x)
    return {(a, b): f"{np.corrcoef(x[a], x[b])[0, 1]:.{digits}f}" for a in names for b in names}


@pytest.fixture(scope="module")
def study() -> tuple[dict[str, np.ndarray], dict[str, dict[str, str]], dict[str, str]]:
    """Answers and their regression as SPSS would print it, with three digits."""
    rng = np.random.default_rng(11)
    a, b, c = rng.standard_normal((3, 240))
    x = {"y": 0.4 * a + 0.3 * b + rng.standard_normal(240), "a": a, "b": b + 0.5 * a, "c": c + 0.3 * b}
    result = ols("y ~ a + b + c", x)
    rows = {
        row.term: {
            "beta": f"{row.beta:.3f}", "t": f"{row.statistic:.3f}", "tolerance": f"{row.tolerance:.3f}",
            "VIF": f"{row.vif:.3f}",
        }
        for row in result.coefficient_rows
        if row.beta is not None
    }  # fmt: skip
    fit = {"R": f"{result.fit.r:.3f}", "R2": f"{result.fit.r2:.3f}", "adj_R2": f"{result.fit.adj_r2:.3f}"}
    return x, rows, fit


def test_a_printed_regression_comes_back_within_its_digits(study):
    x, rows, fit = study
    found = replicate_regression("y ~ a + b + c", matrix(x, 3), n=240, coefficients=rows, model=fit)
    assert len(found.checks) == 15
    assert {each.verdict for each in found.checks} == {"consistent"}
    assert all(each.low <= each.recomputed <= each.high for each in found.checks)


def test_more_digits_in_the_matrix_give_the_regression_itself(study):
    x, _, _ = study
    found = replicate_regression("y ~ a + b + c", matrix(x, 12), n=240)
    own = ols("y ~ a + b + c", x)
    assert found.result.fit.r2 == pytest.approx(own.fit.r2, rel=1e-9)
    for mine, theirs in zip(found.result.coefficient_rows[1:], own.coefficient_rows[1:], strict=True):
        assert mine.b == pytest.approx(theirs.beta, rel=1e-8)
        assert (mine.statistic, mine.vif) == pytest.approx((theirs.statistic, theirs.vif), rel=1e-8)


def test_a_slip_is_found_where_it_is(study):
    x, rows, fit = study
    changed = {**rows, "b": {**rows["b"], "beta": f"{float(rows['b']['beta']) + 0.02:.3f}"}}
    found = replicate_regression("y ~ a + b + c", matrix(x, 3), n=240, coefficients=changed, model=fit)
    assert [(each.where, each.what) for each in found.checks if each.verdict == "inconsistent"] == [("b", "beta")]


def test_without_n_what_depends_on_it_is_left_out(study):
    x, rows, fit = study
    found = replicate_regression("y ~ a + b + c", matrix(x, 3), n=None, coefficients=rows, model=fit)
    assert {each.what for each in found.checks} == {"R", "R2", "beta", "tolerance", "VIF"}
    assert {each.verdict for each in found.checks} == {"consistent"}


def test_numbers_not_printed_are_computed_and_not_judged(study):
    found = replicate_regression("y ~ a", matrix(study[0], 3), n=240)
    assert {(each.verdict, each.reason) for each in found.checks} == {("cannot check", "not_printed")}
    assert all(each.recomputed is not None for each in found.checks)


def test_half_a_matrix_is_enough_and_a_missing_pair_is_not(study):
    full = matrix(study[0], 3)
    lower = {pair: r for pair, r in full.items() if pair[0] > pair[1]}
    assert (
        replicate_regression("y ~ a + b", lower, n=240).result.fit
        == replicate_regression("y ~ a + b", full, n=240).result.fit
    )
    lower.pop(("y", "a"))
    found = replicate_regression("y ~ a + b", lower, n=240)
    assert (found.result, found.checks[0].reason) == (None, "missing_input")


def test_an_impossible_matrix_is_refused_with_the_reason():
    found = replicate_regression("y ~ a + b", {("y", "a"): ".9", ("y", "b"): "-.9", ("a", "b"): ".9"}, n=100)
    assert found.result is None
    assert found.refused[0].code == "moments.printed_not_positive_definite"


def test_the_whole_real_matrix_gives_a_regression(published):
    rows = [row for row in published("correlations") if row["table_id"] == "C1"]
    cells = {(row["row"], row["col"]): row["r"] for row in rows}
    found = replicate_regression("QD ~ GC + TC + STL", cells, n=155)
    assert found.result.fit.r2 == pytest.approx(0.7766, abs=1e-4)  # numpy: r' R^-1 r
    names = ["GC", "TC", "STL"]
    inner = np.array([[float(cells[a, b]) for b in names] for a in names])
    outer = np.array([float(cells["QD", a]) for a in names])
    assert [row.beta for row in found.result.coefficient_rows[1:]] == pytest.approx(np.linalg.solve(inner, outer))
