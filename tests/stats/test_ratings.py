"""Ratings come in long or wide, and what is no table of ratings is refused by name."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.ratings import read_categories, read_ratings

LONG = {"who": ["a", "a", "b", "b", "c"], "by": ["x", "y", "x", "y", "x"], "score": [1, 2, 3, 4, 5]}


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return [(each.code, dict(each.slots)) for each in caught.value.problems]


def test_long_and_wide_are_the_same_table():
    long = read_ratings(LONG, "who", "by", "score")
    wide = read_ratings({"x": [1, 3, 5], "y": [2, 4, None]}, None, None, None)
    np.testing.assert_array_equal(long.table(), wide.table())
    assert (long.targets, long.raters, long.complete) == (("a", "b", "c"), ("x", "y"), False)


def test_rows_without_target_rater_or_score_are_left_out_and_counted():
    holes = pd.DataFrame(LONG)
    holes.loc[0, "who"] = None
    holes.loc[4, "score"] = np.nan
    found = read_ratings(holes, "who", "by", "score")
    assert (found.dropped, found.targets, len(found.score)) == (2, ("b", "a"), 3) or found.targets == ("a", "b")
    assert [dict(each.slots) for each in found.cautions()] == [{"dropped": 2, "n": 3}]


def test_a_pair_rated_twice_is_named():
    twice = {"who": ["a", "a", "b", "a"], "by": ["x", "y", "x", "x"], "score": [1, 2, 3, 4]}
    assert refusal(lambda: read_ratings(twice, "who", "by", "score")) == [
        ("ratings.duplicate", {"target": "a", "rater": "x", "pairs": 1})
    ]


def test_one_rater_one_target_and_half_the_names():
    assert refusal(lambda: read_ratings({"x": [1, 2]}, None, None, None))[0][0] == "ratings.too_few_raters"
    assert refusal(lambda: read_ratings({"x": [1], "y": [2]}, None, None, None))[0][0] == "ratings.too_few_targets"
    assert refusal(lambda: read_ratings(LONG, "who", None, "score"))[0][0] == "ratings.names"


def test_text_scores_are_no_numbers_but_categories():
    wide = {"x": ["no", "yes", None], "y": ["no", "maybe", "yes"]}
    assert refusal(lambda: read_ratings(wide, None, None, None))[0][0] == "rows.text"
    found = read_categories(wide, None, None, None, None)
    assert (found.levels, found.declared) == (("maybe", "no", "yes"), False)
    declared = read_categories(wide, None, None, None, ["no", "maybe", "yes"])
    np.testing.assert_array_equal(declared.table(), [[0, 0], [2, 1], [np.nan, 2]])


def test_number_categories_keep_their_order():
    found = read_categories({"x": [4, 2, 1], "y": [1, 2, 4]}, None, None, None, None)
    assert found.levels == ("1", "2", "4")
    declared = read_categories({"x": [4, 2, 1], "y": [1, 2, 4]}, None, None, None, [4, 3, 2, 1])
    np.testing.assert_array_equal(declared.table(), [[0, 3], [2, 2], [3, 0]])


def test_categories_outside_the_declared_ones_are_named():
    [(code, slots)] = refusal(lambda: read_categories({"x": [1, 9], "y": [1, 2]}, None, None, None, [1, 2]))
    assert (code, slots["values"]) == ("ratings.outside_levels", ("9",))
    [(code, slots)] = refusal(lambda: read_categories({"x": ["a", "c"], "y": ["a", "b"]}, None, None, None, ["a", "b"]))
    assert (code, slots["values"]) == ("ratings.outside_levels", ("c",))


def test_numbers_beside_text_are_refused():
    assert (
        refusal(lambda: read_categories({"x": [1, 2], "y": ["a", "b"]}, None, None, None, None))[0][0]
        == "ratings.mixed"
    )


def test_declared_categories_of_a_frame_are_kept():
    kind = pd.CategoricalDtype(["low", "middle", "high"], ordered=True)
    frame = pd.DataFrame({"x": ["low", "high"], "y": ["low", "low"]}).astype(kind)
    found = read_categories(frame, None, None, None, None)
    assert (found.levels, found.declared) == (("low", "middle", "high"), True)
