"""What a study page may write as a formula or as a model: parsed into names, never evaluated."""

from .formula import INTERCEPT, Formula, Term, parse_formula, product
from .model import Definition, Expression, Model, Statement, parse_model

__all__ = [
    "INTERCEPT",
    "Definition",
    "Expression",
    "Formula",
    "Model",
    "Statement",
    "Term",
    "parse_formula",
    "parse_model",
    "product",
]
