"""One file for each format: it declares its `SUFFIXES` and a function `read(raw, options)`; nothing else is needed."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from ...errors import DataError, Place, nearest, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .table import RawTable
from .text_of import in_unicode, with_decimal

__all__ = ["RawTable", "formats", "read"]


@cache
def formats() -> dict[str, ModuleType]:
    """The reader of every suffix that this package knows."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    return {suffix: module for module in modules for suffix in getattr(module, "SUFFIXES", ())}


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a file of answers.

    Parameters
    ----------
    raw : RawFile
        Its bytes.
    options : ResponsesFile
        What the page says of it: sheet, encoding, delimiter.

    Returns
    -------
    RawTable
        Headers and cells as received.

    Raises
    ------
    DataError
        The format is unknown, the file is empty, damaged, too large or in another encoding.
    """
    place = Place(file=raw.name)
    known = tuple(sorted(formats()))
    if raw.suffix not in known:
        raise DataError(
            problem("data.unknown_format", place, value=raw.suffix, allowed=known, nearest=nearest(raw.suffix, known))
        )
    if not raw.content:
        raise DataError(problem("data.file_empty", place))
    table: RawTable = formats()[raw.suffix].read(raw, options)
    if not any(table.headers):
        raise DataError(problem("data.file_empty", place))
    if not len(table.cells):
        raise DataError(problem("data.no_rows", place))
    return with_decimal(in_unicode(table, options.encoding))
