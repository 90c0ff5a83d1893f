"""Pages: no script, nothing fetched, every text escaped, every number traceable."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from analysis.report.block import (
    Column,
    Figure,
    Narrative,
    Number,
    Paragraph,
    Record,
    Table,
    TableRow,
    from_json,
    to_json,
)
from analysis.report.document.html import Ids, block_html, element_html, page
from analysis.report.document.model import Heading, Numbered, Printout, Prose

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="x()"> [a](javascript:alert(1)) ![b](https://example.org/b.png) '
    "$\\frac{1}$ | pipe"
)


def record(key: str, value: float) -> Number:
    return Number(
        Record(key, key, value, n=10, method="m", function="analysis.stats.reliability.alpha"), f"{value:.3f}"
    )


def a_table(label: str) -> Table:
    columns = (Column("a", label, align="left"), Column("b", "B", "G"), Column("c", "C", "G"))
    rows = (TableRow(((label,),), section=True), TableRow(((label,), (record("x.b", 0.5),), ())))
    return Table("t", (label, " ", record("x.n", 3)), columns, rows, (Paragraph((label,), "caution"),), label)


def a_figure(label: str) -> Figure:
    rows = [{"label": label, "value": 0.5, "low": 0.4, "high": None}]
    return Figure(
        "f",
        (label,),
        label,
        "intervals",
        {"rows": rows, "lines": [{"value": 0, "label": label}], "x": label, "decimal": ","},
        label,
    )


class Elements(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "block", [a_table(HOSTILE), a_figure("x $ y"), Narrative((Paragraph((HOSTILE, record("n", 1))),))]
)
def test_a_block_survives_the_journey_through_json(block):
    import json

    assert from_json(json.loads(json.dumps(to_json(block)))) == block


def test_hostile_text_stays_text():
    ids = Ids()
    blocks = [a_table(HOSTILE), a_figure(HOSTILE), Narrative((Paragraph((HOSTILE,)),))]
    parts = [*blocks, Prose(HOSTILE), Printout(HOSTILE), Heading(HOSTILE, 1)]
    text = page("vi", HOSTILE, "\n".join(element_html(Numbered(part, "4.1"), "vi", ids) for part in parts))
    for tag, attributes in Elements(text).found:
        assert tag != "script"
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes or str(attributes["src"]).startswith("data:image/svg+xml")  # nothing is fetched
        assert not str(attributes.get("href", "")).startswith(("javascript:", "data:"))
        assert tag not in {"link", "iframe", "object", "embed"}
    assert text.count("<img") == 1


def test_each_number_is_a_data_element_and_its_id_stands_once():
    text = block_html(a_table("x"), "en") + block_html(a_table("y"), "en", ids=Ids())
    one = block_html(Narrative((Paragraph((record("k", 0.1234567890123), " ", record("k", 0.1234567890123))),)), "en")
    assert '<data value="0.5" id="x.b" title="x.b">0.500</data>' in text
    assert one.count('id="k"') == 1
    assert one.count('data-ref="k"') == 1
    assert 'value="0.123456789012"' in one


def test_spanning_headings_span_their_columns():
    text = block_html(a_table("x"), "en")
    assert '<th scope="colgroup" colspan="2">G</th>' in text
    assert 'rowspan="2"' in text


def test_a_figure_without_anything_to_draw_is_left_out_and_not_numbered():
    from analysis.report.document.model import Section, numbered
    from analysis.report.verbs import Shown

    nothing = Figure("f", ("x",), "x", "bars", {"rows": [], "x": "x", "decimal": "."})
    assert block_html(nothing, "en") == ""
    assert "image/png" not in Shown(nothing, "en")._repr_mimebundle_()
    [(_, elements)] = numbered((Section("n", (nothing, a_figure("y"))),), 4)
    assert [each.number for each in elements] == ["", "4.1"]


def test_the_same_figure_has_the_same_bytes():
    from analysis.report.drawing import png, svg

    assert svg(a_figure("ộ ữ ằ")) == svg(a_figure("ộ ữ ằ"))
    assert png(a_figure("x")) == png(a_figure("x"))
    assert b"<dc:date>" not in svg(a_figure("x"))
