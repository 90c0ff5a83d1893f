"""Factors against psych, on moments and on real answers, and where they must be refused or doubted."""

import json
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.factor_number import retention
from analysis.stats.factorability import anti_image, bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.moments import Moments, moments
from analysis.stats.result import from_dict, to_dict
from analysis.stats.retention import map_test, parallel_analysis
from analysis.stats.rotation import ROTATIONS

SETS = ("harman", "attitude")
ESTIMATES = 1e-5  # of psych's optimiser
OBLIQUE = 2e-5


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


@pytest.mark.parametrize("case", SETS)
def test_components_with_varimax_match_psych(reference, case, printed):
    r = reference("factors")[case]
    found = efa(printed(r), r["k"])
    np.testing.assert_allclose(found.loadings, r["pca_varimax"]["loadings"], atol=1e-12)
    np.testing.assert_allclose(found.communalities["extraction"], r["pca_varimax"]["communality"], rtol=1e-11)
    assert list(found.eigenvalues) == pytest.approx(r["eigen"], rel=1e-10)
    assert found.fit.rms == pytest.approx(r["pca_varimax"]["rms"], rel=1e-9)
    assert list(found.variance["rotated"][: r["k"]]) == pytest.approx(r["pca_varimax"]["ss"], rel=1e-10)
    assert found.fit.chisq is None


@pytest.mark.parametrize("case", SETS)
@pytest.mark.parametrize(
    ("method", "rotation", "tolerance"),
    [
        ("minres", "none", ESTIMATES),
        ("minres", "varimax", ESTIMATES),
        ("minres", "promax", ESTIMATES),
        ("minres", "oblimin", OBLIQUE),
        ("paf", "none", 1e-7),
        ("ml", "none", ESTIMATES),
    ],
)
def test_factors_match_psych(reference, case, method, rotation, tolerance, printed):
    r = reference("factors")[case]
    theirs = r[f"{method}_{rotation}"]
    found = efa(printed(r), r["k"], method=method, rotation=rotation, kaiser=rotation != "oblimin")
    assert found.converged
    np.testing.assert_allclose(found.loadings, theirs["loadings"], atol=tolerance)
    np.testing.assert_allclose(found.phi, theirs["phi"], atol=tolerance)
    if "chisq" in theirs:
        fit = found.fit
        np.testing.assert_allclose(found.communalities["extraction"], theirs["communality"], atol=OBLIQUE)
        ours = [fit.chisq, fit.df, fit.tli, fit.rmsea, fit.rmsea_low or 0, fit.rmsea_high, fit.bic]
        names = ("chisq", "df", "tli")
        assert ours == pytest.approx([*(theirs[name] for name in names), *theirs["rmsea"], theirs["bic"]], rel=1e-5)
        assert fit.objective <= theirs["objective"] * (1 + 1e-6) or method == "minres"
        assert fit.rms == pytest.approx(theirs["rms"], rel=1e-5)


@pytest.mark.parametrize("case", ["bfi25_5f", "HS9_3f"])
@pytest.mark.parametrize("method", ["minres", "ml", "pa"])
@pytest.mark.parametrize("rotation", ["none", "varimax", "promax", "oblimin"])
def test_factors_of_real_answers(shared, answers, case, method, rotation):
    r = shared("efa")[case][f"{method}_{rotation}"]
    k = len(r["loadings"]["cols"])
    ours = {"pa": "paf"}.get(method, method)
    found = efa(answers[case.split("_")[0]], k, method=ours, rotation=rotation, kaiser=rotation != "oblimin")
    carried = np.array(r["Vaccounted"]["values"][0])
    by = np.argsort(-carried, kind="stable")
    theirs = np.array(r["loadings"]["values"])[:, by]
    sign = np.sign(theirs.sum(axis=0))
    np.testing.assert_allclose(found.loadings, theirs * sign, atol=OBLIQUE)
    np.testing.assert_allclose(found.communalities["extraction"], list(r["communality"].values()), atol=OBLIQUE)
    np.testing.assert_allclose(found.variance["rotated"][:k], carried[by], atol=1e-4)
    if r["Phi"]:
        phi = np.array(r["Phi"]["values"])[np.ix_(by, by)] * np.outer(sign, sign)
        np.testing.assert_allclose(found.phi, phi, atol=OBLIQUE)
    fit = found.fit
    assert [fit.chisq, fit.df, fit.tli, fit.cfi] == pytest.approx([r["chi_ml"], r["dof"], r["TLI"], r["CFI"]], rel=1e-5)
    assert [fit.rmsea, fit.rmsea_low, fit.rmsea_high] == pytest.approx(list(r["RMSEA"].values())[:3], abs=1e-6)
    assert [fit.rms, fit.off_diagonal] == pytest.approx([r["rms"], r["fit_off"]], rel=1e-6)


def test_factors_of_the_student_survey(shared_dir):
    file = shared_dir / "data" / "vn_tiktokshop_students" / "raw_data.xlsx"
    data = pd.read_excel(file, sheet_name="Dataset", engine="calamine")
    scales = ("SC", "SI", "TR", "HM", "SL", "PP")
    names = [name for name in data if name.rstrip("0123456789") in scales]
    assert len(names) == 25
    assert round(kmo(data, names).overall, 5) == 0.83081
    test = bartlett(data, names)
    assert (round(test.chi2, 1), test.df) == (3869.8, 300)
    found = efa(data, names=names)
    assert [round(value, 3) for value in found.eigenvalues[:7]] == [4.897, 3.331, 2.738, 2.333, 2.076, 1.502, 0.662]
    assert (found.n_factors, found.n) == (6, 361)
    of = found.loadings.abs().idxmax(axis=1)
    assert all(of[[name for name in names if name.rstrip("0123456789") == scale]].nunique() == 1 for scale in scales)


def test_moments_give_the_same_as_rows(items):
    assert efa(moments(items)) == efa(items)
    assert kmo(moments(items)) == kmo(items)
    assert efa(items).n_factors == 2


def test_variance_table_as_spss_prints_it(items):
    found = efa(items, 2)
    table = found.variance
    assert table["eigenvalue"].sum() == pytest.approx(6)
    assert table["cumulative"].iloc[-1] == pytest.approx(100)
    assert table["extracted"].sum() == pytest.approx(table["rotated"].sum())
    assert table["extracted"].iloc[2:].isna().all()
    assert list(table["percent"]) == pytest.approx(list(table["eigenvalue"] / 6 * 100))


def test_squared_structure_is_what_spss_prints_after_an_oblique_rotation(reference, printed):
    r = reference("rotation")["harman"]
    found = efa(printed(r), r["k"], method="ml", rotation="oblimin", kaiser=True)
    rotated, structure = (found.variance[name][: r["k"]].to_numpy() for name in ("rotated", "structure"))
    np.testing.assert_allclose(structure, r["oblimin_kaiser"]["structure"], atol=1e-3)
    np.testing.assert_allclose(rotated, r["oblimin_kaiser"]["carried"], atol=1e-3)
    assert structure.sum() > rotated.sum() + 1
    plain = efa(printed(r), r["k"], method="ml", rotation="quartimax")
    np.testing.assert_allclose(plain.variance["structure"][:4], plain.variance["rotated"][:4], rtol=1e-12)
    assert found.variance["structure"][r["k"] :].isna().all()


def test_a_solution_that_few_starts_find_is_said():
    rng = np.random.default_rng(11)
    x = pd.DataFrame(rng.normal(size=(60, 12)), columns=[f"q{j}" for j in range(12)])
    found = efa(x, 5, method="pca", rotation="geomin")
    assert found.starts == 12
    assert (2 * found.agreed < found.starts) == ("factors.rotation_minima" in codes(found))
    assert found.agreed < found.starts
    assert refusal(lambda: efa(x, 2, starts=-1)) == ("factors.starts", {"value": -1})


def test_factors_have_positive_sums_and_fall_in_order(items):
    for rotation in ROTATIONS[1:]:
        found = efa(items, 2, method="minres", rotation=rotation)
        assert (found.loadings.sum() > 0).all()
        assert found.variance["rotated"].iloc[0] >= found.variance["rotated"].iloc[1]
        assert found.factors == ("F1", "F2")
        assert np.allclose(found.structure, found.loadings @ found.phi)


def test_rotation_does_not_rest_on_a_saddle():
    """psych::principal leaves these two bundles unrotated (.74 .74 .58 .58), silently."""
    lower = [[1], [0.6, 1], [0.1, 0.1, 1], [0.1, 0.1, 0.5, 1]]
    m = Moments.from_printed(lower, n=200, names=["a", "b", "c", "d"])
    for rotation in ROTATIONS[1:]:
        assert efa(m, 2, rotation=rotation).loadings.loc[["c", "d"], "F1"].abs().max() < 0.1


def test_one_factor_is_not_rotated(items):
    assert efa(items, 1).loadings.equals(efa(items, 1, rotation="none").loadings)


def test_results_survive_json(items):
    found = [efa(items, rotation="oblimin"), kmo(items), bartlett(items), map_test(items)]
    for result in [*found, parallel_analysis(items, rng=np.random.default_rng(1), reps=20)]:
        assert from_dict(json.loads(json.dumps(to_dict(result)))) == result


# ---- degenerate data -------------------------------------------------------------------------------------------------


VERBS = (kmo, anti_image, bartlett, efa, map_test, retention)


@pytest.mark.parametrize("verb", VERBS)
def test_no_more_rows_than_items(items, verb):
    assert refusal(lambda: verb(items.iloc[:6])) == ("factors.too_few_rows", {"n": 6, "k": 6})


@pytest.mark.parametrize("verb", VERBS)
def test_duplicate_items_are_named(items, verb):
    items["copy"] = items["q1"]
    assert refusal(lambda: verb(items)) == ("factors.duplicate_items", {"a": "q1", "b": "copy"})
    items["copy"] = 6 - items["q1"]
    assert refusal(lambda: verb(items))[0] == "factors.duplicate_items"


@pytest.mark.parametrize("verb", VERBS)
def test_a_sum_score_column_is_named_with_its_parts(items, verb):
    items["total"] = items["q0"] + items["q3"]
    assert refusal(lambda: verb(items)) == ("factors.linear_relation", {"items": ("q0", "q3", "total")})


@pytest.mark.parametrize("verb", VERBS)
def test_an_item_without_variance_is_named(items, verb):
    items["flat"] = 3.0
    assert refusal(lambda: verb(items)) == ("moments.no_variance", {"columns": ("flat",)})


@pytest.mark.parametrize("verb", VERBS)
def test_impossible_correlations_are_refused_with_the_eigenvalue(verb):
    cov = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    code, slots = refusal(lambda: verb(Moments(("a", "b", "c"), 100, np.zeros(3), cov, "printed")))
    assert (code, round(slots["eigenvalue"], 3)) == ("factors.not_positive_definite", -0.8)


def test_heywood_case_names_the_item():
    lower = [[1], [0.9, 1], [0.85, 0.6, 1], [0.3, 0.25, 0.28, 1]]
    m = Moments.from_printed(lower, n=200, names=["a", "b", "c", "d"])
    for method in ("minres", "ml", "paf"):
        found = efa(m, 1, method=method, rotation="none")
        assert next(each for each in found.cautions if each.code == "factors.heywood").get("items") == ("a",)
    assert "factors.heywood" not in codes(efa(m, 1))


def test_more_factors_than_the_items_allow(items):
    assert refusal(lambda: efa(items, 4, method="ml")) == ("factors.count", {"wanted": 4, "most": 3, "k": 6})
    assert refusal(lambda: efa(items, 0))[0] == "factors.count"
    assert refusal(lambda: efa(items, 7))[0] == "factors.count"


def test_small_samples_and_left_out_rows_are_said(items):
    items.iloc[0, 0] = np.nan
    found = efa(items.iloc[:20])
    assert (found.n, found.dropped) == (19, 1)
    assert {"factors.small_n", "rows.excluded"} <= set(codes(found))


def test_one_item_and_unknown_options(items):
    assert refusal(lambda: kmo(items[["q1"]]))[0] == "factors.too_few_items"
    assert refusal(lambda: efa(items, 2, rotation="varimx"))[1]["nearest"] == "varimax"
    assert refusal(lambda: efa(items, 2, method="minre"))[1]["nearest"] == "minres"
    assert refusal(lambda: parallel_analysis(items, rng=np.random.default_rng(1), quantile=95))[0] == (
        "factors.parallel_options"
    )


# ---- recovery of known loadings --------------------------------------------------------------------------------------

RUNS = {False: 12, True: 300}


def recovery_runs(kind, seed):
    """Own loadings by every method, and whether each bootstrap interval holds the truth; see the script."""
    file = Path(__file__).resolve().parents[1] / "reference" / "factor_recovery" / "make.py"
    made = runpy.run_path(str(file))
    return made["runs"](kind, seed), np.tile(made["OWN"], 2)


@pytest.mark.parametrize("kind", ["normal", "likert"])
def test_recovery_of_known_loadings_is_as_the_committed_table_says(request, reference, kind):
    times = RUNS[bool(request.config.getoption("--slow"))]
    table = reference("factor_recovery")[kind]
    made, truth = recovery_runs(kind, 20240310)
    found = [each for _, each in zip(range(times), made, strict=False)]
    for name in ("pca", "minres", "paf", "ml"):
        bias = np.mean([(each[name] - truth).mean() for each in found])
        spread = table[f"{name}_error"] * np.sqrt(table["times"])
        assert bias == pytest.approx(table[name], abs=3.5 * spread * np.sqrt(1 / times + 1 / table["times"])), name
    share = np.mean([each["held"].mean() for each in found])
    chance = 3.5 * np.sqrt(0.06 * 0.94 * (1 / times + 1 / table["times"]))  # loadings of a survey hold or miss together
    assert share == pytest.approx(table["coverage"], abs=chance)


def test_the_table_of_recovery_says_which_method_is_unbiased(reference):
    """Common factors give back normal loadings; components overstate them; five steps shrink them."""
    table = reference("factor_recovery")
    for name in ("minres", "paf", "ml"):
        assert abs(table["normal"][name]) < 2 * table["normal"][f"{name}_error"]
        assert table["likert"][name] < -5 * table["likert"][f"{name}_error"]
    assert table["normal"]["pca"] > 0.09
    assert table["normal"]["coverage"] == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / table["normal"]["times"]))
    assert table["likert"]["coverage"] < table["normal"]["coverage"]
