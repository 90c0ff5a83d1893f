"""Surveys with known truth: the demonstration's workbook, and the values that its generator aims at."""

from .truth import TrueItem, TrueScale, TrueTerm, Truth, truth, truth_of
from .workbook import MESS, STAMP, Mess, simulate, write

__all__ = [
    "MESS",
    "STAMP",
    "Mess",
    "TrueItem",
    "TrueScale",
    "TrueTerm",
    "Truth",
    "simulate",
    "truth",
    "truth_of",
    "write",
]
