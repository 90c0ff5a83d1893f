"""Models of ordinal answers against lavaan; what they recover; how often their test is wrong; what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.contingency import contingency
from analysis.stats.ordinal_alpha import ordinal_alpha
from analysis.stats.polychoric import polychoric
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.cfa import cfa, sem
from analysis.stats.sem.residuals import residuals

from .conftest import BFI_MODEL

THREE = "a =~ y1 + y2 + y3\nb =~ y4 + y5 + y6\nc =~ y7 + y8 + y9"
ITEMS = [f"y{j}" for j in range(1, 10)]
CASES = {
    "wlsmv": (THREE, "data", {}),
    "wlsm": (THREE, "data", {"estimator": "WLSM"}),
    "dwls": (THREE, "data", {"estimator": "DWLS"}),
    "ulsmv": (THREE, "data", {"estimator": "ULSMV"}),
    "variance": (THREE, "data", {"identify": "variance"}),
    "listwise": (THREE, "holes", {}),
    "pairwise": (THREE, "holes", {"missing": "pairwise"}),
    "groups": (THREE, "data", {"group": "place"}),
    "equal": (THREE, "data", {"group": "place", "equal": ["loadings"]}),
    "residual": (THREE + "\ny3 ~~ y6", "data", {}),
    "higher": (THREE + "\ng =~ a + b + c", "data", {}),
    "paths": (THREE + "\nb ~ p*a\nc ~ q*b + a\nindirect := p*q", "data", {}),
}
#: With groups lavaan divides each group's covariances once too often by its share, in the baseline of robust indices.
WEIGHED = ("cfi.robust", "tli.robust")


@pytest.fixture(scope="module")
def values(reference):
    return reference("wlsmv")


@pytest.fixture(scope="module")
def frames(values):
    found = {name: pd.DataFrame(values[name]) for name in ("data", "holes")}
    found["holes"][ITEMS] = found["holes"][ITEMS].astype(float)
    return found


@pytest.mark.parametrize("case", CASES)
def test_lavaan(values, frames, agree, case):
    model, name, keywords = CASES[case]
    r = values["cases"][case]
    found = cfa(model, frames[name], **{"estimator": "WLSMV"} | keywords)
    fit = {name: value for name, value in r["fit"].items() if case not in ("groups", "equal") or name not in WEIGHED}
    assert found.converged
    assert found._solution.optimum.slope < 1e-9
    assert found.n == r["n"]
    # not below lavaan's, because its correlations, which F compares with, are good to 2e-8
    assert found.fit.fmin == pytest.approx(r["fit"]["fmin"], rel=2e-7)
    assert agree(found, {"par": r["par"], "fit": fit}, errors=1e-6) > 20
    if isinstance(r["shift"], float) and found.fit.shift is not None:
        assert found.fit.shift == pytest.approx(r["shift"], abs=1e-5)


@pytest.mark.parametrize(("case", "model"), [("bfi_WLSMV", BFI_MODEL), ("bfi_A_WLSMV", "A =~ A1 + A2 + A3 + A4 + A5")])
def test_shared_values(shared_values, data, agree, case, model):
    r = shared_values("cfa_wlsmv")[case]
    found = cfa(model, data["bfi"].iloc[:, :25].dropna(), estimator="WLSMV")
    assert found.n == r["nobs"]
    assert found.fit.npar == r["npar"]
    assert found._solution.optimum.slope < 1e-9
    assert found.fit.fmin == pytest.approx(r["fit"]["fmin"], rel=2e-7)
    par = [row for row in r["par"] if row["op"] not in ("~1", "~*~")]
    assert agree(found, {"par": par, "fit": r["fit"]}) > 30
    assert {row.variable: row.r2 for row in found.r2_rows} == pytest.approx(r["r2"], abs=1e-5)


def test_robust_baseline_of_groups_differs_from_lavaans_by_the_shares(values, frames):
    found = cfa(THREE, frames["data"], estimator="WLSMV", group="place").fit
    theirs = values["cases"]["groups"]["fit"]["cfi.robust"]
    parts = [frames["data"][frames["data"]["place"] == each] for each in ("south", "north")]
    logs = sum(-len(part) * np.linalg.slogdet(polychoric(part[ITEMS]).corr)[1] for part in parts)
    errors = [(polychoric(part[ITEMS]).pairs["se"] ** 2).sum() * len(part) for part in parts]
    n = len(frames["data"])
    mistaken = sum(error * n / len(part) for error, part in zip(errors, parts, strict=True))
    beyond = (1 - found.cfi_robust) * (logs - sum(errors))
    assert 1 - beyond / (logs - mistaken) == pytest.approx(theirs, abs=1e-5)


def test_truth_is_recovered_and_the_test_keeps_its_level(request):
    reps = 1000 if request.config.getoption("--slow") else 60
    rng = np.random.default_rng(12)
    loadings = np.array([0.8, 0.7, 0.6, 0.75, 0.65, 0.5])
    cuts = [[0.8, 1.5], [-1, 0.2], [0.5, 1.2], [-1.2, -0.5], [0.0], [0.3, 1]]
    rejected, estimates, errors = [], [], []
    for _ in range(reps):
        traits = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], size=400)
        latent = traits[:, [0, 0, 0, 1, 1, 1]] * loadings + np.sqrt(1 - loadings**2) * rng.normal(size=(400, 6))
        x = pd.DataFrame({f"y{j + 1}": np.digitize(latent[:, j], cuts[j]) for j in range(6)})
        found = cfa("a =~ y1 + y2 + y3\nb =~ y4 + y5 + y6", x, estimator="WLSMV", identify="variance")
        own = [row for row in found.parameter_rows if row.op == "=~"]
        rejected.append(found.fit.pvalue_scaled < 0.05)
        estimates.append([row.est for row in own])
        errors.append([row.se for row in own])
    spread = np.std(estimates, axis=0, ddof=1)
    assert np.abs(np.mean(estimates, axis=0) - loadings).max() < 0.01 + 3 * (spread / np.sqrt(reps)).max()
    assert np.sqrt(np.mean(np.square(errors), axis=0)) == pytest.approx(spread, rel=0.02 + 4 / np.sqrt(2 * reps))
    assert abs(np.mean(rejected) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / reps) + 0.01


def test_observed_variables_have_variance_one(frames):
    found = cfa(THREE, frames["data"], estimator="WLSMV")
    rows = {(row.lhs, row.op, row.rhs): row for row in found.parameter_rows}
    for item in ITEMS:
        residual = rows[item, "~~", item]
        loading = next(row.std for key, row in rows.items() if key[1] == "=~" and key[2] == item)
        assert residual.est == pytest.approx(1 - loading**2)
        assert (residual.se, residual.free) == (0.0, False)
    assert rows["y1", "|", "t1"].est == pytest.approx(polychoric(frames["data"], ITEMS).threshold_rows[0].value)


def test_one_factor_has_the_loadings_of_ordinal_alpha(frames):
    x = frames["data"][["y1", "y2", "y3", "y7"]]
    loadings = cfa("f =~ y1 + y2 + y3 + y7", x, estimator="WLSMV").loadings()["f"]
    assert loadings == pytest.approx({row.item: row.loading for row in ordinal_alpha(x).item_rows}, abs=1e-7)


def test_declared_labels_give_what_their_places_give(frames):
    words = ["never", "rarely", "sometimes", "often", "always"]
    numbers = frames["data"][ITEMS]
    labels = numbers.apply(lambda column: pd.Categorical([words[each - 1] for each in column], words, ordered=True))
    ours, theirs = (cfa(THREE, x, estimator="WLSMV") for x in (labels, numbers))
    assert ours.fit.chisq_scaled == pytest.approx(theirs.fit.chisq_scaled, rel=1e-12)


def test_it_goes_to_json_and_back(frames):
    found = cfa(THREE, frames["data"], estimator="WLSMV")
    assert from_dict(to_dict(found)) == found


def test_what_ordinal_answers_cannot_tell_is_named(frames):
    x = frames["data"]

    def refused(model, answers=x, **keywords):
        with pytest.raises(ModelError) as caught:
            sem(model, answers, **{"estimator": "WLSMV"} | keywords)
        return [each.code for each in caught.value.problems]

    assert refused(THREE + "\nb ~ y1\ny2 ~ 1\ny5 ~~ 0.5*y5") == [
        "sem.ordinal_explains",
        "sem.ordinal_intercept",
        "sem.ordinal_variance",
    ]
    assert refused(THREE, group="place", equal=["variances"]) == ["sem.ordinal_equal"]
    assert refused("a =~ y1 + y2") == ["sem.negative_df"]
    assert refused(THREE, contingency(x, ITEMS)) == ["sem.rows_needed"]
    assert refused(THREE, missing="fiml") == ["option.unknown"]
    assert refused(THREE, missing="pairwise", estimator="ML") == ["option.unknown"]
    assert refused(THREE, x.assign(y2=x["y1"])) == ["sem.ordinal_perfect"]
    assert refused(THREE, x.assign(y2=1)) == ["polychoric.one_level"]
    assert refused("a =~ y1 + y2 + y3\nb =~ y4\na ~~ b") == ["sem.not_identified"]


def test_cautions_of_the_tables_come_along(frames):
    codes = [each.code for each in cfa(THREE, frames["holes"], estimator="WLSMV").cautions]
    assert "polychoric.empty_cells" in codes
    assert codes.count("rows.excluded") == 1


def test_polychoric_correlations_as_moments_carry_a_caution(frames):
    found = cfa(THREE, polychoric(frames["data"], ITEMS), estimator="ULS")
    assert "moments.polychoric" in [each.code for each in found.cautions]
    weighted = cfa(THREE, frames["data"], estimator="ULSMV")
    own, theirs = found.loadings(), weighted.loadings()
    for latent in ("a", "b", "c"):
        assert own[latent] == pytest.approx(theirs[latent], abs=1e-5)


@pytest.mark.parametrize("case", ["wlsmv", "pairwise", "ulsmv"])
def test_residuals_match_lavaan(values, frames, case):
    model, name, keywords = CASES[case]
    r = values["cases"][case]
    found = residuals(cfa(model, frames[name], **{"estimator": "WLSMV"} | keywords))
    compared = 0
    for row in found.residual_rows:
        i, j = ITEMS.index(row.a), ITEMS.index(row.b)
        assert row.raw == pytest.approx(r["residuals"][i][j], abs=1e-6)
        if i != j:
            assert row.z == pytest.approx(r["residuals_z"][i][j], rel=2e-5, abs=2e-5)
            compared += 1
    assert compared == 36


@pytest.mark.parametrize("estimator", ["WLSMV", "WLSM", "ULSMV"])
def test_a_model_without_degrees_of_freedom_has_no_test(frames, estimator):
    found = cfa("a =~ y1 + y2 + y3", frames["data"], estimator=estimator)
    assert found.fit.df == 0
    assert found.fit.chisq_scaled == pytest.approx(0, abs=1e-12)
    assert (found.fit.pvalue, found.fit.pvalue_scaled, found.fit.cfi_robust) == (None, None, None)
    assert found.fit.cfi == 1
