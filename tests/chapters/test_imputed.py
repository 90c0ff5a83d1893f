"""Imputed answers are scored as answers are: the pooled coefficients, who is left out, and what they recover."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.chapters.imputed import imputed_regression
from analysis.errors import ModelError
from analysis.grammar import parse_formula
from analysis.stats.impute import impute
from analysis.stats.pool import rubin
from analysis.stats.regression import ols

FORMULA, NUMERIC = parse_formula("Y ~ A + B"), ("A", "B")
ITEMS = [f"{code}{item}" for code in "YAB" for item in (1, 2, 3)]


def holed(table, share, seed=7):
    holes = np.random.default_rng(seed).random((len(table), len(ITEMS))) < share
    answers = table.astype(dict.fromkeys(ITEMS, float))
    answers[ITEMS] = answers[ITEMS].mask(holes)
    return answers


def test_coefficients_are_pooled_by_hand_from_the_same_draws(study, table_of):
    responses = study(holed(table_of(n=120, b_effect=0.3), 0.02))
    found = imputed_regression(responses, FORMULA, NUMERIC)
    incomplete = int(responses.frame[ITEMS].isna().any(axis=1).sum())
    assert found.m == min(max(10, int(np.ceil(100 * incomplete / 120))), 20)
    drawn = impute(responses.frame[ITEMS], m=found.m, iterations=5)
    b, se = [], []
    for each in drawn.completed():
        scores = {code: np.mean([each.column(f"{code}{item}") for item in (1, 2, 3)], axis=0) for code in "YAB"}
        z = {code: (x - x.mean()) / x.std(ddof=1) for code, x in scores.items()}
        row = next(row for row in ols("Y ~ A + B", z).coefficient_rows if row.term == "B")
        b.append(row.b)
        se.append(row.se)
    mine = next(row for row in found.coefficient_rows if row.term == "B")
    theirs = rubin("B", b, se, 117)
    assert (mine.b, mine.se, mine.p) == pytest.approx((theirs.b, theirs.se, theirs.p), rel=1e-9)
    assert found.n == 120


def test_what_was_deleted_at_random_is_recovered_with_wider_intervals(study, table_of):
    table = table_of(n=400, b_effect=0.3)
    z = study(table).frame[["Y", "A", "B"]]
    whole = ols("Y ~ A + B", (z - z.mean()) / z.std())
    found = imputed_regression(study(holed(table, 0.15)), FORMULA, NUMERIC)
    for pooled, row in zip(found.coefficient_rows[1:], whole.coefficient_rows[1:], strict=True):
        assert abs(pooled.b - row.b) < 2 * row.se
        assert row.se < pooled.se < 2 * row.se


@pytest.mark.parametrize(("few", "refused"), [(0, True), (4, True), (5, False)])
def test_without_holes_or_in_a_handful_of_persons_there_is_nothing_to_impute(study, table_of, few, refused):
    answers = table_of(n=100).astype(dict.fromkeys(ITEMS, float))
    answers.loc[: few - 1, "A1"] = np.nan
    responses = study(answers)
    if refused:
        with pytest.raises(ModelError) as caught:
            imputed_regression(responses, FORMULA, NUMERIC)
        assert caught.value.code == "robustness.not_here"
    else:
        assert imputed_regression(responses, FORMULA, NUMERIC).n == 100


def test_a_person_without_any_answer_is_not_invented(study, table_of):
    answers = table_of(n=100).astype(dict.fromkeys(ITEMS, float))
    answers.loc[:5, "A1"] = np.nan
    answers.loc[90:91, ITEMS] = np.nan
    responses = study(answers)
    kept = int(responses.frame[ITEMS].notna().any(axis=1).sum())
    assert imputed_regression(responses, FORMULA, NUMERIC).n == kept
