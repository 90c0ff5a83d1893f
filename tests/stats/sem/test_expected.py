"""Expected information and the moments of the answers given, where answers are missing; GFI, which needs both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.sem.cfa import cfa
from analysis.stats.sem.discrepancy import FullInformation
from analysis.stats.sem.expected import as_given, expected_information, expected_weight

from .conftest import HS_MODEL


@pytest.mark.parametrize("case", ["HS_missing_FIML", "HS_missing_MLR"])
def test_gfi_with_missing_answers_is_lavaans(shared_values, data, case):
    theirs = shared_values("cfa_fiml")[case]["fit"]
    found = cfa(HS_MODEL, data["HS_missing"], missing="fiml", estimator="MLR" if "MLR" in case else "ML").fit
    # lavaan's EM stops at 5e-6
    assert [found.gfi, found.agfi, found.pgfi] == pytest.approx([theirs[k] for k in ("gfi", "agfi", "pgfi")], abs=1e-7)


def test_gfi_with_missing_answers_in_groups_is_lavaans(reference, hole):
    found = cfa(HS_MODEL, hole, missing="fiml", group="school", equal=("loadings",)).fit
    assert found.gfi == pytest.approx(reference("sem")["fiml_groups"]["fit"]["gfi"], abs=1e-7)


def test_without_missing_answers_the_information_is_that_of_complete_rows(data):
    full, listwise = (cfa(HS_MODEL, data["HS"], missing=rule) for rule in ("fiml", "listwise"))
    assert full.fit.gfi != listwise.fit.gfi  # means are compared too
    solution = full._solution
    complete = solution.machine.information(solution.theta)
    assert expected_information(solution.machine, solution.sample, solution.theta) == pytest.approx(complete, rel=1e-10)


def test_expected_information_is_the_mean_of_the_observed_one(hole):
    """At the implied moments the mean of the observed curvature over samples drawn from them is the expected one."""
    solution = cfa(HS_MODEL, hole, missing="fiml")._solution
    there = solution.implied[0]
    sample, rng = solution.sample.groups[0], np.random.default_rng(4)
    answered, total, reps = ~np.isnan(sample.rows), 0.0, 60
    for _ in range(reps):
        drawn = np.where(answered, rng.multivariate_normal(there.mean, there.cov, size=len(answered)), np.nan)
        as_implied = replace(sample, mean=there.mean, cov=there.cov, rows=drawn)
        total = total + FullInformation(as_implied.by_pattern, there.mean, there.cov).curvature(there)
    expected = expected_weight(solution.sample.groups[0], there)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.abs(total / reps - expected).max() < 6 * scale.max() / np.sqrt(reps * len(answered))


def test_moments_of_the_answers_given_are_pairwise(hole):
    sample = cfa(HS_MODEL, hole, missing="fiml")._solution.sample
    items = [f"x{j}" for j in range(1, 10)]
    group, n = as_given(sample).groups[0], len(hole)
    assert group.mean == pytest.approx(hole[items].mean().to_numpy())
    assert group.cov == pytest.approx(hole[items].cov().to_numpy() * (n - 1) / n)


@pytest.mark.parametrize("group", [None, "school"])
def test_two_items_never_answered_together_are_refused_by_name(data, group):
    """Nothing tells their covariance, so that there is no saturated model to compare with."""
    x = data["HS"].astype({f"x{j}": float for j in range(1, 10)}).copy()
    half = np.arange(len(x)) % 2 == 0
    x.loc[half, "x1"] = np.nan
    x.loc[~half, "x9"] = np.nan
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, x, missing="fiml", group=group)
    found = caught.value.problems[0]
    assert found.code == "sem.never_together"
    assert (dict(found.slots)["a"], dict(found.slots)["b"]) == ("x1", "x9")
