"""Power against R, printed tables and simulation; sizes and effects lead back to the power asked for."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.anova import anova, kruskal, welch_anova
from analysis.stats.compare import ttest, ttest_paired
from analysis.stats.contingency import chi_square
from analysis.stats.groups import Groups
from analysis.stats.power import (
    design_effect,
    power_anova,
    power_clusters,
    power_correlation,
    power_regression,
    power_rmsea,
    power_ttest,
    sensitivity,
    simulate_clusters,
)
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict
from analysis.stats.tails import t_quantile


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.fixture
def r(reference):
    return reference("power")


def test_t_matches_r(r):
    for n, d, two, one in zip(r["t"]["n"], r["t"]["d"], r["t"]["two"], r["t"]["one"], strict=True):
        assert power_ttest(n=n, d=d).power == pytest.approx(two, rel=1e-8)
        assert power_ttest(n=n, d=d, design="one_sample").power == pytest.approx(one, rel=1e-8)
    assert power_ttest(d=0.5, power=0.8).exact == pytest.approx(r["t_n"], rel=1e-6)
    assert power_ttest(n=64, power=0.8).effect == pytest.approx(r["t_d"], rel=1e-6)


def test_anova_matches_r(r):
    for k, n, f, power in zip(*(r["anova"][name] for name in ("k", "n", "f", "power")), strict=True):
        assert power_anova(k, n=n, f=f).power == pytest.approx(power, rel=1e-8)
    assert power_anova(3, f=0.25, power=0.8).exact == pytest.approx(r["anova_n"], rel=1e-4)  # uniroot's own tolerance


def test_regression_matches_r(r):
    for k, n, f2, power, one in zip(*(r["regression"][name] for name in ("k", "n", "f2", "power", "one")), strict=True):
        assert power_regression(k, n=n, f2=f2).power == pytest.approx(power, rel=1e-8)
        assert power_regression(k, n=n, f2=f2, tested=1).power == pytest.approx(one, rel=1e-8)


def test_correlation_matches_integration_in_r(r):
    for rho, n, power in zip(*(r["correlation"][name] for name in ("r", "n", "power")), strict=True):
        assert power_correlation(n=n, r=rho).power == pytest.approx(power, rel=1e-7)


def test_rmsea_matches_r(r):
    for df, n, true, power in zip(*(r["rmsea"][name] for name in ("df", "n", "e1", "power")), strict=True):
        assert power_rmsea(df, n=n, true=true).power == pytest.approx(power, rel=1e-7)


@pytest.mark.parametrize(("df", "n"), [(2, 3488), (10, 782), (50, 214), (100, 132)])
def test_rmsea_needs_the_sizes_that_maccallum_prints(df, n):
    """MacCallum, Browne and Sugawara (1996), table 4: close fit, power .80, found by steps that stop near it."""
    assert power_rmsea(df, n=n).power == pytest.approx(0.8, abs=0.003)
    assert power_rmsea(df, power=0.8).n == pytest.approx(n, rel=0.002)


def test_sizes_that_cohen_prints():
    """Cohen (1988): d = .5 and power .80 need 64 in each group; f = .25 for three groups 52 or 53."""
    assert power_ttest(d=0.5, power=0.8).n == 128
    assert power_anova(3, f=0.25, power=0.8).n == 159
    assert power_regression(7, f2=0.15, power=0.8).n == 103


@settings(deadline=None, max_examples=30)
@given(st.floats(0.15, 1.5), st.floats(0.3, 0.97))
def test_sizes_and_effects_lead_back_to_the_power(d, power):
    found = power_ttest(d=d, power=power)
    assert found.power >= power - 1e-9
    fewer = found.n // 2 - 1
    assert fewer < 2 or power_ttest(n=fewer, d=d).power < power
    effect = power_ttest(n=found.n / 2, power=power).effect
    assert effect <= d + 1e-9
    assert power_ttest(n=found.n / 2, d=effect).power == pytest.approx(power, abs=1e-9)


def test_smallest_effects_of_huge_and_of_many_grouped_studies():
    """scipy's noncentral F is NaN at large noncentralities, which a wide search for the effect would meet."""
    for found in (power_anova(3, n=100_000, power=0.8), power_anova(18, n=14, power=0.8)):
        groups = found.df1 + 1
        assert power_anova(groups, n=found.n / groups, f=found.effect).power == pytest.approx(0.8, abs=1e-8)
    assert power_anova(18, n=14, f=3).power == 1
    assert power_regression(5, n=2_000_000, power=0.9).effect < 1e-4
    assert power_correlation(n=20_000, power=0.8).effect == pytest.approx(0.0198, abs=1e-4)


def test_without_effect_power_is_alpha():
    for found in (
        power_ttest(n=20, d=0),
        power_anova(4, n=9, f=0),
        power_regression(3, n=40, f2=0),
        power_correlation(n=30, r=0),
    ):
        assert found.power == pytest.approx(0.05, rel=1e-6)
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_two_groups_are_an_analysis_of_variance_and_a_regression():
    t = power_ttest(n=30, d=0.6).power
    assert power_anova(2, n=30, f=0.3).power == pytest.approx(t, rel=1e-9)
    assert power_regression(1, n=60, f2=0.09).power == pytest.approx(t, rel=1e-9)


def test_clusters_match_their_simulation(request):
    draws = 40_000 if request.config.getoption("--slow") else 2000
    exact = power_clusters(8, 15, d=0.5, icc=0.1)
    drawn = simulate_clusters(((15,) * 8, (15,) * 8), d=0.5, icc=0.1, draws=draws)
    assert abs(exact.power - drawn.power) < 4 * drawn.power_se
    assert drawn == simulate_clusters(((15,) * 8, (15,) * 8), d=0.5, icc=0.1, draws=draws)


def test_simulated_clusters_are_what_simulated_persons_give():
    """Persons drawn one by one, their cluster means compared by the t test of this package."""
    rng, found = np.random.default_rng(4), 0
    for _ in range(400):
        means = rng.normal(size=12) * 0.1**0.5 + (rng.normal(size=(12, 9)) * 0.9**0.5).mean(axis=1)
        means[:6] += 0.6
        groups = {"y": means, "g": ["a"] * 6 + ["b"] * 6}
        found += ttest("y ~ g", groups).p < 0.05
    power = power_clusters(6, 9, d=0.6, icc=0.1).power
    assert abs(found / 400 - power) < 4 * (power * (1 - power) / 400) ** 0.5


def test_design_effect_widens_the_variance_of_a_mean():
    assert design_effect(1, 0.3) == 1
    assert design_effect(20, 0) == 1
    assert design_effect(20, 0.05) == pytest.approx(1 + 19 * 0.05)
    assert design_effect(20, 0.05, variation=0.5) > design_effect(20, 0.05)


# ---- sensitivity -----------------------------------------------------------------------------------------------------


def answers():
    rng = np.random.default_rng(1)
    return {
        "y": rng.normal(size=90), "z": rng.normal(size=90), "g": list("abc") * 30, "h": list("uuv") * 30,
    }  # fmt: skip


def test_sensitivity_depends_on_the_design_and_not_on_what_was_found():
    x = answers()
    moved = {**x, "y": x["y"] + 3 * (np.array(x["g"]) == "c")}
    first, second = (sensitivity(anova("y ~ g", each)) for each in (x, moved))
    assert first.effect == second.effect
    assert power_anova(3, n=30, f=first.effect).power == pytest.approx(0.8, abs=1e-9)
    assert first.r2 == pytest.approx(first.effect**2 / (1 + first.effect**2))
    assert sensitivity(welch_anova("y ~ g", x)).effect == first.effect


def test_sensitivity_of_two_groups_is_also_in_points():
    found = sensitivity(ttest("y ~ h", answers()))
    assert power_ttest(n=(60, 30), d=found.effect).power == pytest.approx(0.8, abs=1e-9)
    groups = Groups.from_printed(["a", "b"], n=[40, 50], mean=[0, 0], sd=[2, 2])
    assert sensitivity(ttest("outcome ~ group", groups)).difference == pytest.approx(
        2 * sensitivity(ttest("outcome ~ group", groups)).effect
    )


def test_sensitivity_of_pairs_tables_and_regressions(r):
    x = answers()
    pairs = sensitivity(ttest_paired(x, "y", "z"))
    assert power_ttest(n=90, d=pairs.effect, design="paired").power == pytest.approx(0.8, abs=1e-9)
    table = sensitivity(chi_square(x, "g", "h"), power=0.9)
    assert (table.effect_name, table.power) == ("w", 0.9)
    model = sensitivity(ols("y ~ z + g", x))
    assert power_regression(3, n=90, f2=model.effect).power == pytest.approx(0.8, abs=1e-9)
    assert model.r2 == pytest.approx(model.effect / (1 + model.effect))
    assert from_dict(json.loads(json.dumps(to_dict(model)))) == model
    assert r["chi"] == pytest.approx(_chi2(260 * 0.2**2, 4), rel=1e-9)


def _chi2(nc, df):
    from analysis.stats.power import _chi2_power

    return _chi2_power(nc, df, 0.05)


def test_sensitivity_keeps_its_promise_in_simulated_studies():
    """Studies with exactly the smallest effect find it in about 80 % of cases."""
    found = sensitivity(ttest("y ~ h", answers()))
    rng, t = np.random.default_rng(9), t_quantile(0.975, 88)
    a, b = rng.normal(found.effect, 1, (4000, 60)), rng.normal(0, 1, (4000, 30))
    ss = a.var(axis=1, ddof=1) * 59 + b.var(axis=1, ddof=1) * 29
    stat = (a.mean(axis=1) - b.mean(axis=1)) / np.sqrt(ss / 88 * (1 / 60 + 1 / 30))
    assert abs((np.abs(stat) > t).mean() - 0.8) < 4 * (0.16 / 4000) ** 0.5


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_what_cannot_be_planned_is_refused():
    assert refusal(lambda: power_ttest(n=20)) == "power.two_of_three"
    assert refusal(lambda: power_ttest(n=20, d=1, power=0.8)) == "power.two_of_three"
    assert refusal(lambda: power_rmsea(50)) == "power.two_of_three"
    assert refusal(lambda: power_ttest(n=1, d=1)) == "power.too_few"
    assert refusal(lambda: power_ttest(d=1, power=1)) == "power.value"
    assert refusal(lambda: power_ttest(d=0, power=0.8)) == "power.out_of_reach"
    assert refusal(lambda: power_ttest(d=1, power=0.8, alpha=2)) == "power.value"
    assert refusal(lambda: power_correlation(n=20, r=1)) == "power.value"
    assert refusal(lambda: power_anova(1, n=20, f=1)) == "power.groups"
    assert refusal(lambda: power_regression(2, n=20, f2=1, tested=3)) == "power.tested"
    assert refusal(lambda: power_rmsea(0, n=100)) == "power.rmsea"
    assert refusal(lambda: design_effect(0, 0.1)) == "power.clusters"
    assert refusal(lambda: simulate_clusters(((5,), (5, 5)), d=1, icc=0.1)) == "power.clusters"
    assert refusal(lambda: power_clusters(1, 5, d=1, icc=0.1)) == "power.clusters"
    assert refusal(lambda: sensitivity(kruskal("y ~ g", answers()))) == "power.no_design"
