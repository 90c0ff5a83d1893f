"""The three verbs of presentation: `table`, `figure`, `narrate`. A result and a language in, something to read out.

What each result looks like is written in `report/views`, one file per chapter, and registered here by type.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, nearest, problem
from .block import MIME, Block, Figure, Narrative, Paragraph, plain, to_json
from .document.html import block_html
from .document.unconfirmed import unconfirmed
from .drawing import png
from .pen import Pen
from .registry import VIEWS, Verb
from .words import languages

if TYPE_CHECKING:
    from ..study import Study


@dataclass(frozen=True)
class Shown:
    """A block as notebooks show it: text, HTML, a picture for figures, and the block itself for the pages."""

    block: Block
    lang: str

    def __str__(self) -> str:
        return _as_text(self.block)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": str(self), MIME: to_json(self.block)}
        if isinstance(self.block, Figure):
            if self.block.empty:
                return bundle
            bundle["image/png"] = png(self.block)
        else:
            bundle["text/html"] = block_html(self.block, self.lang)
        return bundle


def table(result: object, lang: str = "vi", view: str = "", *, study: Study | None = None) -> Shown:
    """Show a result as a table in the words of a language.

    Parameters
    ----------
    result : object
        A statistic's result or a chapter's findings.
    lang : str
        ``"vi"`` or ``"en"``.
    view : str
        Which of its tables, where a result has more than one.
    study : Study, optional
        Whose labels to use; findings bring their own.

    Returns
    -------
    Shown
        The table; `str()` of it is plain text.

    Raises
    ------
    ModelError
        When the result has no such table or the language is unknown.
    """
    return _show("table", result, lang, view, study)


def figure(result: object, lang: str = "vi", view: str = "", *, study: Study | None = None) -> Shown:
    """Show a result as a figure; parameters as for `table`."""
    return _show("figure", result, lang, view, study)


def narrate(result: object, lang: str = "vi", view: str = "", *, study: Study | None = None) -> Shown:
    """Say in sentences what a result means, and what it does not; parameters as for `table`."""
    return _show("narrate", result, lang, view, study)


def _show(verb: Verb, result: object, lang: str, view: str, study: Study | None) -> Shown:
    if lang not in languages():
        raise ModelError(problem("report.language", lang=lang, allowed=languages()))
    _load_views()
    write = next((VIEWS[verb, kind, view] for kind in type(result).__mro__ if (verb, kind, view) in VIEWS), None)
    if write is None:
        views = tuple(sorted(v or "(default)" for w, kind, v in VIEWS if w == verb and isinstance(result, kind)))
        raise ModelError(
            problem(
                "report.no_view",
                verb=verb,
                result=type(result).__name__,
                view=view,
                allowed=views,
                nearest=nearest(view, views),
            )
        )
    own: Study | None = getattr(result, "study", None)
    pen = Pen(lang, study or own)
    block = write(result, pen)
    if isinstance(block, Narrative) and own and not view:
        block = replace(block, paragraphs=(*block.paragraphs, *_guessed(own, pen)))
    return Shown(block, lang)


def _guessed(study: Study, pen: Pen) -> tuple[Paragraph, ...]:
    """What nobody has confirmed, in every chapter that rests on the page: a reader may open one of them alone."""
    return tuple(Paragraph(text, "caution") for text in unconfirmed(study, pen))


@lru_cache
def _load_views() -> None:
    from . import views

    for each in pkgutil.iter_modules(views.__path__):
        importlib.import_module(f"{views.__name__}.{each.name}")


def _as_text(block: Block) -> str:
    if isinstance(block, Narrative):
        return "\n".join(plain(paragraph.text) for paragraph in block.paragraphs)
    if isinstance(block, Figure):
        return f"{plain(block.caption)}\n{block.alt}\n{block.source}"
    lines = [plain(block.caption), " | ".join(column.title for column in block.columns)]
    lines += [" | ".join(plain(cell) for cell in row.cells) for row in block.rows]
    return "\n".join([*lines, *(plain(note.text) for note in block.notes), block.source])
