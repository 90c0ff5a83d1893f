"""Parameters that a model defines of others (``ab := a*b``), with the derivatives that the delta method needs."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from ...errors import ModelError, Place, problem
from ...grammar import Definition, Expression
from ..rows import Array
from .parameters import FIXED, ParameterTable


@dataclass(frozen=True, eq=False)
class Dual:
    """A value and its derivatives (free,) by the free parameters."""

    value: float
    slope: Array

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.value - other.value, self.slope - other.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.slope * other.value + other.slope * self.value)

    def __truediv__(self, other: Dual) -> Dual:
        return Dual(self.value / other.value, (self.slope - other.slope * (self.value / other.value)) / other.value)

    def __pow__(self, other: Dual) -> Dual:
        """a^b; a negative base takes whole powers only."""
        if self.value < 0 and not other.value.is_integer():
            raise ArithmeticError
        value = self.value**other.value
        own = other.value * self.value ** (other.value - 1) if other.value else 0.0
        by_power = value * log(self.value) if other.slope.any() else 0.0
        return Dual(float(value), own * self.slope + by_power * other.slope)


def defined(table: ParameterTable, values: Array) -> tuple[Dual, ...]:
    """Each definition of the model, in order, where the rows of the table have these `values`.

    Raises
    ------
    ModelError
        ``sem.undefined`` where an expression has no value: a division by zero, a root of a negative number.
    """
    known: dict[str, Dual] = {}
    at = {row: place for place, row in enumerate(table.rows)}
    for label, row in table.labelled().items():
        slope = np.zeros(table.n_free)
        if row.free != FIXED:
            slope[row.free] = 1.0
        known[label] = Dual(float(values[at[row]]), slope)
    found: list[Dual] = []
    for each in table.definitions:
        made = _evaluated(each, known, table.n_free)
        known[each.name] = made
        found.append(made)
    return tuple(found)


def _evaluated(definition: Definition, known: dict[str, Dual], free: int) -> Dual:
    try:
        found = _tree(definition.expression, known, free)
    except (ArithmeticError, ValueError) as none:
        raise _undefined(definition) from none
    if not np.isfinite(found.value):
        raise _undefined(definition)
    return found


def _undefined(definition: Definition) -> ModelError:
    where = Place(line=definition.line)
    return ModelError(problem("sem.undefined", where, name=definition.name, text=definition.text, line=definition.line))


def _tree(expression: Expression, known: dict[str, Dual], free: int) -> Dual:
    if isinstance(expression, float):
        return Dual(expression, np.zeros(free))
    if isinstance(expression, str):
        return known[expression]
    sign, *parts = expression
    values = [_tree(part, known, free) for part in parts]
    if len(values) == 1:
        return -values[0]
    left, right = values
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    return left / right if sign == "/" else left**right
