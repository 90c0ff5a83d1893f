"""Krippendorff's alpha: his own example, exact fractions, the bootstrap by weights, refusals."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.krippendorff import METRICS, _alphas, krippendorff


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("case", ["canonical", "built"])
def test_alpha_matches_the_coincidence_matrix(reference, case, metric):
    r = reference("krippendorff")[case]
    found = krippendorff(r["data"], metric=metric)
    assert found["alpha"].value == pytest.approx(r["alpha"][metric], rel=1e-12)
    if case == "canonical":
        assert round(found["alpha"].value, 3) == r["printed"][metric]
        assert (found.n, found.ratings, found.raters, found.dropped) == (11, 40, 4, 1)


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_matches_the_shared_reference(shared_dir, shared, metric):
    table = pd.read_csv(shared_dir / "reference" / "data" / "krippendorff_2011.csv").T
    table.columns = [f"r{j}" for j in range(table.shape[1])]
    assert krippendorff(table, metric=metric)["alpha"].value == pytest.approx(
        shared("raters")["kripp2011"][metric], rel=1e-9
    )


@st.composite
def with_holes(draw):
    n, m = draw(st.integers(2, 10)), draw(st.integers(2, 5))
    cell = st.one_of(st.none(), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
    return [draw(st.lists(cell, min_size=m, max_size=m)) for _ in range(n)]


def wide(table):
    return {f"r{j}": [row[j] for row in table] for j in range(len(table[0]))}


def exact(table, metric):
    """alpha by its definition, pair by pair, in fractions."""
    units = [[v for v in row if v is not None] for row in table]
    units = [unit for unit in units if len(unit) >= 2]
    values = [v for unit in units for v in unit]
    count = {v: values.count(v) for v in range(1, 6)}

    def apart(a, b):
        if metric == "nominal":
            return Fraction(int(a != b))
        if metric == "interval":
            return Fraction(a - b) ** 2
        if metric == "ratio":
            return Fraction(a - b, a + b) ** 2
        inside = sum(count[v] for v in range(min(a, b), max(a, b) + 1))
        return (inside - Fraction(count[a] + count[b], 2)) ** 2 if a != b else Fraction(0)

    n = len(values)
    if len(units) < 2:
        return None
    do = sum(
        sum(apart(a, b) for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j) / (len(unit) - 1)
        for unit in units
    )
    de = sum(apart(a, b) for a in values for b in values)
    return None if de == 0 else 1 - Fraction(n - 1) * do / de


@settings(max_examples=200, deadline=None)
@given(with_holes(), st.sampled_from(METRICS))
def test_alpha_is_an_exact_fraction(table, metric):
    wanted = exact(table, metric)
    if wanted is None:
        with pytest.raises(ModelError):
            krippendorff(wide(table), metric=metric)
        return
    filled = [row for row in zip(*table, strict=True) if any(v is not None for v in row)]
    assume(len(filled) >= 2)
    found = krippendorff(wide(table), metric=metric)["alpha"].value
    assert abs(Fraction(found) - wanted) <= Fraction(1, 10**12) * max(abs(wanted), 1)


laws = settings(max_examples=60, deadline=None)


def computed(function):
    try:
        return function()["alpha"].value
    except ModelError:
        assume(False)


@laws
@given(with_holes(), st.sampled_from(METRICS), st.permutations(range(5)))
def test_order_of_raters_and_targets_changes_nothing(table, metric, seats):
    found = computed(lambda: krippendorff(wide(table), metric=metric))
    seats = [seat for seat in seats if seat < len(table[0])]
    other = wide([[row[seat] for seat in seats] for row in table[::-1]])
    assert krippendorff(other, metric=metric)["alpha"].value == pytest.approx(found, rel=1e-11, abs=1e-12)


@laws
@given(with_holes(), st.integers(-4, 9), st.integers(1, 5))
def test_shift_and_scale_leave_interval_and_stretching_leaves_ordinal(table, shift, scale):
    moved = [[None if v is None else scale * v + shift for v in row] for row in table]
    bent = [[None if v is None else v**3 for v in row] for row in table]
    a = computed(lambda: krippendorff(wide(table), metric="interval"))
    assert computed(lambda: krippendorff(wide(moved), metric="interval")) == pytest.approx(a, rel=1e-9, abs=1e-11)
    b = computed(lambda: krippendorff(wide(table), metric="ordinal"))
    assert computed(lambda: krippendorff(wide(bent), metric="ordinal")) == pytest.approx(b, rel=1e-11, abs=1e-12)


@laws
@given(with_holes(), st.integers(0, 2**32 - 1), st.sampled_from(METRICS))
def test_weights_on_targets_are_repeated_targets(table, seed, metric):
    """What the bootstrap rests on: a weight of two is a target that comes twice."""
    counts = np.array([[row.count(v) for v in range(1, 6)] for row in table], dtype=float)
    counts = counts[counts.sum(axis=1) >= 2]
    assume(len(counts) >= 2)
    weights = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)))
    values = np.arange(1.0, 6.0)
    ours = _alphas(counts, values, metric, weights[None, :].astype(float))[0]
    theirs = _alphas(np.repeat(counts, weights, axis=0), values, metric, np.ones((1, int(weights.sum()))))[0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def test_the_interval_needs_chance_by_name_and_is_the_same_again(reference):
    data = reference("krippendorff")["canonical"]["data"]
    none = krippendorff(data)
    assert (none["alpha"].low, none["alpha"].high) == (None, None)
    assert "krippendorff.no_interval" in [each.code for each in none.cautions]
    a, b = (krippendorff(data, metric="ordinal", rng=np.random.default_rng(4)) for _ in range(2))
    assert a == b
    assert a["alpha"].low < a["alpha"].value < a["alpha"].high <= 1


def test_perfect_agreement_is_one_and_no_difference_is_refused():
    assert krippendorff({"a": [1, 2, 3], "b": [1, 2, 3]})["alpha"].value == 1
    assert refusal(lambda: krippendorff({"a": [2, 2, 2], "b": [2, 2, None]})) == "krippendorff.one_value"


def test_samples_without_difference_are_said():
    found = krippendorff({"a": [1, 1, 1, 2], "b": [1, 1, 1, 2]}, rng=np.random.default_rng(1))
    assert "krippendorff.undefined_samples" in [each.code for each in found.cautions]


def test_what_is_refused():
    text = {"a": ["x", "y"], "b": ["x", "x"]}
    assert refusal(lambda: krippendorff(text, metric="interval")) == "krippendorff.needs_numbers"
    assert refusal(lambda: krippendorff({"a": [-1, 2], "b": [1, 2]}, metric="ratio")) == "krippendorff.negative"
    assert refusal(lambda: krippendorff({"a": [1, None], "b": [2, 3]})) == "krippendorff.too_few_targets"
    assert refusal(lambda: krippendorff(text, reps=3)) == "krippendorff.reps"
    assert refusal(lambda: krippendorff(text, metric="circular")) == "option.unknown"
    assert "kappa.levels_found" in [each.code for each in krippendorff(text, metric="ordinal").cautions]
