"""What an official needs on two pages: found, how sure, what first, what the data cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from ..rules import cutoff
from ..stats.result import Row
from ..study import Study
from ..survey.responses import Responses
from .capability import CapabilityFindings, capability
from .group_differences import GroupFindings, group_differences
from .performance_factors import FactorFindings, performance_factors
from .reliability import ReliabilityFindings, reliability
from .sample import SampleFindings, sample


@dataclass(frozen=True)
class Priority(Row):
    """One factor with evidence of a positive relation: how much room it leaves, and what that room goes with."""

    term: str
    mean: float
    room: float  # top of the scale minus the mean
    b: float
    gain: float  # b times the room


@dataclass(frozen=True)
class BriefFindings:
    """The chapters that a brief draws on, and the order in which factors deserve a look."""

    study: Study
    sample: SampleFindings
    reliability: ReliabilityFindings
    capability: CapabilityFindings
    factors: FactorFindings | None
    groups: GroupFindings
    priorities: tuple[Priority, ...]


def brief(responses: Responses, *, level: float = 0.95) -> BriefFindings:
    """Gather what a brief says.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    BriefFindings
        `priorities` orders the factors whose coefficient is positive with p below the significance level by b times the
        room to the top of their scale: what a rating at the top would go with, by the regression, if nothing else
        changed. It is an order for attention, not a forecast.
    """
    study = responses.study
    model = next(iter(study.models), None)
    factors = performance_factors(responses, model=model, level=level) if model else None
    levels = capability(responses, level=level)
    return BriefFindings(
        study=study,
        sample=sample(responses, level=level),
        reliability=reliability(responses, level=level),
        capability=levels,
        factors=factors,
        groups=group_differences(responses, level=level),
        priorities=_priorities(study, factors, levels) if factors else (),
    )


def _priorities(study: Study, factors: FactorFindings, levels: CapabilityFindings) -> tuple[Priority, ...]:
    means = {row.code: row.mean.value for row in levels.scales}
    found = []
    for row in factors.regression.coefficient_rows:
        if row.term in means and row.b > 0 and row.p < cutoff("significance", study.thresholds):
            room = study.scales[study.constructs[row.term].scale].high - means[row.term]
            found.append(Priority(row.term, means[row.term], room, row.b, row.b * room))
    return tuple(sorted(found, key=lambda each: -each.gain))
