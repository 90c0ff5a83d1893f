"""Shapes of real exports at a first look: what is understood, and what is refused with its place."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from analysis.errors import DataError
from analysis.report.words import sentence
from analysis.run.begin import begin
from analysis.study import Scale, load_study
from analysis.study.dictionaries import dictionaries, resolved
from analysis.survey import check, prepare
from analysis.survey.likert import labels_of

AGREE = ["Rất không đồng ý", "Không đồng ý", "Bình thường", "Đồng ý", "Rất đồng ý"]
ITEMS = ["DT1", "DT2", "DT3", "KQ1", "KQ2", "KQ3"]


def rows(said: Callable[[int], Any] = int, count: int = 60) -> list[list[Any]]:
    """Answers of two concepts, the same each time."""
    draw = random.Random(7)
    made = []
    for _ in range(count):
        levels = [draw.gauss(0, 1)] * 3 + [draw.gauss(0, 1)] * 3
        made.append([said(min(5, max(1, round(3 + level + draw.gauss(0, 0.6))))) for level in levels])
    return made


def as_csv(header: Sequence[str], body: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *body])
    return out.getvalue().encode()


def started(tmp_path: Path, content: bytes, name: str = "answers.csv", **options: Any) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return begin(tmp_path / "s", path, **options).folder


def workbook(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, body in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(body):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def codes_of(folder: Path) -> list[list[float]]:
    return prepare(folder, cache=False).frame[list(load_study(folder).items)].to_numpy().tolist()  # type: ignore[no-any-return]


# ---- answers typed without accents ---------------------------------------------------------------------------------


def test_answers_without_accents_are_read_and_every_merge_is_on_record(tmp_path: Path) -> None:
    bare = ["Rat khong dong y", "khong dong y", "BINH THUONG", "Dong y", "rat dong y"]
    body = [[bare[each - 1] if at % 3 == 0 else AGREE[each - 1] for each in row] for at, row in enumerate(rows())]
    folder = started(tmp_path, as_csv(ITEMS, body))
    assert codes_of(folder) == rows()
    study = load_study(folder)
    assert [words.vi for words in study.scale_of("DT1").levels.values()] == AGREE
    log = prepare(folder, cache=False).log.frame
    merged = log[log["rule"] == "unaccented"]
    assert len(merged) == 20 * 6
    assert set(merged["reason"]) == {label.lower() for label in AGREE}, "the evidence is the label that was meant"
    assert set(merged["before"]) == set(bare)


def test_what_two_labels_may_mean_is_asked_for() -> None:
    own = Scale({1: {"vi": "Tôi", "en": "I"}, 2: {"vi": "Tới", "en": "To"}, 3: {"vi": "Đủ", "en": "Enough"}})  # type: ignore[dict-item]
    from analysis.study import Words

    levels = {code: Words(each["vi"], each["en"]) for code, each in own.levels.items()}  # type: ignore[index]
    labels = labels_of(Scale(levels))
    assert labels.read("toi") is None
    assert labels.unaccented("toi") is None
    assert (labels.read("DU"), labels.unaccented("DU")) == (3, "đủ")
    assert (labels.read("3. du"), labels.read("2. du")) == (3, None)


@pytest.mark.parametrize("name", sorted(dictionaries()))
def test_labels_of_every_dictionary_are_read_without_accents(name: str) -> None:
    from analysis.survey.text import bare

    labels = labels_of(resolved(Scale(dictionary=name)))
    for label, code in labels.codes.items():
        assert labels.read(bare(label)) in (code, None)
        if len(labels.marks.get(bare(label), ())) == 1 and bare(label) not in labels.codes:
            assert labels.read(bare(label)) == code


def test_levels_of_a_variable_are_read_without_accents(tmp_path: Path) -> None:
    body = [[*row, ["Nữ", "Nam", "Nu", "nam"][at % 4]] for at, row in enumerate(rows())]
    folder = started(tmp_path, as_csv([*ITEMS, "Giới tính"], body))
    responses = prepare(folder, cache=False)
    assert responses.frame["gender"].value_counts().to_dict() == {"Nam": 30, "Nữ": 30}
    log = responses.log.frame
    assert (log["rule"] == "unaccented").sum() == 15


# ---- scales --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "dictionary"),
    [
        (["Kém", "Yếu", "Trung bình", "Khá", "Tốt"], "quality5"),
        (["Rất kém", "Kém", "Trung bình", "Tốt", "Rất tốt"], "level5"),
        (["Rất kém", "Kém", "Trung bình", "Khá", "Tốt"], "grade5"),
        (["Kém", "Trung bình", "Khá", "Tốt", "Rất tốt"], "rate5"),
        (["Poor", "Fair", "Good", "Very good", "Excellent"], "rate5"),
        (["Very poor", "Poor", "Fair", "Good", "Very good"], "level5"),
    ],
)
def test_words_of_quality_keep_their_five_steps(tmp_path: Path, labels: list[str], dictionary: str) -> None:
    """Two words were read as one step when no dictionary told them apart."""
    folder = started(tmp_path, as_csv(ITEMS, rows(lambda code: labels[code - 1])))
    assert list(load_study(folder).scales) == [dictionary]
    assert codes_of(folder) == rows()


def test_a_scale_that_no_dictionary_tells_apart_is_not_guessed(tmp_path: Path) -> None:
    labels = ["Trung lập", "Phân vân", "Không ý kiến", "Đồng ý", "Rất đồng ý"]
    with pytest.raises(DataError) as refusal:
        started(tmp_path, as_csv(ITEMS, rows(lambda code: labels[code - 1])))
    assert refusal.value.problems[0].code == "data.no_scale"


def test_labels_of_the_ends_alone_are_kept(tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(rows(float), columns=ITEMS).astype(object)
    frame.iloc[0, 0], frame.iloc[1, 1], frame.iloc[2, 2] = "a", "b", "z"
    labels: dict[str, dict[Any, str]] = {item: {1.0: AGREE[0], 5.0: AGREE[4], "a": "Từ chối"} for item in ITEMS}
    pyreadstat.write_dta(
        frame,
        str(tmp_path / "a.dta"),
        variable_value_labels=labels,
        missing_user_values={item: ["a", "b", "z"] for item in ITEMS},
    )
    folder = begin(tmp_path / "s", tmp_path / "a.dta").folder
    levels = load_study(folder).scale_of("DT1").levels
    assert [levels[code].vi for code in (1, 3, 5)] == [AGREE[0], "3", AGREE[4]]
    read = prepare(folder, cache=False)
    assert read.frame[ITEMS].isna().sum().tolist() == [1, 1, 1, 0, 0, 0]
    assert (read.log.frame["rule"] == "no_answer").sum() == 3


# ---- tools ---------------------------------------------------------------------------------------------------------

LIME = ["id", "submitdate", "lastpage", "startlanguage", *(f"G1Q{q}[SQ00{at}]" for q in (1, 2) for at in (1, 2, 3))]


@pytest.mark.parametrize("code", ["{}", "A{}", "AO0{}"])
def test_limesurvey_without_labels(tmp_path: Path, code: str) -> None:
    """Its sub-questions have the same codes under every question."""
    own = ["2025-04-02 10:11:12", 3, "vi"]
    body = [[at, *own, *row] for at, row in enumerate(rows(code.format), start=1)]
    folder = started(tmp_path, as_csv(LIME, body))
    study = load_study(folder)
    assert {name: list(each.items) for name, each in study.constructs.items()} == {
        "G1Q1": ["G1Q1_1", "G1Q1_2", "G1Q1_3"],
        "G1Q2": ["G1Q2_1", "G1Q2_2", "G1Q2_3"],
    }
    assert codes_of(folder) == rows()
    assert not check(folder)


def test_concepts_above_general_codes_are_constructs(tmp_path: Path) -> None:
    header = [f"{name} [C{at}. Câu {at}]" for at, name in enumerate(["Đào tạo"] * 3 + ["Kết quả"] * 3, start=1)]
    folder = started(tmp_path, as_csv(header, rows()))
    assert [each.name.vi for each in load_study(folder).constructs.values()] == ["Đào tạo", "Kết quả"]


# ---- workbooks and archives ----------------------------------------------------------------------------------------


def test_the_sheet_with_the_answers_is_found(tmp_path: Path) -> None:
    sheets = {
        "Hướng dẫn": [["HƯỚNG DẪN"], ["1 = Rất không đồng ý"]],
        "Số liệu": [ITEMS, *rows()],
        "Danh mục": [["Mã", "Tên"], ["1", "Nam"]],
    }
    folder = started(tmp_path, workbook(sheets), "a.xlsx")
    assert load_study(folder).answers.sheet == "Số liệu"
    assert codes_of(folder) == rows()


def test_a_workbook_without_answers_is_refused_by_its_first_sheet(tmp_path: Path) -> None:
    sheets = {"Một": [["a", "b"], ["x", "y"]], "Hai": [["c", "d"], ["x", "y"]]}
    with pytest.raises(DataError) as refusal:
        started(tmp_path, workbook(sheets), "a.xlsx")
    assert (refusal.value.problems[0].code, refusal.value.problems[0].place.sheet) == ("data.no_scale", "Một")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_an_archive_under_another_name_is_opened(tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Khảo sát.csv", as_csv(ITEMS, rows()))
    assert codes_of(started(tmp_path, out.getvalue(), name)) == rows()


# ---- rows and headers ----------------------------------------------------------------------------------------------


def test_a_header_said_again_and_totals_do_not_hide_the_scales(tmp_path: Path) -> None:
    header = ["STT", *ITEMS]
    body: list[list[Any]] = [[at, *row] for at, row in enumerate(rows(), start=1)]
    body[30:30] = [header]
    body.append(["Tổng cộng", *[sum(row[at] for row in rows()) for at in range(6)]])
    folder = started(tmp_path, as_csv(header, body))
    assert [each.code for each in check(folder)] == ["data.repeated_header", "data.total_row"]
    page = (folder / "study.yml").read_text(encoding="utf-8")
    rules = "cleaning: {repeated_headers: leave_out, total_rows: leave_out}\n"
    (folder / "study.yml").write_text(page.replace("\nmodels:", f"\n{rules}\nmodels:"), encoding="utf-8")
    assert codes_of(folder) == rows()


def test_two_columns_with_one_header_are_refused_with_their_place(tmp_path: Path) -> None:
    body = [[*row[:5]] for row in rows()]
    with pytest.raises(DataError) as refusal:
        started(tmp_path, workbook({"S": [["DT1", "DT1", "DT3", "KQ1", "KQ2"], *body]}), "a.xlsx")
    [found] = refusal.value.problems
    assert (found.code, found.place.cell) == ("data.header_twice", "B1")
    for lang in ("vi", "en"):
        assert "DT1" in sentence(found, lang)
        assert "{" not in sentence(found, lang)
    assert not (tmp_path / "s").exists()


def test_spellings_of_one_answer_are_one_level(tmp_path: Path) -> None:
    """Nam and nam were two groups."""
    body = [[*row, ["Nữ", "Nam", "nam", "Nam", "nu", "NAM "][at % 6]] for at, row in enumerate(rows())]
    folder = started(tmp_path, as_csv([*ITEMS, "Giới tính"], body))
    assert list(load_study(folder).variables["gender"].levels) == ["Nam", "Nữ"]
    assert prepare(folder, cache=False).frame["gender"].value_counts().to_dict() == {"Nam": 40, "Nữ": 20}


def test_choices_with_a_comma_and_what_was_written_behind_other(tmp_path: Path) -> None:
    said = ["Zalo, Hội nghị, tập huấn", "Zalo, Báo chí", "Báo chí", "Hội nghị, tập huấn, Khác: loa, bảng tin", "Zalo"]
    body = [[*row, said[at % 5]] for at, row in enumerate(rows())]
    folder = started(tmp_path, as_csv([*ITEMS, "Anh/chị xem tin ở đâu?"], body))
    found = {each.choice: code for code, each in load_study(folder).variables.items()}
    assert set(found) == {"Zalo", "Hội nghị, tập huấn", "Báo chí", "Khác"}
    frame = prepare(folder, cache=False).frame
    counts = {choice: int((frame[code] == "yes").sum()) for choice, code in found.items()}
    assert counts == {"Zalo": 36, "Hội nghị, tập huấn": 24, "Báo chí": 24, "Khác": 12}


def test_an_answer_that_is_also_the_name_of_a_mean_is_no_total(tmp_path: Path) -> None:
    """Responses that begin with "Trung bình" were refused as rows of means."""
    body = [[["Trung bình", "Khá", "Nghèo"][at % 3], *row] for at, row in enumerate(rows())]
    folder = started(tmp_path, as_csv(["Mức sống", *ITEMS], body))
    assert not check(folder)
    assert codes_of(folder) == rows()


@pytest.mark.parametrize(
    ("header", "cells", "declared"),
    [
        (["Duration (in seconds)"], ["93"], {"seconds": "Duration (in seconds)"}),
        (["start", "end"], ["2025-03-01T08:00:00.000+07:00", "2025-03-01T08:01:33.000+07:00"],
         {"start": "start", "end": "end"}),
        (["Start Date", "End Date"], ["03/15/2025 08:00:00 AM", "03/15/2025 08:01:33 AM"],
         {"start": "Start Date", "end": "End Date"}),
    ],
)  # fmt: skip
def test_the_time_of_a_response_is_proposed_and_marks_only(
    tmp_path: Path, header: list[str], cells: list[str], declared: dict[str, str]
) -> None:
    body = [[*cells, *row] for row in rows()]
    folder = started(tmp_path, as_csv([*header, *ITEMS], body))
    study = load_study(folder)
    assert study.cleaning.speed is not None
    assert {key: getattr(study.cleaning.speed, key) for key in declared} == declared
    assert study.cleaning.speed.then == "flag"
    assert "cleaning.speed" in study.guesses
    responses = prepare(folder, cache=False)
    assert set(responses.seconds) == {93}
    assert len(responses) == 60


def test_times_that_cannot_be_read_are_not_proposed(tmp_path: Path) -> None:
    body = [
        ["2025-03-01 08:00:00", "soon" if at == 5 else "2025-03-01 08:05:00", *row] for at, row in enumerate(rows())
    ]
    folder = started(tmp_path, as_csv(["start", "end", *ITEMS], body))
    assert load_study(folder).cleaning.speed is None
    assert not check(folder)


SAID = [f"Tôi {what}" for what in ("nắm vững luật", "hiểu quy trình", "biết việc", "đúng hạn", "chủ động", "cẩn thận")]


def test_statements_without_codes_that_were_answered_in_numbers(tmp_path: Path) -> None:
    body = [[at, *row, at % 4 + 1, at % 3 + 2] for at, row in enumerate(rows(count=150))]
    folder = started(tmp_path, as_csv(["STT", *SAID, "Số người trong gia đình", "Bậc lương"], body))
    study = load_study(folder)
    assert [item.text.vi for item in study.items.values()] == SAID
    assert {(scale.min, scale.max) for scale in study.scales.values()} == {(1, 5)}
    assert codes_of(folder) == rows(count=150)


def test_options_that_do_not_apply_are_no_answers(tmp_path: Path) -> None:
    labels = [*AGREE[:4], "Rất đồng ý"]
    body = [
        [labels[each - 1] if (at + each) % 7 else "Không sử dụng dịch vụ" for each in row]
        for at, row in enumerate(rows())
    ]
    folder = started(tmp_path, as_csv(ITEMS, body))
    assert load_study(folder).scale_of("DT1").no_answer == ("Không sử dụng dịch vụ",)
    assert not check(folder)
