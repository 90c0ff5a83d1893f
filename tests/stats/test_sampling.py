"""Sample sizes by their formulas, allocation that adds up, response rates."""

import json

import pytest

from analysis.errors import ModelError
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sampling import allocate, response_rate, sample_size_cochran, sample_size_yamane


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


def test_yamane_is_exact_where_the_formula_is_whole():
    assert (sample_size_yamane(400, 0.05).n, sample_size_yamane(400, 0.05).exact) == (200, 200)
    assert (sample_size_yamane(10_000, 0.1).n, sample_size_yamane(2000, 0.05).n) == (100, 334)
    assert sample_size_yamane(2000, 0.05).exact == pytest.approx(333.3333333333)


def test_cochran_with_and_without_population():
    assert sample_size_cochran().exact == pytest.approx(1.959963984540054**2 * 0.25 / 0.0025)
    assert [sample_size_cochran(population=size).n for size in (500, 2000, 100_000)] == [218, 323, 383]
    assert sample_size_cochran(0.5, 0.03, 0.99).n == 1844
    assert sample_size_cochran(population=2000).z == pytest.approx(1.959963984540054)


def test_allocation_adds_up_with_the_largest_remainders():
    found = allocate(100, {"A": 333, "B": 333, "C": 334})
    assert [row.n for row in found.stratum_rows] == [33, 33, 34]
    assert sum(row.n for row in allocate(7, {"A": 1, "B": 1, "C": 1, "D": 20}).stratum_rows) == 7
    assert [row.n for row in allocate(3, {"A": 1, "B": 1, "C": 1}).stratum_rows] == [1, 1, 1]
    assert list(found.strata.columns) == ["stratum", "size", "exact", "n"]


def test_response_rate():
    found = response_rate(400, 372, 361)
    assert (found.rate.value, found.returned_rate.value) == (0.9025, 0.93)
    assert response_rate(10, 8).usable == 8


def test_results_survive_json():
    for found in (sample_size_yamane(9, 0.1), sample_size_cochran(), allocate(2, {"A": 3}), response_rate(9, 8)):
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_impossible_numbers_are_refused():
    assert refusal(lambda: sample_size_yamane(1, 0.05)) == "sampling.population"
    assert refusal(lambda: sample_size_yamane(100, 5)) == "sampling.margin"
    assert refusal(lambda: sample_size_cochran(0)) == "sampling.share"
    assert refusal(lambda: sample_size_cochran(margin=0)) == "sampling.margin"
    assert refusal(lambda: allocate(5, {"A": 3})) == "sampling.too_many"
    assert refusal(lambda: allocate(1, {"A": 3, "B": 0})) == "sampling.strata"
    assert refusal(lambda: allocate(1, {})) == "sampling.no_strata"
    assert refusal(lambda: response_rate(5, 6)) == "sampling.response"
