"""Moments as vectors, and how they move with parameters: each moves the covariances along two vectors.

A parameter of the reticular action model changes the covariances by l r' + r l' and the means by a multiple of l. What
an estimator needs of two parameters is then a product of numbers such as l'P r, and no matrix of moments by moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from ..rows import Array

Index = npt.NDArray[np.intp]


@lru_cache(maxsize=64)
def pairs(p: int) -> tuple[Index, Index]:
    """Row and column of each element of a vech: row by row of the upper triangle."""
    return np.triu_indices(p)


@lru_cache(maxsize=64)
def twice(p: int) -> Array:
    """How often each element of a vech stands in its matrix: 1 on the diagonal, 2 off it."""
    a, b = pairs(p)
    return np.where(a == b, 1.0, 2.0)


@lru_cache(maxsize=64)
def places(p: int) -> Index:
    """Place of each element of a matrix (p, p) in its vech."""
    a, b = pairs(p)
    found = np.zeros((p, p), dtype=np.intp)
    found[a, b] = found[b, a] = np.arange(len(a))
    return found


def vech(matrix: Array) -> Array:
    """Each covariance once, row by row of the upper triangle."""
    return np.asarray(matrix[pairs(len(matrix))])


def unvech(values: Array, p: int) -> Array:
    """The symmetric matrix of a `vech`."""
    matrix = np.zeros((p, p))
    matrix[pairs(p)] = values
    return matrix + np.triu(matrix, 1).T


def inverted(matrix: Array) -> Array:
    """The inverse as numbers of double precision."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def inverse(cov: Array) -> tuple[Array, float] | None:
    """Inverse and log determinant, or None where the matrix is not positive definite."""
    root, wrong = lapack.dpotrf(cov, lower=1, clean=1)
    if wrong:
        return None
    back = np.asarray(lapack.dtrtri(root, lower=1)[0])
    return back.T @ back, 2 * float(np.log(root.diagonal()).sum())


@dataclass(frozen=True, eq=False)
class Directions:
    """How the moments of p variables move with each of some parameters: cov by l r' + r l', mean by level times l."""

    left: Array  # (p, parameters)
    right: Array  # (p, parameters)
    level: Array  # (parameters,)

    def along(self, by_mean: Array, by_cov: Array) -> Array:
        """Slope (parameters,) of c' mean + tr(C cov), with c `by_mean` and C `by_cov`."""
        spread = 2 * (self.left * (by_cov @ self.right)).sum(axis=0)
        return np.asarray(spread + self.level * (by_mean @ self.left))

    def crossed(self, middle: Array) -> tuple[Array, Array, Array]:
        """l'X l, l'X r and r'X r of every two parameters, with X `middle`."""
        k = self.left.shape[1]
        both = np.hstack([self.left, self.right])
        found = both.T @ (middle @ both)
        return found[:k, :k], found[:k, k:], found[k:, k:]

    def normal(self, precision: Array) -> Array:
        """Information (parameters, parameters) of one normal observation: tr(P dS P dS') / 2 + dm'P dm'."""
        ll, lr, rr = self.crossed(precision)
        return np.asarray(ll * rr + lr * lr.T + np.outer(self.level, self.level) * ll)

    def curved(self, precision: Array, middle: Array, scaled: Array) -> Array:
        """Half the second derivative of log|S| + tr(S^-1 M), moments taken as parameters, in these directions.

        With P the inverse of S, Q = P M P (`middle`) and u = P (sample mean - mean) (`scaled`) it is
        tr(dS P dS' Q) - tr(P dS P dS') / 2 + dm'P dS'u + dm''P dS u + dm'P dm'.
        """
        ll, lr, rr = self.crossed(precision)
        qll, qlr, qrr = self.crossed(middle)
        found = lr.T * qlr + lr * qlr.T + rr * qll + ll * qrr - ll * rr - lr * lr.T
        across = self.level[:, None] * (ll * (scaled @ self.right) + lr * (scaled @ self.left))
        return np.asarray(found + across + across.T + np.outer(self.level, self.level) * ll)

    def columns(self, means: bool) -> Array:
        """Derivatives (moments, parameters): of the means first where they are modelled, then of vech(cov)."""
        a, b = pairs(len(self.left))
        found = self.left[a] * self.right[b]
        found += self.right[a] * self.left[b]
        return np.vstack([self.left * self.level, found]) if means else found
