"""HTMT, HTMT2 and Fornell-Larcker: exact formulas, R's values, laws, intervals, refusals."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.discriminant import fornell_larcker, htmt
from analysis.stats.moments import Moments, moments
from analysis.stats.result import from_dict, to_dict

NINE = [f"x{j}" for j in range(1, 10)]
THREE = {"visual": NINE[:3], "textual": NINE[3:6], "speed": NINE[6:]}


def problems(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.problems


@pytest.fixture
def bundles():
    rng = np.random.default_rng(3)
    traits = rng.normal(size=(120, 1)) * 0.8 + rng.normal(size=(120, 2))
    return pd.DataFrame({f"q{j}": traits[:, j // 3] + rng.normal(size=120) for j in range(6)})


TWO = {"A": ["q0", "q1", "q2"], "B": ["q3", "q4", "q5"]}


def test_both_ratios_are_their_exact_formulas():
    lower = [[1], [0.5, 1], [0.3, 0.4, 1], [0.2, 0.1, 0.6, 1]]
    m = Moments.from_printed(lower, n=100, names=["a", "b", "c", "d"])
    row = htmt(m, {"A": ["a", "b"], "B": ["c", "d"]}).of("B", "A")
    within, between = Fraction(5, 10) * Fraction(6, 10), [Fraction(each, 10) for each in (3, 4, 2, 1)]
    assert row.htmt.value**2 == pytest.approx(float((sum(between) / 4) ** 2 / within), rel=1e-14)
    product = between[0] * between[1] * between[2] * between[3]
    assert row.htmt2.value**4 == pytest.approx(float(product / within**2), rel=1e-13)


@pytest.mark.parametrize("case", ["harman", "hs"])
def test_ratios_and_criterion_match_their_formulas_in_r(reference, case, answers):
    r = reference("discriminant")[case]
    m = Moments.from_printed(r["R"], n=r["n"], names=r["names"]) if case == "harman" else answers["HS9"]
    found = htmt(m, r["sets"])
    np.testing.assert_allclose([row.htmt.value for row in found.pair_rows], r["htmt"], rtol=1e-12)
    np.testing.assert_allclose([row.htmt2.value for row in found.pair_rows], r["htmt2"], rtol=1e-12)
    criterion = fornell_larcker(m, r["sets"])
    np.testing.assert_allclose(criterion.constructs["ave"], r["ave"], atol=1e-5)
    np.testing.assert_allclose([row.observed for row in criterion.pair_rows], r["observed"], rtol=1e-12)
    np.testing.assert_allclose([row.latent for row in criterion.pair_rows], r["latent"], atol=1e-5)
    assert [each.code for each in found.cautions][-1] == "constructs.interval_needs_rows"


def test_bootstrap_intervals_are_those_of_r(reference, shared_dir):
    r = reference("discriminant")["hs"]
    x = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / "HolzingerSwineford1939.csv")
    found = htmt(x, THREE, resamples=2000)
    estimates = [row.htmt for row in found.pair_rows] + [row.htmt2 for row in found.pair_rows]
    np.testing.assert_allclose([each.low for each in estimates], r["low"], atol=0.02)  # three Monte-Carlo errors
    np.testing.assert_allclose([each.high for each in estimates], r["high"], atol=0.02)
    np.testing.assert_allclose([each.se for each in estimates], r["se"], rtol=0.08)
    assert (found.n, found.resamples) == (301, 2000)


def test_laws(bundles):
    plain = htmt(bundles, TWO, resamples=0)
    turned = bundles * [-1, -1, -1, 1, 1, 1] * 3 + 2
    assert htmt(turned, TWO, resamples=0).pair_rows[0].htmt.value == pytest.approx(plain.pair_rows[0].htmt.value)
    swapped = htmt(bundles, {"B": TWO["B"][::-1], "A": TWO["A"]}, resamples=0)
    assert swapped.of("A", "B").htmt2.value == pytest.approx(plain.of("A", "B").htmt2.value)
    row = plain.of("A", "B")
    assert row.htmt == htmt(moments(bundles), TWO).of("A", "B").htmt
    equal = np.full((6, 6), 0.4) + np.diag(np.full(6, 0.6))
    one = htmt(Moments(tuple(bundles), 100, np.zeros(6), equal), TWO).of("A", "B")
    assert (one.htmt.value, one.htmt2.value) == (pytest.approx(1), pytest.approx(1))


def test_disattenuated_correlation_recovers_the_truth():
    """Two one-factor constructs correlated .5: HTMT and the corrected correlation give it back from the population."""
    load = np.array([[0.8] * 3 + [0.0] * 3, [0.0] * 3 + [0.7] * 3]).T
    corr = load @ np.array([[1, 0.5], [0.5, 1]]) @ load.T
    np.fill_diagonal(corr, 1.0)
    m = Moments(tuple(f"q{j}" for j in range(6)), 500, np.zeros(6), corr)
    assert htmt(m, TWO).of("A", "B").htmt.value == pytest.approx(0.5, rel=1e-12)
    found = fornell_larcker(m, TWO)
    assert found.pair_rows[0].latent == pytest.approx(0.5, abs=1e-7)
    assert [row.passed for row in found.construct_rows] == [True, True]
    assert found.table.loc["A", "A"] == pytest.approx(0.8, abs=1e-7)


def test_the_same_chance_gives_the_same_interval_and_rows_left_out_are_said(bundles):
    bundles.iloc[0, 0] = np.nan
    first, second = (htmt(bundles, TWO, resamples=100) for _ in range(2))
    assert first == second
    assert (first.n, first.dropped) == (119, 1)
    assert "rows.excluded" in [each.code for each in first.cautions]
    assert from_dict(json.loads(json.dumps(to_dict(first)))) == first
    assert from_dict(json.loads(json.dumps(to_dict(fornell_larcker(bundles, TWO))))).n == 119
    row = first.pair_rows[0].htmt
    assert row.low < row.value < row.high


def test_an_unreversed_item_is_named_by_its_construct(bundles):
    bundles["q1"] = -bundles["q1"]
    found = htmt(bundles, TWO, resamples=0)
    assert found.cautions[0].code == "constructs.negative_within"
    assert found.cautions[0].get("items") == ("A",)


def test_everything_that_is_wrong_is_said_at_once(bundles):
    found = problems(lambda: htmt(bundles, {"A": ["q0"], "B": ["q1", "q2"], "C": ["q2", "q3"]}))
    assert [each.code for each in found] == ["constructs.too_few_items", "constructs.shared_item"]
    assert problems(lambda: htmt(bundles, {"A": ["q0", "q1"]}))[0].code == "constructs.too_few"
    assert problems(lambda: htmt(bundles, TWO, resamples=-1))[0].code == "resample.count"
    assert problems(lambda: fornell_larcker(bundles, {"A": ["q0", "q1"], "B": ["q2", "q3"]}))[0].code == (
        "omega.not_identified"
    )
    bundles["q5"] = 1.0
    assert problems(lambda: htmt(bundles, TWO))[0].code == "moments.no_variance"


def test_a_corrected_correlation_beyond_one_is_named():
    """A's items hardly go together, two of them run backwards, and yet each goes with those of B."""
    loadings = np.array([0.6, 0.6, -0.5, -0.5])
    corr = np.full((8, 8), 0.5)
    corr[:4, :4] = np.outer(loadings, loadings)
    corr[:4, 4:] = corr[4:, :4] = 0.25
    np.fill_diagonal(corr, 1)
    names = tuple("abcdefgh")
    members = {"A": names[:4], "B": names[4:]}
    found = fornell_larcker(Moments(names, 300, np.zeros(8), corr), members)
    assert abs(found.pair_rows[0].latent) > 1
    assert [each.get("pairs") for each in found.cautions if each.code == "constructs.beyond_one"] == ["A – B"]
    corr[:4, :4] = np.abs(corr[:4, :4])
    well = fornell_larcker(Moments(names, 300, np.zeros(8), corr), members)
    assert "constructs.beyond_one" not in [each.code for each in well.cautions]


def test_items_that_do_not_correlate_at_all_leave_no_geometric_mean() -> None:
    """A floor of 1e-300 gave ratios of 1e50, which no table can print."""
    corr = [[1], [0.0, 1], [0.3, 0.3, 1], [0.3, 0.3, 0.5, 1]]
    m = Moments.from_printed(corr, n=100, names=["a1", "a2", "b1", "b2"])
    with pytest.raises(ModelError) as refusal:
        htmt(m, {"A": ["a1", "a2"], "B": ["b1", "b2"]})
    assert refusal.value.problems[0].code == "constructs.nothing_within"
    across = [[1], [0.5, 1], [0.0, 0.3, 1], [0.3, 0.3, 0.5, 1]]
    m = Moments.from_printed(across, n=100, names=["a1", "a2", "b1", "b2"])
    [row] = htmt(m, {"A": ["a1", "a2"], "B": ["b1", "b2"]}).pair_rows
    assert row.htmt2.value == 0
    assert row.htmt.value == pytest.approx(0.225 / 0.5)


def test_resamples_of_few_rows_give_no_interval_without_end() -> None:
    draw = np.random.default_rng(4)
    x = pd.DataFrame(draw.integers(1, 6, (9, 4)), columns=["a1", "a2", "b1", "b2"])
    for row in htmt(x, {"A": ["a1", "a2"], "B": ["b1", "b2"]}).pair_rows:
        for each in (row.htmt, row.htmt2):
            assert all(bound is None or np.isfinite(bound) for bound in (each.low, each.high, each.se))
