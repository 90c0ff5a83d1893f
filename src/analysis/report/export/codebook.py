"""A codebook to read: one page for each language."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..document.html import page
from ..words import languages, phrase
from .dataset import Dataset, Field


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``codebook.html`` in the first language, ``codebook.<lang>.html`` in the others."""
    first, *_ = languages()
    for lang in languages():
        yield "codebook.html" if lang == first else f"codebook.{lang}.html", _page(data, lang).encode()


def _page(data: Dataset, lang: str) -> str:
    columns = ("name", "label", "kind.title", "values")
    heads = "".join(f'<th scope="col">{escape(phrase(f"export.{each}", lang))}</th>' for each in columns)
    title = phrase("export.codebook", lang).format(title=data.title[lang])
    remarks = [said[lang] for said in data.remarks]
    body = [
        f"<header><h1>{escape(title)}</h1></header>",
        *(f"<p><strong>{escape(remark)}</strong></p>" for remark in remarks),
        f"<p>{escape(phrase('export.size', lang).format(n=data.n, columns=len(data.fields)))}</p>",
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>',
        *(_row(field, lang) for field in data.fields),
        "</tbody></table></div>",
    ]
    return page(lang, title, "\n".join(body))


def _row(field: Field, lang: str) -> str:
    kind = phrase(f"export.kind.{field.kind}", lang)
    if field.reverse:
        kind = f"{kind} ({phrase('export.reverse', lang)})"
    values = "<br>".join(f"{escape(str(level.code))} = {escape(level.label[lang])}" for level in field.levels)
    limits = [f"{value:g}" for value in (field.low, field.high) if value is not None]
    cells = (escape(field.label[lang]), escape(kind), values or "–".join(limits))
    return f'<tr><th scope="row">{escape(field.name)}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
