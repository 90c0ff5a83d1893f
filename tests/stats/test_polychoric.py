"""Polychoric correlations against lavaan, psych and polycor; laws; known truth; what is refused or doubted."""

from __future__ import annotations

from itertools import combinations
from operator import add

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from analysis.errors import ModelError
from analysis.stats.contingency import Contingency, contingency
from analysis.stats.factors import efa
from analysis.stats.latent import Pairs, cells, two_step
from analysis.stats.moments import Moments, moments
from analysis.stats.polychoric import padded, polychoric, tetrachoric
from analysis.stats.result import from_dict, to_dict

LAVAAN = 5e-8  # lavaan's search stops there
PSYCH = 5e-5  # psych and polycor search to four digits


def codes(result):
    return [each.code for each in result.cautions]


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return [(each.code, dict(each.slots)) for each in caught.value.problems]


def fourfold(*counts):
    return Contingency.from_printed(np.reshape(counts, (2, 2)), names=("a", "b"), levels=([0, 1], [0, 1]))


def simulated(n, corr, cuts, seed):
    """Answers of normal variables with these correlations, cut here."""
    latent = np.random.default_rng(seed).multivariate_normal(np.zeros(len(corr)), corr, size=n)
    return pd.DataFrame({f"q{i}": np.digitize(latent[:, i], cuts[i]) for i in range(len(corr))})


@pytest.fixture(scope="module")
def values(reference):
    return reference("polychoric")


@pytest.fixture(scope="module")
def answers(values):
    return pd.DataFrame(values["data"])


@pytest.fixture(scope="module")
def holes(values):
    return pd.DataFrame(values["holes"], dtype=float)


@pytest.mark.parametrize(
    ("case", "missing"), [("complete", "listwise"), ("listwise", "listwise"), ("pairwise", "pairwise")]
)
def test_correlations_thresholds_and_errors_match_lavaan(values, answers, holes, case, missing):
    r = values["lavaan"][case]
    found = polychoric(answers if case == "complete" else holes, missing=missing)
    np.testing.assert_allclose(found.corr, r["R"], atol=LAVAAN)
    np.testing.assert_allclose(found.thresholds["value"], r["th"], atol=1e-12)
    errors = np.sqrt(np.diag(r["gamma"])[-21:] / r["n"])
    np.testing.assert_allclose(found.pairs["se"], errors, rtol=1e-6)
    assert found.n == r["n"]


def test_correlations_match_psych(values, answers):
    np.testing.assert_allclose(polychoric(answers).corr, values["psych"]["correct0"], atol=PSYCH)


def test_correction_differs_from_psych_only_by_shares_that_sum_to_one(values, answers):
    """psych adds to empty cells after it has divided by n, so that its shares sum to more than one."""
    counted = contingency(answers)
    ours, theirs = polychoric(answers, correct=0.5).corr, np.array(values["psych"]["correct5"])
    held, at = padded(counted)
    for place, table in enumerate(counted.tables):
        i, j = at[0][place], at[1][place]
        if (table > 0).all():
            assert ours[i, j] == pytest.approx(theirs[i, j], abs=PSYCH)
            continue
        filled = np.where(table == 0, 0.5, table)
        counts, a, b = np.zeros((1, 7, 7)), held.a[place : place + 1].copy(), held.b[place : place + 1].copy()
        counts[0, : len(filled), : filled.shape[1]] = filled
        a[0, : len(filled) - 1] = special.ndtri(np.cumsum(filled.sum(axis=1))[:-1] / table.sum())
        b[0, : filled.shape[1] - 1] = special.ndtri(np.cumsum(filled.sum(axis=0))[:-1] / table.sum())
        assert two_step(Pairs(counts, a, b))[0] == pytest.approx(theirs[i, j], abs=PSYCH)


def test_joint_estimates_match_polycor_or_are_likelier(values, answers):
    """polycor stops before the maximum; the likelihood ratio tells how far."""
    found = {(row.a, row.b): row for row in polychoric(answers, method="ml").pair_rows}
    steps = {(row.a, row.b): row for row in polychoric(answers).pair_rows}
    for r in values["polycor"]:
        pair = tuple(f"q{j}" for j in r["pair"])
        assert steps[pair].r == pytest.approx(r["two_step"], abs=PSYCH)
        assert found[pair].r == pytest.approx(r["ml"], abs=1e-3)
        assert found[pair].chisq <= r["chisq"]
        assert found[pair].chisq == pytest.approx(r["chisq"], abs=1e-3)
        assert found[pair].df == r["df"]
        assert found[pair].se == pytest.approx(r["se"], rel=0.01)  # polycor's is of the observed information


@pytest.mark.parametrize("case", ["empty", "even", "skewed"])
def test_fourfold_tables_match_lavaan(values, case):
    r = values["fourfold"][case]
    assert tetrachoric(fourfold(*r["counts"])).corr[0, 1] == pytest.approx(r["lavaan"], abs=LAVAAN)
    if case != "empty":
        assert tetrachoric(fourfold(*r["counts"])).corr[0, 1] == pytest.approx(r["psych"], abs=PSYCH)


@pytest.mark.parametrize("name", ["bfi25_listwise_correct0", "bfi25_lavCor"])
def test_real_answers_match_r(shared_dir, shared, name):
    bfi = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / "bfi.csv").iloc[:, :25]
    r = shared("polychoric")[name]
    found = polychoric(bfi)
    np.testing.assert_allclose(found.corr, r["rho"]["values"], atol=PSYCH)
    theirs = list(r["th"].values()) if "th" in r else np.ravel(r["tau"]["values"])
    np.testing.assert_allclose(found.thresholds["value"], theirs, atol=1e-12)


def test_counts_batches_and_rows_give_the_same(answers):
    whole = polychoric(answers)
    assert polychoric(contingency(answers)) == whole
    assert polychoric(answers.iloc[part] for part in (slice(0, 150), slice(150, None))) == whole
    assert polychoric(add(*(contingency(answers.iloc[part]) for part in (slice(0, 99), slice(99, None))))) == whole
    assert from_dict(to_dict(whole)) == whole


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)))
def test_order_of_items_is_the_order_of_the_matrix(order):
    x = simulated(200, np.full((5, 5), 0.4) + 0.6 * np.eye(5), [[-0.5, 0.8]] * 5, 1)
    moved = polychoric(x.iloc[:, order]).corr
    np.testing.assert_allclose(moved, polychoric(x).corr[np.ix_(order, order)], atol=1e-11)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2), st.sampled_from(["two_step", "ml"]))
def test_reversing_an_item_turns_the_sign(item, method):
    x = simulated(150, np.array([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]]), [[-1, 0.2], [0.4], [-0.3, 0, 1]], 2)
    sign = np.where(np.arange(3) == item, -1, 1)
    turned = polychoric(x.assign(**{f"q{item}": 9 - x[f"q{item}"]}), method=method)
    np.testing.assert_allclose(turned.corr, polychoric(x, method=method).corr * np.outer(sign, sign), atol=1e-8)
    np.testing.assert_allclose(turned.pairs["se"], polychoric(x, method=method).pairs["se"], rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=9, max_size=9), st.sampled_from(["two_step", "ml"]))
def test_correlations_lie_between_minus_one_and_one(counts, method):
    table = np.reshape(counts, (3, 3))
    levels = ([1, 2, 3], [1, 2, 3])
    try:
        row = polychoric(
            Contingency.from_printed(table, names=("a", "b"), levels=levels), method=method, correct=0
        ).pair_rows[0]
    except ModelError:
        return
    assert -1 <= row.r <= 1
    if row.low is not None:
        assert -1 <= row.low <= row.r <= row.high <= 1
        assert row.se > 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 99), st.integers(1, 99))
def test_even_fourfold_tables_have_the_closed_form(same, other):
    found = tetrachoric(fourfold(same, other, other, same))
    share = same / (2 * (same + other))
    assert found.corr[0, 1] == pytest.approx(np.sin(np.pi / 2 * (4 * share - 1)), abs=1e-9)


def test_skewed_thresholds_are_recovered():
    corr = np.array([[1, 0.6, 0.3, -0.4], [0.6, 1, 0.5, 0], [0.3, 0.5, 1, 0.2], [-0.4, 0, 0.2, 1]])
    cuts = [[0.5, 1.2, 1.8], [-2, -1.2, -0.4, 0.3], [1.0], [-1.5, -1, 1]]
    found = polychoric(simulated(40_000, corr, cuts, 7))
    off = corr[np.triu_indices(4, 1)]
    distance = (found.pairs["r"] - off) / found.pairs["se"]
    assert np.abs(distance).max() < 3.5
    np.testing.assert_allclose(found.thresholds["value"], np.concatenate(cuts), atol=0.03)
    assert (np.abs(found.pairs["pearson"]) < np.abs(off) + 0.01).all()
    assert min(row.p for row in found.pair_rows if row.p is not None) > 1e-3


@pytest.mark.parametrize("method", ["two_step", "ml"])
def test_errors_are_those_of_repeated_samples(request, method):
    reps = 2000 if request.config.getoption("--slow") else 150
    corr, cuts = np.array([[1, 0.5], [0.5, 1]]), [[0.3, 1.1], [-1, 0, 0.8]]
    rows = [polychoric(simulated(250, corr, cuts, seed), method=method).pair_rows[0] for seed in range(reps)]
    r, se = np.array([row.r for row in rows]), np.array([row.se for row in rows])
    spread = r.std(ddof=1)
    assert np.sqrt((se**2).mean()) == pytest.approx(spread, rel=4 / np.sqrt(2 * reps))
    held = np.mean([row.low <= 0.5 <= row.high for row in rows])
    assert abs(held - 0.95) < 3 * np.sqrt(0.95 * 0.05 / reps)


def test_matrix_feeds_factors(answers):
    found = efa(polychoric(answers), 2, method="minres", rotation="oblimin")
    assert found.names == tuple(answers.columns)
    assert found.n == 400
    m = polychoric(answers).as_moments()
    assert m.basis == "polychoric"
    assert moments(m) is m
    assert m.subset(["q1", "q2"]).basis == "polychoric"
    assert refusal(lambda: m + m)[0][0] == "moments.polychoric_not_additive"
    assert from_dict(to_dict(m)) == m


def test_impossible_matrices_are_named_and_smoothed_only_on_request():
    alike, contrary = np.array([[45.0, 5], [5, 45]]), np.array([[5.0, 45], [45, 5]])
    tables, margins = (alike, contrary, alike), (np.array([50.0, 50]),) * 3
    found = tetrachoric(Contingency(("a", "b", "c"), ((0, 1),) * 3, tables, margins, 100))
    assert found.smallest == pytest.approx(np.linalg.eigvalsh(found.corr)[0])
    assert found.smallest < -0.5
    assert "polychoric.not_positive_definite" in codes(found)
    mended = found.smoothed()
    assert mended.smallest >= 1e-6
    assert np.diag(mended.corr) == pytest.approx(1)
    assert "polychoric.smoothed" in codes(mended)
    assert "polychoric.not_positive_definite" not in codes(mended)
    assert mended.moved == pytest.approx(np.abs(mended.corr - found.corr).max())
    assert mended.pair_rows[0].se is None
    sound = polychoric(simulated(200, np.eye(3), [[0]] * 3, 1))
    assert sound.smoothed() is sound


def test_everything_that_has_no_correlation_is_named():
    x = {"a": [1, 2, 1, 2, 2, 1], "same": [3] * 6, "too": [4] * 6, "b": [1, 1, 2, 2, 1, 2]}
    assert refusal(lambda: polychoric(x)) == [
        ("polychoric.one_level", {"column": "same"}),
        ("polychoric.one_level", {"column": "too"}),
    ]
    assert refusal(lambda: polychoric(x, ["a"]))[0] == ("polychoric.too_few_items", {"k": 1, "least": 2})
    few = {"a": [1, 2, 3], "b": [1, 2, 1]}
    assert refusal(lambda: polychoric(few)) == [
        ("polychoric.too_few_rows", {"a": "a", "b": "b", "n": 3, "least": 5}),
    ]
    words = {"a": ["no", "yes", "no", "yes", "no"], "b": [0, 1, 0, 1, 1]}
    assert refusal(lambda: polychoric(words)) == [("polychoric.no_order", {"column": "a"})]
    assert refusal(lambda: polychoric([words]))[0][0] == "polychoric.no_order"
    assert refusal(lambda: tetrachoric({"a": [1, 2, 3, 1, 2], "b": [0, 1, 0, 1, 1]})) == [
        ("polychoric.not_binary", {"column": "a", "k": 3})
    ]
    assert refusal(lambda: polychoric(few, correct=-1)) == [("polychoric.correct", {"value": -1.0})]
    apart = {"a": [1, 2, 1, 2, 1, 1, 1, 1], "b": [None, None, 1, None, 2, 1, 2, 1]}
    assert refusal(lambda: polychoric(apart, missing="pairwise")) == [
        ("polychoric.pair_one_level", {"a": "a", "b": "b", "column": "a"})
    ]


def test_declared_labels_count_in_their_order_and_unused_levels_are_left_out():
    numbers = simulated(200, np.array([[1, 0.6], [0.6, 1]]), [[-0.4, 0.9]] * 2, 5)
    names = ["never", "sometimes", "often", "always"]
    labels = numbers.apply(lambda column: pd.Categorical([names[code] for code in column], names, ordered=True))
    found = polychoric(labels)
    np.testing.assert_array_equal(found.corr, polychoric(numbers).corr)
    assert [row.level for row in found.threshold_rows] == ["sometimes", "often"] * 2


def test_doubts_are_cautions(answers):
    assert codes(polychoric(fourfold(0, 12, 30, 58))) == ["polychoric.empty_cells", "polychoric.corrected"]
    perfect = polychoric(fourfold(50, 0, 0, 50))
    assert perfect.corr[0, 1] == 1
    assert perfect.pair_rows[0].se is None
    assert "polychoric.perfect" in codes(perfect)
    small = polychoric(answers.iloc[:25], ["q1", "q2"])
    assert "sample.small_n" in codes(small)
    missing = answers.astype(float)
    missing.iloc[0, 0] = np.nan
    assert "rows.excluded" in codes(polychoric(missing))


def test_pearson_is_that_of_the_numbers(answers):
    found = polychoric(answers)
    np.testing.assert_allclose(found.pairs["pearson"], moments(answers).corr[np.triu_indices(7, 1)], atol=1e-12)


def test_cells_are_the_probabilities_of_the_table(answers):
    held, at = padded(contingency(answers))
    p = cells(held, polychoric(answers).corr[at])
    np.testing.assert_allclose(p.sum(axis=(1, 2)), 1, atol=1e-12)
    margin = answers["q1"].value_counts(normalize=True).sort_index()
    np.testing.assert_allclose(p[0].sum(axis=1)[:2], margin, atol=1e-12)
    assert len(p) == len(list(combinations(answers.columns, 2)))
    assert isinstance(polychoric(answers).as_moments(), Moments)
