"""Ordered answers: cumulative logit and probit with thresholds, and tests of parallel lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import ModelError, Place, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from .brant import brant
from .cumulative import LINKS, Link, likelihood, membership
from .design import Design, build, codes_of
from .leastsquares import lengths, refuse_dependent_columns
from .likelihood import LikelihoodModel, ThresholdRow, effects, fitted_by, maximise, usual_cautions
from .parallel_lines import LINES, Lines, freed
from .rows import Array, Labels, Rows, check_level, literal, rows
from .tails import normal_quantile, normal_two_sided

_RUNAWAY = 18.0  # a slope per standard deviation, or a threshold, that no answers give unless factors tell them apart


def ordinal(
    formula: str, x: object, *, link: Link = "logit", lines: Lines | None = None, level: float = 0.95
) -> LikelihoodModel:
    """Explain an ordered answer by factors (proportional odds, or ordered probit).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; the outcome holds numbers, or a category whose order is declared.
    x : rows
        Answers.
    link : {"logit", "probit"}
        Distribution of the latent answer.
    lines : {"brant", "likelihood"}, optional
        Test of parallel lines (proportional odds): Brant's, of logits only, or likelihood ratios, which set one factor
        after the other free and take longer. Brant's for the logit and likelihood ratios for the probit where none is
        named.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LikelihoodModel
        `thresholds` are those of the latent scale; with the logit `ratio` is the odds ratio of a higher answer, and
        `tests` holds the test of parallel lines: Brant's of the whole (``brant``) and of each column (``brant:a``), or
        the likelihood ratio of each factor (``parallel:a``).

    Raises
    ------
    ModelError
        ``ordinal.…``: fewer than three answers, an order that is not declared, no solution (factors that tell the
        answers apart); ``regression.…`` as in `ols`.

    Notes
    -----
    P(y <= j) = F(t_j - xb) by maximum likelihood, errors from the observed information. Brant compares the logits of
    y > j over all j; where one of them has no solution the test is not computed, and a caution says so. The likelihood
    ratio holds t_j - xb against t_j - xb - z g_j, z the columns of one factor.

    References
    ----------
    McCullagh, P. (1980). Journal of the Royal Statistical Society B, 42, 109-142. Brant, R. (1990). Biometrics, 46,
    1171-1178. R: ``MASS::polr``, ``ordinal::clm``, ``ordinal::nominal_test``, ``brant::brant``.

    Examples
    --------
    >>> found = ordinal("y ~ a", {"y": [1, 1, 2, 1, 3, 2, 3, 3], "a": [1, 2, 3, 4, 5, 6, 7, 8]})
    >>> [row.threshold for row in found.threshold_rows]
    ['1|2', '2|3']
    """
    literal("link", link, LINKS)
    lines = lines or ("brant" if link == "logit" else "likelihood")
    literal("lines", lines, LINES)
    if lines == "brant" and link != "logit":
        raise ModelError(problem("ordinal.brant_of_logits"))
    check_level(level)
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    if not parsed.intercept or not parsed.terms:
        raise ModelError(problem("ordinal.formula", formula=str(parsed)))
    taken, levels = _coded(parsed, rows(x))
    design = build(parsed, taken, None)
    names = tuple(levels[code] for code in np.flatnonzero(np.bincount(design.y.astype(np.intp))).tolist())
    if len(names) < 3:
        raise ModelError(
            problem("ordinal.three_answers", Place(column=parsed.outcome), column=parsed.outcome, answers=names)
        )
    y = codes_of(design.y)
    n, k = len(y), design.x.shape[1] - 1
    if n <= k + len(names):
        raise ModelError(problem("regression.too_few_rows", n=n, k=k + len(names) - 1))
    refuse_dependent_columns(design.x, design.terms)
    mean = design.x[:, 1:].mean(axis=0)
    z = design.x[:, 1:] - mean
    scale = lengths(z) / n**0.5
    z /= scale
    share = np.cumsum(np.bincount(y))[:-1] / n
    start = np.concatenate([special.logit(share) if link == "logit" else special.ndtri(share), np.zeros(k)])
    null = float(special.xlogy(np.bincount(y), np.bincount(y) / n).sum())
    member = membership(y)
    found, information, value, converged = maximise(start, lambda at: likelihood(at, z, y, link, member))
    if not converged or float(np.abs(found).max()) > _RUNAWAY:
        raise ModelError(problem("ordinal.no_solution", outcome=parsed.outcome))
    back = _back(mean / scale, scale, len(share))
    point, cov = back @ found, back @ np.linalg.inv(information) @ back.T
    cuts = len(share)
    if lines == "brant":
        tests, notes = brant(design.x, design.terms, y, point)
    else:
        tests, notes = freed(z, design.terms[1:], y, link, found, value)
    return LikelihoodModel(
        formula=str(parsed),
        method=f"ordinal.{link}",
        event=None,
        coefficient_rows=tuple(
            effects(design.terms[1:], point[cuts:], cov[cuts:, cuts:], level, ratios=link == "logit")
        ),
        threshold_rows=tuple(_thresholds(names, point[:cuts], cov[:cuts, :cuts], level)),
        variance_rows=(),
        test_rows=tests,
        fit=fitted_by(value, null, k + cuts, k, n),
        n=n,
        groups=None,
        missing="listwise",
        dropped=design.dropped,
        level=level,
        converged=converged,
        cautions=(*design.cautions, *usual_cautions(n, design.dropped, converged), *notes),
        _kept=lambda: _statsmodels(design, y, link),
    )


def _coded(formula: Formula, taken: Rows) -> tuple[Rows, tuple[str, ...]]:
    """The outcome as 0, 1, 2, … and the names of the answers; an order is never guessed from words."""
    name = formula.outcome
    column = taken.column(name)
    if isinstance(column, Labels):
        if not column.declared:
            raise ModelError(problem("ordinal.order", Place(column=name), column=name))
        return taken.replaced(name, np.where(column.codes < 0, np.nan, column.codes.astype(float))), column.levels
    answered = ~np.isnan(column)
    codes = codes_of(column[answered])
    values = np.empty(int(codes.max(initial=-1)) + 1)
    values[codes] = column[answered]
    if len(values) > cutoff("ordinal.levels"):
        most = int(cutoff("ordinal.levels"))
        raise ModelError(problem("ordinal.many_answers", Place(column=name), column=name, count=len(values), most=most))
    coded = np.full(len(column), np.nan)
    coded[answered] = codes
    return taken.replaced(name, coded), tuple(f"{value:g}" for value in values.tolist())


def _back(mean: Array, scale: Array, cuts: int) -> Array:
    """From thresholds and slopes of standardised columns to those of the columns: t + m b, b / s."""
    k = len(scale)
    out = np.eye(cuts + k)
    out[:cuts, cuts:] = mean
    out[cuts:, cuts:] = np.diag(1 / scale)
    return out


def _thresholds(names: tuple[str, ...], t: Array, cov: Array, level: float) -> list[ThresholdRow]:
    z = normal_quantile((1 + level) / 2)
    lines = []
    for (below, above), value, se in zip(pairwise(names), t.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        p = normal_two_sided(value / se)
        lines.append(ThresholdRow(f"{below}|{above}", value, se, value / se, p, value - z * se, value + z * se))
    return lines


def _statsmodels(design: Design, y: npt.NDArray[np.intp], link: Link) -> object:
    import pandas as pd
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    data = pd.DataFrame(design.x[:, 1:], columns=list(design.terms[1:]))
    return OrderedModel(y, data, distr=link).fit(method="bfgs", disp=0, gtol=1e-8)
