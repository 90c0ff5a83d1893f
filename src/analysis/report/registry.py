"""Which function writes which result: filled by the files of `report/views`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar

from .block import Block
from .pen import Pen

Verb: TypeAlias = Literal["table", "figure", "narrate"]
Writer = TypeVar("Writer", bound=Callable[[Any, Pen], Block])

VIEWS: dict[tuple[Verb, type, str], Callable[[Any, Pen], Block]] = {}


def shows(verb: Verb, kind: type, view: str = "") -> Callable[[Writer], Writer]:
    """Register a function as the `verb` of results of type `kind`."""

    def register(write: Writer) -> Writer:
        VIEWS[verb, kind, view] = write
        return write

    return register
