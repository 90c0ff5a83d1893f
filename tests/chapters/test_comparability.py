"""Scales compared between groups: the ladders' numbers, ordinal where asked and declared, in both languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import narrate, table
from analysis.chapters.comparability import comparability, is_ordinal
from analysis.errors import ModelError
from analysis.report.block import numbers
from analysis.stats.sem.invariance import invariance


def answers(shift=0.0, n=500):
    """Simulated: two teams and a handful in two more; `shift` makes A2 easier for team b."""
    rng = np.random.default_rng(6)
    team = np.repeat(["a", "b"], n)
    columns = {}
    for code in "ABY":
        trait = rng.standard_normal(2 * n)
        for item in (1, 2, 3):
            moved = shift * (team == "b") * (code + str(item) == "A2")
            latent = 0.9 * trait + moved + 0.6 * rng.standard_normal(2 * n)
            columns[f"{code}{item}"] = np.digitize(latent, [-1.3, -0.4, 0.5, 1.4]) + 1
    team = np.where(np.arange(2 * n) < 3, "c", np.where(np.arange(2 * n) > 2 * n - 4, "d", team))
    return pd.DataFrame(columns).assign(team=team)


@pytest.fixture
def shifted(study):
    return study(answers(shift=0.9))


def test_ordinal_scales_are_compared_as_ordinal_where_asked(shifted):
    found = comparability(shifted, "team", estimator="WLSMV")
    frame = shifted.frame[shifted.frame["team"].isin(["a", "b"])]
    kept = frame.assign(team=frame["team"].cat.remove_unused_categories())
    ladder = found.scales[0].ladder
    assert [scale.construct for scale in found.scales] == ["A", "B", "Y"]
    assert ladder == invariance("A =~ A1 + A2 + A3", kept, group="team", estimator="WLSMV")
    assert [row.step for row in ladder.step_rows] == ["configural", "thresholds", "metric", "scalar", "strict"]
    assert found.left_out == ("c", "d")
    assert ladder.reached == "metric"
    first = ladder.costly_rows[0]
    assert (first.name, first.group, first.change > 0) == ("A2 ~ 1", "b", True)
    for scale in found.scales[1:]:
        assert all(row.delta_cfi > -0.01 and row.p_delta > 0.01 for row in scale.ladder.step_rows[1:])


def test_the_default_is_robust_likelihood(shifted):
    found = comparability(shifted, "team")
    assert {scale.ladder.estimator for scale in found.scales} == {"MLR"}
    assert [row.step for row in found.scales[0].ladder.step_rows] == ["configural", "metric", "scalar", "strict"]


def test_scales_of_many_levels_are_not_ordinal(shifted):
    assert is_ordinal(shifted.study, ("A1", "A2"))
    levels = shifted.study.scales["agree5"].levels
    levels.update(dict.fromkeys(range(6, 30), levels[1]))
    assert not is_ordinal(shifted.study, ("A1", "A2"))


@pytest.mark.parametrize("estimator", ["MLR", "WLSMV"])
def test_both_languages_show_the_same_numbers(shifted, estimator):
    found = comparability(shifted, "team", estimator=estimator)
    for verb in (table, narrate):
        vi, en = verb(found, "vi"), verb(found, "en")
        assert "sem." not in str(vi) + str(en)
        ours, theirs = ([(each.record.id, each.record.value) for each in numbers(shown.block)] for shown in (vi, en))
        assert ours == theirs
        ids = {}
        for name, value in ours:
            assert ids.setdefault(name, value) == value
    said = str(narrate(found, "vi"))
    assert "Nhân tố A" in said
    assert "Nhóm a, Nhóm b" in said
    assert "bỏ khỏi phép so sánh: Nhóm c, Nhóm d" in said
    assert "Team b" in str(narrate(found, "en"))


def test_a_level_that_a_team_never_chose_is_said(study):
    x = answers()
    x.loc[x["team"] == "b", "B1"] = x.loc[x["team"] == "b", "B1"].clip(upper=4)
    found = comparability(study(x), "team", estimator="WLSMV")
    assert found.scales[1].ladder is None
    assert found.scales[1].refused[0].code == "sem.ordinal_levels"
    assert "nobody chose 5 of “B1”" in str(narrate(found, "en"))
    assert "không ai chọn mức 5 của “B1”" in str(narrate(found, "vi"))


def test_a_characteristic_that_there_is_not_is_refused(shifted):
    with pytest.raises(ModelError):
        comparability(shifted, "town")
    with pytest.raises(ModelError):
        comparability(shifted, "team", estimator="GLS")


def test_a_characteristic_is_chosen_whose_groups_are_large_enough(study):
    x = answers(n=60)
    x["team"] = np.repeat(["a", "b"], 60)
    prepared = study(x)
    assert comparability(prepared).variable is None  # a unit
    variables = prepared.study.variables
    variables["team"] = replace(variables["team"], part=None)
    assert comparability(prepared).scales == comparability(prepared, "team").scales
    small = prepared.frame.iloc[:100]
    assert comparability(replace(prepared, frame=small)).variable is None  # 60 and 40


def test_without_large_groups_nothing_is_compared_and_it_is_said(shifted):
    found = comparability(shifted)
    assert (found.variable, found.scales) == (None, ())
    assert "50 người" in str(narrate(found, "vi"))
    assert "50 persons" in str(narrate(found, "en"))
    assert table(found, "vi").block.rows == ()
