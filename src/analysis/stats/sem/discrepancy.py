"""How far the sample's moments are from the implied ones: one class for each estimator.

Each compares one group. `value` is F, zero where both are equal; `slope` its derivative by the implied moments (means
first where they are modelled, then vech of the covariances, as in the Jacobian of `matrices`); `weight` W the expected
curvature, so that the information of one observation is D' W D with the Jacobian D.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import ClassVar, Protocol

import numpy as np

from ..rows import Array
from .casewise import Casewise
from .directions import Directions, Index, inverse, inverted, pairs, twice, unvech, vech
from .matrices import Implied
from .patterns import Patterns, expected


class Discrepancy(Protocol):
    """What the machine asks of an estimator in one group."""

    @property
    def means(self) -> bool:
        """Whether means are compared too."""

    @property
    def quick(self) -> bool:
        """Whether `observed` costs no more than `expected`."""

    def value(self, implied: Implied) -> float:
        """F >= 0; infinite where the implied covariances are none."""

    def pull(self, implied: Implied) -> tuple[Array, Array]:
        """Vector c (p,) and symmetric matrix C (p, p) such that dF = c'dmu + tr(C dSigma)."""

    def slope(self, implied: Implied) -> Array:
        """dF / d moments (moments,)."""

    def weight(self, implied: Implied) -> Array:
        """W (moments, moments): half the expected second derivative of F."""

    def distance(self, implied: Implied, mean: Array, cov: Array) -> float:
        """s' W s of a vector of means (p,) and a matrix of covariances (p, p)."""

    def expected(self, implied: Implied, ways: Directions) -> Array:
        """Half the expected second derivative of F in these directions (ways, ways): D' W D."""

    def observed(self, implied: Implied, ways: Directions) -> Array:
        """Half the second derivative of F in these directions (ways, ways)."""


class _Pulled:
    """The slope by the moments, for those that say what pulls at them."""

    means: bool
    quick: ClassVar[bool] = True

    def pull(self, implied: Implied) -> tuple[Array, Array]:
        """c and C of dF = c'dmu + tr(C dSigma)."""
        raise NotImplementedError

    def slope(self, implied: Implied) -> Array:
        """dF / d moments (moments,)."""
        by_mean, by_cov = self.pull(implied)
        found = twice(len(by_cov)) * vech(by_cov)
        return np.concatenate([by_mean, found]) if self.means else found


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
class MaximumLikelihood(_Pulled):
    """F = log|Sigma| + tr(S Sigma^-1) - log|S| - p + (m - mu)' Sigma^-1 (m - mu)."""

    mean: Array
    cov: Array
    means: bool

    @cached_property
    def _log_det(self) -> float:
        return float(np.linalg.slogdet(self.cov)[1])

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        if implied.inverse is None:
            return inf
        precision, log_det = implied.inverse
        return log_det + float((precision * self._about(implied)).sum()) - self._log_det - len(self.cov)

    def pull(self, implied: Implied) -> tuple[Array, Array]:
        """dF/dSigma = -Sigma^-1 (S + dd' - Sigma) Sigma^-1 and dF/dmu = -2 Sigma^-1 d with d = m - mu."""
        precision = implied.precision
        rest = precision @ (self._about(implied) - implied.cov) @ precision
        return -2 * precision @ self._away(implied), -rest

    def weight(self, implied: Implied) -> Array:
        """The information of a normal variable at the implied covariances."""
        return normal_weight(implied.precision, self.means)

    def distance(self, implied: Implied, mean: Array, cov: Array) -> float:
        """tr(P C P C) / 2 + m'P m."""
        scaled = implied.precision @ cov
        found = float((scaled * scaled.T).sum()) / 2
        return found + float(mean @ implied.precision @ mean) if self.means else found

    def expected(self, implied: Implied, ways: Directions) -> Array:
        """The same in these directions."""
        return ways.normal(implied.precision)

    def observed(self, implied: Implied, ways: Directions) -> Array:
        """Half the second derivative of F in these directions."""
        precision = implied.precision
        return ways.curved(precision, precision @ self._about(implied) @ precision, precision @ self._away(implied))

    def _away(self, implied: Implied) -> Array:
        return self.mean - implied.mean if self.means else np.zeros(len(self.cov))

    def _about(self, implied: Implied) -> Array:
        """The sample's mean squares about the implied mean."""
        away = self._away(implied)
        return self.cov + np.outer(away, away)


@dataclass(frozen=True, eq=False)
class FullInformation(_Pulled):
    """-2 log-likelihood of every answer given, for one observation and less that of the saturated moments.

    F = sum over patterns of n_p / n (log|Sigma_p| + tr(Sigma_p^-1 (S_p + d_p d_p'))) - the same at the moments of EM.
    Its slope is that of complete rows with the moments that the answers let expect (Fisher's identity).
    """

    patterns: Patterns
    mean: Array  # of the saturated model
    cov: Array
    means: bool = True
    quick: ClassVar[bool] = False

    @cached_property
    def _least(self) -> float:
        found = inverse(self.cov)
        return inf if found is None else expected(self.patterns, self.mean, *found).deviance

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        if implied.inverse is None:
            return inf
        return expected(self.patterns, implied.mean, *implied.inverse).deviance - self._least

    def pull(self, implied: Implied) -> tuple[Array, Array]:
        """As with complete rows, of the expected moments."""
        precision = implied.precision
        found = expected(self.patterns, implied.mean, precision, 0.0)
        return -2 * precision @ found.mean, -precision @ (found.products - implied.cov) @ precision

    def weight(self, implied: Implied) -> Array:
        """The information of complete rows: it leads the search; errors come from `curvature`."""
        return normal_weight(implied.precision, True)

    def distance(self, implied: Implied, mean: Array, cov: Array) -> float:
        """That of complete rows."""
        return MaximumLikelihood(self.mean, self.cov, True).distance(implied, mean, cov)

    def expected(self, implied: Implied, ways: Directions) -> Array:
        """The same in these directions."""
        return ways.normal(implied.precision)

    def observed(self, implied: Implied, ways: Directions) -> Array:
        """Half the second derivative of F in these directions."""
        columns = ways.columns(True)
        return np.asarray(columns.T @ (self.curvature(implied) @ columns))

    def curvature(self, implied: Implied) -> Array:
        """Half the second derivative of F by the moments: the observed information where answers are missing."""
        return Casewise(self.patterns, implied.mean, implied.precision).curvature()


@dataclass(frozen=True, eq=False)
class Weighted(_Pulled):
    """F = (s - sigma)' W (s - sigma) with a fixed W: least squares, generalised or not."""

    moments: Array  # (moments,) of the sample: means first where they are modelled, then vech(S)
    fixed_weight: Array  # (moments, moments), or (moments,) where W is diagonal
    means: bool

    def value(self, implied: Implied) -> float:
        """F at the implied moments."""
        away = self.moments - self._implied(implied)
        return float(away @ self._times(away))

    def pull(self, implied: Implied) -> tuple[Array, Array]:
        """-2 W (s - sigma), as a vector and a matrix."""
        p = len(implied.cov)
        slope = -2 * self._times(self.moments - self._implied(implied))
        by_mean = slope[:p] if self.means else np.zeros(p)
        return by_mean, unvech(slope[-len(pairs(p)[0]) :] / twice(p), p)

    def weight(self, implied: Implied) -> Array:
        """W, the same everywhere."""
        return np.diag(self.fixed_weight) if self.fixed_weight.ndim == 1 else self.fixed_weight

    def distance(self, implied: Implied, mean: Array, cov: Array) -> float:
        """s' W s."""
        moments = np.concatenate([mean, vech(cov)]) if self.means else vech(cov)
        return float(moments @ self._times(moments))

    def expected(self, implied: Implied, ways: Directions) -> Array:
        """D' W D."""
        columns = ways.columns(self.means)
        return np.asarray(columns.T @ self._times(columns))

    def observed(self, implied: Implied, ways: Directions) -> Array:
        """The same: W does not move."""
        return self.expected(implied, ways)

    def _times(self, values: Array) -> Array:
        if self.fixed_weight.ndim == 2:
            return np.asarray(self.fixed_weight @ values)
        return np.asarray((self.fixed_weight * values.T).T)

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
