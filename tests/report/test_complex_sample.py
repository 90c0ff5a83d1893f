"""Survey estimates in both languages, with the same numbers; small parts stay hidden."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    narrate,
    raked,
    survey_design,
    survey_logit,
    survey_mean,
    survey_ols,
    survey_ratio,
    survey_share,
    survey_total,
    table,
)
from analysis.report.block import numbers


@pytest.fixture(scope="module")
def design():
    rng = np.random.default_rng(1)
    x = {
        "y": rng.normal(5, 1, 60), "a": rng.normal(size=60), "b": rng.integers(0, 2, 60), "h": list("uvw" * 20),
        "g": ["few"] * 3 + ["many"] * 40 + ["some"] * 17, "s": list("fm" * 30), "w": rng.uniform(1, 3, 60),
    }  # fmt: skip
    return survey_design(x, weights="w", strata="h")


def results(design):
    return [
        survey_mean(design, ["y"], by="g"), survey_total(design, ["y"]), survey_ratio(design, "y", "w"),
        survey_share(design, "s", errors="jackknife"), survey_ols("y ~ a", design), survey_logit("b ~ a", design),
        survey_mean(raked(design, {"s": {"f": 100, "m": 90}}), ["y"]), survey_mean(design, ["y"], errors="bootstrap"),
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(8))
def test_every_estimate_reads_in_both_languages(design, at):
    for verb in (table, narrate):
        shown = [verb(results(design)[at], lang) for lang in ("vi", "en")]
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
        assert ids[0] == ids[1]
        for each in shown:
            assert not {"nan", "inf", "None"} & set(str(each).split())
            assert "inference." not in str(each)


def test_small_parts_and_what_would_give_them_away_stay_hidden(design):
    shown = [row.cells[0][0] for row in table(results(design)[0], "en").block.rows]
    assert shown == ["y, g: many"]
