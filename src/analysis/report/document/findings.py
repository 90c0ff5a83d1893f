"""The findings as a document: sections in order, what is left out, sources, works cited, how to trace a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..block import Code, Column, Figure, Link, Narrative, Paragraph, Record, Segment, Table, TableRow, Text, numbers
from ..pen import Pen
from .bibliography import bibliography
from .model import Document, Heading, Numbered, Part, Section, cited, numbered
from .unconfirmed import running, unconfirmed

if TYPE_CHECKING:
    from ...study import Study
    from ...study.page import Source


@dataclass(frozen=True)
class Findings:
    """What the documents of all languages have in common.

    `omitted` holds the titles by language of the sections that are left out, and the part of the page that each needs.
    """

    study: Study
    n: int | None  # respondents analysed; None for a study without answers of persons
    version: str  # of the package
    omitted: tuple[tuple[Mapping[str, str], str], ...] = ()


def findings_document(findings: Findings, lang: str, sections: Sequence[Section]) -> Document:
    """The findings of a study in one language.

    Parameters
    ----------
    findings : Findings
        Study, respondents, and what is left out.
    lang : str
        Language of the document.
    sections : sequence of Section
        One per notebook, in reading order.

    Returns
    -------
    Document
        A chapter: its sections are numbered within it.
    """
    study, pen = findings.study, Pen(lang, findings.study)
    parts = [_part(section, elements, pen) for section, elements in numbered(sections, study.chapter)]
    return Document(
        name="findings",
        lang=lang,
        house="thesis",
        title=pen.word("document.findings"),
        subtitle=study.title[lang],
        chapter=study.chapter,
        stamp=pen.word("document.stamp") if study.simulated else "",
        running=running(study, pen),
        opening=(_intro(pen, study, findings.n), *unconfirmed(study, pen)),
        parts=tuple(part for part in (*parts, *_back_matter(findings, pen, parts)) if part.elements),
        contents=True,
        colophon=_say(pen, "document.made_with", version=findings.version),
    )


def _part(section: Section, elements: tuple[Numbered, ...], pen: Pen) -> Part:
    edited = (_note(pen.word("document.edited")),) if section.edited else ()
    return Part(section.notebook, (*elements, *edited))


def _back_matter(findings: Findings, pen: Pen, parts: Sequence[Part]) -> Iterator[Part]:
    yield Part("omitted", tuple(_left_out(findings, pen)))
    yield _headed("sources", pen, _paragraphs(_source(each, pen) for each in findings.study.sources.values()))
    works = bibliography(cited([each for part in parts for each in part.elements]), pen.lang)
    yield _headed("references", pen, _paragraphs(works))
    trace = (pen.word("document.trace"),)
    yield _headed("appendix", pen, (*_paragraphs([trace]), Numbered(_functions(parts, pen))))


def _headed(name: str, pen: Pen, elements: tuple[Numbered, ...]) -> Part:
    """A part under an unnumbered heading; empty where there is nothing under it."""
    heading = Numbered(Heading(pen.word(f"document.{name}"), 1), name=name)
    return Part(name, (heading, *elements) if elements else ())


def _paragraphs(texts: Iterator[Text] | Sequence[Text]) -> tuple[Numbered, ...]:
    said = tuple(Paragraph(text) for text in texts)
    return (Numbered(Narrative(said)),) if said else ()


def _note(words: str) -> Numbered:
    return Numbered(Narrative((Paragraph((words,), "note"),)))


def _left_out(findings: Findings, pen: Pen) -> Iterator[Numbered]:
    """The sections that are left out, a note for each reason."""
    reasons: dict[str, list[str]] = {}
    for titles, need in findings.omitted:
        reasons.setdefault(_need(pen, need), []).append(f"“{titles[pen.lang]}”")
    for needs, quoted in reasons.items():
        yield _note(_say(pen, "document.omitted", titles="; ".join(quoted), needs=needs))


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


def _source(source: Source, pen: Pen) -> Text:
    link: tuple[Segment, ...] = (" ", Link(source.address, source.address)) if source.address else ()
    words = f" {pen.word('document.licence')}: {_either(source.licence, pen.lang)}" if source.licence else ""
    return (_either(source.citation, pen.lang), *link, f".{words}")


def _either(words: object, lang: str) -> str:
    """A citation is the same in every language; a licence may be worded in each."""
    return words if isinstance(words, str) else str(words[lang])  # type: ignore[index]


def _functions(parts: Sequence[Part], pen: Pen) -> Table:
    """Section → notebook → functions → tests: the three steps from a printed number to an independent value."""
    names = ("section", "notebook", "functions", "tests")
    columns = tuple(Column(name, pen.word(f"document.column.{name}"), align="left") for name in names)
    rows = []
    for part in parts:
        functions = sorted({record.function for record in _records(part) if record.function})
        tests = sorted({test_of(function) for function in functions})
        first = next((each.number for each in part.elements if each.number), "")
        notebook = (Link(part.name, f"notebooks/{part.name}.ipynb"),)
        rows.append(TableRow(((first,), notebook, _codes(functions), _codes(tests))))
    return Table("document.functions", (), columns, tuple(rows))


def _codes(names: Sequence[str]) -> Text:
    """Names one below the other."""
    return tuple(part for name in names for part in ("\n", Code(name)))[1:]


def test_of(function: str) -> str:
    """The test file that mirrors a function's module."""
    _, *folders, module, _ = function.split(".")
    return "/".join(["tests", *folders, f"test_{module}.py"])


def _records(part: Part) -> Iterator[Record]:
    for each in part.elements:
        if isinstance(each.element, (Table, Figure, Narrative)):
            yield from (number.record for number in numbers(each.element))
