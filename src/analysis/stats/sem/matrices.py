"""The moments that a model implies: McArdle's reticular action model, with analytic derivatives.

All variables v = (observed, latent) obey v = m + A v + u with cov(u) = S; then, with E = (I - A)^-1 and F that picks
the observed ones, cov = F E S E' F' and mean = F E m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..rows import Array
from .directions import Directions, Index, inverse, inverted
from .parameters import FIXED, Parameter, ParameterTable


@dataclass(frozen=True, eq=False)
class Implied:
    """What parameters imply in one group; v counts observed and latent variables together."""

    cov: Array  # (p, p)
    mean: Array  # (p,)
    total: Array  # (v, v) covariances of all variables
    level: Array  # (v,) means of all variables
    effects: Array  # (v, v) E: effect of each variable's own part on each variable

    @cached_property
    def inverse(self) -> tuple[Array, float] | None:
        """Inverse and log determinant of `cov`, or None where it is not positive definite."""
        return inverse(self.cov)

    @property
    def precision(self) -> Array:
        """The inverse of `cov`, also where it is no covariance matrix."""
        return inverted(self.cov) if self.inverse is None else self.inverse[0]


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows of one kind: which of their group's they are, with line and column in their matrix."""

    at: Index
    i: Index
    j: Index


@dataclass(frozen=True, eq=False)
class GroupMatrices:
    """Where the parameters of one group stand in A, S and m."""

    p: int
    v: int
    at: Index  # rows of the table that belong to this group
    kinds: tuple[str, ...]  # (rows,) "A", "S" or "m"
    i: Index
    j: Index
    free: Index  # place of each among the free parameters
    n_free: int
    means: bool

    @cached_property
    def cells(self) -> dict[str, Cells]:
        """The rows of each kind."""
        found = {kind: np.flatnonzero([each == kind for each in self.kinds]) for kind in "ASm"}
        return {kind: Cells(at, self.i[at], self.j[at]) for kind, at in found.items()}

    @cached_property
    def chained(self) -> bool:
        """Whether something explained explains; else A A = 0 and E = I + A."""
        return bool(np.intersect1d(self.cells["A"].i, self.cells["A"].j).size)

    @cached_property
    def chosen(self) -> Array:
        """Which free parameter each row is (rows, free): ones, and nothing for fixed rows."""
        found = np.zeros((len(self.at), self.n_free))
        which = np.flatnonzero(self.free != FIXED)
        found[which, self.free[which]] = 1.0
        return found

    def matrices(self, values: Array) -> tuple[Array, Array, Array]:
        """A (v, v), S (v, v) and m (v,) from the values of all rows of the table."""
        mine, cells = values[self.at], self.cells
        a, s, m = np.zeros((self.v, self.v)), np.zeros((self.v, self.v)), np.zeros(self.v)
        a[cells["A"].i, cells["A"].j] = mine[cells["A"].at]
        s[cells["S"].i, cells["S"].j] = s[cells["S"].j, cells["S"].i] = mine[cells["S"].at]
        m[cells["m"].i] = mine[cells["m"].at]
        return a, s, m

    def implied(self, values: Array) -> Implied:
        """Moments of the observed and of all variables."""
        a, s, m = self.matrices(values)
        effects = inverted(np.eye(self.v) - a) if self.chained else np.eye(self.v) + a
        total = effects @ s @ effects.T
        level = effects @ m
        return Implied(total[: self.p, : self.p], level[: self.p], total, level, effects)

    def directions(self, implied: Implied) -> Directions:
        """How the moments of the observed variables move with each row, free or not.

        d cov / d A_ij = g_i h_j' + h_j g_i', d cov / d S_ij = g_i g_j' + g_j g_i' (once on the diagonal) and
        d mean / d A_ij = g_i level_j, d mean / d m_i = g_i, with g = F E and h = F total.
        """
        right, level = self._right(implied), np.zeros(len(self.at))
        if self.means:
            level[self.cells["A"].at] = implied.level[self.cells["A"].j]
            level[self.cells["m"].at] = 1.0
        return Directions(implied.effects[: self.p, self.i], right[: self.p], level)

    def jacobian(self, implied: Implied) -> Array:
        """Derivatives (moments, free) of the moments: means first where they are modelled, then vech of cov."""
        return self.directions(implied).columns(self.means) @ self.chosen

    def variance_slopes(self, implied: Implied) -> Array:
        """Derivatives (v, rows) of the variances of all variables, by the value of each row."""
        return 2 * implied.effects[:, self.i] * self._right(implied)

    def bending(self, implied: Implied, by_mean: Array, by_cov: Array) -> Array:
        """Second derivatives (free, free) of c' mean + tr(C cov), with c `by_mean` and C `by_cov`.

        Differentiating `directions` once more, with d E / d A_kl = E_k E_l.: in A_ij and A_kl it is twice
        E_li g_k'C h_j + total_lj g_k'C g_i + E_jk h_l'C g_i, in S_ij and A_kl twice E_li g_k'C g_j + E_lj g_k'C g_i.
        """
        e, total, level = implied.effects, implied.total, implied.level
        g, h = e[: self.p], total[: self.p]
        gg, gh, own = g.T @ by_cov @ g, g.T @ by_cov @ h, by_mean @ g
        paths, spreads, levels = self.cells["A"], self.cells["S"], self.cells["m"]
        i, j, k, l = paths.i[:, None], paths.j[:, None], paths.i[None, :], paths.j[None, :]  # noqa: E741
        found = np.zeros((len(self.at), len(self.at)))
        bent = 2 * (e[l, i] * gh[k, j] + gg[i, k] * total[l, j] + gh[i, l] * e[j, k])
        if self.means:
            bent += own[k] * e[l, i] * level[j] + own[i] * e[j, k] * level[l]
            across = own[k] * e[l, levels.i[:, None]]
            found[np.ix_(levels.at, paths.at)] = across
            found[np.ix_(paths.at, levels.at)] = across.T
        found[np.ix_(paths.at, paths.at)] = bent
        i, j = spreads.i[:, None], spreads.j[:, None]
        bent = np.where(i == j, 1.0, 2.0) * (e[l, i] * gg[k, j] + gg[i, k] * e[l, j])
        found[np.ix_(spreads.at, paths.at)] = bent
        found[np.ix_(paths.at, spreads.at)] = bent.T
        return np.asarray(self.chosen.T @ found @ self.chosen)

    def _right(self, implied: Implied) -> Array:
        """What stands beside E_i in the derivative of the covariances of all variables (v, rows)."""
        found, paths, spreads = np.zeros((self.v, len(self.at))), self.cells["A"], self.cells["S"]
        found[:, paths.at] = implied.total[:, paths.j]
        found[:, spreads.at] = implied.effects[:, spreads.j] * np.where(spreads.i == spreads.j, 0.5, 1.0)
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
        kinds=tuple(kind for kind, _, _ in cells),
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
