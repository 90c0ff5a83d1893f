"""Survey analysis for studies of local public servants, in Vietnamese and English.

The public words, each loaded when it is first used:

======================  ==========================================================================================
word                    gives
======================  ==========================================================================================
load_study              the study page (`study.yml`, `items.csv`) as a `Study`
prepare                 the answers, cleaned and scored, with the log of every change, as `Responses`
moments, Moments        means and covariances, the ground of most statistics; `Moments.from_printed` for matrices
describe, frequencies   description of variables, frequencies of categories
correlate               Pearson correlations with n, p and intervals
alpha, kr20             Cronbach's alpha with Feldt's or a bootstrap interval and item analysis; of 0/1 items
omega                   McDonald's omega, total, hierarchical and of one factor, with bootstrap intervals
guttman, split_half     lower bounds of reliability, halves of a scale
composite_reliability,  from the loadings of each construct
ave
purify                  first run, second run: weak items dropped in turn
retest, spearman_brown, the same persons twice; longer scales; error of a score
length_needed,
measurement_error
icc, icc_groups         intraclass correlations of raters, ICC(1) and ICC(2) of groups
kappa, krippendorff,    agreement on categories, on any scale with missing ratings, on orders
kendall_w
rwg                     agreement inside groups
ols                     linear regression with classical, robust and cluster-robust errors
lmg                     how R² is divided among the factors of a regression
kmo, bartlett           whether items are suited to factor analysis
efa                     principal components and common factors, rotated
parallel_analysis,      how many factors: random data, Velicer's MAP
map_test
ttest, anova,           group differences from rows or printed group statistics; `ttest_paired`, `ttest_one`,
posthoc                 `welch_anova`, `levene`, `kruskal` beside them
anova_two_way           two crossed factors, types II and III; `brown_forsythe` without equal variances
mann_whitney, dunn      two groups, all pairs of groups, by ranks
equivalence,            is a difference too small to matter? two one-sided tests
equivalence_paired
adjust                  p-values of several questions: Holm, Benjamini–Hochberg, Bonferroni
impute, pool_ols, pool, missing answers drawn by chained equations, pooled by Rubin's rules, and held beside complete
compare_missing         rows and pairwise moments
power_regression,       sample size, power or effect, two of them given; also `power_ttest`, `power_anova`,
power_rmsea             `power_correlation`, `power_clusters`, `simulate_clusters`, `design_effect`
sensitivity             the smallest effect that a study at hand finds
contingency, chi_square cross tables and their tests; `fisher_exact` of any size
proportion,             a share or a mean with its interval
mean_interval
audit                   printed tables recomputed from their own numbers: consistent or not
reconstruct, Blueprint  simulated answers that give a study's printed tables
table, figure, narrate  any result as a table, a figure, sentences, in a language
run                     the whole job: from a study page to its findings
======================  ==========================================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from .published.audit import audit as audit
    from .published.blueprint import Blueprint as Blueprint
    from .published.reconstruct import reconstruct as reconstruct
    from .report.verbs import figure as figure
    from .report.verbs import narrate as narrate
    from .report.verbs import table as table
    from .stats.anova import anova as anova
    from .stats.anova import brown_forsythe as brown_forsythe
    from .stats.anova import kruskal as kruskal
    from .stats.anova import levene as levene
    from .stats.anova import welch_anova as welch_anova
    from .stats.compare import ttest as ttest
    from .stats.compare import ttest_one as ttest_one
    from .stats.compare import ttest_paired as ttest_paired
    from .stats.concordance import kendall_w as kendall_w
    from .stats.constructs import ave as ave
    from .stats.constructs import composite_reliability as composite_reliability
    from .stats.contingency import Contingency as Contingency
    from .stats.contingency import chi_square as chi_square
    from .stats.contingency import contingency as contingency
    from .stats.correlation import correlate as correlate
    from .stats.describe import describe as describe
    from .stats.describe import frequencies as frequencies
    from .stats.equivalence import equivalence as equivalence
    from .stats.equivalence import equivalence_paired as equivalence_paired
    from .stats.factorability import bartlett as bartlett
    from .stats.factorability import kmo as kmo
    from .stats.factors import efa as efa
    from .stats.fisher import fisher_exact as fisher_exact
    from .stats.icc import icc as icc
    from .stats.icc import icc_groups as icc_groups
    from .stats.importance import lmg as lmg
    from .stats.impute import compare_missing as compare_missing
    from .stats.impute import impute as impute
    from .stats.impute import pool_ols as pool_ols
    from .stats.kappa import kappa as kappa
    from .stats.krippendorff import krippendorff as krippendorff
    from .stats.moments import Moments as Moments
    from .stats.moments import moments as moments
    from .stats.multiplicity import adjust as adjust
    from .stats.omega import omega as omega
    from .stats.pool import pool as pool
    from .stats.posthoc import posthoc as posthoc
    from .stats.power import design_effect as design_effect
    from .stats.power import power_anova as power_anova
    from .stats.power import power_clusters as power_clusters
    from .stats.power import power_correlation as power_correlation
    from .stats.power import power_regression as power_regression
    from .stats.power import power_rmsea as power_rmsea
    from .stats.power import power_ttest as power_ttest
    from .stats.power import sensitivity as sensitivity
    from .stats.power import simulate_clusters as simulate_clusters
    from .stats.proportion import mean_interval as mean_interval
    from .stats.proportion import proportion as proportion
    from .stats.ranks import dunn as dunn
    from .stats.ranks import mann_whitney as mann_whitney
    from .stats.regression import ols as ols
    from .stats.reliability import alpha as alpha
    from .stats.reliability import kr20 as kr20
    from .stats.retention import map_test as map_test
    from .stats.retention import parallel_analysis as parallel_analysis
    from .stats.scales import length_needed as length_needed
    from .stats.scales import measurement_error as measurement_error
    from .stats.scales import purify as purify
    from .stats.scales import retest as retest
    from .stats.scales import spearman_brown as spearman_brown
    from .stats.splits import guttman as guttman
    from .stats.splits import split_half as split_half
    from .stats.twoway import anova_two_way as anova_two_way
    from .stats.within_group import rwg as rwg
    from .study import Study as Study
    from .study import load_study as load_study
    from .survey.responses import Responses as Responses
    from .survey.responses import prepare as prepare

_WORDS = {
    "load_study": "study",
    "Study": "study",
    "prepare": "survey.responses",
    "Responses": "survey.responses",
    "moments": "stats.moments",
    "Moments": "stats.moments",
    "describe": "stats.describe",
    "frequencies": "stats.describe",
    "correlate": "stats.correlation",
    "alpha": "stats.reliability",
    "kr20": "stats.reliability",
    "omega": "stats.omega",
    "guttman": "stats.splits",
    "split_half": "stats.splits",
    "composite_reliability": "stats.constructs",
    "ave": "stats.constructs",
    "purify": "stats.scales",
    "retest": "stats.scales",
    "spearman_brown": "stats.scales",
    "length_needed": "stats.scales",
    "measurement_error": "stats.scales",
    "icc": "stats.icc",
    "icc_groups": "stats.icc",
    "kappa": "stats.kappa",
    "krippendorff": "stats.krippendorff",
    "kendall_w": "stats.concordance",
    "rwg": "stats.within_group",
    "ols": "stats.regression",
    "contingency": "stats.contingency",
    "Contingency": "stats.contingency",
    "chi_square": "stats.contingency",
    "kmo": "stats.factorability",
    "bartlett": "stats.factorability",
    "efa": "stats.factors",
    "parallel_analysis": "stats.retention",
    "map_test": "stats.retention",
    "ttest": "stats.compare",
    "ttest_paired": "stats.compare",
    "ttest_one": "stats.compare",
    "anova": "stats.anova",
    "welch_anova": "stats.anova",
    "levene": "stats.anova",
    "kruskal": "stats.anova",
    "posthoc": "stats.posthoc",
    "brown_forsythe": "stats.anova",
    "anova_two_way": "stats.twoway",
    "mann_whitney": "stats.ranks",
    "dunn": "stats.ranks",
    "equivalence": "stats.equivalence",
    "equivalence_paired": "stats.equivalence",
    "adjust": "stats.multiplicity",
    "impute": "stats.impute",
    "pool_ols": "stats.impute",
    "compare_missing": "stats.impute",
    "pool": "stats.pool",
    "power_ttest": "stats.power",
    "power_anova": "stats.power",
    "power_regression": "stats.power",
    "power_correlation": "stats.power",
    "power_rmsea": "stats.power",
    "power_clusters": "stats.power",
    "simulate_clusters": "stats.power",
    "design_effect": "stats.power",
    "sensitivity": "stats.power",
    "fisher_exact": "stats.fisher",
    "lmg": "stats.importance",
    "proportion": "stats.proportion",
    "mean_interval": "stats.proportion",
    "audit": "published.audit",
    "Blueprint": "published.blueprint",
    "reconstruct": "published.reconstruct",
    "table": "report.verbs",
    "figure": "report.verbs",
    "narrate": "report.verbs",
}

__all__ = [*sorted(_WORDS), "errors", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":  # a folder of the house and a word of its door: the package itself can be called
        return import_module(f"{__name__}.run")
    if name == "__version__":
        return import_module("importlib.metadata").version("phoyen-analysis")
    if name not in _WORDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WORDS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _bilingual(found: errors.Problem) -> str:
    """A problem in every language: what a notebook shows instead of a traceback."""
    from .report.words import languages, sentence

    return "\n".join(sentence(found, lang) for lang in languages())


errors.wording = _bilingual
