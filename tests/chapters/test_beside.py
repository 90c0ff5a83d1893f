"""SPSS's defaults beside other choices: each number is a statistic's own; what cannot be computed is not shown."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import figure, narrate, table
from analysis.chapters.beside import beside, paired
from analysis.chapters.reliability import reliability
from analysis.chapters.validity import validity
from analysis.report.block import numbers, plain
from analysis.stats.discriminant import fornell_larcker, htmt
from analysis.stats.factors import efa
from analysis.stats.method_bias import common_method
from analysis.stats.moments import moments

ITEMS = ("A1", "A2", "A3", "B1", "B2", "B3")


@pytest.fixture
def without_polychoric(monkeypatch):
    monkeypatch.setitem(sys.modules, "analysis.stats.polychoric", None)


def topics(found):
    return [row.topic for row in found.rows]


def test_each_line_is_the_largest_difference_of_two_solutions(table_of):
    x = table_of()
    found = beside(x, ITEMS, 2)
    spss, right = efa(x, 2, names=ITEMS), efa(x, 2, names=ITEMS, method="paf")
    a = spss.loadings.to_numpy()
    b = paired(a, right.loadings.to_numpy())
    own = np.abs(a).argmax(axis=1)
    apart = np.abs(a - b)[np.arange(6), own]
    row = found.of("extraction_paf")
    at = ITEMS.index(row.subject[0])
    assert abs(row.spss - row.right) == apart.max()
    assert (row.spss, row.right) == (a[at, own[at]], b[at, own[at]])
    assert row.differing == (apart > 0.1).sum()
    kaiser = [
        efa(x, 2, names=ITEMS, method="minres", rotation="oblimin", kaiser=each).loadings.to_numpy()
        for each in (True, False)
    ]
    row = found.of("kaiser")
    assert row.spss in kaiser[0]
    assert row.right in np.concatenate([kaiser[1], -kaiser[1]])


def test_pairs_are_compared_only_where_answers_are_missing(table_of, without_polychoric):
    x = table_of()
    assert topics(beside(x, ITEMS, 2)) == ["extraction_paf", "extraction_minres", "kaiser"]
    x = x.astype(dict.fromkeys(ITEMS, float))
    x.loc[:9, "A1"] = np.nan
    row = beside(x, ITEMS, 2).of("missing")
    a, b = row.subject
    assert row.right == pytest.approx(x[a].corr(x[b]), rel=1e-12)
    assert row.spss == pytest.approx(x[list(ITEMS)].dropna().corr().loc[a, b], rel=1e-12)
    assert (row.n_spss, row.n_right) == (len(x) - 10, len(x))


def test_polychoric_correlations_stand_beside_pearsons_where_the_package_has_them(table_of, monkeypatch):
    engine = ModuleType("analysis.stats.polychoric")
    engine.polychoric = lambda x: SimpleNamespace(matrix=pd.DataFrame(moments(x).corr + 0.15 * (1 - np.eye(len(x)))))
    monkeypatch.setitem(sys.modules, "analysis.stats.polychoric", engine)
    row = beside(table_of(), ITEMS, 2).of("polychoric")
    assert row.right - row.spss == pytest.approx(0.15)
    assert (row.differing, row.total) == (15, 15)


def test_one_factor_has_no_rotation_to_normalise(table_of, without_polychoric):
    assert topics(beside(table_of(), ("A1", "A2", "A3"), 1)) == ["extraction_paf", "extraction_minres"]


def test_factors_are_paired_by_likeness_and_sign():
    a = np.array([[0.9, 0.1], [0.8, 0.0], [0.1, 0.7]])
    np.testing.assert_allclose(paired(a, -a[:, ::-1]), a)


def test_constructs_of_the_chapter_are_those_of_the_statistics(study, table_of):
    responses = study(table_of())
    found = validity(responses)
    members = {code: each.items for code, each in found.study.constructs.items() if len(each.items) > 1}
    assert found.htmt == htmt(responses, members)
    assert found.fornell == fornell_larcker(responses, {code: own for code, own in members.items() if len(own) > 2})
    assert found.method == common_method(responses, members)
    assert found.beside == beside(responses, ITEMS, found.analyses[0].solution.n_factors)


def test_the_rules_and_the_parallel_analysis_draw_the_same_chance(study, table_of):
    found = validity(study(table_of()))
    theirs = [row.quantile for row in found.parallel.component_rows]
    assert [row.normal for row in found.retention.component_rows] == theirs
    assert found.retention.of("parallel_pca_normal") == found.parallel.n_factors


@pytest.mark.parametrize("view", ["number", "htmt", "fornell", "method", "thresholds", "beside"])
def test_new_tables_hold_the_same_numbers_in_both_languages(study, table_of, view):
    found = validity(study(table_of()))
    vi, en = (
        {each.record.id: each.record.value for each in numbers(table(found, lang, view).block)} for lang in ("vi", "en")
    )
    assert vi == en
    assert vi


def test_every_choice_comes_with_its_reason(study, table_of):
    found = validity(study(table_of()))
    for lang in ("vi", "en"):
        block = table(found, lang, "beside").block
        assert len(block.notes) == len(block.rows) == len(found.beside.rows)


def test_what_was_refused_leaves_empty_tables_and_the_rest_stands(study, table_of):
    answers = table_of()
    answers["A2"] = answers["A1"]
    found = validity(study(answers))
    assert (found.beside, found.retention, found.method) == (None, None, None)
    assert found.htmt is not None
    for view in ("method", "beside", "fornell"):
        assert table(found, "vi", view).block.rows == ()
    assert "HTMT" in str(narrate(found, "vi", "constructs"))
    assert figure(replace(found, analyses=()), "vi", "map").block.empty


def test_a_sentence_about_left_out_rows_is_said_once(study, table_of):
    answers = table_of().astype({"A1": float})
    answers.loc[:4, "A1"] = np.nan
    said = [plain(each.text) for each in narrate(validity(study(answers)), "en", "constructs").block.paragraphs]
    assert len(said) == len(set(said))
    assert sum("left out here" in each for each in said) == 1


def test_item_bars_plot_every_item_total_correlation(study, table_of):
    found = reliability(study(table_of()))
    block = figure(found, "vi", "items").block
    plotted = {row["label"]: row["value"] for row in block.data["rows"]}
    assert plotted == {row.item: row.r_drop for scale in found.computed for row in scale.result.item_rows}
    assert block.data["lines"][0]["value"] == 0.3
    assert "image/png" in figure(found, "vi", "items")._repr_mimebundle_()
    assert not figure(validity(study(table_of())), "en", "map").block.empty
