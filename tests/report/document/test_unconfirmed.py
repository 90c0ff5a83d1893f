"""What of a study was guessed stands in every chapter, on every sheet of paper and in every description of the data."""

from __future__ import annotations

import json
import random
from html import unescape
from pathlib import Path

import pypdfium2
import pytest

from analysis import narrate, prepare
from analysis.chapters.careless import careless_answers
from analysis.chapters.cleaning import cleaning
from analysis.chapters.reliability import reliability
from analysis.report.block import Narrative, plain, to_json
from analysis.report.document.findings import Findings, findings_document
from analysis.report.document.formats.pdf import pdf
from analysis.report.document.html import document_html
from analysis.report.document.model import Section
from analysis.report.document.notebook import section_of
from analysis.report.document.unconfirmed import running, unconfirmed
from analysis.report.export import dataset, exported
from analysis.report.pen import Pen
from analysis.run.begin import begin
from analysis.study import load_study
from analysis.survey import Responses


@pytest.fixture(scope="module")
def guessed(tmp_path_factory: pytest.TempPathFactory) -> Responses:
    """Answers of a study whose page nobody has read; its second construct has an item that seems to run backwards."""
    folder: Path = tmp_path_factory.mktemp("guessed")
    draw = random.Random(5)
    lines = ["A1,A2,A3,B1,B2,B3,Giới tính"]
    for _ in range(120):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        one = [min(5, max(1, round(3 + a + draw.gauss(0, 0.6)))) for _ in range(3)]
        two = [min(5, max(1, round(3 + sign * b + draw.gauss(0, 0.6)))) for sign in (1, 1, -1)]
        lines.append(",".join([*map(str, one + two), draw.choice(["Nam", "Nữ"])]))
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    return prepare(begin(folder / "s", folder / "a.csv").folder, cache=False)


def said(responses: Responses, lang: str) -> str:
    [text] = unconfirmed(responses.study, Pen(lang, responses.study))
    return plain(text)


def as_notebook(*shown: object) -> dict[str, object]:
    """A notebook that shows some blocks one after the other."""
    outputs = [{"output_type": "display_data", "data": each._repr_mimebundle_()} for each in shown]  # type: ignore[attr-defined]
    return {"cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}]}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_chapter_names_the_guesses_once(guessed: Responses, lang: str) -> None:
    sentence = said(guessed, lang)
    assert "B3" in sentence
    first, second = narrate(cleaning(guessed), lang), narrate(careless_answers(guessed), lang)
    for shown in (first, second, narrate(reliability(guessed), lang)):
        assert sentence in str(shown), "a notebook that is opened alone says it too"
    section = section_of("02_cleaning", as_notebook(first, second), lang)
    texts = [
        plain(each.text) for block in section.elements if isinstance(block, Narrative) for each in block.paragraphs
    ]
    assert texts.count(sentence) == 1
    assert len(texts) == len(str(first).splitlines()) + len(str(second).splitlines()) - 1
    document = findings_document(Findings(guessed.study, 120, "0"), lang, (section, Section("x", section.elements)))
    assert document_html(document).count(sentence.split(":")[0]) >= 3  # at the head and in both chapters


def test_nothing_is_said_of_a_confirmed_page(guessed: Responses) -> None:
    page = guessed.study.folder / "study.yml"
    text = page.read_text(encoding="utf-8")
    try:
        page.write_text(text[: text.index("unconfirmed:")], encoding="utf-8")
        items = (guessed.study.folder / "items.csv").read_text(encoding="utf-8")
        (guessed.study.folder / "items.csv").write_text(items.replace("guess", ""), encoding="utf-8")
        study = load_study(guessed.study.folder)
        assert running(study, Pen("vi", study)) == ""
        [narrative] = [narrate(reliability(prepare(study, cache=False)), "vi").block]
        assert isinstance(narrative, Narrative)
        assert "xác nhận" not in json.dumps(to_json(narrative), ensure_ascii=False)
    finally:
        page.write_text(text, encoding="utf-8")
        (guessed.study.folder / "items.csv").write_text(items, encoding="utf-8")


def test_every_sheet_of_paper_says_that_parts_are_not_confirmed(guessed: Responses) -> None:
    section = section_of("03_reliability", as_notebook(*[narrate(reliability(guessed), "en")] * 12), "en")
    document = findings_document(Findings(guessed.study, 120, "0"), "en", (section,))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf(document))]
    assert len(pages) > 1
    assert all("not confirmed by the researcher" in page for page in pages)


def test_every_description_of_the_data_names_the_guesses(guessed: Responses) -> None:
    files = dict(exported(dataset(guessed)))
    for name, lang in (("codebook.html", "vi"), ("codebook.en.html", "en")):
        assert said(guessed, lang) in unescape(files[name].decode())
    for lang in ("vi", "en"):
        assert said(guessed, lang) in unescape(files["codebook.xml"].decode())
        assert said(guessed, lang) in json.loads(files["datapackage.json"])["description"]
