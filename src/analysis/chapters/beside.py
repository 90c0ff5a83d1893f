"""What SPSS prints beside what a stricter choice gives: one line for each of its defaults, where it makes a difference.

Each line shows the number that differs most. A line whose second choice cannot be computed here is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..errors import ModelError
from ..stats.factors import FactorSolution, efa
from ..stats.moments import moments, pair_correlations, pairwise
from ..stats.result import Result, Row
from ..stats.rows import Array, rows


@dataclass(frozen=True)
class BesideRow(Row):
    """One default of SPSS: the number that differs most from the other choice.

    `subject` names what the number is of, an item or two; `differing` counts the numbers of `total` that differ by more
    than .1; `n_spss` and `n_right` are the rows behind each.
    """

    topic: str
    subject: tuple[str, ...]
    spss: float
    right: float
    differing: int
    total: int
    n_spss: int
    n_right: int


@dataclass(frozen=True)
class Beside(Result):
    """SPSS's defaults against other choices, on one set of items."""

    names: tuple[str, ...]
    n_factors: int
    rows: tuple[BesideRow, ...]

    def of(self, topic: str) -> BesideRow | None:
        """The line of a topic, where it could be computed."""
        return next((row for row in self.rows if row.topic == topic), None)


_APART = 0.1  # a difference that a reader of two decimals would act on


def beside(x: object, items: tuple[str, ...], n_factors: int) -> Beside:
    """Set what SPSS prints by default beside what another choice gives.

    Parameters
    ----------
    x : rows
        The answers.
    items : tuple of str
        The items that are factored.
    n_factors : int
        How many factors.

    Returns
    -------
    Beside
        Components against principal-axis and minres factors (varimax); oblimin with Kaiser's normalisation against
        without it; complete rows against pairs, where answers are missing; Pearson's correlations against polychoric
        ones, where the package can compute them.

    Raises
    ------
    ModelError
        ``factors.…`` of the components themselves.
    """
    components = efa(x, n_factors, names=items)
    found = (
        _solutions("extraction_paf", components, lambda: efa(x, n_factors, names=items, method="paf")),
        _solutions("extraction_minres", components, lambda: efa(x, n_factors, names=items, method="minres")),
        _kaiser(x, items, n_factors),
        _missing(x, items),
        _ordinal(x, items),
    )
    return Beside(items, n_factors, tuple(row for row in found if row))


def _kaiser(x: object, items: tuple[str, ...], n_factors: int) -> BesideRow | None:
    """Normalised oblimin against plain, both of minres factors; one factor is not rotated."""
    if n_factors < 2:
        return None
    try:
        normalised = efa(x, n_factors, names=items, method="minres", rotation="oblimin", kaiser=True)
    except ModelError:
        return None
    return _solutions(
        "kaiser",
        normalised,
        lambda: efa(x, n_factors, names=items, method="minres", rotation="oblimin", kaiser=False),
    )


def _solutions(topic: str, spss: FactorSolution, other: Callable[[], FactorSolution]) -> BesideRow | None:
    """The item whose strongest loading moves most; factors are paired by how alike they are."""
    try:
        right = other()
    except ModelError:
        return None
    a, b = _matrix(spss), _matrix(right)
    b = paired(a, b)
    own = np.abs(a).argmax(axis=1)
    mine, theirs = a[np.arange(len(a)), own], b[np.arange(len(b)), own]
    return _row(topic, [(name,) for name in spss.names], mine, theirs, (spss.n, right.n))


def paired(a: Array, b: Array) -> Array:
    """Columns of `b` in the order and with the signs of the columns of `a` that they resemble (Tucker's congruence)."""
    length = np.sqrt(np.outer((a**2).sum(axis=0), (b**2).sum(axis=0)))
    alike = (a.T @ b) / length
    _, order = linear_sum_assignment(-np.abs(alike))
    return np.asarray(b[:, order] * np.sign(alike[np.arange(len(order)), order]))


def _matrix(solution: FactorSolution) -> Array:
    return np.array([row.loading for row in solution.loading_rows]).reshape(len(solution.names), solution.n_factors)


def _missing(x: object, items: tuple[str, ...]) -> BesideRow | None:
    """Correlations of complete rows against those of each pair's own rows, where the two differ at all."""
    taken = rows(x, items)
    whole = moments(taken)
    if not whole.dropped:
        return None
    try:
        m, block = pairwise(taken)
        corr = pair_correlations(m.names, block)
    except ModelError:
        return None
    return _pairs("missing", items, whole.corr, corr, (whole.n, m.n))


def _ordinal(x: object, items: tuple[str, ...]) -> BesideRow | None:
    """Pearson's correlations against polychoric ones, where the package has them and the answers allow them."""
    engine = _found("polychoric")
    if engine is None:
        return None
    whole = moments(x, items)
    taken = rows(x, items).numeric()
    complete = taken[~np.isnan(taken).any(axis=1)]
    try:
        matrix = np.asarray(engine.polychoric({name: complete[:, j] for j, name in enumerate(items)}).matrix)
    except ModelError:
        return None
    return _pairs("polychoric", items, whole.corr, matrix, (whole.n, len(complete)))


def _found(name: str) -> ModuleType | None:
    """A module of the statistics that may not be there."""
    full = f"{__package__.rpartition('.')[0]}.stats.{name}"
    try:
        return import_module(full)
    except ModuleNotFoundError as absent:
        if absent.name != full:
            raise
        return None


def _pairs(topic: str, items: tuple[str, ...], spss: Array, right: Array, n: tuple[int, int]) -> BesideRow:
    at = np.tril_indices(len(items), -1)
    names = [(items[j], items[i]) for i, j in zip(*at, strict=True)]
    return _row(topic, names, spss[at], right[at], n)


def _row(topic: str, names: Sequence[tuple[str, ...]], spss: Array, right: Array, n: tuple[int, int]) -> BesideRow:
    apart = np.abs(spss - right)
    most = int(apart.argmax())
    differing = int((apart > _APART).sum())
    return BesideRow(topic, names[most], float(spss[most]), float(right[most]), differing, len(names), *n)
