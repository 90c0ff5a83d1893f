"""Each sign leads to its treatment, and each refit is the one that R gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.resample import SEED, bca, draws, units
from analysis.stats.result import from_dict, to_dict
from analysis.stats.treatment import PROBLEMS, treat

FORMULA = "mpg ~ hp + wt + disp"


@pytest.fixture
def r(reference):
    return reference("treatment")


def by_treatment(found):
    return {row.treatment: row for row in found.treated_rows}


def plain(seed=3, n=300):
    """Answers without any problem."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, (2, n))
    return {"y": a + 0.5 * b + 0.4 * rng.standard_normal(n), "a": a, "b": b}


def test_refits_match_r(r):
    found = by_treatment(treat(ols(FORMULA, r["data"])))
    at = 1  # wt has the largest standardised coefficient
    without, squares = found["without_influential"], found["squares"]
    assert (without.b, without.se) == pytest.approx(tuple(r["without"][at][:2]), rel=1e-9)
    assert (without.p, without.n) == (pytest.approx(r["without"][at][3], rel=1e-8), r["kept"])
    assert found["huber"].b == pytest.approx(r["huber"][at], rel=1e-6)  # statsmodels stops at 1e-10 of its weights
    assert squares.about == tuple(np.array(["hp", "wt", "disp"])[np.array(r["bent"]) < 0.05 / 3]) == ("wt", "disp")
    assert (squares.b, squares.se) == pytest.approx(tuple(r["squares"][at][:2]), rel=1e-8)
    told = ols(FORMULA, r["data"], vcov="HC3").coefficient_rows[1:]
    assert [row.se for row in told] == pytest.approx(r["hc3"], rel=1e-9)


def test_a_term_that_says_the_same_is_left_out_as_in_r(r):
    x = {**r["data"], "near": r["near"]}
    found = treat(ols("mpg ~ hp + wt + near", x))
    strongest = ("hp", "wt", "near")[int(np.argmax(np.abs(r["beta"])))]
    row = by_treatment(found)["without_other"]
    assert (found.term, row.about, row.signs[0]) == (strongest, ("wt",), "vif")
    assert max(r["vif"]) > 10
    assert (row.b, row.se) == pytest.approx(tuple(r["without_wt"][0][:2]), rel=1e-9)


def test_without_a_sign_nothing_is_treated():
    x = plain()
    x["y"] = x["a"] + 0.5 * x["b"] + 0.3 * np.tile([1.0, -1.0], 150)
    found = treat(ols("y ~ a + b", x))
    assert "curved" in found.absent
    assert "collinear" in found.absent
    assert {row.problem for row in found.treated_rows} | set(found.absent) == set(PROBLEMS)
    assert not {row.problem for row in found.treated_rows} & set(found.absent)


@pytest.mark.parametrize(
    ("problem", "treatment"),
    [("unequal_spread", "hc3"), ("influence", "huber"), ("not_normal", "bootstrap"), ("curved", "squares"),
     ("collinear", "without_other")],
)  # fmt: skip
def test_a_problem_that_is_there_is_found_and_treated(problem, treatment):
    rng, x = np.random.default_rng(9), plain()
    if problem == "unequal_spread":
        x["y"] = x["a"] + 0.5 * x["b"] + (0.05 + np.abs(x["a"])) * rng.standard_normal(300)
    elif problem == "influence":
        x["a"][:6], x["y"][:6] = 3.0, -4.0
    elif problem == "not_normal":
        x["y"] = x["a"] + 0.5 * x["b"] + rng.exponential(size=300)
    elif problem == "curved":
        x["y"] = x["y"] + 2 * x["a"] ** 2
    else:
        x["b"] = x["a"] + 0.05 * rng.standard_normal(300)
    found = treat(ols("y ~ a + b", x))
    assert problem not in found.absent
    assert treatment in [row.treatment for row in found.treated_rows if row.problem == problem]


def test_limits_of_the_bootstrap_are_those_of_the_same_rows_refitted():
    rng, x = np.random.default_rng(9), plain(n=40)
    x["y"] = x["a"] + 0.5 * x["b"] + rng.exponential(size=40) ** 2
    fitted = ols("y ~ a + b", x)
    row = by_treatment(treat(fitted))["bootstrap"]
    columns = np.column_stack([x["a"], x["b"], x["y"]])
    distinct, times = np.unique(columns, axis=0, return_counts=True)
    design = np.column_stack([np.ones(40), distinct[:, :2]])
    drawn = np.vstack(list(draws(units(columns), 2000, np.random.default_rng(SEED))))

    def slopes(weights):
        root = np.sqrt(weights.astype(float))
        return np.linalg.lstsq(design * root[:, None], distinct[:, 2] * root, rcond=None)[0][1]

    refits = np.array([slopes(weights) for weights in drawn])
    without = np.array([slopes(times - np.eye(40, dtype=int)[at]) for at in range(40)])
    low, high = bca(fitted.coefficient_rows[1].b, refits, without, times.astype(float), 0.95)
    assert (row.low, row.high) == pytest.approx((low, high), rel=1e-8)
    assert row.se == pytest.approx(refits.std(ddof=1), rel=1e-8)
    assert (row.b, row.p) == (fitted.coefficient_rows[1].b, None)


def test_a_handful_of_rows_is_not_left_out(r):
    fitted = ols(FORMULA, r["data"])
    found = treat(fitted, least=32 - r["kept"] + 1)
    assert "without_influential" in found.untold
    assert "without_influential" not in by_treatment(found)
    assert "without_influential" in by_treatment(treat(fitted, least=32 - r["kept"]))


def test_a_conclusion_that_changes_is_named():
    x = plain(n=80)
    x["b"][:4], x["a"][:4], x["y"][:4] = 2.0, 0.0, -1.0  # four rows hide what the others show
    fitted = ols("y ~ a + b", x)
    found = by_treatment(treat(fitted))
    assert fitted.coefficient_rows[2].p > 0.5
    assert found["without_influential"].changed == ("b",)
    assert found["hc3"].changed == ()


def test_units_of_measurement_do_not_matter(r):
    x = {name: np.array(values, dtype=float) for name, values in r["data"].items()}
    other = {**x, "wt": 1000 * x["wt"] + 7, "mpg": 3 * x["mpg"]}
    ours, theirs = (by_treatment(treat(ols(FORMULA, each))) for each in (x, other))
    assert ours.keys() == theirs.keys()
    for name, row in ours.items():
        assert theirs[name].b == pytest.approx(row.b * 3 / 1000, rel=1e-6)
        assert theirs[name].changed == row.changed


def test_categories_are_kept_in_every_refit():
    rng, x = np.random.default_rng(5), plain(n=90)
    x = {**x, "g": ["u", "v", "w"] * 30, "y": x["y"] + rng.exponential(size=90) ** 2}
    found = treat(ols("y ~ a + b + g", x))
    assert found.treated_rows
    assert found.untold == ()


def test_result_survives_json(r):
    found = treat(ols(FORMULA, r["data"]))
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_what_cannot_be_treated_is_refused(r):
    for formula, x, code in (
        ("mpg ~ 0 + wt", r["data"], "treatment.constant"),
        (FORMULA, moments(r["data"]), "regression.needs_rows"),
        ("y ~ a", {"y": [1.0, 2, 3, 4], "a": [2.0, 4, 6, 8]}, "diagnostics.perfect_fit"),
    ):
        with pytest.raises(ModelError) as caught:
            treat(ols(formula, x))
        assert caught.value.code == code
