"""A small correct page, and a function that writes it with something replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = """\
study: small
title: {vi: Nghiên cứu nhỏ, en: Small study}
simulated: true
responses: {file: answers.csv}
scales:
  agree5: {dictionary: agree5}
constructs:
  A: {role: factor, scale: agree5, name: {vi: Đào tạo, en: Training}}
  Y: {role: outcome, scale: agree5, name: {vi: Kết quả, en: Results}}
variables:
  sex:
    name: {vi: Giới tính, en: Gender}
    kind: category
    levels: {1: {vi: Nữ, en: Female}, 2: {vi: Nam, en: Male}}
models:
  main: {formula: Y ~ A + sex, title: {vi: Mô hình, en: Model}}
hypotheses:
  H1: {model: main, term: A, sign: "+", text: {vi: Cùng chiều, en: Positive}}
"""

ITEMS = """\
code,construct,reverse,text_vi,text_en
A1,A,,Câu một.,Question one.
A2,A,true,Câu hai.,Question two.
A3,A,guess,Câu ba.,Question three.
Y1,Y,,Câu bốn.,Question four.
"""


@pytest.fixture
def write_page(tmp_path: Path) -> Callable[..., Path]:
    """Write the page and its items, each pair of texts replaced, and give the folder."""

    def write(*page: tuple[str, str], items: tuple[tuple[str, str], ...] = ()) -> Path:
        for name, text, changes in (("study.yml", PAGE, page), ("items.csv", ITEMS, items)):
            for old, new in changes:
                assert old in text, f"{old!r} is not in the page"
                text = text.replace(old, new, 1)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write
