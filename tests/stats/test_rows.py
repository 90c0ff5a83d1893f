"""What a statistic accepts."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.rows import Labels, rows


def code_of(function):
    """Code and slots of the refusal."""
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


NUMBERS = [
    [1, 2, None],
    [1.0, 2, float("nan")],
    [True, 2, None],
    [Decimal(1), Fraction(2), None],
    pd.Series([1, 2, None], dtype="Int64"),
    pd.Series([1, 2, pd.NA], dtype=object),
    pd.Series([1, 2, None], dtype="float32"),
    np.array([1, 2, np.nan]),
]


@pytest.mark.parametrize("values", NUMBERS, ids=range(len(NUMBERS)))
def test_numbers_become_floats_with_nan_for_missing(values):
    np.testing.assert_array_equal(rows({"a": values}).numeric()[:, 0], [1, 2, np.nan])
    np.testing.assert_array_equal(rows(pd.DataFrame({"a": values})).column("a"), [1, 2, np.nan])


def test_booleans():
    np.testing.assert_array_equal(rows(pd.DataFrame({"a": [True, False]})).column("a"), [1, 0])
    np.testing.assert_array_equal(rows({"a": pd.array([True, None], dtype="boolean")}).column("a"), [1, np.nan])


def test_declared_order_of_levels_is_kept():
    column = rows(pd.DataFrame({"g": pd.Categorical(["b", "a", None], categories=["b", "a", "c"])})).column("g")
    assert isinstance(column, Labels)
    assert (column.levels, column.declared, column.codes.tolist()) == (("b", "a", "c"), True, [0, 1, -1])


@pytest.mark.parametrize("dtype", ["str", object])
def test_text_is_sorted_and_not_declared(dtype):
    column = rows(pd.DataFrame({"g": pd.Series(["b", None, "a"], dtype=dtype)})).column("g")
    assert (column.levels, column.declared, column.codes.tolist()) == (("a", "b"), False, [1, -1, 0])


def test_numbers_as_text_are_not_guessed():
    data = {"a": ["1", "2", "3"], "b": [1, 2, 3], "c": pd.Categorical(["x", "y", "x"])}
    assert code_of(lambda: rows(data).numeric()) == ("rows.text", {"columns": ("a", "c")})
    assert rows(data).column("a").looks_numeric


def test_mixed_columns_and_dates_are_refused():
    assert code_of(lambda: rows({"a": [1, "x"]}).numeric())[0] == "rows.mixed"
    dates = pd.DataFrame({"a": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    assert code_of(lambda: rows(dates).numeric())[0] == "rows.mixed"


def test_infinite_values_are_refused_by_name():
    assert code_of(lambda: rows({"a": [1, np.inf]}).numeric()) == ("rows.infinite", {"column": "a", "count": 1})


def test_unknown_column_names_the_nearest():
    found = code_of(lambda: rows({"training": [1]}, ["trainning"]))
    assert found == ("rows.unknown_column", {"column": "trainning", "nearest": "training"})


def test_duplicate_columns_are_refused():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert code_of(lambda: rows(frame)) == ("rows.duplicate_column", {"columns": ("a",)})
    assert code_of(lambda: rows({"a": [1]}, ["a", "a"]))[0] == "rows.duplicate_column"


def test_columns_of_unequal_length():
    found = code_of(lambda: rows({"a": [1, 2], "b": [1]}))
    assert found == ("rows.unequal_length", {"column": "b", "length": 1})


def test_what_holds_no_columns():
    assert code_of(lambda: rows(3))[0] == "rows.unknown_kind"
    assert code_of(lambda: rows({"a": [[1], [2]]}).numeric())[0] in ("rows.not_a_column", "rows.mixed")


def test_arrays_take_names():
    array = np.arange(6.0).reshape(3, 2)
    assert rows(array).names == ("x1", "x2")
    assert rows(array, ["a", "b"]).column("b").tolist() == [1, 3, 5]
    assert code_of(lambda: rows(array, ["a"]))[0] == "rows.names_count"


def test_responses_bring_their_items():
    responses = SimpleNamespace(frame=pd.DataFrame({"s": [1.0], "q1": [1]}), members={"s": ("q1",)})
    assert rows(responses).members == {"s": ("q1",)}
    assert rows(responses, ["s"]).members == {"s": ("q1",)}


def test_arrow_tables():
    import pyarrow as pa

    np.testing.assert_array_equal(rows(pa.table({"a": [1, None]})).column("a"), [1, np.nan])


def test_input_is_not_changed():
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    rows(frame).numeric()[:] = 9
    assert frame["a"].tolist() == [1, 2]
    rows({"a": (kept := np.array([1.0, 2.0]))}).column("a")[:] = 9
    assert kept.tolist() == [1, 2]
