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
_MUTHEN = "Muthén & Muthén (2002), Structural Equation Modeling, 9, 599-620; source not seen"
_FORNELL = "Fornell & Larcker (1981), Journal of Marketing Research, 18, 39-50"
_HENSELER = "Henseler, Ringle & Sarstedt (2015), Journal of the Academy of Marketing Science, 43, 115-135"
_PODSAKOFF = "Podsakoff, MacKenzie, Lee & Podsakoff (2003), Journal of Applied Psychology, 88, 879-903; by custom"
_KOCK = "Kock, N. (2015), International Journal of e-Collaboration, 11(4), 1-10"
_HU_BENTLER = "Hu & Bentler (1999), Structural Equation Modeling, 6, 1-55; source not seen"
_BENTLER = "Bentler & Bonett (1980), Psychological Bulletin, 88, 588-606; source not seen"
_CHEUNG = "Cheung & Rensvold (2002), Structural Equation Modeling, 9, 233-255; source not seen"
_CHEN = "Chen (2007), Structural Equation Modeling, 14, 464-504; source not seen"
_NORMAN = "Norman, Sloan & Wyrwich (2003), Medical Care, 41, 582-592: half a standard deviation; source not seen"
_SKEW = "Usual convention; first source open"
_HOUSE_RULE = "This package's rule for published tables"
_OWN_BOUND = "This package's own bound, a matter of judgement"
_PARADOX = "Feinstein & Cicchetti (1990), high agreement but low kappa; the numbers are this package's"
_KENDALL = "Siegel & Castellan (1988): tables up to seven objects; source not seen"
_CURRAN = "Curran (2016), Journal of Experimental Social Psychology, 66, 4-19"
_MEADE = "Meade & Craig (2012), Psychological Methods, 17, 437-455"
_JOHNSON = "Johnson (2005), Journal of Research in Personality, 39, 103-129"
_HUANG = "Huang, Curran, Keeney, Poposki & DeShon (2012), Journal of Business and Psychology, 27, 99-114"
_CARELESS_R = "Default of R's careless 1.2, psychsyn (its documentation was seen), after Meade & Craig (2012)"
_OWN_CARELESS = "This package's; the literature gives no fixed cut-off (tests/survey/test_careless.py)"
_RWG = "Usual since James, Demaree & Wolf (1984); source not seen"
_HOUSE_ORDINAL = "This package's bound; more answers are nearer to a measured scale"
_BELSLEY = "Belsley, Kuh & Welsch (1980), Regression Diagnostics; source not seen"
_PEDUZZI = "Peduzzi et al. (1996), Journal of Clinical Epidemiology, 49, 1373-1379; source not seen"
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
    _method("polychoric.normality", 0.01, "p of a pair's normality, below: doubtful", "Usual level; first source open"),
    _method("sample.small_n", 30, "Respondents: fewer are a small sample", "Usual convention; first source open"),
    _method("regression.vif", 10, "Variance inflation factor, below", _THESES, True),
    _method("regression.vif.strict", 2, "Variance inflation factor, below (strict)", _THESES, True),
    _method("regression.tolerance", 0.1, "Tolerance 1 / VIF, at least", "The reciprocal of VIF 10", True),
    _method("regression.durbin_watson.low", 1, "Durbin-Watson statistic, above", _THESES, True),
    _method("regression.durbin_watson.high", 3, "Durbin-Watson statistic, below", _THESES, True),
    _method("regression.n_base", 50, "Rows of a regression, at least, before predictors", _TABACHNICK),
    _method("regression.n_per_predictor", 8, "Further rows for each predictor", _TABACHNICK),
    _method("regression.few_clusters", 40, "Clusters of a cluster-robust error, at least", "Source open"),
    _method("likelihood.events", 10, "Rarer answers for each coefficient of a logit, at least", _PEDUZZI),
    _method("ordinal.levels", 20, "Different answers of an ordinal outcome, at most", _HOUSE_ORDINAL),
    _method("multilevel.groups", 30, "Groups of a mixed model, at least", "Usual convention; first source open"),
    _method("factors.kmo", 0.5, "KMO, of all items and of each, at least", "Kaiser (1974); " + _HOANG_CHU),
    _method("factors.loading", 0.5, "Factor loading of an item, at least", _HAIR),
    _method("factors.cross_loading_gap", 0.3, "Distance of an item's two largest loadings, at least", _THESES),
    _method("factors.variance", 0.5, "Share of variance that the factors explain, at least", _HAIR),
    _method("factors.communality", 0.5, "Communality of an item, at least", _HAIR),
    _method("factors.n_per_item", 5, "Respondents for each item, at least", _HAIR),
    _method(
        "factors.heywood", 0.995, "Communality of unrotated loadings, from here on improper", "The bound of R's psych"
    ),
    _method("validity.htmt", 0.9, "HTMT of two constructs, below", _HENSELER),
    _method("validity.htmt.strict", 0.85, "HTMT of two constructs, below (strict)", _HENSELER),
    _method("method.harman", 0.5, "Share of variance of a single factor, at most", _PODSAKOFF),
    _method("method.vif", 3.3, "Full collinearity VIF of a construct, at most", _KOCK),
    _method("sem.n", 200, "Respondents of a structural model, at least", "Kline, R. B. (2011), p. 12; source not seen"),
    _method("sem.cfi", 0.95, "Comparative fit index, at least", _HU_BENTLER),
    _method("sem.cfi.acceptable", 0.90, "Comparative fit index, acceptable from", _BENTLER),
    _method("sem.tli", 0.95, "Tucker-Lewis index, at least", _HU_BENTLER),
    _method("sem.tli.acceptable", 0.90, "Tucker-Lewis index, acceptable from", _BENTLER),
    _method("sem.rmsea", 0.06, "RMSEA, at most", _HU_BENTLER),
    _method("sem.rmsea.acceptable", 0.08, "RMSEA, acceptable up to", "Browne & Cudeck (1993); source not seen"),
    _method("sem.srmr", 0.08, "SRMR, at most", _HU_BENTLER),
    _method("sem.chisq_df", 3, "Chi-square over its degrees of freedom, at most", _HAIR),
    _method("sem.modification", 3.84, "Modification index, from", "The .05 point of chi-square with one df"),
    _method("sem.standardised_residual", 2.58, "Standardised residual, at most", "The .01 point of the normal law"),
    _method("invariance.delta_cfi", 0.01, "Fall of CFI from one step to the next, at most", _CHEUNG),
    _method("invariance.delta_rmsea", 0.015, "Rise of RMSEA from one step to the next, at most", _CHEN),
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
    _method("simulated.converged", 0.95, "Share of simulated studies with a solution, at least", _OWN_BOUND),
    _method("simulated.bias", 0.1, "Bias of simulated estimates and errors, as a share, at most", _MUTHEN),
    _method("simulated.coverage_low", 0.91, "Coverage of simulated 95 % intervals, at least", _MUTHEN),
    _method("simulated.coverage_high", 0.98, "Coverage of simulated 95 % intervals, at most", _MUTHEN),
    _method("impute.missing", 0.5, "Share of a column that is imputed, at most", "Usual convention; first source open"),
    _method("counts.spread", 1.5, "Pearson chi-square over its df of a Poisson model, at most", _OWN_BOUND),
    _method("twoway.cell", 5, "Persons in a cell of two crossed factors, at least", _OWN_BOUND),
    _method("chi_square.share", 0.2, "Share of cells with a smaller expected count, at most", "Cochran (1954)"),
    _method("diagnostics.dffits", 2, "DFFITS, at most, times sqrt(k / n)", _BELSLEY),
    _method("diagnostics.dfbetas", 2, "DFBETAS, at most, over sqrt(n)", _BELSLEY),
    _method(
        "diagnostics.variance_share", 0.5, "Variance proportion of a coefficient in one dimension, at most", _BELSLEY
    ),
    _method("diagnostics.condition_index", 30, "Condition index, below", _BELSLEY),
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
    _method("careless.longstring", 0.5, "Longest run of one answer, share of all items, above", _CURRAN),
    _method(
        "careless.irv",
        0.1,
        "Standard deviation of a person's answers, share of the scale's range, below",
        _OWN_CARELESS + "; index: Dunn, Heggestad, Shanock & Theilgard (2018)",
    ),
    _method("careless.mahalanobis", 0.001, "Tail of the chi-square distribution beyond Mahalanobis' D²", _MEADE),
    _method("careless.synonyms.pairs", 0.6, "Correlation of psychometric synonyms, above", _CARELESS_R, True),
    _method("careless.synonyms", 0.22, "A person's correlation over psychometric synonyms, below", _MEADE),
    _method("careless.antonyms.pairs", -0.6, "Correlation of psychometric antonyms, below", _CARELESS_R, True),
    _method("careless.antonyms", -0.03, "A person's correlation over psychometric antonyms, above", _JOHNSON),
    _method("careless.even_odd", 0.3, "Even-odd consistency, below", "Jackson (1977), as cited by " + _JOHNSON),
    _method(
        "careless.guttman", 0.3, "Guttman errors over their maximum, above", _OWN_CARELESS + "; index: Emons (2008)"
    ),
    _method("careless.seconds", 2, "Seconds for each item, below", _HUANG),
    _method("careless.flags", 2, "Flags from which on a person is left out for comparison", _OWN_CARELESS),
    _method("disclosure.min_cell", 5, "Persons in a published cell, at least", _HOUSE_RULE),
    _method("disclosure.min_different", 2, "Different answers within a published group, at least", _HOUSE_RULE),
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
