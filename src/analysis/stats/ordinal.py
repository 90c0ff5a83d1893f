"""Ordered answers: cumulative logit and probit with thresholds, and Brant's test of parallel lines."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from .binary import _logit_step
from .comparison import FurtherTest
from .design import Design, build
from .distributions import chi2_upper
from .leastsquares import refuse_dependent_columns
from .likelihood import LikelihoodModel, ThresholdRow, effects, fitted_by, maximise, usual_cautions
from .rows import Array, Labels, Rows, check_level, literal, rows
from .tails import normal_quantile, normal_two_sided

Link: TypeAlias = Literal["logit", "probit"]
_LINKS: tuple[Link, ...] = ("logit", "probit")
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
    present = np.unique(design.y)
    names = tuple(levels[int(code)] for code in present)
    if len(names) < 3:
        raise ModelError(
            problem("ordinal.three_answers", Place(column=parsed.outcome), column=parsed.outcome, answers=names)
        )
    y = np.searchsorted(present, design.y)
    n, k = len(y), design.x.shape[1] - 1
    if n <= k + len(names):
        raise ModelError(problem("regression.too_few_rows", n=n, k=k + len(names) - 1))
    refuse_dependent_columns(design.x, design.terms)
    scale = design.x[:, 1:].std(axis=0)
    z = (design.x[:, 1:] - design.x[:, 1:].mean(axis=0)) / scale
    share = np.cumsum(np.bincount(y))[:-1] / n
    start = np.concatenate([special.logit(share) if link == "logit" else special.ndtri(share), np.zeros(k)])
    null = float(special.xlogy(np.bincount(y), np.bincount(y) / n).sum())
    found, information, value, converged = maximise(start, lambda at: _likelihood(at, z, y, link))
    if not converged or float(np.abs(found).max()) > _RUNAWAY:
        raise ModelError(problem("ordinal.no_solution", outcome=parsed.outcome))
    back = _back(design.x[:, 1:].mean(axis=0) / scale, scale, len(share))
    point, cov = back @ found, back @ np.linalg.inv(information) @ back.T
    cuts = len(share)
    tests, brant_cautions = _brant(design, y, cuts) if link == "logit" else ((), ())
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
    values = np.unique(column[~np.isnan(column)])
    if len(values) > cutoff("ordinal.levels"):
        most = int(cutoff("ordinal.levels"))
        raise ModelError(problem("ordinal.many_answers", Place(column=name), column=name, count=len(values), most=most))
    codes = np.where(np.isnan(column), np.nan, np.searchsorted(values, column).astype(float))
    return taken.replaced(name, codes), tuple(f"{value:g}" for value in values.tolist())


def _back(mean: Array, scale: Array, cuts: int) -> Array:
    """From thresholds and slopes of standardised columns to those of the columns: t + m b, b / s."""
    k = len(scale)
    out = np.eye(cuts + k)
    out[:cuts, cuts:] = mean
    out[cuts:, cuts:] = np.diag(1 / scale)
    return out


def _likelihood(at: Array, x: Array, y: npt.NDArray[np.intp], link: Link) -> tuple[float, Array, Array]:
    """Log-likelihood, slope and minus curvature; minus infinity where thresholds are out of order."""
    cuts = int(y.max())
    t, b = at[:cuts], at[cuts:]
    if (np.diff(t) <= 0).any():
        return -np.inf, at, np.eye(len(at))
    eta = x @ b
    ends = np.concatenate([[-np.inf], t, [np.inf]])
    upper, lower = ends[y + 1] - eta, ends[y] - eta
    p, fu, fl, du, dl = _cells(upper, lower, link)
    up = np.zeros((len(y), len(at)))
    low = np.zeros_like(up)
    inside, above = y < cuts, y > 0
    up[inside, y[inside]] = 1.0
    low[above, y[above] - 1] = 1.0
    up[:, cuts:] = low[:, cuts:] = -x
    ru, rl = fu / p, fl / p
    slope = up.T @ ru - low.T @ rl
    cross = (up * (ru * rl)[:, None]).T @ low
    curve = (up * (ru**2 - du / p)[:, None]).T @ up + (low * (rl**2 + dl / p)[:, None]).T @ low - cross - cross.T
    return float(np.log(p).sum()), slope, curve


def _cells(upper: Array, lower: Array, link: Link) -> tuple[Array, Array, Array, Array, Array]:
    """Probability between two ends, densities there, and their slopes; by the nearer tail, so that no digit is lost."""
    flip = lower > 0
    a, b = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
    cdf = special.expit if link == "logit" else special.ndtr
    p = np.maximum(cdf(a) - cdf(b), 1e-300)
    found = []
    for end in (upper, lower):
        if link == "logit":
            f = special.expit(end) * special.expit(-end)
            slope = f * (1 - 2 * special.expit(end))
        else:
            f = np.exp(-0.5 * end**2) / np.sqrt(2 * np.pi)
            slope = np.where(np.isinf(end), 0.0, -np.where(np.isinf(end), 0.0, end) * f)
        found.append((f, slope))
    (fu, du), (fl, dl) = found
    return p, fu, fl, du, dl


def _thresholds(names: tuple[str, ...], t: Array, cov: Array, level: float) -> list[ThresholdRow]:
    z = normal_quantile((1 + level) / 2)
    lines = []
    for (below, above), value, se in zip(pairwise(names), t.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        p = normal_two_sided(value / se)
        lines.append(ThresholdRow(f"{below}|{above}", value, se, value / se, p, value - z * se, value + z * se))
    return lines


def _brant(design: Design, y: npt.NDArray[np.intp], cuts: int) -> tuple[tuple[FurtherTest, ...], tuple[Caution, ...]]:
    """Wald's test that the slopes of the logits y > j are the same for all j."""
    x, terms = design.x, design.terms[1:]
    k = len(terms)
    slopes, shares, inverses = [], [], []
    for cut in range(cuts):
        above = (y > cut).astype(float)
        b, information, _, converged = maximise(np.zeros(k + 1), lambda at, z=above: _logit_step(x, z, at))  # type: ignore[misc]
        if not converged or np.linalg.cond(information) > 1e13:
            return (), (caution("ordinal.no_brant", "note", cut=cut + 1),)
        slopes.append(b[1:])
        shares.append(special.expit(x @ b))
        inverses.append(np.linalg.inv(information))
    cov = np.zeros((cuts * k, cuts * k))
    for i in range(cuts):
        for j in range(i, cuts):
            weight = shares[j] - shares[i] * shares[j]
            part = (inverses[i] @ ((x * weight[:, None]).T @ x) @ inverses[j])[1:, 1:]
            cov[i * k : (i + 1) * k, j * k : (j + 1) * k] = part
            cov[j * k : (j + 1) * k, i * k : (i + 1) * k] = part.T
    stacked = np.concatenate(slopes)
    tests = [_wald("brant", stacked, cov, k, cuts, list(range(k)))]
    tests += [_wald(f"brant:{term}", stacked, cov, k, cuts, [at]) for at, term in enumerate(terms)]
    broken = tests[0].p < cutoff("significance")
    notes = (caution("ordinal.lines_not_parallel", p=tests[0].p),) if broken else ()
    return tuple(tests), notes


def _wald(name: str, b: Array, cov: Array, k: int, cuts: int, columns: list[int]) -> FurtherTest:
    """b_1 = b_j for all j > 1, for these columns."""
    lines = []
    for cut in range(1, cuts):
        for column in columns:
            line = np.zeros(cuts * k)
            line[column], line[cut * k + column] = 1.0, -1.0
            lines.append(line)
    d = np.array(lines)
    apart = d @ b
    statistic = float(apart @ np.linalg.solve(d @ cov @ d.T, apart))
    return FurtherTest(name, statistic, len(lines), chi2_upper(statistic, len(lines)))


def _statsmodels(design: Design, y: npt.NDArray[np.intp], link: Link) -> object:
    import pandas as pd
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    data = pd.DataFrame(design.x[:, 1:], columns=list(design.terms[1:]))
    return OrderedModel(y, data, distr=link).fit(method="bfgs", disp=0, gtol=1e-8)
