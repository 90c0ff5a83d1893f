"""What each row says: derivatives of its log-likelihood, for information, robust errors and tests.

With P the inverse of the covariances of what a row answers, zero for the rest, and z = P (row - mean), a row's score is
z for the mean and (zz' - P) / 2 for the covariances; in the direction of one parameter it is level l'z + (l'z)(r'z) -
l'P r.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..rows import Array
from .directions import Directions, pairs, places, twice, unvech
from .patterns import Patterns, expected

_PART = 4096  # rows whose moments are held at once


@dataclass(frozen=True, eq=False)
class Casewise:
    """Rows, with or without missing answers, at a mean (p,) and the inverse of covariances (p, p)."""

    patterns: Patterns
    mean: Array
    precision: Array

    @cached_property
    def _expected(self) -> tuple[Array, tuple[Array, ...]]:
        """Rows less mean with missing answers by their expectation, and the covariances of these."""
        found = expected(self.patterns, self.mean, self.precision, 0.0)
        return found.away, found.spreads

    @cached_property
    def scaled(self) -> Array:
        """Z of each row (n, p)."""
        return self._expected[0] @ self.precision

    @cached_property
    def precisions(self) -> Array:
        """The vech of P of each pattern (patterns, p (p + 1) / 2)."""
        a, b = pairs(len(self.mean))
        found = np.repeat(self.precision[a, b][None, :], len(self.patterns.kinds), axis=0)
        for each, back in zip(self.patterns.lacking, self._expected[1], strict=True):
            lost = self.precision[each.places]  # (k, m, p)
            found[each.patterns] -= (lost.transpose(0, 2, 1) @ (back @ lost))[:, a, b]
        return found * (self.patterns.kinds[:, a] & self.patterns.kinds[:, b])

    def along(self, ways: Directions) -> Array:
        """Scores (n, ways) in these directions."""
        left, right = self.precision @ ways.left, self.precision @ ways.right
        usual = np.repeat((ways.left * right).sum(axis=0)[None, :], len(self.patterns.kinds), axis=0)
        for each, back in zip(self.patterns.lacking, self._expected[1], strict=True):
            usual[each.patterns] -= (left[each.places] * (back @ right[each.places])).sum(axis=1)
        found = self.scaled @ ways.left
        found *= ways.level + self.scaled @ ways.right
        found -= usual[self.patterns.which]
        return found

    def scores(self, means: bool) -> Iterator[Array]:
        """Scores (rows, moments) of some rows at a time: of the mean where it is modelled, then of vech(cov)."""
        (a, b), often = pairs(len(self.mean)), twice(len(self.mean)) / 2
        for start in range(0, self.patterns.n, _PART):
            z, which = self.scaled[start : start + _PART], self.patterns.which[start : start + _PART]
            spread = (z[:, a] * z[:, b] - self.precisions[which]) * often
            yield np.hstack([z, spread]) if means else spread

    def squares(self, means: bool) -> Array:
        """Mean of the scores' squares and products (moments, moments): the first-order information of one row."""
        return np.asarray(sum(each.T @ each for each in self.scores(means)) / self.patterns.n)

    def curvature(self) -> Array:
        """Observed information (moments, moments) of one row, means first.

        In a pattern with precision P, M = S + dd', Q = P M P and u = P d it is P for the mean, P_ac u_b for mean and
        covariances, and tr(E P E Q) - tr(P E P E) / 2 for covariances, E being the directions of the vech. Sums over
        patterns of products such as P_ac Q_bd are one matrix product.
        """
        p = len(self.mean)
        a, b = pairs(p)
        middles = self.patterns.products(self.scaled) / self.patterns.counts[:, None, None]
        weighted = self.patterns.counts[:, None] / self.patterns.n * self.precisions
        both = weighted.T @ (middles[:, a, b] - self.precisions / 2)  # sum of P_ac (Q - P / 2)_bd
        place, found = places(p), np.zeros((len(a), len(a)))
        for one, other in (((a, a), (b, b)), ((b, b), (a, a)), ((a, b), (b, a)), ((b, a), (a, b))):
            found += both[place[np.ix_(*one)], place[np.ix_(*other)]]
        mixed = weighted.T @ self.patterns.means(self.scaled)  # sum of P_ac u_b
        often, by_mean = twice(p), np.arange(p)[:, None]
        whole = np.empty((p + len(a), p + len(a)))
        whole[:p, :p] = unvech(weighted.sum(axis=0), p)
        whole[:p, p:] = (mixed[place[by_mean, a], b] + mixed[place[by_mean, b], a]) * often / 2
        whole[p:, :p] = whole[:p, p:].T
        whole[p:, p:] = found * np.outer(often, often) / 4
        return whole


def fourth_order(rows: Array, means: bool) -> Array:
    """Gamma: n times the covariances of the sample's moments (moments, moments), whatever the distribution."""
    away = rows - rows.mean(axis=0)
    a, b = pairs(away.shape[1])
    center = (away.T @ away / len(away))[a, b]
    squares = np.zeros((len(a) + (away.shape[1] if means else 0),) * 2)
    for start in range(0, len(away), _PART):
        part = away[start : start + _PART]
        products = part[:, a] * part[:, b] - center
        part = np.hstack([part, products]) if means else products
        squares += part.T @ part
    return squares / len(rows)
