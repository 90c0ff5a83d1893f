"""Exports of survey tools: known by their signs, second headers taken out, labels and skip logic from the form."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from analysis.errors import Caution
from analysis.report.words import sentence
from analysis.study import ResponsesFile
from analysis.survey import check, prepare
from analysis.survey.columns import by_code
from analysis.survey.exports import understood
from analysis.survey.exports.form import Form, form_of
from analysis.survey.exports.relevance import UnreadableError, asked, parse
from analysis.survey.raw import RawFile, whole_file
from analysis.survey.read import RawTable, read
from analysis.survey.read.forms import form_tables

Survey = Callable[..., Path]


def table(content: bytes | str, name: str = "a.csv") -> RawTable:
    raw = content.encode() if isinstance(content, str) else content
    return read(RawFile(name, raw, hashlib.sha256(raw).hexdigest()), ResponsesFile(name))


def shared(shared_dir: Path, name: str) -> RawTable:
    return table((shared_dir / "data" / name).read_bytes(), name)


def tool(found: RawTable) -> str | None:
    notes = [note for note in found.notes if note.code == "read.export"]
    for lang in ("vi", "en"):
        assert all("{" not in sentence(note, lang) for note in found.notes)
    return str(notes[0].get("tool")) if notes else None


# ---- tools ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stamp", ["Dấu thời gian", "Timestamp"])
def test_google_forms(stamp: str) -> None:
    headers = f'{stamp},"Đào tạo [DT1. Một]","Đào tạo\n[DT2: Hai","Lương［DT3 - Ba］",Giới tính\n'
    found = understood(table(f"{headers}01/03/2025 8:00:00,Đồng ý,Phân vân,Đồng ý,Nữ\n"))
    assert tool(found) == "Google Forms"
    assert found.headers[2] == "Đào tạo [DT2: Hai]"
    assert [by_code(code, found.headers) for code in ("DT1", "DT2", "DT3")] == [[1], [2], [3]]


def test_surveymonkey() -> None:
    text = 'Respondent ID,Giới tính,"Bạn dùng gì?",,\n,Response,Máy tính,Điện thoại,Khác (ghi rõ)\n7,Nữ,Máy tính,,\n'
    found = understood(table(text))
    assert tool(found) == "SurveyMonkey"
    assert found.headers[1:4] == ("Giới tính", "Bạn dùng gì? [Máy tính]", "Bạn dùng gì? [Điện thoại]")
    assert found.lines == (3,)


def test_qualtrics_with_three_rows() -> None:
    ids = '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}"'
    found = understood(table(f"StartDate,Q1\nStart Date,Bạn có hài lòng không?\n{ids}\n2025-01-01,5\n"))
    assert tool(found) == "Qualtrics"
    assert (found.headers, found.descriptions[1]) == (("StartDate", "Q1"), "Bạn có hài lòng không?")
    assert found.cells.to_numpy().tolist() == [["2025-01-01", "5"]]
    assert found.lines == (4,)


def test_limesurvey_counts_what_was_never_submitted() -> None:
    found = understood(table("id,submitdate,lastpage,startlanguage,Q1[SQ1]\n1,2025-01-01,3,vi,A1\n2,,1,vi,\n"))
    assert tool(found) == "LimeSurvey"
    assert (found.notes[0].code, found.notes[0].get("count")) == ("read.not_submitted", 1)


def test_a_plain_table_is_left_alone() -> None:
    plain = table("id,A1,A2\n1,2,3\n2,4,5\n")
    assert understood(plain) is plain


@pytest.mark.parametrize(
    ("name", "expected", "shape"),
    [
        ("exports_messy/surveymonkey_StarWars.csv", "SurveyMonkey", (1186, 38)),
        ("exports_messy/qualtrics_TACC_2015.csv", "Qualtrics", (117, 21)),
        ("exports_messy/limesurvey_survey_100001.csv", "LimeSurvey", (3, 646)),
        ("kobo_reach_iraq/csv/cleaningtools_raw_data.csv", "KoboToolbox", (632, 348)),
        ("citizens_kcmo_fy2022/kcmo_fy2022_q1.csv", None, (1033, 160)),
        ("vn_tiktokshop_students/raw_data.xlsx", None, (361, 32)),
        ("exports_messy/Attitude_Statistics_v3.sav", None, (150, 13)),
        ("gov_uk_csps2020/csps2020_orgscores_long.csv", None, (10545, 3)),
        ("gov_uk_csps2020/csps2020_median_timeseries.csv", None, (157, 26)),
    ],
)
def test_real_exports(shared_dir: Path, name: str, expected: str | None, shape: tuple[int, int]) -> None:
    found = understood(shared(shared_dir, name))
    assert tool(found) == expected
    assert found.cells.shape == shape
    assert len(found.headers) == shape[1]


def test_no_header_row_is_left_among_the_answers(shared_dir: Path) -> None:
    wars = understood(shared(shared_dir, "exports_messy/surveymonkey_StarWars.csv"))
    assert wars.cells[0].notna().all()
    assert set(wars.cells[1].dropna()) == {"Yes", "No"}
    assert wars.headers[3].startswith("Which of the following Star Wars films have you seen?")
    tacc = understood(shared(shared_dir, "exports_messy/qualtrics_TACC_2015.csv"))
    assert tacc.descriptions[11] == "What is your gender? (click on your gender to select)"


# ---- forms ---------------------------------------------------------------------------------------------------------

SURVEY = """\
type,name,label::Tiếng Việt (vi),label::English (en),relevant
start,start,,,
note,loi_chao,Xin chào,Hello,
select_one yn,dong_y,Anh/chị đồng ý tham gia?,Do you agree?,
begin_group,chinh,Phần chính,Main,${dong_y} = 'co'
select_one agree,A1,Câu một,Question one,
select_multiple tools,may,Anh/chị dùng gì?,What do you use?,
text,may_khac,Ghi rõ,Which,"selected(${may}, 'khac')"
end_group,,,,
"""
CHOICES = """\
list_name,name,label::Tiếng Việt (vi),label::English (en)
yn,co,Có,Yes
yn,khong,Không,No
agree,sd,Rất không đồng ý,Strongly disagree
agree,sa,Rất đồng ý,Strongly agree
tools,pc,Máy tính,Computer
tools,khac,Khác,Other
"""
ANSWERS = """\
start,end,_uuid,loi_chao,dong_y,chinh/A1,chinh/may,chinh/may/pc,chinh/may/khac,chinh/may_khac
1,2,u1,,co,sa,pc khac,1,1,bảng
1,2,u2,,khong,,,,,
1,2,u3,,co,sd,pc,1,0,thừa
1,2,u4,,khong,sa,,,,
"""


def form() -> Form:
    return form_of([table(SURVEY), table(CHOICES)])


def test_an_xlsform_gives_texts_labels_and_skip_logic() -> None:
    found = understood(table(ANSWERS), form())
    assert tool(found) == "KoboToolbox"
    assert found.headers == ("start", "end", "_uuid", "dong_y", "A1", "may", *found.headers[6:])
    assert "loi_chao" not in found.headers
    at = {header: column for column, header in enumerate(found.headers)}
    assert found.descriptions[at["A1"]] == "Câu một"
    assert found.labels[at["A1"]] == {"sd": "Rất không đồng ý", "sa": "Rất đồng ý"}
    assert found.descriptions[7] == "Anh/chị dùng gì? [Khác]"
    wrong = {note.get("question"): (note.get("count"), note.get("lines")) for note in found.notes if _is_skip(note)}
    assert wrong == {"may_khac": (1, ("4",)), "A1": (1, ("5",))}


def _is_skip(note: Caution) -> bool:
    return note.code == "read.skip_logic"


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("${a} = 'x'", {"a": "x"}, True),
        ("${a} != 'x' and ${b} > 3", {"a": "y", "b": "4"}, True),
        ("not(selected(${a}, 'x')) or ${b} <= 2", {"a": "x y", "b": 3}, False),
        ("(${a} = '' or ${a} = 2.0)", {"a": None}, True),
        ("${a} = 2.0", {"a": "2"}, True),
        ("${a} < 5", {}, False),
    ],
)
def test_relevance(text: str, answers: dict[str, object], expected: bool) -> None:
    assert asked(parse(text), answers) is expected


@pytest.mark.parametrize("text", ["", "${a} +", "count(${a}) > 1", "__import__('os')", "((" * 40, "${a} = 'x' 'y'"])
def test_relevance_that_is_not_understood_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


def test_a_real_xlsform_and_its_answers(shared_dir: Path) -> None:
    folder = "kobo_reach_iraq/csv/cleaningtools_"
    made = form_of([shared(shared_dir, f"{folder}survey.csv"), shared(shared_dir, f"{folder}choices.csv")])
    assert made.languages == ("en", "ar")
    assert len(made.choices["sex"]) == 2
    found = understood(shared(shared_dir, f"{folder}raw_data.csv"), made)
    described = dict(zip(found.headers, found.descriptions, strict=True))
    assert described["primary_livelihood.savings"].endswith("[Savings]")
    assert sum(map(bool, found.descriptions)) == 337
    broken = {text for question in made.questions for text in question.relevant if not _parses(text)}
    assert len(broken) == 1  # it adds numbers up
    assert broken.pop().startswith("${tot_expenses}<(")


def _parses(text: str) -> bool:
    try:
        parse(text)
    except UnreadableError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        (". > 17 and . < 120", {".": 17}, False),
        (".> 17 and .< 120", {".": "18"}, True),
        (".=0 or .>=9999  and .<= 10000000", {".": "3e+05"}, True),
        (".<= ${total}", {".": 5, "total": 4}, False),
        ("not(selected(.,'dk') and count-selected(.)>1) and count-selected(.)<=3", {".": "a dk"}, False),
        ("regex(., '^[0]{1}[0-9]{10}$')", {".": "01234567890"}, True),
        ("regex(., '^[0]{1}[0-9]{10}$')", {".": "1234567890"}, False),
        ("string-length(.) <= 3", {".": "abcd"}, False),
    ],
)
def test_constraints(text: str, answers: dict[str, object], expected: bool) -> None:
    assert asked(parse(text), answers) is expected


@pytest.mark.parametrize(
    "text", ["regex(., '(a+)+b')", "regex(., ${a})", "regex(., '[')", ". <= today()", "filter = 1"]
)
def test_constraints_that_cannot_be_held_are_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


def test_choices_required_answers_and_other_answers_of_a_form() -> None:
    survey = (
        "type,name,label::Vietnamese,label::English (en),required,choice_filter\n"
        "select_one tinh,tinh,Tỉnh,Province,yes,\n"
        "select_one xa or_other,xa,Xã,Commune,true,tinh=${tinh}\n"
    )
    choices = (
        "list_name,name,label::Vietnamese,label::English (en),tinh\n"
        "tinh,tn,Thái Nguyên,Thai Nguyen,\ntinh,hn,Hà Nội,Hanoi,\nxa,a,Xã A,Commune A,tn\nxa,b,Xã B,Commune B,hn\n"
    )
    made = form_of([table(survey), table(choices)])
    assert made.languages == ("vi", "en")
    assert made.language == "vi"
    assert made.choices["xa"]["other"] == {"vi": "Khác", "en": "Other"}
    found = understood(table("tinh,xa\ntn,a\ntn,b\nhn,\nhn,other\n"), made)
    said = {(note.code, note.get("question")): note.get("lines") for note in found.notes}
    assert said == {("read.choice_filter", "xa"): ("3",), ("read.required", "xa"): ("4",)}


def test_a_condition_that_is_not_understood_is_named() -> None:
    made = form_of([table("type,name,label,constraint\ndate,ngay,Ngày,. <= today()\ninteger,tuoi,Tuổi,. > 17\n")])
    [note] = understood(table("ngay,tuoi\n2025-03-01,30\n"), made).notes
    assert (note.code, note.get("questions")) == ("read.conditions", ("ngay",))
    assert all("ngay" in sentence(note, lang) for lang in ("vi", "en"))


def test_a_violated_constraint_is_an_error_or_a_logged_rule(survey: Survey) -> None:
    folder = survey((("file: answers.csv,", "file: answers.csv, form: survey.csv, choices: choices.csv,"),))
    form = "type,name,label,constraint\nselect_one agree,A1,Câu một,\ninteger,years,Thâm niên,. < 5\n"
    (folder / "survey.csv").write_text(form, encoding="utf-8")
    (folder / "choices.csv").write_text("list_name,name,label\nagree,sa,Rất đồng ý\n", encoding="utf-8")
    [found] = check(folder)
    assert (found.code, found.place.line, found.get("value")) == ("data.constraint", 3, "10.5")
    assert all(". < 5" in sentence(found, lang) for lang in ("vi", "en"))
    page = (folder / "study.yml").read_text(encoding="utf-8")
    (folder / "study.yml").write_text(page + "cleaning: {constraint: missing}\n", encoding="utf-8")
    log = prepare(folder, cache=False).log
    assert [(row.before, row.after) for row in log.rows if row.rule == "constraint"] == [("10.5", None)]


def workbook(path: Path, sheets: dict[str, str]) -> Path:
    """A workbook of sheets given as csv text."""
    book = xlsxwriter.Workbook(str(path))
    for name, text in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(csv.reader(io.StringIO(text))):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, column, cell)
    book.close()
    return path


def test_a_real_form_is_the_same_as_a_workbook(shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "kobo_reach_iraq" / "csv"
    parts = {name: folder / f"cleaningtools_{name}.csv" for name in ("survey", "choices")}
    sheets = {name: path.read_text(encoding="utf-8-sig") for name, path in parts.items()}
    book = workbook(tmp_path / "form.xlsx", {**sheets, "settings": "form_title\nTal Afar\n"})
    found = form_of(form_tables([whole_file(book)]))
    same = form_of(form_tables([whole_file(path) for path in parts.values()]))
    names = [question.name for question in found.questions]
    assert names == [question.name for question in same.questions]
    assert found.choices.keys() == same.choices.keys()
    rules = [question.constraint for question in found.questions if question.constraint]
    assert len(rules) == 81
    unread = {rule for rule in rules if not _parses(rule)}
    assert unread == set()
    assert sum(question.required for question in found.questions) == sum(each.required for each in same.questions) > 150
    by_name = {question.name: question for question in found.questions}
    assert by_name["gps_point_interview"].filter == "filter=${neighbourhood}"
    assert by_name["age_hoh"].group == "hh_info"
    answers = understood(shared(shared_dir, "kobo_reach_iraq/csv/cleaningtools_raw_data.csv"), found)
    assert len(answers.constraints) > 50
    assert len(answers.several) > 10


def test_a_real_limesurvey_structure(shared_dir: Path) -> None:
    made = form_of([shared(shared_dir, "exports_messy/limesurvey_structure_multilingual.tsv")])
    assert made.languages == ("en", "nl")
    assert made.choices["onlyQuestion"]["1"] == {
        "en": "This is the first answer option",
        "nl": "Dit is antwoordoptie 1",
    }


def test_a_study_with_a_form_is_prepared_and_checked(survey: Survey) -> None:
    folder = survey((("file: answers.csv,", "file: answers.csv, form: survey.csv, choices: choices.csv,"),))
    (folder / "survey.csv").write_text("type,name,label\nselect_one agree,A1,Câu một\n", encoding="utf-8")
    (folder / "choices.csv").write_text("list_name,name,label\nagree,sa,Rất đồng ý\n", encoding="utf-8")
    answers = (folder / "answers.csv").read_text(encoding="utf-8").replace("P1,Nữ,Dưới 30,3,5", "P1,Nữ,Dưới 30,3,sa")
    (folder / "answers.csv").write_text(answers, encoding="utf-8")
    assert check(folder) == ()
    found = prepare(folder)
    assert found.frame["A1"].tolist()[0] == 5
    assert [name for name, _ in found.inputs] == ["answers.csv", "survey.csv", "choices.csv"]
    (folder / "survey.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert [each.code for each in check(folder)] == ["data.no_form"]
