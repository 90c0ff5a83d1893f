"""Scores of constructs from their items."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..study import Construct, Study


def scores(items: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Score every construct for every respondent.

    Parameters
    ----------
    items : DataFrame
        Answers by item code, reverse-keyed items already turned round; missing is NaN.
    study : Study
        Declares each construct's items, rule and least number of answers.

    Returns
    -------
    DataFrame
        One column a construct; NaN where too few items were answered.

    Notes
    -----
    Score = mean of the answered items when at least `minimum` (half of them, rounded up, unless declared) are answered.
    A sum is that mean times the number of items, so that an unanswered item does not count as zero.

    References
    ----------
    R: ``psych::scoreItems(..., totals = FALSE, missing = TRUE, impute = "none")`` with a minimum of answers.
    """
    columns = {code: _score(items, construct) for code, construct in study.constructs.items()}
    return pd.DataFrame(columns, index=items.index)


def _score(items: pd.DataFrame, construct: Construct) -> npt.NDArray[np.float64]:
    values = items[list(construct.items)].to_numpy(dtype=np.float64)
    answered, total = np.full(len(values), values.shape[1]), values.sum(axis=1)
    if np.isnan(total).any():
        answered, total = (~np.isnan(values)).sum(axis=1), np.nansum(values, axis=1)
    enough = answered >= max(construct.minimum, 1)
    mean: npt.NDArray[np.float64] = np.divide(total, answered, out=np.full(len(total), np.nan), where=enough)
    return mean * len(construct.items) if construct.score == "sum" else mean
