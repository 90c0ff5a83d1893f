"""Designs that are declared, and those that cannot be."""

import pytest

from analysis.errors import ModelError
from analysis.stats.sample_design import survey_design


def test_designs_that_cannot_be_are_refused():
    x = {
        "y": [1, 2, 3, 4],
        "h": list("aabb"),
        "c": [1, 2, 3, 3],
        "N": [5, 5, 1, 1],
        "w": [1, 1, 0, 1],
        "V": [2, 3, 4, 4],
    }
    for arguments, code in (
        ({"strata": "h", "cluster": "c"}, "survey.single_cluster"), ({"weights": "w"}, "survey.weights"),
        ({"strata": "h", "population": "N"}, "survey.population_small"),
        ({"strata": "h", "population": "V"}, "survey.population_varies"),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            survey_design(x, **arguments)
        assert caught.value.code == code
    with pytest.raises(ModelError) as caught:
        survey_design({"y": [1, 2], "h": ["a", None]}, strata="h")
    assert caught.value.code == "survey.holes"


def test_clusters_are_counted_within_strata():
    x = {"y": range(8), "h": list("aaaabbbb"), "c": [1, 1, 2, 2, 1, 1, 2, 2], "N": [4.0] * 4 + [8.0] * 4}
    design = survey_design(x, strata="h", cluster="c", population="N")
    assert (design.df, design.sampled.tolist(), design.fraction.tolist()) == (2, [2, 2], [0.5, 0.25])
    assert [each.code for each in design.cautions] == ["survey.no_weights"]
