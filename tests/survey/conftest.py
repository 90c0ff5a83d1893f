"""A small survey: its page, its answers, and a function that writes both with something replaced."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = """\
study: small
title: {vi: Nghiên cứu nhỏ, en: Small study}
simulated: true
responses: {file: answers.csv, id: Mã phiếu}
scales:
  agree5: {dictionary: agree5, no_answer: [99]}
constructs:
  A: {role: factor, scale: agree5, name: {vi: Đào tạo, en: Training}}
  Y: {role: outcome, scale: agree5, name: {vi: Kết quả, en: Results}}
variables:
  sex:
    column: Giới tính
    name: {vi: Giới tính, en: Gender}
    kind: category
    levels: {nu: {vi: Nữ, en: Female}, nam: {vi: Nam, en: Male}}
  band:
    name: {vi: Nhóm, en: Band}
    kind: ordered
    levels: {1: {vi: Dưới 30, en: Under 30}, 2: {vi: Từ 30, en: From 30}}
  years: {name: {vi: Thâm niên, en: Tenure}, kind: number, min: 0, max: 45}
"""

ITEMS = """\
code,construct,reverse,text_vi,text_en
A1,A,,Câu một.,Question one.
A2,A,true,Câu hai.,Question two.
A3,A,guess,Câu ba.,Question three.
Y1,Y,,Câu bốn.,Question four.
Y2,Y,,Câu năm.,Question five.
"""

HEADER = [
    "Mã phiếu",
    "Giới tính",
    "band",
    "years",
    "A1",
    "Đào tạo [A2. Câu hai.]",
    "A3: Câu ba",
    "Câu bốn",
    "Question five",
    "Khác",
]
ROWS = [
    ["P1", "Nữ", "Dưới 30", "3", "5", "1", "4", "4", "5", "x"],
    ["P2", "male", "2", "10.5", "Đồng ý", "Strongly disagree", "3", "2", "Rất đồng ý", ""],
    ["P3", "nam", "Từ 30", "", "", "2", "", "1 - Rất không đồng ý", "Phân vân", ""],
    ["P4", "", "1", "0", "3", "4", "5", "99", "3", ""],
]


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.fixture
def survey(tmp_path: Path) -> Callable[..., Path]:
    """Write a survey; `page` and `cells` say what is replaced. Cells are named (line of the file, column from 0)."""

    def write(
        page: tuple[tuple[str, str], ...] = (),
        cells: dict[tuple[int, int], str] | None = None,
        more: tuple[list[str], ...] = (),
        items: str = ITEMS,
    ) -> Path:
        text = PAGE
        for old, new in page:
            assert old in text, f"{old!r} is not in the page"
            text = text.replace(old, new, 1)
        folder = tmp_path / "raw" / "small"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.yml").write_text(text, encoding="utf-8")
        (folder / "items.csv").write_text(items, encoding="utf-8")
        rows = [list(row) for row in (HEADER, *ROWS, *more)]
        for (line, column), value in (cells or {}).items():
            rows[line - 1][column] = value
        (folder / "answers.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
        return folder

    return write
