"""Ordered answers: cumulative logit and probit with thresholds, and Brant's test of parallel lines."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import ModelError, Place, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from .brant import brant
from .design import Design, build, codes_of
from .leastsquares import lengths, refuse_dependent_columns
from .likelihood import LikelihoodModel, ThresholdRow, effects, fitted_by, maximise, usual_cautions
from .rows import Array, Labels, Rows, check_level, literal, rows
from .tails import normal_quantile, normal_two_sided

Link: TypeAlias = Literal["logit", "probit"]
_LINKS: tuple[Link, ...] = ("logit", "probit")
_SMALLEST = 1e-300  # a probability of which nothing is left
_RUNAWAY = 18.0  # a slope per standard deviation, or a threshold, that no answers give unless factors tell them apart


def ordinal(formula: str, x: object, *, link: Link = "logit", level: float = 0.95) -> LikelihoodModel:
    """Explain an ordered answer by factors (proportional odds, or ordered probit).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome holds numbers, or a category whose order is declared.
    x : rows
        Answers.
    link : {"logit", "probit"}
        Distribution of the latent answer.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `thresholds` are those of the latent scale; with the logit `ratio` is the odds ratio of a higher answer, and
        `tests` holds Brant's test of parallel lines, of the whole (``brant``) and of each column (``brant:a``).

    Raises
    ------
    ModelError
        ``ordinal.…``: fewer than three answers, an order that is not declared, no solution (factors that tell the
        answers apart); ``regression.…`` as in `ols`.

    Notes
    -----
    P(y <= j) = F(t_j - xb) by maximum likelihood, errors from the observed information. Brant compares the logits of
    y > j over all j; where one of them has no solution the test is not computed, and a caution says so.

    References
    ----------
    McCullagh, P. (1980). Journal of the Royal Statistical Society B, 42, 109-142. Brant, R. (1990). Biometrics, 46,
    1171-1178. R: ``MASS::polr``, ``brant::brant``.

    Examples
    --------
    >>> found = ordinal("y ~ a", {"y": [1, 1, 2, 1, 3, 2, 3, 3], "a": [1, 2, 3, 4, 5, 6, 7, 8]})
    >>> [row.threshold for row in found.threshold_rows]
    ['1|2', '2|3']
    """
    literal("link", link, _LINKS)
    check_level(level)
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    if not parsed.intercept or not parsed.terms:
        raise ModelError(problem("ordinal.formula", formula=str(parsed)))
    taken, levels = _coded(parsed, rows(x))
    design = build(parsed, taken, None)
    names = tuple(levels[code] for code in np.flatnonzero(np.bincount(design.y.astype(np.intp))).tolist())
    if len(names) < 3:
        raise ModelError(
            problem("ordinal.three_answers", Place(column=parsed.outcome), column=parsed.outcome, answers=names)
        )
    y = codes_of(design.y)
    n, k = len(y), design.x.shape[1] - 1
    if n <= k + len(names):
        raise ModelError(problem("regression.too_few_rows", n=n, k=k + len(names) - 1))
    refuse_dependent_columns(design.x, design.terms)
    mean = design.x[:, 1:].mean(axis=0)
    z = design.x[:, 1:] - mean
    scale = lengths(z) / n**0.5
    z /= scale
    share = np.cumsum(np.bincount(y))[:-1] / n
    start = np.concatenate([special.logit(share) if link == "logit" else special.ndtri(share), np.zeros(k)])
    null = float(special.xlogy(np.bincount(y), np.bincount(y) / n).sum())
    member = _member(y)
    found, information, value, converged = maximise(start, lambda at: _likelihood(at, z, y, link, member))
    if not converged or float(np.abs(found).max()) > _RUNAWAY:
        raise ModelError(problem("ordinal.no_solution", outcome=parsed.outcome))
    back = _back(mean / scale, scale, len(share))
    point, cov = back @ found, back @ np.linalg.inv(information) @ back.T
    cuts = len(share)
    tests, brant_cautions = brant(design.x, design.terms, y, point) if link == "logit" else ((), ())
    return LikelihoodModel(
        formula=str(parsed),
        method=f"ordinal.{link}",
        event=None,
        coefficient_rows=tuple(
            effects(design.terms[1:], point[cuts:], cov[cuts:, cuts:], level, ratios=link == "logit")
        ),
        threshold_rows=tuple(_thresholds(names, point[:cuts], cov[:cuts, :cuts], level)),
        variance_rows=(),
        test_rows=tests,
        fit=fitted_by(value, null, k + cuts, k, n),
        n=n,
        groups=None,
        missing="listwise",
        dropped=design.dropped,
        level=level,
        converged=converged,
        cautions=(*design.cautions, *usual_cautions(n, design.dropped, converged), *brant_cautions),
        _kept=lambda: _statsmodels(design, y, link),
    )


def _coded(formula: Formula, taken: Rows) -> tuple[Rows, tuple[str, ...]]:
    """The outcome as 0, 1, 2, … and the names of the answers; an order is never guessed from words."""
    name = formula.outcome
    column = taken.column(name)
    if isinstance(column, Labels):
        if not column.declared:
            raise ModelError(problem("ordinal.order", Place(column=name), column=name))
        return taken.replaced(name, np.where(column.codes < 0, np.nan, column.codes.astype(float))), column.levels
    answered = ~np.isnan(column)
    codes = codes_of(column[answered])
    values = np.empty(int(codes.max(initial=-1)) + 1)
    values[codes] = column[answered]
    if len(values) > cutoff("ordinal.levels"):
        most = int(cutoff("ordinal.levels"))
        raise ModelError(problem("ordinal.many_answers", Place(column=name), column=name, count=len(values), most=most))
    coded = np.full(len(column), np.nan)
    coded[answered] = codes
    return taken.replaced(name, coded), tuple(f"{value:g}" for value in values.tolist())


def _back(mean: Array, scale: Array, cuts: int) -> Array:
    """From thresholds and slopes of standardised columns to those of the columns: t + m b, b / s."""
    k = len(scale)
    out = np.eye(cuts + k)
    out[:cuts, cuts:] = mean
    out[cuts:, cuts:] = np.diag(1 / scale)
    return out


def _likelihood(
    at: Array, x: Array, y: npt.NDArray[np.intp], link: Link, member: Array | None = None
) -> tuple[float, Array, Array]:
    """Log-likelihood, slope and minus curvature; minus infinity where thresholds are out of order.

    A row that answers j moves with t_j - xb and t_(j-1) - xb: sums over the rows of each answer, by `member` (n,
    answers) of zeros and ones, give what belongs to the thresholds.
    """
    cuts = int(y.max())
    t, b = at[:cuts], at[cuts:]
    if (np.diff(t) <= 0).any():
        return -np.inf, at, np.eye(len(at))
    if member is None:
        member = _member(y)
    eta = x @ b
    ends = np.concatenate([[-np.inf], t, [np.inf]])
    upper, lower = ends[y + 1] - eta, ends[y] - eta
    p, fu, fl, du, dl = (_logistic if link == "logit" else _normal)(upper, lower)
    up, low = fu / p, fl / p
    both = up * low
    bent_up, bent_low = up * up - du / p, low * low + dl / p
    sums = member.T @ np.column_stack([up, low, bent_up, bent_low, both])  # (answers, 5)
    slope = np.concatenate([sums[:-1, 0] - sums[1:, 1], x.T @ (low - up)])
    curve = np.empty((len(at), len(at)))
    neighbours = np.diag(sums[1:-1, 4], 1)
    curve[:cuts, :cuts] = np.diag(sums[:-1, 2] + sums[1:, 3]) - neighbours - neighbours.T
    across = (member[:, :-1] * (bent_up - both)[:, None] + member[:, 1:] * (bent_low - both)[:, None]).T @ x
    curve[:cuts, cuts:], curve[cuts:, :cuts] = -across, -across.T
    curve[cuts:, cuts:] = (x * (bent_up + bent_low - 2 * both)[:, None]).T @ x
    return float(np.log(p).sum()), slope, curve


def _member(y: npt.NDArray[np.intp]) -> Array:
    """One column for each answer: 1 in the rows that gave it."""
    return np.asfortranarray(y[:, None] == np.arange(y.max() + 1), dtype=np.float64)


def _logistic(upper: Array, lower: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Probability between two ends, densities there, and their slopes; by the nearer tail, so that no digit is lost."""
    tails, densities, slopes = [], [], []
    for end in (upper, lower):
        small = np.exp(-np.abs(end))
        tail = small / (1 + small)
        density = tail / (1 + small)
        tails.append(tail)
        densities.append(density)
        slopes.append(np.copysign(density, -end) * ((1 - small) / (1 + small)))
    p = np.where(lower > 0, tails[1] - tails[0], np.where(upper < 0, tails[0], 1 - tails[0]) - tails[1])
    return np.maximum(p, _SMALLEST), densities[0], densities[1], slopes[0], slopes[1]


def _normal(upper: Array, lower: Array) -> tuple[Array, Array, Array, Array, Array]:
    """The same of the normal distribution."""
    flip = lower > 0
    p = special.ndtr(np.where(flip, -lower, upper)) - special.ndtr(np.where(flip, -upper, lower))
    found = []
    for end in (upper, lower):
        density = np.exp(-0.5 * end**2) / np.sqrt(2 * np.pi)
        found.append((density, np.where(np.isinf(end), 0.0, -np.where(np.isinf(end), 0.0, end) * density)))
    (fu, du), (fl, dl) = found
    return np.maximum(p, _SMALLEST), fu, fl, du, dl


def _thresholds(names: tuple[str, ...], t: Array, cov: Array, level: float) -> list[ThresholdRow]:
    z = normal_quantile((1 + level) / 2)
    lines = []
    for (below, above), value, se in zip(pairwise(names), t.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        p = normal_two_sided(value / se)
        lines.append(ThresholdRow(f"{below}|{above}", value, se, value / se, p, value - z * se, value + z * se))
    return lines


def _statsmodels(design: Design, y: npt.NDArray[np.intp], link: Link) -> object:
    import pandas as pd
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    data = pd.DataFrame(design.x[:, 1:], columns=list(design.terms[1:]))
    return OrderedModel(y, data, distr=link).fit(method="bfgs", disp=0, gtol=1e-8)
