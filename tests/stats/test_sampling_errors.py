"""Errors of replicates: what the bootstrap must give on average, in R and in theory."""

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.complex_sample import survey_mean, survey_total
from analysis.stats.sample_design import survey_design
from analysis.stats.sampling_errors import DRAWS, covariance


@pytest.fixture
def clus(reference):
    return reference("survey_package")["clus"]


@pytest.mark.parametrize("population", [None, "fpc"])
def test_the_bootstrap_of_a_total_is_linearised_on_average(clus, population):
    """Var* of a total is exactly the linearised one; a variance of 1000 draws errs by sqrt(2 / 1000), times tails."""
    error = 3 * 1.2 * np.sqrt(1 / (2 * DRAWS))
    for seed in (1, 2):
        design = survey_design(clus["data"], weights="pw", cluster="dnum", population=population, seed=seed)
        linear, drawn = (survey_total(design, ["api00"], errors=errors) for errors in ("linear", "bootstrap"))
        assert drawn.estimate_rows[0].se == pytest.approx(linear.estimate_rows[0].se, rel=error)
        assert (drawn.draws, drawn.seed, linear.draws) == (DRAWS, seed, None)


def test_the_bootstrap_of_a_mean_is_that_of_the_package_survey(clus):
    """R's own 4000 replicates, by another stream of chance: three errors of both."""
    design = survey_design(clus["data"], weights="pw", cluster="dnum")
    row = survey_mean(design, ["api00"], errors="bootstrap").estimate_rows[0]
    assert row.se == pytest.approx(clus["bootstrap"], rel=3 * np.sqrt(1 / (2 * DRAWS) + 1 / 8000) * 1.2)


def test_without_design_the_jackknife_of_a_mean_is_the_usual_error():
    y = np.array([1.0, 4.0, 2.0, 8.0, 5.0, 7.0])
    row = survey_mean(survey_design({"y": y}), ["y"], errors="jackknife").estimate_rows[0]
    assert row.se == pytest.approx(y.std(ddof=1) / np.sqrt(6), rel=1e-12)


def test_a_replicate_without_an_estimate_is_refused():
    design = survey_design({"y": [1.0, 2.0, 3.0, 4.0], "g": list("aaab")})
    with pytest.raises(ModelError) as caught:
        survey_mean(design, ["y"], by="g", errors="jackknife")
    assert caught.value.code == "survey.replicate_stuck"
    with pytest.raises(ModelError):
        covariance(design, np.zeros((4, 1)), lambda w: np.array([w.sum()]), "exact")  # type: ignore[arg-type]
