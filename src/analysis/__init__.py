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
polychoric, tetrachoric correlations of the normal variables behind ordinal answers, with errors; of two levels
ordinal_alpha           reliability of ordinal answers: ordinal alpha and omega, categorical omega of their sum
guttman, split_half     lower bounds of reliability, halves of a scale
composite_reliability,  from the loadings of each construct
ave
htmt, fornell_larcker   whether constructs differ from one another
common_method           Harman's factor, full collinearity, a marker variable
purify                  first run, second run: weak items dropped in turn
retest, spearman_brown, the same persons twice; longer scales; error of a score
length_needed,
measurement_error
icc, icc_groups         intraclass correlations of raters, ICC(1) and ICC(2) of groups
kappa, krippendorff,    agreement on categories, on any scale with missing ratings, on orders
kendall_w
rwg                     agreement inside groups
ols                     linear regression with classical, robust and cluster-robust errors
part_correlations,      a factor and the outcome with the others held equal; ranks; Durbin–Watson with p
partial_correlations,
spearman, durbin_watson
logit, probit, ordinal  yes or no, ordered answers; `multinomial`, `poisson`, `negative_binomial`,
                        `robust_regression`, `quantile_regression` beside them
mixed, contextual       answers inside groups: random intercepts and slopes; what a group's mean adds
moderate, mediate       simple slopes, Johnson–Neyman; effects through mediators, parallel or in series
survey_design           a sample with strata, clusters, weights; `survey_mean`, `survey_total`, `survey_ratio`,
                        `survey_share`, `survey_ols`, `survey_logit`, `raked`
wild_bootstrap          tests and intervals for few clusters
blocks, stepwise        blocks of factors that enter in turn; a stepwise search with its warning
dominance               dominance, relative weights, intervals and how sure the order is
lmg                     how R² is divided among the factors of a regression
kmo, bartlett,          whether items are suited to factor analysis; anti-image matrices
anti_image
efa, factor_scores      principal components and common factors, rotated; scores of persons
parallel_analysis,      how many factors: random data, Velicer's MAP
map_test, retention     and all rules side by side
cfa, sem                confirmatory factor analysis and structural equation models in lavaan's notation
modification_indices,   what a fitted model leaves out, where it misses, intervals of indirect effects,
residuals, bootstrap,   a factor common to all items
common_factor
invariance              whether a scale measures the same in every group, step by step; `score_tests` names what differs
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
power_sem               by simulation: how often a study of this size finds a model's loadings, paths, indirect effects
sensitivity             the smallest effect that a study at hand finds
contingency, chi_square cross tables and their tests; `fisher_exact` of any size
proportion,             a share or a mean with its interval
mean_interval
missingness, em_moments what is missing; moments from all rows by EM; Little's test of missing completely at
little_mcar             random
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
    from .stats.association import part_correlations as part_correlations
    from .stats.association import partial_correlations as partial_correlations
    from .stats.association import spearman as spearman
    from .stats.autocorrelation import durbin_watson as durbin_watson
    from .stats.binary import logit as logit
    from .stats.binary import probit as probit
    from .stats.calibration import raked as raked
    from .stats.compare import ttest as ttest
    from .stats.compare import ttest_one as ttest_one
    from .stats.compare import ttest_paired as ttest_paired
    from .stats.complex_sample import survey_logit as survey_logit
    from .stats.complex_sample import survey_mean as survey_mean
    from .stats.complex_sample import survey_ols as survey_ols
    from .stats.complex_sample import survey_ratio as survey_ratio
    from .stats.complex_sample import survey_share as survey_share
    from .stats.complex_sample import survey_total as survey_total
    from .stats.concordance import kendall_w as kendall_w
    from .stats.constructs import ave as ave
    from .stats.constructs import composite_reliability as composite_reliability
    from .stats.contingency import Contingency as Contingency
    from .stats.contingency import chi_square as chi_square
    from .stats.contingency import contingency as contingency
    from .stats.correlation import correlate as correlate
    from .stats.describe import describe as describe
    from .stats.describe import frequencies as frequencies
    from .stats.discriminant import fornell_larcker as fornell_larcker
    from .stats.discriminant import htmt as htmt
    from .stats.equivalence import equivalence as equivalence
    from .stats.equivalence import equivalence_paired as equivalence_paired
    from .stats.factor_number import retention as retention
    from .stats.factor_scores import factor_scores as factor_scores
    from .stats.factorability import anti_image as anti_image
    from .stats.factorability import bartlett as bartlett
    from .stats.factorability import kmo as kmo
    from .stats.factors import efa as efa
    from .stats.fisher import fisher_exact as fisher_exact
    from .stats.further import multinomial as multinomial
    from .stats.further import negative_binomial as negative_binomial
    from .stats.further import poisson as poisson
    from .stats.further import quantile_regression as quantile_regression
    from .stats.further import robust_regression as robust_regression
    from .stats.hierarchy import blocks as blocks
    from .stats.icc import icc as icc
    from .stats.icc import icc_groups as icc_groups
    from .stats.importance import dominance as dominance
    from .stats.importance import lmg as lmg
    from .stats.impute import compare_missing as compare_missing
    from .stats.impute import impute as impute
    from .stats.impute import pool_ols as pool_ols
    from .stats.kappa import kappa as kappa
    from .stats.krippendorff import krippendorff as krippendorff
    from .stats.mediation import mediate as mediate
    from .stats.method_bias import common_method as common_method
    from .stats.missing import em_moments as em_moments
    from .stats.missing import little_mcar as little_mcar
    from .stats.missing import missingness as missingness
    from .stats.moderation import moderate as moderate
    from .stats.moments import Moments as Moments
    from .stats.moments import moments as moments
    from .stats.multilevel import contextual as contextual
    from .stats.multilevel import mixed as mixed
    from .stats.multiplicity import adjust as adjust
    from .stats.omega import omega as omega
    from .stats.ordinal import ordinal as ordinal
    from .stats.ordinal_alpha import ordinal_alpha as ordinal_alpha
    from .stats.polychoric import polychoric as polychoric
    from .stats.polychoric import tetrachoric as tetrachoric
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
    from .stats.power_model import power_sem as power_sem
    from .stats.proportion import mean_interval as mean_interval
    from .stats.proportion import proportion as proportion
    from .stats.ranks import dunn as dunn
    from .stats.ranks import mann_whitney as mann_whitney
    from .stats.regression import ols as ols
    from .stats.reliability import alpha as alpha
    from .stats.reliability import kr20 as kr20
    from .stats.retention import map_test as map_test
    from .stats.retention import parallel_analysis as parallel_analysis
    from .stats.sample_design import survey_design as survey_design
    from .stats.scales import length_needed as length_needed
    from .stats.scales import measurement_error as measurement_error
    from .stats.scales import purify as purify
    from .stats.scales import retest as retest
    from .stats.scales import spearman_brown as spearman_brown
    from .stats.sem.bootstrap import bootstrap as bootstrap
    from .stats.sem.cfa import cfa as cfa
    from .stats.sem.cfa import sem as sem
    from .stats.sem.common_factor import common_factor as common_factor
    from .stats.sem.invariance import invariance as invariance
    from .stats.sem.modification import modification_indices as modification_indices
    from .stats.sem.residuals import residuals as residuals
    from .stats.sem.score import score_tests as score_tests
    from .stats.splits import guttman as guttman
    from .stats.splits import split_half as split_half
    from .stats.stepwise import stepwise as stepwise
    from .stats.twoway import anova_two_way as anova_two_way
    from .stats.wild import wild_bootstrap as wild_bootstrap
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
    "polychoric": "stats.polychoric",
    "tetrachoric": "stats.polychoric",
    "ordinal_alpha": "stats.ordinal_alpha",
    "guttman": "stats.splits",
    "split_half": "stats.splits",
    "composite_reliability": "stats.constructs",
    "ave": "stats.constructs",
    "htmt": "stats.discriminant",
    "fornell_larcker": "stats.discriminant",
    "common_method": "stats.method_bias",
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
    "anti_image": "stats.factorability",
    "efa": "stats.factors",
    "factor_scores": "stats.factor_scores",
    "parallel_analysis": "stats.retention",
    "map_test": "stats.retention",
    "retention": "stats.factor_number",
    "cfa": "stats.sem.cfa",
    "sem": "stats.sem.cfa",
    "invariance": "stats.sem.invariance",
    "modification_indices": "stats.sem.modification",
    "score_tests": "stats.sem.score",
    "residuals": "stats.sem.residuals",
    "bootstrap": "stats.sem.bootstrap",
    "common_factor": "stats.sem.common_factor",
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
    "power_sem": "stats.power_model",
    "simulate_clusters": "stats.power",
    "design_effect": "stats.power",
    "sensitivity": "stats.power",
    "fisher_exact": "stats.fisher",
    "lmg": "stats.importance",
    "dominance": "stats.importance",
    "part_correlations": "stats.association",
    "partial_correlations": "stats.association",
    "spearman": "stats.association",
    "durbin_watson": "stats.autocorrelation",
    "wild_bootstrap": "stats.wild",
    "raked": "stats.calibration",
    "survey_design": "stats.sample_design",
    "survey_logit": "stats.complex_sample",
    "survey_mean": "stats.complex_sample",
    "survey_ols": "stats.complex_sample",
    "survey_ratio": "stats.complex_sample",
    "survey_share": "stats.complex_sample",
    "survey_total": "stats.complex_sample",
    "moderate": "stats.moderation",
    "mediate": "stats.mediation",
    "mixed": "stats.multilevel",
    "contextual": "stats.multilevel",
    "logit": "stats.binary",
    "probit": "stats.binary",
    "ordinal": "stats.ordinal",
    "multinomial": "stats.further",
    "poisson": "stats.further",
    "negative_binomial": "stats.further",
    "robust_regression": "stats.further",
    "quantile_regression": "stats.further",
    "blocks": "stats.hierarchy",
    "stepwise": "stats.stepwise",
    "proportion": "stats.proportion",
    "mean_interval": "stats.proportion",
    "missingness": "stats.missing",
    "em_moments": "stats.missing",
    "little_mcar": "stats.missing",
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
