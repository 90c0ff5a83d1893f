"""Tables printed from real-like answers are never called inconsistent, however few digits they are printed with."""

from __future__ import annotations

import pytest

from analysis.published.audit import audit, kinds

ROUNDINGS = ("half_even", "half_up", "cut")


def accused(tables) -> list[object]:
    return [each for each in audit(tables).checks if each.verdict == "inconsistent"]


@pytest.mark.parametrize("how", ROUNDINGS)
@pytest.mark.parametrize("digits", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_no_printed_table_is_accused(printed_study, seed, digits, how):
    assert accused(printed_study(seed, digits, how)[0]) == []


def test_every_kind_is_really_checked(printed_study):
    found = [audit(printed_study(seed, 3, "half_even")[0]) for seed in range(8)]
    seen = {table.kind for each in found for table in each.tables if table.count("consistent")}
    assert seen == set(kinds()) - {"sentences"}


@pytest.mark.slow
def test_none_of_ten_thousand_tables_is_accused(printed_study, request):
    if not request.config.getoption("--slow"):
        pytest.skip("ten thousand tables: --slow")
    tables, wrong, seed = 0, [], 1_000
    while tables < 10_000:
        for digits in (2, 3, 4):
            for how in ROUNDINGS:
                printed, count = printed_study(seed, digits, how)
                tables, wrong = tables + count, [*wrong, *accused(printed)]
        seed += 1
    assert wrong == []
