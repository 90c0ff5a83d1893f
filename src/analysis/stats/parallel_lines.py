"""Slopes free at every threshold of a cumulative model, and whether that tells more (proportional odds)."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, caution
from ..rules import cutoff
from .comparison import FurtherTest
from .cumulative import Link, between
from .distributions import chi2_upper
from .likelihood import maximise
from .rows import Array

Lines: TypeAlias = Literal["brant", "likelihood"]
LINES: tuple[Lines, ...] = ("brant", "likelihood")
_Tests: TypeAlias = tuple[tuple[FurtherTest, ...], tuple[Caution, ...]]


def cumulative(
    at: Array, x: Array, y: npt.NDArray[np.intp], link: Link, free: Array | None = None
) -> tuple[float, Array, Array]:
    """Log-likelihood of a cumulative model, its slope and minus its curvature.

    Parameters
    ----------
    at : array (cuts + k + cuts m,)
        Thresholds, slopes of `x`, and for each threshold those of `free`.
    x, free : array (n, k), (n, m)
        Columns whose slopes are the same at all thresholds, and those with one for each.
    y : array (n,) of int
        Answers, 0 to cuts.
    link : {"logit", "probit"}
        Distribution of the latent answer.

    Returns
    -------
    float, array, array
        Minus infinity where an answer would have a probability of zero or less.
    """
    cuts, k = int(y.max()), x.shape[1]
    z = np.empty((len(y), 0)) if free is None else free
    m = z.shape[1]
    slopes = at[cuts + k :].reshape(cuts, m)
    line = at[:cuts] - (x @ at[cuts : cuts + k])[:, None] - z @ slopes.T  # (n, cuts)
    ends = np.column_stack([np.full(len(y), -np.inf), line, np.full(len(y), np.inf)])
    row = np.arange(len(y))
    upper, lower = ends[row, y + 1], ends[row, y]
    if not (upper > lower).all():
        return -np.inf, at, np.eye(len(at))
    p, fu, fl, du, dl = between(upper, lower, link)
    up = np.zeros((len(y), len(at)))
    low = np.zeros_like(up)
    inside, above = y < cuts, y > 0
    up[inside, y[inside]] = 1.0
    low[above, y[above] - 1] = 1.0
    up[:, cuts : cuts + k] = low[:, cuts : cuts + k] = -x
    for cut in range(cuts):
        own = slice(cuts + k + cut * m, cuts + k + (cut + 1) * m)
        up[y == cut, own] = -z[y == cut]
        low[y == cut + 1, own] = -z[y == cut + 1]
    ru, rl = fu / p, fl / p
    slope = up.T @ ru - low.T @ rl
    cross = (up * (ru * rl)[:, None]).T @ low
    curve = (up * (ru**2 - du / p)[:, None]).T @ up + (low * (rl**2 + dl / p)[:, None]).T @ low - cross - cross.T
    return float(np.log(p).sum()), slope, curve


def freed(x: Array, terms: tuple[str, ...], y: npt.NDArray[np.intp], link: Link, at: Array, loglik: float) -> _Tests:
    """Likelihood ratio of each factor: its slopes free at every threshold against the same at all.

    Parameters
    ----------
    x : array (n, k)
        Standardised columns.
    terms : tuple of str
        Their names; ``g[v]`` and ``g[w]`` are one factor.
    y : array (n,) of int
        Answers, 0 to cuts.
    link : {"logit", "probit"}
        Distribution of the latent answer.
    at, loglik : array (cuts + k,), float
        Where the model of parallel lines is most likely, and its log-likelihood.

    Returns
    -------
    tuple of FurtherTest, tuple of Caution
        ``parallel:a``; a factor whose free model has no solution is named by a caution.
    """
    cuts = int(y.max())
    factors = [re.sub(r"\[.*?\](?=[^\]]*$|:)", "", term) for term in terms]
    tests: list[FurtherTest] = []
    notes: list[Caution] = []
    for factor in dict.fromkeys(factors):
        own = np.array([each == factor for each in factors])
        start = np.concatenate([at[:cuts], at[cuts:][~own], np.tile(at[cuts:][own], cuts)])
        _, _, value, converged = maximise(
            start,
            lambda point, own=own: cumulative(point, x[:, ~own], y, link, x[:, own]),  # type: ignore[misc]
        )
        if not converged:
            notes.append(caution("ordinal.no_ratio", "note", term=factor))
            continue
        ratio, df = max(2 * (value - loglik), 0.0), int(own.sum()) * (cuts - 1)
        tests.append(FurtherTest(f"parallel:{factor}", ratio, df, chi2_upper(ratio, df)))
    least = min(tests, key=lambda row: row.p, default=None)
    # one test for each factor: the smallest p counts as often as there are tests (Bonferroni)
    if least is not None and least.p * len(tests) < cutoff("significance"):
        p = min(1.0, least.p * len(tests))
        notes.append(caution("ordinal.factor_not_parallel", term=least.name.partition(":")[2], p=p))
    return tuple(tests), tuple(notes)
