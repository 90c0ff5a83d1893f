"""Models fitted by likelihood in both languages, with the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    contextual,
    figure,
    logit,
    mixed,
    multinomial,
    narrate,
    negative_binomial,
    ordinal,
    poisson,
    probit,
    quantile_regression,
    robust_regression,
    table,
)
from analysis.report.block import numbers


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 150))
    latent = a + rng.logistic(size=150)
    return {
        "a": a, "b": b, "y": (latent > 0).astype(int), "o": np.digitize(latent, [-1, 0, 1]),
        "m": rng.choice(list("pqr"), 150), "c": rng.poisson(np.exp(0.5 * a)), "l": latent,
        "u": np.arange(150) % 15,
    }  # fmt: skip


def results(x):
    return [
        logit("y ~ a + b", x), logit("y ~ a + b", x, penalty="firth"), probit("y ~ a", x), ordinal("o ~ a + b", x),
        ordinal("o ~ a", x, link="probit"), multinomial("m ~ a", x), poisson("c ~ a", x),
        negative_binomial("c ~ a", x), robust_regression("l ~ a", x), quantile_regression("l ~ a", x),
        mixed("l ~ a + (1 + b | u)", x), contextual("l ~ a + (1 | u)", x, ("a",)),
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(12))
def test_every_model_reads_in_both_languages(x, at):
    result = results(x)[at]
    views = [
        "",
        "fit",
        *(["thresholds", "tests"] if result.threshold_rows else []),
        *(["variances"] if result.variance_rows else []),
    ]
    for verb, view in [(table, view) for view in views] + [(narrate, ""), (figure, "")]:
        shown = [verb(result, lang, view) for lang in ("vi", "en")]
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
        assert ids[0] == ids[1]
        for each in shown:
            assert not {"nan", "inf", "None"} & set(str(each).split())
            assert "inference." not in str(each)


def test_the_event_and_the_odds_are_said(x):
    said = str(narrate(results(x)[0], "en"))
    assert "probability that “y” is “1”" in said
    assert "multiplies the odds by" in said
    assert "multiplies the expected count by" in str(narrate(results(x)[6], "en"))


def test_the_share_between_groups_and_group_means_are_said(x):
    result = results(x)[11]
    assert "lies between groups" in str(narrate(result, "en"))
    assert "group mean of a" in str(table(result, "en"))
    assert "trung bình nhóm của a" in str(table(result, "vi")).lower()
