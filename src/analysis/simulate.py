"""A simulated survey with known truth, in the form in which a form tool exports it, with the mess of real files."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .study import Scale, Study, load_study

#: What the generator puts in: the effect of each latent factor on the latent outcome (all latent variances are 1).
EFFECTS = {"DT": 0.30, "TL": 0.15, "LD": 0.35, "MT": 0.20}
OUTCOME = "KQ"
LOADING = 0.75  # of every item on its construct
FACTOR_CORRELATION = 0.30
UNIT_SD = 0.20  # of the units' intercepts in the outcome
CUTS = (-1.9, -1.1, -0.1, 1.1)  # between the five levels, on the item's standard normal

RESPONDENTS = 120
SEED = 2024
STAMP = "Số liệu mô phỏng"

_CONSENT, _REFUSAL = "Đồng ý", "Không đồng ý"
_SHARES = {
    "gioi_tinh": (0.52, 0.48),
    "nhom_tuoi": (0.18, 0.41, 0.29, 0.12),
    "trinh_do": (0.16, 0.72, 0.12),
    "chuc_danh": (0.42, 0.58),
}


def simulate(study: str | Path | Study = "demo", *, seed: int = SEED) -> bytes:
    """Simulate the file of answers of the demonstration study.

    Parameters
    ----------
    study : str, Path or Study
        The demonstration's page: its items, labels, variables and headers are used.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    bytes
        A csv file (UTF-8 with byte-order mark) of 120 responses, two refusals and three repeated responses.

    Notes
    -----
    Factors are multivariate normal with equal correlations; outcome = sum of effects x factors + unit intercept +
    error, variance 1; item = loading x construct + error, cut into five levels; reverse-keyed items are turned round.
    """
    page = study if isinstance(study, Study) else load_study(study)
    rng = np.random.default_rng(seed)
    units = np.arange(RESPONDENTS) % len(page.variables["don_vi"].levels)
    answers = _answers(page, _latent(units, rng), rng)
    rows = [_row(page, at, int(units[at]), answers, rng) for at in range(RESPONDENTS)]
    return _file(_headers(page), _messy(rows, len(page.items), rng))


def _latent(units: np.ndarray[Any, Any], rng: np.random.Generator) -> dict[str, np.ndarray[Any, Any]]:
    """Factors and outcome of every respondent."""
    shared = rng.standard_normal(RESPONDENTS)
    own, common = np.sqrt(1 - FACTOR_CORRELATION), np.sqrt(FACTOR_CORRELATION)
    factors = {code: common * shared + own * rng.standard_normal(RESPONDENTS) for code in EFFECTS}
    effects = np.array(list(EFFECTS.values()))
    explained = FACTOR_CORRELATION * effects.sum() ** 2 + (1 - FACTOR_CORRELATION) * (effects**2).sum()
    intercepts = UNIT_SD * rng.standard_normal(units.max() + 1)
    error = np.sqrt(1 - explained - UNIT_SD**2) * rng.standard_normal(RESPONDENTS)
    outcome = intercepts[units] + error
    for code, effect in EFFECTS.items():
        outcome = outcome + effect * factors[code]
    return {**factors, OUTCOME: outcome}


def _answers(page: Study, latent: dict[str, np.ndarray[Any, Any]], rng: np.random.Generator) -> dict[str, list[int]]:
    """Level of every item for every respondent, reverse-keyed items as they were ticked."""
    found = {}
    for code, item in page.items.items():
        scale = page.scale_of(code)
        values = LOADING * latent[item.construct] + np.sqrt(1 - LOADING**2) * rng.standard_normal(RESPONDENTS)
        levels = scale.low + np.searchsorted(CUTS, values)
        found[code] = [int(scale.low + scale.high - level if item.reverse else level) for level in levels]
    return found


def _headers(page: Study) -> list[str]:
    """Headers as a form tool writes a grid of questions: ``Construct [CODE. text]``."""
    asked = [str(page.variables[code].column) for code in page.variables]
    items = [f"{page.constructs[item.construct].name.vi} [{code}. {item.text.vi}]" for code, item in page.items.items()]
    questions = [question.column for question in page.cleaning.screening]
    return ["Dấu thời gian", str(page.responses.id), *questions, *asked, *items, "Ghi chú nguồn"]


def _row(page: Study, at: int, unit: int, answers: dict[str, list[int]], rng: np.random.Generator) -> list[str]:
    minutes = 8 * 60 + 7 * at
    time = f"{5 + minutes // 1440:02d}/03/2024 {minutes // 60 % 24:02d}:{minutes % 60:02d}:{at * 13 % 60:02d}"
    labels = [page.variables["don_vi"].levels[f"DV{unit + 1:02d}"].vi]
    for code, shares in _SHARES.items():
        levels = list(page.variables[code].levels.values())
        labels.append(levels[int(rng.choice(len(levels), p=shares))].vi)
    items = [_label(page.scale_of(code), answers[code][at]) for code in page.items]
    return [time, f"P{at + 1:03d}", _CONSENT, *labels, *items, STAMP]


def _label(scale: Scale, level: int) -> str:
    return scale.levels[level].vi


def _messy(rows: list[list[str]], items: int, rng: np.random.Generator) -> list[list[str]]:
    """Repeated responses, refusals, typed no-answer codes, blanks, and text that only looks the same."""
    first = len(rows[0]) - 1 - items
    spots = rng.choice(len(rows) * items, size=30, replace=False)
    for number, spot in enumerate(spots):
        row, column = int(spot) // items, first + int(spot) % items
        rows[row][column] = _spoiled(rows[row][column], number)
    repeated = [list(rows[int(at)]) for at in sorted(rng.choice(len(rows), size=3, replace=False))]
    refused = [
        [rows[at][0], f"P{len(rows) + 1 + n:03d}", _REFUSAL, *[""] * (first - 3 + items), STAMP]
        for n, at in enumerate((40, 90))
    ]
    return [*rows[:41], refused[0], *rows[41:91], refused[1], *rows[91:], *repeated]


def _spoiled(text: str, number: int) -> str:
    """The cell as it comes: 4 no-answer codes, 10 blanks, 8 in decomposed form, 4 with stray spaces, 4 in capitals."""
    if number < 4:
        return "99"
    if number < 14:
        return ""
    if number < 22:
        return unicodedata.normalize("NFD", text)
    return f" {text}  " if number < 26 else text.upper()


def _file(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([headers, *rows])
    return out.getvalue().encode("utf-8-sig")
