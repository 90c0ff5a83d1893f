"""A first look at columns: headers taken apart, scales by labels and numbers, bands in the order of their numbers."""

from __future__ import annotations

import hashlib

import pytest

from analysis.errors import DataError
from analysis.study import ResponsesFile
from analysis.survey.begin import Proposal, propose
from analysis.survey.begin.bands import ordered_bands
from analysis.survey.begin.known import known_variable, no_answer, orders, says
from analysis.survey.begin.seen import parts
from analysis.survey.exports import understood
from analysis.survey.raw import RawFile
from analysis.survey.read import read


def proposed(columns: dict[str, list[str]]) -> Proposal:
    rows = zip(*columns.values(), strict=True)
    text = "\n".join(["\t".join(columns), *("\t".join(row) for row in rows)]) + "\n"
    raw = text.encode()
    return propose(understood(read(RawFile("a.tsv", raw, hashlib.sha256(raw).hexdigest()), ResponsesFile("a.tsv"))))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Đào tạo [DT1. Sát với công việc]", ("Đào tạo", "DT1", "Sát với công việc")),
        ("Đào tạo［DT2: Đúng lúc］", ("Đào tạo", "DT2", "Đúng lúc")),
        ("Đào tạo [ DT3 - Ít giúp ích ]", ("Đào tạo", "DT3", "Ít giúp ích")),
        ("Đào tạo [(DT4) Có ích]", ("Đào tạo", "DT4", "Có ích")),
        ("Đào tạo [Không có mã]", ("Đào tạo", "", "Không có mã")),
        ("KQ_1. Đúng hạn", ("", "KQ_1", "Đúng hạn")),
        ("SC1", ("", "SC1", "")),
        ("Q2_GENDER", ("", "", "Q2_GENDER")),
        ("Năm 2024 anh/chị làm gì?", ("", "", "Năm 2024 anh/chị làm gì?")),
    ],
)
def test_a_header_is_taken_apart(header: str, expected: tuple[str, str, str]) -> None:
    assert parts(header) == expected


@pytest.mark.parametrize(
    "bands",
    [
        ["Dưới 7.000.000 VNĐ", "Từ 7.000.000 VNĐ đến dưới 13.000.000VNĐ",
         "Từ 13.000.000 VNĐ đến 20.000.000", "Trên 20.000.000 VNĐ"],
        ["Dưới 5 triệu", "5 - 10 triệu", "Trên 10 triệu"],
        ["Under 30", "30-39", "40-49", "50 and over"],
        ["18-29", "30-44", "45-60", "> 60"],
        ["$0 - $24,999", "$25,000 - $49,999", "$50,000 - $99,999", "$100,000 - $149,999", "$150,000+"],
        ["Chưa có kinh nghiệm", "Dưới 1 năm", "Từ 1 đến 3 năm", "Trên 3 năm"],
        ["Dưới 900 nghìn", "Từ 900 nghìn đến 2 triệu", "Trên 2 triệu"],
    ],
)  # fmt: skip
def test_bands_stand_in_the_order_of_their_numbers(bands: list[str]) -> None:
    mixed = {str(at): bands[at] for at in sorted(range(len(bands)), key=lambda at: -at * 7 % len(bands))}
    assert ordered_bands(mixed) == [str(at) for at in range(len(bands))]


@pytest.mark.parametrize(
    "labels", [["Đơn vị 01", "Đơn vị 02"], ["Nam", "Nữ"], ["Dưới 5", "Khác"], ["Xã 1", "Xã trên 2"]]
)
def test_what_is_no_band_has_no_order(labels: list[str]) -> None:
    assert ordered_bands(dict(enumerate(labels))) == []  # type: ignore[arg-type]


def test_words_are_whole_words() -> None:
    assert says("Mã phiếu", "id")
    assert not says("Ideal leader", "id")
    assert no_answer("Unfamiliar (N/A)")
    assert not no_answer("Không đồng ý")
    known = known_variable("Anh/Chị thuộc nhóm tuổi nào?")
    assert known is not None
    assert known.name.en == "Age"
    assert all(len(set(order.values())) > 2 for order in orders())


AGREE = ["Rất không đồng ý", "Không đồng ý", "Phân vân", "Đồng ý", "Rất đồng ý"]
SEVEN = ["Strongly disagree", "Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree", "Strongly agree"]


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        (AGREE, "agree5"),
        (SEVEN, "agree7"),
        ([AGREE[0], AGREE[1], AGREE[3], AGREE[4]], "agree4"),
        (["Never", "Rarely", "Sometimes", "Often", "Always"], "often5"),
        (["Poor", "Fair", "Good", "Very good", "Excellent"], "rate5"),
        (["Very poor", "Poor", "Adequate", "Good", "Excellent"], "level5"),
        (["1 - Rất không đồng ý", "2 - Không đồng ý", "3 - Phân vân", "4 - Đồng ý", "5 - Rất đồng ý"], "agree5"),
    ],
)
def test_a_scale_is_known_by_its_labels_in_any_order(levels: list[str], name: str) -> None:
    for turned in (levels, levels[::-1]):
        answers = [turned[at % len(turned)] for at in range(140)]
        found = proposed({"A1": answers, "A2": answers[3:] + answers[:3], "Y1": answers, "Y2": answers})
        [(code, scale)] = found.scales.items()
        assert code == name
        assert len(scale.levels) == len(levels)


def test_labels_of_no_dictionary_are_no_scale() -> None:
    answers = [["xanh", "đỏ", "tím", "vàng"][at % 4] for at in range(40)]
    with pytest.raises(DataError) as caught:
        proposed({"A1": answers, "A2": answers})
    assert caught.value.code == "data.no_scale"


def test_numbers_are_a_scale_only_beside_their_like() -> None:
    five = [str(1 + at % 5) for at in range(60)]
    found = proposed({"A1": five, "A2": five[1:] + five[:1], "Tuổi": [str(20 + at) for at in range(60)]})
    assert [(scale.min, scale.max) for scale in found.scales.values()] == [(1, 5)]
    assert [each.variable.kind for each in found.variables] == ["number"]


def test_a_number_far_above_its_scale_is_no_answer_and_a_slip_is_not() -> None:
    five = [str(1 + at % 5) for at in range(400)]
    found = proposed({"A1": ["99", *five[1:]], "A2": ["9", *five[1:]], "A3": ["55", *five[1:]]})
    [scale] = found.scales.values()
    assert scale.no_answer == (9, 99)  # 55 stays: the check will tell where it stands


def test_persons_are_not_proposed_as_variables() -> None:
    five = [str(1 + at % 5) for at in range(60)]
    found = proposed(
        {
            "A1": five,
            "A2": five,
            "Họ và tên": [f"Nguyễn Văn {at % 3}" for at in range(60)],
            "Liên hệ": [f"09123456{at % 9:02}" for at in range(60)],
            "Giới tính": [["Nam", "Nữ"][at % 2] for at in range(60)],
        }
    )
    assert [each.variable.name.en for each in found.variables] == ["Gender"]
    assert {each.header: each.reason for each in found.unused} == {"Họ và tên": "personal", "Liên hệ": "personal"}
