"""Small groups stay unseen, and cannot be worked out: all that is printed is solved again, by other means."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.disclose import hidden_cells, hidden_levels, hidden_linked


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_no_hidden_cell_is_known_from_the_total(counts):
    hidden = hidden_cells(counts, 5)
    assert all(counts[cell] > 0 for cell in hidden)
    assert {cell for cell, count in enumerate(counts) if 0 < count < 5} <= hidden
    if hidden and sum(count > 0 for count in counts) > 1:
        assert len(hidden) >= 2


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
def test_every_hidden_cell_may_be_several_numbers(counts):
    """All tables that fit what is printed, one by one; the reader knows that hidden cells are not empty, and why."""
    hidden = hidden_cells(counts, 5)
    if len(hidden) < 2 or sum(counts) == len(hidden):  # all cells are 1, and there is nothing to hide them among
        return
    total = sum(counts)
    choices = [range(1, total + 1) if cell in hidden else [count] for cell, count in enumerate(counts)]
    fitting = (other for other in product(*choices) if sum(other) == total)
    possible = [other for other in fitting if any(other[cell] < 5 for cell in hidden)]
    assert tuple(counts) in possible
    for cell in hidden:
        assert len({other[cell] for other in possible}) > 1


def rank(rows: list[list[int]]) -> int:
    """Rank of whole numbers, without fractions (Bareiss)."""
    rows, found, before = [list(row) for row in rows], 0, 1
    for column in range(len(rows[0]) if rows else 0):
        at = next((place for place in range(found, len(rows)) if rows[place][column]), None)
        if at is None:
            continue
        rows[found], rows[at] = rows[at], rows[found]
        lead = rows[found][column]
        for place in range(found + 1, len(rows)):
            times = rows[place][column]
            rows[place] = [
                (lead * own - times * top) // before for own, top in zip(rows[place], rows[found], strict=True)
            ]
        before, found = lead, found + 1
    return found


def solved(width: int, margins: list[dict[int, int]], hidden: frozenset[int]) -> list[int]:
    """Hidden cells that follow from all that is printed: their unit vector lies among the rows."""
    printed = [[margin.get(cell, 0) for cell in range(width)] for margin in margins]
    printed += [[int(cell == shown) for cell in range(width)] for shown in range(width) if shown not in hidden]
    whole = rank(printed)
    return [each for each in hidden if rank([*printed, [int(cell == each) for cell in range(width)]]) == whole]


def cross_margins(rows: int, columns: int) -> list[dict[int, int]]:
    """The sums of rows and columns, and the total."""
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    by_row = [{at: 1 for at, cell in enumerate(cells) if cell[0] == row} for row in range(rows)]
    by_column = [{at: 1 for at, cell in enumerate(cells) if cell[1] == column} for column in range(columns)]
    return [*by_row, *by_column, dict.fromkeys(range(len(cells)), 1)]


@settings(deadline=None)
@given(st.integers(2, 4), st.integers(2, 5), st.data())
def test_no_cell_of_a_cross_table_follows_from_its_margins(rows, columns, data):
    size = rows * columns
    counts = data.draw(st.lists(st.integers(5, 30) | st.integers(0, 6), min_size=size, max_size=size))
    margins = cross_margins(rows, columns)
    hidden = hidden_linked(counts, margins, 5)
    assert {cell for cell, count in enumerate(counts) if 0 < count < 5} <= hidden
    if solved(size, margins, hidden):  # nothing is left to hide it among
        assert all(count == 0 or cell in hidden for cell, count in enumerate(counts))


def test_the_solver_of_this_test_solves_what_can_be_solved():
    margins = cross_margins(2, 3)
    assert solved(6, margins, frozenset({0})) == [0]
    assert sorted(solved(6, margins, frozenset({0, 1, 4}))) == [0, 1, 4]
    assert solved(6, margins, frozenset({0, 1, 3, 4})) == []


def test_a_cell_of_a_cross_table_is_hidden_with_others_of_its_row_and_column():
    hidden = hidden_linked([3, 20, 30, 40, 25, 35, 50, 45, 60], cross_margins(3, 3), 5)
    assert {0, 1, 3} <= hidden < set(range(9))
    assert solved(9, cross_margins(3, 3), hidden) == []


def test_cells_that_must_all_be_one_are_hidden_among_others():
    assert hidden_cells([40, 1, 1], 5) == {0, 1, 2}
    assert hidden_cells([40, 9, 1, 1, 1], 5) == {1, 2, 3, 4}


def frame(units: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Respondents by unit and kind of unit."""
    rows = [(unit, kind) for unit, kind, count in units for _ in range(count)]
    table = pd.DataFrame(rows, columns=["unit", "kind"])
    return table.astype({"unit": pd.CategoricalDtype(sorted({unit for unit, *_ in units})), "kind": "category"})


def test_a_unit_is_not_worked_out_from_the_sum_of_its_kind():
    """Two small units are enough for the total; but each is alone among the units of its kind."""
    respondents = frame([("u1", "ward", 3), ("u2", "ward", 20), ("u3", "commune", 4), ("u4", "commune", 30)])
    assert hidden_cells([3, 20, 4, 30], 5) == {0, 2}
    assert hidden_levels(respondents, "unit", 5) == {"u1", "u2", "u3", "u4"}
    assert hidden_levels(respondents, "kind", 5) == frozenset()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["ward", "commune", "town"]), st.integers(1, 12)), min_size=2, max_size=7)
)  # fmt: skip
def test_no_unit_follows_from_the_tables_of_units_and_kinds(drawn):
    units = [(f"u{at}", kind, count) for at, (kind, count) in enumerate(drawn)]
    respondents = frame(units)
    kinds = sorted({kind for _, kind, _ in units})
    hidden = {name: hidden_levels(respondents, name, 5) for name in ("unit", "kind")}
    names = [unit for unit, *_ in units] + kinds
    margins = [dict.fromkeys(range(len(units)), 1), {len(units) + at: 1 for at in range(len(kinds))}]
    for place, kind in enumerate(kinds):
        inside = {at: 1 for at, (_, own, _) in enumerate(units) if own == kind}
        margins.append({**inside, len(units) + place: -1})
    unseen = frozenset(at for at, name in enumerate(names) if name in hidden["unit" if at < len(units) else "kind"])
    if solved(len(names), margins, unseen):  # nothing is left to hide it among
        assert set(range(len(units))) <= unseen
    counts = dict.fromkeys(kinds, 0)
    for _, kind, count in units:
        counts[kind] += count
    small = {unit for unit, _, count in units if count < 5} | {kind for kind in kinds if counts[kind] < 5}
    assert small <= hidden["unit"] | hidden["kind"]


def test_the_profile_of_a_study_hides_what_the_kind_of_unit_would_tell():
    """The table as printed: what the rule hides is not in it, in either language."""
    from analysis import table
    from analysis.chapters.sample import sample
    from analysis.report.block import plain
    from analysis.survey import prepare

    responses = prepare("demo")
    kept = responses.frame
    ward = kept["don_vi"].astype(str).groupby(kept["loai_don_vi"], observed=True).unique()
    small = [sorted(units)[0] for units in ward]  # one unit of each kind
    gone = kept["don_vi"].astype(str).isin(small) & (kept.groupby("don_vi", observed=True).cumcount() >= 3)
    few = replace(responses, frame=kept[~gone].reset_index(drop=True))
    hidden = sample(few).hidden_in("don_vi")
    assert set(small) < set(hidden)
    kinds = {str(unit): str(kind) for unit, kind in zip(kept["don_vi"], kept["loai_don_vi"], strict=True)}
    for kind in set(kinds.values()):
        assert sum(kinds[unit] == kind for unit in hidden) >= 2
    for lang in ("vi", "en"):
        labels = {responses.study.variables["don_vi"].levels[unit][lang] for unit in hidden}
        rows = [[plain(cell) for cell in row.cells] for row in table(sample(few), lang, "profile").block.rows]
        assert {row[0]: row[1] for row in rows if row[0] in labels} == dict.fromkeys(labels, "< 5*")
