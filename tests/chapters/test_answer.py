"""The answer on one page: nothing new, nothing lost, and in words that nobody can take for a percentage of effect."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest

from analysis import narrate, prepare, table
from analysis.chapters.answer import answer
from analysis.chapters.performance_factors import performance_factors
from analysis.chapters.robustness import robustness
from analysis.report.block import Narrative, Paragraph, numbers, plain
from analysis.report.document.formats.pdf import pdf
from analysis.report.document.layout import layout
from analysis.report.document.model import Document, Heading, Part, Section, numbered
from analysis.simulate import truth_of


@pytest.fixture(scope="module")
def demo():
    responses = prepare("demo")
    return responses, robustness(responses)


@pytest.fixture
def small(study, table_of):
    responses = study(table_of(b_effect=0.0, n=200).assign(team=["a", "b", "c", "d"] * 50))
    findings = robustness(responses)
    return responses, findings, answer(findings, responses)


def flat(shown) -> str:
    return str(shown).replace("\N{NO-BREAK SPACE}", " ")


def test_every_number_is_that_of_its_own_chapter(small):
    responses, strip, found = small
    chapter = performance_factors(responses)
    b = {row.term: row for row in chapter.regression.coefficient_rows}
    parts = {row.term: row for row in chapter.dominance.term_rows}
    shares = {row.term: row.share for row in chapter.importance.term_rows}
    for row in found.rows:
        own = b[row.term]
        assert (row.b, row.se, row.low, row.high, row.p) == (own.b, own.se, own.low, own.high, own.p)
        assert row.share == shares[row.term]
        assert (row.rank, row.same_rank) == (parts[row.term].rank, parts[row.term].same_rank)
        ways = strip.of(row.term)
        assert (row.held, row.ways) == (sum(way.same for way in ways), len(ways))
        assert row.others == tuple(way.choice for way in ways if not way.same)
    assert [row.rank for row in found.rows] == sorted(row.rank for row in found.rows)


def test_real_data_have_no_truth_and_no_column_for_it(small):
    _, _, found = small
    assert all(row.true is None and row.covered is None for row in found.rows)
    assert "true" not in [column.name for column in table(found, "en").block.columns]
    assert "true B" not in flat(table(found, "en"))


def test_the_truth_stands_beside_the_simulated_answer(demo):
    responses, strip = demo
    found, known = answer(strip, responses), truth_of(responses.study)
    for row in found.rows:
        assert row.true == known.term(row.term).b
        assert row.covered is (row.low <= row.true <= row.high)
    said = flat(table(found, "en"))
    assert f"{sum(row.covered for row in found.rows)} of 6 intervals hold the true B" in said
    outside = replace(found, rows=tuple(replace(row, true=row.high + 1) for row in found.rows))
    assert "outside the interval" in flat(table(outside, "en"))
    assert "nằm ngoài khoảng" in flat(table(outside, "vi"))
    assert "0 of 6 intervals" in flat(table(outside, "en"))


def test_a_sentence_for_each_factor_says_how_much_and_which_choices_overturn_it(demo):
    responses, strip = demo
    found = answer(strip, responses)
    for lang, words in (("en", "points higher on average"), ("vi", "điểm")):
        said = [plain(note.text) for note in table(found, lang).block.notes if note.kind == "finding"]
        assert len(said) == 1 + len(found.rows) == 7
        assert all(words in each for each in said[1:] if "evidence" not in each)
    others = [row for row in found.rows if row.others]
    text = flat(table(found, "en"))
    for row in others:
        assert f"holds in {row.held} of {row.ways} ways, not with: " in text
    assert text.count("holds in all") == len(found.rows) - len(others)


def test_no_coefficient_is_a_percentage_and_cause_is_disclaimed(demo):
    responses, strip = demo
    found = answer(strip, responses)
    for lang, caution in (
        ("vi", "không phải bằng chứng rằng nâng một nhân tố"),
        ("en", "no proof that work performance would change"),
    ):
        block = table(found, lang).block
        assert [note.kind for note in block.notes][-1] == "caution"
        assert caution in flat(table(found, lang))
        for each in numbers(block):
            if each.record.statistic in ("b", "low", "high") and each.record.id.startswith("regression"):
                assert "%" not in each.text
        for row in found.rows:
            b = f"{row.b:.3f}".replace(".", "," if lang == "vi" else ".")
            assert not re.search(rf"{re.escape(b)}\s*%", flat(table(found, lang)))


@pytest.mark.parametrize("sign", [1, -1])
def test_directions_are_said(small, sign):
    _, _, found = small
    first = found.rows[0]
    turned = replace(found, rows=(replace(first, b=sign * abs(first.b), p=0.001), *found.rows[1:]))
    text = flat(table(turned, "en"))
    assert ("goes with lower the result" in text) is (sign < 0)
    text = flat(table(replace(turned, scores=False), "en"))
    assert "one unit of measurement higher" in text
    assert "one point higher" not in text


def test_what_does_not_fit_on_the_page_follows_it(small):
    _, _, found = small
    many = replace(found, rows=tuple(replace(found.rows[0], term=f"x{at}") for at in range(9)))
    assert [note.kind for note in table(many, "vi").block.notes] == ["finding", "note", "caution"]
    assert len(narrate(many, "vi").block.paragraphs) == 9
    assert narrate(found, "vi").block.paragraphs == ()
    assert layout(table(found, "vi").block).short


def test_r2_that_cannot_be_divided_leaves_its_columns_out(small):
    _, _, found = small
    bare = [replace(row, share=None, share_low=None, share_high=None, rank=None, same_rank=None) for row in found.rows]
    shown = table(replace(found, rows=tuple(bare), resamples=0), "en")
    assert not {"share", "rank"} & {column.name for column in shown.block.columns}
    assert "cannot be divided" in flat(shown)
    assert "% of R²" not in flat(shown).split("Note")[0].split("\n")[1]


def test_both_languages_hold_the_same_numbers(demo):
    responses, strip = demo
    found = answer(strip, responses)
    for verb in (table, narrate):
        vi, en = (verb(found, lang) for lang in ("vi", "en"))
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in (vi, en)]
        assert ids[0] == ids[1]
        assert all(n.record.function.startswith("analysis.") for n in numbers(vi.block))
        assert "answer." not in flat(vi) + flat(en)
        assert not {"nan", "inf", "None"} & set(flat(en).split())
    assert np.isfinite([n.record.value for n in numbers(table(found, "vi").block)]).all()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_stands_on_one_page_of_paper_under_its_heading(demo, lang):
    responses, strip = demo
    block = table(answer(strip, responses), lang).block
    before = Narrative(tuple(Paragraph(("x " * 200,)) for _ in range(4)))
    elements = (Heading("A", 1), before, Heading("THE PAGE", 2, page=True), block, Heading("AFTER", 2))
    [(section, found)] = numbered([Section("08_robustness", elements)], 4)
    made = pypdfium2.PdfDocument(
        pdf(Document("findings", lang, "thesis", "T", "S", (Part(section.notebook, found),), chapter=4))
    )
    texts = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in made]
    [on] = [text for text in texts if "THEPAGE" in text]
    for text in (block.caption, *(note.text for note in block.notes), (f"({block.source})",)):
        assert re.sub(r"\s", "", plain(text)) in on
