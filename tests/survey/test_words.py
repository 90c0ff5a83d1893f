"""Labels, columns and text: what people write is understood, what is unclear is not guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.study import Scale, Words
from analysis.study.dictionaries import dictionaries, resolved
from analysis.survey.clean import rules
from analysis.survey.clean.reverse import turned
from analysis.survey.columns import by_code
from analysis.survey.likert import labels_of
from analysis.survey.text import clean_text, fold

AGREE = resolved(Scale(dictionary="agree5"))


@pytest.mark.parametrize(
    ("scale", "written", "code"),
    [
        ("agree5", "Rất không đồng ý", 1), ("agree5", "hoàn toàn không đồng ý", 1), ("agree5", "Không đồng ý", 2),
        ("agree5", "Bình thường", 3), ("agree5", "Trung lập", 3),
        ("agree5", "Không ý kiến", 3), ("agree5", "Phân vân", 3),
        ("agree5", "Trung bình", 3), ("agree5", "Đồng ý", 4), ("agree5", "ĐỒNG Ý", 4),
        ("agree5", "Hoàn toàn đồng ý", 5),
        ("agree5", "Strongly disagree", 1), ("agree5", "STRONGLY AGREE", 5),
        ("agree5", "Neither agree nor disagree", 3),
        ("agree5", "1 - Rất không đồng ý", 1), ("agree5", "5. Rất đồng ý", 5), ("agree5", "(4) Đồng ý", 4),
        ("agree5", "3: Bình thường", 3), ("agree5", "Rất đồng ý (5)", 5), ("agree5", "4", 4), ("agree5", "4.0", 4),
        ("agree5", "Đồng ý.", 4), ("agree5", unicodedata.normalize("NFD", "Rất đồng ý"), 5), ("agree5", "Ðồng ý", 4),
        ("satisfied5", "Hài lòng", 4), ("satisfied5", "Chưa hài lòng", 2), ("satisfied5", "very satisfied", 5),
        ("often5", "Thỉnh thoảng", 3), ("often5", "Luôn luôn", 5), ("often5", "Never", 1),
        ("level5", "Rất thấp", 1), ("level5", "rất cao", 5), ("level5", "Trung bình", 3),
        ("agree5", "Rất đồng", None), ("agree5", "5. Đồng ý", None), ("agree5", "đồng ý, không đồng ý", None),
        ("agree5", "có", None), ("agree5", "Hài lòng", None), ("agree5", True, None), ("agree5", "", None),
    ],
)  # fmt: skip
def test_a_label_is_read_or_refused_never_guessed(scale: str, written: object, code: int | None) -> None:
    assert labels_of(dictionaries()[scale]).read(written) == code


def test_no_spelling_stands_for_two_levels() -> None:
    for scale in dictionaries().values():
        spellings = [fold(text) for words in scale.levels.values() for text in (words.vi, words.en)]
        spellings += [fold(text) for texts in scale.also.values() for text in texts]
        assert len(spellings) == len(set(spellings))


def test_the_pages_own_levels_win_over_the_dictionary() -> None:
    own = {level: Words(vi, vi) for level, vi in enumerate(("Rất đồng ý", "Đồng ý", "Phân vân", "Không đồng ý"), 1)}
    labels = labels_of(resolved(Scale(levels=own, dictionary="agree5")))
    assert [labels.read(text) for text in ("Rất đồng ý", "Đồng ý", "Không đồng ý")] == [1, 2, 4]


def test_a_scale_without_labels_has_limits() -> None:
    scale = resolved(Scale(min=0, max=10))
    assert (scale.low, scale.high, len(scale.levels)) == (0, 10, 11)


@given(st.sampled_from(sorted(AGREE.levels)))
def test_turning_an_answer_round_twice_gives_it_back(value: int) -> None:
    assert turned(turned(value, AGREE), AGREE) == value


@given(st.text(max_size=40))
def test_text_has_one_form(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("thuý", "thúy"),
        ("KHOẺ", "khỏe"),
        ("Ðơn vị", "đơn vị"),
        ("a\u00a0b", "a  b"),
        ("a\u200bb", "ab"),
    ],
)
def test_two_ways_to_type_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hoang", "hoàng"), ("quý", "quy"), ("cán bộ", "can bo"), ("toán", "tóan x")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("DT1", True), ("dt1", True), ("Đào tạo [DT1. Nội dung]", True), ("Đào tạo [ DT1 : Nội dung ]", True),
        ("Đào tạo[DT1-Nội dung]", True), ("Đào tạo [DT1]", True),
        ("Đào tạo [DT1 Nội dung]", True), ("DT1. Nội dung", True),
        ("DT1: Nội dung", True), ("Đào tạo [DT10. Nội dung]", False), ("DT1.2 Nội dung", False), ("DT1 là gì", False),
        ("Đào tạo [Nội dung DT1]", False), ("XDT1", False),
    ],
)  # fmt: skip
def test_a_header_carries_a_code_or_does_not(header: str, found: bool) -> None:
    assert bool(by_code("DT1", [header])) is found


def test_rules_run_in_a_fixed_order_and_have_names() -> None:
    names = [rule.ID for rule in rules()]
    assert names == [
        "text", "corrections", "hand_log", "blank_row", "repeated_header", "total_row", "test_row", "consent",
        "screening", "duplicate_id", "duplicate_answers", "skip_logic", "no_answer", "constraint", "labels",
        "suspected_missing", "out_of_range", "unit_spelling", "levels", "reverse", "incomplete", "speeders", "keying",
    ]  # fmt: skip
    assert len({rule.ORDER for rule in rules()}) == len(names)
