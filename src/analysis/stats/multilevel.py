"""Answers inside groups: random intercepts and slopes by REML or maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import log, pi
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from .design import Design, build, code_sums, codes_of
from .hierarchy import common
from .intercepts import SMALLEST, GroupSums, best_ratio, satterthwaite, solution
from .leastsquares import refuse_dependent_columns
from .likelihood import EffectRow, LikelihoodFit, LikelihoodModel, VarianceComponent, usual_cautions
from .rows import Array, Labels, check_level, literal, rows
from .tails import t_quantile, t_two_sided

Method: TypeAlias = Literal["reml", "ml"]
_METHODS: tuple[Method, ...] = ("reml", "ml")
_SINGULAR = 1e-4  # lme4's: a direction whose standard deviation is this small beside the residual's is none
_WIDEST = 4000  # random effects of crossed groups held at once


def mixed(formula: str, x: object, *, method: Method = "reml", level: float = 0.95) -> LikelihoodModel:
    """Explain an outcome by factors where answers lie in groups: random intercepts and slopes.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b + (1 | unit)``; ``(1 + a | unit)`` lets a's effect vary between units.
    x : rows
        Answers.
    method : {"reml", "ml"}
        Restricted likelihood, or likelihood for comparing models with different fixed terms.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `variances` holds what varies between groups and the residual; `fit.icc` the share between groups where only the
        constant varies. `df` are Satterthwaite's.

    Raises
    ------
    ModelError
        ``mixed.…``: no group, a single group, groups of one row only, a slope that is no number; ``regression.…``.

    Notes
    -----
    The deviance is profiled over the fixed coefficients and the residual variance and minimised over theta, the
    Cholesky factor of the random effects' covariance over the residual variance, as lme4. df = 2 v^2 / (g'Ag), v the
    variance of the coefficient, g its slope in theta and sigma, A their covariance from the deviance's curvature. A
    variance that is estimated as zero is named by a caution.

    References
    ----------
    Bates, D., Mächler, M., Bolker, B., & Walker, S. (2015). Journal of Statistical Software, 67(1). Kuznetsova, A.,
    Brockhoff, P. B., & Christensen, R. H. B. (2017). Journal of Statistical Software, 82(13). R: ``lmerTest::lmer``.

    Examples
    --------
    >>> x = {"y": [1, 2, 3, 5, 6, 7, 2, 3, 5], "a": [1, 2, 3, 1, 2, 3, 1, 2, 3], "u": list("pppqqqrrr")}
    >>> found = mixed("y ~ a + (1 | u)", x)
    >>> f"{found.coefficient_rows[1].b:.2f}, {found.fit.icc:.2f} between groups"
    '1.17, 0.98 between groups'
    """
    literal("method", method, _METHODS)
    check_level(level)
    parsed = parse_formula(formula)
    if not parsed.groups:
        raise ModelError(problem("mixed.no_group", formula=str(parsed)))
    taken = rows(x)
    varying = tuple(name for names in parsed.slopes for name in names)
    fixed = Formula(parsed.outcome, parsed.terms, parsed.intercept)
    design = build(fixed, taken, None, tuple(dict.fromkeys((*parsed.groups, *varying))))
    n, k = design.x.shape
    if n <= k + 1:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k + 1))
    refuse_dependent_columns(design.x, design.terms)
    effects = tuple(_effect(group, parsed.varying(group), design) for group in parsed.groups)
    work = _sums(design, effects, method)
    theta, converged = _minimum(work)
    return _result(parsed, design, effects, work, theta, converged, level)


@dataclass(frozen=True, eq=False)
class _Effect:
    """One group: its members' codes and the columns that vary (n, q), the constant first."""

    group: str
    names: tuple[str, ...]
    codes: npt.NDArray[np.intp]  # (n,)
    z: Array
    members: int


@dataclass(frozen=True, eq=False)
class _Work:
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
    constants: GroupSums | None  # of one group of which only the constant varies

    @property
    def parameters(self) -> int:
        """Entries of theta."""
        return sum(q * (q + 1) // 2 for q, _ in self.sizes)


def _effect(group: str, slopes: tuple[str, ...], design: Design) -> _Effect:
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
    return _Effect(group, ("(Intercept)", *slopes), codes, z, members)


def _sums(design: Design, effects: tuple[_Effect, ...], method: Method) -> _Work:
    y = design.y - design.y.mean() if design.intercept else design.y
    known = np.column_stack([design.x, y])
    cross = known.T @ known
    sizes = tuple((each.z.shape[1], each.members) for each in effects)
    n, reml = len(y), method == "reml"
    constants = None
    if len(effects) == 1:
        z, codes = effects[0].z, effects[0].codes
        q = z.shape[1]
        beside = np.column_stack([z, known])
        sums = np.stack([code_sums(codes, column[:, None] * beside) for column in z.T], axis=1)  # (g, q, q + k + 1)
        zz, z_known = sums[:, :, :q], sums[:, :, q:]
        if q == 1:
            constants = GroupSums(zz[:, 0, 0], z_known[:, 0], cross, n, reml)
    else:
        z = _indicators(effects)
        zz, z_known = (z.T @ z)[None], (z.T @ known)[None]
    zx, zy, xx, xy = z_known[:, :, :-1], z_known[:, :, -1], cross[:-1, :-1], cross[:-1, -1]
    return _Work(sizes, zz, zx, zy, xx, xy, float(cross[-1, -1]), n, reml, constants)


def _indicators(effects: tuple[_Effect, ...]) -> Array:
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


def _factors(theta: Array, work: _Work) -> list[Array]:
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


def _scaled(theta: Array, work: _Work) -> Array:
    """Lambda of one block."""
    factors = _factors(theta, work)
    if len(factors) == 1:
        return factors[0]
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*(np.kron(np.eye(g), t) for t, (_, g) in zip(factors, work.sizes, strict=True))))


@dataclass(frozen=True, eq=False)
class _Profile:
    b: Array
    rx: Array  # X'V^-1 X times sigma^2
    pwrss: float
    logdet: float


def _profile(theta: Array, work: _Work) -> _Profile:
    """Best fixed coefficients and penalised residual sum of squares for a theta."""
    if work.constants is not None:
        return _Profile(*solution(float(theta[0] ** 2), work.constants))
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
    return _Profile(b, rx, max(pwrss, SMALLEST), logdet)


def _deviance(theta: Array, work: _Work) -> float:
    """-2 log-likelihood, restricted or not, at the best sigma."""
    return _deviance_of(_profile(theta, work), work)


def _deviance_of(found: _Profile, work: _Work) -> float:
    if work.reml:
        free = work.n - len(found.b)
        return found.logdet + float(np.linalg.slogdet(found.rx)[1]) + free * (1 + log(2 * pi * found.pwrss / free))
    return found.logdet + work.n * (1 + log(2 * pi * found.pwrss / work.n))


def _minimum(work: _Work) -> tuple[Array, bool]:
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


def _polished(theta: Array, work: _Work) -> Array:
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


def _full_deviance(point: Array, work: _Work) -> float:
    """The deviance of theta and sigma, sigma not profiled."""
    theta, sigma2 = point[:-1], float(point[-1] ** 2)
    found = _profile(theta, work)
    base = found.logdet + found.pwrss / sigma2
    if work.reml:
        free = work.n - len(found.b)
        return base + float(np.linalg.slogdet(found.rx)[1]) + free * log(2 * pi * sigma2)
    return base + work.n * log(2 * pi * sigma2)


def _satterthwaite(theta: Array, sigma: float, work: _Work) -> Array:
    """Degrees of freedom of every fixed coefficient."""
    if work.constants is not None:
        return satterthwaite(float(theta[0] ** 2), work.constants)
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
        return float(np.linalg.inv(_profile(whole[:-1], work).rx)[at, at] * whole[-1] ** 2)

    found = np.zeros(k)
    for at in range(k):
        slope = _slope(partial(variance, at=at), point[free])
        found[at] = 2 * variance(point[free], at) ** 2 / float(slope @ spread @ slope)
    return found


def _result(
    formula: Formula, design: Design, effects: tuple[_Effect, ...], work: _Work, theta: Array, converged: bool,
    level: float,
) -> LikelihoodModel:  # fmt: skip
    found = _profile(theta, work)
    n, k = design.x.shape
    sigma2 = found.pwrss / (n - k if work.reml else n)
    b = found.b.copy()
    if design.intercept:
        b[0] += design.y.mean()
    cov = sigma2 * np.linalg.inv(found.rx)
    df = _satterthwaite(theta, sigma2**0.5, work)
    deviance = _deviance_of(found, work)
    parameters = k + work.parameters + 1
    components = tuple(_components(effects, theta, work, sigma2))
    fit = LikelihoodFit(
        loglik=-deviance / 2, null_loglik=None, chisq=None, df=None, p=None, deviance=deviance,
        aic=deviance + 2 * parameters, bic=deviance + log(n) * parameters, mcfadden=None, cox_snell=None,
        nagelkerke=None, icc=_icc(effects, components),
    )  # fmt: skip
    return LikelihoodModel(
        formula=str(formula),
        method="mixed.reml" if work.reml else "mixed.ml",
        event=None,
        coefficient_rows=tuple(_coefficients(design.terms, b, cov, df, level)),
        threshold_rows=(),
        variance_rows=components,
        test_rows=(),
        fit=fit,
        n=n,
        groups=min(each.members for each in effects),
        missing="listwise",
        dropped=design.dropped,
        level=level,
        converged=converged,
        cautions=(
            *design.cautions, *usual_cautions(n, design.dropped, converged), *_cautions(effects, theta, work),
        ),
        _kept=lambda: _statsmodels(design, effects, work.reml),
    )  # fmt: skip


def _coefficients(terms: tuple[str, ...], b: Array, cov: Array, dfs: Array, level: float) -> Iterator[EffectRow]:
    for term, value, se, df in zip(terms, b.tolist(), np.sqrt(np.diag(cov)).tolist(), dfs.tolist(), strict=True):
        t = t_quantile((1 + level) / 2, df)
        p = t_two_sided(value / se, df)
        yield EffectRow(term, value, se, value / se, df, p, value - t * se, value + t * se)


def _components(effects: tuple[_Effect, ...], theta: Array, work: _Work, sigma2: float) -> Iterator[VarianceComponent]:
    for each, t in zip(effects, _factors(theta, work), strict=True):
        cov = sigma2 * t @ t.T
        sd = np.sqrt(np.diag(cov))
        for i, name in enumerate(each.names):
            yield VarianceComponent(each.group, name, None, float(cov[i, i]), float(sd[i]), None)
            for j in range(i):
                both = float(sd[i] * sd[j])
                r = float(cov[i, j]) / both if both > 0 else None
                yield VarianceComponent(each.group, each.names[j], name, float(cov[i, j]), None, r)
    yield VarianceComponent("residual", "", None, sigma2, sigma2**0.5, None)


def _icc(effects: tuple[_Effect, ...], components: tuple[VarianceComponent, ...]) -> float | None:
    """Share of the variance between groups, where only constants vary."""
    if any(len(each.names) > 1 for each in effects):
        return None
    between = sum(row.variance for row in components[:-1])
    return between / (between + components[-1].variance)


def _cautions(effects: tuple[_Effect, ...], theta: Array, work: _Work) -> Iterator[Caution]:
    least = int(cutoff("multilevel.groups"))
    for each, t in zip(effects, _factors(theta, work), strict=True):
        if float(np.linalg.svd(t, compute_uv=False)[-1]) < _SINGULAR:
            yield caution("mixed.singular", group=each.group, effects=len(each.names))
        if each.members < least:
            yield caution("mixed.few_groups", "note", group=each.group, groups=each.members, least=least)


def _statsmodels(design: Design, effects: tuple[_Effect, ...], reml: bool) -> object:
    if len(effects) > 1:
        raise ModelError(problem("regression.no_counterpart", vcov="crossed"))
    import warnings

    import pandas as pd
    import statsmodels.api as sm

    data = pd.DataFrame(design.x, columns=list(design.terms))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sm.MixedLM(design.y, data, groups=effects[0].codes, exog_re=effects[0].z).fit(reml=reml)


def contextual(formula: str, x: object, names: tuple[str, ...], *, level: float = 0.95) -> LikelihoodModel:
    """Tell a factor's effect inside groups from what the group's mean adds (Mundlak's form).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b + (1 | unit)``, with one group.
    x : rows
        Answers.
    names : tuple of str
        Factors of the formula whose group means are added, as ``a.mean``.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        ``a`` is the effect inside groups, ``a.mean`` the contextual effect: how much more the group's mean goes with
        the outcome. `tests` holds F of all contextual effects together (``contextual``).

    Raises
    ------
    ModelError
        ``mixed.…`` as in `mixed`; ``mixed.context`` for a name that is no numeric factor of the formula.

    References
    ----------
    Snijders, T. A. B., & Bosker, R. J. (2012). Multilevel analysis, 2nd ed., sect. 4.6.

    Examples
    --------
    >>> x = {"y": [1, 2, 3, 5, 6, 8, 2, 3, 5], "a": [1, 2, 3, 2, 3, 5, 1, 2, 4], "u": list("pppqqqrrr")}
    >>> [row.term for row in contextual("y ~ a + (1 | u)", x, ("a",)).coefficient_rows]
    ['(Intercept)', 'a', 'a.mean']
    """
    parsed = parse_formula(formula)
    if len(parsed.groups) != 1:
        raise ModelError(problem("mixed.no_group", formula=str(parsed)))
    taken = rows(x)
    wrong = tuple(name for name in names if (name,) not in parsed.terms or isinstance(taken.column(name), Labels))
    if wrong or not names:
        raise ModelError(problem("mixed.context", names=wrong or names, formula=str(parsed)))
    whole = common(parsed, taken)
    codes = np.unique(codes_of(whole.column(parsed.groups[0])), return_inverse=True)[1]
    means = tuple(f"{name}.mean" for name in names)
    for name, column in zip(means, whole.numeric(names).T, strict=True):
        whole = whole.replaced(name, (np.bincount(codes, column) / np.bincount(codes))[codes])
    terms = (*parsed.terms, *((name,) for name in means))
    larger = Formula(parsed.outcome, terms, parsed.intercept, parsed.groups, parsed.slopes)
    found = mixed(str(larger), whole, level=level)
    dropped = taken.n - whole.n
    notes = (caution("rows.excluded", "note", dropped=dropped, n=whole.n, total=taken.n),) if dropped else ()
    return replace(found, dropped=dropped, cautions=(*found.cautions, *notes))
