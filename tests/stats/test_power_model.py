"""Simulated power of models against lavaan's, against the information, and what cannot be simulated."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.power_model import power_sem
from analysis.stats.result import from_dict, to_dict

PATHS = """
k =~ 0.7*a1 + 0.8*a2 + 0.6*a3; m =~ 0.7*b1 + 0.7*b2 + 0.7*b3; r =~ 0.8*c1 + 0.7*c2 + 0.6*c3
m ~ 0.4*k + p*k; r ~ 0.3*m + q*m + 0.1*k
ind := p*q
"""


@pytest.fixture
def r(reference):
    return reference("power_model")


def named(found):
    return {(row.lhs, row.op, row.rhs): row for row in found.parameter_rows}


@pytest.mark.parametrize("case", ["one", "paths", "two"])
def test_the_power_of_large_samples_is_that_of_lavaans_errors(r, case):
    """Errors of lavaan's fit to the population: no simulation in it (two studies are the fewest that are allowed)."""
    theirs = r[case]
    found = named(power_sem(PATHS if case == "paths" else theirs["population"], n=theirs["n"], draws=2))
    assert len(found) == len(theirs["lhs"])
    for lhs, op, rhs, est, expected in zip(
        *(theirs[name] for name in ("lhs", "op", "rhs", "est", "expected")), strict=True
    ):
        row = found[lhs, op, rhs]
        assert row.population == pytest.approx(est, abs=1e-6)
        assert row.expected == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("case", ["one", "paths"])
def test_simulated_studies_find_what_those_of_lavaan_find(r, case):
    """400 studies of lavaan, 120 of ours: shares within four errors of both, means and spreads likewise."""
    theirs, draws = r[case], 120
    found = named(power_sem(PATHS if case == "paths" else theirs["population"], n=theirs["n"], draws=draws))
    told = theirs["simulated"]
    both = np.sqrt(1 / draws + 1 / told["converged"])
    for at, key in enumerate(zip(theirs["lhs"], theirs["op"], theirs["rhs"], strict=True)):
        row = found[key]
        for ours, share in ((row.power, told["power"][at]), (row.coverage, told["coverage"][at])):
            middle = np.clip((draws * ours + 400 * share) / (draws + 400), 0.01, 0.99)
            assert abs(ours - share) < 4 * np.sqrt(middle * (1 - middle)) * both
        assert abs(row.mean - told["mean"][at]) < 4 * told["sd"][at] * both
        assert row.sd == pytest.approx(told["sd"][at], rel=4 * both / np.sqrt(2))
        assert row.se == pytest.approx(told["se"][at], rel=0.05)


def test_simulated_power_is_that_of_the_information_in_large_samples():
    """One factor, n = 1000: the Wald test's power is known from the asymptotic variance of the loading."""
    found = power_sem("f =~ 0.6*a + 0.6*b + 0.6*c + 0.08*d + 0.12*e", n=1000, draws=400, seed=7)
    weak = [row for row in found.parameter_rows if row.rhs in "de"]
    assert all(0.3 < row.expected < 0.95 for row in weak)
    for row in weak:
        assert abs(row.power - row.expected) < 4 * row.power_se
        assert row.se == pytest.approx(row.sd, rel=4 / np.sqrt(2 * 400))
        assert abs(row.coverage - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 400)
        assert abs(row.mean - row.population) < 4 * row.sd / np.sqrt(400)
    assert (found.converged, found.improper, found.cautions) == (400, 0, ())


def test_asymptotic_variance_of_a_just_identified_loading_by_hand():
    """Three indicators of loading l: l^ = sqrt(r_ab r_ac / r_bc); its variance by the delta method on covariances."""
    loading, n = 0.5, 300
    s = np.full((3, 3), loading**2) + np.diag(np.full(3, 1 - loading**2))
    pairs = [(0, 1), (0, 2), (1, 2)]
    gamma = [[s[i, k] * s[j, m] + s[i, m] * s[j, k] for k, m in pairs] for i, j in pairs]
    slope = loading / 2 / loading**2 * np.array([1.0, 1.0, -1.0])
    error = np.sqrt(slope @ np.array(gamma) @ slope / n)
    row = power_sem("f =~ 0.5*a + 0.5*b + 0.5*c", n=n, draws=2).parameter_rows[0]
    from statistics import NormalDist

    normal = NormalDist()
    z = normal.inv_cdf(0.975)
    assert row.expected == pytest.approx(normal.cdf(loading / error - z) + normal.cdf(-loading / error - z), rel=1e-6)


def test_other_models_are_judged_at_their_own_value():
    """A model that leaves out a path: bias is counted from what it finds in the population itself."""
    found = power_sem("f =~ 0.7*a + 0.7*b + 0.7*c + 0.7*d; a ~~ 0.2*b", n=400, draws=60, model="f =~ a + b + c + d")
    row = found.parameter_rows[0]
    assert row.population > 0.75
    assert abs(row.bias) < 0.03


def test_a_seed_gives_the_same_studies_and_json_returns():
    first, again, other = (power_sem("f =~ 0.7*a + 0.6*b + 0.3*c", n=100, draws=20, seed=each) for each in (1, 1, 2))
    assert first == again
    assert first != other
    assert from_dict(json.loads(json.dumps(to_dict(first)))) == first


def test_small_studies_carry_their_cautions():
    found = power_sem("f =~ 0.4*a + 0.4*b + 0.4*c", n=40, draws=60)
    assert {"power.few_converged", "power.improper"} & {each.code for each in found.cautions}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"n": 3}, "power.too_few"),
        ({"n": 100, "draws": 1}, "power.draws"),
        ({"n": 100, "alpha": 1.5}, "power.value"),
        ({"n": 100, "model": "f =~ a + b + zzz"}, "rows.unknown_column"),
        ({"n": 100, "model": "f =~ a + b"}, "sem.not_identified"),
    ],
)
def test_what_cannot_be_simulated_is_refused(arguments, code):
    with pytest.raises(ModelError) as caught:
        power_sem("f =~ 0.7*a + 0.7*b + 0.7*c", **arguments)
    assert caught.value.code == code
