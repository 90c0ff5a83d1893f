"""Yes or no: logit and probit, separation named, Firth's remedy."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from ..errors import ModelError, Place, problem
from ..grammar import INTERCEPT, Formula, parse_formula
from .design import Design, build
from .leastsquares import refuse_dependent_columns
from .likelihood import LikelihoodModel, effects, few_events, fitted_by, maximise, usual_cautions
from .rows import Array, Labels, Rows, check_level, literal, rows

Penalty: TypeAlias = Literal["none", "firth"]
_PENALTIES: tuple[Penalty, ...] = ("none", "firth")
CERTAIN = 1e-7  # a fitted probability nearer to 0 or 1 than this is a sign of separation


def logit(
    formula: str, x: object, *, event: str | float | None = None, penalty: Penalty = "none", level: float = 0.95
) -> LikelihoodModel:
    """Explain a yes-or-no outcome by factors (logistic regression).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome is 0 and 1, or has two categories.
    x : rows
        Answers.
    event : str or float, optional
        The answer whose probability is modelled; needed unless the outcome is 0 and 1.
    penalty : {"none", "firth"}
        Firth's penalty keeps coefficients finite where a factor separates the answers, and lessens bias.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `ratio` of each coefficient is the odds ratio.

    Raises
    ------
    ModelError
        ``binary.…``: not two answers, an event that must be named, complete or partial separation (the factors named);
        ``regression.…`` as in `ols`.

    Notes
    -----
    log(p / (1 - p)) = xb by maximum likelihood, errors from the information, Wald's tests. Firth maximises
    l + log|I| / 2.

    References
    ----------
    Firth, D. (1993). Biometrika, 80, 27-38. R: ``glm(formula, binomial)``, ``logistf::logistf(…, pl = FALSE)``.

    Examples
    --------
    >>> found = logit("y ~ a", {"y": [0, 0, 1, 0, 1, 1], "a": [1, 2, 3, 4, 5, 6]})
    >>> f"{found.coefficient_rows[1].ratio:.2f}"
    '3.37'
    """
    literal("penalty", penalty, _PENALTIES)
    return _binary("logit", formula, x, event, penalty, level)


def probit(formula: str, x: object, *, event: str | float | None = None, level: float = 0.95) -> LikelihoodModel:
    """Explain a yes-or-no outcome by factors, through a normal latent variable (probit).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome is 0 and 1, or has two categories.
    x : rows
        Answers.
    event : str or float, optional
        The answer whose probability is modelled; needed unless the outcome is 0 and 1.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        Without ratios, which a probit has not.

    Raises
    ------
    ModelError
        As in `logit`.

    Notes
    -----
    Errors are from the expected information, as R's ``glm`` has them.

    References
    ----------
    R: ``glm(formula, binomial("probit"))``.

    Examples
    --------
    >>> f"{probit('y ~ a', {'y': [0, 0, 1, 0, 1, 1], 'a': [1, 2, 3, 4, 5, 6]}).coefficient_rows[1].b:.2f}"
    '0.76'
    """
    return _binary("probit", formula, x, event, "none", level)


def _binary(
    link: str, formula: str, x: object, event: str | float | None, penalty: Penalty, level: float
) -> LikelihoodModel:
    check_level(level)
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    taken, named = coded_outcome(parsed, rows(x), event)
    design = build(parsed, taken, None)
    n, k = design.x.shape
    if n <= k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    scale = np.abs(design.x).max(axis=0)
    z = design.x / np.where(scale > 0, scale, 1.0)
    refuse_dependent_columns(z, design.terms)
    step = logit_step if link == "logit" else _probit_step
    firth = penalty == "firth"
    start = np.zeros(k)
    if firth:
        b, information, value, converged = maximise_firth(z, design.y)
        value += float(np.log(scale).sum())  # the penalty is that of the columns as they are
    else:
        b, information, value, converged = maximise(start, lambda at: step(z, design.y, at))
        _refuse_separation(design, z, z @ b, link, converged)
    cov = np.linalg.inv(information) / np.outer(scale, scale)
    null, free = (None, 0) if firth or not design.intercept else (_constant(design.y), k - 1)
    return LikelihoodModel(
        formula=str(parsed),
        method=f"{link}.firth" if firth else link,
        event=named,
        coefficient_rows=tuple(effects(design.terms, b / scale, cov, level, ratios=link == "logit")),
        threshold_rows=(),
        variance_rows=(),
        test_rows=(),
        fit=fitted_by(value, null, k, free, n),
        n=n,
        groups=None,
        missing="listwise",
        dropped=design.dropped,
        level=level,
        converged=converged,
        cautions=(
            *design.cautions, *usual_cautions(n, design.dropped, converged),
            *few_events(int(min(design.y.sum(), n - design.y.sum())), max(k - int(design.intercept), 1)),
        ),
        _kept=lambda: _statsmodels(design, link),
    )  # fmt: skip


def coded_outcome(formula: Formula, taken: Rows, event: str | float | None) -> tuple[Rows, str]:
    """The rows with the outcome as 0 and 1, and the name of the answer that is 1."""
    name = formula.outcome
    column = taken.column(name)
    place = Place(column=name)
    if isinstance(column, Labels):
        answers: tuple[str, ...] = tuple(column.levels[code] for code in np.unique(column.codes[column.codes >= 0]))
        held = np.where(column.codes < 0, np.nan, 0.0)
        wanted = None if event is None else str(event)
    else:
        values = np.unique(column[~np.isnan(column)])
        answers = tuple(f"{value:g}" for value in values.tolist())
        held = np.where(np.isnan(column), np.nan, 0.0)
        wanted = None if event is None else f"{float(event):g}" if _numeric(event) else str(event)
    if len(answers) != 2:
        raise ModelError(problem("binary.two_answers", place, column=name, answers=answers[:8], count=len(answers)))
    if wanted is None and answers == ("0", "1"):
        wanted = "1"
    if wanted not in answers:
        raise ModelError(problem("binary.event", place, column=name, answers=answers, event=wanted))
    at = answers.index(wanted)
    if isinstance(column, Labels):
        held[column.codes == column.levels.index(answers[at])] = 1.0
    else:
        held[column == values[at]] = 1.0
    return taken.replaced(name, held), wanted


def _numeric(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def logit_step(x: Array, y: Array, b: Array) -> tuple[float, Array, Array]:
    """Log-likelihood of a logit, its slope and minus its curvature."""
    eta = x @ b
    small = np.exp(-np.abs(eta))  # of the rarer side, so that neither tail loses digits
    tail = small / (1 + small)
    p = np.where(eta > 0, 1 - tail, tail)
    value = float((y * eta - np.maximum(eta, 0.0)).sum() - np.log1p(small).sum())
    return value, x.T @ (y - p), (x * (tail / (1 + small))[:, None]).T @ x


def _probit_step(x: Array, y: Array, b: Array) -> tuple[float, Array, Array]:
    """Likelihood with the expected information (Fisher scoring)."""
    eta = x @ b
    sign = 2 * y - 1
    value = float(special.log_ndtr(sign * eta).sum())
    density = -0.5 * eta**2 - 0.5 * np.log(2 * np.pi)
    ratio = sign * np.exp(density - special.log_ndtr(sign * eta))
    weight = np.exp(2 * density - special.log_ndtr(eta) - special.log_ndtr(-eta))
    return value, x.T @ ratio, (x * weight[:, None]).T @ x


def maximise_firth(x: Array, y: Array) -> tuple[Array, Array, float, bool]:
    """Firth's penalised likelihood: the slope gains h (1/2 - p), h the leverage of each row."""
    b = np.zeros(x.shape[1])
    for _ in range(200):
        p = special.expit(x @ b)
        weight = p * (1 - p)
        information = (x * weight[:, None]).T @ x
        inverse = np.linalg.inv(information)
        leverage = weight * np.einsum("ij,jk,ik->i", x, inverse, x)
        step = inverse @ (x.T @ (y - p + leverage * (0.5 - p)))
        largest = float(np.abs(step).max())
        b = b + step * min(1.0, 5.0 / max(largest, 1e-300))
        if largest < 1e-10:
            break
    value, _, information = logit_step(x, y, b)
    penalised = value + 0.5 * float(np.linalg.slogdet(information)[1])
    return b, information, penalised, largest < 1e-10


def _constant(y: Array) -> float:
    """Log-likelihood of the share alone."""
    share = float(y.mean())
    return float(len(y) * (special.xlogy(share, share) + special.xlogy(1 - share, 1 - share)))


def _refuse_separation(design: Design, x: Array, eta: Array, link: str, converged: bool) -> None:
    """Refuse answers that a combination of the factors tells apart, naming those factors."""
    cdf = special.expit if link == "logit" else special.ndtr
    if converged and float(cdf(-np.abs(eta)).min()) > CERTAIN:
        return
    way = separating(x, design.y)
    if way is not None:
        terms = tuple(
            term for term, part in zip(design.terms, way, strict=True) if abs(part) > 1e-7 and term != INTERCEPT
        )
        raise ModelError(problem("binary.separation", factors=terms or design.terms))


def separating(x: Array, y: Array) -> Array | None:
    """A combination of the columns that tells the answers 0 and 1 apart, so that a logit has no solution; or nothing.

    There is a direction d with (2y - 1) x'd >= 0 for all rows, not all zero: found by a linear programme, worth asking
    only where fitted probabilities have run away.
    """
    from scipy.optimize import linprog

    signed = (2 * y - 1)[:, None] * x
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(x)), bounds=(-1, 1), method="highs")
    if found.status == 0 and found.x is not None and found.fun is not None and found.fun < -1e-7:
        return np.asarray(found.x)
    return None


def _statsmodels(design: Design, link: str) -> object:
    import pandas as pd
    import statsmodels.api as sm

    kind = sm.Logit if link == "logit" else sm.Probit
    data = pd.DataFrame(design.x, columns=list(design.terms))
    return kind(pd.Series(design.y, name="outcome"), data).fit(disp=0, tol=1e-12)
