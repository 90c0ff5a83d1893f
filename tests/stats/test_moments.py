"""Means and covariances from rows, batches and print."""

import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import Moments, moments


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.fixture
def likert():
    rng = np.random.default_rng(1)
    values = rng.integers(1, 6, (40, 4)).astype(float)
    values[rng.random(values.shape) < 0.08] = np.nan
    return pd.DataFrame(values, columns=list("abcd"))


def test_listwise_matches_r(reference):
    r = reference("moments")
    found = moments(r["attitude"]["data"])
    np.testing.assert_allclose(found.cov, r["attitude"]["cov"], rtol=1e-12)
    np.testing.assert_allclose(found.corr, r["attitude"]["cor"], rtol=1e-12)
    air = moments(r["airquality"]["data"])
    np.testing.assert_allclose(air.cov, r["airquality"]["cov_listwise"], rtol=1e-12)
    assert (air.n, air.dropped) == (r["airquality"]["n_listwise"], 153 - r["airquality"]["n_listwise"])


def test_pairwise_matches_r(reference):
    from analysis.stats.moments import pairwise

    air = reference("moments")["airquality"]
    found, block = pairwise(air["data"])
    np.testing.assert_allclose(found.cov, air["cov_pairwise"], rtol=1e-12)
    np.testing.assert_allclose(block.corr, air["cor_pairwise"], rtol=1e-12)
    assert (found.n, found.missing) == (153, "pairwise")


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_batches_give_what_the_whole_gives(likert, missing):
    whole = moments(likert, missing=missing)
    batched = moments((likert.iloc[at : at + 7] for at in range(0, 40, 7)), missing=missing)
    np.testing.assert_allclose(batched.cov, whole.cov, rtol=1e-12)
    np.testing.assert_allclose(batched.mean, whole.mean, rtol=1e-12)
    assert (batched.n, batched.dropped, batched.names) == (whole.n, whole.dropped, whole.names)


def test_a_batch_without_complete_rows_changes_nothing(likert):
    empty = pd.DataFrame({name: [np.nan] for name in likert})
    pooled = moments([empty, likert, empty])
    assert pooled.n == moments(likert).n
    np.testing.assert_allclose(pooled.cov, moments(likert).cov, rtol=1e-14)


@pytest.mark.parametrize(
    ("values", "digits"),
    [([10000001, 10000003, 10000002], 15), ([1000000.2, *([1000000.1, 1000000.3] * 500)], 9),
     ([10000000.2, *([10000000.1, 10000000.3] * 500)], 8)],
    ids=["NumAcc1", "NumAcc3", "NumAcc4"],
)  # fmt: skip
def test_digits_survive_far_from_zero(values, digits):
    sd = float(moments({"a": values}).sd[0])
    certified = 1.0 if len(values) == 3 else 0.1
    assert abs(sd - certified) / certified < 10**-digits or sd == certified
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - 1)
    assert abs(Fraction(float(moments({"a": values}).cov[0, 0])) / variance - 1) < Fraction(1, 10**12)


def test_properties(likert):
    found = moments(likert)
    np.testing.assert_allclose(found.cov_n, np.cov(likert.dropna().T, ddof=0), rtol=1e-12)
    np.testing.assert_allclose(found.scatter, found.cov * (found.n - 1))
    np.testing.assert_allclose(found.sd**2, np.diag(found.cov))
    part = found.subset(["c", "a"])
    assert part.names == ("c", "a")
    assert part.cov[0, 1] == found.cov[2, 0]
    assert moments(found, ["c", "a"]) == part
    assert moments(found) is found


def test_arrays_cannot_be_written_to(likert):
    with pytest.raises(ValueError, match="read-only"):
        moments(likert).cov[0, 0] = 0


def test_equal_by_value_and_json_round_trip(likert):
    a, b = moments(likert), moments(likert.copy())
    assert a == b
    assert hash(a) == hash(b)
    assert a != moments(likert.iloc[1:])
    assert Moments.from_dict(json.loads(json.dumps(a.to_dict()))) == a
    assert a != "a"


def test_adding_needs_the_same_names(likert):
    a = moments(likert)
    assert refusal(lambda: a + a.subset(["a", "b"]))[0] == "moments.different_names"
    assert refusal(lambda: a - a)[0] == "moments.too_few_rows"
    assert refusal(lambda: a + moments(likert, missing="pairwise"))[0] == "moments.pairwise_not_additive"
    turned = a + a.subset(["d", "c", "b", "a"])
    np.testing.assert_allclose(turned.mean, a.mean)


def test_printed_matrix():
    whole = Moments.from_printed([[1, 0.5], [0.5, 1]], sd=[2, 3], mean=[1, 2], n=50, names=["a", "b"])
    half = Moments.from_printed([[1], [0.5, 1]], sd=[2, 3], mean=[1, 2], n=50, names=["a", "b"])
    assert whole == half
    np.testing.assert_allclose(whole.cov, [[4, 3], [3, 9]])
    assert whole.missing == "printed"


@pytest.mark.parametrize(
    ("corr", "code"),
    [
        ([[1, 0.5], [0.4, 1]], "moments.printed_asymmetric"),
        ([[1, 1.2], [1.2, 1]], "moments.printed_bounds"),
        ([[0.9, 0.5], [0.5, 1]], "moments.printed_diagonal"),
        ([[1, 0.5]], "moments.shape"),
        ([[1, float("nan")], [float("nan"), 1]], "moments.printed_bounds"),
        ([[1, 1], [1, 1]], "moments.printed_not_positive_definite"),
    ],
)
def test_impossible_tables_are_refused(corr, code):
    assert refusal(lambda: Moments.from_printed(corr, n=50, names=["a", "b"]))[0] == code


def test_correlations_that_no_data_can_have_are_refused_with_their_eigenvalue():
    table = [[1], [0.9, 1], [-0.9, 0.9, 1]]
    code, slots = refusal(lambda: Moments.from_printed(table, n=50, names=["a", "b", "c"]))
    assert code == "moments.printed_not_positive_definite"
    assert slots["eigenvalue"] == pytest.approx(-0.8)


def test_printed_sd_must_be_positive():
    assert refusal(lambda: Moments.from_printed([[1]], sd=[0], n=5, names=["a"]))[0] == "moments.printed_sd"


def test_too_few_rows():
    assert refusal(lambda: moments({"a": [1.0], "b": [2.0]}))[1] == {"n": 1, "least": 2}
    assert refusal(lambda: moments([]))[0] == "moments.too_few_rows"
    assert (
        refusal(lambda: moments({"a": [1, None, 2], "b": [None, 1, None]}, missing="pairwise"))[0]
        == "moments.too_few_rows"
    )


def test_constant_column_has_no_correlation():
    found = moments({"a": [1, 1, 1], "b": [1, 2, 3]})
    assert refusal(lambda: found.corr) == ("moments.no_variance", {"columns": ("a",)})


def test_wrong_row_rule_names_the_nearest():
    code, slots = refusal(lambda: moments({"a": [1, 2]}, missing="pairwse"))
    assert (code, slots["nearest"]) == ("option.unknown", "pairwise")
