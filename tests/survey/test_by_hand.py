"""Changes by hand: corrections beside the data, the log of a survey team; nothing that does not fit is carried out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import Place
from analysis.study import HandLog, load_study
from analysis.survey import responses as intake
from analysis.survey.by_hand import Entry, carried_out, read_log
from analysis.survey.log import as_text, replay, reverse
from analysis.survey.raw import RawFile
from analysis.survey.responses import Responses, check, prepare, received

Survey = Callable[..., Path]

HEAD = ["respondent", "variable", "before", "after", "who", "why", "date"]


def correct(folder: Path, *lines: list[str], head: list[str] = HEAD) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([head, *lines])
    (folder / "corrections.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    return folder


def by_rule(responses: Responses, rule: str) -> list[tuple[Any, ...]]:
    return [
        (row.respondent, row.variable, row.before, row.after, row.reason)
        for row in responses.log.rows
        if row.rule == rule and row.action == "changed"
    ]


def test_corrections_are_applied_first_and_logged_with_who_why_and_when(survey: Survey) -> None:
    folder = correct(
        survey(cells={(2, 4): "55"}),
        ["P1", "A1", "55", "5", "Lan", "gõ thừa", "2024-05-31"],
        ["p2", "Giới tính", "male", "Nữ", "Lan", "hỏi lại", "2024-06-01"],
        ["P3", "years", "", "12", "Lan", "bổ sung", "2024-06-01"],
        ["P3", "years", "12", "", "Minh", "không chắc", "2024-06-02"],
    )
    responses = prepare(folder, cache=False)
    assert by_rule(responses, "corrections") == [
        ("P1", "A1", "55", "5", "gõ thừa (Lan, 2024-05-31)"),
        ("P2", "sex", "male", "Nữ", "hỏi lại (Lan, 2024-06-01)"),
        ("P3", "years", None, "12", "bổ sung (Lan, 2024-06-01)"),
        ("P3", "years", "12", None, "không chắc (Minh, 2024-06-02)"),
    ]
    assert responses.frame.loc[0, "A1"] == 5
    assert responses.frame["sex"].tolist()[1] == "nu"
    assert [name for name, _ in responses.inputs] == ["answers.csv", "corrections.csv"]
    whole = replay(received(folder), responses.log)
    pd.testing.assert_frame_equal(whole[list(responses.answers.columns)], responses.answers)
    pd.testing.assert_frame_equal(reverse(whole, responses.log), received(folder))


def test_every_correction_that_does_not_fit_is_named_at_once(survey: Survey) -> None:
    folder = correct(
        survey(more=(["P4", "", "1", "0", "3", "4", "5", "4", "3", ""],), cells={(3, 5): "9"}),
        ["P1", "A1", "4", "5", "Lan", "x", "2024-05-31"],
        ["P9", "A1", "5", "4", "Lan", "x", "2024-05-31"],
        ["P1", "A11", "5", "4", "Lan", "x", "2024-05-31"],
        ["P4", "A1", "3", "4", "Lan", "x", "2024-05-31"],
        ["P1", "Khác", "x", "y", "Lan", "x", "2024-05-31"],
    )
    found = [(each.code, each.place.file, each.place.line) for each in check(folder)]
    assert found[:5] == [
        ("by_hand.before_differs", "corrections.csv", 2),
        ("by_hand.unknown_respondent", "corrections.csv", 3),
        ("by_hand.unknown_variable", "corrections.csv", 4),
        ("by_hand.respondent_twice", "corrections.csv", 5),
        ("by_hand.unknown_variable", "corrections.csv", 6),
    ]
    assert {code for code, *_ in found[5:]} == {"data.duplicate_id", "data.out_of_range"}
    assert check(folder)[0].get("found") == "5"
    assert check(folder)[2].get("nearest") == "A1"


def test_a_correction_without_author_reason_or_date_is_refused_with_the_errors_of_the_answers(survey: Survey) -> None:
    folder = correct(
        survey(cells={(3, 3): "77"}),
        ["P1", "A1", "5", "4", "", " ", "31/5/2024"],
        ["", "A1", "5", "4", "Lan", "x", ""],
    )
    assert [(each.code, each.place.line, each.get("name")) for each in check(folder)] == [
        ("by_hand.empty_cell", 2, "who"),
        ("by_hand.empty_cell", 2, "why"),
        ("by_hand.bad_date", 2, None),
        ("by_hand.empty_cell", 3, "respondent"),
        ("by_hand.empty_cell", 3, "date"),
        ("data.out_of_range", 3, None),
    ]
    correct(folder, ["P1", "A1"], head=["respondents", "variables"])
    lost = [(each.code, each.get("name")) for each in check(folder) if each.code.startswith("by_hand")]
    assert lost == [("by_hand.column_missing", name) for name in HEAD]


def test_no_corrections_yet_is_no_problem_and_a_new_one_voids_the_cache(survey: Survey) -> None:
    folder = correct(survey())
    first = prepare(folder)
    assert by_rule(first, "corrections") == []
    correct(folder, ["P1", "A1", "5", "3", "Lan", "x", "2024-05-31"])
    assert prepare(folder).frame.loc[0, "A1"] == 3
    assert prepare(folder) == prepare(folder, cache=False)


def test_without_an_id_a_response_is_named_by_its_number(survey: Survey) -> None:
    folder = correct(survey(((", id: Mã phiếu", ""),)), ["2", "years", "10.5", "11", "Lan", "x", "2024-05-31"])
    responses = prepare(folder, cache=False)
    assert responses.frame.loc[1, "years"] == 11
    assert responses.log.rows[0].respondent is None


LOG = (
    "cleaning:\n  duplicate_id: keep_first\n"
    "  log: {file: log.csv, id: mã, variable: câu, old: cũ, new: mới, action: làm, reason: vì,\n"
    "        change: [sửa], blank: [xóa], remove: [loại], nothing: [giữ]}\nvariables:\n"
)


def test_a_team_log_declared_in_the_page_is_carried_out(survey: Survey) -> None:
    folder = survey((("variables:\n", LOG),))
    (folder / "log.csv").write_text(
        "mã,câu,cũ,mới,làm,vì\nP1,A1,5,4,sửa,nhầm\nP1,A1,5,4,sửa,nhầm\nP1,Khác,x,y,sửa,\nP2,years,,,xóa,lạ\n"
        "P3,,,,loại,thử\nP3,,,,loại,thử\nP4,A1,,,giữ,\n",
        encoding="utf-8",
    )
    responses = prepare(folder, cache=False)
    assert by_rule(responses, "hand_log") == [("P1", "A1", "5", "4", "nhầm"), ("P2", "years", "10.5", None, "lạ")]
    assert responses.rows == (1, 2, 4)
    [out] = [row for row in responses.log.rows if row.action == "excluded"]
    assert (out.rule, out.respondent, out.reason) == ("hand_log", "P3", "thử")
    [note] = responses.log.notes
    assert dict(note.slots) == {
        "lines": 7, "idle": 1, "removed": 1, "repeated": 2, "as_stated": 1, "unstated": 1, "other_words": 0, "unused": 1
    }  # fmt: skip
    assert prepare(folder) == responses
    pd.testing.assert_frame_equal(
        replay(received(folder), responses.log)[list(responses.answers.columns)], responses.answers
    )


def test_a_team_log_that_does_not_fit_names_every_line(survey: Survey) -> None:
    folder = survey((("variables:\n", LOG),))
    (folder / "log.csv").write_text(
        "mã,câu,cũ,mới,làm,vì\nP1,A1,3,4,sửa,\nP8,,,,loại,\nP1,A77,,4,sửa,\n,A1,5,,sửa,\nP1,A1,5,4,sữa,\nP1,A1,5,4,sữa,\n",
        encoding="utf-8",
    )
    assert [(each.code, each.place.line, each.get("count")) for each in check(folder)] == [
        ("by_hand.empty_cell", 5, None),
        ("by_hand.empty_cell", 5, None),
        ("by_hand.unknown_action", 6, 2),
    ]
    text = (folder / "log.csv").read_text(encoding="utf-8").splitlines()
    (folder / "log.csv").write_text("\n".join(text[:4]), encoding="utf-8")
    assert [(each.code, each.place.line) for each in check(folder)] == [
        ("by_hand.before_differs", 2), ("by_hand.unknown_respondent", 3), ("by_hand.unknown_variable", 4)
    ]  # fmt: skip
    (folder / "log.csv").unlink()
    assert [each.code for each in check(folder)] == ["data.table_absent"]


def test_words_for_yes_and_numbers_are_compared_by_what_they_mean() -> None:
    table = pd.DataFrame({"id": ["a", "b"], "pump": [False, True], "money": [1_000_000, 5]})
    entries = [
        Entry(Place(), "change", "a", "pump", "0", "1"),
        Entry(Place(), "change", "a", "money", "1e+06", "2"),
        Entry(Place(), "change", "b", "money", "5", "7"),
        Entry(Place(), "change", "b", "money", None, "8", stated=False),
        Entry(Place(), "change", "b", "money", "5", "8"),
    ]
    done = carried_out(table, entries, id="id")
    assert [each.verdict for each in done.decisions] == [
        "other_words", "other_words", "as_stated", "unstated", "repeated"
    ]  # fmt: skip
    assert done.frame.to_numpy().tolist() == [["a", "True", "2"], ["b", "True", "8"]]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("xy"), st.integers(0, 3), st.booleans()), max_size=12))
def test_any_log_that_is_carried_out_replays_and_reverses(lines: list[tuple[int, str, int, bool]]) -> None:
    table = pd.DataFrame({"id": list("abcde"), "x": [0, 1, 2, None, 1], "y": ["0", "1", "", None, "3"]}, dtype=object)
    entries = [
        Entry(Place(), "remove", "abcde"[row]) if out and value == 0 else
        Entry(Place(), "change", "abcde"[row], name, None, str(value), stated=False)
        for row, name, value, out in lines
    ]  # fmt: skip
    done = carried_out(table, entries, id="id")
    raw = as_text(table.set_axis(range(1, 6), axis="index"))
    pd.testing.assert_frame_equal(replay(raw, done.log), done.frame)
    pd.testing.assert_frame_equal(reverse(done.frame, done.log), raw)


KOBO = HandLog(
    "cleaning_log.csv", id="X_uuid", variable="questions", new="new_value", old="old_value", action="change_type",
    reason="reason", change=("change_response",), blank=("blank_response",), remove=("remove_survey",),
    nothing=("no_action",),
)  # fmt: skip


@pytest.fixture
def kobo(shared_dir: Path) -> tuple[pd.DataFrame, tuple[Entry, ...], int]:
    folder = shared_dir / "data" / "kobo_reach_iraq" / "csv"
    if not folder.is_dir():
        pytest.skip("the household assessment with its cleaning log is not among the shared data")
    raw = pd.read_csv(folder / "cleaningtools_raw_data.csv", dtype=str, keep_default_na=False).replace("", None)
    content = (folder / "cleaningtools_cleaning_log.csv").read_bytes()
    return raw.astype(object), *read_log(RawFile("cleaning_log.csv", content, ""), KOBO)


def test_the_cleaning_log_of_a_real_survey_team_is_reproduced(
    kobo: tuple[pd.DataFrame, tuple[Entry, ...], int],
) -> None:
    raw, entries, idle = kobo
    done = carried_out(raw, entries, id="X_uuid")
    assert (len(raw), len(done.frame), idle) == (632, 578, 620)
    removed = {entry.respondent for entry in entries if entry.act == "remove"}
    assert len(removed) == 54
    assert set(raw["X_uuid"]) - set(done.frame["X_uuid"]) == removed
    changes = [each for each in done.decisions if each.entry.act == "change" and each.entry.after is not None]
    verdicts = {verdict: sum(each.verdict == verdict for each in changes) for verdict in {e.verdict for e in changes}}
    assert verdicts == {"as_stated": 9, "other_words": 2, "repeated": 2, "unstated": 35}
    assert sum(verdicts.values()) == 48
    gone = [each for each in changes if each.entry.respondent in removed]
    assert len(gone) == 2
    clean = done.frame.set_index("X_uuid")
    for each in changes:
        if each.entry.respondent not in removed:
            cell = clean.loc[each.entry.respondent, each.entry.variable]
            assert cell in (each.entry.after, {"1": "TRUE", "0": "FALSE"}.get(each.entry.after or ""))
    blank = [each.entry for each in done.decisions if each.entry.act == "change" and each.entry.after is None]
    assert len(blank) == 3
    assert all(clean.loc[each.respondent, each.variable] is None for each in blank)
    text = as_text(raw.set_axis(range(1, 633), axis="index"))
    pd.testing.assert_frame_equal(replay(text, done.log), done.frame)
    pd.testing.assert_frame_equal(reverse(done.frame, done.log), text)


def test_the_same_log_declared_in_a_page_is_carried_out_on_what_the_page_uses(
    shared_dir: Path, tmp_path: Path, kobo: tuple[pd.DataFrame, tuple[Entry, ...], int]
) -> None:
    names = tuple(f"{key}: {getattr(KOBO, key)}" for key in ("id", "variable", "old", "new", "action", "reason"))
    words = tuple(f"{key}: [{getattr(KOBO, key)[0]}]" for key in ("change", "blank", "remove", "nothing"))
    (tmp_path / "study.yml").write_text(
        "study: kobo\ntitle: {vi: Hộ, en: Households}\nsimulated: false\n"
        "responses: {file: csv/cleaningtools_raw_data.csv, id: _uuid}\n"
        f"cleaning:\n  log: {{file: csv/cleaningtools_cleaning_log.csv, {', '.join((*names, *words))}}}\n"
        "scales:\n  drink: {levels: {1: {vi: a, en: acceptable}, 2: {vi: b, en: very_good}}}\n"
        "constructs:\n  Q: {role: other, scale: drink, name: {vi: Q, en: Q}}\n"
        "items:\n  q1: {construct: Q, column: air_coolers_nb, text: {vi: Q, en: Q}}\n"
        "variables:\n  pumps: {kind: number, column: number_pumps, name: {vi: Máy bơm, en: Pumps}}\n",
        encoding="utf-8",
    )
    study = load_study(tmp_path, data=shared_dir / "data" / "kobo_reach_iraq")
    work = intake._cleaned(study, intake.raw_file(study), intake._beside(study))
    assert (len(work.table.lines), len(work.kept)) == (632, 578)
    changed = [(row.variable, row.before, row.after) for row in work.log().rows if row.action == "changed"]
    assert ("pumps", "7", "1") in changed
    [note] = work.notes
    assert (note.get("removed"), note.get("unused"), note.get("idle")) == (
        54,
        47,
        620,
    )  # 51 lines, 4 of them on the two questions used


def test_nothing_by_hand_is_no_note(survey: Survey) -> None:
    assert prepare(survey(), cache=False).log.notes == ()
