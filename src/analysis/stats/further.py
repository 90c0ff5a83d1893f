"""Further regressions through statsmodels, in this package's shape: several answers, counts, outliers, quantiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import parse_formula
from ..rules import cutoff
from .design import Design, build
from .leastsquares import refuse_dependent_columns
from .likelihood import EffectRow, LikelihoodFit, LikelihoodModel, effects, fitted_by, usual_cautions
from .quantile import quantile_covariance, quantile_fit
from .rows import Array, Labels, check_level, rows


def multinomial(formula: str, x: object, *, level: float = 0.95) -> LikelihoodModel:
    """Explain which of several answers is given, each held against the first (multinomial logit).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome is a category, or numbers that name categories.
    x : rows
        Answers.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        One block of coefficients for each answer but the first, named by `category`.

    Raises
    ------
    ModelError
        ``further.three_answers``; ``regression.…`` as in `ols`.

    References
    ----------
    R: ``nnet::multinom``. statsmodels: ``MNLogit``.

    Examples
    --------
    >>> x = {"y": list("abcabcabcbac"), "a": [1, 2, 4, 2, 2, 3, 1, 3, 5, 1, 3, 3]}
    >>> [row.category for row in multinomial("y ~ a", x).coefficient_rows]
    ['b', 'b', 'c', 'c']
    """
    parsed = parse_formula(formula)
    taken = rows(x)
    column = taken.column(parsed.outcome)
    if isinstance(column, Labels):
        names, codes = column.levels, np.where(column.codes < 0, np.nan, column.codes.astype(float))
    else:
        values = np.unique(column[~np.isnan(column)])
        names = tuple(f"{value:g}" for value in values.tolist())
        codes = np.where(np.isnan(column), np.nan, np.searchsorted(values, column).astype(float))
    design = _design(formula, taken.replaced(parsed.outcome, codes), level)
    present = np.unique(design.y)
    if len(present) < 3:
        raise ModelError(problem("further.three_answers", Place(column=parsed.outcome), column=parsed.outcome))
    found = _fitted(
        design, lambda sm, y, z: sm.MNLogit(np.searchsorted(present, y), z).fit(disp=0, method="newton", maxiter=200)
    )
    b, cov, k = np.asarray(found.params), np.asarray(found.cov_params()), design.x.shape[1]
    lines: list[EffectRow] = []
    for at, code in enumerate(present[1:]):
        part = slice(at * k, (at + 1) * k)
        lines += effects(design.terms, b[:, at], cov[part, part], level, ratios=True, category=names[int(code)])
    converged = bool(found.mle_retvals["converged"])
    fit = fitted_by(float(found.llf), float(found.llnull), b.size, b.size - len(present) + 1, len(design.y))
    return _model(formula, "multinomial", design, tuple(lines), fit, level, converged, found)


def poisson(formula: str, x: object, *, level: float = 0.95) -> LikelihoodModel:
    """Explain counts by factors (Poisson regression, log link).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome counts.
    x : rows
        Answers.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `ratio` is the rate ratio. A caution says where counts spread more than Poisson's.

    Raises
    ------
    ModelError
        ``further.counts`` for anything but 0, 1, 2, …; ``regression.…`` as in `ols`.

    References
    ----------
    R: ``glm(formula, poisson)``. statsmodels: ``GLM``.

    Examples
    --------
    >>> f"{poisson('y ~ a', {'y': [1, 2, 2, 4, 6, 8], 'a': [1, 2, 3, 4, 5, 6]}).coefficient_rows[1].ratio:.2f}"
    '1.49'
    """
    design = _counts(formula, x, level)
    found = _fitted(design, lambda sm, y, z: sm.GLM(y, z, family=sm.families.Poisson()).fit(tol=1e-12))
    spread = float(found.pearson_chi2 / found.df_resid)
    notes = (caution("further.overdispersed", spread=spread),) if spread > cutoff("counts.spread") else ()
    return _likely(formula, "poisson", design, found, level, notes)


def negative_binomial(formula: str, x: object, *, level: float = 0.95) -> LikelihoodModel:
    """Explain counts that spread more than Poisson's (negative binomial, NB2).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome counts.
    x : rows
        Answers.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `ratio` is the rate ratio; the last coefficient, ``alpha``, is the dispersion (R's 1 / theta).

    Raises
    ------
    ModelError
        ``further.counts``; ``regression.…`` as in `ols`.

    References
    ----------
    R: ``MASS::glm.nb``. statsmodels: ``NegativeBinomial``.

    Examples
    --------
    >>> found = negative_binomial("y ~ a", {"y": [0, 9, 1, 14, 2, 3, 25, 4], "a": [1, 2, 3, 4, 5, 6, 7, 8]})
    >>> found.coefficient_rows[-1].term
    'alpha'
    """
    design = _counts(formula, x, level)
    found = _fitted(
        design, lambda sm, y, z: sm.NegativeBinomial(y, z).fit(disp=0, method="bfgs", maxiter=500, gtol=1e-7)
    )
    b, cov = np.asarray(found.params), np.asarray(found.cov_params())
    k = design.x.shape[1]
    lines = (
        *effects(design.terms, b[:k], cov[:k, :k], level, ratios=True),
        *effects(("alpha",), b[k:], cov[k:, k:], level, ratios=False),
    )
    fit = fitted_by(float(found.llf), float(found.llnull), k + 1, k - 1, len(design.y))
    converged = bool(found.mle_retvals["converged"])
    return _model(formula, "negative_binomial", design, lines, fit, level, converged, found)


def robust_regression(formula: str, x: object, *, level: float = 0.95) -> LikelihoodModel:
    """Explain an outcome so that single far answers weigh less (Huber's M-estimate).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``.
    x : rows
        Answers.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        Normal tests; there is no likelihood of its own, so the fit is that of the equivalent normal model.

    Raises
    ------
    ModelError
        ``regression.…`` as in `ols`.

    References
    ----------
    Huber, P. J. (1981). Robust statistics. R: ``MASS::rlm(formula, scale.est = "MAD")``. statsmodels: ``RLM``.

    Examples
    --------
    >>> found = robust_regression("y ~ a", {"y": [1, 2.1, 2.9, 4, 5.1, 30], "a": [1, 2, 3, 4, 5, 6]})
    >>> f"{found.coefficient_rows[1].b:.1f}"
    '1.2'
    """
    design = _design(formula, rows(x), level)
    found = _fitted(design, lambda sm, y, z: sm.RLM(y, z, M=sm.robust.norms.HuberT()).fit(tol=1e-10, maxiter=200))
    lines = tuple(effects(design.terms, np.asarray(found.params), np.asarray(found.cov_params()), level, ratios=False))
    n, sigma = len(design.y), float(found.scale)
    value = -n / 2 * float(np.log(2 * np.pi * sigma**2)) - float((np.asarray(found.resid) ** 2).sum()) / (2 * sigma**2)
    fit = fitted_by(value, None, len(lines) + 1, 0, n)
    return _model(formula, "robust", design, lines, fit, level, True, found)


def quantile_regression(formula: str, x: object, *, quantile: float = 0.5, level: float = 0.95) -> LikelihoodModel:
    """Explain a quantile of an outcome, the median where none is named.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``.
    x : rows
        Answers.
    quantile : float
        Between 0 and 1.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        Errors allow unequal spread (Hendricks and Koenker, Hall and Sheather's bandwidth).

    Raises
    ------
    ModelError
        ``further.quantile`` outside 0 to 1; ``regression.…`` as in `ols`.

    References
    ----------
    Koenker, R., & Bassett, G. (1978). Econometrica, 46, 33-50. R: ``summary(quantreg::rq(…), se = "nid")``.
    statsmodels: ``QuantReg``, whose errors take one density for all rows.

    Examples
    --------
    >>> found = quantile_regression("y ~ a", {"y": [1, 3, 2, 5, 4, 7, 6, 9, 40], "a": range(9)})
    >>> f"{found.coefficient_rows[1].b:.1f}"
    '1.1'
    """
    if not 0 < quantile < 1:
        raise ModelError(problem("further.quantile", value=quantile))
    design = _design(formula, rows(x), level)
    b, cov = quantile_fit(design.x, design.y, quantile), quantile_covariance(design.x, design.y, quantile)
    if b is None or cov is None:
        raise ModelError(problem("further.no_solution"))
    lines = tuple(effects(design.terms, b, cov, level, ratios=False))
    e = design.y - design.x @ b
    loss = float((e * (quantile - (e < 0))).sum())
    n = len(design.y)
    value = n * float(np.log(quantile * (1 - quantile))) - n * float(np.log(loss / n)) - n  # asymmetric Laplace errors
    fit = fitted_by(value, None, len(lines) + 1, 0, n)
    found = _model(formula, "quantile", design, lines, fit, level, True, None)

    def kept() -> object:
        return _fitted(design, lambda sm, y, z: sm.QuantReg(y, z).fit(q=quantile, max_iter=5000, p_tol=1e-9))

    return replace(found, _kept=kept)


def _design(formula: str, taken: object, level: float) -> Design:
    check_level(level)
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    design = build(parsed, rows(taken), None)
    n, k = design.x.shape
    if n <= k or not k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    refuse_dependent_columns(design.x, design.terms)
    return design


def _counts(formula: str, x: object, level: float) -> Design:
    design = _design(formula, rows(x), level)
    if (design.y < 0).any() or (design.y % 1 != 0).any():
        outcome = parse_formula(formula).outcome
        raise ModelError(problem("further.counts", Place(column=outcome), column=outcome))
    return design


def _fitted(design: Design, fit: Callable[[Any, Array, Any], Any]) -> Any:
    """Fit by statsmodels; its warnings become this package's cautions, its failures refusals."""
    import warnings

    import pandas as pd
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = fit(sm, design.y, pd.DataFrame(design.x, columns=list(design.terms)))
            usable = np.isfinite(np.asarray(found.params)).all() and np.isfinite(np.asarray(found.bse)).all()
        except (np.linalg.LinAlgError, ValueError):
            usable = False
    if not usable:
        raise ModelError(problem("further.no_solution"))
    return found


def _likely(
    formula: str, method: str, design: Design, found: Any, level: float, notes: tuple[Caution, ...]
) -> LikelihoodModel:
    k = design.x.shape[1]
    lines = tuple(effects(design.terms, np.asarray(found.params), np.asarray(found.cov_params()), level, ratios=True))
    fit = fitted_by(float(found.llf), float(found.llnull), k, k - 1, len(design.y))
    return _model(formula, method, design, lines, fit, level, bool(found.converged), found, notes)


def _model(
    formula: str, method: str, design: Design, lines: tuple[EffectRow, ...], fit: LikelihoodFit, level: float,
    converged: bool, found: Any, notes: tuple[Caution, ...] = (),
) -> LikelihoodModel:  # fmt: skip
    n = len(design.y)
    return LikelihoodModel(
        formula=str(parse_formula(formula)), method=method, event=None, coefficient_rows=lines, threshold_rows=(),
        variance_rows=(), test_rows=(), fit=fit, n=n, groups=None, missing="listwise", dropped=design.dropped,
        level=level, converged=converged,
        cautions=(*design.cautions, *usual_cautions(n, design.dropped, converged), *notes), _kept=lambda: found,
    )  # fmt: skip
