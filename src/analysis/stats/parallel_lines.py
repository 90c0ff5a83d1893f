"""The cumulative model's likelihood, and whether its slopes are the same at every threshold (proportional odds)."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, caution
from ..rules import cutoff
from .binary import _logit_step
from .comparison import FurtherTest
from .design import Design
from .distributions import chi2_upper
from .likelihood import maximise
from .rows import Array

Link: TypeAlias = Literal["logit", "probit"]
Lines: TypeAlias = Literal["brant", "likelihood"]
LINKS: tuple[Link, ...] = ("logit", "probit")
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
    p, fu, fl, du, dl = _cells(upper, lower, link)
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


def brant(design: Design, y: npt.NDArray[np.intp]) -> _Tests:
    """Wald's test that the slopes of the logits y > j are the same for all j."""
    x, terms, cuts = design.x, design.terms[1:], int(y.max())
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
