"""A regression of scale scores after the missing answers were imputed: the answers are drawn, then scored as ever."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd

from ..errors import ModelError, problem
from ..grammar import Formula
from ..rules import cutoff
from ..stats.impute import impute
from ..stats.pool import Pooled, pool
from ..stats.regression import ols
from ..survey.responses import Responses
from ..survey.score import scores

_LEAST, _MOST = 10, 20  # imputations
_ROUNDS = 5  # of the chains


def imputed_regression(
    responses: Responses, formula: Formula, numeric: tuple[str, ...], *, level: float = 0.95
) -> Pooled:
    """Impute the items behind a model's scores, score them, and pool its standardised coefficients.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    formula : Formula
        ``outcome ~ a + b``, among which are scales.
    numeric : tuple of str
        The outcome and the terms that are brought to mean 0 and standard deviation 1, in each completed data set.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Pooled
        By Rubin's rules, over as many imputations as a hundredth of the questionnaires are incomplete, 10 to 20.

    Raises
    ------
    ModelError
        ``robustness.not_here`` where nothing is missing, or in the questionnaires of a handful of persons only;
        ``impute.…`` and ``pool.…`` as in `impute` and `pool`.

    Notes
    -----
    Items, not scores: a score of the answered items counts an unanswered one as their mean. Predictive mean matching
    from all other items of the model.

    References
    ----------
    White, I. R., Royston, P., & Wood, A. M. (2011). Statistics in Medicine, 30, 377-399, p. 388 (how many).
    """
    members = responses.members
    items = [item for name in (formula.outcome, *numeric) for item in members.get(name, ())]
    drawn = [*dict.fromkeys([*items, *(name for name in numeric if name not in members)])]
    holes = responses.frame[drawn].isna()
    incomplete = int(holes.any(axis=1).sum())
    if not items or incomplete < max(1, cutoff("disclosure.min_cell", responses.study.thresholds)):
        raise ModelError(problem("robustness.not_here"))
    m = min(max(_LEAST, ceil(100 * incomplete / len(holes))), _MOST)
    found = impute(responses.frame[drawn], m=m, iterations=_ROUNDS)
    there = ~holes.all(axis=1).to_numpy()  # a person without any answer is not invented
    whole = responses.frame[there]
    fits = []
    for each in found.completed():
        filled = whole.assign(**{name: np.asarray(each.column(name), dtype=np.float64) for name in drawn})
        scored = scores(filled, responses.study)
        named = [name for name in (formula.outcome, *numeric) if name in members]
        fits.append(ols(str(formula), _unit(filled.assign(**scored[named]), (formula.outcome, *numeric)), level=level))
    return pool(fits, level=level)


def _unit(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return frame.assign(**{name: (frame[name] - frame[name].mean()) / frame[name].std(ddof=1) for name in names})
