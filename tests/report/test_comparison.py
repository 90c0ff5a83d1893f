"""Every comparison is a table and sentences in both languages, with the same numbers; small groups stay hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import figure, narrate, table
from analysis.report.block import numbers
from analysis.stats.anova import anova, brown_forsythe, kruskal, levene, welch_anova
from analysis.stats.compare import ttest, ttest_one, ttest_paired
from analysis.stats.contingency import chi_square
from analysis.stats.equivalence import equivalence, equivalence_paired
from analysis.stats.fisher import fisher_exact
from analysis.stats.posthoc import posthoc
from analysis.stats.ranks import dunn, mann_whitney
from analysis.stats.twoway import anova_two_way


def results():
    rng = np.random.default_rng(2)
    g, h = np.repeat(["a", "b", "c"], 20), np.tile(["u", "v"], 30)
    y = rng.normal(size=60) + (g == "c") + 0.5 * (h == "v")
    x = pd.DataFrame({"y": y, "z": y + rng.normal(size=60), "g": g, "h": h})
    return {
        "t": ttest("y ~ h", x),
        "welch": ttest("y ~ h", x, variances="welch"),
        "paired": ttest_paired(x, "y", "z"),
        "one": ttest_one(x, "y", 0),
        **{verb.__name__: verb("y ~ g", x) for verb in (anova, welch_anova, brown_forsythe, levene, kruskal)},
        "median": levene("y ~ g", x, center="median"),
        "exact": mann_whitney("y ~ h", x),
        "normal": mann_whitney("y ~ h", x, method="normal"),
        "chi": chi_square(x, "g", "h"),
        "chi2": chi_square(x[x["g"] != "c"], "g", "h"),
        "fisher": fisher_exact(x, "g", "h"),
        "fisher2": fisher_exact(x[x["g"] != "c"], "g", "h"),
        **{method: posthoc("y ~ g", x, method=method) for method in ("tukey", "games_howell", "bonferroni")},
        **{f"dunn_{each}": dunn("y ~ g", x, adjustment=each) for each in ("holm", "bh", "bonferroni", "none")},
        "III": anova_two_way("y ~ g * h", x),
        "II": anova_two_way("y ~ g + h", x.iloc[3:], squares="II"),
        **{f"tost{margin}": equivalence("y ~ h", x, margin=margin) for margin in (0.1, 3)},
        "tost_paired": equivalence_paired(x, "y", "z", margin=0.8, unit="sd"),
    }


RESULTS = results()


def same_in_both(verb, result, view=""):
    vi, en = verb(result, "vi", view), verb(result, "en", view)
    assert str(vi) != str(en)
    for shown in (vi, en):
        assert "nan" not in str(shown)
        assert "comparison." not in str(shown)
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert ours
    return ours


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_hold_the_same_numbers(name):
    for verb in (table, narrate):
        same_in_both(verb, RESULTS[name])


@pytest.mark.parametrize(
    ("name", "view"), [("t", "groups"), ("kruskal", "groups"), ("chi", "cells"), ("II", "cells"), ("III", "cells")]
)
def test_further_tables(name, view):
    same_in_both(table, RESULTS[name], view)


@pytest.mark.parametrize("name", ["anova", "paired", "tost3"])
def test_figures_plot_what_the_result_holds(name):
    block = figure(RESULTS[name], "vi").block
    assert [row["value"] for row in block.data["rows"]]
    assert figure(RESULTS[name], "en").block.data["rows"][0]["value"] == block.data["rows"][0]["value"]


def test_numbers_of_the_test_are_those_of_the_result():
    found = RESULTS["exact"]
    shown = same_in_both(table, found)
    assert shown["comparison.mann_whitney.exact.y.h.statistic"] == found.statistic
    assert shown["comparison.mann_whitney.exact.y.h.superiority.low"] == found.effect.low


def test_groups_and_cells_of_few_persons_are_not_shown():
    x = {"y": range(26), "g": ["a"] * 10 + ["b"] * 12 + ["c"] * 4, "h": ["u", "v"] * 13}
    groups = str(table(anova("y ~ g", x), "en", "groups"))
    assert "\nb | 12" in groups
    assert "\nc |" not in groups  # too few
    assert "\na |" not in groups  # would give the only hidden one away
    cells = str(table(chi_square(x, "g", "h"), "en", "cells"))
    assert "c | u | < 5" in cells
    assert "c × u | < 5" in str(table(anova_two_way("y ~ g * h", x), "en", "cells"))


@pytest.mark.parametrize(("name", "word"), [("tost3", "alike for practical purposes"), ("tost0.1", "difference")])
def test_equivalence_says_its_conclusion(name, word):
    assert word in str(narrate(RESULTS[name], "en"))


def test_tests_of_the_same_question_share_no_id():
    ids = [set(same_in_both(table, RESULTS[name])) for name in ("anova", "welch_anova", "brown_forsythe", "kruskal")]
    assert sum(map(len, ids)) == len(set.union(*ids))
