"""`analysis new`: a first page from a real export, every guess marked, the raw file whole, nothing overwritten."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from analysis.errors import AnalysisError, DataError, StudyError
from analysis.run.begin import begin
from analysis.run.cli import main
from analysis.study import load_study
from analysis.survey import check, prepare

PROJECT = Path(__file__).resolve().parents[2]

#: A simulated export of Google Forms with the irregularities of real ones; no person gave these answers.
HEADER = [
    "Dấu thời gian",
    "Mã phiếu",
    "Anh/chị có đồng ý tham gia khảo sát không?",
    "Đào tạo, bồi dưỡng [DT1. Sát với công việc]",
    "Đào tạo, bồi dưỡng  [DT2: Đúng lúc]",
    "Đào tạo, bồi dưỡng [ DT3 - Ít giúp ích",
    "Lãnh đạo［LD1. Giao việc rõ]",
    "Lãnh đạo [LD2 Lắng nghe]",
    "Lãnh đạo [Công bằng]",
    "Mức độ hài lòng [HL1. Với thu nhập]",
    "Mức độ hài lòng [HL2. Với công việc]",
    "Giới tính",
    "Thu nhập",
    "Kênh thông tin anh/chị thường dùng",
    "Số năm công tác",
    "Ngày sinh",
    "Số điện thoại",
    "Đã học lớp bồi dưỡng?",
    "Ý kiến khác",
]
AGREE = ["Hoàn toàn không đồng ý", "Không đồng ý", "Phân vân", "Đồng ý", "Hoàn toàn đồng ý"]
CONTENT = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]
BANDS = [
    "Từ 7.000.000 VNĐ đến dưới 13.000.000VNĐ",
    "Dưới 7.000.000 VNĐ",
    "Trên 20.000.000 VNĐ",
    "Từ 13.000.000 VNĐ đến 20.000.000 VNĐ",
]
CHANNELS = [
    "Zalo",
    "Cổng dịch vụ công",
    "Zalo, Cổng dịch vụ công",
    "Báo chí, Zalo",
    "Báo chí",
    "Zalo, Khác: loa phường",
]


def answers(count: int = 60) -> list[list[str]]:
    rows = []
    for at in range(count):
        level, other = at % 5, (at * 7 + at // 5) % 5
        row = [f"{1 + at % 28:02}/03/2025 8:{at % 60:02}:00", f"P{at:03}", "Đồng ý" if at else "Không đồng ý"]
        row += [AGREE[level], AGREE[min(4, level + at % 2)], AGREE[4 - level]]
        row += [AGREE[other], AGREE[max(0, other - at % 2)], AGREE[other] if at % 9 else "Không biết"]
        row += [CONTENT[(level + other) // 2], CONTENT[(level + other + 1) // 2] if at != 7 else "99"]
        row += [["Nam", "Nữ"][at % 2], BANDS[at % 4], CHANNELS[at % 6], f"{at % 30}", f"{1 + at % 28:02}/05/1985"]
        row += [f"09123456{at:02}", ["Có", "Không"][at % 3 == 0], f"Ý kiến số {at}"]
        rows.append(row)
    return rows


def text(rows: list[list[str]], header: list[str] | None = None) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header or HEADER, *rows])
    return out.getvalue().encode("utf-8-sig")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "Khảo sát 2025.csv"
    path.write_bytes(text(answers()))
    return path


def test_a_google_form_becomes_a_study_that_is_read(export: Path, tmp_path: Path) -> None:
    made = begin(tmp_path / "Khảo sát", export)
    study = load_study(made.folder)
    assert study.id == "khao_sat"
    assert study.members == {"DT": ("DT1", "DT2", "DT3"), "LD": ("LD1", "LD2", "LD3"), "HL": ("HL1", "HL2")}
    assert study.constructs["DT"].name.vi == "Đào tạo, bồi dưỡng"
    assert (study.outcomes, study.factors) == (("HL",), ("DT", "LD"))
    assert study.models["main"].formula == "HL ~ DT + LD"
    assert study.answers.id == "Mã phiếu"
    assert study.period is not None
    assert study.period.vi == "từ 1/3/2025 đến 28/3/2025"
    [screening] = study.cleaning.screening
    assert screening.keep == ("Đồng ý",)
    assert check(study) == ()
    responses = prepare(study, cache=False)
    assert (responses.received, len(responses)) == (60, 59)


def test_scales_are_known_by_their_labels_and_not_by_their_order(export: Path, tmp_path: Path) -> None:
    study = load_study(begin(tmp_path / "s", export).folder)
    agree, content = study.scale_of("DT1"), study.scale_of("HL1")
    assert [agree.levels[code].vi for code in range(1, 6)] == AGREE
    assert [content.levels[code].en for code in (1, 5)] == ["Very dissatisfied", "Very satisfied"]
    assert "Không biết" in agree.no_answer
    assert 99 in content.no_answer
    frame = prepare(study, cache=False).frame
    assert frame["DT1"].tolist()[:4] == [2.0, 3.0, 4.0, 5.0]  # the first response did not consent


def test_respondents_are_described_with_bands_in_the_order_of_their_numbers(export: Path, tmp_path: Path) -> None:
    study = load_study(begin(tmp_path / "s", export).folder)
    income, gender = study.variables["income"], study.variables["gender"]
    assert income.kind == "ordered"
    assert list(income.levels) == [BANDS[1], BANDS[0], BANDS[3], BANDS[2]]
    assert gender.levels["Nam"].en == "Male"
    assert study.variables["tenure"].kind == "number"
    columns = {variable.column for variable in study.variables.values()}
    assert columns.isdisjoint({"Ngày sinh", "Số điện thoại", "Ý kiến khác", "Dấu thời gian"})
    learned = next(each for each in study.variables.values() if each.column == "Đã học lớp bồi dưỡng?")
    assert {words.en for words in learned.levels.values()} == {"Yes", "No"}


def test_check_boxes_become_a_variable_for_each_choice(export: Path, tmp_path: Path) -> None:
    study = load_study(begin(tmp_path / "s", export).folder)
    choices = {each.choice: code for code, each in study.variables.items() if each.choice}
    assert set(choices) == {"Zalo", "Cổng dịch vụ công", "Báo chí", "Khác"}
    frame = prepare(study, cache=False).frame
    ticked = {choice: int((frame[code] == "yes").sum()) for choice, code in choices.items()}
    expected = {choice: sum(choice in row[13] for row in answers()[1:]) for choice in choices}
    assert ticked == expected


def test_a_reverse_keyed_item_is_a_candidate_and_never_applied(export: Path, tmp_path: Path) -> None:
    made = begin(tmp_path / "s", export)
    study = load_study(made.folder)
    assert study.unconfirmed == ("DT3",)
    assert not study.items["DT3"].reverse
    assert not (prepare(study, cache=False).log.counts["rule"] == "reverse").any()


def test_every_guess_is_listed_and_confirmed_by_deleting_its_line(export: Path, tmp_path: Path) -> None:
    folder = begin(tmp_path / "s", export).folder
    guesses = load_study(folder).guesses
    assert {"title", "items", "scales.agree5", "constructs.DT", "models.main", "cleaning.screening"} <= set(guesses)
    page = (folder / "study.yml").read_text(encoding="utf-8").replace("  - constructs.DT\n", "")
    (folder / "study.yml").write_text(page, encoding="utf-8")
    assert load_study(folder).guesses == tuple(each for each in guesses if each != "constructs.DT")
    (folder / "study.yml").write_text(page.replace("  - models.main\n", "  - models.mian\n"), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    [found] = caught.value.problems
    assert (found.code, found.get("nearest")) == ("study.unknown_guess", "models.main")


def test_the_raw_file_is_copied_byte_for_byte_and_left_alone(export: Path, tmp_path: Path) -> None:
    before = export.read_bytes()
    folder = begin(tmp_path / "s", export).folder
    assert (folder / export.name).read_bytes() == before == export.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == sorted(["items.csv", "study.yml", export.name])


def test_an_existing_folder_is_never_overwritten(export: Path, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    begin(folder, export)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StudyError) as caught:
        begin(folder, export)
    assert caught.value.code == "study.exists"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_lies_in_the_folder_stays_where_it_is(export: Path, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    inside = folder / "answers.csv"
    inside.write_bytes(export.read_bytes())
    begin(folder, inside)
    assert sorted(path.name for path in folder.iterdir()) == ["answers.csv", "items.csv", "study.yml"]
    assert inside.read_bytes() == export.read_bytes()
    assert check(folder) == ()


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,x\n", b"\x80\x04N.", text([["x"] * 3], ["Họ tên", "Email", "Ghi chú"])]
)
def test_what_cannot_be_begun_leaves_nothing_behind(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(content)
    with pytest.raises(DataError):
        begin(tmp_path / "s", source)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_archive_and_a_workbook_give_the_same_page(export: Path, tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("Câu trả lời")
    for at, row in enumerate([HEADER, *answers()]):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, cell)
    book.close()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", export.read_bytes())
    found = [
        load_study(begin(tmp_path / f"s{at}", tmp_path / name).folder) for at, name in enumerate(("a.xlsx", "a.zip"))
    ]
    assert found[0].members == found[1].members == load_study(begin(tmp_path / "s", export).folder).members
    assert found[0].variables.keys() == found[1].variables.keys()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_command_says_what_comes_next(export: Path, tmp_path: Path, capsys, lang: str) -> None:
    with pytest.raises(SystemExit) as done:
        main(["new", str(tmp_path / "s"), "--from", str(export), "--lang", lang])
    said = capsys.readouterr().err
    assert not done.value.code
    assert "analysis check" in said
    assert "study.yml" in said
    with pytest.raises(SystemExit) as again:
        main(["new", str(tmp_path / "s"), "--from", str(export), "--lang", lang])
    assert again.value.code == 2
    with pytest.raises(SystemExit) as absent:
        main(["new", str(tmp_path / "t"), "--from", str(tmp_path / "no.csv"), "--lang", lang])
    assert absent.value.code == 3
    assert "Traceback" not in capsys.readouterr().err


def test_the_simulated_demo_is_recognised_down_to_its_reverse_keyed_items(tmp_path: Path) -> None:
    declared = load_study("demo")
    made = load_study(begin(tmp_path / "s", PROJECT / "data" / "raw" / "demo" / "responses.xlsx").folder)
    assert made.simulated
    assert made.members == declared.members
    assert made.outcomes == declared.outcomes
    assert set(made.unconfirmed) == {code for code, item in declared.items.items() if item.reverse}
    codes = {problem.code for problem in check(made)}
    assert codes == {"data.duplicate_id"}  # a decision that is the researcher's


REAL = {
    "vn_tiktokshop_students/raw_data.xlsx": {"SC": 4, "SI": 5, "TR": 5, "HM": 3, "SL": 4, "PP": 4, "OIB": 3},
    "psychometrics_core/csv/bfi.csv": {"A": 5, "C": 5, "E": 5, "N": 5, "O": 5},
    "exports_messy/Attitude_Statistics_v3.sav": {"K1": 7, "K2": 5},
}


@pytest.mark.parametrize("name", REAL)
def test_constructs_of_real_files(shared_dir: Path, tmp_path: Path, name: str) -> None:
    study = load_study(begin(tmp_path / "s", shared_dir / "data" / name).folder)
    assert {code: len(items) for code, items in study.members.items()} == REAL[name]
    assert check(study) == ()


def test_reverse_keyed_items_of_a_real_survey_are_found(shared_dir: Path, tmp_path: Path) -> None:
    study = load_study(begin(tmp_path / "s", shared_dir / "data" / "psychometrics_core" / "csv" / "bfi.csv").folder)
    assert set(study.unconfirmed) == {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}  # the keys of the published scoring


def test_dont_know_codes_of_a_real_survey_are_no_answers(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "data" / "citizens_kcmo_fy2022" / "kcmo_fy2022_q1.csv"
    study = load_study(begin(tmp_path / "s", source).folder)
    assert 9 in study.scale_of("q1_01").no_answer
    frame = prepare(study, cache=False).frame
    satisfied = {code: (frame[code].dropna() >= 4).mean() for code in ("q1_01", "q1_02", "q1_03", "q3_01", "q3_02")}
    published = {"q1_01": 0.7339, "q1_02": 0.5714, "q1_03": 0.6801, "q3_01": 0.4744, "q3_02": 0.7482}
    assert satisfied == pytest.approx(published, abs=5e-5)


def test_a_wrong_form_is_told(export: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    form.write_bytes(export.read_bytes())
    with pytest.raises(AnalysisError) as caught:
        begin(tmp_path / "s", export, form=form)
    assert caught.value.code == "data.no_form"


def test_a_form_gives_both_languages_groups_and_consent(tmp_path: Path) -> None:
    survey = (
        "type,name,label::Vietnamese (vi),label::English (en)\n"
        "select_one yn,dong_y,Anh/chị đồng ý tham gia khảo sát?,Do you consent?\n"
        "begin_group,dao_tao,Đào tạo,Training\n"
        "select_one agree,hoc1,Câu một,Question one\nselect_one agree,hoc2,Câu hai,Question two\nend_group,,,\n"
        "begin_group,ket_qua,Kết quả công việc,Work results\n"
        "select_one agree,lam1,Câu ba,Question three\nselect_one agree,lam2,Câu bốn,Question four\nend_group,,,\n"
        "select_one sex,gioi,Giới tính,Sex\nselect_multiple tools,may,Anh/chị dùng gì?,What do you use?\n"
    )
    levels = (
        "Rất không đồng ý,Strongly disagree",
        "Không đồng ý,Disagree",
        "Phân vân,Neutral",
        "Đồng ý,Agree",
        "Rất đồng ý,Strongly agree",
    )
    choices = "list_name,name,label::Vietnamese (vi),label::English (en)\nyn,co,Có,Yes\nyn,khong,Không,No\n"
    choices += "".join(f"agree,m{at},{words}\n" for at, words in enumerate(levels))
    choices += "sex,nam,Nam,Male\nsex,nu,Nữ,Female\n"
    choices += "tools,pc,Máy tính,Computer\ntools,dt,Điện thoại,Phone\ntools,giay,Giấy,Paper\n"
    rows = ["start,end,_uuid,_id,dong_y,dao_tao/hoc1,dao_tao/hoc2,ket_qua/lam1,ket_qua/lam2,gioi,may"]
    for at in range(40):
        a, b = at % 5, (at // 5) % 5
        rows.append(
            f"2025-03-01,2025-03-01,u{at},{at},co,m{a},m{a},m{b},m{b},"
            f"{['nam', 'nu'][at % 2]},{['pc dt', 'giay', 'dt'][at % 3]}"
        )
    for name, content in (("survey", survey), ("choices", choices), ("answers", "\n".join(rows) + "\n")):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    made = begin(
        tmp_path / "s", tmp_path / "answers.csv", form=tmp_path / "survey.csv", choices=tmp_path / "choices.csv"
    )
    study = load_study(made.folder)
    assert [each.name.vi for each in study.constructs.values()] == ["Đào tạo", "Kết quả công việc"]
    assert [each.name.en for each in study.constructs.values()] == ["Training", "Work results"]
    assert study.items["hoc1"].text.en == "Question one"
    assert study.scale_of("hoc1").levels[1].vi == "Rất không đồng ý"
    assert study.variables["gioi"].levels["nu"].en == "Female"
    assert study.outcomes == ("K2",)
    assert check(study) == ()
    frame = prepare(study, cache=False).frame
    assert frame["hoc1"].tolist()[:5] == [1.0, 2.0, 3.0, 4.0, 5.0]
    phone = next(code for code, each in study.variables.items() if each.choice == "dt")
    assert study.variables[phone].name.en == "What do you use?: Phone"
    assert (frame[phone] == "yes").sum() == sum("dt" in row for row in rows[1:])


@pytest.mark.parametrize("name", ["items.csv", "study.yml"])
def test_a_file_never_lies_on_the_page(export: Path, tmp_path: Path, name: str) -> None:
    source = tmp_path / "in" / name
    source.parent.mkdir()
    source.write_bytes(export.read_bytes())
    with pytest.raises(StudyError) as caught:
        begin(tmp_path / "s", source)
    assert caught.value.code == "study.name_taken"
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("suffix", ["sav", "dta"])
def test_labels_of_a_statistics_program_are_taken_over(tmp_path: Path, suffix: str) -> None:
    """A simulated file: items with labels and a code of their own for "not applicable", bands, a gender."""
    import pandas as pd
    import pyreadstat

    labels = {
        1: "Rất không đồng ý",
        2: "Không đồng ý",
        3: "Bình thường",
        4: "Đồng ý",
        5: "Rất đồng ý",
        9: "Không áp dụng",
    }
    bands = {1: "Trên 15 triệu", 2: "Dưới 5 triệu", 3: "Từ 5 đến 15 triệu"}
    cells = {
        code: [1 + (at * step + at // 5) % 5 for at in range(60)]
        for code, step in (("DT1", 1), ("DT2", 1), ("KQ1", 2), ("KQ2", 2))
    }
    cells["DT1"][4] = 9
    frame = pd.DataFrame({**cells, "sex": [1 + at % 2 for at in range(60)], "pay": [1 + at % 3 for at in range(60)]})
    words = ["Sát với công việc", "Đúng lúc", "Đúng hạn", "Đầy đủ", "Giới tính", "Thu nhập"]
    sets = {**dict.fromkeys(cells, labels), "sex": {1: "Nam", 2: "Nữ"}, "pay": bands}
    path = tmp_path / f"a.{suffix}"
    write = pyreadstat.write_sav if suffix == "sav" else pyreadstat.write_dta
    write(frame, str(path), column_labels=words, variable_value_labels=sets)
    study = load_study(begin(tmp_path / "s", path).folder)
    assert study.members == {"DT": ("DT1", "DT2"), "KQ": ("KQ1", "KQ2")}
    assert study.items["DT1"].text.vi == "Sát với công việc"
    assert study.scale_of("DT1").no_answer == (9,)
    assert list(study.variables["pay"].levels) == ["2", "3", "1"]
    assert study.variables["sex"].levels["2"].en == "Female"
    assert check(study) == ()
    assert prepare(study, cache=False).frame["DT1"].isna().sum() == 1


def test_decimal_commas_and_semicolons_are_read(tmp_path: Path) -> None:
    rows = ["DT1;DT2;DT3;KQ1;KQ2;Đơn vị;stt"]
    rows += [
        f"{1 + at % 5},0;{1 + at % 5},0;{1 + at % 4},0;{1 + at % 3},0;{1 + at % 5},0;{1 + at % 2},0;{at}"
        for at in range(50)
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    study = load_study(begin(tmp_path / "s", tmp_path / "a.csv").folder)
    assert study.answers.id == "stt"
    assert check(study) == ()
    assert prepare(study, cache=False).frame["DT1"].tolist()[:3] == [1.0, 2.0, 3.0]
