"""Power and sensitivity are shown in both languages with the same numbers."""

from __future__ import annotations

import pytest

from analysis import narrate, table
from analysis.report.block import numbers
from analysis.stats.compare import ttest, ttest_paired
from analysis.stats.groups import Groups
from analysis.stats.power import (
    power_anova,
    power_clusters,
    power_correlation,
    power_regression,
    power_rmsea,
    power_ttest,
    sensitivity,
    simulate_clusters,
)
from analysis.stats.power_model import power_sem
from analysis.stats.regression import ols

X = {"y": [1.0, 2, 4, 3, 6, 5, 8, 7], "a": [1.0, 2, 3, 4, 5, 6, 7, 9]}

RESULTS = {
    "t": power_ttest(d=0.5, power=0.8),
    "paired": power_ttest(n=20, power=0.8, design="paired"),
    "one": power_ttest(n=20, d=0.4, design="one_sample"),
    "anova": power_anova(3, n=20, f=0.3),
    "regression": power_regression(7, f2=0.15, power=0.8),
    "correlation": power_correlation(n=84, r=0.3),
    "rmsea": power_rmsea(50, power=0.8),
    "clusters": power_clusters(6, 10, d=0.4, icc=0.1),
    "simulated": simulate_clusters(((5, 9), (7, 3)), d=1, icc=0.1, draws=50),
    "model_found": power_sem("f =~ 0.8*a + 0.8*b + 0.8*c", n=200, draws=20),
    "model_missed": power_sem("f =~ 0.7*a + 0.7*b + 0.7*c; f ~ 0.1*x + p*x; two := 2*p", n=60, draws=20),
    "groups": sensitivity(
        ttest("outcome ~ group", Groups.from_printed(["A", "B"], n=[64, 64], mean=[3.1, 3.6], sd=[0.5, 0.5]))
    ),
    "pairs": sensitivity(ttest_paired(X, "y", "a")),
    "model": sensitivity(ols("y ~ a", X)),
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("verb", [table, narrate])
def test_both_languages_hold_the_same_numbers(name, verb):
    vi, en = verb(RESULTS[name], "vi"), verb(RESULTS[name], "en")
    assert str(vi) != str(en)
    for shown in (vi, en):
        assert "power." not in str(shown)
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert ours


def test_what_was_asked_for_is_marked():
    assert "Respondents (asked for) | 128" in str(table(RESULTS["t"], "en"))


def test_sensitivity_never_speaks_of_observed_power():
    assert "not computed from the effect that was found" in str(narrate(RESULTS["groups"], "en"))
