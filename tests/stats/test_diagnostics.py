"""Diagnostics of regressions against lmtest and R's influence measures."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.diagnostics import diagnose, measures
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict


def named(found):
    return {row.name: row for row in found.test_rows}


@pytest.mark.parametrize("case", ["attitude", "cars"])
def test_diagnostics_match_r(reference, case):
    r = reference("diagnostics")[case]
    fitted = ols(r["formula"], r["data"])
    found = diagnose(fitted)
    tests = named(found)
    bp = tests["breusch_pagan"]
    assert [bp.statistic, bp.df, bp.p] == pytest.approx(r["bp"], rel=1e-9)
    assert [tests["shapiro"].statistic, tests["shapiro"].p] == pytest.approx(r["shapiro"], rel=1e-6)
    assert [tests["jarque_bera"].statistic, tests["jarque_bera"].p] == pytest.approx(r["jb"], rel=1e-9)
    assert [found.skewness, found.excess_kurtosis] == pytest.approx([r["skewness"], r["kurtosis"]], rel=1e-9)
    for ours, name in zip(measures(fitted), ("hat", "rstudent", "cooks"), strict=True):
        np.testing.assert_allclose(ours, r[name], rtol=1e-9)
    largest = {row.measure: row.largest for row in found.influence_rows}
    assert largest["cooks_distance"] == pytest.approx(max(r["cooks"]), rel=1e-9)
    assert largest["studentized"] == pytest.approx(max(np.abs(r["rstudent"])), rel=1e-9)


def test_diagnostics_match_the_shared_reference(shared_dir):
    r = json.loads((shared_dir / "reference" / "ols.json").read_text(encoding="utf-8"))["attitude"]
    x = pd.read_csv(shared_dir / "reference" / "data" / "attitude.csv")
    fitted = ols("rating ~ complaints + privileges + learning + raises + critical + advance", x)
    tests = named(diagnose(fitted))
    bp = tests["breusch_pagan"]
    assert [bp.statistic, bp.df, bp.p] == pytest.approx(list(r["BP_koenker"].values()), rel=1e-9)
    assert [tests["shapiro"].statistic, tests["shapiro"].p] == pytest.approx(list(r["shapiro"].values()), rel=1e-6)
    leverage, studentized, cooks = measures(fitted)
    np.testing.assert_allclose(leverage[:10], r["hat_first10"], rtol=1e-9)
    np.testing.assert_allclose(studentized[:10], r["rstudent_first10"], rtol=1e-9)
    np.testing.assert_allclose(cooks[:10], r["cooks_first10"], rtol=1e-9)
    assert cooks.max() == pytest.approx(r["cooks_max"], rel=1e-9)


def test_result_survives_json_and_names_no_row(reference):
    r = reference("diagnostics")["cars"]
    found = diagnose(ols(r["formula"], r["data"]))
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert list(found.influence.columns) == ["measure", "largest", "cutoff", "beyond"]
    assert "diagnostics.not_normal" in [each.code for each in found.cautions]


def test_a_row_that_decides_the_result_is_said_without_its_number():
    rng = np.random.default_rng(0)
    a = rng.normal(size=40)
    y = a + rng.normal(size=40)
    a[0], y[0] = 10, -20
    found = diagnose(ols("y ~ a", {"y": y, "a": a}))
    said = next(each for each in found.cautions if each.code == "diagnostics.influential_rows")
    assert (said.get("rows"), dict(said.slots).keys()) == (1, {"rows", "largest", "cutoff"})


def test_unequal_spread_is_said():
    rng = np.random.default_rng(0)
    a = np.linspace(1, 10, 200)
    found = diagnose(ols("y ~ a", {"y": a + a * rng.normal(size=200), "a": a}))
    assert "diagnostics.unequal_spread" in [each.code for each in found.cautions]


def test_a_row_alone_in_its_category_harms_no_other_measure():
    x = {"y": [1.0, 2, 4, 3, 6, 5], "g": ["a", "a", "a", "b", "b", "c"]}
    leverage, studentized, cooks = measures(ols("y ~ g", x))
    assert (leverage.max() == pytest.approx(1), len(studentized), len(cooks)) == (True, 5, 5)


def test_nothing_left_over_and_moments_are_refused():
    x = pd.DataFrame({"y": [1.0, 2, 3, 4], "a": [1.0, 2, 3, 4]})
    with pytest.raises(ModelError) as caught:
        diagnose(ols("y ~ a", x))
    assert caught.value.code == "diagnostics.perfect_fit"
    with pytest.raises(ModelError) as caught:
        diagnose(ols("y ~ a", moments(x)))
    assert caught.value.code == "regression.needs_rows"
