"""Pearson correlations."""

import json

import pytest

from analysis.errors import ModelError
from analysis.stats.correlation import correlate
from analysis.stats.moments import Moments, moments


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_matches_cor_test(reference, missing):
    r = reference("correlation")
    found = correlate(r["data"], level=r["level"], missing=missing)
    for row, expected in zip(found.pair_rows, r[missing], strict=True):
        assert (row.a, row.b) == (expected["a"], expected["b"])
        for name in ("r", "t", "df", "p", "low", "high"):
            assert row[name] == pytest.approx(expected[name], rel=1e-11), (row.a, row.b, name)
        assert row.n == expected["df"] + 2


def test_interval_matches_the_shared_reference(shared_dir):
    expected = json.loads((shared_dir / "reference" / "extra.json").read_text(encoding="utf-8"))["fisher_ci"]
    row = correlate(Moments.from_printed([[1], [0.5, 1]], n=100, names=["a", "b"])).pair_rows[0]
    assert [row.low, row.high] == pytest.approx(expected, rel=1e-9)


def test_moments_give_the_same_as_rows(reference):
    data = reference("moments")["attitude"]["data"]
    assert correlate(moments(data)) == correlate(data)
    printed = Moments.from_printed([[1], [0.5, 1]], n=30, names=["a", "b"])
    assert correlate(printed).pair_rows[0].r == 0.5


def test_matrix_is_whole(reference):
    found = correlate(reference("moments")["attitude"]["data"])
    assert found.matrix.shape == (7, 7)
    assert (found.matrix.to_numpy() == found.matrix.to_numpy().T).all()
    assert list(found.pairs.columns) == ["a", "b", "r", "n", "t", "df", "p", "low", "high"]


def test_constant_column_is_refused_by_name():
    for missing in ("listwise", "pairwise"):
        found = refusal(lambda m=missing: correlate({"a": [1, 2, 3, 4], "k": [2, 2, 2, 2]}, missing=m))
        assert found == ("moments.no_variance", {"columns": ("k",)})


def test_too_few_rows_and_columns():
    assert refusal(lambda: correlate({"a": [1, 2, 3], "b": [3, 1, 2]})) == (
        "correlation.too_few_rows",
        {"n": 3, "least": 4},
    )
    assert refusal(lambda: correlate({"a": [1, 2, 3, 4]}))[0] == "correlation.too_few_columns"


def test_a_perfect_correlation_is_said_not_printed_as_infinite_t():
    found = correlate({"a": [1, 2, 3, 4], "b": [2, 4, 6, 8]})
    row = found.pair_rows[0]
    assert (row.r, row.t, row.p, row.low) == (pytest.approx(1), None, 0.0, row.r)
    assert [each.code for each in found.cautions] == ["correlation.perfect"]


def test_rows_left_out_are_counted():
    found = correlate({"a": [1, 2, 3, 5, None], "b": [2, 1, 4, 3, 1]})
    assert (found.n, found.dropped, found.cautions[0].get("total")) == (4, 1, 5)


def test_pairwise_moments_do_not_know_the_rows_behind_each_pair():
    data = {"a": [1, 2, 3, 5, None], "b": [2, 1, 4, 3, 1]}
    assert refusal(lambda: correlate(moments(data, missing="pairwise")))[0] == "correlation.needs_rows"


def test_a_column_that_is_constant_where_another_is_answered_names_the_pair():
    data = {"a": [1, 1, 1, 1, 2, 3], "b": [1, 2, 3, 5, None, None]}
    assert refusal(lambda: correlate(data, missing="pairwise")) == ("moments.pair_no_variance", {"a": "a", "b": "b"})
