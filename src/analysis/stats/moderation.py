"""Whether one factor's effect depends on another: simple slopes and the region of Johnson and Neyman."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import parse_formula
from .regression import Regression, Vcov, ols
from .result import Result, Row, frame
from .rows import Array, Labels, rows
from .tails import t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SlopeRow(Row):
    """The focal factor's effect at one value of the moderator; `place` is ``low``, ``mean``, ``high`` or the value."""

    place: str
    at: float
    b: float
    se: float
    statistic: float
    df: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Moderation(Result):
    """A regression with a product, its simple slopes, and where the effect is told from zero.

    `bounds` are the values of the moderator, inside those observed, where the test of the slope just reaches the level;
    `inside` says whether the slope is told from zero between the bounds (or, without bounds, everywhere).
    """

    formula: str
    focal: str
    moderator: str
    regression: Regression
    slope_rows: tuple[SlopeRow, ...]
    bounds: tuple[float, ...]
    inside: bool
    least: float
    most: float
    n: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def slopes(self) -> pd.DataFrame:
        """One line for each value of the moderator."""
        return frame(self.slope_rows, SlopeRow)


def moderate(
    formula: str, x: object, *, focal: str, moderator: str, vcov: Vcov = "classical", level: float = 0.95
) -> Moderation:
    """Ask whether the effect of one factor depends on another.

    Parameters
    ----------
    formula : str
        ``outcome ~ a * m + b``, with the product of the two.
    x : rows
        Answers.
    focal, moderator : str
        The factor whose effect is asked about, and the one that it may depend on; both numbers.
    vcov : as in `ols`
        Errors of the regression and of the slopes.
    level : float
        Confidence level.

    Returns
    -------
    Moderation
        Slopes at the moderator's mean and one standard deviation to both sides (at both values where it has two).

    Raises
    ------
    ModelError
        ``moderation.product`` without the product, ``moderation.category``; ``regression.…`` as in `ols`.

    Notes
    -----
    slope(m) = b_a + b_am m with variance v_a + 2 m v_a,am + m^2 v_am. The bounds solve slope(m)^2 = t^2 variance(m).

    References
    ----------
    Johnson, P. O., & Neyman, J. (1936). Statistical Research Memoirs, 1, 57-93. Aiken, L. S., & West, S. G. (1991).
    Multiple regression: testing and interpreting interactions. R: ``interactions::johnson_neyman``.

    Examples
    --------
    >>> x = {"y": [1, 2, 3, 2, 5, 9, 3, 8, 14], "a": [1, 2, 3] * 3, "m": [1, 1, 1, 2, 2, 2, 3, 3, 3]}
    >>> found = moderate("y ~ a * m", x, focal="a", moderator="m")
    >>> [f"{row.place} {row.b:.2f}" for row in found.slope_rows]
    ['low 1.38', 'mean 3.33', 'high 5.28']
    """
    parsed = parse_formula(formula)
    product = next(
        (":".join(term) for term in parsed.terms if set(term) == {focal, moderator} and len(term) == 2), None
    )
    if product is None or (focal,) not in parsed.terms:
        raise ModelError(problem("moderation.product", focal=focal, moderator=moderator, formula=str(parsed)))
    taken = rows(x)
    words = [name for name in (focal, moderator) if isinstance(taken.column(name), Labels)]
    if words:
        raise ModelError(*(problem("moderation.category", Place(column=name), column=name) for name in words))
    fitted = ols(formula, taken, vcov=vcov, level=level)
    design, _ = fitted._rows()
    a, am = design.terms.index(focal), design.terms.index(product)
    m = design.x[:, design.terms.index(moderator)] if moderator in design.terms else _column(design.x, a, am)
    cov = fitted.covariance()
    part, b = cov[np.ix_([a, am], [a, am])], np.array([fitted.coefficient_rows[a].b, fitted.coefficient_rows[am].b])
    df = min(fitted.coefficient_rows[a].df, fitted.coefficient_rows[am].df)
    slopes = tuple(_slope(place, at, b, part, df, level) for place, at in _places(m))
    bounds = _bounds(b, part, t_quantile((1 + level) / 2, df), float(m.min()), float(m.max()))
    middle = (bounds[0] + (bounds[1] if len(bounds) > 1 else float(m.max()))) / 2 if bounds else float(m.mean())
    inside = _slope("", middle, b, part, df, level).p < 1 - level
    others = tuple(each for each in fitted.cautions if each.code != "regression.durbin_watson_order")
    uncertain = fitted.coefficient_rows[am].p >= 1 - level
    more = (caution("moderation.no_evidence", "note", p=fitted.coefficient_rows[am].p),) if uncertain else ()
    return Moderation(
        str(parsed), focal, moderator, fitted, slopes, bounds, inside, float(m.min()), float(m.max()), fitted.n, level,
        (*others, *more),
    )  # fmt: skip


def _column(x: Array, a: int, am: int) -> Array:
    """The moderator from its product, where it has no main effect."""
    return np.asarray(np.divide(x[:, am], x[:, a], out=np.zeros(len(x)), where=x[:, a] != 0))


def _places(m: Array) -> list[tuple[str, float]]:
    values = np.unique(m)
    if len(values) == 2:
        return [(f"{value:g}", float(value)) for value in values]
    mean, sd = float(m.mean()), float(m.std(ddof=1))
    return [("low", mean - sd), ("mean", mean), ("high", mean + sd)]


def _slope(place: str, at: float, b: Array, cov: Array, df: float, level: float) -> SlopeRow:
    way = np.array([1.0, at])
    value, se = float(way @ b), sqrt(float(way @ cov @ way))
    t = t_quantile((1 + level) / 2, df)
    return SlopeRow(
        place, at, value, se, value / se, df, t_two_sided(value / se, df), value - t * se, value + t * se
    )  # fmt: skip


def _bounds(b: Array, cov: Array, t: float, least: float, most: float) -> tuple[float, ...]:
    """Roots of (b_a + b_am m)^2 = t^2 (v_a + 2 m v_a,am + m^2 v_am) among the values observed."""
    square = b[1] ** 2 - t**2 * cov[1, 1]
    linear = 2 * (b[0] * b[1] - t**2 * cov[0, 1])
    constant = b[0] ** 2 - t**2 * cov[0, 0]
    roots = np.roots([square, linear, constant])
    real = sorted(float(root.real) for root in roots if abs(root.imag) < 1e-9)
    return tuple(root for root in real if least < root < most)
