"""One file for each format: its `SUFFIXES`, and `read(raw, options)`; `recognises(content)` where bytes tell it."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from types import ModuleType

from ...errors import DataError, Place, caution, nearest, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .archive import names_in
from .table import RawTable
from .text_of import in_unicode, with_decimal

__all__ = ["RawTable", "formats", "read"]

#: Files that run a program when they are opened; they are refused by name and by their first bytes.
_RUNS = (".pkl", ".pickle", ".joblib", ".xlsm", ".xltm", ".xlsb")
_PICKLE = tuple(b"\x80%c" % version for version in range(2, 6))
_PAGE = (b"<!doctype html", b"<html", b"<table", b"<?xml")


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
        Headers and cells as received; a file whose name does not tell its format is read by its content.

    Raises
    ------
    DataError
        The format is unknown or would run a program; the file is empty, damaged, too large or in another encoding.
    """
    _refuse(raw)
    known = tuple(sorted(formats()))
    if raw.suffix not in known:
        slots = {"value": raw.suffix, "allowed": known, "nearest": nearest(raw.suffix, known)}
        raise DataError(problem("data.unknown_format", Place(file=raw.name), **slots))
    if not raw.content:
        raise DataError(problem("data.file_empty", Place(file=raw.name)))
    module = _reader(raw)
    if hasattr(module, "unpack"):
        return read(module.unpack(raw, options), replace(options, sheet=None))
    table = _table(raw, options, module)
    if not any(table.headers):
        raise DataError(problem("data.file_empty", Place(file=raw.name)))
    if not len(table.cells):
        raise DataError(problem("data.no_rows", Place(file=raw.name)))
    return with_decimal(in_unicode(table, options.encoding))


def _refuse(raw: RawFile) -> None:
    """Nothing is opened that could run a program."""
    place = Place(file=raw.name)
    if raw.suffix in _RUNS or (raw.content.startswith(_PICKLE) and raw.content.rstrip().endswith(b".")):
        raise DataError(problem("data.runs_code", place, value=raw.suffix))
    if any(name.endswith("workbook.bin") for name in names_in(raw.content)):
        raise DataError(problem("data.runs_code", place, value=".xlsb"))


def _reader(raw: RawFile) -> ModuleType:
    """The reader that knows the content; else the one of the suffix."""
    named = formats()[raw.suffix]
    if not hasattr(named, "recognises") or named.recognises(raw.content):
        others = dict.fromkeys(formats().values())
        by_content = [each for each in others if hasattr(each, "recognises") and each.recognises(raw.content)]
        return named if hasattr(named, "recognises") or not by_content else by_content[0]
    found = (each for each in formats().values() if hasattr(each, "recognises") and each.recognises(raw.content))
    return next(found, named)


def _table(raw: RawFile, options: ResponsesFile, module: ModuleType) -> RawTable:
    named = formats()[raw.suffix]
    if module is named and hasattr(named, "recognises") and not named.recognises(raw.content):
        if raw.content[:512].lstrip().lower().startswith(_PAGE):
            raise DataError(problem("data.web_page", Place(file=raw.name), value=raw.suffix))
        try:  # the name lies: text that was given the name of a workbook
            table = _read(formats()[".csv"], raw, options)
        except DataError:
            return _read(named, raw, options)
        return _lying(table, raw.suffix, ".csv")
    table = _read(module, raw, options)
    return table if module is named else _lying(table, raw.suffix, module.SUFFIXES[0])


def _read(module: ModuleType, raw: RawFile, options: ResponsesFile) -> RawTable:
    table: RawTable = module.read(raw, options)
    return table


def _lying(table: RawTable, suffix: str, found: str) -> RawTable:
    """Say that the content is not what the name says."""
    note = caution("read.by_content", value=suffix, found=found)
    return replace(table, notes=(note, *table.notes))
