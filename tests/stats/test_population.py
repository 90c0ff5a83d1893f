"""Populations written as models: covariances against lavaan, and what is no population."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.grammar import parse_model
from analysis.stats.population import population


@pytest.mark.parametrize("case", ["one", "paths", "two"])
def test_covariances_are_those_of_lavaan(reference, case):
    r = reference("power_model")[case]
    found = population(parse_model(r["population"]))
    order = [found.names.index(name) for name in r["names"]]
    np.testing.assert_allclose(found.cov[np.ix_(order, order)], r["cov"], atol=1e-9)


@given(st.lists(st.floats(0.05, 0.95), min_size=3, max_size=6), st.floats(-0.9, 0.9))
def test_what_is_not_written_has_variance_one(loadings, path):
    items = " + ".join(f"{value:.6f}*x{at}" for at, value in enumerate(loadings))
    found = population(parse_model(f"f =~ {items}; y ~ {path:.6f}*f; z ~ 0.5*y"))
    np.testing.assert_allclose(np.diag(found.cov), 1, atol=1e-12)
    at = found.names.index("y"), found.names.index("z")
    assert found.cov[at] == pytest.approx(0.5, abs=1e-12)
    assert found.cov[0, 1] == pytest.approx(round(loadings[0], 6) * round(loadings[1], 6), abs=1e-12)


def test_written_variances_are_kept():
    found = population(parse_model("f =~ 1*a + 1*b + 1*c; f ~~ 2*f; a ~~ 3*a; b ~~ 1*b; c ~~ 1*c"))
    assert found.cov[0].tolist() == pytest.approx([5, 2, 2])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("f =~ 0.7*a + b + 0.6*c", "power.population_number"),
        ("f =~ 0.7*a + 0.6*b; a ~ 1", "power.population_groups"),
        ("f =~ c(0.7, 0.6)*a + 0.6*b", "power.population_groups"),
        ("a ~ 0.5*b; b ~ 0.5*a", "power.population_loop"),
        ("f =~ 1.2*a + 0.6*b + 0.5*c", "power.population_full"),
        ("a ~~ 0.9*b; b ~~ 0.9*c; a ~~ -0.9*c", "power.population_impossible"),
    ],
)
def test_what_is_no_population_is_refused(text, code):
    with pytest.raises(ModelError) as caught:
        population(parse_model(text))
    assert caught.value.code == code
