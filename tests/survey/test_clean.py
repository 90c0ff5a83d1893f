"""Rules of the page: each is applied as declared, logged with its reason and counted; undeclared, it stops the work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import StudyError
from analysis.report.words import sentence
from analysis.study import load_study
from analysis.survey.clean import keying
from analysis.survey.log import replay, reverse
from analysis.survey.responses import Responses, check, prepare, received

Survey = Callable[..., Path]


def declared(*rules: str) -> tuple[tuple[str, str], ...]:
    return (("variables:\n", f"cleaning: {{{', '.join(rules)}}}\nvariables:\n"),)


def left_out(responses: Responses) -> list[tuple[Any, ...]]:
    return [(row.rule, row.row, row.before, row.reason) for row in responses.log.rows if row.action == "excluded"]


def whole(folder: Path) -> Responses:
    """Prepared answers, after the law that every rule keeps: the log replays and reverses."""
    responses = prepare(folder, cache=False)
    raw = received(folder)
    made = replay(raw, responses.log)
    pd.testing.assert_frame_equal(made[list(responses.answers.columns)], responses.answers)
    pd.testing.assert_frame_equal(reverse(made, responses.log), raw)
    return responses


HEADER = ["Mã phiếu", "Giới tính", "band", "years", "A1", "Đào tạo [A2. Câu hai.]", "A3: Câu ba", "Câu bốn", "", ""]


def test_repeated_headers(survey: Survey) -> None:
    found = check(survey(more=(HEADER,)))
    assert [(each.code, each.place.line) for each in found] == [("data.repeated_header", 6)]
    responses = whole(survey(declared("repeated_headers: leave_out"), more=(HEADER,)))
    assert left_out(responses) == [("repeated_header", 5, None, "")]
    assert len(responses) == 4


@pytest.mark.parametrize("word", ["Tổng cộng", "TOTAL:", "trung bình"])
def test_rows_of_sums(survey: Survey, word: str) -> None:
    total = [word, "", "", "13.5", "12", "7", "12", "105", "8", ""]
    assert [(each.code, each.place.line, each.get("value")) for each in check(survey(more=(total,)))] == [
        ("data.total_row", 6, word)
    ]
    assert left_out(whole(survey(declared("total_rows: leave_out"), more=(total,)))) == [("total_row", 5, None, word)]


def test_trials_and_consent(survey: Survey) -> None:
    rules = declared("test_rows: [{column: Khác, values: [Thử, test]}]", "consent: {column: Nhóm thêm, keep: [Có, 1]}")
    cells = {(2, 9): " TEST", (3, 2): "Dưới 30"}
    folder = survey(rules, cells)
    text = (folder / "answers.csv").read_text(encoding="utf-8").splitlines()
    said = ["Nhóm thêm", "Có", "1.0", "Không", ""]
    joined = [f"{line},{word}" for line, word in zip(text, said, strict=True)]
    (folder / "answers.csv").write_text("\n".join(joined), encoding="utf-8")
    responses = whole(folder)
    assert left_out(responses) == [
        ("test_row", 1, "TEST", "TEST"),
        ("consent", 3, "Không", "Có / 1"),
        ("consent", 4, None, "Có / 1"),
    ]
    counts = {(row.rule, row.action): row.count for row in responses.log.count_rows}
    assert (counts["consent", "excluded"], counts["test_row", "excluded"]) == (2, 1)


def test_codes_that_nobody_declared(survey: Survey) -> None:
    cells = {(2, 4): "98", (3, 4): "9", (4, 3): "5", (5, 5): "6"}
    assert {each.code for each in check(survey(cells=cells))} == {"data.out_of_range"}
    found = check(survey(declared("suspected_missing: missing"), cells))
    assert [(each.code, each.get("value")) for each in found] == [("data.out_of_range", "6")]
    responses = whole(survey(declared("suspected_missing: missing"), {(2, 4): "98", (3, 4): "9"}))
    assert [
        (row.row, row.before, row.after, row.reason) for row in responses.log.rows if row.rule == "suspected_missing"
    ] == [(1, "98", None, "98"), (2, "9", None, "9")]


def test_a_code_among_numbers_is_told_and_left(survey: Survey) -> None:
    page = ((", min: 0, max: 45", ""),)
    more = tuple([f"Q{at}", "", "1", str(3 + at % 5), "3", "4", "5", "4", "3", ""] for at in range(12))
    responses = whole(survey(page, {(4, 3): "99", (5, 3): "99"}, more=more))
    [note] = [each for each in responses.log.notes if each.code == "clean.suspected_missing"]
    assert dict(note.slots) == {"name": "years", "value": 99, "count": 2}
    assert responses.frame["years"].tolist()[2] == 99
    near = whole(survey(page, {(4, 3): "9"}, more=more))
    assert [each for each in near.log.notes if each.code == "clean.suspected_missing"] == []


def test_too_few_answers(survey: Survey) -> None:
    responses = whole(survey(declared("minimum_answered: 0.8")))
    assert left_out(responses) == [("incomplete", 3, None, "3/5")]
    assert len(whole(survey(declared("minimum_answered: 0.6")))) == 4
    for share in (0, -0.1, 1.5):
        with pytest.raises(StudyError) as caught:
            load_study(survey(declared(f"minimum_answered: {share}")))
        assert caught.value.code == "study.bad_share"


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ("seconds: Khác, least: 100, then: leave_out", [1]),
        ("seconds: Khác, share: 0.9, then: leave_out", [1, 2]),
        ("seconds: Khác, share: 0.9, least: 10, then: leave_out", [1, 2]),
        ("seconds: Khác, share: 0.9", []),
    ],
)
def test_too_fast(survey: Survey, rule: str, gone: list[int]) -> None:
    cells = {(2, 9): "40", (3, 9): "200", (4, 9): "400.5", (5, 9): "300"}
    responses = whole(survey(declared(f"speed: {{{rule}}}"), cells))
    assert [row for _, row, *_ in left_out(responses)] == gone
    kept = [row for row in (1, 2, 3, 4) if row not in gone]
    assert responses.seconds == tuple({1: 40.0, 2: 200.0, 3: 400.5, 4: 300.0}[row] for row in kept)
    folder = survey(declared(f"speed: {{{rule}}}"), cells)
    assert prepare(folder) == prepare(folder)
    assert prepare(folder).seconds == responses.seconds


def test_start_and_end_give_seconds_and_a_time_that_cannot_be_read_is_named(survey: Survey) -> None:
    page = declared("speed: {start: Bắt đầu, end: Kết thúc, least: 60, then: leave_out}")
    folder = survey(page)
    text = (folder / "answers.csv").read_text(encoding="utf-8").splitlines()
    times = [
        "Bắt đầu,Kết thúc",
        "2024-05-01T10:00:00.5+07:00,2024-05-01T10:10:00.5+07:00",
        "01/05/2024 10:00:00,01/05/2024 10:00:59",
        "2024-05-01 23:59:00,2024-05-02 00:02:00",
        ",2024-05-02 00:02:00",
    ]
    for last, codes in ((times[4], []), ("hôm qua,2024-05-02 00:02:00", ["data.not_a_time"])):
        lines = [f"{line},{more}" for line, more in zip(text, [*times[:4], last], strict=True)]
        (folder / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
        assert [each.code for each in check(folder)] == codes
        if not codes:
            responses = whole(folder)
            assert responses.rows == (1, 3, 4)
            assert responses.seconds == (600.0, 180.0, None)
            assert left_out(responses)[0][3] == "59 < 60"


@pytest.mark.parametrize(
    "rule", ["least: 3", "seconds: a, then: leave_out", "seconds: a, start: b, end: c, least: 3", "start: b, least: 3"]
)
def test_speed_must_say_what_and_when(survey: Survey, rule: str) -> None:
    with pytest.raises(StudyError) as caught:
        load_study(survey(declared(f"speed: {{{rule}}}")))
    assert [each.code for each in caught.value.problems] == ["study.bad_speed"]


def test_the_same_response_twice_names_the_first(survey: Survey) -> None:
    again = ["P1", "Nữ", "1", "3", "1", "1", "1", "1", "1", ""]
    assert left_out(whole(survey(declared("duplicate_id: keep_first"), more=(again,)))) == [
        ("duplicate_id", 5, "P1", "answers.csv:2")
    ]
    same = ["P7", "nữ", "1", "3", "5", "1", "4", "4", "5", "another"]
    folder = survey((*declared("duplicate_answers: keep_first"), ("Dưới 30, en", "Dưới ba mươi, en")), more=(same,))
    text = (folder / "answers.csv").read_text(encoding="utf-8").replace("Dưới 30", "1")
    (folder / "answers.csv").write_text(text, encoding="utf-8")
    assert left_out(whole(folder)) == [("duplicate_answers", 5, None, "answers.csv:2")]


FORM = (
    "type,name,label,relevant\nselect_one sex,Giới tính,Giới tính,\ninteger,years,Thâm niên,${Giới tính} = 'nam'\n"
    "integer,Khác,Khác,${Giới tính} = 'nam'\n"
)


@pytest.mark.parametrize("policy", ["keep", "error", "missing"])
def test_answers_that_were_not_to_be_asked(survey: Survey, policy: str) -> None:
    folder = survey(
        (*declared(f"skip_logic: {policy}"), ("id: Mã phiếu}", "id: Mã phiếu, form: form.csv}")), {(3, 1): "nam"}
    )
    (folder / "form.csv").write_text(FORM, encoding="utf-8")
    if policy == "error":
        found = check(folder)
        assert [(each.code, each.place.line, each.get("code")) for each in found] == [
            ("data.skip_logic", 2, "years"),
            ("data.skip_logic", 5, "years"),
        ]
        assert found[0].get("condition") == "${Giới tính} = 'nam'"
        return
    responses = whole(folder)
    told = {note.get("question"): note.get("count") for note in responses.log.reading if note.code == "read.skip_logic"}
    emptied = [(row.row, row.before, row.reason) for row in responses.log.rows if row.rule == "skip_logic"]
    if policy == "keep":
        assert (told, emptied) == ({"years": 2, "Khác": 1}, [])
    else:
        assert told == {"Khác": 1}  # a column that the page does not use
        assert emptied == [(1, "3", "${Giới tính} = 'nam'"), (4, "0", "${Giới tính} = 'nam'")]
        assert responses.frame["years"].isna().tolist() == [True, False, True, True]


@settings(deadline=None)
@given(st.integers(3, 6), st.integers(2, 400), st.integers(0, 2**32 - 1))
def test_the_direction_is_the_correlation_of_an_item_with_the_sum_of_the_others(
    items: int, rows: int, seed: int
) -> None:
    table = np.random.default_rng(seed).integers(1, 6, (items, rows)).astype(float)
    for at, r in enumerate(keying._item_rest(keying._products(table))):
        rest = np.delete(table, at, axis=0).sum(axis=0)
        if np.ptp(table[at]) == 0 or np.ptp(rest) == 0:
            assert r is None
        else:
            assert r == pytest.approx(np.corrcoef(table[at], rest)[0, 1], abs=1e-12)


def keyed(survey: Survey, reverse_a2: str, high: int, low: int) -> Responses:
    """Forty respondents who agree or disagree with everything; the second item runs `low` where the others run high."""
    sides = [(high, low, high), (low, high, low)]
    people = tuple([f"K{at}", "", "1", "3", *map(str, sides[at % 2]), "4", "3", ""] for at in range(40))
    items = (
        "code,construct,reverse,text_vi,text_en\nA1,A,,Câu một.,One.\n"
        f"A2,A,{reverse_a2},Câu hai.,Two.\nA3,A,,Câu ba.,Three.\nY1,Y,,Câu bốn.,Four.\nY2,Y,,Câu năm.,Question five.\n"
    )
    return whole(survey(items=items, more=people, cells={(4, 6): "3"}))


def test_an_item_that_the_file_had_turned_already_is_told_and_not_turned_twice(survey: Survey) -> None:
    people = [[f"K{at}", "", "1", "3", *([str(1 + at % 5)] * 3), "4", "3", ""] for at in range(40)]
    responses = whole(survey(more=tuple(people)))
    [note] = [each for each in responses.log.notes if each.code == "clean.keying_contradicted"]
    assert (note.get("item"), note.get("n")) == ("A2", 43)
    assert note.get("after") < 0 < note.get("before")
    turned = [row for row in responses.log.rows if (row.rule, row.variable) == ("reverse", "A2")]
    assert sum(row.row == 5 for row in turned) == 1
    assert responses.frame["A2"].tolist()[4:9] == [5, 4, 3, 2, 1]


def test_an_item_that_runs_backwards_undeclared_is_told(survey: Survey) -> None:
    responses = keyed(survey, "", 5, 1)
    assert [each.get("item") for each in responses.log.notes if each.code == "clean.keying_suspected"] == ["A2"]
    assert responses.frame["A2"].tolist()[4:6] == [1, 5]
    assert keyed(survey, "true", 5, 1).log.notes == ()


def test_a_number_in_scientific_notation_is_a_number_and_logged(survey: Survey) -> None:
    responses = whole(survey(((", min: 0, max: 45", ""),), {(2, 3): "1e+05", (3, 3): "2.5E-1"}))
    assert responses.frame["years"].tolist()[:2] == [100000, 0.25]


def test_few_numbers_do_not_tell_what_is_far(survey: Survey) -> None:
    responses = whole(survey(((", min: 0, max: 45", ""),), {(4, 3): "99"}))
    assert responses.log.notes == ()


def test_every_changed_cell_says_why() -> None:
    log = prepare("demo").log
    assert all(row.reason for row in log.rows if row.action == "changed")
    assert all(row.respondent and row.sheet and row.place for row in log.rows)
    assert all(row.cell for row in log.rows if row.variable)
    turned = next(row for row in log.rows if row.rule == "reverse")
    assert (turned.reason, int(turned.before or 0) + int(turned.after or 0)) == ("6 - x", 6)


def test_two_words_of_one_step_beside_a_free_one_are_told(tmp_path: Path) -> None:
    """A page that declares rate5 for Kém, Yếu, Trung bình, Khá, Tốt was believed without a word."""
    page = """\
study: s
title: {vi: a, en: a}
simulated: true
responses: {file: a.csv}
scales: {q: {dictionary: rate5}}
constructs: {A: {role: factor, scale: q, name: {vi: A, en: A}}}
"""
    (tmp_path / "study.yml").write_text(page, encoding="utf-8")
    (tmp_path / "items.csv").write_text("code,construct,text_vi,text_en\nA1,A,a,a\nA2,A,b,b\n", encoding="utf-8")
    for words, told in (
        (("Kém", "Yếu", "Trung bình", "Khá", "Tốt"), [("Kém", "Yếu")]),
        (("Kém", "Trung bình", "Khá", "Tốt", "Rất tốt"), []),
        (("Kém", "Poor", "Khá", "Tốt", "KHÁ"), []),
    ):
        lines = ["A1,A2", *(f"{words[at % 5]},{words[(at * 3) % 5]}" for at in range(25))]
        (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
        notes = [each for each in prepare(tmp_path, cache=False).log.notes if each.code == "clean.one_step"]
        assert [each.get("words") for each in notes] == told
        assert all(each.get("items") == ("A1", "A2") and each.get("level") == 1 for each in notes)
        for lang in ("vi", "en"):
            assert all("{" not in sentence(each, lang) for each in notes)
