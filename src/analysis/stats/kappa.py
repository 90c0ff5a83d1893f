"""Kappa: how far raters agree on categories beyond what their habits alone would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .agreement import Agreement, AgreementRow, ErrorRow, IndexRow
from .groups import Codes
from .ratings import Ratings, read_categories
from .rows import Array, check_level, literal
from .tails import normal_quantile, normal_two_sided, t_quantile

Kind: TypeAlias = Literal["cohen", "fleiss", "light"]
Weights: TypeAlias = Literal["unweighted", "linear", "quadratic"]

KINDS: tuple[Kind, ...] = ("cohen", "fleiss", "light")
WEIGHTS: tuple[Weights, ...] = ("unweighted", "linear", "quadratic")

_PERFECT = 1 - 1e-12


@dataclass(frozen=True, eq=False)
class _Pair:
    """Weighted kappa of two raters and what each target adds to its error."""

    value: float
    observed: float  # weighted agreement
    se_null: float
    influence: Array  # (n,), mean zero


def kappa(
    ratings: object,
    *,
    target: str | None = None,
    rater: str | None = None,
    score: str | None = None,
    kind: Kind | None = None,
    weights: Weights = "unweighted",
    levels: Sequence[str | float] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Measure how far raters agree on categories beyond chance (kappa).

    Parameters
    ----------
    ratings : rows
        One row for each rating, with the three names; or one row for each target and one column for each rater.
    target, rater, score : str, optional
        Columns: who was rated, by whom, and the category.
    kind : {"cohen", "fleiss", "light"}, optional
        Cohen's for two raters, Fleiss's for many (or interchangeable) ones, Light's mean of all pairs. Cohen's when
        there are two raters, else Fleiss's.
    weights : {"unweighted", "linear", "quadratic"}
        How much near misses count, by the places of the categories in their order (Cohen's and Light's).
    levels : sequence, optional
        All categories in their order; those that occur, sorted, when not given.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Agreement
        Form ``kappa`` and, for Fleiss's, one form for each category. `errors` holds both standard errors and z,
        `indices` the observed agreement, the prevalence and bias index and PABAK. `n` counts targets.

    Raises
    ------
    ModelError
        ``ratings.…`` for what is no table of ratings; ``kappa.two_raters``, ``kappa.no_weights``,
        ``kappa.one_category``, ``kappa.too_few_targets``.

    Notes
    -----
    kappa = (po - pe) / (1 - pe) with weights w = 1 - d / (K - 1) or 1 - (d / (K - 1))^2. Cohen's test uses the error
    without agreement, its interval the one with it (Fleiss, Cohen & Everitt), which is the spread of what each target
    adds; Light's interval averages those over pairs and has no test. Fleiss's test is that of Fleiss, Nee & Landis
    (equal numbers of raters only), its interval Gwet's with t of n - 1. Targets that a pair did not both rate are left
    out of Cohen's and Light's; Fleiss's takes every target with two or more ratings. The prevalence index is the
    largest minus the smallest mean share, the bias index half the sum of the raters' differences in shares (two
    categories: Byrt's), PABAK (K po - 1) / (K - 1).

    References
    ----------
    Cohen, J. (1960, 1968). Fleiss, J. L. (1971). Psychological Bulletin, 76, 378-382. Fleiss, J. L., Cohen, J., &
    Everitt, B. S. (1969). Psychological Bulletin, 72, 323-327. Light, R. J. (1971). Byrt, T., Bishop, J., & Carlin,
    J. B. (1993). Journal of Clinical Epidemiology, 46, 423-429. Gwet, K. L. (2021). Handbook of inter-rater
    reliability. R: ``irr::kappa2``, ``kappam.fleiss``, ``kappam.light``.

    Examples
    --------
    >>> two = {"a": ["yes", "yes", "no", "no", "yes"], "b": ["yes", "no", "no", "no", "yes"]}
    >>> f"{kappa(two)['kappa'].value:.3f}"
    '0.615'
    """
    check_level(level)
    literal("weights", weights, WEIGHTS)
    found = read_categories(ratings, target, rater, score, levels)
    chosen: str = kind or ("cohen" if len(found.raters) == 2 else "fleiss")
    literal("kind", chosen, KINDS)
    if len(np.unique(found.score)) < 2:
        raise ModelError(problem("kappa.one_category", category=found.levels[int(found.score[0])]))
    if chosen == "fleiss":
        if weights != "unweighted":
            raise ModelError(problem("kappa.no_weights", weights=weights))
        return _fleiss(found, level)
    if chosen == "cohen" and len(found.raters) != 2:
        raise ModelError(problem("kappa.two_raters", n=len(found.raters)))
    return _pairs(found, chosen, weights, level)


# ---- pairs of raters -----------------------------------------------------------------------------------------------


def _pairs(found: Ratings, kind: str, weights: Weights, level: float) -> Agreement:
    """Cohen's kappa, or the mean of all pairs' (Light); targets that all raters rated."""
    table = found.table()
    whole = table[~np.isnan(table).any(axis=1)].astype(np.intp)
    n, k = len(whole), len(found.levels)
    if n < 2:
        raise ModelError(problem("kappa.too_few_targets", n=n, least=2))
    w = _weights(k, weights)
    pairs = [_cohen(whole[:, a], whole[:, b], w, found.levels) for a, b in combinations(range(len(found.raters)), 2)]
    value = float(np.mean([pair.value for pair in pairs]))
    influence = np.mean([pair.influence for pair in pairs], axis=0)
    se = float(np.sqrt(influence @ influence)) / n
    perfect = value > _PERFECT
    z = value / pairs[0].se_null if kind == "cohen" and pairs[0].se_null > 0 else None
    half = normal_quantile((1 + level) / 2) * se
    p = None if z is None else normal_two_sided(z)
    bounds = (None, None) if perfect else (value - half, min(value + half, 1.0))
    indices = tuple(_indices(whole, k, w, float(np.mean([pair.observed for pair in pairs]))))
    return Agreement(
        method=f"kappa.{kind}.{weights}",
        n=n,
        raters=len(found.raters),
        ratings=whole.size,
        dropped=len(table) - n + found.dropped,
        level=level,
        rows=(AgreementRow("kappa", value, bounds[0], bounds[1], p=p),),
        error_rows=(ErrorRow("kappa", se, pairs[0].se_null if kind == "cohen" else None, "z", z, p),),
        index_rows=indices,
        cautions=(
            *_left_out(len(table) - n, n), *found.cautions(), *_cautions(value, indices, n),
            *_level_cautions(found, weights),
        ),
    )  # fmt: skip


def _weights(k: int, weights: Weights) -> Array:
    """(K, K) agreement of each pair of categories, 1 on the diagonal."""
    if weights == "unweighted" or k < 2:
        return np.eye(k)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return np.asarray(1 - (apart if weights == "linear" else apart**2))


def _cohen(a: Codes, b: Codes, w: Array, levels: Sequence[str]) -> _Pair:
    """Weighted kappa with its errors (Fleiss, Cohen & Everitt 1969)."""
    n, k = len(a), len(w)
    p = np.bincount(a * k + b, minlength=k * k).reshape(k, k) / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float((w * p).sum()), float(rows @ w @ columns)
    if 1 - expected <= 1e-12:
        raise ModelError(problem("kappa.one_category", category=levels[int(np.argmax(rows))]))
    value = 1 - float(((1 - w) * p).sum()) / float(rows @ (1 - w) @ columns)
    near = (w @ columns)[:, None] + (rows @ w)[None, :]  # what each cell's categories agree with on average
    cell = w - near * (1 - value)
    influence = (cell[a, b] - float((cell * p).sum())) / (1 - expected)
    null = float(rows @ (w - near) ** 2 @ columns) - expected**2
    return _Pair(value, observed, float(np.sqrt(max(null, 0.0) / n)) / (1 - expected), influence)


# ---- many raters ---------------------------------------------------------------------------------------------------


def _fleiss(found: Ratings, level: float) -> Agreement:
    """Fleiss's kappa of all ratings and of each category."""
    k = len(found.levels)
    counts = np.zeros((len(found.targets), k))
    np.add.at(counts, (found.target, found.score.astype(np.intp)), 1.0)
    rated = counts.sum(axis=1)
    counts = counts[rated >= 2]
    m = counts.sum(axis=1)
    n = len(counts)
    if n < 2:
        raise ModelError(problem("kappa.too_few_targets", n=n, least=2))
    share = (counts / m[:, None]).mean(axis=0)
    expected = float(share @ share)
    if 1 - expected <= 1e-12:
        raise ModelError(problem("kappa.one_category", category=found.levels[int(np.argmax(share))]))
    agreed = (counts * (counts - 1)).sum(axis=1) / (m * (m - 1))
    observed = float(agreed.mean())
    value = (observed - expected) / (1 - expected)
    own = (agreed - expected) / (1 - expected)
    adjusted = own - 2 * (1 - value) * ((counts / m[:, None]) @ share - expected) / (1 - expected)
    se = float(np.sqrt(((adjusted - value) ** 2).sum() / (n * (n - 1))))
    half = t_quantile((1 + level) / 2, n - 1) * se
    bounds = (None, None) if value > _PERFECT else (value - half, min(value + half, 1.0))
    errors = tuple(_fleiss_tests(counts, m, share, value, se, found.levels))
    p = errors[0].p
    rows = (
        AgreementRow("kappa", value, bounds[0], bounds[1], p=p),
        *_category_rows(counts, m, share, errors, found),
    )
    indices = (IndexRow("observed", observed), IndexRow("prevalence", float(share.max() - share.min())),
               IndexRow("pabak", (k * observed - 1) / (k - 1)))  # fmt: skip
    lonely = int((rated < 2).sum())
    return Agreement(
        method="kappa.fleiss",
        n=n,
        raters=len(found.raters),
        ratings=int(m.sum()),
        dropped=lonely + found.dropped,
        level=level,
        rows=rows,
        error_rows=errors,
        index_rows=indices,
        cautions=(*_left_out(lonely, n), *found.cautions(), *_cautions(value, indices, n)),
    )


def _category_rows(
    counts: Array, m: Array, share: Array, errors: Sequence[ErrorRow], found: Ratings
) -> Iterator[AgreementRow]:
    for row in errors[1:]:
        value = _category(counts, m, share, found.levels.index(row.form))
        yield AgreementRow(f"kappa:{row.form}", value, p=row.p)


def _category(counts: Array, m: Array, share: Array, at: int) -> float:
    """Kappa of one category against all others."""
    x, p = counts[:, at], float(share[at])
    apart = float((2 * x * (m - x) / (m * (m - 1))).mean())
    return 1 - apart / (2 * p * (1 - p))


def _fleiss_tests(
    counts: Array, m: Array, share: Array, value: float, se: float, levels: Sequence[str]
) -> Iterator[ErrorRow]:
    """z without agreement (Fleiss, Nee & Landis 1979), for all categories and each; equal numbers of raters only."""
    n, even = len(m), bool((m == m[0]).all())
    pq = share * (1 - share)
    null = None
    if even:
        pairs = n * m[0] * (m[0] - 1)
        spread = float(pq.sum() ** 2 - (pq * (1 - 2 * share)).sum())
        null = float(np.sqrt(2 * max(spread, 0.0) / pairs) / pq.sum())
    yield _z_row("kappa", value, se, null)
    for at, name in enumerate(levels):
        if pq[at] > 0:
            single = float(np.sqrt(2 / (n * m[0] * (m[0] - 1)))) if even else None
            yield _z_row(name, _category(counts, m, share, at), None, single)


def _z_row(form: str, value: float, se: float | None, null: float | None) -> ErrorRow:
    z = value / null if null else None
    return ErrorRow(form, se, null, "z", z, None if z is None else normal_two_sided(z))


# ---- how to read it ------------------------------------------------------------------------------------------------


def _indices(whole: Codes, k: int, w: Array, observed: float) -> Iterator[IndexRow]:
    """Observed agreement, prevalence, bias and PABAK; bias is the mean over pairs of raters."""
    shares = np.array([np.bincount(column, minlength=k) for column in whole.T]) / len(whole)
    mean = shares.mean(axis=0)
    bias = [np.abs(shares[a] - shares[b]).sum() / 2 for a, b in combinations(range(len(shares)), 2)]
    exact = [(whole[:, a] == whole[:, b]).mean() for a, b in combinations(range(len(shares)), 2)]
    yield IndexRow("observed", float(np.mean(exact)))
    if not np.array_equal(w, np.eye(k)):
        yield IndexRow("observed_weighted", observed)
    yield IndexRow("prevalence", float(mean.max() - mean.min()))
    yield IndexRow("bias", float(np.mean(bias)))
    yield IndexRow("pabak", (k * float(np.mean(exact)) - 1) / (k - 1))


def _left_out(dropped: int, n: int) -> Iterator[Caution]:
    if dropped:
        yield caution("agreement.targets_left_out", "note", dropped=dropped, n=n)


def _cautions(value: float, indices: Sequence[IndexRow], n: int) -> Iterator[Caution]:
    known = {row.name: row.value for row in indices}
    high, low = cutoff("agreement.paradox.observed"), cutoff("agreement.paradox.kappa")
    if value > _PERFECT:
        yield caution("kappa.perfect_agreement")
    if known["observed"] >= high and value < low:
        yield caution(
            "kappa.paradox",
            kappa=value,
            observed=known["observed"],
            prevalence=known["prevalence"],
            bias=known.get("bias"),
            pabak=known["pabak"],
        )
    few = int(cutoff("sample.small_n"))
    if n < few:
        yield caution("agreement.few_targets", n=n, least=few)


def _level_cautions(found: Ratings, weights: Weights) -> Iterator[Caution]:
    """Weights rest on the order of the categories; say when nobody declared it."""
    if weights != "unweighted" and not found.declared:
        yield caution("kappa.levels_found", levels=found.levels)
