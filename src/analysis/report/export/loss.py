"""What the protection of a public file cost, as numbers and as a page in each language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from ..document.html import page
from ..format import number
from ..words import languages, phrase
from .public import Public, Utility


def loss_files(found: Public) -> Iterator[tuple[str, bytes]]:
    """``information_loss.json`` and a page in each language."""
    content = {"study": found.data.id, "simulated": found.data.simulated, **asdict(found.loss)}
    yield "information_loss.json", (json.dumps(_shortened(content), ensure_ascii=False, indent=1) + "\n").encode()
    first, *_ = languages()
    for lang in languages():
        name = "information_loss.html" if lang == first else f"information_loss.{lang}.html"
        yield name, _page(found, lang).encode()


def _shortened(value: Any) -> Any:
    """Floats with 12 significant digits."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, (list, tuple)) else value


def _page(found: Public, lang: str) -> str:
    loss, study = found.loss, found.data
    title = phrase("export.loss.title", lang).format(title=study.title[lang])
    remarks = [said[lang] for said in study.remarks]
    slots = {"n": loss.received - loss.removed_rows, "received": loss.received, "k": loss.k, "l": loss.different}
    intro = phrase("export.loss.intro", lang).format(**slots, removed=loss.removed_rows)
    left_out = phrase("export.loss.left_out", lang).format(names=", ".join(loss.left_out) or phrase("none", lang))
    costs = [
        (each.name, each.label[lang], phrase(f"export.loss.recoded_{'yes' if each.recoded else 'no'}", lang),
         str(each.cells), str(each.suppressed), _percent(each.suppressed, each.cells, lang))
        for each in loss.costs
    ]  # fmt: skip
    body = [
        f"<header><h1>{escape(title)}</h1></header>",
        *(f"<p><strong>{escape(each)}</strong></p>" for each in remarks),
        f"<p>{escape(intro)}</p>",
        f"<p>{escape(left_out)}</p>",
        _table(lang, "cells", ("name", "label", "recoded", "cells", "suppressed", "share"), costs),
        _table(lang, "alphas", ("name", "before", "after"), _rows(loss.alphas, lang)),
        _table(lang, "correlations", ("name", "before", "after"), _rows(loss.correlations, lang)),
    ]
    return page(lang, title, "\n".join(body), " ".join(remarks))


def _rows(found: Sequence[Utility], lang: str) -> list[tuple[str, ...]]:
    return [(each.name, _shown(each.before, lang), _shown(each.after, lang)) for each in found]


def _shown(value: float | None, lang: str) -> str:
    return phrase("refused", lang) if value is None else number(value, lang)


def _percent(part: int, whole: int, lang: str) -> str:
    return number(100 * part / whole, lang) if whole else "–"


def _table(lang: str, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f'<th scope="col">{escape(phrase(f"export.loss.{each}", lang))}</th>' for each in columns)
    lines = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    caption = escape(phrase(f"export.loss.{name}_title", lang))
    return (
        f'<div class="wide"><table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>'
        "</table></div>"
    )
