"""Cut-offs of the method: the number, who proposed it, and whether the source was seen.

A cut-off is a convention, not a law of nature: reports print the one that was used, and a study may override it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..errors import ModelError, nearest, problem


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter: its value, when and to what it applies, where it comes from, and whether that source was seen."""

    id: str
    value: float
    valid_from: date | None
    valid_to: date | None
    applies_to: str
    source: str
    verified: bool


_HOANG_CHU = "Hoàng Trọng & Chu Nguyễn Mộng Ngọc (2005, 2008)"
_NUNNALLY = "Nunnally & Bernstein (1994); Nguyễn Đình Thọ & Nguyễn Thị Mai Trang (2008)"
_TABACHNICK = "Tabachnick & Fidell (2007): n >= 50 + 8k"
_THESES = "Usual in Vietnamese theses of this field; first source open"
_WIDTH = "Interval width (5 - 1) / 5 = 0.8; usual in Vietnamese theses, first source open"
_HOUSE_RULE = "This package's rule for published tables"


def _method(id: str, value: float, applies_to: str, source: str, verified: bool = False) -> Rule:
    return Rule(id, value, None, None, applies_to, source, verified)


METHODS: tuple[Rule, ...] = (
    _method("reliability.alpha.acceptable", 0.60, "Cronbach's alpha of a new concept, at least", _HOANG_CHU, True),
    _method("reliability.alpha.usable", 0.70, "Cronbach's alpha, at least", _HOANG_CHU, True),
    _method("reliability.alpha.good", 0.80, "Cronbach's alpha, at least", _HOANG_CHU, True),
    _method("reliability.alpha.redundant", 0.95, "Cronbach's alpha, above: items repeat each other", _THESES),
    _method("reliability.r_drop", 0.30, "Corrected item-total correlation, at least", _NUNNALLY, True),
    _method("reliability.min_items", 3, "Items of a scale, at least", "Nguyễn Đình Thọ (2011)", True),
    _method("sample.small_n", 30, "Respondents: fewer are a small sample", "Usual convention; first source open"),
    _method("regression.vif", 10, "Variance inflation factor, below", _THESES, True),
    _method("regression.vif.strict", 2, "Variance inflation factor, below (strict)", _THESES, True),
    _method("regression.tolerance", 0.1, "Tolerance 1 / VIF, at least", "The reciprocal of VIF 10", True),
    _method("regression.durbin_watson.low", 1, "Durbin-Watson statistic, above", _THESES, True),
    _method("regression.durbin_watson.high", 3, "Durbin-Watson statistic, below", _THESES, True),
    _method("regression.n_base", 50, "Rows of a regression, at least, before predictors", _TABACHNICK),
    _method("regression.n_per_predictor", 8, "Further rows for each predictor", _TABACHNICK),
    _method("regression.few_clusters", 40, "Clusters of a cluster-robust error, at least", "Source open"),
    _method("significance", 0.05, "p-value, below", "Usual convention in theses of this field", True),
    _method("likert5.cut1", 1.8, "Mean of a five-point item: very low below", _WIDTH),
    _method("likert5.cut2", 2.6, "Mean of a five-point item: low below", _WIDTH),
    _method("likert5.cut3", 3.4, "Mean of a five-point item: medium below", _WIDTH),
    _method("likert5.cut4", 4.2, "Mean of a five-point item: high below", _WIDTH),
    _method("disclosure.min_cell", 5, "Persons in a published cell, at least", _HOUSE_RULE),
    _method("disclosure.min_raters", 3, "Raters of one person, at least", _HOUSE_RULE),
)

_BY_ID = {each.id: each for each in METHODS}


def rule(id: str) -> Rule:
    """Find a rule by its id.

    Parameters
    ----------
    id : str
        For instance ``"reliability.r_drop"``.

    Returns
    -------
    Rule
        With value, source and whether the source was seen.

    Raises
    ------
    ModelError
        ``rule.unknown`` with the nearest id.

    Examples
    --------
    >>> rule("reliability.r_drop").value
    0.3
    """
    if id not in _BY_ID:
        raise ModelError(problem("rule.unknown", id=id, nearest=nearest(id, _BY_ID)))
    return _BY_ID[id]


def cutoff(id: str, own: Mapping[str, float] | None = None) -> float:
    """Value of the rule `id`.

    Parameters
    ----------
    id : str
        For instance ``"significance"``.
    own : mapping of str to float, optional
        Values of a study that override the rules (`Study.thresholds`).

    Returns
    -------
    float
        The number alone.

    Raises
    ------
    ModelError
        ``rule.unknown`` with the nearest id.

    Examples
    --------
    >>> cutoff("significance")
    0.05
    """
    found = rule(id).value
    return own.get(id, found) if own else found
