"""Krippendorff's alpha: agreement of any number of raters, with missing ratings, on any scale of measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .agreement import Agreement, AgreementRow, IndexRow
from .ratings import Ratings, read_categories
from .rows import Array, check_level, literal

Metric: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")

_CHUNK = 2_000_000  # numbers held at once while resampling
_LEAST_REPS = 100


def krippendorff(
    ratings: object,
    *,
    target: str | None = None,
    rater: str | None = None,
    score: str | None = None,
    metric: Metric = "nominal",
    levels: Sequence[str | float] | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    reps: int = 2000,
) -> Agreement:
    """Measure agreement when ratings are missing, on any scale of measurement (Krippendorff's alpha).

    Parameters
    ----------
    ratings : rows
        One row for each rating, with the three names; or one row for each target and one column for each rater.
    target, rater, score : str, optional
        Columns: who was rated, by whom, and the value.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        What a difference between two values means; the last two need numbers, the ratio metric none below zero.
    levels : sequence, optional
        Categories in their order (ordinal metric on text); those that occur, sorted, when not given.
    level : float
        Confidence level of the interval.
    rng : numpy.random.Generator, optional
        Source of chance for the interval; without it there is none.
    reps : int
        Bootstrap samples.

    Returns
    -------
    Agreement
        Form ``alpha``. `n` counts the targets with two or more ratings, `ratings` those of them.

    Raises
    ------
    ModelError
        ``krippendorff.one_value`` where all pairable values are alike; ``krippendorff.needs_numbers``,
        ``krippendorff.negative``, ``krippendorff.too_few_targets``, ``krippendorff.reps``.

    Notes
    -----
    alpha = 1 - Do / De. Do averages the squared difference over pairs of values of one target, each target's pairs
    divided by its number of ratings less one; De over all pairs of values. Differences: 0 or 1 (nominal); of mid-ranks
    (ordinal); of values (interval); (a - b) / (a + b) (ratio). The interval is the percentile bootstrap over *targets*:
    each sample is a vector of multinomial weights, with Do and De both computed again. Hayes & Krippendorff's macro
    resamples single pairs of values instead and holds De fixed; pairs of one target are then taken for independent and
    its interval is narrower where targets have many raters. Samples without any difference among their values have no
    alpha and are left out, with a caution.

    References
    ----------
    Krippendorff, K. (2004, 2013). Content analysis. Hayes, A. F., & Krippendorff, K. (2007). Communication Methods and
    Measures, 1, 77-89. R: ``irr::kripp.alpha``.

    Examples
    --------
    >>> three = {"a": [1, 2, 3, 3], "b": [1, 2, 3, None], "c": [None, 2, 3, 1]}
    >>> f"{krippendorff(three, metric='interval')['alpha'].value:.3f}"
    '0.478'
    """
    check_level(level)
    literal("metric", metric, METRICS)
    if reps < _LEAST_REPS:
        raise ModelError(problem("krippendorff.reps", reps=int(reps), least=_LEAST_REPS))
    found = read_categories(ratings, target, rater, score, levels)
    counts, values = _counts(found, metric)
    whole = np.ones((1, len(counts)))
    alpha = float(_alphas(counts, values, metric, whole)[0])
    if np.isnan(alpha):
        raise ModelError(problem("krippendorff.one_value"))
    low, high, said = _bootstrap(counts, values, metric, level, rng, reps)
    observed, expected = (float(each[0]) for each in _disagreements(counts, values, metric, whole))
    lonely = len(found.targets) - len(counts)
    few = int(cutoff("sample.small_n"))
    small = (caution("agreement.few_targets", n=len(counts), least=few),) if len(counts) < few else ()
    left = (caution("agreement.targets_left_out", "note", dropped=lonely, n=len(counts)),) if lonely else ()
    return Agreement(
        method=f"krippendorff.{metric}",
        n=len(counts),
        raters=len(found.raters),
        ratings=int(counts.sum()),
        dropped=lonely + found.dropped,
        level=level,
        rows=(AgreementRow("alpha", alpha, low, high),),
        index_rows=(IndexRow("observed_disagreement", observed), IndexRow("expected_disagreement", expected)),
        cautions=(*left, *found.cautions(), *said, *_order(found, metric), *small),
    )


def _counts(found: Ratings, metric: Metric) -> tuple[Array, Array]:
    """(targets, values) how often each value was given, and the values as numbers."""
    counts = np.zeros((len(found.targets), len(found.levels)))
    np.add.at(counts, (found.target, found.score.astype(np.intp)), 1.0)
    counts = counts[counts.sum(axis=1) >= 2]
    if len(counts) < 2:
        raise ModelError(problem("krippendorff.too_few_targets", n=len(counts), least=2))
    if metric in ("nominal", "ordinal"):
        return counts, np.arange(len(found.levels), dtype=np.float64)
    try:
        values = np.array([float(level) for level in found.levels])
    except ValueError as text:
        raise ModelError(problem("krippendorff.needs_numbers", metric=metric)) from text
    if metric == "ratio" and (values < 0).any():
        raise ModelError(problem("krippendorff.negative"))
    return counts, values


def _alphas(counts: Array, values: Array, metric: Metric, weights: Array) -> Array:
    """(reps,) alpha of each row of weights on targets; NaN where its values do not differ."""
    observed, expected = _disagreements(counts, values, metric, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _disagreements(counts: Array, values: Array, metric: Metric, weights: Array) -> tuple[Array, Array]:
    """Do and De under each row of weights (reps, targets)."""
    margins = weights @ counts  # (reps, K)
    n = margins.sum(axis=1)
    observed, expected = _SUMS[metric](counts, values, weights, margins)
    return observed / n, expected / (n * (n - 1))


def _nominal(counts: Array, values: Array, weights: Array, margins: Array) -> tuple[Array, Array]:
    m = counts.sum(axis=1)
    return weights @ ((m**2 - (counts**2).sum(axis=1)) / (m - 1)), margins.sum(axis=1) ** 2 - (margins**2).sum(axis=1)


def _interval(counts: Array, values: Array, weights: Array, margins: Array) -> tuple[Array, Array]:
    x = values - float(counts.sum(axis=0) @ values) / float(counts.sum())
    m, s, q = counts.sum(axis=1), counts @ x, counts @ x**2
    return weights @ (2 * (m * q - s**2) / (m - 1)), 2 * (margins.sum(axis=1) * (margins @ x**2) - (margins @ x) ** 2)


def _ordinal(counts: Array, values: Array, weights: Array, margins: Array) -> tuple[Array, Array]:
    """As the interval metric, on the mid-ranks that each row of weights gives."""
    ranks = np.cumsum(margins, axis=1) - margins / 2
    ranks -= (margins * ranks).sum(axis=1, keepdims=True) / margins.sum(axis=1, keepdims=True)
    m = counts.sum(axis=1)
    s, q = counts @ ranks.T, counts @ (ranks**2).T  # (targets, reps)
    observed = np.einsum("ru,ur->r", weights / (m - 1), 2 * (m[:, None] * q - s**2))
    second, first = (margins * ranks**2).sum(axis=1), (margins * ranks).sum(axis=1)
    return observed, 2 * (margins.sum(axis=1) * second - first**2)


def _ratio(counts: Array, values: Array, weights: Array, margins: Array) -> tuple[Array, Array]:
    total = np.add.outer(values, values)
    apart = (np.subtract.outer(values, values) / np.where(total == 0, 1.0, total)) ** 2
    m = counts.sum(axis=1)
    inside = np.einsum("uk,uk->u", counts @ apart, counts)
    return weights @ (inside / (m - 1)), np.einsum("rk,rk->r", margins @ apart, margins)


_SUMS: dict[str, Callable[[Array, Array, Array, Array], tuple[Array, Array]]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}


def _bootstrap(
    counts: Array, values: Array, metric: Metric, level: float, rng: np.random.Generator | None, reps: int
) -> tuple[float | None, float | None, tuple[Caution, ...]]:
    """Percentiles of alpha under multinomial weights on targets."""
    if rng is None:
        return None, None, (caution("krippendorff.no_interval", "note"),)
    n = len(counts)
    size = max(1, _CHUNK // n)
    even = np.full(n, 1 / n)
    found = np.concatenate(
        [
            _alphas(counts, values, metric, rng.multinomial(n, even, size=min(size, reps - at)).astype(np.float64))
            for at in range(0, reps, size)
        ]
    )
    known = found[~np.isnan(found)]
    if len(known) < _LEAST_REPS // 2:
        return None, None, (caution("krippendorff.undefined_samples", lost=len(found) - len(known), reps=reps),)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    lost = len(found) - len(known)
    said = (caution("krippendorff.undefined_samples", lost=lost, reps=reps),) if lost else ()
    return float(low), float(high), said


def _order(found: Ratings, metric: Metric) -> Iterator[Caution]:
    """An ordinal metric rests on the order of the categories; say when text was merely sorted."""
    text = not all(level.lstrip("-").replace(".", "", 1).isdigit() for level in found.levels)
    if metric == "ordinal" and text and not found.declared:
        yield caution("kappa.levels_found", levels=found.levels)
