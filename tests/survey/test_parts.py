"""A file cleaned part by part is the file cleaned at once; columns cut at once are columns cut line by line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError, IntegrityError, problem
from analysis.survey import prepare
from analysis.survey.clean.work import Change, Work
from analysis.survey.column import column_of, objects
from analysis.survey.columns import Columns
from analysis.survey.parts import parts
from analysis.survey.read.csv_columns import records, trimmed
from analysis.survey.read.csv_parts import ahead
from analysis.survey.read.table import RawTable

Survey = Callable[..., Path]

TEXTS = st.sampled_from(["", " ", "x", "Đồng ý", "a,b", 'nói "có"', "hai\ndòng", "\u00a0", "1", "ô\r\nhai", "'"])


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=12), st.booleans())
def test_columns_are_those_of_pythons_module(rows: list[list[str]], all_quoted: bool) -> None:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(rows)
    found = records(out.getvalue().encode(), ",", '"', 3)
    assert found is not None
    cells = [column.cells.tolist() for column in found.columns]
    assert cells == [[cell if cell.strip() else None for cell in column] for column in zip(*rows, strict=True)]
    reader = csv.reader(io.StringIO(out.getvalue(), newline=""))
    starts = []
    line = 0
    for _ in reader:
        starts.append(line)
        line = reader.line_num
    assert found.lines.tolist() == starts


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", ",", '"', "\n", "\r", " ", "đ"]), max_size=24).map("".join))
def test_what_is_taken_is_read_as_python_reads_it(text: str) -> None:
    found = records(text.encode(), ",", '"', 2) if text else None
    if found is None:
        return
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    while rows and not rows[-1]:
        rows.pop()
    cells = [[cell if cell.strip() else None for cell in row] for row in rows]
    assert [list(row) for row in zip(*(column.cells for column in found.columns), strict=True)] == cells


@pytest.mark.parametrize("text", ['a,b"c\n', 'a,"b"c\n', "a,b\rc,d\n", "a,b\n\nc,d\n", "a,b,c\n", '"a,b\n', "a\n"])
def test_what_is_not_plain_is_left_to_python(text: str) -> None:
    assert records(text.encode(), ",", '"', 2) is None


def test_a_text_that_is_no_utf8_is_left_to_the_reader_that_says_where() -> None:
    assert records(b"a,b\nc,\xff\n", ",", '"', 2) is None


def test_empty_rows_at_the_end_are_no_responses() -> None:
    found = records(b"a,\n,\nb,\n, \n,\n", ",", '"', 2)
    assert found is not None
    assert [column.cells.tolist() for column in trimmed(found).columns] == [["a", None, "b"], [None, None, None]]


def test_a_column_keeps_apart_what_python_calls_equal() -> None:
    cells = [1, True, None, "1", 1.5, 1]
    found = column_of(pd.Series(objects(cells), dtype=object))
    assert [type(value) for value in found.cells] == [type(value) for value in cells]
    assert found.cells.tolist() == cells
    assert len(found.values) == 4


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=20), st.sets(st.integers(0, 19)))
def test_recoding_changes_and_logs_the_responses_still_in(cells: list[str | None], out: set[int]) -> None:
    table = RawTable(
        "f.csv",
        None,
        ("q",),
        pd.DataFrame({0: pd.Series(objects(cells), dtype=object)}),
        tuple(range(2, len(cells) + 2)),
    )
    work = Work(None, table, Columns({"q": 0}, (), ()))  # type: ignore[arg-type]
    gone = {row for row in out if row < len(cells)}
    work.exclude("left", gone)
    becomes = {"a": 1, "b": "b", "c": None}
    work.recode("q", {place: Change("rule", becomes[value]) for place, value in work.values("q").items()})
    kept = [row for row in range(len(cells)) if row not in gone]
    after = [None if cells[row] is None else becomes[cells[row]] for row in kept]
    assert work.cells["q"].taken(work.kept).tolist() == after
    assert set(work.values("q").values()) == {value for value in after if value is not None}
    logged = [(row.row, row.place, row.before, row.after) for row in work.log().rows if row.action == "changed"]
    said = {"a": "1", "c": None}
    assert logged == [(r + 1, f"f.csv:{r + 2}", cells[r], said[cells[r]]) for r in kept if cells[r] in said]


def many(survey: Survey, count: int = 300, **named: object) -> Path:
    rng = np.random.default_rng(5)
    answers = ["1", "5", "Đồng ý", "rất  đồng ý", "99", "", "2 - Không đồng ý"]
    more = [
        [f"Q{at}", str(rng.choice(["Nữ", "male", ""])), "1", "3", *rng.choice(answers, 5), 'nói "có",\nhai dòng']
        for at in range(count)
    ]
    return survey(more=tuple(more), **named)


@pytest.mark.parametrize("size", [200, 1_000, 1 << 20])
def test_parts_joined_are_the_whole(survey: Survey, size: int) -> None:
    folder = many(survey)
    whole = prepare(folder, cache=False)
    found = list(parts(folder, size=size))
    assert (len(found) > 1) == (size < 1 << 20)
    frame = pd.concat([part.frame for part in found], ignore_index=True)
    pd.testing.assert_frame_equal(frame, whole.frame)
    assert tuple(row for part in found for row in part.rows) == whole.rows
    lines = [row for part in found for row in part.log.rows]
    key = lambda row: (row.rule, row.variable, row.row, row.place, row.before or "", row.after or "")  # noqa: E731
    assert sorted(lines, key=key) == sorted(whole.log.rows, key=key)


def test_an_id_that_comes_again_in_a_later_part_is_refused(survey: Survey) -> None:
    folder = many(survey, cells={(2, 0): "Q299"})
    with pytest.raises(DataError) as whole:
        prepare(folder)
    with pytest.raises(DataError) as caught:
        list(parts(folder, size=500))
    assert caught.value.problems == whole.value.problems


def test_a_wrong_cell_is_named_by_its_line_in_the_file(survey: Survey) -> None:
    folder = many(survey, cells={(250, 0): "P9"})
    text = (folder / "answers.csv").read_text(encoding="utf-8")
    (folder / "answers.csv").write_text(text + 'Z,Nữ,1,3,7,1,1,1,1,""\n', encoding="utf-8")
    with pytest.raises(DataError) as whole:
        prepare(folder)
    with pytest.raises(DataError) as caught:
        list(parts(folder, size=500))
    assert caught.value.problems == whole.value.problems


def test_blocks_before_one_that_cannot_be_read_are_worked_on_first() -> None:
    def blocks() -> Iterator[bytes]:
        yield from (b"1", b"2", b"3")
        raise DataError(problem("data.not_decodable", encoding="tcvn3"))

    found: list[bytes] = []
    with pytest.raises(DataError):
        found.extend(ahead(lambda block: block * 2, blocks()))
    assert found == [b"11", b"22", b"33"]


def test_a_line_without_a_sign_among_records_is_left_to_python() -> None:
    assert records(b"a,b\n,d\n", ",", '"', 2) is not None
    assert records(b"a,b\n,d\n\ne,f\n", ",", '"', 2) is None


def test_a_rule_that_needs_all_responses_is_refused(survey: Survey) -> None:
    folder = survey(page=(("simulated: true", "simulated: true\ncleaning: {duplicate_id: keep_first}"),))
    with pytest.raises(DataError) as caught:
        next(parts(folder))
    assert caught.value.code == "data.not_in_parts"


def test_a_file_that_is_not_the_declared_one_is_refused_at_the_end(survey: Survey) -> None:
    source = (
        "sources:\n  s: {citation: Nguồn., address: 'https://example.org', date: 2024-01-01, sha256: '"
        + "0" * 64
        + "'}\n"
    )
    folder = survey(page=(("responses: {", source + "responses: {source: s, "),))
    with pytest.raises(IntegrityError):
        list(parts(folder))
    declared = hashlib.sha256((folder / "answers.csv").read_bytes()).hexdigest()
    page = (folder / "study.yml").read_text(encoding="utf-8").replace("0" * 64, declared)
    (folder / "study.yml").write_text(page, encoding="utf-8")
    assert len(list(parts(folder))) == 1
