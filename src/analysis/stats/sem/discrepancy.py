"""How far the sample's moments are from the implied ones: one class for each estimator.

Each compares one group. `value` is F, zero where both are equal; `slope` its derivative by the implied moments (means
first where they are modelled, then vech of the covariances, as in the Jacobian of `matrices`); `weight` W the expected
curvature, so that the information of one observation is D' W D with the Jacobian D.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol

import numpy as np

from ..rows import Array
from .matrices import Implied, Index, inverted, pairs
from .patterns import Pattern


class Discrepancy(Protocol):
    """What the machine asks of an estimator in one group."""

    @property
    def means(self) -> bool:
        """Whether means are compared too."""

    def value(self, implied: Implied) -> float:
        """F >= 0; infinite where the implied covariances are none."""

    def slope(self, implied: Implied) -> Array:
        """dF / d moments (moments,)."""

    def weight(self, implied: Implied) -> Array:
        """W (moments, moments): half the expected second derivative of F."""


def vech(matrix: Array) -> Array:
    """Each covariance once, row by row of the upper triangle."""
    return np.asarray(matrix[pairs(len(matrix))])


def unvech(values: Array, p: int) -> Array:
    """The symmetric matrix of a `vech`."""
    matrix = np.zeros((p, p))
    matrix[pairs(p)] = values
    return matrix + np.triu(matrix, 1).T


def twice(p: int) -> Array:
    """How often each element of a vech stands in its matrix: 1 on the diagonal, 2 off it."""
    a, b = pairs(p)
    return np.where(a == b, 1.0, 2.0)


def inverse(cov: Array) -> tuple[Array, float] | None:
    """Inverse and log determinant, or None where the matrix is not positive definite."""
    try:
        root: Array = np.asarray(np.linalg.cholesky(cov), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    back = inverted(root)
    return back.T @ back, 2 * float(np.log(np.diag(root)).sum())


def normal_weight(precision: Array, means: bool) -> Array:
    """Information of the mean and of vech(cov) of a normal variable: precision, and D' (P x P) D / 2."""
    p = len(precision)
    a, b = pairs(p)
    products = _bilinear(precision, precision, a, b)
    often = twice(p)
    found = products * np.outer(often, often) / 4
    if not means:
        return np.asarray(found)
    whole = np.zeros((p + len(a), p + len(a)))
    whole[:p, :p] = precision
    whole[p:, p:] = found
    return whole


def _bilinear(x: Array, y: Array, a: Index, b: Index) -> Array:
    """x_ac y_bd + x_ad y_bc for all pairs (a, b) and (c, d)."""
    return np.asarray(x[np.ix_(a, a)] * y[np.ix_(b, b)] + x[np.ix_(a, b)] * y[np.ix_(b, a)])


@dataclass(frozen=True, eq=False)
class MaximumLikelihood:
    """F = log|Sigma| + tr(S Sigma^-1) - log|S| - p + (m - mu)' Sigma^-1 (m - mu)."""

    mean: Array
    cov: Array
    means: bool

    @cached_property
    def _log_det(self) -> float:
        return float(np.linalg.slogdet(self.cov)[1])

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        found = inverse(implied.cov)
        if found is None:
            return inf
        precision, log_det = found
        away = self._away(implied)
        spread = float(np.sum(precision * (self.cov + np.outer(away, away))))
        return log_det + spread - self._log_det - len(self.cov)

    def slope(self, implied: Implied) -> Array:
        """dF/dSigma = -Sigma^-1 (S + dd' - Sigma) Sigma^-1 and dF/dmu = -2 Sigma^-1 d with d = m - mu."""
        precision = inverted(implied.cov)
        away = self._away(implied)
        rest = precision @ (self.cov + np.outer(away, away) - implied.cov) @ precision
        found = -twice(len(self.cov)) * vech(rest)
        return np.concatenate([-2 * precision @ away, found]) if self.means else found

    def weight(self, implied: Implied) -> Array:
        """The information of a normal variable at the implied covariances."""
        return normal_weight(inverted(implied.cov), self.means)

    def _away(self, implied: Implied) -> Array:
        return self.mean - implied.mean if self.means else np.zeros(len(self.cov))


@dataclass(frozen=True, eq=False)
class FullInformation:
    """-2 log-likelihood of every answer given, for one observation and less that of the saturated moments.

    F = sum over patterns of n_p / n (log|Sigma_p| + tr(Sigma_p^-1 (S_p + d_p d_p'))) - the same at the moments of EM.
    """

    patterns: tuple[Pattern, ...]
    mean: Array  # of the saturated model
    cov: Array
    means: bool = True

    @cached_property
    def _shares(self) -> Array:
        counts = np.array([each.n for each in self.patterns], dtype=np.float64)
        return np.asarray(counts / counts.sum())

    @cached_property
    def _least(self) -> float:
        return self._deviance(self.mean, self.cov)

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        return self._deviance(implied.mean, implied.cov) - self._least

    def slope(self, implied: Implied) -> Array:
        """dF by means and vech(Sigma): each pattern adds its own to the moments of what it answers."""
        p = len(self.mean)
        by_mean, by_cov = np.zeros(p), np.zeros((p, p))
        for share, each in zip(self._shares, self.patterns, strict=True):
            block = np.ix_(each.at, each.at)
            precision = inverted(implied.cov[block])
            away = each.mean - implied.mean[each.at]
            by_mean[each.at] -= 2 * share * precision @ away
            by_cov[block] -= share * precision @ (each.cov + np.outer(away, away) - implied.cov[block]) @ precision
        return np.concatenate([by_mean, twice(p) * vech(by_cov)])

    def weight(self, implied: Implied) -> Array:
        """The information of complete rows: it leads the search; errors come from `curvature`."""
        return normal_weight(inverted(implied.cov), True)

    def curvature(self, implied: Implied) -> Array:
        """Half the second derivative of F by the moments: the observed information where answers are missing.

        In a pattern with precision P, M = S + dd', Q = P M P and u = P d it is P for the mean, P_ac u_b for mean and
        covariances, and tr(E P E Q) - tr(P E P E) / 2 for covariances, E being the directions of the vech. Sums over
        patterns of products such as P_ac Q_bd are one matrix product.
        """
        p = len(self.mean)
        precisions, middles, scaled = self._by_pattern(implied)
        weighted = self._shares[:, None] * precisions
        both = (weighted.T @ middles).reshape(p, p, p, p)  # sum of P_ac Q_bd
        same = (weighted.T @ precisions).reshape(p, p, p, p)  # sum of P_ac P_bd
        mixed = (weighted.T @ scaled).reshape(p, p, p)  # sum of P_ac u_b
        a, b = pairs(p)
        at, cross = np.ix_(a, a), np.ix_(a, b)
        rows_a, rows_b, columns_a, columns_b = at[0], b[:, None], at[1], cross[1]
        crossed = (
            both[rows_a, columns_a, rows_b, columns_b]
            + both[rows_a, columns_b, rows_b, columns_a]
            + both[rows_b, columns_b, rows_a, columns_a]
            + both[rows_b, columns_a, rows_a, columns_b]
        )
        plain = same[rows_a, columns_a, rows_b, columns_b] + same[rows_a, columns_b, rows_b, columns_a]
        often = twice(p)
        whole = np.empty((p + len(a), p + len(a)))
        whole[:p, :p] = weighted.sum(axis=0).reshape(p, p)
        whole[:p, p:] = (mixed[:, a, b] + mixed[:, b, a]) * often / 2
        whole[p:, :p] = whole[:p, p:].T
        whole[p:, p:] = (crossed - plain) * np.outer(often, often) / 4
        return whole

    def _by_pattern(self, implied: Implied) -> tuple[Array, Array, Array]:
        """P and Q (patterns, p p) and u (patterns, p) of each pattern, zero for what it does not answer."""
        p = len(self.mean)
        precisions, middles = (np.zeros((len(self.patterns), p, p)) for _ in range(2))
        scaled = np.zeros((len(self.patterns), p))
        for place, each in enumerate(self.patterns):
            block = np.ix_(each.at, each.at)
            away = each.mean - implied.mean[each.at]
            precision = inverted(implied.cov[block])
            precisions[place][block] = precision
            middles[place][block] = precision @ (each.cov + np.outer(away, away)) @ precision
            scaled[place, each.at] = precision @ away
        flat = (len(self.patterns), p * p)
        return precisions.reshape(flat), middles.reshape(flat), scaled

    def _deviance(self, mean: Array, cov: Array) -> float:
        total = 0.0
        for share, each in zip(self._shares, self.patterns, strict=True):
            found = inverse(cov[np.ix_(each.at, each.at)])
            if found is None:
                return inf
            precision, log_det = found
            away = each.mean - mean[each.at]
            total += share * (log_det + float(np.sum(precision * (each.cov + np.outer(away, away)))))
        return total


@dataclass(frozen=True, eq=False)
class Weighted:
    """F = (s - sigma)' W (s - sigma) with a fixed W: least squares, generalised or not."""

    moments: Array  # (moments,) of the sample: means first where they are modelled, then vech(S)
    fixed_weight: Array
    means: bool

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        away = self.moments - self._implied(implied)
        return float(away @ self.fixed_weight @ away)

    def slope(self, implied: Implied) -> Array:
        """-2 W (s - sigma)."""
        return np.asarray(-2 * self.fixed_weight @ (self.moments - self._implied(implied)))

    def weight(self, implied: Implied) -> Array:
        """W, the same everywhere."""
        return self.fixed_weight

    def _implied(self, implied: Implied) -> Array:
        found = vech(implied.cov)
        return np.concatenate([implied.mean, found]) if self.means else found


def generalised(mean: Array, cov: Array, means: bool) -> Weighted:
    """Generalised least squares: F = tr((S^-1 (S - Sigma))^2) / 2, the weight being that of S."""
    return Weighted(_moments(mean, cov, means), normal_weight(inverted(cov), means), means)


def unweighted(mean: Array, cov: Array, means: bool) -> Weighted:
    """Unweighted least squares: F = tr((S - Sigma)^2) / 2."""
    return Weighted(_moments(mean, cov, means), normal_weight(np.eye(len(cov)), means), means)


def _moments(mean: Array, cov: Array, means: bool) -> Array:
    return np.concatenate([mean, vech(cov)]) if means else vech(cov)
