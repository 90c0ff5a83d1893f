"""The moments that a model implies: McArdle's reticular action model, with analytic derivatives.

All variables v = (observed, latent) obey v = m + A v + u with cov(u) = S; then, with E = (I - A)^-1 and F that picks
the observed ones, cov = F E S E' F' and mean = F E m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from ..rows import Array
from .parameters import FIXED, Parameter, ParameterTable

Index = npt.NDArray[np.intp]


@lru_cache(maxsize=64)
def pairs(p: int) -> tuple[Index, Index]:
    """Row and column of each element of a vech: row by row of the upper triangle."""
    return np.triu_indices(p)


def inverted(matrix: Array) -> Array:
    """The inverse as numbers of double precision."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Implied:
    """What parameters imply in one group; v counts observed and latent variables together."""

    cov: Array  # (p, p)
    mean: Array  # (p,)
    total: Array  # (v, v) covariances of all variables
    level: Array  # (v,) means of all variables
    reach: Array  # (p, v) F E: effect of each variable's own part on the observed ones


@dataclass(frozen=True, eq=False)
class GroupMatrices:
    """Where the parameters of one group stand in A, S and m."""

    p: int
    v: int
    at: Index  # rows of the table that belong to this group
    kind: npt.NDArray[np.str_]  # (rows,) "A", "S" or "m"
    i: Index
    j: Index
    free: Index  # place of each among the free parameters
    n_free: int
    means: bool

    def matrices(self, values: Array) -> tuple[Array, Array, Array]:
        """A (v, v), S (v, v) and m (v,) from the values of all rows of the table."""
        mine = values[self.at]
        a, s, m = np.zeros((self.v, self.v)), np.zeros((self.v, self.v)), np.zeros(self.v)
        for matrix, kind in ((a, "A"), (s, "S")):
            which = self.kind == kind
            matrix[self.i[which], self.j[which]] = mine[which]
        s = np.asarray(np.where(s == 0, s.T, s))
        which = self.kind == "m"
        m[self.i[which]] = mine[which]
        return a, s, m

    def implied(self, values: Array) -> Implied:
        """Moments of the observed and of all variables."""
        a, s, m = self.matrices(values)
        effects = inverted(np.eye(self.v) - a)
        total = effects @ s @ effects.T
        level = effects @ m
        return Implied(total[: self.p, : self.p], level[: self.p], total, level, effects[: self.p])

    def jacobian(self, implied: Implied) -> Array:
        """Derivatives (moments, free) of the moments: means first where they are modelled, then vech of cov.

        d cov / d A_ij = g_i h_j' + h_j g_i', d cov / d S_ij = g_i g_j' + g_j g_i' (once on the diagonal) and
        d mean / d A_ij = g_i level_j, d mean / d m_i = g_i, with g = F E and h = F total.
        """
        which = self.free != FIXED
        i, j, kind, free = self.i[which], self.j[which], self.kind[which], self.free[which]
        g, h = implied.reach, implied.total[: self.p]
        left = g[:, i]
        right = np.where(kind == "A", h[:, j], g[:, j])
        right = np.where(kind == "m", 0.0, right)
        right = np.where((kind == "S") & (i == j), right / 2, right)
        a, b = pairs(self.p)
        columns = left[a] * right[b] + right[a] * left[b]
        if self.means:
            level = np.where(kind == "A", implied.level[j], np.where(kind == "m", 1.0, 0.0))
            columns = np.vstack([left * level, columns])
        found = np.zeros((len(columns), self.n_free))
        np.add.at(found.T, free, columns.T)
        return found


@dataclass(frozen=True, eq=False)
class Matrices:
    """The matrices of all groups."""

    table: ParameterTable

    @cached_property
    def groups(self) -> tuple[GroupMatrices, ...]:
        """One for each group."""
        return tuple(_group(self.table, group) for group in range(self.table.groups))

    def implied(self, theta: Array) -> tuple[Implied, ...]:
        """Moments of every group at the free parameters `theta`."""
        values = self.table.values(theta)
        return tuple(group.implied(values) for group in self.groups)


def _group(table: ParameterTable, group: int) -> GroupMatrices:
    names = (*table.observed, *table.latent)
    place = {name: at for at, name in enumerate(names)}
    mine = [(at, row) for at, row in enumerate(table.rows) if row.group == group]
    cells = [_cell(row, place) for _, row in mine]
    return GroupMatrices(
        p=len(table.observed),
        v=len(names),
        at=np.array([at for at, _ in mine], dtype=np.intp),
        kind=np.array([kind for kind, _, _ in cells]),
        i=np.array([i for _, i, _ in cells], dtype=np.intp),
        j=np.array([j for _, _, j in cells], dtype=np.intp),
        free=np.array([row.free for _, row in mine], dtype=np.intp),
        n_free=table.n_free,
        means=table.means,
    )


def _cell(row: Parameter, place: dict[str, int]) -> tuple[str, int, int]:
    """Matrix, line and column of a parameter; a regression's line is its outcome."""
    if row.op == "~1":
        return "m", place[row.lhs], place[row.lhs]
    if row.op == "~~":
        return "S", place[row.lhs], place[row.rhs]
    if row.op == "=~":
        return "A", place[row.rhs], place[row.lhs]
    return "A", place[row.lhs], place[row.rhs]
