"""Covariances of estimates under a sample design: linearised, by leaving clusters out, by drawing them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, problem
from .calibration import left_over, replicated
from .rows import Array, literal
from .sample_design import SampleDesign

Errors: TypeAlias = Literal["linear", "jackknife", "bootstrap"]
_ERRORS: tuple[Errors, ...] = ("linear", "jackknife", "bootstrap")
DRAWS = 1000

#: Estimates (k,) of a set of weights (n,): the heart of replicates.
Statistic: TypeAlias = Callable[[Array], Array]
#: A replicate: what it multiplies the weights with (n,), and what its squared distance counts.
_Replicate: TypeAlias = tuple[Array, float]


def covariance(design: SampleDesign, scores: Array, statistic: Statistic, errors: Errors) -> Array:
    """Covariance of estimates under a design.

    Parameters
    ----------
    design : SampleDesign
        How the rows were drawn.
    scores : array (n, k)
        Weighted linearised values, whose total varies as the estimates do.
    statistic : callable
        The estimates of given weights.
    errors : {"linear", "jackknife", "bootstrap"}
        Scores are used by the first, the statistic by the others.

    Returns
    -------
    array (k, k)
        The covariance.

    Raises
    ------
    ModelError
        ``survey.replicate_stuck`` where a replicate gives no estimate.

    Notes
    -----
    Linear: sum over strata of (1 - f) n / (n - 1) times the squares of the clusters' totals around their mean.
    Jackknife: each cluster left out, the others of its stratum weighing n / (n - 1); squares count (1 - f)(n - 1) / n.
    Bootstrap: n - 1 of n clusters drawn again, one drawn m times weighing 1 + sqrt(1 - f) (m n / (n - 1) - 1), which
    is never negative.

    References
    ----------
    Wolter, K. M. (2007). Introduction to variance estimation, 2nd ed. Rao, J. N. K., Wu, C. F. J., & Yue, K. (1992).
    Survey Methodology, 18, 209-217. R: ``survey::as.svrepdesign(type = "JKn" or "subbootstrap", mse = TRUE)``.
    """
    literal("errors", errors, _ERRORS)
    if errors == "linear":
        return _linear(design, left_over(design, scores))
    whole = np.ravel(statistic(design.weights))
    found = np.zeros((len(whole), len(whole)))
    for factors, share in _left_out(design) if errors == "jackknife" else _drawn(design):
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.ravel(statistic(replicated(design, factors))) - whole
        if not np.isfinite(apart).all():
            raise ModelError(problem("survey.replicate_stuck"))
        found += share * np.outer(apart, apart)
    return found


def _linear(design: SampleDesign, scores: Array) -> Array:
    totals = np.zeros((int(design.sampled.sum()), scores.shape[1]))
    np.add.at(totals, design.clusters, scores)
    stratum = _strata(design)
    means = np.zeros((len(design.sampled), scores.shape[1]))
    np.add.at(means, stratum, totals)
    apart = totals - (means / design.sampled[:, None])[stratum]
    weight = ((1 - design.fraction) * design.sampled / (design.sampled - 1))[stratum]
    return np.asarray((apart * weight[:, None]).T @ apart)


def _strata(design: SampleDesign) -> npt.NDArray[np.intp]:
    """The stratum of each cluster."""
    stratum = np.zeros(int(design.sampled.sum()), dtype=np.intp)
    stratum[design.clusters] = design.strata
    return stratum


def _left_out(design: SampleDesign) -> Iterator[_Replicate]:
    for cluster, h in enumerate(_strata(design)):
        n = float(design.sampled[h])
        factors = np.where(design.strata == h, n / (n - 1), 1.0) * (design.clusters != cluster)
        yield factors, float((1 - design.fraction[h]) * (n - 1) / n)


def _drawn(design: SampleDesign) -> Iterator[_Replicate]:
    rng = np.random.default_rng(design.seed)
    stratum = _strata(design)
    members = [np.flatnonzero(stratum == h) for h in range(len(design.sampled))]
    for _ in range(DRAWS):
        factors = np.zeros(len(stratum))
        for h, inside in enumerate(members):
            n = len(inside)
            times = np.bincount(rng.integers(0, n, n - 1), minlength=n)
            factors[inside] = 1 + np.sqrt(1 - design.fraction[h]) * (times * n / (n - 1) - 1)
        yield factors[design.clusters], 1 / DRAWS
