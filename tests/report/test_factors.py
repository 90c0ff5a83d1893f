"""Factor solutions and scores read in both languages, with the same numbers and no person's score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import figure, narrate, table
from analysis.report.block import numbers
from analysis.stats.factor_number import retention
from analysis.stats.factor_scores import factor_scores
from analysis.stats.factorability import anti_image, bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.moments import moments
from analysis.stats.retention import map_test, parallel_analysis


def results():
    rng = np.random.default_rng(2)
    traits = rng.normal(size=(150, 2))
    x = pd.DataFrame({f"q{j}": traits[:, j // 4] + 0.8 * rng.normal(size=150) for j in range(8)})
    minres = efa(x, 2, method="minres", rotation="geomin", kaiser=False)
    return {
        "components": efa(x, 2),
        "minres": minres,
        "one": efa(x, 1, method="ml"),
        "scores": factor_scores(minres, x),
        "kmo": kmo(x),
        "bartlett": bartlett(x),
        "anti_image": anti_image(x),
        "map": map_test(x),
        "parallel": parallel_analysis(x, rng=np.random.default_rng(1), reps=20),
        "rules": retention(x, reps=20),
        "rules_of_moments": retention(moments(pd.DataFrame(rng.normal(size=(90, 5)))), reps=20),
    }


RESULTS = results()


def values(shown):
    return {each.record.id: each.record.value for each in numbers(shown.block)}


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_hold_the_same_numbers(name):
    result = RESULTS[name]
    for verb in (table, narrate):
        vi, en = verb(result, "vi"), verb(result, "en")
        assert str(vi) != str(en)
        assert "nan" not in str(vi)
        assert values(vi) == values(en)
        assert values(vi)


def test_loadings_and_variance_are_those_of_the_result():
    found = RESULTS["minres"]
    shown = values(table(found, "vi"))
    stem = "efa.minres.geomin.2"
    assert shown[f"{stem}.q3.F1"] == found.loadings.loc["q3", "F1"]
    assert shown[f"{stem}.q3.communality"] == found.communalities.set_index("item").loc["q3", "extraction"]
    shown = values(table(found, "en", "variance"))
    assert shown[f"{stem}.component1.structure"] == found.variance["structure"][0]


def test_the_map_plots_every_loading_in_both_languages():
    found = RESULTS["minres"]
    block = figure(found, "vi").block
    assert sorted(value for row in block.data["matrix"] for value in row) == sorted(
        row.loading for row in found.loading_rows
    )
    assert block.data["factors"] == ["F1", "F2"]
    assert figure(found, "en").block.data["matrix"] == block.data["matrix"]
    assert "image/png" in figure(found, "vi")._repr_mimebundle_()


def test_scores_show_no_person():
    scores = RESULTS["scores"].scores.to_numpy().ravel().tolist()
    shown = set(values(table(RESULTS["scores"], "vi")).values())
    assert not shown & set(scores)


def test_disagreement_of_the_rules_is_told_with_every_number():
    found = RESULTS["rules_of_moments"]
    assert not found.agree
    said = values(narrate(found, "vi"))
    assert {f"retention.{row.rule}": row.n_factors for row in found.rule_rows if row.n_factors is not None}.items() <= (
        said.items()
    )
    assert figure(found, "vi").block.data["random"] == [row.normal for row in found.component_rows]
    rows = figure(RESULTS["rules"], "vi").block.data["random"]
    assert rows == [row.permuted for row in RESULTS["rules"].component_rows]
