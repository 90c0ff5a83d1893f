"""Sentences beside tables: what theses write, and what the rules say of it."""

from __future__ import annotations

import pytest

from analysis.published.audit import audit
from analysis.published.lint import RULES, lint
from analysis.published.sheet import Sheet

MODEL = {"table_id": "T", "R": ".750", "R2": ".563", "adj_R2": ".548"}
BETAS = [
    {"table_id": "T", "term": name, "beta": beta, "VIF": "1.000"} for name, beta in (("F1", ".204"), ("F2", ".310"))
]
T_TEST = [
    {"table_id": "T", "dependent": "y", "variant": "equal", "levene_p": ".643", "p": ".924"},
    {"table_id": "T", "dependent": "y", "variant": "welch", "levene_p": ".643", "p": ".923"},
]
ITEMS = [{"table_id": "T", "scale": "S", "item": f"q{at}"} for at in range(7)]
SHEET = Sheet(
    "T",
    {
        "models": [MODEL], "coefficients": BETAS, "t_tests": T_TEST, "reliability": ITEMS,
        "anova": [{"df_between": "3", "df_within": "233"}], "kmo": [{"KMO": ".8", "df": "210"}],
    },
)  # fmt: skip
BARE = Sheet("T", {})


@pytest.mark.parametrize(
    ("rule", "sentence", "sheet"),
    [
        ("sig_reversed", "Sig. = 0,923 > 0,05 nên có sự khác biệt về mức độ thỏa mãn giữa nam và nữ.", BARE),
        ("sig_reversed", "Vì Sig. = 0,012 < 0,05 nên không có sự khác biệt giữa các nhóm tuổi.", BARE),
        ("sig_reversed", "There is a significant difference between groups (p = .235).", BARE),
        ("welch_row", "Kết quả kiểm định t có Sig. = .923 nên hai nhóm giống nhau.", SHEET),
        ("beta_percent", "Hệ số beta của F1 là .204 nghĩa là F1 quan trọng 20,4 %.", BARE),
        ("r2_swapped", "R² hiệu chỉnh = 0,563 cho thấy mô hình phù hợp.", SHEET),
        ("r2_swapped", "R² hiệu chỉnh là .563, tức các biến độc lập giải thích được 54,8 % biến thiên.", BARE),
        ("item_count", "Thang đo gồm 4 biến quan sát.", SHEET),
        ("bartlett_df", "Kiểm định Bartlett có độ lệch chuẩn 210 và Sig. < 0,05.", BARE),
        ("bartlett_df", "Kiểm định Bartlett: df = 0,300.", BARE),
        ("df_of_other_data", "ANOVA cho F(3, 152) = 2,1.", SHEET),
        ("orthogonal_vif", "Các VIF đều bằng 1,000 nên không có hiện tượng đa cộng tuyến.", BARE),
        ("orthogonal_vif", "There is no multicollinearity.", SHEET),
        ("sig_zero", "Kết quả có Sig. = 0,000.", BARE),
        ("levene_stops_anova", "Sig. Levene = 0,02 < 0,05 nên không thể phân tích ANOVA.", BARE),
        ("levene_stops_anova", "The variances differ, so we cannot run ANOVA.", BARE),
        ("pca_only", "Có 6 nhân tố được trích với Eigenvalue > 1.", BARE),
    ],
)  # fmt: skip
def test_a_usual_misreading_is_found(rule, sentence, sheet):
    assert rule in {found.rule for found in lint(sentence, sheet)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Sig. = 0,924 > 0,05 nên không có sự khác biệt về mức độ thỏa mãn giữa nam và nữ.",
        "Vì Sig. = 0,012 < 0,05 nên có sự khác biệt giữa các nhóm tuổi.",
        "Chưa có sự khác biệt có ý nghĩa thống kê (p = 0,31).",
        "No significant difference was found (p = .31).",
        "There is a significant difference between groups (p = .035).",
        "Sig. = 0,08 < 0,1 nên có sự khác biệt ở mức ý nghĩa 10%.",
        "Kết quả kiểm định t có Sig. = .924 nên không có khác biệt.",
        "R² hiệu chỉnh = 0,548: các biến độc lập giải thích được 54,8 % biến thiên.",
        "Biến F1 có beta = .204, tác động cùng chiều.",
        "Thang đo gồm 7 biến quan sát.",
        "Kiểm định Bartlett: df = 210, p < 0,001.",
        "ANOVA cho F(3, 233) = 2,1; p = 0,10.",
        "Phương sai không bằng nhau nên dùng kiểm định Welch.",
        "Sig. = 0,643 > 0,05 nên phương sai hai nhóm không khác nhau.",
    ],
)
def test_a_right_sentence_is_left_alone(sentence):
    assert lint(sentence, SHEET) == ()


def test_every_misreading_of_theses_has_its_rule():
    assert len(RULES) == 11


def test_the_audit_reads_sentences_beside_their_tables():
    rows = [{"table_id": "T", "sentence": "Sig. = 0,923 > 0,05 nên có sự khác biệt."}]
    [found] = audit({"sentences": rows}).checks
    assert (found.verdict, found.reason) == ("inconsistent", "sig_reversed")


def test_advice_is_no_contradiction():
    rows = [{"table_id": "T", "sentence": "Sig. = 0,000"}]
    [found] = audit({"sentences": rows}).checks
    assert (found.verdict, found.reason) == ("cannot check", "sig_zero")
