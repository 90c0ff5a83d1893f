"""Floor 1: the study as its page declares it. Words and structure only; nothing is computed here."""

from .find import studies
from .page import (
    Cleaning,
    Group,
    Hypothesis,
    Model,
    Noun,
    Population,
    Release,
    ResponsesFile,
    Scale,
    Source,
    Strata,
    TableFile,
    Variable,
    Words,
)
from .study import Construct, Item, Study, load_study

__all__ = [
    "Cleaning",
    "Construct",
    "Group",
    "Hypothesis",
    "Item",
    "Model",
    "Noun",
    "Population",
    "Release",
    "ResponsesFile",
    "Scale",
    "Source",
    "Strata",
    "Study",
    "TableFile",
    "Variable",
    "Words",
    "load_study",
    "studies",
]
