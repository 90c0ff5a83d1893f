"""Omega against psych and lavaan, on real answers, and where it must be refused or doubted."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.manyfactors import extract_many
from analysis.stats.moments import Moments, moments
from analysis.stats.omega import omega
from analysis.stats.result import from_dict, to_dict


def codes(result):
    return [each.code for each in result.cautions]


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def one_factor(loadings, errors, n=400):
    loadings, errors = np.asarray(loadings, dtype=float), np.asarray(errors, dtype=float)
    cov = np.outer(loadings, loadings) + np.diag(errors)
    return Moments(tuple(f"q{j}" for j in range(len(loadings))), n, np.zeros(len(loadings)), cov)


def residual(cov, k):
    """Sum of squares that minres leaves of the correlations."""
    sd = np.sqrt(np.diag(cov))
    corr = cov / np.outer(sd, sd)
    loadings = extract_many(corr[None], k, "minres").loadings[0]
    return ((corr - loadings @ loadings.T)[np.tril_indices(len(corr), -1)] ** 2).sum()


@pytest.mark.parametrize("case", ["harman", "ability", "likert"])
def test_omega_matches_psych_and_lavaan(reference, case):
    r = reference("omega")[case]
    found = omega(Moments(tuple(r["names"]), r["n"], np.zeros(len(r["names"])), np.array(r["S"])), n_factors=r["k"])
    ours = [found.total.value, found.hierarchical.value, found.limit, found.ecv]
    assert ours == pytest.approx([r[name] for name in ("total", "hierarchical", "limit", "ecv")], abs=2e-5)
    np.testing.assert_allclose(found.loadings["g"], r["g"], atol=5e-5)  # oblimin stops at a slope of 1e-5
    np.testing.assert_allclose(found.items["h2"], r["h2"], atol=5e-5)  # psych's optimiser stops early: see the next
    assert residual(np.array(r["S"]), r["k"]) <= r["residual"]
    assert found.congeneric.value == pytest.approx(r["congeneric"]["value"], abs=1e-5)
    np.testing.assert_allclose(np.abs(found.items["congeneric"]), r["congeneric"]["loadings"], atol=1e-5)
    theirs = sorted((row for row in r["group"][1:] if row[0] not in (None, "NA")), key=lambda row: row[0])
    own = sorted([row.total, row.general, row.group] for row in found.group_rows)
    np.testing.assert_allclose(own, theirs, atol=5e-5)


SHARED = {"HS9_nf3": 3, "bfi25_nf5": 5, "bfi_A_nf1": 1}
TURNED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5", "N1", "N2", "N3", "N4", "N5", "O4"]


@pytest.fixture(scope="module")
def real(shared_dir):
    folder = shared_dir / "data" / "psychometrics_core" / "csv"
    bfi = pd.read_csv(folder / "bfi.csv").iloc[:, :25]
    bfi[TURNED] = 7 - bfi[TURNED]
    nine = [f"x{j}" for j in range(1, 10)]
    return {
        "HS9_nf3": pd.read_csv(folder / "HolzingerSwineford1939.csv")[nine],
        "bfi25_nf5": bfi,
        "bfi_A_nf1": bfi[["A1", "A2", "A3", "A4", "A5"]],
    }


@pytest.mark.parametrize("case", SHARED)
def test_omega_matches_the_shared_reference(shared, real, case):
    r = shared("omega")[case]
    found = omega(real[case], n_factors=SHARED[case], missing="pairwise", resamples=0)
    ours = [found.total.value, found.hierarchical.value, found.limit, found.ecv]
    assert ours == pytest.approx([r["omega_t"], r["omega_h"], r["omega_lim"], r["stats"]["ecv"]], abs=2e-5)
    np.testing.assert_allclose(found.loadings["g"], [row[0] for row in r["sl"]["values"]], atol=2e-5)
    np.testing.assert_allclose(found.loadings["h2"], [row[-4] for row in r["sl"]["values"]], atol=2e-5)


def test_congeneric_omega_matches_the_shared_reference(shared, real):
    r = shared("omega")["bfi_A_omega_u"]
    found = omega(real["bfi_A_nf1"], resamples=0)
    assert found.congeneric.value == pytest.approx(r["omega_cfa_cov_listwise"], abs=1e-5)


def test_omega_of_one_true_factor_is_its_closed_form():
    m = one_factor([0.8, 1.5, 0.3, 0.9, 2.0], [1.0, 2.0, 0.5, 0.2, 3.0])
    found = omega(m)
    true = 5.5**2 / (5.5**2 + 6.7)
    assert found.congeneric.value == pytest.approx(true, abs=1e-8)
    corr = omega(one_factor([0.8, 0.7, 0.6, 0.5], 1 - np.array([0.8, 0.7, 0.6, 0.5]) ** 2))
    expected = 2.6**2 / (2.6**2 + 4 - 1.74)
    values = [corr.total.value, corr.hierarchical.value, corr.congeneric.value]
    assert values == pytest.approx([expected] * 3, abs=1e-8)
    assert corr.ecv == 1


def test_a_true_hierarchy_is_recovered():
    """Nine items, three bundles: proportional general and group loadings are what Schmid and Leiman can express."""
    oblique = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]]))
    ladder = np.array([0.7, 0.6, 0.5])
    phi = np.outer(ladder, ladder)
    np.fill_diagonal(phi, 1)
    corr = oblique @ phi @ oblique.T
    np.fill_diagonal(corr, 1)
    found = omega(Moments.from_printed(corr, n=500, names=[f"q{j}" for j in range(9)]))
    general = oblique @ ladder
    h2 = (oblique**2).sum(axis=1)
    assert found.hierarchical.value == pytest.approx(
        general.sum() ** 2 / corr.sum(), abs=1e-5
    )  # oblimin stops at a slope of 1e-5
    assert found.total.value == pytest.approx((corr.sum() - (1 - h2).sum()) / corr.sum(), abs=1e-8)
    assert found.ecv == pytest.approx((general**2).sum() / h2.sum(), abs=1e-5)
    assert codes(found) == ["omega.interval_needs_rows"]


def test_the_interval_needs_rows_and_says_so(scale):
    bare, full = omega(moments(scale)), omega(scale, resamples=200)
    assert bare.total.low is None
    assert bare.resamples == 0
    assert "omega.interval_needs_rows" in codes(bare)
    assert "omega.interval_needs_rows" not in codes(full)
    assert full.congeneric.value == bare.congeneric.value
    assert full.congeneric.low < full.congeneric.value < full.congeneric.high
    assert (full.congeneric.method, full.resamples) == ("bootstrap_percentile", 200)
    corrected = omega(scale, ci="bca", resamples=200)
    assert {corrected.total.method, corrected.hierarchical.method, corrected.congeneric.method} == {"bca"}
    assert corrected.congeneric.se == full.congeneric.se
    assert corrected.congeneric.low < corrected.congeneric.value < corrected.congeneric.high
    assert "omega.interval_needs_rows" in codes(omega(moments(scale), ci="bca"))


def test_skewed_items_say_that_the_interval_promises_too_much(scale):
    skewed = np.exp(scale)
    for interval in ("percentile", "bca"):
        found = next(each for each in omega(skewed, ci=interval, resamples=50).cautions if "skewed" in each.code)
        assert found.code == "omega.skewed_items"
        assert found.get("items")
    assert "omega.skewed_items" not in codes(omega(scale, resamples=50))
    assert "omega.skewed_items" not in codes(omega(skewed, resamples=0))  # no interval, no promise


def test_the_same_chance_gives_the_same_interval(scale):
    assert omega(scale, resamples=100) == omega(scale, resamples=100)
    other = omega(scale, resamples=100, rng=np.random.default_rng(5))
    assert other.congeneric.low != omega(scale, resamples=100).congeneric.low
    assert from_dict(to_dict(other)) == other


def test_the_bootstrap_is_that_of_refits(scale):
    """Weights times sums of patterns, against refits of the drawn rows themselves."""
    from analysis.stats.resample import SEED, draws, units

    values = scale.to_numpy()
    of = units(values)
    distinct = np.unique(values, axis=0)
    weights = next(iter(draws(of, 5, np.random.default_rng(SEED))))
    for line, cov in zip(weights, of.covariances(weights), strict=True):
        drawn = np.repeat(distinct, line.astype(int), axis=0)
        np.testing.assert_allclose(cov, np.cov(drawn.T), rtol=1e-10)


def test_two_items_are_not_identified(scale):
    code, slots = refusal(lambda: omega(scale, ["q1", "q2"]))
    assert (code, slots["items"]) == ("omega.not_identified", ("q1", "q2"))


def test_what_cannot_be_factored_is_refused_by_name(scale):
    assert refusal(lambda: omega(scale.assign(q5=scale["q1"])))[0] == "factors.duplicate_items"
    assert refusal(lambda: omega(scale.assign(q5=3)))[1]["columns"] == ("q5",)
    assert refusal(lambda: omega(scale.assign(total=scale.sum(axis=1))))[0] == "factors.linear_relation"
    assert refusal(lambda: omega(scale.iloc[:2]))[0] == "factors.too_few_rows"
    assert refusal(lambda: omega(scale, n_factors=3))[0] == "factors.count"
    assert refusal(lambda: omega(scale, resamples=-1))[0] == "resample.count"
    assert refusal(lambda: omega(scale, ci="normal"))[0] == "option.unknown"


def test_an_impossible_matrix_is_refused_with_its_eigenvalue():
    cov = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    m = Moments(("a", "b", "c"), 100, np.zeros(3), cov, "printed")
    assert refusal(lambda: omega(m))[0] == "factors.not_positive_definite"


def test_an_unreversed_item_is_named_and_not_turned(scale):
    found = omega(scale.assign(q4=6 - scale["q4"]), resamples=0)
    caution = next(each for each in found.cautions if each.code == "omega.negative_loading")
    assert caution.get("items") == ("q4",)
    assert found.congeneric.value < omega(scale, resamples=0).congeneric.value


def test_omega_if_deleted_is_omega_of_the_others(scale):
    found = omega(scale, resamples=0)
    for row in found.item_rows:
        rest = omega(scale.drop(columns=row.item), resamples=0)
        assert row.omega_if_deleted == pytest.approx(rest.congeneric.value, abs=1e-9)
    assert omega(scale, ["q1", "q2", "q3"], resamples=0).item_rows[0].omega_if_deleted is None


def test_two_group_factors_say_that_they_are_not_enough():
    corr = np.full((6, 6), 0.3)
    corr[:3, :3] = corr[3:, 3:] = 0.6
    np.fill_diagonal(corr, 1)
    m = Moments.from_printed(corr, n=300, names=list("abcdef"))
    assert "omega.two_groups" in codes(omega(m, n_factors=2))


RUNS = {False: (25, 100), True: (1000, 1000)}


@pytest.mark.slow
def test_the_interval_covers_the_truth(request):
    """Normal items of one factor: the share of intervals that hold the true omega."""
    times, resamples = RUNS[bool(request.config.getoption("--slow"))]
    loadings = np.array([0.8, 0.7, 0.6, 0.5, 0.7])
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    rng = np.random.default_rng(20240303)
    held = 0
    for _ in range(times):
        x = rng.normal(size=(200, 1)) * loadings + rng.normal(size=(200, 5)) * np.sqrt(1 - loadings**2)
        found = omega(x, resamples=resamples, rng=rng).congeneric
        held += found.low <= true <= found.high
    assert held / times == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / times) + 0.02)


# ---- coverage of the interval ----------------------------------------------------------------------------------------

COVERAGE_RUNS = {
    False: {"normal": 25, "skewed": 25, "bundles": 10},
    True: {"normal": 500, "skewed": 500, "bundles": 100},
}
INTERVALS = {
    "normal": ("omega", "omega_bca", "alpha_for_omega"),
    "skewed": ("omega", "omega_bca", "alpha_for_omega"),
    "bundles": ("total", "total_bca", "hierarchical", "hierarchical_bca"),
}


def coverage_runs(kind, seed):
    """Whether each interval of one simulated survey holds the true omega; see the script."""
    file = Path(__file__).resolve().parents[1] / "reference" / "omega_coverage" / "make.py"
    return runpy.run_path(str(file))["runs"](kind, seed)


@pytest.mark.parametrize("kind", INTERVALS)
def test_coverage_of_omega_is_as_the_committed_table_says(request, reference, kind):
    times = COVERAGE_RUNS[bool(request.config.getoption("--slow"))][kind]
    table = reference("omega_coverage")[kind]
    held = [each for _, each in zip(range(times), coverage_runs(kind, 20240311), strict=False)]
    for name in INTERVALS[kind]:
        chance = 3.5 * np.sqrt(table[name] * (1 - table[name]) * (1 / times + 1 / table["times"]))
        assert np.mean([each[name] for each in held]) == pytest.approx(table[name], abs=chance), name


def test_the_table_of_coverage_says_what_the_interval_is_good_for(reference):
    """Percentiles hold one factor's omega better than BCa, BCa the hierarchical one; alpha's interval is another's."""
    table = reference("omega_coverage")
    chance = {kind: 3 * np.sqrt(0.95 * 0.05 / table[kind]["times"]) for kind in table}
    assert table["normal"]["omega"] == pytest.approx(0.95, abs=chance["normal"])
    assert table["skewed"]["omega_bca"] < table["skewed"]["omega"] < table["normal"]["omega"]
    assert table["skewed"]["omega"] > table["skewed"]["alpha_for_omega"] + chance["skewed"]
    assert table["bundles"]["total"] == pytest.approx(0.95, abs=chance["bundles"])
    assert table["bundles"]["hierarchical"] < 0.95 - chance["bundles"]
    assert table["bundles"]["hierarchical_bca"] > table["bundles"]["hierarchical"]
    for kind in ("normal", "skewed"):
        assert table[kind]["true_alpha"] < table[kind]["true_omega"]


def test_the_percentile_interval_of_omega_hierarchical_is_doubted():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(150, 1)) + rng.normal(size=(150, 3))[:, np.arange(9) // 3] + rng.normal(size=(150, 9))
    assert "omega.hierarchical_percentile" in codes(omega(x, resamples=30))
    for other in (omega(x, ci="bca", resamples=30), omega(x, n_factors=1, resamples=30), omega(x, resamples=0)):
        assert "omega.hierarchical_percentile" not in codes(other)
