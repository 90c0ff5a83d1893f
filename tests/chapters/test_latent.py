"""Scale scores beside latent variables: lavaan's paths, Spearman's correction, and what is no model of scales."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.chapters.latent import latent
from analysis.errors import ModelError
from analysis.stats.regression import ols

FORMULA = "Y ~ A + B"


@pytest.fixture
def r(reference):
    return reference("latent")


@pytest.fixture
def responses(study, r):
    return study(pd.DataFrame(r["data"]).assign(team=["a", "b"] * 120))


def test_paths_errors_and_reliabilities_match_lavaan(responses, r):
    found = latent(responses, FORMULA)
    assert [row.term for row in found.rows] == ["A", "B"]
    assert [row.path for row in found.rows] == pytest.approx(r["path"], rel=1e-5)  # lavaan stops at 1e-9 of its F
    half = [(row.path_high - row.path_low) / 2 / 1.959963984540054 for row in found.rows]
    assert half == pytest.approx(r["path_se"], rel=1e-4)
    assert [row.path_p for row in found.rows] == pytest.approx(r["path_p"], rel=1e-3)
    cr = {**{row.term: row.reliability for row in found.rows}, "Y": found.reliability}
    assert cr == pytest.approx(r["reliability"], rel=1e-5)
    assert found.latent_r2 == pytest.approx(r["r2"], rel=1e-5)
    assert (found.fit.cfi, found.fit.rmsea, found.fit.srmr) == pytest.approx(
        (r["fit"]["cfi"], r["fit"]["rmsea"], r["fit"]["srmr"]), abs=1e-5
    )


def test_scores_and_their_correction_match_r(responses, r):
    found = latent(responses, FORMULA)
    assert [row.beta for row in found.rows] == pytest.approx(r["beta"], rel=1e-9)
    assert [row.p for row in found.rows] == pytest.approx(r["beta_p"], rel=1e-8)
    assert [row.corrected for row in found.rows] == pytest.approx(r["corrected"], rel=1e-5)  # rests on lavaan's CR


def test_with_one_factor_the_correction_is_a_division(responses):
    [row] = (found := latent(responses, "Y ~ A")).rows
    assert row.corrected == pytest.approx(row.beta / np.sqrt(row.reliability * found.reliability), rel=1e-12)


def test_the_path_is_recovered_where_scores_fall_short(study):
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((2, 1500))
    y = 0.6 * a + 0.3 * b + np.sqrt(1 - 0.36 - 0.09) * rng.standard_normal(1500)
    columns = {
        f"{code}{item}": np.clip(np.round(3 + 0.8 * (latent_one + 0.9 * rng.standard_normal(1500))), 1, 5).astype(int)
        for code, latent_one in (("A", a), ("B", b), ("Y", y))
        for item in (1, 2, 3)
    }
    found = latent(study(pd.DataFrame(columns).assign(team=["a", "b", "c"] * 500)), FORMULA)
    for row, true in zip(found.rows, (0.6, 0.3), strict=True):
        assert abs(row.path - true) < 0.05
        assert row.path_low < true < row.path_high
        assert row.corrected == pytest.approx(row.path, abs=0.02)
        assert row.beta < row.path - 0.04


def test_only_complete_answers_on_both_sides(study, r):
    answers = pd.DataFrame(r["data"]).astype(float).assign(team=["a", "b"] * 120)
    answers.loc[:19, "A1"] = np.nan
    whole, found = latent(study(answers[20:]), FORMULA), latent(study(answers), FORMULA)
    assert (found.n, whole.n) == (220, 220)
    assert found.rows == whole.rows


def test_a_handful_of_persons_is_never_told_from_the_difference(study, r):
    """Four incomplete questionnaires stay in, with every answer that they hold; five are left out."""
    answers = pd.DataFrame(r["data"]).astype(float).assign(team=["a", "b"] * 120)
    answers.loc[:3, "A1"] = np.nan
    responses = study(answers)
    found = latent(responses, FORMULA)
    assert (found.n, found.missing) == (240, "fiml")
    z = responses.frame[["Y", "A", "B"]]
    everybody = ols(FORMULA, (z - z.mean()) / z.std())
    assert [row.beta for row in found.rows] == pytest.approx([row.b for row in everybody.coefficient_rows[1:]])
    assert [row.path for row in found.rows] == pytest.approx(r["path"], abs=0.05)
    answers.loc[4, "A1"] = np.nan
    assert (latent(study(answers), FORMULA).n, latent(study(answers), FORMULA).missing) == (235, "listwise")


@pytest.mark.parametrize("formula", ["Y ~ team", "Y ~ A + team", "Y ~ A * B", "Y ~ 0 + A"])
def test_what_is_no_model_of_scales_is_refused(responses, formula):
    with pytest.raises(ModelError) as caught:
        latent(responses, formula)
    assert caught.value.code == "latent.scales"
