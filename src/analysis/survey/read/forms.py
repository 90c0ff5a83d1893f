"""The files in which a survey tool keeps its questionnaire, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from ...study import ResponsesFile
from ..raw import RawFile
from . import read
from .table import RawTable

_WORKBOOKS = (".xlsx", ".xls", ".ods")


def form_tables(forms: Sequence[RawFile]) -> list[RawTable]:
    """The sheets survey and choices of a workbook, or each file as one table.

    Parameters
    ----------
    forms : sequence of RawFile
        One workbook or structure file, or the questions and the lists of choices.
    """
    if len(forms) == 1 and forms[0].suffix in _WORKBOOKS:
        return [read(forms[0], ResponsesFile(forms[0].name, sheet=sheet)) for sheet in ("survey", "choices")]
    return [read(each, ResponsesFile(each.name)) for each in forms]
