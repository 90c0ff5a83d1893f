"""HTML: one page a document, which fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..html import document_html
from ..navigation import language_switch, related

if TYPE_CHECKING:
    from .edition import Edition


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """``<lang>/findings.html`` and the others."""
    for document in edition.documents:
        others = [(f"{other.name}.html", f"document.to.{other.name}") for other in edition.documents]
        ways = [way for way in others if way[0] != f"{document.name}.html"]
        ways += [(f"{document.name}.{suffix}", f"document.as.{suffix}") for suffix in ("pdf", "docx")]
        ways.append(("../ledger.json", "document.ledger"))
        navigation = language_switch(edition.lang, edition.langs, document.name)
        text = document_html(document, navigation, related(edition.lang, ways))
        yield f"{edition.lang}/{document.name}.html", text.encode()
