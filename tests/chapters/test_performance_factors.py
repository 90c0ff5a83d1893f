"""The chapter on factors: conclusions follow the test, never the wish."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import figure, narrate, ols, table
from analysis.chapters.performance_factors import performance_factors
from analysis.report.block import numbers, plain


def conclusions(findings) -> dict[str, str]:
    return {test.code: test.conclusion for test in findings.hypotheses}


def test_the_regression_is_that_of_the_page(study, table_of):
    responses = study(table_of())
    found = performance_factors(responses, level=0.9)
    assert found.regression == ols("Y ~ A + B", responses, level=0.9)
    assert found.robust == ols("Y ~ A + B", responses, vcov="HC3", level=0.9)
    assert found.agreement == 12


def test_residuals_are_shares_not_persons(study, table_of):
    shape = performance_factors(study(table_of())).residuals
    assert np.sum(np.asarray(shape.density) * np.diff(shape.edges)) == pytest.approx(1)
    assert shape.mean == pytest.approx(0, abs=1e-12)
    assert shape.sd == pytest.approx(1, abs=0.02)
    assert len(shape.observed) == len(shape.expected) == 19


def test_a_hypothesis_without_evidence_is_not_supported_and_no_relation_is_claimed(study, table_of):
    found = performance_factors(study(table_of(b_effect=0.0)))
    p = {row.term: row.p for row in found.regression.coefficient_rows}
    assert p["B"] >= 0.05  # the seed is chosen so
    assert conclusions(found) == {"H1": "supported", "H2": "not_supported"}
    for lang, evidence, relation in (
        ("vi", "chưa đủ bằng chứng", "chiều với"),
        ("en", "too little evidence", "related"),
    ):
        about_b = [line for line in str(narrate(found, lang)).splitlines() if "B”" in line]
        assert any(evidence in line for line in about_b)
        assert not any(relation in line for line in about_b)


def test_a_relation_against_the_hypothesis_is_opposite(study, table_of):
    found = performance_factors(study(table_of(b_effect=0.5)))
    assert conclusions(found) == {"H1": "supported", "H2": "opposite"}


def test_a_relation_as_the_hypothesis_says_is_supported(study, table_of):
    found = performance_factors(study(table_of(b_effect=-0.5)))
    assert conclusions(found) == {"H1": "supported", "H2": "supported"}
    assert "ngược chiều" in str(narrate(found, "vi"))
    assert "negatively" in str(narrate(found, "en"))


def test_without_a_significant_model_no_share_is_explained(study, table_of):
    answers = table_of()
    rng = np.random.default_rng(4)
    for column in ("Y1", "Y2", "Y3"):
        answers[column] = rng.integers(1, 6, len(answers))
    found = performance_factors(study(answers))
    assert found.regression.fit.p > 0.05
    assert "%" not in str(narrate(found, "en")).split("\n")[1].replace("95%", "")
    assert "does not reach" in str(narrate(found, "en"))


@pytest.mark.parametrize(
    "view", ["description", "correlations", "model", "anova", "coefficients", "robust", "hypotheses"]
)
def test_no_table_prints_nan_or_a_zero_p(study, table_of, view):
    text = str(table(performance_factors(study(table_of(b_effect=0.5))), "en", view))
    for word in ("nan", "inf", "None", "| 0.000 "):
        assert word not in text


def test_the_thesis_table_is_complete(study, table_of):
    found = performance_factors(study(table_of(b_effect=0.5)))
    assert [row.term for row in found.parts.term_rows] == ["A", "B"]
    assert (found.ranks.method, found.partial.method) == ("spearman", "partial")
    assert found.autocorrelation.d == found.regression.diagnostics.durbin_watson
    for lang in ("vi", "en"):
        for view in ("parts", "ranks", "partial", "order", "blocks"):
            assert str(table(found, lang, view))


def test_bands_hold_ten_persons_at_least_and_the_mean_of_residuals(study, table_of):
    found = performance_factors(study(table_of()))
    assert min(band.n for band in found.bands) >= 10
    assert sum(band.n for band in found.bands) == found.regression.n
    assert sum(band.n * band.mean for band in found.bands) == pytest.approx(0, abs=1e-9)
    assert figure(found, "en", "bands").block.data["rows"]


def test_respondents_enter_before_the_factors(study, table_of):
    answers = table_of()
    found = performance_factors(study(answers.assign(team="a")))
    assert found.blocks is None
    assert "no further characteristics" in str(table(found, "en", "blocks"))


@pytest.fixture
def skewed(study, table_of):
    """Residuals that are not normal, and persons far out."""
    answers = table_of(b_effect=0.5)
    answers.loc[:7, ["Y1", "Y2", "Y3"]] = 1
    answers.loc[:7, ["A1", "A2", "A3"]] = 5
    return performance_factors(study(answers))


def test_treated_stands_beside_the_main_analysis(skewed):
    headline = max(skewed.regression.coefficient_rows[1:], key=lambda row: abs(row.beta))
    rows = skewed.treatment.treated_rows
    assert skewed.treatment.term == headline.term
    assert {"without_influential", "huber", "bootstrap"} <= {row.treatment for row in rows}
    for lang, first in (("vi", "Phân tích chính"), ("en", "Main analysis")):
        block = table(skewed, lang, "treatment").block
        assert plain(block.rows[0].cells[0]) == first
        assert len(block.rows) == len(rows) + 1
        records = {n.record.id: n.record for n in numbers(block)}
        for row in rows:
            stem = f"treatment.main.{row.problem}.{row.treatment}"
            assert records[f"{stem}.b"].value == row.b
            assert records[f"{stem}.change"].value == pytest.approx(row.b - headline.b, abs=1e-11)
            assert records[f"{stem}.b"].function == "analysis.stats.treatment.treat"
        assert f"regression.main.{headline.term}.b" in records
    ids = [[(n.record.id, n.record.value) for n in numbers(v(skewed, lang, "treatment").block)]
           for v in (table, narrate) for lang in ("vi", "en")]  # fmt: skip
    assert ids[0] == ids[1]
    assert ids[2] == ids[3]


def test_a_conclusion_that_a_treatment_changes_is_a_caution(skewed):
    changed = {term for row in skewed.treatment.treated_rows for term in row.changed}
    [said] = narrate(skewed, "en", "treatment").block.paragraphs
    assert (said.kind == "caution") is bool(changed)
    turned = replace(skewed.treatment.treated_rows[0], changed=("B",))
    other = replace(skewed, treatment=replace(skewed.treatment, treated_rows=(turned,)))
    [said] = narrate(other, "en", "treatment").block.paragraphs
    assert said.kind == "caution"
    assert "changes for: Factor B" in plain(said.text)


def test_errors_alone_change_nothing_by_a_hair(skewed):
    row = replace(skewed.treatment.treated_rows[0], treatment="hc3")
    main = next(each for each in skewed.regression.coefficient_rows if each.term == skewed.treatment.term)
    dusty = replace(row, b=main.b * (1 + 3e-16))
    other = replace(skewed, treatment=replace(skewed.treatment, treated_rows=(dusty,)))
    [change] = [n.record for n in numbers(table(other, "en", "treatment").block) if n.record.statistic == "change"]
    assert change.value == 0.0


def test_without_signs_or_residuals_a_sentence_stands_for_the_table(skewed):
    clean = replace(skewed, treatment=replace(skewed.treatment, treated_rows=()))
    for found, words in ((clean, "nothing to compute again"), (replace(skewed, treatment=None), "nothing to treat")):
        shown = table(found, "en", "treatment")
        assert shown.block.rows == ()
        assert words in str(shown)
        assert narrate(found, "en", "treatment").block.paragraphs == ()


def test_treatments_that_cannot_be_told_are_named(skewed):
    found = replace(skewed, treatment=replace(skewed.treatment, untold=("without_influential", "squares")))
    assert "squares of the factors added" in str(table(found, "en", "treatment"))
    assert "thêm bình phương của các nhân tố" in str(table(found, "vi", "treatment"))
