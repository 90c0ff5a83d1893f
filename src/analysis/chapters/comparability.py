"""Can groups be compared on the scales? Measurement invariance of every construct across one characteristic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..errors import ModelError, Problem
from ..rules import cutoff
from ..stats.result import Row
from ..stats.rows import literal
from ..stats.sem.invariance import Invariance, invariance
from ..study import Study
from ..survey.disclose import hidden_levels
from ..survey.responses import Responses

#: Items that a factor of its own needs to be tested.
_FEWEST = 3
#: Persons in the smallest group, and groups at most, of a characteristic that is chosen for the reader.
_ENOUGH, _SURVEYED = 50, 4

ComparedBy: TypeAlias = Literal["MLR", "WLSMV"]
COMPARED_BY: tuple[ComparedBy, ...] = ("MLR", "WLSMV")


@dataclass(frozen=True)
class ComparedScale(Row):
    """One construct: its ladder, or why there is none."""

    construct: str
    ladder: Invariance | None = None
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ComparabilityFindings:
    """Every construct across the categories of one characteristic; `left_out` are those too small to be shown.

    Without a characteristic (`variable` is None) none was asked for and none has groups large enough.
    """

    study: Study
    variable: str | None
    estimator: ComparedBy
    scales: tuple[ComparedScale, ...]
    left_out: tuple[str, ...]


def comparability(
    responses: Responses, variable: str | None = None, *, estimator: ComparedBy = "MLR"
) -> ComparabilityFindings:
    """Ask of every construct of the model whether it measures the same in all categories of a characteristic.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    variable : str, optional
        A characteristic of the respondents with declared levels. Without it the first one, units aside, whose two to
        four groups have fifty persons each.
    estimator : {"MLR", "WLSMV"}
        Robust maximum likelihood; or, where all items of a construct are answered on a declared scale of few levels,
        as ordinal answers, with thresholds among the steps. Other constructs keep robust maximum likelihood.

    Returns
    -------
    ComparabilityFindings
        One ladder for each construct of three items or more; categories with fewer persons than may be published are
        left out and named.

    Raises
    ------
    ModelError
        ``option.unknown`` for an estimator or a characteristic that there is not.
    """
    study = responses.study
    literal("estimator", estimator, COMPARED_BY)
    if variable is None:
        variable = _chosen(responses)
    if variable is None:
        return ComparabilityFindings(study, None, estimator, (), ())
    literal("variable", variable, tuple(code for code, each in study.variables.items() if each.levels))
    asked = responses.frame[responses.frame[variable].notna()]
    hidden = hidden_levels(asked, variable, int(cutoff("disclosure.min_cell", study.thresholds)))
    shown = asked[~asked[variable].isin(hidden)]
    kept = shown.assign(**{variable: shown[variable].cat.remove_unused_categories()})
    found = []
    for code in (*study.factors, *study.outcomes):
        items = study.constructs[code].items
        if len(items) < _FEWEST:
            continue
        how = "WLSMV" if estimator == "WLSMV" and is_ordinal(study, items) else "MLR"
        try:
            ladder = invariance(
                f"{code} =~ {' + '.join(items)}", kept, group=variable, estimator=how, rules=study.thresholds
            )
            found.append(ComparedScale(code, ladder))
        except ModelError as refusal:
            found.append(ComparedScale(code, refused=refusal.problems))
    left_out = tuple(level for level in study.variables[variable].levels if level in hidden)
    return ComparabilityFindings(study, variable, estimator, tuple(found), left_out)


def _chosen(responses: Responses) -> str | None:
    """The first characteristic whose groups can carry a model each."""
    for code, each in responses.study.variables.items():
        if not each.levels or each.part == "unit" or code not in responses.frame:
            continue
        counts = [int(count) for count in responses.frame[code].value_counts() if count]
        if 2 <= len(counts) <= _SURVEYED and min(counts) >= _ENOUGH:
            return code
    return None


def is_ordinal(study: Study, items: tuple[str, ...]) -> bool:
    """Whether all items are answered on declared scales with at most as many levels as still count as ordinal."""
    most = int(cutoff("ordinal.levels", study.thresholds))
    scales = [study.scale_of(item) for item in items]
    return all(0 < len(scale.levels) <= most for scale in scales)
