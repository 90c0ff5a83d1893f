"""Missing answers: counts, moments by EM and Little's test against R, their laws, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.missing import em_moments, little_mcar, missingness
from analysis.stats.result import from_dict, to_dict

SETS = ("airquality", "likert", "late")


@pytest.fixture
def data(reference):
    values = reference("missing")

    def take(name):
        return pd.DataFrame(values[name]["columns"], dtype=float), values[name]

    return take


@pytest.mark.parametrize("name", SETS)
def test_moments_match_lavaan(data, name):
    table, expected = data(name)
    found = em_moments(table)
    np.testing.assert_allclose(
        found.mean, expected["mean"], rtol=1e-7
    )  # lavaan ends its own EM at 1e-11 of the log-likelihood
    np.testing.assert_allclose(found.cov, expected["cov"], rtol=1e-6)
    assert found.loglik == pytest.approx(expected["loglik"], rel=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_little_matches_its_formula_in_r(data, name):
    table, expected = data(name)
    found = little_mcar(table)
    assert (found.df, found.patterns) == (expected["df"], expected["patterns"])
    assert found.chisq == pytest.approx(expected["chisq"], rel=1e-6)
    assert found.p == pytest.approx(expected["p"], rel=1e-5)


def test_shared_reference_values_of_r_packages(shared_dir: Path):
    values = json.loads((shared_dir / "reference" / "missing.json").read_text(encoding="utf-8"))
    table = pd.read_csv(shared_dir / "reference" / "data" / "airquality.csv")[["Ozone", "Solar.R", "Wind", "Temp"]]
    found = little_mcar(table)
    assert found.df == values["little_mcar"]["df"]
    assert found.chisq == pytest.approx(values["little_mcar"]["chi2"], rel=1e-8)
    assert found.p == pytest.approx(values["little_mcar"]["p"], rel=1e-7)
    np.testing.assert_allclose(em_moments(table).cov, values["em_airquality"]["values"], rtol=1e-8)


def holes(seed: int, n: int = 60, k: int = 4, share: float = 0.15) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = rng.standard_normal((n, k)) + rng.standard_normal((n, 1))
    table[rng.random((n, k)) < share] = np.nan
    return pd.DataFrame(table, columns=[f"q{at}" for at in range(k)])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 50), st.floats(0.1, 9), st.floats(-50, 50), st.permutations(range(4)))
def test_the_test_does_not_depend_on_units_or_order(seed, stretch, shift, order):
    table = holes(seed)
    first = little_mcar(table)
    moved = (table * np.array([stretch, 1, 2, 1]) + shift).iloc[::-1, list(order)]
    second = little_mcar(moved)
    assert (first.df, first.n, first.dropped) == (second.df, second.n, second.dropped)
    assert second.chisq == pytest.approx(first.chisq, rel=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 50))
def test_likelihood_is_a_maximum_at_the_moments(seed):
    from analysis.stats.missing import _loglik, _patterns

    table = holes(seed)
    found = em_moments(table)
    values = table.to_numpy()
    patterns = _patterns(values[~np.isnan(values).all(axis=1)])
    rng = np.random.default_rng(seed)
    for _ in range(5):
        step = 1e-3 * rng.standard_normal((4, 4))
        assert _loglik(patterns, found.mean + step[0], found.cov) < found.loglik
        assert _loglik(patterns, found.mean, found.cov + step + step.T) < found.loglik


def test_complete_rows_give_their_own_moments():
    table = holes(3, share=0)
    found = em_moments(table)
    np.testing.assert_allclose(found.cov, np.cov(table.to_numpy().T, ddof=0), rtol=1e-12)
    assert found.iterations == 0


def test_answers_missing_at_random_are_not_suspected_and_others_are():
    random = [little_mcar(holes(seed, n=300)).p for seed in range(40)]
    assert 0 <= np.mean(np.array(random) < 0.05) <= 0.15
    table = holes(99, n=300, share=0)
    table.loc[table["q0"] > 0.5, "q1"] = np.nan
    assert little_mcar(table).p < 1e-6


@pytest.mark.slow
def test_level_of_the_test_in_many_samples(request):
    runs = 1000 if request.config.getoption("--slow") else 60
    p = np.array([little_mcar(holes(seed, n=300)).p for seed in range(runs)])
    assert abs(np.mean(p < 0.05) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / runs) + 0.01


def test_counts_and_patterns():
    table = pd.DataFrame({"a": [1, None, 2, None, None], "b": [1, 2, None, 4, None], "c": [1, 2, 3, 4, None]})
    found = missingness(table)
    assert [(row.item, row.answered, row.missing, row.percent) for row in found.item_rows] == [
        ("a", 2, 3, 60.0), ("b", 3, 2, 40.0), ("c", 4, 1, 20.0)
    ]  # fmt: skip
    assert [(each.missing, each.n) for each in found.patterns] == [
        (("a",), 2), ((), 1), (("b",), 1), (("a", "b", "c"), 1)
    ]  # fmt: skip
    assert (found.n, found.complete, found.cells) == (5, 1, 6)
    assert sum(each.n for each in found.patterns) == 5
    assert len(found.items) == 3


def test_rows_without_any_answer_are_dropped_and_said():
    table = holes(5)
    table.loc[[0, 7]] = np.nan
    with_rows, without = little_mcar(table), little_mcar(table.drop(index=[0, 7]))
    assert (with_rows.n, with_rows.dropped) == (without.n, without.dropped + 2)
    assert with_rows.chisq == pytest.approx(without.chisq, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.fillna(1.0), "missing.none"),
        (lambda t: t.assign(q1=np.nan), "missing.no_answers"),
        (lambda t: t.assign(q1=t["q1"] * 0), "missing.no_spread"),
        (lambda t: t.assign(q1=t["q0"], q2=t["q3"]), "missing.singular"),
        (lambda t: t.head(4), "missing.few_rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_is_refused(change, code):
    with pytest.raises(ModelError) as caught:
        little_mcar(change(holes(11)))
    assert caught.value.code == code


def test_small_patterns_are_a_caution_and_results_survive_json():
    found = little_mcar(holes(2))
    assert [each.code for each in found.cautions] == ["missing.small_patterns"]
    for result in (found, missingness(holes(2)), em_moments(holes(2))):
        again = from_dict(json.loads(json.dumps(to_dict(result))))
        assert to_dict(again) == to_dict(result)
