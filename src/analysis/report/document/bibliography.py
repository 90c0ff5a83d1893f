"""The list of works cited, formatted by a CSL style."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from ...rules.references import works
from ..block import Citation, Emphasis, Segment, Text
from .pandoc import convert, tree


def bibliography(citations: Sequence[Citation], lang: str) -> tuple[Text, ...]:
    """The works that a document cites, each as a text, in the order of the style (`author-date.csl`).

    Parameters
    ----------
    citations : sequence of Citation
        From `analysis.report.document.model.cited`.
    lang : str
        Language of the document: it decides the words between authors and before an edition.
    """
    return _formatted(tuple(sorted({key for citation in citations for key in citation.cites})), lang)


@lru_cache
def _formatted(keys: tuple[str, ...], lang: str) -> tuple[Text, ...]:
    if not keys:
        return ()
    cite = {"t": "Cite", "c": [[_citation(key) for key in keys], []]}
    meta = {"references": {"t": "MetaList", "c": [_meta(works()[key]) for key in keys]}, "lang": _meta(lang)}
    style = resources.files(__package__) / "author-date.csl"
    with resources.as_file(style) as csl:
        text = convert(tree([{"t": "Para", "c": [cite]}], meta), "json", "--citeproc", f"--csl={csl}")
    (references,) = (block for block in json.loads(text)["blocks"] if block["t"] == "Div")
    return tuple(tuple(_segments(entry["c"][1][0]["c"])) for entry in references["c"][1])


def _citation(key: str) -> dict[str, Any]:
    return {
        "citationId": key, "citationPrefix": [], "citationSuffix": [], "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 0, "citationHash": 0,
    }  # fmt: skip


def _meta(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {name: _meta(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"t": "MetaList", "c": [_meta(each) for each in value]}
    return {"t": "MetaString", "c": str(value)}


def _segments(inlines: Sequence[Any]) -> Iterator[Segment]:
    """Pandoc's inlines as our segments: a title that is set apart stays so."""
    words = ""
    for inline in inlines:
        if inline["t"] == "Emph":
            yield from (words, Emphasis(_plain(inline["c"]))) if words else (Emphasis(_plain(inline["c"])),)
            words = ""
        else:
            words += _plain([inline])
    if words:
        yield words


def _plain(inlines: Sequence[Any]) -> str:
    found = ""
    for inline in inlines:
        content = inline.get("c")
        if inline["t"] == "Str":
            found += content
        elif inline["t"] in {"Space", "SoftBreak"}:
            found += " "
        elif isinstance(content, list):
            found += _plain(content[-1] if isinstance(content[-1], list) else content)
    return found
