"""Description and frequencies."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.describe import describe, frequencies


def test_description_matches_r(reference):
    r = reference("describe")
    for row in describe(r["data"]).rows:
        for name, value in r["rows"][row.name].items():
            assert row[name] == pytest.approx(value, rel=1e-12), (row.name, name)


def test_table_has_the_same_columns_for_any_data():
    empty = describe({"a": [None, None], "b": [1, None], "c": [2, 2]})
    assert list(empty.table.columns) == list(describe({"x": [1, 2, 3, 4]}).table.columns)
    a, b, c = empty.rows
    assert (a.n, a.missing, a.mean, a.sd) == (0, 2, None, None)
    assert (b.n, b.mean, b.sd, b.skewness) == (1, 1.0, None, None)
    assert (c.sd, c.skewness, c.kurtosis) == (0.0, None, None)


def test_text_is_refused_by_name():
    with pytest.raises(ModelError) as caught:
        describe({"a": ["x", "y"], "b": [1, 2]})
    assert caught.value.problems[0].get("columns") == ("a",)


def test_frequencies_count_and_sum_up():
    found = frequencies({"a": [5, 3, 3, None]}, "a", levels=[1, 3, 5])
    assert (found.n, found.missing) == (3, 1)
    assert found.table["value"].tolist() == [1, 3, 5]
    assert found.table["count"].tolist() == [0, 2, 1]
    np.testing.assert_allclose(found.table["percent"], [0, 50, 25])
    np.testing.assert_allclose(found.table["valid_percent"], [0, 200 / 3, 100 / 3])
    np.testing.assert_allclose(found.table["cumulative_percent"], [0, 200 / 3, 100])


def test_declared_levels_nobody_chose_are_counted_with_zero():
    data = pd.DataFrame({"g": pd.Categorical(["b", "b"], categories=["b", "a"])})
    assert [(row.value, row.count) for row in frequencies(data, "g").rows] == [("b", 2), ("a", 0)]


def test_answers_outside_the_levels_are_named():
    with pytest.raises(ModelError) as caught:
        frequencies({"a": [1, 55]}, "a", levels=[1, 2, 3, 4, 5])
    assert caught.value.problems[0].get("values") == ("55",)


def test_nobody_answered():
    found = frequencies({"a": [None, None]}, "a", levels=[1, 2])
    assert (found.n, found.missing) == (0, 2)
    assert [(row.percent, row.valid_percent) for row in found.rows] == [(0.0, None), (0.0, None)]
