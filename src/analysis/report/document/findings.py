"""The findings page: title, contents, sections in order, appendix on how to trace a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from ..block import Figure, Narrative, Record, Table, Text, numbers
from ..pen import Pen
from ..words import languages
from .html import Ids, element_html, page, text_html
from .model import Heading, Numbered, Section, numbered

if TYPE_CHECKING:
    from ...study import Study


@dataclass(frozen=True)
class Findings:
    """What the pages of all languages have in common.

    `omitted` holds the titles by language of the sections that are left out, and the part of the page that each needs.
    """

    study: Study
    n: int | None  # respondents analysed; None for a study without answers of persons
    langs: tuple[str, ...]
    version: str  # of the package
    omitted: tuple[tuple[Mapping[str, str], str], ...] = ()
    brief: bool = False  # whether a brief stands beside the page


def findings_page(findings: Findings, lang: str, sections: tuple[Section, ...]) -> str:
    """The findings of a study in one language as an HTML page.

    Parameters
    ----------
    findings : Findings
        Study, respondents, languages, and what is left out.
    lang : str
        Language of the page.
    sections : tuple of Section
        One per notebook, in reading order.

    Returns
    -------
    str
        A whole page that fetches nothing.
    """
    study = findings.study
    pen, ids = Pen(lang, study), Ids()
    parts = list(numbered(sections, study.chapter))
    body = [
        language_switch(pen, findings.langs, "findings"),
        f"<header>\n<h1>{escape(_say(pen, 'document.chapter', chapter=str(study.chapter)))}</h1>",
        f'<p class="subtitle">{escape(study.title[lang])}</p>\n</header>',
        f'<p class="stamp">{escape(pen.word("document.stamp"))}</p>' if study.simulated else "",
        f'<p><a href="brief.html">{escape(pen.word("brief.title"))}</a></p>' if findings.brief else "",
        _contents(parts, pen),
        f"<p>{text_html(_intro(pen, study, findings.n), ids)}</p>",
    ]
    for section, elements in parts:
        body.append(f'<section id="{escape(section.notebook)}">')
        body.extend(element_html(each, lang, ids) for each in elements)
        if section.edited:
            body.append(f'<p class="note">{escape(pen.word("document.edited"))}</p>')
        body.append("</section>")
    for titles, need in findings.omitted:
        said = _say(pen, "document.omitted", title=titles[lang], needs=_need(pen, need))
        body.append(f'<p class="note">{escape(said)}</p>')
    body += [_sources(pen, study), _appendix(parts, pen)]
    body.append(f"<footer><p>{escape(_say(pen, 'document.made_with', version=findings.version))}</p></footer>")
    stamp = pen.word("source.simulated") if study.simulated else ""
    return page(lang, f"{study.title[lang]} – {pen.word('document.findings')}", "\n".join(filter(None, body)), stamp)


def _need(pen: Pen, need: str) -> str:
    """What is absent, in words: a part of the page that speaks of answers, or a kind of table."""
    key = f"public.omitted.{need}"
    words = pen.word(key)
    return pen.word(f"document.need.{need}") if words == key else words


def _say(pen: Pen, key: str, **slots: str) -> str:
    return "".join(str(part) for part in pen.say(key, **slots))


def _intro(pen: Pen, study: Study, n: int | None) -> Text:
    if n is None:
        return pen.say("public.intro")
    period: Text = pen.say("document.period", period=study.period[pen.lang]) if study.period else ()
    number = pen.about("cleaning", n=n, rule="all_rows", function="analysis.chapters.cleaning.cleaning").count(
        "kept", n
    )
    return pen.say(f"document.intro.{'simulated' if study.simulated else 'real'}", n=number, period=period)


def language_switch(pen: Pen, langs: tuple[str, ...], name: str) -> str:
    """Links to the index and to the same page in the other languages of the run."""
    names = {other: escape(Pen(other).word("document.language")) for other in langs if other != pen.lang}
    links = [
        f'<a href="../{other}/{name}.html" lang="{other}" hreflang="{other}">{words}</a>'
        for other, words in names.items()
    ]
    home = "../../index.html" if pen.lang == languages()[0] else f"../../index.{pen.lang}.html"
    links.insert(0, f'<a href="{home}">{escape(pen.word("document.index"))}</a>')
    return f'<nav class="lang">{" · ".join(links)}</nav>'


def _contents(parts: Iterable[tuple[Section, tuple[Numbered, ...]]], pen: Pen) -> str:
    lines = [f'<nav class="contents"><h2>{escape(pen.word("document.contents"))}</h2><ol>']
    for _, elements in parts:
        heads = [each for each in elements if isinstance(each.element, Heading)]
        links = [f'<a href="#{each.anchor}">{each.number}. {escape(each.element.text)}</a>' for each in heads]  # type: ignore[union-attr]
        under = f"<ol>{''.join(f'<li>{link}</li>' for link in links[1:])}</ol>" if links[1:] else ""
        lines.append(f"<li>{links[0]}{under}</li>" if links else "")
    return "\n".join([*lines, "</ol></nav>"])


def _sources(pen: Pen, study: Study) -> str:
    if not study.sources:
        return ""
    lines = [f'<section><h2 id="sources">{escape(pen.word("document.sources"))}</h2>']
    for source in study.sources.values():
        link = f' <a href="{escape(source.address)}">{escape(source.address)}</a>' if source.address else ""
        licence = (
            f" {escape(pen.word('document.licence'))}: {escape(_either(source.licence, pen.lang))}"
            if source.licence
            else ""
        )
        lines.append(f"<p>{escape(_either(source.citation, pen.lang))}{link}.{licence}</p>")
    return "\n".join([*lines, "</section>"])


def _either(words: object, lang: str) -> str:
    """A citation is the same in every language; a licence may be worded in each."""
    return words if isinstance(words, str) else str(words[lang])  # type: ignore[index]


def _appendix(parts: Iterable[tuple[Section, tuple[Numbered, ...]]], pen: Pen) -> str:
    """Section → notebook → functions → tests: the three steps from a printed number to an independent value."""
    names = ("section", "notebook", "functions", "tests")
    head = "".join(f'<th scope="col" class="left">{escape(pen.word(f"document.column.{name}"))}</th>' for name in names)
    rows = []
    for section, elements in parts:
        functions = sorted({record.function for record in _records(elements) if record.function})
        tests = sorted({test_of(function) for function in functions})
        first = next((each.number for each in elements if each.number), "")
        rows.append(
            f'<tr><th scope="row" class="left">{first}</th>'
            f'<td class="left"><a href="notebooks/{section.notebook}.ipynb"><code>{section.notebook}</code></a></td>'
            f'<td class="left">{_codes(functions)}</td><td class="left">{_codes(tests)}</td></tr>'
        )
    title, trace = escape(pen.word("document.appendix")), escape(pen.word("document.trace"))
    return (
        f'<section><h2 id="appendix">{title}</h2>\n<p>{trace} <a href="../ledger.json">ledger.json</a></p>\n'
        f'<div class="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _codes(names: Iterable[str]) -> str:
    return "<br>".join(f"<code>{escape(name)}</code>" for name in names)


def test_of(function: str) -> str:
    """The test file that mirrors a function's module."""
    _, *folders, module, _ = function.split(".")
    return "/".join(["tests", *folders, f"test_{module}.py"])


def _records(elements: Iterable[Numbered]) -> Iterable[Record]:
    for each in elements:
        if isinstance(each.element, (Table, Figure, Narrative)):
            yield from (number.record for number in numbers(each.element))
