"""Floor 1: the study as its page declares it. Words and structure only; nothing is computed here."""

from .find import studies
from .page import (
    Cleaning,
    HandLog,
    Hypothesis,
    Model,
    Noun,
    Population,
    ResponsesFile,
    RowMatch,
    Scale,
    Screening,
    Source,
    Speed,
    Strata,
    TableFile,
    Variable,
    Words,
)
from .study import Construct, Item, Study, load_study

__all__ = [
    "Cleaning",
    "Construct",
    "HandLog",
    "Hypothesis",
    "Item",
    "Model",
    "Noun",
    "Population",
    "ResponsesFile",
    "RowMatch",
    "Scale",
    "Screening",
    "Source",
    "Speed",
    "Strata",
    "Study",
    "TableFile",
    "Variable",
    "Words",
    "load_study",
    "studies",
]
