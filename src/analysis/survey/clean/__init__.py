"""One file for each rule: an `ORDER`, an `ID` and `apply(work)`. Files are found by themselves, run in that order."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from ...study import Study
from ..by_hand import NOTHING, ByHand
from ..columns import match_columns
from ..read import RawTable
from .work import Part, Work

__all__ = ["Part", "Work", "clean", "rules"]


@cache
def rules() -> tuple[ModuleType, ...]:
    """Every rule in the order in which it is applied."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    return tuple(sorted((module for module in modules if hasattr(module, "ORDER")), key=lambda rule: rule.ORDER))


def clean(study: Study, table: RawTable, by_hand: ByHand = NOTHING, part: Part | None = None) -> Work:
    """Apply every rule to a file of answers.

    Parameters
    ----------
    study : Study
        What is allowed, and what is done with what is not.
    table : RawTable
        The file as read.
    by_hand : ByHand
        Corrections and the survey team's own log.
    part : Part, optional
        Its cells where the table holds headers and lines alone: some rows of a file that is never held whole.

    Returns
    -------
    Work
        Clean cells, the log, and every problem of every rule: nothing is raised here.
    """
    columns = part.columns if part else match_columns(study, table)
    work = Work(study, table, columns, by_hand, part)
    for rule in rules():
        rule.apply(work)
    return work
