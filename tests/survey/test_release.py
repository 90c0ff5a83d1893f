"""Rows made alike: k and l are counted again by brute force, without the code that made them so."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.study import Release, Words
from analysis.study.page import Group
from analysis.survey.release import MAX_QUASI, banded, grouped, k_anonymous, keyed, l_diverse

TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[st.sampled_from(["a", "b", "c", None])] * width), min_size=1, max_size=60
    )
)  # fmt: skip


def alike(rows: list[tuple[object, ...]], row: tuple[object, ...]) -> int:
    """How many rows are like one, counted one by one."""
    count = 0
    for other in rows:
        same = True
        for one, two in zip(row, other, strict=True):
            if not (one is None and two is None) and one != two:
                same = False
        count += same
    return count


def columns(rows: list[tuple[str | None, ...]]) -> dict[str, list[str | None]]:
    return {f"q{at}": [row[at] for row in rows] for at in range(len(rows[0]))}


@settings(deadline=None)
@given(TABLES, st.integers(2, 6))
def test_every_row_is_like_k_and_nothing_is_made_up(rows: list[tuple[str | None, ...]], k: int) -> None:
    found = k_anonymous(columns(rows), k)
    made = list(zip(*found.columns.values(), strict=True))
    assert all(alike(made, row) >= k for row in made)
    for at, row in zip(found.kept, made, strict=True):
        assert all(new is None or new == old for new, old in zip(row, rows[at], strict=True))
    emptied = {
        name: sum(found.columns[name][place] != rows[at][column] for place, at in enumerate(found.kept))
        for column, name in enumerate(found.columns)
    }
    assert emptied == found.suppressed
    assert len(rows) - len(found.kept) < k  # rows that are left out are themselves fewer than k


@settings(deadline=None)
@given(TABLES, st.integers(2, 6))
def test_rows_that_are_like_k_already_stay_as_they_are(rows: list[tuple[str | None, ...]], k: int) -> None:
    found = k_anonymous(columns(rows), k)
    for place, at in enumerate(found.kept):
        if alike(rows, rows[at]) >= k:
            assert tuple(column[place] for column in found.columns.values()) == rows[at]


def test_the_last_column_is_emptied_first() -> None:
    rows = [("a", "x")] * 4 + [("a", "y")] * 4
    found = k_anonymous(columns(rows), 5)
    assert found.columns == {"q0": ["a"] * 8, "q1": [None] * 8}
    assert found.suppressed == {"q0": 0, "q1": 8}


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        k_anonymous({f"q{at}": ["a"] for at in range(MAX_QUASI + 1)}, 5)
    assert caught.value.code == "export.too_many_quasi"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("gh"), st.sampled_from([1, 2, 3, None])), max_size=30), st.integers(2, 3))
def test_no_group_shows_too_few_answers(rows: list[tuple[str, int | None]], different: int) -> None:
    groups, answers = [row[0] for row in rows], [row[1] for row in rows]
    found = l_diverse(groups, {"x": answers}, different)["x"]
    for group in set(groups):
        shown = {new for own, new in zip(groups, found, strict=True) if own == group and new is not None}
        had = {old for own, old in zip(groups, answers, strict=True) if own == group and old is not None}
        assert not shown or len(shown) >= different
        assert shown == (had if len(had) >= different else set())


def test_bands_and_groups() -> None:
    assert banded([17, 30, 29.9, None, 40, 88], [30, 40]) == ["1", "2", "1", None, "3", "3"]
    release = Release(groups={"leader": Group(Words("Lãnh đạo", "Leader"), ("chair", "vice"))})
    assert grouped(["vice", "clerk", None, "chair"], release) == ["leader", "clerk", None, "leader"]


def test_a_digest_is_that_of_the_standard_and_depends_on_key_and_purpose() -> None:
    key = bytes(range(32))
    assert keyed(key, "id", "001099012345") == hmac.new(key, b"id\x00001099012345", hashlib.sha256).hexdigest()
    others = {keyed(key, "order", "001099012345"), keyed(bytes(32), "id", "001099012345"), keyed(key, "id", "2")}
    assert len(others | {keyed(key, "id", "001099012345")}) == 4
