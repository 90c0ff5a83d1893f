"""Tables printed from real-like answers are never called inconsistent, however few digits they are printed with."""

from __future__ import annotations

import pytest

from analysis.published.audit import audit, kinds

from .simulated import ROUNDINGS, printed_study


def accused(seed: int, digits: int, how: str) -> tuple[list[object], set[str], int]:
    tables, count = printed_study(seed, digits, how)
    found = audit(tables)
    wrong = [each for each in found.checks if each.verdict == "inconsistent"]
    return wrong, {table.kind for table in found.tables if table.count("consistent")}, count


@pytest.mark.parametrize("how", ROUNDINGS)
@pytest.mark.parametrize("digits", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_no_printed_table_is_accused(seed, digits, how):
    wrong, _, _ = accused(seed, digits, how)
    assert wrong == []


def test_every_kind_is_really_checked():
    seen = set().union(*(accused(seed, 3, "half_even")[1] for seed in range(12)))
    assert seen == set(kinds()) - {"sentences"}


@pytest.mark.slow
def test_none_of_ten_thousand_tables_is_accused():
    tables, wrong, seed = 0, [], 1_000
    while tables < 10_000:
        for digits in (2, 3, 4):
            for how in ROUNDINGS:
                found, _, count = accused(seed, digits, how)
                tables, wrong = tables + count, [*wrong, *found]
        seed += 1
    assert wrong == []
