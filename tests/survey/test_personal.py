"""Personal data are found by headers and by values, on generated cases; harmless columns are left alone."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import Caution, DataError
from analysis.report.words import catalogue, languages, sentence
from analysis.study import ResponsesFile, load_study
from analysis.survey import check, prepare
from analysis.survey.personal import KINDS, kinds_of, warnings
from analysis.survey.raw import RawFile
from analysis.survey.read import read

Survey = Callable[..., Path]
RNG = np.random.default_rng(91_2025)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

SURNAMES = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Đoàn", "Lâm", "Mai", "Trịnh", "Đào", "Hà", "Cao",
    "Lương", "Lưu", "Phùng", "Tô", "Tạ", "Chu", "Châu", "Thái", "Quách", "Nông", "Triệu", "Kiều",
    "Tăng", "Hứa", "Nghiêm", "Lò", "Giàng", "Vàng", "Thào", "Sùng", "Ksor", "Siu", "Rmah", "Niê",
]  # fmt: skip
MIDDLE = [
    "Văn", "Thị", "Đức", "Minh", "Ngọc", "Thanh", "Hữu", "Quang", "Thu", "Xuân",
]  # fmt: skip
GIVEN = [
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hạnh", "Hương", "Khánh", "Lan", "Linh", "Long",
    "Nam", "Nga", "Phúc", "Quân", "Sơn", "Thảo", "Trang", "Tuấn", "Vy", "Yến",
]  # fmt: skip


def digits(count: int) -> str:
    return "".join(map(str, RNG.integers(0, 10, count)))


def pick(choices: list[str]) -> str:
    return choices[int(RNG.integers(len(choices)))]


def grouped(text: str, sizes: tuple[int, ...]) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return pick([" ", ".", "-"]).join(parts)


def card() -> object:
    number = "0" + digits(11)
    within = [number, f"CCCD: {number}", f"số {number}, cấp 2021", f"{number}.", grouped(number, (3, 3, 3, 3))]
    return pick([number, *within])


def old_card() -> object:
    number = digits(9)
    return pick([number, grouped(number, (3, 3, 3)).replace("-", " ")])


def phone() -> object:
    rest = pick(list("35789")) + digits(8)
    local = "0" + rest
    forms = [
        local, f"+84{rest}", f"84{rest}", f"+84 {rest}", f"(+84) {rest}", grouped(local, (4, 3, 3)), f"gọi {local} nhé",
        grouped(local, (3, 3, 4)), f"ĐT: {local}", f"{local} (Zalo)", f"+84 {grouped(rest, (3, 3, 3))}",
    ]  # fmt: skip
    return pick(forms)


def email() -> object:
    name = pick(["nguyenvana", "tran.b", "le_c", "pham-d", "hoang+x"]) + digits(2)
    where = pick(["gmail.com", "phuyen.gov.vn", "yahoo.com.vn", "dthu.edu.vn"])
    return pick([f"{name}@{where}", f"Email: {name}@{where}", f"{name.upper()}@{where}", f"<{name}@{where}>;"])


def birth() -> object:
    day, month, year = int(RNG.integers(1, 29)), int(RNG.integers(1, 13)), int(RNG.integers(1955, 2008))
    made = datetime.date(year, month, day)
    texts = [f"{day:02d}/{month:02d}/{year}", f"{day}-{month}-{year}", made.isoformat(), f"{day}.{month}.{year}"]
    return [*texts, made, datetime.datetime(year, month, day), f"ngày {day} tháng {month} năm {year}"][
        int(RNG.integers(len(texts) + 3))
    ]


def name() -> object:
    given = pick(GIVEN)
    middle = [pick(MIDDLE)] if RNG.random() < 0.8 else []
    full = " ".join([pick(SURNAMES), *middle, given])
    plain = full.translate(str.maketrans("ễầêạàỳếăũõặùỗồôơýâịáưáệđĐứấộốíởửữẩằ", "eaeaayeauoauooooyaiauaedDuaooiouuaa"))
    return pick([full, full, full.upper(), plain if plain.isascii() else full])


MAKERS = {"national_id": card, "phone": phone, "email": email, "birth": birth, "name": name}


@pytest.mark.parametrize("kind", MAKERS)
def test_columns_of_generated_values_are_found(kind: str) -> None:
    """Two hundred columns under a header that says nothing."""
    columns = [{str(MAKERS[kind]()) if kind != "birth" else MAKERS[kind]() for _ in range(12)} for _ in range(200)]
    found = sum(kind in kinds_of("Câu 7", values) for values in columns)
    assert found / len(columns) >= 0.98


@pytest.mark.parametrize("kind", ["national_id", "phone", "email"])
def test_one_value_among_open_answers_is_enough(kind: str) -> None:
    opinions = ["Cần tăng lương.", "Không có ý kiến", "Đề nghị mua 12 máy tính", "2024", "0.853412345678", "3,5 triệu"]
    cases = [MAKERS[kind]() for _ in range(500)]
    found = sum(kind in kinds_of("Ý kiến khác", [*opinions, case]) for case in cases)
    assert found / len(cases) >= 0.98
    assert kinds_of("Ý kiến khác", opinions) == ()


def test_old_cards_are_found_as_text_and_as_numbers() -> None:
    assert "national_id" in kinds_of("Mã", [old_card() for _ in range(10)])
    assert "national_id" in kinds_of("Mã", [int("2" + digits(8)) for _ in range(10)])
    assert "national_id" in kinds_of("Mã", [float("1" + digits(10)) for _ in range(10)])  # a card without its 0
    assert "national_id" in kinds_of("Ghi chú", ["CMND 221 345 678", "không"])


HEADERS = {
    "name": ["Họ và tên", "HỌ TÊN", "1. Họ tên của Anh/Chị:", "Họ & tên", "Full name", "Respondent name"],
    "birth": ["Ngày sinh", "Năm sinh của Ông/Bà", "Ngày, tháng, năm sinh", "Date of birth", "DOB"],
    "phone": ["Số điện thoại", "SĐT liên hệ", "Phone number", "Điện thoại (Zalo)"],
    "email": ["Email", "Địa chỉ email", "E-mail:", "Thư điện tử"],
    "national_id": ["Số CCCD", "Căn cước công dân", "CMND/CCCD", "Số định danh cá nhân", "Passport"],
    "sensitive": ["Dân tộc", "Tôn giáo", "Anh/Chị là đảng viên?", "Ngày vào Đảng", "Religion", "Ethnicity"],
    "address": ["Địa chỉ", "Nơi ở hiện nay", "Quê quán", "IP Address"],
}


@pytest.mark.parametrize(("kind", "header"), [(kind, header) for kind, each in HEADERS.items() for header in each])
def test_headers_are_found_whatever_stands_below(kind: str, header: str) -> None:
    assert kind in kinds_of(header, ["x", "Có"])


HARMLESS: list[tuple[str, list[object]]] = [
    ("Dấu thời gian", ["2024/05/01 10:11:12 SA", "2024/05/02 08:00:00 CH"]),
    ("Timestamp", [datetime.datetime(2024, 5, 1, 10, 2), datetime.datetime(2024, 5, 2)]),
    ("Đơn vị công tác của Anh/Chị", ["Phường Bình Kiến", "Xã Xuân Thọ", "UBND xã Sơn Thành"]),
    ("Tỉnh", ["Hà Nội", "Lâm Đồng", "Thái Nguyên", "Phú Yên"]),
    ("Trình độ", ["Trung cấp", "Cao đẳng", "Đại học", "Sau đại học"]),
    ("Chức vụ", ["Chủ tịch", "Phó Chủ tịch", "Văn phòng – thống kê", "Tư pháp – hộ tịch"]),
    ("Thâm niên", [3, 10.5, 27]),
    ("Điểm", [0.853412345678, 84.912345678, -0.3123456789]),
    ("_id", [123456789, 223456789, 323456789]),
    ("Giới tính", ["Nam", "Nữ"]),
    ("DT1", ["Rất đồng ý", "Đồng ý", 4]),
    ("Tên đơn vị", ["Đơn vị 01", "Đơn vị 02"]),
    ("Mức độ hài lòng với email công vụ nội bộ được trả lời nhanh", []),
]


@pytest.mark.parametrize(("header", "values"), HARMLESS)
def test_harmless_columns_are_left_alone(header: str, values: list[object]) -> None:
    if values:
        assert kinds_of(header, values) == ()


def test_the_warning_names_the_column_and_never_a_value() -> None:
    secret = "0912345678"
    table = read(RawFile("a.csv", f"Họ tên,Liên hệ\nNguyễn Văn A,{secret}\n".encode(), ""), ResponsesFile("a.csv"))
    found = list(warnings(table))
    assert [(each.code, each.get("column")) for each in found] == [
        ("personal.name", "Họ tên"),
        ("personal.phone", "Liên hệ"),
    ]
    for lang in languages():
        said = " ".join(sentence(each, lang) for each in found)
        assert "Họ tên" in said
        assert secret not in said
        assert "Nguyễn" not in said
    assert list(warnings(table, {0, 1})) == []


def test_every_kind_has_its_sentence() -> None:
    assert {f"caution.personal.{kind}" for kind in KINDS} <= catalogue("vi").keys()


def test_the_log_keeps_the_warning_and_check_says_it(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    from analysis.run.cli import main

    folder = survey(cells={(2, 9): "liên hệ 0912 345 678"})
    assert [(each.code, each.get("column")) for each in prepare(folder).log.reading] == [("personal.phone", "Khác")]
    assert prepare(folder).log.reading[0].code == "personal.phone"  # kept with the answers
    assert check(folder) == ()
    for lang, word in (("vi", "số điện thoại"), ("en", "telephone numbers")):
        with pytest.raises(SystemExit) as stopped:
            main(["check", str(folder), "--lang", lang])
        said = capsys.readouterr().err
        assert stopped.value.code == 0
        assert word in said
        assert "Khác" in said
        assert "0912" not in said


def test_check_warns_also_where_the_file_is_wrong(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    from analysis.run.cli import main

    folder = survey(cells={(2, 9): "liên hệ 0912 345 678", (3, 4): "77"})
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(folder), "--lang", "en"])
    assert stopped.value.code == 3
    assert "telephone numbers" in capsys.readouterr().err


def test_the_simulated_study_and_its_items_raise_no_alarm() -> None:
    assert [each for each in prepare(load_study("demo")).log.reading if each.code.startswith("personal.")] == []


def real_tables() -> Iterator[tuple[str, tuple[Caution, ...], int]]:
    for folder in ("vn_papi_2011_2024", "vn_tiktokshop_students", "multilevel_army", "psychometrics_core"):
        for path in sorted((SHARED / folder).rglob("*.csv"))[:40]:
            try:
                table = read(RawFile(path.name, path.read_bytes(), ""), ResponsesFile(path.name))
            except DataError:  # an unclear file is other tests' matter
                continue
            yield path.name, tuple(warnings(table)), len(table.headers)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not beside the checkout")
def test_real_files_without_personal_data_raise_hardly_any_alarm() -> None:
    found = list(real_tables())
    columns = sum(width for *_, width in found)
    alarms = sum(len({each.get("column") for each in said}) for _, said, _ in found)
    assert columns > 500
    assert alarms / columns <= 0.01


def test_an_address_of_mail_is_no_place_where_somebody_lives() -> None:
    assert kinds_of("Địa chỉ email", ["a@b.vn"]) == ("email",)
    assert kinds_of("Địa chỉ nhà và email", ["a@b.vn"]) == ("email", "address")
    assert kinds_of("Địa chỉ liên hệ", ["x"]) == ("address",)
