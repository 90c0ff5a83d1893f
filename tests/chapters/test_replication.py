"""What printed tables gave, counted, and said with care."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import figure, narrate, table
from analysis.chapters.replication import replication
from analysis.report.block import numbers, plain
from analysis.study import load_study

PAGE = """\
study: prints
title: {vi: Bảng in, en: Prints}
simulated: false
tables:
  published:
    levene: {file: levene.csv}
"""


@pytest.fixture(scope="module")
def found():
    return replication(load_study("phoyen"))


def own(tmp_path: Path, p: str):
    (tmp_path / "study.yml").write_text(PAGE, encoding="utf-8")
    with (tmp_path / "levene.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["table_id", "dependent", "levene_F", "df1", "df2", "p", "source_url"])
        out.writerow(["L<1>", "y", "2.063", "3", "272", p, "https://example.org/x"])
    return replication(load_study(tmp_path))


class TestPhoYen:
    def test_the_counts_add_up(self, found):
        total = found.total
        assert (total.tables, total.checked, total.consistent, total.inconsistent) == (42, 428, 421, 7)
        for name in ("tables", "consistent", "inconsistent", "unchecked"):
            assert sum(getattr(each, name) for each in found.kinds) == getattr(total, name)

    def test_numbers_that_are_not_printed_are_not_counted(self, found):
        claims = [each for each in found.audit.checks if each.printed]
        assert len(claims) == found.total.checked + found.total.unchecked

    def test_one_table_disagrees_and_its_first_place_is_named(self, found):
        [each] = found.disagreements
        assert (each.table_id, each.first.what, each.first.printed) == ("R10", "alpha", "0.879")
        assert each.first.recomputed == pytest.approx(0.8889, abs=1e-4)
        assert (len(found.scales), len(found.reproduced)) == (19, 18)

    def test_a_disagreement_is_no_accusation(self, found):
        assert "không phải là lời quy kết" in str(narrate(found, "vi"))
        assert "no accusation" in str(narrate(found, "en"))
        for lang in ("vi", "en"):
            for word in ("bịa", "gian lận", "fabricat", "fraud", "wrong"):
                assert word not in str(narrate(found, lang)).lower()

    def test_the_figure_shows_the_span_of_rounding(self, found):
        rows = figure(found, "en").block.data["rows"]
        outside = [row["label"] for row in rows if not row["low"] <= 0 <= row["high"]]
        assert outside == ["R10 · Organisational performance"]

    @pytest.mark.parametrize("view", ["", "scales", "disagreements", "regression"])
    def test_both_languages_hold_the_same_numbers(self, found, view):
        vi, en = (list(numbers(table(found, lang, view).block)) for lang in ("vi", "en"))
        assert {each.record.id: each.record.value for each in vi} == {each.record.id: each.record.value for each in en}
        assert vi

    def test_a_regression_of_a_matrix_says_that_nobody_published_it(self, found):
        block = table(found, "en", "regression").block
        assert "not numbers that its authors published" in plain(block.notes[0].text)
        assert [plain(row.cells[0]) for row in block.rows] == ["GC", "TC", "STL"]


def test_tables_that_agree_are_said_to_agree(tmp_path):
    found = own(tmp_path, ".105")
    assert "No number contradicts" in str(narrate(found, "en"))
    block = table(found, "en", "disagreements").block
    assert (block.rows, len(block.notes)) == ((), 1)
    assert table(found, "vi", "regression").block.rows == ()


def test_a_slip_is_told_with_its_place_and_both_numbers(tmp_path):
    said = str(narrate(own(tmp_path, ".501"), "en"))
    assert "L<1>" in said
    assert "0.501" in said
    assert "0.105" in said
    assert "L&lt;1&gt;" in narrate(own(tmp_path, ".501"), "vi")._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_view_can_be_shown_where_there_is_nothing_to_show(tmp_path, lang):
    found = own(tmp_path, ".105")
    shown = [narrate(found, lang), figure(found, lang)]
    shown += [table(found, lang, view) for view in ("", "scales", "disagreements", "regression")]
    for each in shown:
        bundle = each._repr_mimebundle_()
        assert "text/html" in bundle
        assert "{" not in bundle["text/html"]
