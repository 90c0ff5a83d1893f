"""What is asked of a fitted model: modification indices, residuals, bootstrap, reliability."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.constructs import ave, composite_reliability
from analysis.stats.moments import moments
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.bootstrap import bootstrap
from analysis.stats.sem.cfa import cfa, sem
from analysis.stats.sem.modification import modification_indices
from analysis.stats.sem.residuals import residuals

from .conftest import BFI_MODEL, HS_MODEL


@pytest.fixture(scope="module")
def pupils(data):
    return cfa(HS_MODEL, data["HS"])


def both_ways(rows):
    found = {(row.lhs, row.op, row.rhs): row for row in rows}
    return found | {(rhs, op, lhs): row for (lhs, op, rhs), row in found.items() if op == "~~"}


def test_residuals_match_lavaan(reference, pupils):
    theirs = reference("sem")["residuals"]
    for row in residuals(pupils).residual_rows:
        i, j = int(row.a[1:]) - 1, int(row.b[1:]) - 1
        assert row.raw == pytest.approx(theirs["raw"][i][j], abs=1e-5)
        assert row.correlation == pytest.approx(theirs["cor"][i][j], abs=1e-5)
        if row.z is not None and i != j:
            assert row.z == pytest.approx(theirs["z"][i][j], rel=1e-3, abs=1e-3)


def test_variances_have_no_residual_to_test(pupils):
    assert all(row.z is None for row in residuals(pupils).residual_rows if row.a == row.b)


def test_a_result_from_a_file_has_no_solution(pupils):
    read = from_dict(json.loads(json.dumps(to_dict(pupils))))
    for question in (modification_indices, residuals, bootstrap):
        with pytest.raises(ModelError) as caught:
            question(read)
        assert caught.value.code == "sem.no_solution"


MEDIATION = "m ~ a*x\ny ~ b*m + c*x\nindirect := a*b\ntotal := c + a*b"


def mediated(n=200, seed=2):
    """Simulated: x explains m by .5, m explains y by .4, x explains y by .1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.5 * x + rng.normal(size=n)
    return pd.DataFrame({"x": x, "m": m, "y": 0.4 * m + 0.1 * x + rng.normal(size=n)})


@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_bootstrap_of_an_indirect_effect(interval):
    found = bootstrap(sem(MEDIATION, mediated()), resamples=300, interval=interval)
    row = next(row for row in found.bootstrap_rows if row.lhs == "indirect")
    delta = next(row for row in sem(MEDIATION, mediated()).parameter_rows if row.lhs == "indirect")
    assert row.est == pytest.approx(delta.est)
    assert row.se == pytest.approx(delta.se, rel=0.15)
    assert 0 < row.low < row.est < row.high
    assert found.kept == 300


def test_bootstrap_equals_regressions_of_the_same_rows():
    """The model is two regressions: resampled estimates are those of least squares on the same draws."""
    rows = mediated(60)
    found = bootstrap(sem(MEDIATION, rows), resamples=50, rng=np.random.default_rng(5))
    rng, values = np.random.default_rng(5), []
    data = rows[["m", "y", "x"]].to_numpy()
    for _ in range(50):
        m, y, x = data[rng.integers(0, 60, size=60)].T
        a = np.cov(m, x)[0, 1] / x.var(ddof=1)
        b = np.linalg.lstsq(np.column_stack([np.ones(60), m, x]), y, rcond=None)[0][1]
        values.append(a * b)
    row = next(row for row in found.bootstrap_rows if row.lhs == "indirect")
    assert row.se == pytest.approx(np.std(values, ddof=1), rel=1e-5)


def test_bootstrap_needs_rows(data, pupils):
    with pytest.raises(ModelError) as caught:
        bootstrap(cfa(HS_MODEL, moments(data["HS"][list(pupils.observed)])))
    assert caught.value.code == "sem.rows_needed"


@pytest.mark.parametrize(("case", "model", "name"), [("HS", HS_MODEL, "HS"), ("bfi", BFI_MODEL, "bfi")])
def test_reliability_from_the_model_matches_the_shared_values(shared_values, data, case, model, name):
    fitted = cfa(model, data[name])
    r = shared_values("cfa_ml")[case]["CR_AVE"]
    for coefficient, key in ((composite_reliability, "CR_std"), (ave, "AVE_std")):
        found = coefficient(fitted)
        assert found.n == fitted.n
        for row in found.construct_rows:
            assert row.value == pytest.approx(r[row.construct][key], rel=1e-4)
