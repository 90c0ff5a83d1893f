"""Cut-offs of the method: the number, who proposed it, and whether the source was seen.

A cut-off is a convention, not a law of nature: reports print the one that was used, and a study may override it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..errors import ModelError, nearest, problem

#: The day on which the rules below were written down from their sources.
RECORDED = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter: its value, when and to what it applies, where it comes from, and whether that source was seen.

    A method has no day from which it is in force: `recorded` says when its value was written down from the source.
    """

    id: str
    value: float
    valid_from: date | None
    valid_to: date | None
    applies_to: str
    source: str
    verified: bool
    recorded: date = RECORDED


_HOANG_CHU = "Hoàng Trọng & Chu Nguyễn Mộng Ngọc (2005, 2008)"
_NUNNALLY = "Nunnally & Bernstein (1994); Nguyễn Đình Thọ & Nguyễn Thị Mai Trang (2008)"
_TABACHNICK = "Tabachnick & Fidell (2007): n >= 50 + 8k"
_THESES = "Usual in Vietnamese theses of this field; first source open"
_WIDTH = "Interval width (5 - 1) / 5 = 0.8; usual in Vietnamese theses, first source open"
_HAIR = "Hair, Black, Babin & Anderson (2010), Multivariate Data Analysis; Nguyễn Đình Thọ (2011)"
_COHEN = "Cohen, J. (1988), Statistical Power Analysis for the Behavioral Sciences"
_FORNELL = "Fornell & Larcker (1981), Journal of Marketing Research, 18, 39-50"
_NORMAN = "Norman, Sloan & Wyrwich (2003), Medical Care, 41, 582-592: half a standard deviation; source not seen"
_SKEW = "Usual convention; first source open"
_HOUSE_RULE = "This package's rule for published tables"
_PARADOX = "Feinstein & Cicchetti (1990), high agreement but low kappa; the numbers are this package's"
_KENDALL = "Siegel & Castellan (1988): tables up to seven objects; source not seen"
_RWG = "Usual since James, Demaree & Wolf (1984); source not seen"
_OWN_SIMULATION = "Measured by this package (tests/stats/test_icc_coverage.py)"


def _method(id: str, value: float, applies_to: str, source: str, verified: bool = False) -> Rule:
    return Rule(id, value, None, None, applies_to, source, verified)


METHODS: tuple[Rule, ...] = (
    _method("reliability.alpha.acceptable", 0.60, "Cronbach's alpha of a new concept, at least", _HOANG_CHU, True),
    _method("reliability.alpha.usable", 0.70, "Cronbach's alpha, at least", _HOANG_CHU, True),
    _method("reliability.alpha.good", 0.80, "Cronbach's alpha, at least", _HOANG_CHU, True),
    _method("reliability.alpha.redundant", 0.95, "Cronbach's alpha, above: items repeat each other", _THESES),
    _method("reliability.r_drop", 0.30, "Corrected item-total correlation, at least", _NUNNALLY, True),
    _method("reliability.min_items", 3, "Items of a scale, at least", "Nguyễn Đình Thọ (2011)", True),
    _method("reliability.skew", 1, "Skewness of an item, at most, for Feldt's interval", _SKEW),
    _method("reliability.cr", 0.7, "Composite reliability, at least", _HAIR),
    _method("reliability.ave", 0.5, "Average variance extracted, at least", _FORNELL),
    _method("sample.small_n", 30, "Respondents: fewer are a small sample", "Usual convention; first source open"),
    _method("regression.vif", 10, "Variance inflation factor, below", _THESES, True),
    _method("regression.vif.strict", 2, "Variance inflation factor, below (strict)", _THESES, True),
    _method("regression.tolerance", 0.1, "Tolerance 1 / VIF, at least", "The reciprocal of VIF 10", True),
    _method("regression.durbin_watson.low", 1, "Durbin-Watson statistic, above", _THESES, True),
    _method("regression.durbin_watson.high", 3, "Durbin-Watson statistic, below", _THESES, True),
    _method("regression.n_base", 50, "Rows of a regression, at least, before predictors", _TABACHNICK),
    _method("regression.n_per_predictor", 8, "Further rows for each predictor", _TABACHNICK),
    _method("regression.few_clusters", 40, "Clusters of a cluster-robust error, at least", "Source open"),
    _method("factors.kmo", 0.5, "KMO, of all items and of each, at least", "Kaiser (1974); " + _HOANG_CHU),
    _method("factors.loading", 0.5, "Factor loading of an item, at least", _HAIR),
    _method("factors.cross_loading_gap", 0.3, "Distance of an item's two largest loadings, at least", _THESES),
    _method("factors.variance", 0.5, "Share of variance that the factors explain, at least", _HAIR),
    _method("factors.communality", 0.5, "Communality of an item, at least", _HAIR),
    _method("factors.n_per_item", 5, "Respondents for each item, at least", _HAIR),
    _method(
        "factors.heywood", 0.995, "Communality of unrotated loadings, from here on improper", "The bound of R's psych"
    ),
    _method("effect.d.small", 0.2, "Difference in standard deviations (d, g): small from", _COHEN + ", p. 40"),
    _method("effect.d.medium", 0.5, "Difference in standard deviations (d, g): medium from", _COHEN + ", p. 40"),
    _method("effect.d.large", 0.8, "Difference in standard deviations (d, g): large from", _COHEN + ", p. 40"),
    _method("effect.eta.small", 0.01, "Share of variance (eta², omega²): small from", _COHEN + ", p. 286"),
    _method("effect.eta.medium", 0.06, "Share of variance (eta², omega²): medium from", _COHEN + ", p. 287"),
    _method("effect.eta.large", 0.14, "Share of variance (eta², omega²): large from", _COHEN + ", p. 287"),
    _method("effect.w.small", 0.1, "Association (phi, w): small from", _COHEN + ", p. 227"),
    _method("effect.w.medium", 0.3, "Association (phi, w): medium from", _COHEN + ", p. 227"),
    _method("effect.w.large", 0.5, "Association (phi, w): large from", _COHEN + ", p. 227"),
    _method("chi_square.expected", 5, "Expected count of a cell, at least", "Cochran (1954)"),
    _method("equivalence.margin", 0.5, "Difference in standard deviations that does not matter, at most", _NORMAN),
    _method("power", 0.8, "Power for which the smallest effect is stated", _COHEN),
    _method("impute.missing", 0.5, "Share of a column that is imputed, at most", "Usual convention; first source open"),
    _method("twoway.cell", 5, "Persons in a cell of two crossed factors, at least", _HOUSE_RULE),
    _method("chi_square.share", 0.2, "Share of cells with a smaller expected count, at most", "Cochran (1954)"),
    _method("diagnostics.leverage", 2, "Leverage over its mean k / n, at most", "Hoaglin & Welsch (1978)"),
    _method("diagnostics.studentized", 3, "Studentised residual, at most", "Usual convention; first source open"),
    _method("diagnostics.cooks", 1, "Cook's distance, at most", "Cook & Weisberg (1982)"),
    _method("significance", 0.05, "p-value, below", "Usual convention in theses of this field", True),
    _method("likert5.cut1", 1.8, "Mean of a five-point item: very low below", _WIDTH),
    _method("likert5.cut2", 2.6, "Mean of a five-point item: low below", _WIDTH),
    _method("likert5.cut3", 3.4, "Mean of a five-point item: medium below", _WIDTH),
    _method("likert5.cut4", 4.2, "Mean of a five-point item: high below", _WIDTH),
    _method("agreement.icc2_raters", 10, "Raters for the interval of ICC(2,1), at least", _OWN_SIMULATION),
    _method("agreement.paradox.observed", 0.8, "Observed agreement of the kappa paradox, at least", _PARADOX),
    _method("agreement.paradox.kappa", 0.4, "Kappa of the kappa paradox, below", _PARADOX),
    _method("agreement.kendall_targets", 8, "Targets for the chi-square of Kendall's W, at least", _KENDALL),
    _method(
        "agreement.rwg", 0.7, "Agreement within a group (r_wg), at least", "James, Demaree & Wolf (1984), by custom"
    ),
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
