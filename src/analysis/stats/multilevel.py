"""Answers inside groups: random intercepts and slopes by REML or maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import log

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from .design import Design, build, codes_of
from .hierarchy import common
from .leastsquares import refuse_dependent_columns
from .likelihood import EffectRow, LikelihoodFit, LikelihoodModel, VarianceComponent, usual_cautions
from .random_effects import (
    METHODS,
    Method,
    RandomEffect,
    Sums,
    degrees_of_freedom,
    deviance_of,
    explains_all,
    factors,
    minimum,
    profile,
    random_effect,
    sums,
)
from .rows import Array, Labels, check_level, literal, rows
from .tails import t_quantile, t_two_sided

_SINGULAR = 1e-4  # lme4's: a direction whose standard deviation is this small beside the residual's is none


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
    literal("method", method, METHODS)
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
    effects = tuple(random_effect(group, parsed.varying(group), design) for group in parsed.groups)
    work = sums(design, effects, method)
    if explains_all(None, work):
        raise ModelError(problem("mixed.no_residual", Place(column=parsed.outcome), outcome=parsed.outcome))
    theta, converged = minimum(work)
    if explains_all(theta, work):
        raise ModelError(problem("mixed.no_residual", Place(column=parsed.outcome), outcome=parsed.outcome))
    return _result(parsed, design, effects, work, theta, converged, level)


def _result(
    formula: Formula, design: Design, effects: tuple[RandomEffect, ...], work: Sums, theta: Array, converged: bool,
    level: float,
) -> LikelihoodModel:  # fmt: skip
    found = profile(theta, work)
    n, k = design.x.shape
    sigma2 = found.pwrss / (n - k if work.reml else n)
    b = work.back @ found.b
    if design.intercept:
        b[0] += design.y.mean()
    cov = sigma2 * work.back @ np.linalg.inv(found.rx) @ work.back.T
    df = degrees_of_freedom(theta, sigma2**0.5, work)
    deviance = deviance_of(found, work) - (2 * float(np.linalg.slogdet(work.back)[1]) if work.reml else 0.0)
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


def _components(
    effects: tuple[RandomEffect, ...], theta: Array, work: Sums, sigma2: float
) -> Iterator[VarianceComponent]:
    for each, t in zip(effects, factors(theta, work), strict=True):
        cov = sigma2 * t @ t.T
        sd = np.sqrt(np.diag(cov))
        for i, name in enumerate(each.names):
            yield VarianceComponent(each.group, name, None, float(cov[i, i]), float(sd[i]), None)
            for j in range(i):
                both = float(sd[i] * sd[j])
                r = float(cov[i, j]) / both if both > 0 else None
                yield VarianceComponent(each.group, each.names[j], name, float(cov[i, j]), None, r)
    yield VarianceComponent("residual", "", None, sigma2, sigma2**0.5, None)


def _icc(effects: tuple[RandomEffect, ...], components: tuple[VarianceComponent, ...]) -> float | None:
    """Share of the variance between groups, where only constants vary."""
    if any(len(each.names) > 1 for each in effects):
        return None
    between = sum(row.variance for row in components[:-1])
    return between / (between + components[-1].variance)


def _cautions(effects: tuple[RandomEffect, ...], theta: Array, work: Sums) -> Iterator[Caution]:
    least = int(cutoff("multilevel.groups"))
    for each, t in zip(effects, factors(theta, work), strict=True):
        if float(np.linalg.svd(t, compute_uv=False)[-1]) < _SINGULAR:
            yield caution("mixed.singular", group=each.group, effects=len(each.names))
        if each.members < least:
            yield caution("mixed.few_groups", "note", group=each.group, groups=each.members, least=least)


def _statsmodels(design: Design, effects: tuple[RandomEffect, ...], reml: bool) -> object:
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
    >>> x = {"y": [1, 3, 3, 5, 6, 9, 2, 3, 5], "a": [1, 2, 3, 2, 3, 5, 1, 2, 4], "u": list("pppqqqrrr")}
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
