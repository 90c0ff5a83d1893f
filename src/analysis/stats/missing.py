"""What is missing and whether it is missing at random: counts, patterns, moments by EM, Little's test of MCAR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from .distributions import chi2_upper
from .result import Result, Row, frame
from .rows import Array, rows

if TYPE_CHECKING:
    import pandas as pd

_TOLERANCE = 1e-10  # of a step, in standard deviations
_STEPS = 10_000
_SINGULAR = 1e-10
_FEW = 5  # rows of a pattern: fewer say little of its means


@dataclass(frozen=True)
class MissingItem(Row):
    """One column: how many rows answer it and how many do not."""

    item: str
    answered: int
    missing: int
    percent: float  # of all rows


@dataclass(frozen=True)
class MissingPattern(Row):
    """Rows that leave the same columns unanswered."""

    missing: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class Missingness(Result):
    """How much is missing, column by column and pattern by pattern (the most frequent first)."""

    item_rows: tuple[MissingItem, ...]
    patterns: tuple[MissingPattern, ...]
    n: int
    complete: int

    @property
    def cells(self) -> int:
        """Cells without an answer."""
        return sum(row.missing for row in self.item_rows)

    @property
    def items(self) -> pd.DataFrame:
        """The columns as a table."""
        return frame(self.item_rows, MissingItem)


@dataclass(frozen=True)
class EmMoments(Result):
    """Means and covariances of all columns from all rows, by maximum likelihood under normality."""

    names: tuple[str, ...]
    n: int  # rows with at least one answer
    dropped: int  # rows without any
    mean: Array  # (k,)
    cov: Array  # (k, k), maximum likelihood: divided by n
    loglik: float
    iterations: int


@dataclass(frozen=True)
class LittleTest(Result):
    """Little's test that answers are missing completely at random."""

    chisq: float
    df: int
    p: float
    n: int
    dropped: int
    patterns: int
    names: tuple[str, ...]
    cautions: tuple[Caution, ...]


@dataclass(frozen=True)
class _Pattern:
    """Rows with the same columns answered: their number, mean and centred cross-products."""

    seen: tuple[int, ...]
    n: int
    mean: Array
    scatter: Array


def missingness(x: object, names: Sequence[str] | None = None) -> Missingness:
    """Count what is missing.

    Parameters
    ----------
    x : data frame, mapping, array or Responses
        Columns of numbers; missing is NaN.
    names : sequence of str, optional
        The columns to take.

    Returns
    -------
    Missingness
        `n` counts every row, also one without any answer.

    Examples
    --------
    >>> found = missingness({"q1": [1, None, 3], "q2": [2, None, None]})
    >>> found.complete, [(each.missing, each.n) for each in found.patterns]
    (1, [((), 1), (('q1', 'q2'), 1), (('q2',), 1)])
    """
    taken = rows(x, names)
    gone = np.isnan(taken.numeric())
    n = taken.n
    items = tuple(
        MissingItem(name, n - int(count), int(count), 100 * int(count) / n if n else 0.0)
        for name, count in zip(taken.names, gone.sum(axis=0), strict=True)
    )
    found: dict[tuple[bool, ...], int] = {}
    for row in gone.tolist():
        found[tuple(row)] = found.get(tuple(row), 0) + 1
    named = [
        MissingPattern(tuple(name for name, lost in zip(taken.names, pattern, strict=True) if lost), count)
        for pattern, count in found.items()
    ]
    ordered = tuple(sorted(named, key=lambda each: -each.n))  # stable: else in the order of the rows
    return Missingness(items, ordered, n, sum(each.n for each in named if not each.missing))


def em_moments(x: object, names: Sequence[str] | None = None) -> EmMoments:
    """Means and covariances from rows with missing answers, by EM under multivariate normality.

    Parameters
    ----------
    x, names
        As for `missingness`.

    Returns
    -------
    EmMoments
        `n` counts the rows with at least one answer; without missing answers the mean and covariance (over n) of all.

    Raises
    ------
    ModelError
        ``missing.no_answers`` and ``missing.no_spread`` naming the columns; ``missing.singular`` where columns are
        linear combinations of others; ``missing.few_rows``; ``missing.not_converged``.

    Notes
    -----
    E-step: missing answers and their products replaced by their expectation given the answered ones,
    E[y_m] = μ_m + Σ_mo Σ_oo⁻¹ (y_o - μ_o), with Σ_mm - Σ_mo Σ_oo⁻¹ Σ_om added to the products. M-step: mean and
    covariance over n. Patterns with equal missing columns are taken together, as sums. It ends when no mean moves by
    more than 1e-10 standard deviations and no covariance by more than 1e-10 of the product of two.

    References
    ----------
    Dempster, Laird & Rubin (1977), JRSS B, 39, 1-38; Little & Rubin (2002), ch. 11. R: ``norm::em.norm``,
    ``mvnmle::mlest``, lavaan's saturated model with ``missing = "ml"``.

    Examples
    --------
    >>> em_moments({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 3.0, 2.0, 5.0]}).cov.tolist()
    [[1.25, 1.375], [1.375, 2.1875]]
    """
    taken = rows(x, names)
    table = taken.numeric()
    table = table[~np.isnan(table).all(axis=1)]
    _refuse(table, taken.names)
    patterns = _patterns(table)
    mean, spread = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    cov = np.diag(spread**2)
    if len(patterns) == 1:
        [pattern] = patterns
        mean, cov, steps = pattern.mean, pattern.scatter / pattern.n, 0
    else:
        try:
            mean, cov, steps = _em(patterns, len(table), mean, cov)
        except np.linalg.LinAlgError:
            raise ModelError(problem("missing.singular", n=len(table), columns=len(cov))) from None
    _refuse_singular(cov, len(table))
    return EmMoments(taken.names, len(table), taken.n - len(table), mean, cov, _loglik(patterns, mean, cov), steps)


def little_mcar(x: object, names: Sequence[str] | None = None) -> LittleTest:
    """Little's test of the hypothesis that answers are missing completely at random.

    Parameters
    ----------
    x, names
        As for `missingness`.

    Returns
    -------
    LittleTest
        A small p speaks against MCAR; a large one does not prove it, and says nothing of answers that are missing
        because of what they would have been.

    Raises
    ------
    ModelError
        ``missing.none``: nothing is missing; ``missing.one_pattern``: every row leaves the same columns unanswered;
        and what `em_moments` refuses.

    Notes
    -----
    d² = Σ_j n_j (ȳ_j - μ_j)' Σ_j⁻¹ (ȳ_j - μ_j) over the patterns j, with mean and maximum likelihood covariance (over
    n) of all rows by EM, each for the columns answered in the pattern; df = Σ_j k_j - k. Rows without any answer are
    dropped. Answers on a few levels are not normal: with small patterns the chi-square is an approximation only.

    References
    ----------
    Little, R. J. A. (1988), JASA, 83, 1198-1202. R: ``naniar::mcar_test``. Little's own text multiplies the covariance
    by n / (n - 1), which makes d² smaller by that factor.
    """
    taken = rows(x, names)
    table = taken.numeric()
    if not np.isnan(table).any():
        raise ModelError(problem("missing.none", n=taken.n))
    moments = em_moments(taken)
    patterns = _patterns(table[~np.isnan(table).all(axis=1)])
    if len(patterns) == 1:
        raise ModelError(problem("missing.one_pattern", n=moments.n))
    chisq = 0.0
    for each in patterns:
        seen = list(each.seen)
        away = each.mean - moments.mean[seen]
        chisq += each.n * float(away @ np.linalg.solve(moments.cov[np.ix_(seen, seen)], away))
    df = sum(len(each.seen) for each in patterns) - len(taken.names)
    small = sum(each.n < _FEW for each in patterns)
    cautions = (caution("missing.small_patterns", small=small, patterns=len(patterns), least=_FEW),) if small else ()
    p = chi2_upper(chisq, df)
    return LittleTest(chisq, df, p, moments.n, moments.dropped, len(patterns), taken.names, cautions)


def _refuse(table: Array, names: Sequence[str]) -> None:
    """Columns of which nothing can be learnt."""
    answered = ~np.isnan(table)
    empty = tuple(name for name, any_ in zip(names, np.any(answered, axis=0).tolist(), strict=True) if not any_)
    if empty:
        raise ModelError(problem("missing.no_answers", Place(column=empty[0]), columns=empty))
    flat = tuple(name for at, name in enumerate(names) if np.ptp(table[answered[:, at], at]) == 0)
    if flat:
        raise ModelError(problem("missing.no_spread", Place(column=flat[0]), columns=flat))
    if len(table) <= len(names):
        raise ModelError(problem("missing.few_rows", n=len(table), columns=len(names)))


def _refuse_singular(cov: Array, n: int) -> None:
    scale = np.sqrt(np.diag(cov))
    least = float(np.linalg.eigvalsh(cov / np.outer(scale, scale))[0])
    if not least > _SINGULAR:
        raise ModelError(problem("missing.singular", n=n, columns=len(cov)))


def _patterns(table: Array) -> list[_Pattern]:
    """Rows by what they answer, in order of first appearance."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, answered in enumerate(~np.isnan(table)):
        groups.setdefault(tuple(np.flatnonzero(answered).tolist()), []).append(row)
    found = []
    for seen, members in groups.items():
        part = table[np.ix_(members, seen)]
        mean = part.mean(axis=0)
        found.append(_Pattern(seen, len(members), mean, (part - mean).T @ (part - mean)))
    return found


def _em(patterns: list[_Pattern], n: int, mean: Array, cov: Array) -> tuple[Array, Array, int]:
    for step in range(1, _STEPS + 1):
        after, spread = _step(patterns, n, mean, cov)
        scale = np.sqrt(np.diag(spread))
        if not (np.isfinite(scale).all() and scale.min() > 0):
            raise ModelError(problem("missing.singular", n=n, columns=len(cov)))
        moved = max(
            float(np.max(np.abs(after - mean) / scale)), float(np.max(np.abs(spread - cov) / np.outer(scale, scale)))
        )
        mean, cov = after, spread
        if moved < _TOLERANCE:
            return mean, cov, step
    raise ModelError(problem("missing.not_converged", steps=_STEPS))


def _step(patterns: list[_Pattern], n: int, mean: Array, cov: Array) -> tuple[Array, Array]:
    """One expectation and one maximisation."""
    k = len(mean)
    total = np.zeros(k)
    held = []
    for each in patterns:
        seen, lost = list(each.seen), [at for at in range(k) if at not in each.seen]
        b = np.linalg.solve(cov[np.ix_(seen, seen)], cov[np.ix_(seen, lost)])  # (seen, lost) regressions
        full = np.empty(k)
        full[seen] = each.mean
        full[lost] = mean[lost] + (each.mean - mean[seen]) @ b
        total += each.n * full
        held.append((each, seen, lost, b, full))
    after = total / n
    scatter = np.zeros((k, k))
    for each, seen, lost, b, full in held:
        spread = np.zeros((k, k))
        spread[np.ix_(seen, seen)] = each.scatter
        cross = each.scatter @ b
        spread[np.ix_(seen, lost)], spread[np.ix_(lost, seen)] = cross, cross.T
        left = cov[np.ix_(lost, lost)] - cov[np.ix_(lost, seen)] @ b
        spread[np.ix_(lost, lost)] = b.T @ cross + each.n * left
        scatter += spread + each.n * np.outer(full - after, full - after)
    cov = scatter / n
    return after, (cov + cov.T) / 2


def _loglik(patterns: list[_Pattern], mean: Array, cov: Array) -> float:
    """Observed-data log-likelihood."""
    total = 0.0
    for each in patterns:
        seen = list(each.seen)
        part = cov[np.ix_(seen, seen)]
        away = each.mean - mean[seen]
        quadratic = np.trace(np.linalg.solve(part, each.scatter)) + each.n * away @ np.linalg.solve(part, away)
        total -= 0.5 * (each.n * (len(seen) * np.log(2 * np.pi) + np.linalg.slogdet(part)[1]) + quadratic)
    return float(total)
