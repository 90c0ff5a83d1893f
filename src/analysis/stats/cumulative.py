"""The cumulative model of ordered answers: probability of an answer, log-likelihood, slope and curvature."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from .rows import Array

Link: TypeAlias = Literal["logit", "probit"]
LINKS: tuple[Link, ...] = ("logit", "probit")
_SMALLEST = 1e-300  # a probability of which nothing is left


def likelihood(at: Array, x: Array, y: npt.NDArray[np.intp], link: Link, member: Array) -> tuple[float, Array, Array]:
    """Log-likelihood, slope and minus curvature; minus infinity where thresholds are out of order.

    Parameters
    ----------
    at : array (cuts + k,)
        Thresholds and slopes.
    x : array (n, k)
        Columns.
    y : array (n,) of int
        Answers, 0 to cuts.
    link : {"logit", "probit"}
        Distribution of the latent answer.
    member : array (n, cuts + 1)
        `membership` of y.

    Returns
    -------
    float, array, array

    Notes
    -----
    A row that answers j moves with t_j - xb and t_(j-1) - xb: sums over the rows of each answer, by `member` (n,
    answers) of zeros and ones, give what belongs to the thresholds.
    """
    cuts = int(y.max())
    t, b = at[:cuts], at[cuts:]
    if (np.diff(t) <= 0).any():
        return -np.inf, at, np.eye(len(at))
    eta = x @ b
    ends = np.concatenate([[-np.inf], t, [np.inf]])
    upper, lower = ends[y + 1] - eta, ends[y] - eta
    p, fu, fl, du, dl = between(upper, lower, link)
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


def membership(y: npt.NDArray[np.intp]) -> Array:
    """One column for each answer: 1 in the rows that gave it."""
    return np.asfortranarray(y[:, None] == np.arange(y.max() + 1), dtype=np.float64)


def between(upper: Array, lower: Array, link: Link) -> tuple[Array, Array, Array, Array, Array]:
    """Probability between two ends, densities there, and their slopes; by the nearer tail, so that no digit is lost."""
    return (_logistic if link == "logit" else _normal)(upper, lower)


def _logistic(upper: Array, lower: Array) -> tuple[Array, Array, Array, Array, Array]:
    """With the logistic distribution."""
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
    """With the normal distribution."""
    flip = lower > 0
    p = special.ndtr(np.where(flip, -lower, upper)) - special.ndtr(np.where(flip, -upper, lower))
    found = []
    for end in (upper, lower):
        density = np.exp(-0.5 * end**2) / np.sqrt(2 * np.pi)
        found.append((density, np.where(np.isinf(end), 0.0, -np.where(np.isinf(end), 0.0, end) * density)))
    (fu, du), (fl, dl) = found
    return np.maximum(p, _SMALLEST), fu, fl, du, dl
