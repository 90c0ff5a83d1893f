"""Columns on paper: wide enough for their words, together as wide as the line."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.block import Column, Paragraph, Table, TableRow
from analysis.report.document.layout import _small_first, ink, layout
from analysis.report.document.office import house

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


def test_a_short_table_whose_notes_fill_the_page_may_be_torn():
    note = Paragraph(("x" * 800,), "note")

    def of(notes: int) -> bool:
        rows = (TableRow((("x",),)),) * 10
        return layout(Table("t", (), (Column("a", "a"),), rows, (note,) * notes)).short

    assert (of(2), of(6)) == (True, False)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=9), st.floats(0, 200))
def test_small_wishes_are_met_before_large_ones(wishes, spare):
    given = _small_first(spare, wishes)
    assert sum(given) == pytest.approx(min(spare, sum(wishes)))
    assert all(0 <= share <= wish + 1e-12 for share, wish in zip(given, wishes, strict=True))
    short = [share for share, wish in zip(given, wishes, strict=True) if share < wish - 1e-9]
    assert all(share >= max(given) - 1e-9 for share in short)


def test_capitals_are_wider_than_thin_letters():
    assert ink("MMM") > ink("aaa") > ink("iii")
    assert ink("ệ") == ink("e")


def test_a_heading_over_columns_has_room_for_its_longest_word():
    columns = (Column("a", "A", align="left"), Column("b", "B", "Standardised"), Column("c", "C"))
    table = Table("t", (), columns, (TableRow((("x" * 80,), ("0",), ("0",))),))
    lay = layout(table)
    assert lay.widths[1] > 1.5 * lay.widths[2]


def test_words_that_follow_numbers_stand_apart_from_them():
    """ "3.91 High" read as one where a verdict stood beside a number."""
    columns = (Column("a", "A", align="left"), Column("b", "Upper"), Column("c", "Level", align="left"))
    lay = layout(Table("t", (), columns, (TableRow((("x",), ("3.910",), ("High",))),)))
    assert lay.apart == (False, False, True)
    as_numbers = layout(
        Table("t", (), (*columns[:2], Column("c", "Level")), (TableRow((("x",), ("3.910",), ("High",))),))
    )
    assert lay.widths[2] > as_numbers.widths[2]


#: Advance widths of Times in thousandths of its size (Adobe's metrics, which Times New Roman shares): bold letters,
#: and what numbers are written with.
BOLD = dict(zip("abcdefghiklmnoprstuvwxyzBFILSTUV.",
                (500, 556, 444, 556, 444, 333, 500, 556, 278, 556, 278, 833, 556, 500, 556, 444, 389, 333, 556, 500,
                 722, 500, 500, 444, 667, 611, 389, 667, 556, 667, 722, 722, 250), strict=True))  # fmt: skip
UPRIGHT = {**dict.fromkeys("0123456789", 500), ".": 250, ",": 250, "-": 333, "<": 564, "\N{NO-BREAK SPACE}": 250}


def test_no_number_and_no_title_is_torn_in_times():
    titles = ("Term", "B", "Standard error", "Beta", "t", "Sig.", "Lower", "Upper", "Tolerance", "VIF")
    groups = ("", "Unstandardised", "Unstandardised", "Standardised", "", "", "Interval", "Interval", "", "")
    columns = tuple(Column(title, title, group) for title, group in zip(titles, groups, strict=True))
    row = (
        "Use of information technology in the daily work of a unit " * 3,
        "-0.022",
        "0.146",
        "0.320",
        "13.344",
        "<\N{NO-BREAK SPACE}0.001",
        *["12.241"] * 4,
    )
    lay = layout(Table("t", (), columns, (TableRow(tuple((cell,) for cell in row)),)))
    style = (resources.files("analysis.report.document") / "word" / "styles.xml").read_text(encoding="utf-8")
    margins = sum(int(side) for side in re.findall(r'<w:(?:left|right) w:w="(\d+)" w:type="dxa"/>', style)) / 20
    line = house("thesis").line_cm / 2.54 * 72  # in points
    for share, column, cell in list(zip(lay.widths, columns, row, strict=True))[1:]:
        widest = max(
            sum(UPRIGHT[letter] for letter in cell),
            *(sum(BOLD[letter] for letter in word) for word in column.title.split()),
        )
        assert widest / 1000 * lay.size + margins <= share * line, column.title
