"""A small study whose answers a test may choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.survey.responses import Responses, prepare

PAGE = """study: small
title: {vi: Khảo sát nhỏ, en: A small survey}
simulated: true
chapter: 3
nouns:
  respondent: {vi: người, en: person, en_many: people}
  unit: {vi: nhóm, en: group, en_many: groups}
  outcome: {vi: kết quả, en: the result}
  place: {vi: nơi thử, en: a test site}
responses: {file: answers.csv}
scales:
  agree5:
    levels:
      1: {vi: Rất không đồng ý, en: Strongly disagree}
      2: {vi: Không đồng ý, en: Disagree}
      3: {vi: Trung lập, en: Neutral}
      4: {vi: Đồng ý, en: Agree}
      5: {vi: Rất đồng ý, en: Strongly agree}
constructs:
  A: {role: factor, scale: agree5, name: {vi: Nhân tố A, en: Factor A}}
  B: {role: factor, scale: agree5, name: {vi: Nhân tố B, en: Factor B}}
  Y: {role: outcome, scale: agree5, name: {vi: Kết quả, en: Result}}
variables:
  team:
    name: {vi: Nhóm, en: Team}
    kind: category
    levels:
      a: {vi: Nhóm a, en: Team a}
      b: {vi: Nhóm b, en: Team b}
      c: {vi: Nhóm c, en: Team c}
      d: {vi: Nhóm d, en: Team d}
    part: unit
models:
  main: {formula: Y ~ A + B, title: {vi: Mô hình, en: Model}}
hypotheses:
  H1: {model: main, term: A, sign: "+", text: {vi: A cùng chiều với Y, en: A goes with Y}}
  H2: {model: main, term: B, sign: "-", text: {vi: B ngược chiều với Y, en: B goes against Y}}
"""


def answers(seed: int = 1, n: int = 200, b_effect: float = 0.0) -> pd.DataFrame:
    """Answers 1-5: Y rests on A (0.6) and on B as asked; three items each."""
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, n))
    y = 0.6 * a + b_effect * b + 0.6 * rng.standard_normal(n)
    columns = {}
    for code, latent in (("A", a), ("B", b), ("Y", y)):
        for item in (1, 2, 3):
            columns[f"{code}{item}"] = np.clip(np.round(3 + 0.9 * latent + 0.5 * rng.standard_normal(n)), 1, 5)
    return pd.DataFrame(columns).astype(int).assign(team=["a"] * (n - 15) + ["b"] * 12 + ["c"] * 3)


@pytest.fixture
def study(tmp_path) -> Callable[[pd.DataFrame], Responses]:
    """Prepare a study from a table of answers."""

    def make(table: pd.DataFrame) -> Responses:
        folder: Path = tmp_path / "small"
        folder.mkdir(exist_ok=True)
        (folder / "study.yml").write_text(PAGE, encoding="utf-8")
        items = [f"{code}{item},{code},,Câu {code}{item},Item {code}{item}" for code in "ABY" for item in (1, 2, 3)]
        text = "\n".join(["code,construct,reverse,text_vi,text_en", *items]) + "\n"
        (folder / "items.csv").write_text(text, encoding="utf-8")
        table.to_csv(folder / "answers.csv", index=False)
        return prepare(folder, cache=False)

    return make


@pytest.fixture
def table_of():
    """The table of answers, by seed and effect."""
    return answers
