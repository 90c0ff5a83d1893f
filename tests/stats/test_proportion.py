"""Intervals of shares and means against R."""

import pytest

from analysis.errors import ModelError
from analysis.stats.proportion import mean_interval, proportion


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.mark.parametrize("method", ["wilson", "exact", "agresti"])
def test_intervals_match_r(reference, method):
    for r in reference("proportion")["cases"]:
        found = proportion(r["x"], r["n"], method=method, level=r["level"])
        assert [found.low, found.high] == pytest.approx(r[method], rel=1e-9, abs=1e-14)
        assert found.low <= found.value <= found.high


def test_mean_matches_r(reference):
    r = reference("proportion")["mean"]
    found = mean_interval({"rating": r["data"]}, "rating", level=0.9)
    assert [found.value, found.se, found.low, found.high] == pytest.approx(
        [r["mean"], r["se"], r["low"], r["high"]], rel=1e-10
    )


def test_wilson_matches_the_shared_reference(shared_dir):
    import json

    r = json.loads((shared_dir / "reference" / "extra.json").read_text(encoding="utf-8"))["prop_wilson"]
    found = proportion(37, 120)
    assert [found.low, found.high] == pytest.approx(r, rel=1e-9)


def test_a_large_part_of_the_population_narrows_the_interval():
    wide, narrow, all_asked = proportion(30, 60), proportion(30, 60, population=100), proportion(30, 60, population=60)
    assert wide.low < narrow.low < all_asked.low == all_asked.high == 0.5
    assert narrow.se == pytest.approx(wide.se * ((100 - 60) / 99) ** 0.5)
    answers = {"q": [1, 2, 3, 4]}
    assert mean_interval(answers, "q", population=4).se == 0
    assert mean_interval(answers, "q", population=8).se == pytest.approx(mean_interval(answers, "q").se * 0.5**0.5)


def test_impossible_counts_are_refused():
    assert refusal(lambda: proportion(5, 4)) == "proportion.counts"
    assert refusal(lambda: proportion(0, 0)) == "proportion.counts"
    assert refusal(lambda: proportion(1, 4, population=3)) == "proportion.population"
    assert refusal(lambda: mean_interval({"q": [1, 2, 3]}, "q", population=2)) == "proportion.population"
    assert refusal(lambda: proportion(1, 4, level=95)) == "option.level"
    assert refusal(lambda: proportion(1, 4, method="wald")) == "option.unknown"
