"""The true values: recomputed, near the printed tables they were aimed at, never shown where they do not hold."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import DataError
from analysis.simulate import MESS, STAMP, truth, truth_of
from analysis.simulate.design import UNIT_SIZES
from analysis.simulate.truth import PERSONS, SEED, _blocks, frame_of, to_json
from analysis.stats.result import from_dict
from analysis.study import load_study

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "data" / "raw" / "demo"
COMMITTED = DEMO / "truth.json"

UNITS = 1.3  # the simulation's own errors ignore the units: they are a little too small


@pytest.fixture(scope="module")
def study():
    return load_study(DEMO)


@pytest.fixture(scope="module")
def true(study):
    found = truth_of(study)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def again(study):
    """A tenth of the persons, drawn with another seed."""
    return truth(study, persons=100_000, seed=7)


def test_the_file_says_what_it_is(true):
    content = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert (content["note"], content["simulated"]) == (STAMP, True)
    assert (content["persons"], content["seed"]) == (PERSONS, SEED) == (1_000_000, 20240101)
    assert len(str(content["r2"])) >= 8
    assert to_json(true) == COMMITTED.read_text(encoding="utf-8")


def test_covers_every_scale_item_and_term_of_the_page(true, study):
    assert [(each.code, tuple(item.code for item in each.items)) for each in true.scales] == list(study.members.items())
    assert [each.term for each in true.terms] == ["(Intercept)", *study.factors]
    assert true.scale("DT") is true.scales[0]
    assert true.term("DT") is true.terms[1]
    assert true.scale("XX") is true.term("XX") is None


def test_a_tenth_of_the_persons_gives_the_same_within_the_simulations_error(true, again):
    """Difference of two independent simulations, errors widened for the units; 5 standard errors for 70 values."""
    for mine, theirs in zip(again.scales, true.scales, strict=True):
        assert abs(mine.alpha - theirs.alpha) < 5 * UNITS * np.hypot(mine.se, theirs.se)
        assert abs(mine.mean - theirs.mean) < 5 * 1.5 * mine.sd / np.sqrt(again.persons)  # design effect 1 + 13 x .08
        for a, b in zip(mine.items, theirs.items, strict=True):
            assert abs(a.mean - b.mean) < 5 * 1.5 * a.sd / np.sqrt(again.persons)
            assert abs(a.sd / b.sd - 1) < 0.02
    for mine, theirs in zip(again.terms, true.terms, strict=True):
        assert abs(mine.b - theirs.b) < 5 * UNITS * np.hypot(mine.se, theirs.se)
        assert mine.beta is None or abs(mine.beta - theirs.beta) < 0.02
    assert again.r2 == pytest.approx(true.r2, abs=0.015)


@pytest.mark.slow
def test_a_million_persons_give_the_committed_file(true, study, request):
    if not request.config.getoption("--slow"):
        pytest.skip("a million persons: --slow")
    found = from_dict(json.loads(to_json(truth(study))))
    for mine, theirs in zip(found.scales, true.scales, strict=True):
        assert mine.alpha == pytest.approx(theirs.alpha, rel=1e-9)
        assert mine.mean == pytest.approx(theirs.mean, rel=1e-9)
    for mine, theirs in zip(found.terms, true.terms, strict=True):
        assert mine.b == pytest.approx(theirs.b, rel=1e-8)
    assert found.r2 == pytest.approx(true.r2, rel=1e-9)


#: As printed: alpha of R10 training, R10 recruitment, R1 responsiveness, TT working conditions and colleagues.
PRINTED_ALPHA = {"DT": 0.874, "CN": 0.859, "KQ": 0.8243, "MT": 0.753, "LD": 0.891}
#: Standardised coefficients: G2's pay .148 and G1's .185, G2's leadership .209 and G1's .248, and so on.
PRINTED_BETA = {"DT": (0.252, 0.364), "TL": (0.148, 0.185), "LD": (0.209, 0.248), "MT": (0.045, 0.154)}


def test_scales_are_as_reliable_as_in_the_printed_tables(true):
    for code, printed in PRINTED_ALPHA.items():
        assert true.scale(code).alpha == pytest.approx(printed, abs=0.005)
    assert all(0.75 <= each.alpha < 0.895 for each in true.scales)


def test_item_means_are_those_of_the_printed_tables(true):
    """R10 training: item means follow from the printed means of the scale without each item."""
    without = np.array([15.0, 15.0303, 14.8788, 15.2576, 15.1667])
    printed = without.sum() / 4 - without
    np.testing.assert_allclose([item.mean for item in true.scale("DT").items], printed, atol=0.02)


def test_effects_lie_within_the_printed_ones(true):
    for code, (low, high) in PRINTED_BETA.items():
        assert low <= true.term(code).beta <= high
    assert all(0.10 <= each.beta <= 0.35 for each in true.terms[1:])
    assert true.r2 == pytest.approx(0.5, abs=0.02)


def test_units_hold_five_to_ten_percent_of_the_variance(study):
    """One-way ANOVA over 3,600 units: ICC(1) = (MSB - MSW) / (MSB + (m0 - 1) MSW)."""
    frame = frame_of(study, UNIT_SIZES * 200, np.random.default_rng(11))
    sizes = frame.groupby("unit").size().to_numpy()
    m0 = (len(frame) - (sizes**2).sum() / len(frame)) / (len(sizes) - 1)
    for code in study.constructs:
        means = frame.groupby("unit")[code].mean().to_numpy()
        between = (sizes * (means - frame[code].mean()) ** 2).sum() / (len(sizes) - 1)
        within = ((frame[code] - means[frame["unit"]]) ** 2).sum() / (len(frame) - len(sizes))
        assert 0.05 < (between - within) / (between + (m0 - 1) * within) < 0.10, code


def test_blocks_hold_exactly_so_many_persons():
    assert [sum(block) for block in _blocks(120_000)] == [52_000, 52_000, 16_000]
    assert tuple(_blocks(20)) == ((14, 6),)


class TestWhereItHolds:
    def test_real_data_have_none(self, study):
        assert truth_of(replace(study, simulated=False)) is None

    def test_a_study_without_the_file_has_none(self):
        assert truth_of(load_study(PROJECT / "tests" / "data" / "small")) is None

    def test_another_formula_has_no_true_coefficients(self, study, true):
        other = replace(study, models={"main": replace(study.models["main"], formula="KQ ~ DT")})
        found = truth_of(other)
        assert (found.scales, found.terms, found.r2) == (true.scales, (), None)

    def test_a_scale_with_other_items_has_no_true_alpha(self, study, true):
        changed = replace(study.constructs["MT"], items=("MT1", "MT3", "MT4"))
        found = truth_of(replace(study, constructs={**study.constructs, "MT": changed}))
        assert found.scale("MT") is None
        assert found.scale("DT") == true.scale("DT")
        assert found.terms == ()

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "{}", '{"type": "stats.estimate.Estimate", "value": 1}', '{"type": "simulate.truth.Truth"}'],
    )
    def test_a_damaged_file_is_told(self, tmp_path, text):
        shutil.copytree(DEMO, tmp_path / "demo")
        (tmp_path / "demo" / "truth.json").write_text(text, encoding="utf-8")
        with pytest.raises(DataError) as caught:
            truth_of(load_study(tmp_path / "demo"))
        assert caught.value.code == "simulate.truth_unreadable"


def test_the_documents_numbers_are_the_files(true):
    lines = (PROJECT / "docs" / "simulated-study.md").read_text(encoding="utf-8").splitlines()
    cells = {line.split(" | ")[0].removeprefix("| "): line.removesuffix(" |").split(" | ") for line in lines}
    scales = {line.split(" | ")[0].removeprefix("| "): line.split(" | ") for line in lines if line.count(" | ") == 6}
    for scale in true.scales:
        assert [each.removesuffix(" |") for each in scales[scale.code][-3:]] == [
            f"{scale.alpha:.4f}",
            f"{scale.mean:.3f}",
            f"{scale.sd:.3f}",
        ]
    for term in true.terms[1:]:
        assert cells[term.term][-2:] == [f"{term.beta:.4f}", f"{term.b:.4f}"]
    text = "\n".join(lines)
    assert f"`{true.formula}`: {true.r2:.4f}" in text
    for count in MESS.__slots__:
        assert f"| {getattr(MESS, count)} |" in text
