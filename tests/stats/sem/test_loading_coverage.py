"""How often 95 % intervals of loadings hold the truth: the committed table, and that a few surveys agree with it."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from analysis.stats.sem.cfa import cfa

RUNS = {False: 12, True: 500}
KINDS, ESTIMATORS = ("normal", "skewed"), ("ML", "MLR")


def runs(kind, seed):
    """Errors of the loadings and whether each interval holds them, survey after survey; see the script."""
    file = Path(__file__).resolve().parents[2] / "reference" / "loading_coverage" / "make.py"
    return runpy.run_path(str(file))["runs"](kind, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_of_loadings_hold_as_often_as_the_table_says(request, reference, kind):
    times = RUNS[bool(request.config.getoption("--slow"))]
    table = reference("loading_coverage")[kind]
    found = [each for _, each in zip(range(times), runs(kind, 20240402), strict=False)]
    for name in ESTIMATORS:
        share = np.array(table[name])
        chance = 3.5 * np.sqrt(np.maximum(share * (1 - share), 0.02) * (1 / times + 1 / table["times"]))
        held = np.nanmean([each[name][1] for each in found], axis=0)
        np.testing.assert_array_less(np.abs(held - share), chance, err_msg=name)


def test_the_table_holds_for_normal_answers_and_only_robust_errors_come_near_for_skewed_ones(reference):
    table = reference("loading_coverage")
    for name in ESTIMATORS:  # Wald's intervals promise their level in large samples; 200 persons are a little short
        np.testing.assert_allclose(table["normal"][name], 0.95, atol=0.01)
    ml, mlr = (np.array(table["skewed"][name]) for name in ESTIMATORS)
    assert (ml < 0.9).all()
    assert np.mean(mlr) > np.mean(ml)


def test_a_negative_correction_factor_leaves_the_robust_test_out_and_says_so():
    """One of a thousand very skewed surveys: a chi-square divided by it would be negative, and once stopped the fit."""
    script = runpy.run_path(str(Path(__file__).resolve().parents[2] / "reference" / "loading_coverage" / "make.py"))
    rng = np.random.default_rng(script["SEED"])
    for _ in range(431):
        x = script["answers"]("skewed", rng)
    found = cfa(script["MODEL"], x, estimator="MLR")
    assert found.fit.scaling_factor < 0
    assert "sem.negative_scaling" in [each.code for each in found.cautions]
    given = [found.fit.chisq_scaled, found.fit.pvalue_scaled, found.fit.rmsea_robust, found.fit.cfi_scaled]
    assert given == [None] * 4
    plain = cfa(script["MODEL"], x)
    assert found.fit.chisq == pytest.approx(plain.fit.chisq)
    assert "sem.negative_scaling" not in [each.code for each in plain.cautions]
