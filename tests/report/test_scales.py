"""Every result of the shelf of reliability is a table and a sentence in both languages, with the same numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import narrate, table
from analysis.report.block import numbers
from analysis.stats.constructs import ave, composite_reliability
from analysis.stats.omega import omega
from analysis.stats.reliability import kr20
from analysis.stats.scales import purify, retest
from analysis.stats.splits import guttman, split_half


def results():
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(100, 1)) + rng.normal(size=(100, 6)), columns=[f"q{j}" for j in range(6)])
    constructs = {"A": ["q0", "q1", "q2"], "B": ["q3", "q4", "q5"]}
    return {
        "omega": omega(x, resamples=50),
        "short": omega(x, ["q0", "q1", "q2"], resamples=0),
        "guttman": guttman(x),
        "halves": split_half(x, halves=(["q0", "q1"], ["q2", "q3", "q4", "q5"])),
        "constructs": composite_reliability(x, constructs),
        "ave": ave([0.5, 0.6]),
        "runs": purify(x.assign(z=np.tile([1.0, -1.0], 50))),
        "no_runs": purify(x),
        "retest": retest(x, "q0", "q1"),
        "kr20": kr20((x > 0).astype(int)),
    }


RESULTS = results()


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_hold_the_same_numbers(name):
    result = RESULTS[name]
    for verb in (table, narrate):
        vi, en = verb(result, "vi"), verb(result, "en")
        assert str(vi) != str(en)
        assert "nan" not in str(vi)
        ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
        assert ours == theirs
        assert ours


def test_loadings_of_omega_are_those_of_the_result():
    found = RESULTS["omega"]
    shown = {each.record.id: each.record.value for each in numbers(table(found, "vi", "loadings").block)}
    stem = "omega.q0+q1+q2+q3+q4+q5"
    assert shown[f"{stem}.q3.g"] == found.loadings.loc["q3", "g"]
    assert shown[f"{stem}.q3.h2"] == found.loadings.loc["q3", "h2"]
