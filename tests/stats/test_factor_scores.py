"""Factor scores against psych, what each method promises, and where there can be none."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.factor_scores import factor_scores
from analysis.stats.factors import efa
from analysis.stats.moments import Moments, moments
from analysis.stats.result import from_dict, to_dict

METHODS = ("regression", "bartlett", "tenberge")


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", ["harman", "ability"])
def test_weights_match_psych(reference, printed, case, method):
    r = reference("rotation")[case]
    solution = efa(printed(r), r["k"], method="ml", rotation="oblimin", kaiser=False)
    found = factor_scores(solution, printed(r), method=method)
    np.testing.assert_allclose(found.weights, r["scores"][method]["weights"], atol=1e-4)
    if method == "regression":
        np.testing.assert_allclose(found.determinacy["r2"], r["scores"][method]["r2"], atol=1e-4)


def test_scores_of_real_answers(shared, shared_dir):
    import pandas as pd

    r = shared("efa")["HS9_scores_regression"]
    nine = [f"x{j}" for j in range(1, 10)]
    file = shared_dir / "data" / "psychometrics_core" / "csv" / "HolzingerSwineford1939.csv"
    x = pd.read_csv(file)[nine]
    found = factor_scores(efa(x, 3, method="ml", rotation="oblimin", kaiser=False), x)
    theirs = np.array(r["weights"]["values"])
    by = [int(np.abs(theirs - found.weights[name].to_numpy()[:, None]).sum(axis=0).argmin()) for name in found.factors]
    assert sorted(by) == [0, 1, 2]
    np.testing.assert_allclose(found.weights, theirs[:, by], atol=1e-4)
    np.testing.assert_allclose(found.determinacy["r2"], np.array(r["R2"])[by], atol=1e-4)
    np.testing.assert_allclose(found.scores.iloc[:5], np.array(r["first5"]["values"])[:, by], atol=5e-4)


def test_each_method_keeps_its_promise(items):
    solution = efa(items, 2, method="ml", rotation="oblimin")
    loadings, phi = solution.loadings.to_numpy(), solution.phi.to_numpy()
    corr = moments(items).corr
    found = {method: factor_scores(solution, items, method=method) for method in METHODS}
    weights = {method: each.weights.to_numpy() for method, each in found.items()}
    np.testing.assert_allclose(weights["bartlett"].T @ loadings, np.eye(2), atol=1e-12)  # unbiased
    np.testing.assert_allclose(weights["tenberge"].T @ corr @ weights["tenberge"], phi, atol=1e-12)
    best = found["regression"].determinacy
    np.testing.assert_allclose(best["validity"] ** 2, best["r2"], rtol=1e-12)
    for method in ("bartlett", "tenberge"):
        assert (found[method].determinacy["validity"] <= best["validity"] + 1e-12).all()
    np.testing.assert_allclose(np.cov(found["tenberge"].scores.T), phi, atol=1e-10)


def test_components_have_regression_scores_that_are_the_components(items):
    solution = efa(items, 2)
    found = factor_scores(solution, items)
    np.testing.assert_allclose(np.cov(found.scores.T), np.eye(2), atol=1e-10)
    np.testing.assert_allclose(found.determinacy["r2"], 1, rtol=1e-10)
    assert refusal(lambda: factor_scores(solution, items, method="bartlett"))[0] == "factors.component_scores"


def test_rows_that_leave_an_item_open_have_no_score(items):
    items.iloc[4, 2] = np.nan
    solution = efa(items, 2, method="minres", rotation="promax")
    found = factor_scores(solution, items)
    assert found.scores.isna().all(axis=1).to_numpy().nonzero()[0].tolist() == [4]
    assert (found.n, found.dropped) == (59, 1)


def test_moments_give_weights_alone(items):
    solution = efa(items, 2, method="minres")
    found = factor_scores(solution, moments(items))
    assert found.weight_rows == factor_scores(solution, items).weight_rows
    assert refusal(lambda: found.scores)[0] == "factors.scores_need_rows"
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_an_improper_solution_names_its_item():
    lower = [[1], [0.9, 1], [0.85, 0.6, 1], [0.3, 0.25, 0.28, 1]]
    m = Moments.from_printed(lower, n=200, names=["a", "b", "c", "d"])
    solution = efa(m, 1, method="paf", rotation="none")
    assert refusal(lambda: factor_scores(solution, m, method="bartlett")) == (
        "factors.no_uniqueness",
        {"items": ("a",)},
    )


def test_factors_that_items_do_not_pin_down_are_said():
    corr = np.full((3, 3), 0.16) + np.diag(np.full(3, 0.84))
    m = Moments(("a", "b", "c"), 300, np.zeros(3), corr)
    found = factor_scores(efa(m, 1, method="ml"), m)
    assert found.factor_rows[0].r2 < 0.5
    assert [each.code for each in found.cautions] == ["factors.indeterminate"]
    assert found.cautions[0].get("items") == ("F1",)
