"""Answers that leave little to compute: every notebook goes through to its end, and no number is without end."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.report.block import MIME, Figure, Narrative, Table, from_json, numbers
from analysis.run.begin import begin
from analysis.run.engine import engine
from analysis.run.execute import execute
from analysis.run.plan import Job, notebooks, project_root

HEADER = ["DT1", "DT2", "DT3", "LD1", "LD2", "LD3", "KQ1", "KQ2", "KQ3"]


def one_item_never_varies(draw: random.Random) -> list[list[object]]:
    return [[3, *(draw.randint(2, 4) for _ in range(7)), 5] for _ in range(60)]


def few_respondents(draw: random.Random) -> list[list[object]]:
    return [[draw.randint(1, 5) for _ in HEADER] for _ in range(12)]


def many_holes(draw: random.Random) -> list[list[object]]:
    return [[draw.randint(1, 5) if draw.random() > 0.6 else "" for _ in HEADER] for _ in range(90)]


@pytest.mark.parametrize("made", [one_item_never_varies, few_respondents, many_holes])
def test_every_chapter_ends(made: Callable[[random.Random], list[list[object]]], tmp_path: Path) -> None:
    """A chapter without a factor solution stopped the whole run; so did resamples that cannot be computed."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *made(random.Random(2))])
    (tmp_path / "a.csv").write_text(out.getvalue(), encoding="utf-8")
    folder = begin(tmp_path / "s", tmp_path / "a.csv").folder
    chapters = [each for each in notebooks(project_root() / "notebooks") if each.name[:2] in ("03", "04", "06")]
    assert len(chapters) == 3
    with engine() as used:
        for chapter in chapters:
            done = execute(Job(str(folder), chapter, "vi", {"study": str(folder), "lang": "vi"}), used)
            for cell in done.notebook["cells"]:
                for output in cell.get("outputs", ()):
                    if MIME in output.get("data", {}):
                        block = from_json(output["data"][MIME])
                        assert isinstance(block, (Table, Figure, Narrative))
                        assert all(math.isfinite(each.record.value) for each in numbers(block))
