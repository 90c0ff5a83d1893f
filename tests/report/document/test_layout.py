"""Columns on paper: wide enough for their words, together as wide as the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.block import Column, Table, TableRow
from analysis.report.document.layout import ink, layout

words = st.text("abcmnđệ 0123456789,", max_size=30)


@given(st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=8))
def test_widths_share_the_line(cells):
    columns = tuple(Column(name, name) for name in "abc")
    lay = layout(Table("t", (), columns, tuple(TableRow(tuple((cell,) for cell in row)) for row in cells)))
    assert sum(lay.widths) == pytest.approx(1, abs=1e-3)
    assert all(width > 0 for width in lay.widths)


def test_letters_become_smaller_where_words_do_not_fit():
    def of(count: int) -> float:
        columns = tuple(Column(str(place), "Trung bình") for place in range(count))
        return layout(Table("t", (), columns, (TableRow((("12.345,678",),) * count),))).size

    assert of(4) == 11
    assert of(9) < 11


def test_a_long_table_may_be_torn_and_a_short_one_not():
    def of(count: int) -> bool:
        return layout(Table("t", (), (Column("a", "a"),), (TableRow((("x",),)),) * count)).short

    assert (of(10), of(60)) == (True, False)


def test_capitals_are_wider_than_thin_letters():
    assert ink("MMM") > ink("aaa") > ink("iii")
    assert ink("ệ") == ink("e")
