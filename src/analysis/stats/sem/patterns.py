"""Missing answers: rows gathered by what they answer, and the moments that all answers make most likely (EM)."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt

from ..rows import Array
from .matrices import inverted

_STEPS = 5000
_CHANGE = 1e-10  # of the largest moment, in the variables' standard deviations


@dataclass(frozen=True, eq=False)
class Pattern:
    """The rows that answer the same variables."""

    at: npt.NDArray[np.intp]  # (k,) places of the answered variables
    rows: Array  # (n, k)
    mean: Array  # (k,)
    cov: Array  # (k, k), divided by n

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.rows)


def patterns(values: Array) -> tuple[Pattern, ...]:
    """Rows (n, p) with missing answers, by pattern; each row answers at least one variable."""
    answered = ~np.isnan(values)
    kinds, which = np.unique(answered, axis=0, return_inverse=True)
    found = []
    for kind, answers in enumerate(kinds):
        at = np.flatnonzero(answers)
        rows = values[which.reshape(-1) == kind][:, at]
        mean = rows.mean(axis=0)
        away = rows - mean
        found.append(Pattern(at, rows, mean, away.T @ away / len(rows)))
    return tuple(found)


def saturated(found: tuple[Pattern, ...], p: int) -> tuple[Array, Array]:
    """Mean (p,) and covariances (p, p) of greatest likelihood, by the EM algorithm.

    Notes
    -----
    E: missing answers are replaced by their expectation given the row's answers, and their conditional covariances are
    kept; M: moments of the completed rows. Likelihood never falls.

    References
    ----------
    Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Journal of the Royal Statistical Society B, 39, 1-38.
    """
    mean, cov = _first(found, p)
    for _ in range(_STEPS):
        new_mean, new_cov = _step(found, mean, cov)
        sd = np.sqrt(np.diag(new_cov))
        change = max(np.abs((new_mean - mean) / sd).max(), np.abs((new_cov - cov) / np.outer(sd, sd)).max())
        mean, cov = new_mean, new_cov
        if change < _CHANGE:
            break
    return mean, cov


def _first(found: tuple[Pattern, ...], p: int) -> tuple[Array, Array]:
    """Means and variances of the answers given, no covariances."""
    count, total, squares = np.zeros(p), np.zeros(p), np.zeros(p)
    for each in found:
        count[each.at] += each.n
        total[each.at] += each.n * each.mean
        squares[each.at] += each.n * (np.diag(each.cov) + each.mean**2)
    mean = total / count
    return mean, np.diag(squares / count - mean**2)


def _step(found: tuple[Pattern, ...], mean: Array, cov: Array) -> tuple[Array, Array]:
    n = sum(each.n for each in found)
    total, products = np.zeros(len(mean)), np.zeros_like(cov)
    parts = []
    for each in found:
        weights = cov[:, each.at] @ inverted(cov[np.ix_(each.at, each.at)])  # regression of all on the answered
        expected = mean + weights @ (each.mean - mean[each.at])
        rest = cov - weights @ cov[each.at]
        parts.append((each.n, expected, weights @ each.cov @ weights.T + rest))
        total += each.n * expected
    new = total / n
    for count, expected, spread in parts:
        away = expected - new
        products += count * (spread + np.outer(away, away))
    return new, products / n


def deviance(found: tuple[Pattern, ...], mean: Array, cov: Array) -> float:
    """-2 log-likelihood of all rows at these moments."""
    total = 0.0
    for each in found:
        block = cov[np.ix_(each.at, each.at)]
        away = each.mean - mean[each.at]
        spread = float(np.sum(inverted(block) * (each.cov + np.outer(away, away))))
        total += each.n * (len(each.at) * log(2 * pi) + float(np.linalg.slogdet(block)[1]) + spread)
    return total
