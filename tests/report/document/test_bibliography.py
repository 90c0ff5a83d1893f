"""Works cited: one list by CSL, and citations that read as the style would print them."""

from __future__ import annotations

import json
import re

import pytest

from analysis.report.block import Citation, Emphasis, plain
from analysis.report.document.bibliography import bibliography
from analysis.report.document.pandoc import convert, tree
from analysis.report.words import catalogue, fill, languages
from analysis.rules.references import in_brackets, works


@pytest.mark.parametrize("lang", languages())
def test_a_citation_reads_as_the_style_prints_it(lang):
    from importlib import resources

    from analysis.report.document.bibliography import _citation, _meta, _plain

    style = resources.files("analysis.report.document") / "author-date.csl"
    keys = list(works())
    cites = [{"t": "Para", "c": [{"t": "Cite", "c": [[_citation(key)], []]}]} for key in keys]
    meta = {"references": {"t": "MetaList", "c": [_meta(works()[key]) for key in keys]}, "lang": _meta(lang)}
    made = json.loads(convert(tree(cites, meta), "json", "--citeproc", f"--csl={style}"))
    printed = [_plain(block["c"]) for block in made["blocks"] if block["t"] == "Para"]
    assert printed == [in_brackets([key], lang) for key in keys]


def test_works_stand_once_in_order_with_their_titles_set_apart():
    found = bibliography((Citation(("lindeman_1980",), ""), Citation(("hoang_chu_2008", "lindeman_1980"), "")), "vi")
    assert [plain(text).split(" (")[0] for text in found] == [
        "Hoàng Trọng & Chu Nguyễn Mộng Ngọc", "Lindeman, R. H., Merenda, P. F. & Gold, R. Z.",
    ]  # fmt: skip
    assert all(any(isinstance(part, Emphasis) for part in text) for text in found)
    assert bibliography((), "vi") == ()


@pytest.mark.parametrize("lang", languages())
def test_every_work_that_a_sentence_cites_is_known(lang):
    cited = {key for words in catalogue(lang).values() for key in re.findall(r"(?<![\w.])@(\w+)", words)}
    assert cited
    assert cited <= set(works())


def test_a_sentence_keeps_its_citations_as_citations():
    [citation] = [part for part in fill("validity.note.kmo", "vi", kmo="0,5") if isinstance(part, Citation)]
    assert citation.cites == ("kaiser_1974", "hoang_chu_2008")
    assert citation.text == "(Kaiser, 1974; Hoàng Trọng & Chu Nguyễn Mộng Ngọc, 2008)"
