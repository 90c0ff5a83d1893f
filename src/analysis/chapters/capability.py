"""How high are the scores? Means of scales and items with their bands, by position, and by unit with shrinkage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..rules import cutoff
from ..stats.describe import describe
from ..stats.estimate import Estimate
from ..stats.proportion import mean_interval
from ..stats.result import Row
from ..study import Study
from ..survey.disclose import hidden_levels
from ..survey.responses import Responses


@dataclass(frozen=True)
class Level(Row):
    """A mean, its interval and the band it falls into; `certain` when the whole interval lies in that band."""

    code: str
    n: int
    mean: Estimate
    sd: float | None
    band: int | None  # 1 (very low) to 5 (very high); None off the five-point scale
    certain: bool


@dataclass(frozen=True)
class GroupLevel(Row):
    """The level of one construct in one group of respondents."""

    construct: str
    group: str
    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitLevel(Row):
    """One unit: its own mean, and the mean drawn towards that of all units by as much as few answers say little."""

    unit: str
    n: int
    mean: float
    shrunken: float


@dataclass(frozen=True)
class CapabilityFindings:
    """Levels of all scales, of the items of what is assessed, by position and by unit."""

    study: Study
    level: float
    scales: tuple[Level, ...]
    items: tuple[Level, ...]
    positions: tuple[GroupLevel, ...]
    position: str | None  # the variable that says the position
    units: tuple[UnitLevel, ...]
    unit: str | None  # the variable that says the unit
    outcome: str | None  # the construct that units are compared on


def capability(responses: Responses, *, level: float = 0.95) -> CapabilityFindings:
    """Say how high the scores are, how surely, and where.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned; the page says which variable is the position and which the unit (`part`).
    level : float
        Confidence level of the intervals.

    Returns
    -------
    CapabilityFindings
        Means with t intervals and half-open bands (cuts at 1.8, 2.6, 3.4, 4.2 of the rules). Groups with fewer persons
        than may be published are left out. Unit means are shrunken.
    """
    study = responses.study
    codes = [code for code, construct in study.constructs.items() if construct.items]
    assessed = [code for code in codes if study.constructs[code].role in ("outcome", "other")]
    items = [item for code in assessed for item in study.constructs[code].items]
    position, unit = _variable(study, "position"), _variable(study, "unit")
    outcome = study.outcomes[0] if study.outcomes else None
    return CapabilityFindings(
        study=study,
        level=level,
        scales=tuple(_level(responses, code, study.constructs[code].scale, level) for code in codes),
        items=tuple(_level(responses, item, study.items[item].scale, level) for item in items),
        positions=_groups(responses, assessed, position, level) if position else (),
        position=position,
        units=_units(responses, outcome, unit) if unit and outcome else (),
        unit=unit,
        outcome=outcome,
    )


def band(mean: float, cuts: tuple[float, ...]) -> int:
    """The band of a mean: 1 below the first cut, and so on; a mean on a cut belongs to the band above it.

    Parameters
    ----------
    mean : float
        Of a five-point scale.
    cuts : tuple of float
        In rising order.

    Returns
    -------
    int
        1 to ``len(cuts) + 1``; every mean has exactly one band, 1.804 too.

    Examples
    --------
    >>> [band(value, (1.8, 2.6, 3.4, 4.2)) for value in (1.799, 1.8, 1.804, 5)]
    [1, 2, 2, 5]
    """
    return 1 + sum(mean >= cut for cut in cuts)


def shrunken_means(n: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Unit means drawn towards the mean of all units (empirical Bayes).

    Parameters
    ----------
    n, mean, variance : array of shape (k,)
        Answers, mean and variance (divided by n - 1) of each unit.

    Returns
    -------
    array of shape (k,)
        w_i m_i + (1 - w_i) m with w_i = t² / (t² + s² / n_i).

    Notes
    -----
    s² is the pooled variance within units, t² = (MSB - MSW) / n0 that between them (0 where negative),
    n0 = (N - Σn² / N) / (k - 1), and m the mean of all units weighted by n_i / (n_i t² + s²).

    References
    ----------
    Efron, B., & Morris, C. (1975). Journal of the American Statistical Association, 70, 311-319. Searle, S. R.,
    Casella, G., & McCulloch, C. E. (1992). Variance components, p. 71.

    Examples
    --------
    >>> shrunken_means(np.array([10, 10]), np.array([3.0, 4.0]), np.array([0.0, 0.0])).tolist()
    [3.0, 4.0]
    """
    k, total = len(n), float(n.sum())
    within = float(((n - 1) * variance).sum() / (total - k))
    grand = float((n * mean).sum() / total)
    between = float((n * (mean - grand) ** 2).sum() / (k - 1))
    n0 = (total - float((n**2).sum()) / total) / (k - 1)
    spread = max(0.0, (between - within) / n0)
    if spread == 0.0:
        return np.full(k, grand)
    weight = spread / (spread + within / n)
    precision = n / (n * spread + within)
    centre = float((precision * mean).sum() / precision.sum())
    return np.asarray(weight * mean + (1 - weight) * centre)


def _variable(study: Study, part: str) -> str | None:
    return next((code for code, variable in study.variables.items() if variable.part == part and variable.levels), None)


def _level(responses: Responses, code: str, scale: str, level: float) -> Level:
    row = describe(responses, [code]).rows[0]
    estimate = mean_interval(responses, code, level=level)
    levels = responses.study.scales[scale].levels
    if set(levels) != {1, 2, 3, 4, 5}:
        return Level(code, row.n, estimate, row.sd, None, True)
    cuts = tuple(cutoff(f"likert5.cut{place}", responses.study.thresholds) for place in (1, 2, 3, 4))
    found = band(estimate.value, cuts)
    ends = {band(end, cuts) for end in (estimate.low, estimate.high) if end is not None}
    return Level(code, row.n, estimate, row.sd, found, ends <= {found})


def _groups(responses: Responses, constructs: list[str], variable: str, level: float) -> tuple[GroupLevel, ...]:
    least = int(cutoff("disclosure.min_cell", responses.study.thresholds))
    found = []
    for code in constructs:
        answered = responses.frame[[code, variable]].dropna()
        hidden = hidden_levels(responses.frame.loc[answered.index], variable, least)
        for group in responses.study.variables[variable].levels:
            scores = answered.loc[answered[variable] == group, [code]]
            if len(scores) and group not in hidden:
                estimate = mean_interval(scores, code, level=level)
                low, high = estimate.low, estimate.high
                if low is not None and high is not None:
                    found.append(GroupLevel(code, group, len(scores), estimate.value, low, high))
    return tuple(found)


def _units(responses: Responses, outcome: str, variable: str) -> tuple[UnitLevel, ...]:
    least = int(cutoff("disclosure.min_cell", responses.study.thresholds))
    answered = responses.frame[[outcome, variable]].dropna()
    found = answered.groupby(variable, observed=True)[outcome].agg(["count", "mean", "var"])
    hidden = hidden_levels(responses.frame.loc[answered.index], variable, least)
    found = found[[str(unit) not in hidden for unit in found.index]]
    if len(found) < 2:
        return ()
    means = shrunken_means(*(found[name].to_numpy(dtype=float) for name in ("count", "mean", "var")))
    rows = zip(found.index, found["count"], found["mean"], means, strict=True)
    return tuple(UnitLevel(str(unit), int(n), float(mean), float(drawn)) for unit, n, mean, drawn in rows)
