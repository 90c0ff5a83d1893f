"""Laws of factors, comparisons, cross tables and sampling: what must hold for any data."""

from operator import add

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.stats.anova import anova, kruskal, levene, welch_anova
from analysis.stats.compare import ttest, ttest_one, ttest_paired
from analysis.stats.contingency import chi_square, contingency
from analysis.stats.factorability import bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.groups import Groups, groups
from analysis.stats.importance import lmg
from analysis.stats.moments import moments
from analysis.stats.posthoc import posthoc
from analysis.stats.proportion import proportion
from analysis.stats.regression import ols
from analysis.stats.sampling import allocate, sample_size_cochran, sample_size_yamane

seeds = st.integers(0, 2**32 - 1)
laws = settings(max_examples=40, deadline=None)


def items(seed, n=80):
    """Two bundles of three items."""
    rng = np.random.default_rng(seed)
    traits = rng.normal(size=(n, 2))
    return pd.DataFrame({f"q{j}": traits[:, j // 3] + rng.normal(size=n) for j in range(6)})


def grouped(seed, k=3, n=45):
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.repeat(np.arange(k), 3), rng.integers(0, k, n - 3 * k)])
    return pd.DataFrame({"y": rng.normal(size=n) + codes * rng.uniform(0, 1), "g": [f"g{code}" for code in codes]})


def printed(data):
    found = groups("y ~ g", data)
    return Groups.from_printed(found.labels, n=found.n, mean=found.mean, sd=found.sd, formula="y ~ g")


def slopes(seed, k=4, n=50):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(n, k)) @ rng.normal(size=(k, k)), columns=list("abcd"[:k]))
    x["y"] = x.sum(axis=1) + rng.normal(size=n)
    return x


# ---- factors ---------------------------------------------------------------------------------------------------------


@laws
@given(seeds)
def test_kmo_and_bartlett_do_not_know_units_or_order(seed):
    x = items(seed)
    other = (x * [1, 10, 0.1, 2, 5, 100] + [0, 3, 1, 50, -7, 2])[["q3", "q0", "q5", "q1", "q4", "q2"]]
    assert kmo(other).overall == pytest.approx(kmo(x).overall, rel=1e-10)
    assert bartlett(other).chi2 == pytest.approx(bartlett(x).chi2, rel=1e-10)
    assert 0 <= kmo(x).overall <= 1


@laws
@given(seeds, st.sampled_from(["varimax", "promax", "none"]))
def test_loadings_do_not_know_units_or_order(seed, rotation):
    x = items(seed)
    values = efa(x, 2).eigenvalues
    assume(min(values[0] - values[1], values[1] - values[2]) > 0.05)
    mine = efa(x, 2, rotation=rotation)
    assume(mine.variance["rotated"][0] - mine.variance["rotated"][1] > 1e-3)
    assume((mine.loadings.sum().abs() > 1e-3).all())
    other = efa(x[["q3", "q0", "q5", "q1", "q4", "q2"]] * 7 + 1, 2, rotation=rotation).loadings.loc[list(x)]
    np.testing.assert_allclose(other, mine.loadings, atol=1e-6)


@laws
@given(seeds, st.sampled_from(["pca", "minres", "ml"]))
def test_varimax_leaves_communalities(seed, method):
    x = items(seed)
    rotated = efa(x, 2, method=method)
    np.testing.assert_allclose((rotated.loadings**2).sum(axis=1), rotated.communalities["extraction"], atol=1e-12)
    plain = efa(x, 2, method=method, rotation="none")
    np.testing.assert_allclose(plain.communalities["extraction"], rotated.communalities["extraction"], atol=1e-12)


@laws
@given(seeds)
def test_eigenvalues_sum_to_the_number_of_items(seed):
    found = efa(items(seed))
    assert sum(found.eigenvalues) == pytest.approx(6, rel=1e-12)
    assert found.n_factors == sum(value > 1 for value in found.eigenvalues)


@laws
@given(seeds, st.integers(0, 5))
def test_reversing_an_item_flips_its_loadings_only(seed, at):
    x = items(seed)
    turned = x.copy()
    turned[f"q{at}"] = -turned[f"q{at}"]
    mine, other = efa(x, 2), efa(turned, 2)
    np.testing.assert_allclose(np.sort(mine.loadings.abs(), axis=1), np.sort(other.loadings.abs(), axis=1), atol=1e-6)
    np.testing.assert_allclose(mine.communalities["extraction"], other.communalities["extraction"], atol=1e-10)


@laws
@given(seeds, st.sampled_from(["oblimin", "promax"]))
def test_oblique_factors_reproduce_what_orthogonal_ones_do(seed, rotation):
    x = items(seed)
    oblique, plain = (efa(x, 2, method="minres", rotation=each) for each in (rotation, "none"))
    mine = oblique.loadings.to_numpy() @ oblique.phi.to_numpy() @ oblique.loadings.to_numpy().T
    np.testing.assert_allclose(mine, plain.loadings.to_numpy() @ plain.loadings.to_numpy().T, atol=1e-10)
    assert oblique.variance["rotated"].sum() == pytest.approx(plain.variance["extracted"].sum(), rel=1e-10)


# ---- groups ----------------------------------------------------------------------------------------------------------


@laws
@given(seeds)
def test_t_squared_is_f(seed):
    data = grouped(seed, k=2)
    t, f = ttest("y ~ g", data), anova("y ~ g", data)
    assert (t.statistic**2, t.p) == pytest.approx((f.statistic, f.p), rel=1e-10)
    welch = welch_anova("y ~ g", data)
    assert ttest("y ~ g", data, variances="welch").p == pytest.approx(welch.p, rel=1e-9)


@laws
@given(seeds)
def test_t_is_the_slope_of_a_regression(seed):
    data = grouped(seed, k=2)
    slope = ols("y ~ g", data).coefficient_rows[1]
    assert ttest("y ~ g", data).statistic == pytest.approx(-slope.statistic, rel=1e-10)
    assert anova("y ~ g", data).effect.value == pytest.approx(ols("y ~ g", data).fit.r2, rel=1e-10)


@laws
@given(st.floats(-5, 5), st.floats(0.1, 5), st.integers(2, 50))
def test_welch_is_pooled_for_equal_n_and_spread(mean, sd, n):
    found = Groups.from_printed(["a", "b"], n=[n, n], mean=[0, mean], sd=[sd, sd])
    pooled, welch = (ttest("outcome ~ group", found, variances=each) for each in ("pooled", "welch"))
    assert (welch.statistic, welch.df1) == pytest.approx((pooled.statistic, pooled.df1), rel=1e-10, abs=1e-12)


@laws
@given(seeds)
def test_a_printed_table_is_as_good_as_rows(seed):
    data = grouped(seed)
    table = printed(data)
    for verb in (anova, welch_anova):
        ours, theirs = verb("y ~ g", table), verb("y ~ g", data)
        assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.p), rel=1e-10)
    for method in ("bonferroni", "games_howell"):
        ours, theirs = (posthoc("y ~ g", each, method=method).pairs["low"] for each in (table, data))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_family_p_is_no_smaller_than_unadjusted(seed):
    data = grouped(seed)
    for method in ("tukey", "games_howell", "bonferroni"):
        for row in posthoc("y ~ g", data, method=method).pair_rows:
            assert 0 <= row.p_unadjusted <= row.p * (1 + 1e-9) <= 1 + 1e-8
            assert row.low <= row.difference <= row.high


@laws
@given(seeds)
def test_tukey_of_two_groups_is_the_t_test(seed):
    data = grouped(seed, k=2)
    row = posthoc("y ~ g", data).pair_rows[0]
    t = ttest("y ~ g", data)
    assert (row.p, row.low) == pytest.approx((t.p, t.difference.low), rel=1e-8)


@laws
@given(seeds)
def test_sums_of_squares_add_up(seed):
    data = grouped(seed)
    between, within, total = anova("y ~ g", data).variance_rows
    assert between.ss + within.ss == pytest.approx(total.ss, rel=1e-12)
    assert total.ss == pytest.approx(data["y"].var() * (len(data) - 1), rel=1e-10)


@laws
@given(seeds, st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_comparisons_do_not_know_units(seed, shift, scale):
    data = grouped(seed)
    other = data.assign(y=data["y"] * scale + shift)
    for verb in (anova, welch_anova, levene):
        assert verb("y ~ g", other).statistic == pytest.approx(verb("y ~ g", data).statistic, rel=1e-7)


@laws
@given(seeds)
def test_ranks_do_not_know_any_increasing_scale(seed):
    data = grouped(seed)
    assert kruskal("y ~ g", data.assign(y=np.exp(data["y"]))).statistic == kruskal("y ~ g", data).statistic


@laws
@given(seeds)
def test_group_names_and_row_order_do_not_matter(seed):
    data = grouped(seed)
    other = data.sample(frac=1, random_state=seed % 1000).replace({"g": {"g0": "z", "g1": "y", "g2": "x"}})
    assert anova("y ~ g", other).p == pytest.approx(anova("y ~ g", data).p, rel=1e-9)
    assert kruskal("y ~ g", other).p == pytest.approx(kruskal("y ~ g", data).p, rel=1e-9)


@laws
@given(seeds, st.floats(0.5, 0.99))
def test_intervals_of_effects_hold_the_effect(seed, level):
    data = grouped(seed, k=2)
    for variances in ("pooled", "welch"):
        for row in ttest("y ~ g", data, variances=variances, level=level).effect_rows:
            assert row.low <= row.value <= row.high
    eta = anova("y ~ g", data).effect
    assert 0 <= eta.low <= eta.high <= 1


@laws
@given(seeds)
def test_a_paired_test_is_a_test_of_the_differences(seed):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(20, 2)), columns=["a", "b"])
    paired, one = ttest_paired(x, "a", "b"), ttest_one({"d": x["a"] - x["b"]}, "d", 0)
    assert (paired.statistic, paired.p) == pytest.approx((one.statistic, one.p), rel=1e-10)


# ---- cross tables ----------------------------------------------------------------------------------------------------


@laws
@given(seeds)
def test_chi_square_does_not_know_labels(seed):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"a": rng.choice(list("pqr"), 60), "b": rng.choice(list("uv"), 60)})
    assume(x["a"].nunique() == 3)
    assume(x["b"].nunique() == 2)
    other = x.replace({"a": {"p": "z", "q": "x", "r": "y"}, "b": {"u": "2", "v": "1"}})
    mine, theirs = chi_square(x, "a", "b"), chi_square(other, "a", "b")
    assert (mine.statistic, mine.p) == pytest.approx((theirs.statistic, theirs.p), rel=1e-10)
    assert mine.effect.value == pytest.approx(chi_square(x, "b", "a").effect.value, rel=1e-10)
    assert mine.effect.low <= mine.effect.value + 1e-12


@laws
@given(seeds, st.integers(1, 58))
def test_cross_tables_of_parts_add_up_to_the_whole(seed, cut):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.integers(1, 6, size=(60, 3)), columns=list("abc"))
    assert add(contingency(x.iloc[:cut]), contingency(x.iloc[cut:])) == contingency(x)
    assert add(contingency(x.iloc[cut:]), contingency(x.iloc[:cut])) == contingency(x)


# ---- importance and sampling -----------------------------------------------------------------------------------------


@laws
@given(seeds)
def test_lmg_sums_to_r_squared_in_any_order(seed):
    x = slopes(seed)
    mine = {row.term: row.lmg for row in lmg("y ~ a + b + c + d", x).term_rows}
    other = {row.term: row.lmg for row in lmg("y ~ d + b + a + c", x * 3 + 1).term_rows}
    assert sum(mine.values()) == pytest.approx(ols("y ~ a + b + c + d", x).fit.r2, rel=1e-10)
    assert other == pytest.approx(mine, rel=1e-8, abs=1e-12)
    stored = {row.term: row.lmg for row in lmg("y ~ a + b + c + d", moments(x)).term_rows}
    assert stored == pytest.approx(mine, rel=1e-8, abs=1e-12)
    assert min(mine.values()) >= -1e-12


@laws
@given(st.integers(2, 10**7), st.integers(1, 10**5), st.sampled_from([0.01, 0.03, 0.05, 0.1]))
def test_sample_sizes_grow_with_the_population(population, more, margin):
    for size in (
        lambda N: sample_size_yamane(N, margin).n,
        lambda N: sample_size_cochran(margin=margin, population=N).n,
    ):
        assert size(population) <= size(population + more)
        assert 1 <= size(population) <= population
    assert sample_size_cochran(margin=margin, population=population).n <= sample_size_cochran(margin=margin).n


@laws
@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.data())
def test_allocations_add_up_and_stay_near_their_share(sizes, data):
    n = data.draw(st.integers(1, sum(sizes)))
    found = allocate(n, {f"s{at}": size for at, size in enumerate(sizes)})
    assert sum(row.n for row in found.stratum_rows) == n
    assert all(abs(row.n - row.exact) < 1 and row.n <= row.size for row in found.stratum_rows)


@laws
@given(st.integers(1, 500), st.data(), st.sampled_from(["wilson", "exact", "agresti"]))
def test_shares_mirror(n, data, method):
    x = data.draw(st.integers(0, n))
    mine, other = proportion(x, n, method=method), proportion(n - x, n, method=method)
    assert 0 <= mine.low <= mine.value <= mine.high <= 1
    assert (mine.low, mine.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-10)
