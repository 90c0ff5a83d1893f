"""Score tests against lavaan, against the fall of chi-square that they foretell, and what they find."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis import score_tests
from analysis.errors import ModelError
from analysis.stats.distributions import chi2_upper
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.cfa import cfa, sem
from analysis.stats.sem.invariance import invariance

from .conftest import HS_MODEL

PD_LABELS = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + a*y2 + b*y3 + c*y4
dem65 =~ y5 + a*y6 + b*y7 + c*y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
"""
FIVE = "f =~ q1 + q2 + q3 + q4 + q5"
SCALAR = ("loadings", "intercepts")


@pytest.fixture(scope="module")
def values(reference):
    return reference("score")


@pytest.fixture(scope="module")
def fitted(values, data, hole):
    """The model of each case; the third of three groups is every third pupil."""
    thirds = data["HS"].assign(third=[("one", "two", "three")[i % 3] for i in range(1, len(data["HS"]) + 1)])
    ordinal = pd.DataFrame(values["ordinal"])
    of = {
        "scalar": lambda: cfa(HS_MODEL, data["HS"], group="school", equal=SCALAR),
        "strict": lambda: cfa(HS_MODEL, data["HS"], group="school", equal=(*SCALAR, "residuals")),
        "three": lambda: cfa(HS_MODEL, thirds, group="third", equal=SCALAR),
        "labels": lambda: sem(PD_LABELS, data["PD"]),
        "missing": lambda: cfa(HS_MODEL, hole, group="school", equal=["loadings"], missing="fiml"),
        "thresholds": lambda: cfa(FIVE, ordinal, group="g", equal=["thresholds"], estimator="DWLS"),
        "metric": lambda: cfa(
            FIVE, ordinal, group="g", equal=["thresholds", "loadings"], estimator="DWLS", identify="variance"
        ),
    }
    return lambda case: of[case]()


@pytest.mark.parametrize("case", ["scalar", "strict", "three", "labels", "missing", "thresholds", "metric"])
def test_lavaan(values, fitted, case):
    model, theirs = fitted(case), values["cases"][case]
    found = score_tests(model)
    labels = [row.group for row in model.group_rows]
    ours = {(row.lhs, row.op, row.rhs, row.group): row for row in found.score_rows}
    n = len(values["ordinal"]["g"])
    # lavaan's slope of least squares has the factor (n - 1) / n of its discrepancy, its information has not
    factor = (n / 2 - 1) / (n / 2) if case in ("thresholds", "metric") else 1.0
    assert factor * found.chisq == pytest.approx(theirs["X2"], rel=2e-4)
    columns = [theirs["uni"][name] for name in ("lhs", "op", "rhs", "group", "X2", "p")]
    for lhs, op, rhs, group, statistic, p in zip(*columns, strict=True):
        row = ours[lhs, op, rhs, labels[group - 1]]
        assert factor * row.chisq == pytest.approx(statistic, rel=2e-4, abs=2e-4)
        assert chi2_upper(factor * row.chisq, 1) == pytest.approx(p, rel=1e-3, abs=1e-6)
        assert row.p == chi2_upper(row.chisq, 1)


@pytest.mark.parametrize("case", ["scalar", "three"])
def test_the_test_of_all_has_the_df_that_the_models_differ_by(values, fitted, case):
    """lavaan counts every equality, also those that the latent means take back."""
    model = fitted(case)
    later = len(model.group_rows) - 1
    assert score_tests(model).df == (6 + 9 - 3) * later
    assert values["cases"][case]["df"] == (6 + 9) * later


def test_a_score_test_foretells_the_fall_of_chi_square_and_the_change(data):
    model = cfa(HS_MODEL, data["HS"], group="school", equal=SCALAR)
    first = score_tests(model).score_rows[0]
    freed = cfa(HS_MODEL, data["HS"], group="school", equal=SCALAR, released=[first.name])
    assert first.name == "x3 ~ 1"
    assert model.fit.chisq - freed.fit.chisq == pytest.approx(first.chisq, rel=0.1)
    one, other = (
        next(row.est for row in freed.parameter_rows if (row.lhs, row.op, row.group) == ("x3", "~1", group))
        for group in ("Pasteur", "Grant-White")
    )
    # the free parameters move along, so that the difference found is near the expected one and not the same
    assert other - one == pytest.approx(first.change, rel=0.25)


def test_units_that_ordinal_answers_keep_are_tested_too(values):
    """Intercepts at 0 in the later group: releasing one lowers chi-square by what its score test says."""
    x = pd.DataFrame(values["ordinal"])
    equal = ["thresholds", "loadings", "intercepts"]
    model = cfa(FIVE, x, group="g", equal=equal, estimator="DWLS")
    rows = {row.name: row for row in score_tests(model).score_rows}
    for name in ("q4 ~ 1", "q1 ~ 1"):
        freed = cfa(FIVE, x, group="g", equal=equal, released=[name], estimator="DWLS")
        assert model.fit.chisq - freed.fit.chisq == pytest.approx(rows[name].chisq, rel=0.15, abs=0.05)


def test_corrected_score_tests_of_ordinal_items_keep_their_level(request):
    """Under invariance the corrected statistic rejects as often as it says; the uncorrected one does not."""
    reps = 300 if request.config.getoption("--slow") else 25
    rng = np.random.default_rng(8)
    corrected, plain = [], []
    for _ in range(reps):
        g = np.repeat(["a", "b"], 300)
        latent = rng.normal(size=(600, 1)) * np.array([1, 0.9, 0.8, 1.1]) + rng.normal(size=(600, 4))
        x = pd.DataFrame(np.digitize(latent, [-1.0, 0.0, 1.0]), columns=["q1", "q2", "q3", "q4"]).assign(g=g)
        model = cfa("f =~ q1 + q2 + q3 + q4", x, group="g", equal=["thresholds", "loadings"], estimator="WLSMV")
        for row in score_tests(model).score_rows:
            corrected.append(row.chisq_scaled)
            plain.append(row.chisq)
    expected = 1.0  # the mean of a chi-square with one degree of freedom
    tolerance = 4 * np.sqrt(2.0 / reps) / np.sqrt(4)
    assert np.mean(corrected) == pytest.approx(expected, abs=tolerance)
    assert abs(np.mean(plain) - expected) > abs(np.mean(corrected) - expected)


def test_robust_scores_are_those_of_plain_ones_where_answers_are_normal():
    """MLR and MLM correct little with normal answers and much with heavy tails."""
    rng = np.random.default_rng(2)
    factor = rng.normal(size=(4000, 1))
    x = pd.DataFrame(factor + rng.normal(size=(4000, 4)), columns=list("abcd")).assign(g=np.tile(["u", "v"], 2000))
    plain = score_tests(cfa("f =~ a + b + c + d", x, group="g", equal=SCALAR))
    for estimator in ("MLR", "MLM"):
        robust = score_tests(cfa("f =~ a + b + c + d", x, group="g", equal=SCALAR, estimator=estimator))
        ours = {(row.name, row.group): row.chisq_scaled for row in robust.score_rows}
        for row in plain.score_rows:
            assert row.chisq_scaled is None
            assert ours[row.name, row.group] == pytest.approx(row.chisq, rel=0.15, abs=0.02)


def test_the_threshold_that_differs_is_named():
    rng = np.random.default_rng(3)
    g = np.repeat(["a", "b"], 700)
    latent = rng.normal(size=(1400, 1)) * np.array([1, 1.1, 0.9, 1.2, 0.8]) + rng.normal(size=(1400, 5))
    x = pd.DataFrame(np.digitize(latent, [-1.2, 0.1, 1.0]), columns=[f"q{j}" for j in range(1, 6)]).assign(g=g)
    moved = np.digitize(latent[:, 1], [-1.2, 0.1, 2.0])
    x.loc[x["g"] == "b", "q2"] = moved[g == "b"]
    found = invariance(FIVE, x, group="g", estimator="WLSMV")
    assert found.reached == "configural"
    rows = score_tests(found.model("thresholds")).score_rows
    # two thresholds set origin and unit, so that any one of the three of q2 takes up what differs
    assert {row.lhs for row in rows[:3]} == {"q2"}
    assert rows[0].chisq_scaled > 10 * rows[3].chisq_scaled


def test_an_equality_that_restricts_nothing_has_no_line(values):
    x = pd.DataFrame(values["ordinal"]).assign(q3=lambda d: d["q3"].clip(upper=3))
    found = score_tests(cfa(FIVE, x, group="g", equal=["thresholds"], estimator="WLSMV"))
    assert "q3" not in {row.lhs for row in found.score_rows}
    assert found.df == sum(row.lhs != "q3" for row in found.score_rows) - 2 * 4  # of k thresholds k - 2 are tested


def test_a_model_without_equalities_has_no_tests(data):
    found = score_tests(cfa(HS_MODEL, data["HS"]))
    assert (found.score_rows, found.chisq, found.df, found.p) == ((), 0.0, 0, None)


def test_a_result_goes_through_json_and_then_asks_no_further(data):
    model = cfa(HS_MODEL, data["HS"], group="school", equal=SCALAR)
    found = score_tests(model)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    with pytest.raises(ModelError):
        score_tests(from_dict(json.loads(json.dumps(to_dict(model)))))
