"""What stands behind the comparison of groups: ranks beside means, equivalence, sensitivity, related traits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from ..errors import ModelError, Problem
from ..rules import cutoff
from ..stats.anova import kruskal
from ..stats.comparison import Comparison, EffectRow
from ..stats.contingency import chi_square
from ..stats.effects import corrected_v, explained_variance
from ..stats.equivalence import Equivalence, equivalence
from ..stats.fisher import ExactTest, fisher_exact
from ..stats.multiplicity import adjust
from ..stats.power import sensitivity
from ..stats.ranks import mann_whitney
from ..stats.result import Row
from ..study import Study
from ..survey.disclose import hidden_levels
from ..survey.responses import Responses
from .group_differences import GroupFindings, compared


@dataclass(frozen=True)
class GroupCheck(Row):
    """One question answered again without the normal distribution, with the share of variance and what could be found.

    `smallest` is the smallest share of variance that the study finds with the power of the rule ``power``;
    `equivalence` exists for two groups.
    """

    outcome: str
    variable: str
    test: Comparison
    ranks: Comparison
    share: EffectRow
    smallest: float
    equivalence: Equivalence | None

    def agree(self, significance: float) -> bool:
        """Whether means and ranks lead to the same side of the significance level."""
        return (self.test.p < significance) == (self.ranks.p < significance)


@dataclass(frozen=True)
class Association(Row):
    """Two characteristics of the respondents: chi-square, or Fisher's exact test where expected counts are small."""

    a: str
    b: str
    test: Comparison
    exact: ExactTest | None
    v: EffectRow
    p: float
    p_holm: float


@dataclass(frozen=True)
class GroupChecks:
    """All checks of one study; `refused` says which pairs of characteristics could not be tabulated."""

    study: Study
    level: float
    checks: tuple[GroupCheck, ...]
    associations: tuple[Association, ...]
    refused: tuple[Problem, ...] = ()


def group_checks(responses: Responses, findings: GroupFindings) -> GroupChecks:
    """Ask the questions of the chapter again in other ways, and how the characteristics hang together.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    findings : GroupFindings
        What `group_differences` found in them.

    Returns
    -------
    GroupChecks
        The same categories as in `findings`; those too small to be published stay out.

    Notes
    -----
    Two groups: Mann and Whitney, more: Kruskal and Wallis. eta^2 of Student's and Welch's t is t^2 / (t^2 + df).
    Equivalence within the rule ``equivalence.margin`` in standard deviations, by the variances that the chapter chose.
    """
    checks = []
    for question in findings.computed:
        if question.test is not None:
            checks.append(_check(responses, question.test, question.outcome, question.variable, findings.level))
    associations, refused = _associations(responses, findings.level)
    return GroupChecks(findings.study, findings.level, tuple(checks), associations, refused)


def _check(responses: Responses, test: Comparison, outcome: str, variable: str, level: float) -> GroupCheck:
    frame, _ = compared(responses, outcome, variable)
    thresholds = responses.study.thresholds
    formula, two = f"{outcome} ~ {variable}", len(test.group_rows) == 2
    ranks = mann_whitney(formula, frame, level=level) if two else kruskal(formula, frame, level=level)
    f, df1, df2 = (test.statistic**2, 1.0, test.df1) if two else (test.statistic, test.df1, test.df2 or 0.0)
    significance = cutoff("significance", thresholds)
    alike = None
    if two:
        alike = equivalence(
            formula, frame, margin=cutoff("equivalence.margin", thresholds), unit="sd",
            variances="pooled" if test.method == "t.pooled" else "welch", alpha=significance,
        )  # fmt: skip
    smallest = _smallest(test, cutoff("power", thresholds), significance)
    return GroupCheck(outcome, variable, test, ranks, explained_variance(f, df1, df2, level)[0], smallest, alike)


def _smallest(test: Comparison, power: float, alpha: float) -> float:
    """Smallest share of variance that is found: f^2 / (1 + f^2), for two groups f = d sqrt(n1 n2) / n."""
    found = sensitivity(test, power=power, alpha=alpha)
    if found.r2 is not None:
        return found.r2
    first, second = test.group_rows
    f = found.effect * sqrt(first.n * second.n) / (first.n + second.n)
    return f**2 / (1 + f**2)


def _associations(responses: Responses, level: float) -> tuple[tuple[Association, ...], tuple[Problem, ...]]:
    """Every pair of characteristics, with p adjusted by Holm over the pairs."""
    study = responses.study
    variables = [code for code, variable in study.variables.items() if variable.levels]
    found: list[tuple[Comparison, ExactTest | None]] = []
    refused: list[Problem] = []
    for a, b in combinations(variables, 2):
        try:
            found.append(_associated(responses, a, b, level))
        except ModelError as refusal:
            refused.extend(refusal.problems)
    p = [exact.p if exact else test.p for test, exact in found]
    adjusted = adjust(p)
    rows = (
        Association(test.outcome, test.factor or "", test, exact, _strength(test), own, holm)
        for (test, exact), own, holm in zip(found, p, adjusted, strict=True)
    )
    return tuple(rows), tuple(refused)


def _strength(test: Comparison) -> EffectRow:
    """Cramér's V without the bias of large tables."""
    sizes = (len({cell.a for cell in test.cell_rows}), len({cell.b for cell in test.cell_rows}))
    return corrected_v(test.statistic, test.n, *sizes, test.level)


def _associated(responses: Responses, a: str, b: str, level: float) -> tuple[Comparison, ExactTest | None]:
    frame = responses.frame[[a, b]].dropna()
    least = int(cutoff("disclosure.min_cell", responses.study.thresholds))
    for name in (a, b):
        frame = frame[~frame[name].isin(hidden_levels(responses.frame.loc[frame.index], name, least))]
    test = chi_square(frame, a, b, level=level)
    rough = any(each.code == "chi_square.small_expected" for each in test.cautions)
    return test, fisher_exact(frame, a, b, level=level) if rough else None
