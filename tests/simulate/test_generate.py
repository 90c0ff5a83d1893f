"""What is drawn: the same from the same seed, differences between groups where they were planted and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.simulate.design import (
    AGE,
    CAPABILITY,
    COMMUNES,
    EDUCATION_BY_AGE,
    GENDER,
    ITEMS,
    POLITICS_BY_GROUP,
    STAFF,
    TENURE_BY_AGE,
    UNIT_SIZES,
)
from analysis.simulate.generate import VARIABLES, conditional, people, profile, sizes_for


@pytest.fixture(scope="module")
def many():
    """200 surveys: 52,000 persons, their units, education and scores in standard deviations."""
    drawn = people(UNIT_SIZES * 200, np.random.default_rng(3))
    means = {code: np.mean(items, axis=0) for code, items in drawn.answers.items()}
    return drawn, {code: (score - score.mean()) / score.std() for code, score in means.items()}


def test_the_same_seed_draws_the_same_persons():
    first, second = (people(UNIT_SIZES, np.random.default_rng(5)) for _ in range(2))
    for code in ITEMS:
        assert all(np.array_equal(a, b) for a, b in zip(first.answers[code], second.answers[code], strict=True))
    assert profile(first, np.random.default_rng(6)) == profile(second, np.random.default_rng(6))


def test_answers_are_levels_of_the_scale(many):
    drawn, _ = many
    for items in drawn.answers.values():
        for item in items:
            assert {2, 3, 4, 5} <= set(np.unique(item)) <= {1, 2, 3, 4, 5}


def test_communes_use_information_technology_less_and_differ_in_nothing_else(many):
    """0.30 standard deviations of the latent construct are 0.28 of its score; outcome follows by its effect."""
    drawn, scores = many
    commune = np.isin(drawn.unit % len(UNIT_SIZES), COMMUNES)
    gaps = {code: score[commune].mean() - score[~commune].mean() for code, score in scores.items()}
    assert gaps.pop("CN") == pytest.approx(-0.28, abs=0.05)
    assert max(map(abs, gaps.values())) < 0.05


def test_knowledge_rises_with_education_and_nothing_else_does(many):
    drawn, scores = many
    slopes = {code: np.polyfit(drawn.education, score, 1)[0] for code, score in scores.items()}
    assert slopes.pop("KT") == pytest.approx(0.22, abs=0.03)
    assert max(map(abs, slopes.values())) < 0.03


def test_capability_hangs_together_and_with_the_outcome(many):
    _, scores = many
    corr = np.corrcoef([scores[code] for code in (*CAPABILITY, "KQ")])
    assert 0.45 < corr[np.triu_indices(4, 1)].min() < corr[np.triu_indices(4, 1)].max() < 0.60


@pytest.mark.parametrize("table", [EDUCATION_BY_AGE, TENURE_BY_AGE, POLITICS_BY_GROUP, (AGE,), (GENDER,)])
def test_shares_sum_to_one(table):
    for row in table:
        assert sum(row) == pytest.approx(1, abs=1e-12)


def test_conditional_shares_are_those_of_the_table():
    given = np.repeat([0, 1], 20_000)
    found = conditional(((0.5, 0.5, 0.0), (0.1, 0.2, 0.7)), given, np.random.default_rng(1))
    assert np.bincount(found[given == 0], minlength=3) / 20_000 == pytest.approx([0.5, 0.5, 0.0], abs=0.02)
    assert np.bincount(found[given == 1], minlength=3) / 20_000 == pytest.approx([0.1, 0.2, 0.7], abs=0.02)


@pytest.mark.parametrize("n", [72, 100, 259, 260, 261, 1000])
def test_sizes_sum_to_the_number_asked_for(n):
    sizes = sizes_for(n)
    assert sum(sizes) == n
    assert len(sizes) == len(UNIT_SIZES)
    assert min(sizes) >= 1


def test_sizes_of_the_committed_survey_are_the_designs():
    assert sizes_for(sum(UNIT_SIZES)) == UNIT_SIZES


def test_staff_fits_the_sizes():
    assert {kind: sum(staff.values()) for kind, staff in STAFF.items()} == {"phuong": 21, "xa": 20}
    assert max(UNIT_SIZES) <= 20
    assert len(VARIABLES) == 9
