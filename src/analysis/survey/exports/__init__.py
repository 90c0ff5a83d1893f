"""One file for each survey tool: `NAME`, `signs(table)` by which its export is known, `apply(table)` where it differs.

What a tool writes besides answers (second headers, questions' ids) is taken out; every row that is left is a response.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from types import ModuleType

from ...errors import caution
from ..read import RawTable
from .form import Form, with_form

__all__ = ["Form", "tools", "understood"]


@cache
def tools() -> tuple[ModuleType, ...]:
    """Every tool that this package knows."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    return tuple(module for module in modules if hasattr(module, "signs"))


def understood(table: RawTable, form: Form | None = None) -> RawTable:
    """The answers of an export, with its headers in one row.

    Parameters
    ----------
    table : RawTable
        As read.
    form : Form, optional
        The questionnaire as the tool keeps it, where the page names one.

    Returns
    -------
    RawTable
        Unchanged where no tool's signs are seen. The tool and its signs are a note of the table.
    """
    known = [(tool, signs) for tool in tools() if (signs := tool.signs(table))]
    if known:
        tool, signs = max(known, key=lambda each: len(each[1]))
        note = caution("read.export", "note", tool=tool.NAME, signs=signs)
        made: RawTable = tool.apply(table)
        table = replace(made, notes=(*made.notes, note))
    return with_form(table, form) if form else table
