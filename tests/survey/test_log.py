"""The log is whole: with it, the clean table is made from the one received, and the one received from the clean."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.study import load_study
from analysis.survey.clean import Work
from analysis.survey.columns import Columns
from analysis.survey.log import CleaningLog, LogRow, as_text, replay, reverse
from analysis.survey.log_csv import rows_from_csv
from analysis.survey.read import RawTable
from analysis.survey.responses import prepare, received

Survey = Callable[..., Path]

CELLS = st.one_of(
    st.none(),
    st.integers(-5, 99),
    st.floats(-9, 9, allow_nan=False),
    st.booleans(),
    st.text("aÀđ \u00a0'\"=,;\n\r\t0", max_size=6),
    st.sampled_from(["=1+1", "'", "''=x", " ", "\r", "a\r\nb", '"', ",", "+", "Đồng ý", "1.0", "None", "nan"]),
)


@st.composite
def cleanings(draw: st.DrawFn) -> tuple[Work, list[str]]:
    """A random table of answers and random rules that change cells and leave out rows, in any order."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    cells = [[draw(CELLS) for _ in range(width)] for _ in range(height)]
    frame = pd.DataFrame(
        {at: pd.Series([row[at] for row in cells], dtype=object) for at in range(width)}, index=range(height)
    )
    sheet = draw(st.sampled_from([None, "Dữ liệu"]))
    codes = [f"q{at}" for at in range(width - 1)] + ["@id"]
    headers = tuple(draw(st.permutations([f"q{at}" for at in range(width)])))
    table = RawTable("a.xlsx", sheet, headers, frame, tuple(range(2, height + 2)), 1)
    work = Work(None, table, Columns({code: at for at, code in enumerate(codes)}, (), ()))  # type: ignore[arg-type]
    for at in range(draw(st.integers(0, 12))):
        if not len(work.kept):
            break
        row, code = draw(st.sampled_from(work.kept.tolist())), draw(st.sampled_from(codes))
        if draw(st.booleans()):
            work.change(f"r{at}", code, {row: draw(CELLS)}, draw(st.text("lý do=,\n", max_size=4)))
        else:
            work.exclude(f"r{at}", {row}, draw(st.sampled_from(["", code])))
    return work, codes


def tables(work: Work, codes: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    before = pd.DataFrame(work.received(), index=range(1, len(work.table.lines) + 1), dtype=object)
    after: dict[str, list[Any]] = {
        work.name(code): [work.cells[code][row] for row in work.kept.tolist()] for code in codes
    }
    kept = (work.kept + 1).tolist()
    return as_text(before), as_text(pd.DataFrame(after, index=kept, dtype=object))


@given(cleanings())
def test_replay_and_reverse_are_exact_for_any_table_and_any_rules(made: tuple[Work, list[str]]) -> None:
    raw, clean = tables(*made)
    log = made[0].log()
    rows = rows_from_csv(log.to_csv())
    assert rows == log.rows
    pd.testing.assert_frame_equal(replay(raw, rows), clean)
    pd.testing.assert_frame_equal(reverse(clean, rows), raw)
    pd.testing.assert_frame_equal(reverse(replay(raw, log), log), raw)
    pd.testing.assert_frame_equal(replay(reverse(clean, log), log), clean)


@given(cleanings(), st.data())
def test_a_line_less_or_a_value_altered_is_never_without_effect(
    made: tuple[Work, list[str]], data: st.DataObject
) -> None:
    raw, clean = tables(*made)
    rows = list(made[0].log().rows)
    if not rows:
        return
    at = data.draw(st.integers(0, len(rows) - 1))
    if data.draw(st.booleans()) and rows[at].action != "excluded":  # what is left out has no value afterwards
        rows[at] = dataclasses.replace(rows[at], after=f"{rows[at].after}!")
    else:
        del rows[at]
    assert not _replayed_to(clean, raw, rows)


def _replayed_to(clean: pd.DataFrame, raw: pd.DataFrame, rows: list[LogRow]) -> bool:
    try:
        return replay(raw, rows).equals(clean)
    except DataError:
        return False


def test_a_messy_survey_is_replayed_and_reversed(survey: Survey) -> None:
    page = (
        ("variables:\n", "cleaning: {screening: [{column: Khác, keep: [x]}], duplicate_id: keep_last}\nvariables:\n"),
    )
    again = ["P1", "Nữ", "1", "10,50", "4 - Đồng ý", "1", "4", "4", "5", "x"]
    folder = survey(page, {(2, 0): " P1 ", (3, 3): "7,0", (3, 9): "x"}, more=(again,))
    responses = prepare(folder, cache=False)
    raw = received(folder)
    assert (raw.loc[1, "Mã phiếu"], raw.loc[2, "A1"], len(raw)) == (" P1 ", "Đồng ý", 5)
    whole = replay(raw, responses.log)
    pd.testing.assert_frame_equal(whole[list(responses.answers.columns)], responses.answers)
    pd.testing.assert_frame_equal(reverse(whole, responses.log), raw)
    number = next(row for row in responses.log.rows if row.rule == "number" and row.row == 5)
    assert (number.before, number.after, number.respondent, number.cell) == ("10,50", "10.5", "P1", "D6")
    left = [row for row in responses.log.rows if row.action == "excluded"]
    assert [(row.row, row.rule) for row in left] == [(3, "screening"), (4, "screening"), (1, "duplicate_id")]
    assert {row.variable for row in responses.log.rows if row.action == "withheld" and row.row == 4} == {
        "Mã phiếu", "band", "years", "A1", "A2", "A3", "Y1", "Y2"
    }  # fmt: skip


def test_the_demo_study_is_replayed_and_reversed_from_its_csv() -> None:
    study = load_study("demo")
    responses = prepare(study, cache=False)
    log = dataclasses.replace(responses.log, rows=rows_from_csv(responses.log.to_csv()))
    codes = list(responses.answers.columns)
    raw = received(study)
    assert len(raw) == responses.received > len(responses)
    pd.testing.assert_frame_equal(replay(raw, log)[codes], responses.answers)
    pd.testing.assert_frame_equal(reverse(responses.answers, log.about(codes)), raw[codes])
    pd.testing.assert_frame_equal(replay(raw[codes], log.about(codes)), responses.answers)
    pd.testing.assert_frame_equal(reverse(replay(raw, log), log), raw)


def test_a_foreign_table_is_refused_with_every_difference(survey: Survey) -> None:
    responses = prepare(survey(), cache=False)
    raw = received(responses.study)
    raw.loc[2, "A1"] = "Rất đồng ý"
    raw.loc[3, "Y1"] = None
    with pytest.raises(DataError) as caught:
        replay(raw, responses.log)
    assert [(each.code, each.place.cell) for each in caught.value.problems] == [
        ("log.before_differs", "E3"),
        ("log.before_differs", "H4"),
    ]
    with pytest.raises(DataError) as caught:
        replay(raw.drop(columns="sex").drop(index=4), responses.log)
    assert "log.unknown_cell" in {each.code for each in caught.value.problems}


def test_a_response_that_the_log_leaves_out_may_not_be_there(survey: Survey) -> None:
    page = (("variables:\n", "cleaning: {screening: [{column: Khác, keep: [x]}]}\nvariables:\n"),)
    responses = prepare(survey(page), cache=False)
    with pytest.raises(DataError) as caught:
        reverse(received(responses.study), responses.log)
    assert "log.row_present" in {each.code for each in caught.value.problems}
    without = CleaningLog(tuple(row for row in responses.log.rows if row.action != "withheld"), 4, 1)
    with pytest.raises(DataError) as caught:
        replay(received(responses.study), without)
    assert {each.code for each in caught.value.problems} == {"log.not_whole"}
    assert without.about(()).count_rows == tuple(row for row in without.count_rows if row.action == "excluded")
