"""Who differs? Every score against every characteristic, by the test that Levene's allows, with effect and interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from ..errors import ModelError, Problem
from ..rules import cutoff
from ..stats.anova import anova, levene, welch_anova
from ..stats.compare import ttest
from ..stats.comparison import Comparison
from ..stats.multiplicity import adjust
from ..stats.posthoc import Posthoc, posthoc
from ..stats.result import Row
from ..study import Study
from ..survey.disclose import hidden_levels
from ..survey.responses import Responses

#: ``differs`` also after Holm's correction for the number of questions asked, ``tentative`` only before it.
Conclusion: TypeAlias = Literal["differs", "tentative", "no_evidence"]


@dataclass(frozen=True)
class GroupQuestion(Row):
    """One score by one characteristic: Levene's test, the test that follows from it, pairs where it found something."""

    outcome: str
    variable: str
    levene: Comparison | None
    test: Comparison | None
    p_holm: float | None
    conclusion: Conclusion | None
    pairs: Posthoc | None
    left_out: tuple[str, ...]  # categories that are too small to be shown, or would give a small one away
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class GroupFindings:
    """All questions about one outcome."""

    study: Study
    level: float
    questions: tuple[GroupQuestion, ...]

    @property
    def computed(self) -> tuple[GroupQuestion, ...]:
        """Questions that could be answered."""
        return tuple(question for question in self.questions if question.test)


@dataclass(frozen=True)
class _Open:
    """A question before Holm's correction, which needs them all."""

    outcome: str
    variable: str
    frame: pd.DataFrame
    left_out: tuple[str, ...]
    levene: Comparison | None = None
    test: Comparison | None = None
    refused: tuple[Problem, ...] = ()


def group_differences(responses: Responses, *, level: float = 0.95) -> GroupFindings:
    """Compare the outcomes between the categories of every characteristic of the respondents.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    GroupFindings
        With Levene's p at or above the significance level the pooled t test or ANOVA is used, below it Welch's; pairs
        by Tukey or Games–Howell accordingly. A failed Levene test never ends the question.

    Notes
    -----
    p-values are corrected by Holm's method over all questions of the chapter. Categories with fewer persons than may be
    published are left out of the comparison and named.
    """
    study = responses.study
    variables = [code for code, variable in study.variables.items() if variable.levels]
    asked = [_ask(responses, outcome, variable, level) for outcome in study.outcomes for variable in variables]
    adjusted = list(adjust([each.test.p for each in asked if each.test]))
    questions = []
    for each in asked:
        p_holm = adjusted.pop(0) if each.test else None
        questions.append(_closed(each, p_holm, study, level))
    return GroupFindings(study, level, tuple(questions))


def compared(responses: Responses, outcome: str, variable: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Answers of the categories that may be shown, and the categories left out."""
    study = responses.study
    answered = responses.frame[[outcome, variable]].dropna()
    hidden = hidden_levels(
        responses.frame.loc[answered.index], variable, int(cutoff("disclosure.min_cell", study.thresholds))
    )
    small = tuple(level for level in study.variables[variable].levels if level in hidden)
    kept = answered[~answered[variable].isin(small)]
    return kept.assign(**{variable: kept[variable].cat.remove_unused_categories()}), small


def _ask(responses: Responses, outcome: str, variable: str, level: float) -> _Open:
    study = responses.study
    kept, small = compared(responses, outcome, variable)
    formula = f"{outcome} ~ {variable}"
    try:
        spread = levene(formula, kept)
        equal = spread.p >= cutoff("significance", study.thresholds)
        test = _test(formula, kept, len(kept[variable].cat.categories), equal, level)
    except ModelError as refusal:
        return _Open(outcome, variable, kept, small, refused=refusal.problems)
    return _Open(outcome, variable, kept, small, spread, test)


def _test(formula: str, frame: pd.DataFrame, groups: int, equal: bool, level: float) -> Comparison:
    if groups == 2:
        return ttest(formula, frame, variances="pooled" if equal else "welch", level=level)
    return anova(formula, frame, level=level) if equal else welch_anova(formula, frame, level=level)


def _closed(each: _Open, p_holm: float | None, study: Study, level: float) -> GroupQuestion:
    significance = cutoff("significance", study.thresholds)
    conclusion: Conclusion | None = None
    pairs = None
    if each.test and p_holm is not None:
        differs = each.test.p < significance
        conclusion = "differs" if p_holm < significance else "tentative" if differs else "no_evidence"
        if differs and len(each.test.group_rows) > 2:
            method = "tukey" if each.test.method == "anova" else "games_howell"
            pairs = posthoc(f"{each.outcome} ~ {each.variable}", each.frame, method=method, level=level)  # type: ignore[arg-type]
    return GroupQuestion(
        each.outcome, each.variable, each.levene, each.test, p_holm, conclusion, pairs, each.left_out, each.refused
    )
