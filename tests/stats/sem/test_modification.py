"""Modification indices against lavaan, and against the fall of chi-square that they foretell."""

import pytest

from analysis.stats.moments import Moments
from analysis.stats.sem.cfa import cfa, sem
from analysis.stats.sem.modification import modification_indices

from .conftest import HS_MODEL


@pytest.fixture(scope="module")
def pupils(data):
    return cfa(HS_MODEL, data["HS"])


def both_ways(rows):
    found = {(row.lhs, row.op, row.rhs): row for row in rows}
    return found | {(rhs, op, lhs): row for (lhs, op, rhs), row in found.items() if op == "~~"}


@pytest.mark.parametrize("case", ["mi", "mi_sem"])
def test_modification_indices_match_lavaan(reference, data, pupils, case):
    fitted = pupils if case == "mi" else sem(reference("sem")["equal_labels"]["model"], data["PD"])
    ours = both_ways(modification_indices(fitted).modification_rows)
    compared = 0
    for theirs in reference("sem")[case]:
        row = ours.get((theirs["lhs"], theirs["op"], theirs["rhs"]))
        if row is not None:  # lavaan also asks after markers, which only equal labels tie to the rest
            assert [row.mi, row.epc] == pytest.approx([theirs["mi"], theirs["epc"]], rel=1e-3, abs=1e-4)
            assert row.epc_std == pytest.approx(theirs["sepc"], rel=1e-3, abs=1e-4)
            compared += 1
    assert compared >= len(reference("sem")[case]) - 2


def test_the_greatest_indices_match_the_shared_values(shared_values, pupils):
    found = modification_indices(pupils).modification_rows
    for row, theirs in zip(found, shared_values("cfa_ml")["HS"]["modindices"], strict=False):
        assert {row.lhs, row.rhs} == {theirs["lhs"], theirs["rhs"]}
        assert row.mi == pytest.approx(theirs["mi"], rel=1e-4)


def test_an_index_foretells_the_fall_of_chi_square(data, pupils):
    row = modification_indices(pupils).modification_rows[0]
    freed = cfa(f"{HS_MODEL}\n{row.lhs} {row.op} {row.rhs}", data["HS"])
    assert pupils.fit.chisq - freed.fit.chisq == pytest.approx(row.mi, rel=0.15)


def test_indices_that_differ_by_rounding_keep_the_order_of_the_parameters():
    r = [[1], [0.6, 1], [0.5, 0.4, 1], [0.4, 0.3, 0.5, 1]]
    found = cfa("f =~ a + b + c + d", Moments.from_printed(r, n=200, names=["a", "b", "c", "d"]))
    first, second = modification_indices(found).modification_rows[:2]
    assert first.mi == pytest.approx(second.mi, rel=1e-9)  # two pairs that share no item: one and the same index
    assert [(row.lhs, row.rhs) for row in (first, second)] == [("a", "b"), ("c", "d")]
