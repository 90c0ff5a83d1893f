"""Fisher's exact test against R and against rational arithmetic over all tables."""

import json
from fractions import Fraction
from itertools import product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.contingency import Contingency, chi_square
from analysis.stats.fisher import fisher_exact, table_count
from analysis.stats.result import from_dict, to_dict


def printed(counts):
    counts = np.array(counts)
    return Contingency.from_printed(
        counts, names=("a", "b"), levels=(range(counts.shape[0]), range(counts.shape[1]))
    )  # fmt: skip


@pytest.mark.parametrize("case", ["tea", "cars", "two", "job"])
def test_p_matches_r(reference, case):
    r = reference("comparisons")["fisher"][case]
    found = fisher_exact(printed(r["counts"]), "a", "b")
    if found.method == "fisher.exact":
        assert (found.p, found.p_se) == (pytest.approx(r["p"], rel=1e-7), None)
    else:
        assert abs(found.p - r["p"]) < 4 * found.p_se
    if "odds" in r:
        ours = np.array([found.odds_ratio.value, found.odds_ratio.low, found.odds_ratio.high])
        r = np.array([r["odds"], r["low"], r["high"]])
        # uniroot stops within 1.22e-4 of the odds ratio below one, of its inverse above
        assert np.minimum(abs(ours - r), abs(1 / ours - 1 / r)).max() < 1.3e-4


def test_large_tables_are_drawn_with_a_seed_and_an_error(reference):
    hair = printed(reference("comparisons")["fisher"]["hair"]["counts"])
    found = fisher_exact(hair, "a", "b", draws=2000)
    assert (found.method, found.seed is not None) == ("fisher.monte_carlo", True)
    assert found == fisher_exact(hair, "a", "b", draws=2000)
    assert 1 / 2001 <= found.p < 0.01


def test_drawn_p_is_near_the_listed_one(monkeypatch):
    table = printed([[4, 1, 2], [1, 3, 4], [3, 2, 1]])
    listed = fisher_exact(table, "a", "b")
    monkeypatch.setattr("analysis.stats.fisher._MOST_TABLES", 0)
    drawn = fisher_exact(table, "a", "b", draws=20_000)
    assert (listed.method, drawn.method) == ("fisher.exact", "fisher.monte_carlo")
    assert abs(listed.p - drawn.p) < 4 * drawn.p_se


tables = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=3)


def all_tables(rows, columns):
    """Every table with these margins, by trying all fillings of all but the last row and column."""
    free = [range(min(r, c) + 1) for r in rows[:-1] for c in columns[:-1]]
    for filled in product(*free):
        cells = np.array(filled).reshape(len(rows) - 1, len(columns) - 1)
        last = np.array(rows[:-1]) - cells.sum(axis=1)
        upper = np.column_stack([cells, last])
        whole = np.vstack([upper, np.array(columns) - upper.sum(axis=0)])
        if (whole >= 0).all():
            yield whole


@settings(deadline=None, max_examples=40)
@given(tables)
def test_p_is_the_rational_share_of_no_likelier_tables(counts):
    counts = np.array(counts)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if (rows == 0).any() or (columns == 0).any():
        return
    top = prod(factorial(int(each)) for each in (*rows, *columns))

    def chance(table):
        return Fraction(top, factorial(int(rows.sum())) * prod(factorial(int(cell)) for cell in table.ravel()))

    chances = [chance(table) for table in all_tables(list(rows), list(columns))]
    assert sum(chances) == 1
    assert table_count(counts.astype(float), 10**6) == len(chances)
    exact = sum(each for each in chances if each <= chance(counts))
    assert fisher_exact(printed(counts), "a", "b").p == pytest.approx(float(exact), rel=1e-10)


def test_two_by_two_is_the_test_that_chi_square_brings_along():
    table = printed([[8, 2], [1, 9]])
    beside = next(row.p for row in chi_square(table, "a", "b").test_rows if row.name == "fisher_exact")
    assert fisher_exact(table, "a", "b").p == pytest.approx(beside, rel=1e-12)
    tail = sum(comb(9, k) * comb(11, 10 - k) for k in (0, 1, 8, 9)) / comb(20, 10)
    assert beside == pytest.approx(tail, rel=1e-12)


def test_result_survives_json():
    found = fisher_exact(printed([[8, 2], [1, 9]]), "a", "b")
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert fisher_exact(printed([[8, 0], [1, 9]]), "a", "b").odds_ratio is None


def test_impossible_uses_are_refused():
    one = {"a": [1, 1, 1], "b": [1, 2, 3]}
    for use, code in (
        (lambda: fisher_exact(one, "a", "b"), "chi_square.one_level"),
        (lambda: fisher_exact(one, "a", "a"), "contingency.same_column"),
        (lambda: fisher_exact(one, "a", "b", draws=3), "fisher.draws"),
    ):
        with pytest.raises(ModelError) as caught:
            use()
        assert caught.value.code == code
