"""Weights brought to known counts of the population: raking, post-stratification, and what it does to errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..errors import ModelError, Place, caution, problem
from .rows import Array, Labels
from .sample_design import Calibration, Margin, SampleDesign, holes

_CALIBRATED = 1e-10
_ROUNDS = 2000


def raked(design: SampleDesign, margins: Mapping[str, Mapping[str, float]]) -> SampleDesign:
    """Weights whose totals meet known population counts (raking; with one margin post-stratification).

    Parameters
    ----------
    design : SampleDesign
        From `survey_design`.
    margins : mapping
        For each category its counts in the population: ``{"sex": {"f": 400, "m": 600}}``. Different totals are brought
        to that of the first margin.

    Returns
    -------
    SampleDesign
        The same design with new weights; errors count that the margins no longer vary (linearised), or that each
        replicate is adjusted again (jackknife, bootstrap).

    Raises
    ------
    ModelError
        ``survey.margin``: a level that nobody has, or one without a count; ``survey.rake_stuck`` without a solution.

    References
    ----------
    Deming, W. E., & Stephan, F. F. (1940). Annals of Mathematical Statistics, 11, 427-444. R: ``survey::rake``.

    Examples
    --------
    >>> from analysis.stats.sample_design import survey_design
    >>> design = survey_design({"y": [1, 2, 3, 4], "s": list("ffmf")})
    >>> raked(design, {"s": {"f": 40, "m": 60}}).weights.round(2).tolist()
    [13.33, 13.33, 60.0, 13.33]
    """
    margin = tuple(_margin(design, name, counts) for name, counts in margins.items())
    weights = adjusted(design.weights, margin)
    if weights is None:
        raise ModelError(problem("survey.rake_stuck", margins=tuple(margins)))
    notes = (*design.cautions, caution("survey.calibrated", "note", margins=tuple(margins)))
    return replace(
        design,
        weights=weights,
        calibrations=(*design.calibrations, Calibration(design.weights, margin)),
        cautions=tuple(each for each in notes if each.code != "survey.no_weights"),
    )


def adjusted(weights: Array, margins: tuple[Margin, ...]) -> Array | None:
    """Weights (n,) brought to the margins in turn; none where a level has no weight or the turns do not settle."""
    total = float(margins[0][1].sum())
    w = weights.copy()
    for _ in range(_ROUNDS):
        worst = 0.0
        for codes, counts in margins:
            held = np.bincount(codes, w, minlength=len(counts))
            if (held <= 0).any():
                return None
            factor = counts * total / counts.sum() / held
            worst = max(worst, float(np.abs(factor - 1).max()))
            w = w * factor[codes]
        if worst < _CALIBRATED:
            return w
    return None


def left_over(design: SampleDesign, scores: Array) -> Array:
    """What the margins do not explain of scores (n, k) of a weighted total: only that still varies over samples.

    Notes
    -----
    Scores over weights are regressed on the levels of the margins with the weights before the adjustment, the last
    adjustment first (the linearisation of the generalised regression estimator, to which raking is equal in large
    samples).

    References
    ----------
    Deville, J.-C., & Särndal, C.-E. (1992). Journal of the American Statistical Association, 87, 376-382. R:
    ``survey::postStratify``, ``survey::calibrate(calfun = "raking")``; ``survey::rake`` regresses without weights.
    """
    after = design.weights
    for step in reversed(design.calibrations):
        root = np.sqrt(step.before)[:, None]
        levels = np.column_stack([np.eye(len(counts))[codes] for codes, counts in step.margins])
        z = scores / after[:, None] * root
        scores = (z - root * levels @ np.linalg.lstsq(root * levels, z, rcond=None)[0]) / root * after[:, None]
        after = step.before
    return scores


def replicated(design: SampleDesign, factors: Array) -> Array:
    """Weights of one replicate: those drawn, times its factors (n,), brought to the same counts again."""
    first = design.calibrations[0].before if design.calibrations else design.weights
    weights = first * factors
    for step in design.calibrations:
        found = adjusted(weights, step.margins)
        if found is None:
            raise ModelError(problem("survey.replicate_stuck"))
        weights = found
    return weights


def _margin(design: SampleDesign, name: str, counts: Mapping[str, float]) -> Margin:
    column = design.rows.column(name)
    place = Place(column=name)
    if not isinstance(column, Labels) or holes(column):
        raise ModelError(problem("survey.margin_kind", place, column=name))
    used = {column.levels[code] for code in np.unique(column.codes)}
    missing, empty = sorted(used - set(counts)), sorted(set(counts) - used)
    wrong = sorted(level for level, count in counts.items() if not count > 0)
    if missing or empty or wrong:
        raise ModelError(problem("survey.margin", place, column=name, levels=tuple(missing + empty + wrong)))
    order = [level for level in column.levels if level in used]
    place_of = {column.levels.index(level): at for at, level in enumerate(order)}
    codes = np.array([place_of[int(code)] for code in column.codes], dtype=np.intp)
    return codes, np.array([float(counts[level]) for level in order])
