"""Group differences against rstatix 0.7: what it computes unrounded, and what it rounds at the digits it leaves."""

from math import floor, log10

import numpy as np
import pytest

from analysis.stats.anova import anova, kruskal, levene, welch_anova
from analysis.stats.compare import ttest
from analysis.stats.contingency import chi_square
from analysis.stats.posthoc import posthoc
from analysis.stats.ranks import dunn, mann_whitney

SEVERAL = ("chick", "tooth", "air", "sprays")
TWO = ("supp", "cars")


@pytest.fixture
def r(reference):
    return reference("rstatix")


def effects(found):
    return {row.name: row.value for row in found.effect_rows}


def rounded(ours, theirs):
    """rstatix leaves three significant digits of a small p and three decimals of a large one, two decimals of F."""
    digits = 3 - 1 - floor(log10(theirs)) if 0 < theirs < 0.001 else 3
    return abs(ours - theirs) <= 0.5 * 10.0**-digits * (1 + 1e-9)


@pytest.mark.parametrize("case", SEVERAL)
def test_games_howell(r, case):
    theirs = r[case]["games_howell"]
    found = posthoc(r[case]["formula"], r[case]["data"], method="games_howell")
    pairs = {frozenset((row.a, row.b)): row for row in found.pair_rows}
    for a, b, gap, low, high, se, t, df, p in zip(*theirs.values(), strict=True):
        row = pairs[frozenset((a, b))]
        sign = 1 if (row.a, row.b) == (b, a) else -1
        ends = sorted([sign * row.low, sign * row.high])
        # its se is that of q, which is sqrt(2) smaller; its statistic is t, without a sign
        ours = [sign * row.difference, row.se / np.sqrt(2), abs(row.statistic), row.df]
        assert ours == pytest.approx([gap, se, t, df], rel=1e-10)
        assert ends == pytest.approx([low, high], rel=1e-5, abs=1e-5)  # qtukey's own error
        assert rounded(row.p, p)


@pytest.mark.parametrize("case", SEVERAL)
def test_welch_kruskal_and_shares_of_variance(r, case):
    theirs, data, formula = r[case], r[case]["data"], r[case]["formula"]
    welch = welch_anova(formula, data)
    assert (round(welch.statistic, 2), welch.df1) == (pytest.approx(theirs["welch"]["F"]), theirs["welch"]["df1"])
    assert welch.df2 == pytest.approx(theirs["welch"]["df2"], rel=1e-10)
    assert rounded(welch.p, theirs["welch"]["p"])
    ranks = kruskal(formula, data)
    assert (ranks.statistic, ranks.df1) == (pytest.approx(theirs["kruskal"]["H"]), theirs["kruskal"]["df"])
    k, n = len(ranks.group_rows), ranks.n
    eta = (ranks.statistic - k + 1) / (n - k)  # eta^2 of H, which stands for our epsilon^2
    assert eta == pytest.approx(theirs["kruskal"]["eta2_h"], rel=1e-10)
    assert effects(ranks)["epsilon_squared"] == pytest.approx(ranks.statistic / (n - 1), rel=1e-12)
    assert effects(anova(formula, data))["eta_squared"] == pytest.approx(theirs["eta2"], rel=1e-10)


@pytest.mark.parametrize("case", SEVERAL)
@pytest.mark.parametrize(("ours", "adjustment"), [("holm", "holm"), ("bh", "BH"), ("bonferroni", "bonferroni")])
def test_dunn(r, case, ours, adjustment):
    theirs = r[case]["dunn"][adjustment]
    found = dunn(r[case]["formula"], r[case]["data"], adjustment=ours)
    pairs = {frozenset((row.a, row.b)): row for row in found.pair_rows}
    for a, b, z, p, adjusted in zip(*(theirs[name] for name in ("a", "b", "z", "p", "adjusted")), strict=True):
        row = pairs[frozenset((a, b))]
        sign = 1 if (row.a, row.b) == (b, a) else -1
        assert [sign * row.statistic, row.p_unadjusted, row.p] == pytest.approx([z, p, adjusted], rel=1e-9)


@pytest.mark.parametrize("case", TWO)
def test_two_groups(r, case):
    theirs, data, formula = r[case], r[case]["data"], r[case]["formula"]
    pooled, welch = (ttest(formula, data, variances=each) for each in ("pooled", "welch"))
    d, n = effects(pooled)["cohen_d"], pooled.n
    sign = np.sign(d) * np.sign(theirs["d"])
    assert sign * d == pytest.approx(theirs["d"], rel=1e-10)
    assert sign * effects(welch)["cohen_d"] == pytest.approx(theirs["d_welch"], rel=1e-10)
    # rstatix approximates Hedges' factor; ours is exact
    assert sign * d * (n - 3) / (n - 2.25) == pytest.approx(theirs["g"], rel=1e-10)
    assert sign * effects(pooled)["hedges_g"] == pytest.approx(theirs["g"], rel=2e-3)
    assert [sign * welch.statistic, welch.df1] == pytest.approx([theirs["t"]["t"], theirs["t"]["df"]], rel=1e-10)
    assert rounded(welch.p, theirs["t"]["p"])
    ranks = mann_whitney(formula, data, method="normal")
    n1, n2 = (row.n for row in ranks.group_rows)
    assert theirs["U"] in (pytest.approx(ranks.statistic), pytest.approx(n1 * n2 - ranks.statistic))
    assert abs(effects(ranks)["r_rank"]) == pytest.approx(theirs["r"], rel=1e-10)
    assert rounded(ranks.p, theirs["p"])
    spread = levene(formula, data, center="median")
    assert [spread.statistic, spread.p] == pytest.approx([theirs["levene"]["F"], theirs["levene"]["p"]], rel=1e-9)


def test_cramer(r):
    theirs = r["cramer"]
    cells = [(i, j) for i, row in enumerate(theirs["counts"]) for j, count in enumerate(row) for _ in range(count)]
    found = chi_square({"a": [i for i, _ in cells], "b": [j for _, j in cells]}, "a", "b")
    assert [effects(found)["cramer_v"], found.statistic] == pytest.approx([theirs["v"], theirs["chi2"]], rel=1e-10)
    assert rounded(found.p, theirs["p"])
