"""Bootstrap where answers are missing: every resample by full information, against lavaan's fits of the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.sem.bootstrap import bootstrap
from analysis.stats.sem.cfa import cfa, sem

MODULUS = 2**31 - 1


class ParkMiller:
    """Resamples as `make.R` draws them; takes the place of a numpy generator."""

    def __init__(self, seed):
        self.state = seed

    def integers(self, low, high, size):
        drawn = np.empty(size, dtype=int)
        for at in range(size):
            self.state = 16807 * self.state % MODULUS
            drawn[at] = low + self.state % (high - low)
        return drawn


@pytest.mark.parametrize("case", ["path", "latent"])
def test_resamples_with_missing_answers_are_those_of_lavaan(reference, case):
    r = reference("sem_bootstrap")[case]
    x = pd.DataFrame({name: np.array(column, dtype=float) for name, column in r["data"].items()})
    assert x.isna().to_numpy().any()
    found = bootstrap(sem(r["model"], x, missing="fiml"), resamples=r["resamples"], rng=ParkMiller(r["seed"]))
    assert found.kept == r["resamples"]
    own = {f"{row.lhs} {row.op} {'' if row.op == ':=' else row.rhs}": row for row in found.bootstrap_rows}
    compared = 0
    for at, name in enumerate(r["names"]):
        if name in own:  # the first loading is fixed
            for key in ("est", "se", "low", "high"):
                assert own[name][key] == pytest.approx(r[key][at], abs=2e-5), (name, key)
            compared += 1
    assert compared >= len(r["names"]) - 1


MEDIATION = "m ~ a*x\ny ~ b*m + c*x\nindirect := a*b"


def mediated(n=150, seed=2, holes=0.15):
    """Simulated: x explains m by .5, m explains y by .4; a part of m and y is missing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.5 * x + rng.normal(size=n)
    found = pd.DataFrame({"x": x, "m": m, "y": 0.4 * m + 0.1 * x + rng.normal(size=n)})
    found[["m", "y"]] = found[["m", "y"]].mask(rng.random((n, 2)) < holes)
    return found


def test_without_missing_answers_full_information_is_the_same():
    x = mediated(holes=0.0)
    both = [
        bootstrap(sem(MEDIATION, x, missing=rule), resamples=40, interval="bca").bootstrap_rows
        for rule in ("listwise", "fiml")
    ]
    alike = {(row.lhs, row.op, row.rhs): row for row in both[1]}
    for row in both[0]:
        other = alike[row.lhs, row.op, row.rhs]
        assert [row.est, row.se, row.low, row.high] == pytest.approx(
            [other.est, other.se, other.low, other.high], abs=1e-5
        )


def test_resamples_that_happen_to_be_complete_are_fitted_to_their_own_moments():
    """One missing answer: a third of the resamples do not draw it."""
    x = mediated(40, holes=0.0)
    x.loc[3, "y"] = np.nan
    found = bootstrap(sem(MEDIATION, x, missing="fiml"), resamples=30, rng=np.random.default_rng(5))
    rng, values = np.random.default_rng(5), []
    for _ in range(30):
        drawn = x.iloc[rng.integers(0, 40, size=40)].reset_index(drop=True)
        fitted = sem(MEDIATION, drawn, missing="fiml")
        values.append(next(row.est for row in fitted.parameter_rows if row.op == ":="))
    row = next(row for row in found.bootstrap_rows if row.op == ":=")
    assert row.se == pytest.approx(np.std(values, ddof=1), abs=1e-6)


def test_the_acceleration_takes_the_influence_of_each_row():
    """First-order influences against refits without each row: they agree to the order of 1/n."""
    from analysis.stats.sem.bootstrap import _influences
    from analysis.stats.sem.modification import solved

    x = mediated(120)
    fitted = sem(MEDIATION, x, missing="fiml")
    whole = solved(fitted)
    influence = _influences(whole)
    left = [x.drop(index=at).reset_index(drop=True) for at in range(0, len(x), 6)]
    refitted = np.array([solved(sem(MEDIATION, each, missing="fiml")).theta for each in left])
    assert np.abs(whole.theta - influence[::6] - refitted).max() < 0.1 * np.abs(influence).max()
    assert influence.sum(axis=0) == pytest.approx(0, abs=1e-6)


def test_a_variable_that_a_resample_leaves_without_answers_gives_no_solution():
    """Its parameters would stay where they start, in silence."""
    x = mediated(40, holes=0.0)
    x.loc[4:, "y"] = np.nan
    with pytest.raises(ModelError) as caught:
        bootstrap(sem(MEDIATION, x, missing="fiml"), resamples=25)
    assert caught.value.code == "sem.bootstrap_failed"


def test_moments_have_no_rows_to_draw():
    from analysis.stats.moments import moments

    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(80, 1)) + rng.normal(size=(80, 4)), columns=list("abcd"))
    with pytest.raises(ModelError) as caught:
        bootstrap(cfa("f =~ a + b + c + d", moments(x)))
    assert caught.value.code == "sem.rows_needed"
