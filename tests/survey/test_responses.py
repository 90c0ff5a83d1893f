"""From file to responses: what comes out, and that whatever is wrong comes at once and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError, IntegrityError, Place, Problem, StudyError
from analysis.study import load_study
from analysis.survey import CleaningLog, Responses, check, prepare
from analysis.survey.log_csv import rows_from_csv

Survey = Callable[..., Path]
NAN = float("nan")


def at(line: int, column: str) -> Place:
    return Place("answers.csv", line=line, column=column)


def processed(folder: Path) -> list[str]:
    place = folder.parent.parent / "processed" / folder.name
    return sorted(each.name for each in place.iterdir()) if place.is_dir() else []


def problems(folder: Path) -> tuple[Problem, ...]:
    """The problems that `prepare` raises; `check` must list the same, and nothing may have been written."""
    before = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
    with pytest.raises(DataError) as caught:
        prepare(folder)
    assert check(folder) == caught.value.problems
    assert {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()} == before
    assert processed(folder) == []
    return caught.value.problems


def only(folder: Path) -> Problem:
    found = problems(folder)
    assert len(found) == 1, found
    return found[0]


def log_of(responses: Responses, rule: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(row.place, row.variable, row.before, row.after) for row in responses.log.rows if row.rule == rule]


def test_answers_become_codes_categories_and_scores(survey: Survey) -> None:
    responses = prepare(survey())
    frame = responses.frame
    assert list(frame) == ["A1", "A2", "A3", "Y1", "Y2", "sex", "band", "years", "A", "Y"]
    expected = {
        "A1": [5, 4, NAN, 3], "A2": [5, 5, 4, 2], "A3": [4, 3, NAN, 5], "Y1": [4, 2, 1, NAN], "Y2": [5, 5, 3, 3],
        "years": [3, 10.5, NAN, 0], "A": [14 / 3, 4, NAN, 10 / 3], "Y": [4.5, 3.5, 2, 3],
    }  # fmt: skip
    for code, values in expected.items():
        assert frame[code].dtype == np.float64
        np.testing.assert_array_equal(frame[code], values, err_msg=code)
    assert list(frame["sex"].cat.categories) == ["nu", "nam"]
    assert not frame["sex"].cat.ordered
    assert frame["sex"].isna().tolist() == [False, False, False, True]
    assert frame["sex"].dropna().tolist() == ["nu", "nam", "nam"]
    assert frame["band"].cat.ordered
    assert frame["band"].tolist() == ["1", "2", "2", "1"]
    assert (responses.received, len(responses), responses.rows) == (4, 4, (1, 2, 3, 4))
    assert responses.log.unused == ("Khác",)
    assert responses.members == {"A": ("A1", "A2", "A3"), "Y": ("Y1", "Y2")}
    assert responses.study.unconfirmed == ("A3",)


def test_every_change_is_a_line_of_the_log(survey: Survey) -> None:
    responses = prepare(survey())
    assert log_of(responses, "labels") == [
        ("answers.csv:3", "A1", "Đồng ý", "4"),
        ("answers.csv:3", "A2", "Strongly disagree", "1"),
        ("answers.csv:4", "Y1", "1 - Rất không đồng ý", "1"),
        ("answers.csv:3", "Y2", "Rất đồng ý", "5"),
        ("answers.csv:4", "Y2", "Phân vân", "3"),
    ]
    assert log_of(responses, "reverse") == [
        ("answers.csv:2", "A2", "1", "5"), ("answers.csv:3", "A2", "1", "5"), ("answers.csv:4", "A2", "2", "4"),
        ("answers.csv:5", "A2", "4", "2"),
    ]  # fmt: skip
    assert log_of(responses, "no_answer") == [("answers.csv:5", "Y1", "99", None)]
    assert ("answers.csv:3", "sex", "male", "nam") in log_of(responses, "levels")
    counts = responses.log.counts
    assert list(counts.columns) == ["rule", "variable", "action", "count"]
    assert counts["count"].sum() == len(responses.log.frame) == len(responses.log.rows)


def test_the_log_survives_json_and_csv(survey: Survey) -> None:
    log = prepare(survey(cells={(2, 9): "=1+1"}), cache=False).log
    assert CleaningLog.from_json(log.to_json()) == log
    hostile = dataclasses.replace(log.rows[0], before="=cmd|' /C calc'!A0", after='\'+1\n2,"x"')
    log = CleaningLog((*log.rows, hostile), 4, 4)
    text = log.to_csv()
    assert "\n=" not in text
    assert ",=" not in text
    assert rows_from_csv(text) == log.rows
    assert CleaningLog((), 0, 0).counts.columns.tolist() == ["rule", "variable", "action", "count"]


def test_decomposed_text_hidden_signs_and_spaces_do_not_matter(survey: Survey) -> None:
    plain = prepare(survey(), cache=False)
    messy = {
        (3, 4): unicodedata.normalize("NFD", "ĐỒNG Ý"), (3, 8): "  Rất\u00a0đồng\u200b ý ", (4, 8): "phân vân.",
        (2, 1): unicodedata.normalize("NFD", "nữ"), (1, 5): unicodedata.normalize("NFD", "Đào tạo  [a2 - Câu hai]"),
    }  # fmt: skip
    responses = prepare(survey(cells=messy), cache=False)
    assert responses.frame.equals(plain.frame)
    assert ("answers.csv:3", "A1", unicodedata.normalize("NFD", "ĐỒNG Ý"), "ĐỒNG Ý") in log_of(responses, "text")


@pytest.mark.parametrize(
    ("cells", "code", "place", "slots"),
    [
        ({(3, 4): "55"}, "data.out_of_range", at(3, "A1"), {"value": "55", "low": 1, "high": 5}),
        ({(3, 4): "4,5"}, "data.out_of_range", at(3, "A1"), {"value": "4.5"}),
        ({(3, 4): "Đồng í"}, "data.unknown_label", at(3, "A1"), {"code": "A1", "nearest": "Đồng ý"}),
        ({(3, 4): "5. Đồng ý"}, "data.unknown_label", at(3, "A1"), {"value": "5. Đồng ý"}),
        ({(3, 1): "Namm"}, "data.unknown_label", at(3, "Giới tính"), {"nearest": "Nam"}),
        ({(3, 3): "mười"}, "data.not_a_number", at(3, "years"), {"value": "mười"}),
        ({(3, 3): "1,234"}, "data.not_a_number", at(3, "years"), {}),
        ({(3, 3): "nan"}, "data.not_a_number", at(3, "years"), {}),
        ({(3, 3): "46"}, "data.out_of_range", at(3, "years"), {"code": "years", "high": 45.0}),
        ({(3, 0): " p1 "}, "data.duplicate_id", at(3, "Mã phiếu"), {"first": "answers.csv:2"}),
        ({(3, 0): ""}, "data.id_missing", at(3, "Mã phiếu"), {}),
        ({(1, 4): "A11"}, "data.column_missing", Place("answers.csv", line=1), {"code": "A1", "nearest": "A11"}),
        ({(1, 1): "Giới"}, "data.column_missing", Place("answers.csv", line=1), {"code": "sex", "header": "Giới tính"}),
        ({(1, 9): "a1"}, "data.column_twice", Place("answers.csv", line=1), {"code": "A1", "headers": ("A1", "a1")}),
    ],
)  # fmt: skip
def test_a_wrong_value_stops_the_work(
    survey: Survey, cells: dict[tuple[int, int], str], code: str, place: Place, slots: dict[str, object]
) -> None:
    found = only(survey(cells=cells))
    assert (found.code, found.place) == (code, place)
    for name, value in slots.items():
        assert found.get(name) == value


def test_everything_wrong_comes_at_once(survey: Survey) -> None:
    cells = {(2, 0): "P2", (2, 4): "55", (3, 1): "khác", (4, 3): "-1", (5, 6): "mù", (1, 8): "không rõ"}
    found = problems(survey(cells=cells))
    assert sorted((each.code, each.place.line) for each in found) == [
        ("data.column_missing", 1),
        ("data.duplicate_id", 3),
        ("data.out_of_range", 2),
        ("data.out_of_range", 4),
        ("data.unknown_label", 3),
        ("data.unknown_label", 5),
    ]
    assert len(found) == 6


def test_declared_rules_are_applied_and_logged(survey: Survey) -> None:
    page = (("variables:\n", "cleaning: {unknown_label: missing, out_of_range: missing}\nvariables:\n"),)
    responses = prepare(survey(page, {(2, 4): "55", (3, 4): "mù mờ", (3, 1): "khác", (3, 3): "77", (4, 3): "x"}))
    assert responses.frame["A1"].isna().tolist() == [True, True, True, False]
    assert log_of(responses, "out_of_range") == [
        ("answers.csv:2", "A1", "55", None),
        ("answers.csv:3", "years", "77", None),
    ]
    assert log_of(responses, "unknown_label") == [
        ("answers.csv:3", "A1", "mù mờ", None), ("answers.csv:3", "sex", "khác", None),
        ("answers.csv:4", "years", "x", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("policy", "kept"), [("keep_first", (1, 2, 3, 4)), ("keep_last", (2, 3, 4, 5))])
def test_repeated_ids_are_left_out_as_declared(survey: Survey, policy: str, kept: tuple[int, ...]) -> None:
    page = (("variables:\n", f"cleaning: {{duplicate_id: {policy}}}\nvariables:\n"),)
    again = ["p1", "Nữ", "1", "3", "1", "1", "1", "1", "1", ""]
    responses = prepare(survey(page, more=(again,)))
    assert responses.rows == kept
    assert (responses.received, len(responses), responses.log.kept) == (5, 4, 4)
    excluded = [row for row in responses.log.rows if row.action == "excluded"]
    assert [(row.rule, row.variable, row.row) for row in excluded] == [
        ("duplicate_id", "Mã phiếu", ({1, 2, 3, 4, 5} - set(kept)).pop())
    ]


def test_identical_answers(survey: Survey) -> None:
    again = ["P5", "nữ", "1", "3", "5", "1", "4", "4", "5", "another"]
    assert len(prepare(survey(more=(again,)), cache=False)) == 5
    rule = "variables:\n", "cleaning: {duplicate_answers: error}\nvariables:\n"
    again[2] = "Dưới 30"
    found = only(survey((rule,), more=(again,)))
    assert (found.code, found.place, found.get("first")) == (
        "data.duplicate_answers",
        Place("answers.csv", line=6),
        "answers.csv:2",
    )
    rule = "variables:\n", "cleaning: {duplicate_answers: keep_first}\nvariables:\n"
    assert prepare(survey((rule,), more=(again,)), cache=False).rows == (1, 2, 3, 4)


def test_screening_leaves_out_and_logs(survey: Survey) -> None:
    rule = "variables:\n", "cleaning: {screening: [{column: Khác, keep: [Đồng ý]}]}\nvariables:\n"
    cells = {(2, 9): "Đồng ý", (3, 9): "Không đồng ý", (4, 9): " đồng  ý", (5, 9): "", (3, 4): "not an answer"}
    responses = prepare(survey((rule,), cells))
    assert responses.rows == (1, 3)
    excluded = [row for row in responses.log.rows if (row.rule, row.action) == ("screening", "excluded")]
    assert [(row.row, row.variable, row.before) for row in excluded] == [(2, "Khác", "Không đồng ý"), (4, "Khác", None)]


def test_blank_rows_are_no_responses(survey: Survey) -> None:
    folder = survey()
    lines = (folder / "answers.csv").read_text(encoding="utf-8").splitlines()
    (folder / "answers.csv").write_text(
        "\n".join([*lines[:2], ",,,,,,,,,", *lines[2:], ",,,,,,,,,", ""]), encoding="utf-8"
    )
    responses = prepare(folder)
    assert (responses.received, len(responses)) == (5, 4)
    assert [(row.rule, row.row, row.place) for row in responses.log.rows if row.action == "excluded"] == [
        ("blank_row", 2, "answers.csv:3")
    ]


def test_scores_follow_the_declared_rule(survey: Survey) -> None:
    responses = prepare(survey((("role: factor,", "role: factor, score: sum, minimum: 1,"),)))
    np.testing.assert_allclose(responses.frame["A"], [14, 12, 12, 10], rtol=1e-15)
    responses = prepare(survey((("role: factor,", "role: factor, minimum: 3,"),)))
    assert responses.frame["A"].isna().tolist() == [False, False, True, False]


def test_a_raw_file_keeps_its_bytes_and_a_foreign_one_is_refused(survey: Survey) -> None:
    folder = survey()
    raw = (folder / "answers.csv").read_bytes()
    sha256 = hashlib.sha256(raw).hexdigest()
    assert prepare(folder).inputs == (("answers.csv", sha256),)
    assert (folder / "answers.csv").read_bytes() == raw
    declared = "id: Mã phiếu}", f"id: Mã phiếu, source: own}}\nsources: {{own: {{citation: A, sha256: {sha256}}}}}"
    assert len(prepare(survey((declared,)))) == 4
    with pytest.raises(IntegrityError) as caught:
        prepare(survey((declared,), {(2, 4): "4"}))
    found = caught.value.problems[0]
    assert (found.code, found.get("expected")) == ("data.sha256", sha256)
    assert check(folder)[0].code == "data.sha256"


def test_a_file_that_changes_while_it_is_read_is_refused(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.survey import responses

    folder, read = survey(), responses.read

    def meddle(raw: object, options: object) -> object:
        (folder / "answers.csv").write_bytes((folder / "answers.csv").read_bytes() + b"\n")
        return read(raw, options)

    monkeypatch.setattr(responses, "read", meddle)
    with pytest.raises(IntegrityError) as caught:
        prepare(folder)
    assert caught.value.code == "data.changed_while_reading"
    assert processed(folder) == []


def test_an_absent_file_is_named_and_so_is_the_way_to_get_it(survey: Survey, tmp_path: Path) -> None:
    folder = survey((("answers.csv", "other.csv"),))
    found = only(folder)
    assert (found.code, found.place.file, found.get("study")) == ("data.file_absent", "other.csv", "small")
    with pytest.raises(DataError) as caught:
        prepare("impulse_buying", data=tmp_path)
    assert caught.value.code == "data.file_absent_download"
    assert caught.value.problems[0].get("study") == "impulse_buying"


def test_files_may_lie_elsewhere_but_not_outside_that_place(survey: Survey, tmp_path: Path) -> None:
    folder = survey()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "answers.csv").rename(elsewhere / "answers.csv")
    first = prepare(folder, data=elsewhere)
    assert first == prepare(load_study(folder), data=elsewhere)
    (elsewhere / "answers.csv").rename(tmp_path / "answers.csv")
    (elsewhere / "answers.csv").symlink_to(tmp_path / "answers.csv")
    with pytest.raises(StudyError) as caught:
        prepare(folder, data=elsewhere)
    assert caught.value.code == "study.path_outside"


def test_problems_of_the_page_are_listed_too(survey: Survey) -> None:
    assert [each.code for each in check(survey((("role: factor", "rol: factor"),)))] == [
        "study.missing_key",
        "study.unknown_key",
    ]
    assert check(survey()) == ()


def test_a_second_time_comes_from_the_cache_and_is_equal(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.survey import responses

    folder = survey()
    first = prepare(folder)
    assert [name.rsplit(".", 1)[1] for name in processed(folder)] == ["csv", "parquet", "parquet"]
    monkeypatch.setattr(responses, "_cleaned", lambda *_: pytest.fail("the cache was not used"))
    second = prepare(folder)
    assert second == first
    assert hash(second) == hash(first)
    assert second.frame.dtypes.equals(first.frame.dtypes)
    pd.testing.assert_frame_equal(second.frame, first.frame)
    assert second.log == first.log


def test_the_cache_has_the_same_bytes_each_time(survey: Survey) -> None:
    folder = survey()
    place = folder.parent.parent / "processed" / "small"
    prepare(folder)
    first = {each.name: each.read_bytes() for each in place.iterdir()}
    for each in place.iterdir():
        each.unlink()
    prepare(folder)
    assert {each.name: each.read_bytes() for each in place.iterdir()} == first


def test_a_damaged_cache_is_built_again(survey: Survey) -> None:
    folder = survey()
    first = prepare(folder)
    place = folder.parent.parent / "processed" / "small"
    for each in sorted(place.iterdir()):
        whole = each.read_bytes()
        for broken in (b"", whole[: len(whole) // 2], whole[:200] + bytes(8) + whole[208:]):
            each.write_bytes(broken)
            assert prepare(folder) == first
            assert each.read_bytes() == whole
        each.unlink()
        assert prepare(folder) == first


def test_the_cache_follows_page_items_and_file(survey: Survey) -> None:
    assert prepare(survey()).frame.loc[0, "A1"] == 5
    assert prepare(survey(cells={(2, 4): "1"})).frame.loc[0, "A1"] == 1
    folder = survey((("role: factor,", "role: factor, score: sum,"),))
    assert prepare(folder).frame.loc[0, "A"] == 14
    assert len(processed(folder)) == 3  # older answers are not kept


def test_a_place_that_cannot_be_written_is_no_problem(survey: Survey) -> None:
    folder = survey()
    (folder.parent.parent / "processed").write_text("a file where a folder should be", encoding="utf-8")
    assert prepare(folder) == prepare(folder, cache=False)


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_is_no_problem(survey: Survey) -> None:
    folder = survey()
    folder.parent.parent.chmod(0o500)
    assert len(prepare(folder)) == 4


def test_a_study_outside_raw_keeps_its_cache_inside(survey: Survey, tmp_path: Path) -> None:
    moved = tmp_path / "mine"
    survey().rename(moved)
    prepare(moved)
    assert len(list((moved / "processed").iterdir())) == 3


def test_the_real_student_survey(shared_dir: Path) -> None:
    responses = prepare("impulse_buying", data=shared_dir / "data" / "vn_tiktokshop_students", cache=False)
    assert (responses.received, len(responses), len(responses.study.items)) == (361, 361, 28)
    assert responses.inputs[0][1] == "28386be9850a9b0f1029c2e570cdf5cf4db92360f2bae134e4c218e5f8773b6d"
    assert responses.log.rows == ()
    assert responses.log.unused == ()
    assert int(responses.frame.isna().sum().sum()) == 0
    assert responses.frame["income"].cat.ordered
    # Slopes of the six factors, as R's lm gives them for the same file (five digits).
    factors = np.column_stack([np.ones(361), responses.frame[list(responses.study.factors)]])
    slopes = np.linalg.lstsq(factors, responses.frame["OIB"].to_numpy(), rcond=None)[0][1:]
    np.testing.assert_allclose(slopes, [0.14304, 0.11289, 0.17966, 0.17230, 0.23906, 0.09229], atol=5e-6)
