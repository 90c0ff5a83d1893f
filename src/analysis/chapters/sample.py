"""Who was asked, who answered, how many were needed, and how exact a share from this sample can be."""

from __future__ import annotations

from dataclasses import dataclass

from ..rules import cutoff
from ..stats.describe import Frequencies, frequencies
from ..stats.estimate import Estimate
from ..stats.proportion import proportion
from ..stats.result import Row
from ..stats.sampling import SampleSize, allocate, sample_size_cochran, sample_size_yamane
from ..study import Study
from ..survey.disclose import hidden_levels
from ..survey.responses import Responses

#: The error that sample sizes are planned for in this field.
_MARGIN = 0.05


@dataclass(frozen=True)
class StratumShare(Row):
    """One stratum: persons in the population, the proportional share of the sample, and those who answered."""

    stratum: str
    population: int
    planned: int
    answered: int


@dataclass(frozen=True)
class SampleFindings:
    """The sample of a study against its plan."""

    study: Study
    level: float
    received: int
    kept: int
    population: int | None
    needed: tuple[SampleSize, ...]
    half: Estimate  # a share of one half in this sample, with its interval: no share is less exact
    strata: tuple[StratumShare, ...]
    profile: tuple[Frequencies, ...]
    hidden: tuple[tuple[str, ...], ...]  # for each of the profile, the levels whose count may not be shown

    def hidden_in(self, variable: str) -> tuple[str, ...]:
        """Levels of a variable whose count may not be shown in any table."""
        names = [each.name for each in self.profile]
        return self.hidden[names.index(variable)] if variable in names else ()


def sample(responses: Responses, *, level: float = 0.95) -> SampleFindings:
    """Hold the sample against what was needed.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned; the page may declare the population and its strata.
    level : float
        Confidence level.

    Returns
    -------
    SampleFindings
        Sample sizes by Yamane (only for a known population) and Cochran, rounded up; the interval of a share of one
        half, with the finite-population correction where the population is known; strata; profile.
    """
    study, kept = responses.study, len(responses.frame)
    known = study.population.size if study.population else None
    population = known if known is not None and known >= kept else None
    needed = [sample_size_cochran(0.5, _MARGIN, level, population)]
    if population is not None:
        needed.insert(0, sample_size_yamane(population, _MARGIN))
    profile = tuple(
        frequencies(responses, code, levels=tuple(variable.levels))
        for code, variable in study.variables.items()
        if variable.levels
    )
    half = proportion((kept + 1) // 2, kept, level=level, population=population)
    least = int(cutoff("disclosure.min_cell", study.thresholds))
    hidden = tuple(tuple(sorted(hidden_levels(responses.frame, each.name, least))) for each in profile)
    return SampleFindings(
        study, level, responses.received, kept, population, tuple(needed), half, _strata(responses), profile, hidden
    )


def _strata(responses: Responses) -> tuple[StratumShare, ...]:
    strata = responses.study.strata
    if strata is None:
        return ()
    plan = allocate(len(responses.frame), strata.sizes)
    answered = responses.frame[strata.variable].value_counts()
    return tuple(
        StratumShare(row.stratum, row.size, row.n, int(answered.get(row.stratum, 0))) for row in plan.stratum_rows
    )
