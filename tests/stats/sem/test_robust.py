"""Missing answers, robust errors and tests, least squares: against lavaan and Browne's formula."""

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import moments
from analysis.stats.sem.cfa import cfa, sem

from .conftest import HS_MODEL


def test_full_information_matches_the_shared_values(shared_values, data, agree):
    r = shared_values("cfa_fiml")["HS_missing_FIML"]
    found = cfa(HS_MODEL, data["HS_missing"], missing="fiml")
    assert agree(found, r, fit=3e-5) > 30  # lavaan's EM stops at 5e-6
    assert (found.n, found.missing, found.errors) == (301, "fiml", "observed")
    satur = shared_values("cfa_fiml")["HS_missing_satur"]
    np.testing.assert_allclose(found._solution.sample.groups[0].cov, satur["cov"]["values"], atol=1e-5)


def test_robust_full_information_matches_the_shared_values(shared_values, data, agree):
    r = shared_values("cfa_fiml")["HS_missing_MLR"]
    assert agree(cfa(HS_MODEL, data["HS_missing"], missing="fiml", estimator="MLR"), r, fit=3e-5) > 40


@pytest.mark.parametrize(("case", "estimator"), [("HS_MLR", "MLR"), ("HS_MLM", "MLM")])
def test_robust_tests_match_the_shared_values(shared_values, data, agree, case, estimator):
    assert agree(cfa(HS_MODEL, data["HS"], estimator=estimator), shared_values("cfa_mlr")[case]) > 45


@pytest.mark.parametrize("estimator", ["MLR", "MLM", "MLMV"])
def test_robust_tests_match_lavaan(reference, data, agree, estimator):
    model = reference("sem")["equal_labels"]["model"]
    assert agree(sem(model, data["PD"], estimator=estimator), reference("sem")[estimator], estimates=2e-4) > 40
    grouped = cfa(HS_MODEL, data["HS"], estimator=estimator, group="school", equal=("loadings", "intercepts"))
    assert agree(grouped, reference("sem")[f"{estimator}_groups"], estimates=2e-5) > 40


@pytest.mark.parametrize(("case", "estimator"), [("fiml_groups", "ML"), ("mlr_fiml_groups", "MLR")])
def test_missing_answers_in_groups_match_lavaan(reference, hole, agree, case, estimator):
    found = cfa(HS_MODEL, hole, estimator=estimator, missing="fiml", group="school", equal=("loadings",))
    assert agree(found, reference("sem")[case], estimates=1e-4, errors=3e-4, fit=1e-4) > 25


def test_generalised_least_squares_match_lavaan(reference, data, agree):
    assert agree(cfa(HS_MODEL, data["HS"], estimator="GLS"), reference("sem")["GLS"]) > 20


def test_unweighted_least_squares_estimates_match_lavaan(reference, data):
    """Errors and test are not compared: lavaan's default for ULS takes its weight for that of the data."""
    r = reference("sem")["ULS"]
    found = cfa(HS_MODEL, data["HS"], estimator="ULS")
    ours = {(row.lhs, row.op, row.rhs): row.est for row in found.parameter_rows}
    assert [ours[p["lhs"], p["op"], p["rhs"]] for p in r["par"]] == pytest.approx(
        [p["est"] for p in r["par"]], rel=1e-5
    )
    assert found.fit.srmr == pytest.approx(r["fit"]["srmr"], rel=1e-6)
    assert found.fit.chisq == pytest.approx(74.5262902172, rel=1e-7)  # lavaan's test = "browne.residual.nt"
    assert found.fit.logl is None


def test_unweighted_errors_are_those_of_the_simulated_spread():
    """Simulated: the mean error equals the spread of 400 estimates, within 12 %."""
    rng = np.random.default_rng(1)
    loading, ses, spread = np.array([1, 0.8, 0.6, 0.9]), [], []
    for _ in range(400):
        x = rng.normal(size=(200, 1)) * loading + rng.normal(size=(200, 4)) * 0.8
        row = cfa("f =~ x1 + x2 + x3 + x4", moments(x), estimator="ULS").parameter_rows[1]
        ses.append(row.se)
        spread.append(row.est)
    assert np.mean(ses) == pytest.approx(np.std(spread), rel=0.12)


def test_complete_answers_give_the_same_by_full_information(data):
    complete, full = cfa(HS_MODEL, data["HS"]), cfa(HS_MODEL, data["HS"], missing="fiml")
    assert full.fit.chisq == pytest.approx(complete.fit.chisq, rel=1e-9)
    assert full.fit.cfi_robust is None


def test_cfi_is_one_where_the_model_is_true():
    """Simulated: one factor, a tenth of the answers missing at random; chi-square below its expectation."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 1)) + rng.normal(size=(400, 6))
    x[rng.random(x.shape) < 0.1] = np.nan
    found = cfa("f =~ x1 + x2 + x3 + x4 + x5 + x6", x, missing="fiml")
    assert found.fit.chisq < found.fit.df
    assert (found.fit.cfi, found.fit.rmsea) == (1.0, 0.0)


def test_rows_without_any_answer_are_counted(data):
    empty = data["HS_missing"].copy()
    empty.loc[[3, 8], [f"x{j}" for j in range(1, 10)]] = np.nan
    found = cfa(HS_MODEL, empty, missing="fiml")
    assert (found.n, found.dropped) == (299, 2)
    assert "rows.excluded" in [each.code for each in found.cautions]


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"missing": "fiml", "estimator": "MLM"}, "sem.estimator_missing"),
        ({"missing": "fiml", "likelihood": "wishart"}, "sem.wishart_missing"),
    ],
)
def test_what_missing_answers_do_not_allow(data, keywords, code):
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, data["HS_missing"], **keywords)
    assert caught.value.code == code


@pytest.mark.parametrize("keywords", [{"estimator": "MLR"}, {"missing": "fiml"}, {"group": "school"}])
def test_moments_are_not_enough_for_everything(data, keywords):
    m = moments(data["HS"][[f"x{j}" for j in range(1, 10)]])
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, m, **keywords)
    assert caught.value.code in ("sem.rows_needed", "sem.group_needs_rows")
