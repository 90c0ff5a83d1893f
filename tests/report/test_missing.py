"""Missing answers are shown in both languages, with the same numbers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from analysis import em_moments, little_mcar, missingness, narrate, table
from analysis.report.block import numbers


def answers(share: float = 0.15) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    found = rng.standard_normal((80, 4)) + rng.standard_normal((80, 1))
    found[rng.random((80, 4)) < share] = np.nan
    return pd.DataFrame(found, columns=["q1", "q2", "q3", "q4"])


@pytest.mark.parametrize("statistic", [missingness, em_moments, little_mcar])
@pytest.mark.parametrize("verb", [table, narrate])
def test_both_languages_hold_the_same_numbers(statistic, verb):
    result = statistic(answers())
    vi, en = verb(result, "vi"), verb(result, "en")
    assert str(vi) != str(en)
    assert not re.search(r"\bmissing\.|nan|\{", str(vi) + str(en))
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert ours


def test_numbers_shown_are_those_of_the_result():
    found = little_mcar(answers())
    shown = {each.record.id: each.record.value for each in numbers(table(found, "en").block)}
    assert shown["missing.little.chisq"] == found.chisq
    assert shown["missing.little.patterns"] == found.patterns
    spread = em_moments(answers())
    shown = {each.record.id: each.record.value for each in numbers(table(spread, "en").block)}
    assert shown["missing.em.q2.sd"] == pytest.approx(np.sqrt(spread.cov[1, 1]), rel=1e-15)


def test_nothing_missing_is_said_in_one_sentence():
    whole = missingness(answers(0.0))
    assert str(narrate(whole, "en")).replace("\N{NO-BREAK SPACE}", " ") == "No answer to any item is missing (n = 80)."
    assert len(table(whole, "vi").block.rows) == 1


def test_what_a_large_p_does_not_prove_is_said():
    random = narrate(little_mcar(answers()), "en")
    assert "no proof" in str(random)
    later = answers(0.0)
    later.loc[later["q1"] > 0, "q2"] = np.nan
    assert "may be biased" in str(narrate(little_mcar(later), "en"))
