"""Random effects of any number of groups: sums over rows, the profiled deviance, its minimum, degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import log, pi
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, Place, problem
from .design import Design, code_sums, codes_of
from .intercepts import LARGEST, SMALLEST, GroupSums, best_ratio, satterthwaite, solution
from .leastsquares import lengths
from .rows import Array, Labels

Method: TypeAlias = Literal["reml", "ml"]
METHODS: tuple[Method, ...] = ("reml", "ml")

_LOST = 1e-13  # from sums 1 - R^2 is known to about this
_WIDEST = 4000  # random effects of crossed groups held at once


@dataclass(frozen=True, eq=False)
class RandomEffect:
    """One group: its members' codes and the columns that vary (n, q), the constant first."""

    group: str
    names: tuple[str, ...]
    codes: npt.NDArray[np.intp]  # (n,)
    z: Array
    members: int


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums from which the deviance is computed, whatever the number of rows; blocks b of random effects."""

    sizes: tuple[tuple[int, int], ...]  # (columns, members) of each effect
    zz: Array  # (b, q, q)
    zx: Array  # (b, q, k)
    zy: Array  # (b, q)
    xx: Array
    xy: Array
    yy: float
    n: int
    reml: bool
    back: Array  # (k, k) coefficients of the columns as they are, from those of the standardised columns in these sums
    constants: GroupSums | None  # of one group of which only the constant varies

    @property
    def parameters(self) -> int:
        """Entries of theta."""
        return sum(q * (q + 1) // 2 for q, _ in self.sizes)


def random_effect(group: str, slopes: tuple[str, ...], design: Design) -> RandomEffect:
    """One group of the design, and the factors whose effect varies in it; refused where it tells nothing."""
    codes = codes_of(design.beside[group])
    members = int(codes.max()) + 1
    place = Place(column=group)
    if members < 2:
        raise ModelError(problem("mixed.single_group", place, column=group))
    if members == len(codes):
        raise ModelError(problem("mixed.groups_of_one", place, column=group))
    columns = [np.ones(len(codes))]
    for name in slopes:
        column = design.beside[name]
        if isinstance(column, Labels):
            raise ModelError(problem("mixed.slope_of_category", Place(column=name), column=name))
        columns.append(column)
    z = np.column_stack(columns)
    if z.shape[1] * members >= len(codes):
        raise ModelError(
            problem("mixed.too_many_effects", place, column=group, effects=z.shape[1] * members, n=len(codes))
        )
    return RandomEffect(group, ("(Intercept)", *slopes), codes, z, members)


def sums(design: Design, effects: tuple[RandomEffect, ...], method: Method) -> Sums:
    """Sums over the rows, of columns scaled and, where there is an intercept, centred: years lose no digits."""
    y = design.y - design.y.mean() if design.intercept else design.y
    x, back = _standardised(design)
    known = np.column_stack([x, y])
    cross = known.T @ known
    sizes = tuple((each.z.shape[1], each.members) for each in effects)
    n, reml = len(y), method == "reml"
    constants = None
    if len(effects) == 1:
        z, codes = effects[0].z, effects[0].codes
        q = z.shape[1]
        beside = np.column_stack([z, known])
        total = np.stack([code_sums(codes, column[:, None] * beside) for column in z.T], axis=1)  # (g, q, q + k + 1)
        zz, z_known = total[:, :, :q], total[:, :, q:]
        if q == 1:
            constants = GroupSums(zz[:, 0, 0], z_known[:, 0], cross, n, reml)
    else:
        z = _indicators(effects)
        zz, z_known = (z.T @ z)[None], (z.T @ known)[None]
    zx, zy, xx, xy = z_known[:, :, :-1], z_known[:, :, -1], cross[:-1, :-1], cross[:-1, -1]
    return Sums(sizes, zz, zx, zy, xx, xy, float(cross[-1, -1]), n, reml, back, constants)


def _standardised(design: Design) -> tuple[Array, Array]:
    """Columns of mean 0 (beside an intercept) and length root n, and the way back to coefficients of the columns."""
    first = int(design.intercept)
    mean = np.where(np.arange(design.x.shape[1]) >= first, design.x.mean(axis=0), 0.0) * first
    x = design.x - mean
    scale = lengths(x) / len(x) ** 0.5
    back = np.diag(1 / scale)
    if first:
        back[0, 1:] = -(mean / scale)[1:]
    return x / scale, back


def _indicators(effects: tuple[RandomEffect, ...]) -> Array:
    """Columns (n, random effects) of several groups."""
    width = sum(each.z.shape[1] * each.members for each in effects)
    if width > _WIDEST:
        raise ModelError(problem("mixed.too_wide", effects=width, most=_WIDEST))
    parts = []
    for each in effects:
        n = len(each.codes)
        part = np.zeros((n, each.members, each.z.shape[1]))
        part[np.arange(n), each.codes] = each.z
        parts.append(part.reshape(n, -1))
    return np.hstack(parts)


def factors(theta: Array, work: Sums) -> list[Array]:
    """Lower triangles T of each effect; the covariance of its random effects is sigma^2 T T'."""
    found, at = [], 0
    for q, _ in work.sizes:
        t = np.zeros((q, q))
        rows_at, columns_at = np.tril_indices(q)
        order = np.lexsort((rows_at, columns_at))  # column by column, as lme4
        t[rows_at[order], columns_at[order]] = theta[at : at + len(order)]
        found.append(t)
        at += len(order)
    return found


def _scaled(theta: Array, work: Sums) -> Array:
    """Lambda of one block."""
    found = factors(theta, work)
    if len(found) == 1:
        return found[0]
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*(np.kron(np.eye(g), t) for t, (_, g) in zip(found, work.sizes, strict=True))))


@dataclass(frozen=True, eq=False)
class Profile:
    """What is best for a theta: coefficients, and log |I + Lambda'Z'Z Lambda| beside what they leave."""

    b: Array
    rx: Array  # X'V^-1 X times sigma^2
    pwrss: float
    logdet: float


def profile(theta: Array, work: Sums) -> Profile:
    """Best fixed coefficients and penalised residual sum of squares for a theta."""
    if work.constants is not None:
        return Profile(*solution(float(theta[0] ** 2), work.constants))
    scale = _scaled(theta, work)
    m = scale.T @ work.zz @ scale + np.eye(scale.shape[0])
    lower = np.linalg.cholesky(m)
    zx = np.linalg.solve(lower, scale.T @ work.zx)
    zy = np.linalg.solve(lower, (work.zy @ scale)[:, :, None])[:, :, 0]
    rx = work.xx - np.einsum("bqk,bql->kl", zx, zx)
    right = work.xy - np.einsum("bqk,bq->k", zx, zy)
    b = np.linalg.solve(rx, right)
    pwrss = work.yy - float((zy**2).sum()) - float(b @ right)
    logdet = 2 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
    return Profile(b, rx, max(pwrss, SMALLEST), logdet)


def _deviance(theta: Array, work: Sums) -> float:
    """-2 log-likelihood, restricted or not, at the best sigma."""
    return deviance_of(profile(theta, work), work)


def deviance_of(found: Profile, work: Sums) -> float:
    """The same of a theta whose coefficients are known."""
    if work.reml:
        free = work.n - len(found.b)
        return found.logdet + float(np.linalg.slogdet(found.rx)[1]) + free * (1 + log(2 * pi * found.pwrss / free))
    return found.logdet + work.n * (1 + log(2 * pi * found.pwrss / work.n))


def explains_all(theta: Array | None, work: Sums) -> bool:
    """Whether the factors, or with a theta the groups too, leave nothing of the outcome but rounding."""
    if theta is not None:
        return work.constants is not None and float(theta[0] ** 2) >= LARGEST
    return work.yy - float(work.xy @ np.linalg.solve(work.xx, work.xy)) <= _LOST * work.yy


def minimum(work: Sums) -> tuple[Array, bool]:
    """Theta of the smallest deviance, over several starts; diagonals are not negative."""
    if work.constants is not None:
        ratio, converged = best_ratio(work.constants)
        return np.array([ratio**0.5]), converged
    from scipy.optimize import minimize

    start, bounds = [], []
    for q, _ in work.sizes:
        for column in range(q):
            for row in range(column, q):
                start.append(1.0 if row == column else 0.0)
                bounds.append((0.0, None) if row == column else (None, None))
    lowest, theta = np.inf, np.array(start)
    for size in (1.0, 0.2):
        found = minimize(
            _deviance, size * np.array(start), (work,), "L-BFGS-B", jac="3-point", bounds=bounds,
            options={"ftol": 1e-15, "gtol": 1e-7, "maxiter": 500},
        )  # fmt: skip
        if found.fun < lowest - 1e-9:
            lowest, theta = float(found.fun), np.asarray(found.x)
    return _polished(theta, work), bool(np.isfinite(lowest))


def _polished(theta: Array, work: Sums) -> Array:
    """Newton's steps on what is inside the bounds: the last digits of theta."""
    inside = np.abs(theta) > 1e-4
    if not inside.any():
        return theta
    for _ in range(3):

        def moved(part: Array, at: Array = theta) -> float:
            whole = at.copy()
            whole[inside] = part
            return _deviance(whole, work)

        slope, curve = _slope(moved, theta[inside]), _curvature(moved, theta[inside])
        if np.linalg.eigvalsh(curve)[0] <= 0:
            return theta
        step = np.linalg.solve(curve, slope)
        after = theta.copy()
        after[inside] -= step
        if not _deviance(after, work) <= _deviance(theta, work) + 1e-10 or np.abs(step).max() > 0.1:
            return theta
        theta = after
    return theta


def _slope(function: Callable[[Array], float], at: Array) -> Array:
    """Central differences with one step of Richardson."""
    found = []
    for j in range(len(at)):
        h = 1e-3 * max(abs(at[j]), 0.1)
        unit = np.zeros(len(at))
        unit[j] = h
        wide = (function(at + unit) - function(at - unit)) / (2 * h)
        near = (function(at + unit / 2) - function(at - unit / 2)) / h
        found.append((4 * near - wide) / 3)
    return np.array(found)


def _curvature(function: Callable[[Array], float], at: Array) -> Array:
    """Second differences with one step of Richardson."""

    def plain(size: float) -> Array:
        h = size * np.maximum(np.abs(at), 0.1)
        k = len(at)
        out = np.zeros((k, k))
        middle = function(at)
        for i in range(k):
            for j in range(i + 1):
                a, b = np.zeros(k), np.zeros(k)
                a[i], b[j] = h[i], h[j]
                if i == j:
                    out[i, i] = (function(at + a) - 2 * middle + function(at - a)) / h[i] ** 2
                else:
                    four = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
                    out[i, j] = out[j, i] = four / (4 * h[i] * h[j])
        return out

    return (4 * plain(1.5e-3) - plain(3e-3)) / 3


def _full_deviance(point: Array, work: Sums) -> float:
    """The deviance of theta and sigma, sigma not profiled."""
    theta, sigma2 = point[:-1], float(point[-1] ** 2)
    found = profile(theta, work)
    base = found.logdet + found.pwrss / sigma2
    if work.reml:
        free = work.n - len(found.b)
        return base + float(np.linalg.slogdet(found.rx)[1]) + free * log(2 * pi * sigma2)
    return base + work.n * log(2 * pi * sigma2)


def degrees_of_freedom(theta: Array, sigma: float, work: Sums) -> Array:
    """Degrees of freedom of every fixed coefficient."""
    if work.constants is not None:
        return satterthwaite(float(theta[0] ** 2), work.constants, work.back)
    point = np.array([*theta, sigma])
    free = np.append(np.abs(theta) > 1e-4, True)

    def deviance(part: Array) -> float:
        whole = point.copy()
        whole[free] = part
        return _full_deviance(whole, work)

    values, vectors = np.linalg.eigh(_curvature(deviance, point[free]))
    kept = values > 1e-6 * values.max()
    spread = 2 * (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    k = work.xx.shape[0]

    def variance(part: Array, at: int) -> float:
        whole = point.copy()
        whole[free] = part
        way = work.back[at]
        return float(way @ np.linalg.solve(profile(whole[:-1], work).rx, way) * whole[-1] ** 2)

    found = np.zeros(k)
    for at in range(k):
        slope = _slope(partial(variance, at=at), point[free])
        found[at] = 2 * variance(point[free], at) ** 2 / float(slope @ spread @ slope)
    return found
