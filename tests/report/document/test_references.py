"""A narrative names the tables and figures that it speaks about."""

from __future__ import annotations

from analysis.report.block import Link, Narrative, Paragraph, plain
from analysis.report.document.html import document_html
from analysis.report.document.model import Target
from analysis.report.document.references import referring

from .conftest import a_document

SHOWN = (Target("figure", "4.2"), Target("table", "4.3"))


def test_the_first_finding_ends_with_what_it_speaks_about():
    said = Narrative((Paragraph(("Chú ý.",), "caution"), Paragraph(("Kết quả tốt.",)), Paragraph(("Và nữa.",))))
    found = referring(said, SHOWN, "vi")
    assert [plain(each.text) for each in found.paragraphs] == [
        "Chú ý.", "Kết quả tốt (Bảng\N{NO-BREAK SPACE}4.3, Hình\N{NO-BREAK SPACE}4.2).", "Và nữa.",
    ]  # fmt: skip
    assert [part.href for part in found.paragraphs[1].text if isinstance(part, Link)] == ["#t-4-3", "#f-4-2"]


def test_a_narrative_after_nothing_is_left_as_it_is():
    said = Narrative((Paragraph(("x",)),))
    assert referring(said, (), "en") == said
    assert referring(Narrative((Paragraph(("x",), "note"),)), SHOWN, "en").paragraphs[0].text == ("x",)


def test_on_a_page_the_reference_leads_to_its_target():
    text = document_html(a_document())
    assert '<a href="#t-4-1">' in text
    assert 'id="t-4-1"' in text
