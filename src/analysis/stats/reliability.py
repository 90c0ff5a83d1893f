"""Internal consistency of a scale: Cronbach's alpha with its interval, and what each item does to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..rules import cutoff
from .estimate import Estimate
from .moments import Moments, RowRule, moments, moments_cautions, pair_correlations, pairwise
from .resample import SEED, bca, draws, left_out, units
from .result import Result, Row, frame
from .rows import MISSING, Array, Missing, Rows, check_level, is_rows, literal, rows
from .tails import f_quantile

if TYPE_CHECKING:
    import pandas as pd

Interval: TypeAlias = Literal["feldt", "bca"]
INTERVALS: tuple[Interval, ...] = ("feldt", "bca")
Number = TypeVar("Number", float, Array)

_IDENTICAL = 1e-12
_RESAMPLES = 2000
_DIFFERENCE = 0.01  # between row rules: more is shown to the reader


@dataclass(frozen=True)
class ItemRow(Row):
    """One item of a scale.

    `mean_if_deleted` and `var_if_deleted` are of the *sum* of the other items, as SPSS prints them; `r_drop` is the
    correlation with that sum.
    """

    item: str
    mean: float
    sd: float
    mean_if_deleted: float
    var_if_deleted: float
    r_drop: float | None
    alpha_if_deleted: float | None


@dataclass(frozen=True)
class Reliability(Result):
    """Cronbach's alpha of a scale with item analysis.

    `standardized` is None where the standardised items cancel each other out. `n` is the number of rows used, by the
    row rule `missing`; `dropped` rows were left out. `scale_mean` and
    `scale_sd` are of the scale score, the mean of its items.
    """

    alpha: Estimate
    standardized: Estimate | None
    k: int
    n: int
    missing: RowRule
    dropped: int
    mean_r: float
    scale_mean: float
    scale_sd: float
    item_rows: tuple[ItemRow, ...]
    cautions: tuple[Caution, ...]
    coefficient: Literal["alpha", "kr20"] = "alpha"

    @property
    def sem(self) -> float | None:
        """Standard error of measurement of the scale score: sd sqrt(1 - alpha); none for a negative alpha."""
        return self.scale_sd * float(np.sqrt(1 - self.alpha.value)) if self.alpha.value >= 0 else None

    @property
    def items(self) -> pd.DataFrame:
        """One line for each item."""
        return frame(self.item_rows, ItemRow)


def alpha(
    x: object,
    names: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    missing: Missing = "listwise",
    ci: Interval = "feldt",
    rng: np.random.Generator | None = None,
) -> Reliability:
    """Measure how consistently the items of a scale answer together (Cronbach's alpha).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers to the items, one column each, reversed items already recoded; or their moments.
    names : sequence of str, optional
        The items; all columns when not given.
    level : float
        Confidence level of the interval.
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or each covariance over the rows that answer both items (as R's psych does).
    ci : {"feldt", "bca"}
        Feldt's interval, or one by bootstrap (2,000 resamples) that asks for no distribution and needs complete rows.
    rng : numpy.random.Generator, optional
        Source of chance of the bootstrap; a fixed one when not given, so that a rerun gives the same numbers.

    Returns
    -------
    Reliability
        `n` counts the rows left *after* deletion; with ``"pairwise"`` the rows with any answer.
        The interval rests on it.

    Raises
    ------
    ModelError
        ``reliability.…``: fewer than two items or three rows, no variance, or items that are copies of one another.

    Notes
    -----
    alpha = k / (k - 1) (1 - sum of item variances / variance of the sum). The interval is Feldt's, exact for normal
    items of equal covariance: where an item is skewed its level is not held, and a caution says so. Efron's ``"bca"``
    corrects the bootstrap for bias and skewness; of simulated surveys of 100 with log-normal items 95 % intervals held
    the truth in 85 % (Feldt) and 89 % (BCa); the table is in ``tests/reference/alpha_coverage``. `se` is Duhachek &
    Iacobucci's, of the bootstrap with ``"bca"``. The standardised alpha, k r / (1 + (k - 1) r) with the mean
    correlation r, is over the items that vary and carries no interval: Feldt's theory is about raw scores.

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika, 16, 297-334. Feldt, L. S. (1965). Psychometrika, 30, 357-370. Duhachek, A., &
    Iacobucci, D. (2004). Journal of Applied Psychology, 89, 792-808. Efron, B. (1987). JASA, 82, 171-185. R:
    ``psych::alpha(x)$total$raw_alpha``, ``ase``, ``psych::alpha.ci``.

    Examples
    --------
    >>> answers = {"q1": [1, 2, 4, 5, 3], "q2": [2, 2, 5, 4, 3], "q3": [1, 3, 4, 4, 3]}
    >>> result = alpha(answers)
    >>> f"{result.alpha.value:.3f} [{result.alpha.low:.3f}; {result.alpha.high:.3f}], n = {result.n}"
    '0.938 [0.684; 0.993], n = 5'
    """
    literal("missing", missing, MISSING)
    literal("ci", ci, INTERVALS)
    check_level(level)
    answers = rows(x, names) if is_rows(x) else None
    if answers is not None and len(answers.names) < 2:
        raise ModelError(problem("reliability.too_few_items", k=len(answers.names), least=2))
    if answers is not None:
        answers = rows(answers.numeric(), answers.names)  # typed once for all that asks below
    m, corr, mean_sd = _source(x if answers is None else answers, names, missing)
    refuse(m)
    varying = [name for name, sd in zip(m.names, m.sd, strict=True) if sd > 0]
    at = [m.names.index(name) for name in varying]
    corr = m.subset(varying).corr if corr is None else corr[np.ix_(at, at)]
    k, value, mean_r = len(m.names), alpha_of(m.cov), _mean_offdiagonal(corr)
    estimate = _by_feldt(m, value, level) if ci == "feldt" else _by_bca(answers, missing, value, level, rng)
    item_rows = tuple(_items(m))
    return Reliability(
        alpha=estimate,
        standardized=_standardized(corr),
        k=k,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        mean_r=mean_r,
        scale_mean=mean_sd[0],
        scale_sd=mean_sd[1],
        item_rows=item_rows,
        cautions=(
            *_cautions(m, item_rows, value),
            *_missing_cautions(answers, m),
            *(_skew_cautions(answers) if ci == "feldt" else ()),
            *moments_cautions(m),
        ),
    )


def kr20(
    x: object, names: Sequence[str] | None = None, *, level: float = 0.95, missing: Missing = "listwise"
) -> Reliability:
    """Measure how consistently right and wrong answers go together (Kuder and Richardson's formula 20).

    Parameters
    ----------
    x : rows
        Answers to the items, each 0 or 1.
    names : sequence of str, optional
        The items; all columns when not given.
    level : float
        Confidence level of the interval.
    missing : {"listwise", "pairwise"}
        As for `alpha`.

    Returns
    -------
    Reliability
        Cronbach's alpha of items that are 0 or 1, which KR-20 is; `coefficient` is ``"kr20"``.

    Raises
    ------
    ModelError
        ``reliability.not_binary`` naming every item with another value; otherwise as for `alpha`.

    Notes
    -----
    KR-20 = k / (k - 1) (1 - sum of p (1 - p) / variance of the sum).

    References
    ----------
    Kuder, G. F., & Richardson, M. W. (1937). Psychometrika, 2, 151-160. R: ``psych::alpha(x)$total$raw_alpha``.

    Examples
    --------
    >>> answers = {"q1": [1, 1, 0, 1, 0], "q2": [1, 1, 0, 0, 0], "q3": [1, 0, 0, 1, 0]}
    >>> round(kr20(answers).alpha.value, 4)
    0.75
    """
    answers = rows(x, names)
    values = answers.numeric()
    other = ~np.isnan(values) & (values != 0) & (values != 1)
    wrong = [
        problem("reliability.not_binary", Place(column=name), item=name, value=float(values[other[:, j], j][0]))
        for j, name in enumerate(answers.names)
        if other[:, j].any()
    ]
    if wrong:
        raise ModelError(*wrong)
    return replace(alpha(answers, level=level, missing=missing), coefficient="kr20")


def _source(
    x: object, names: Sequence[str] | None, missing: Missing
) -> tuple[Moments, Array | None, tuple[float, float]]:
    """Moments, pairwise correlations where they differ from those of the moments, mean and sd of the scale score."""
    if missing == "pairwise" and not isinstance(x, Moments):
        m, block = pairwise(x, None if isinstance(x, Rows) else names)
        corr = pair_correlations(m.names, block)
        score = _scores(x.numeric()) if isinstance(x, Rows) else _score_of(m)
        return m, corr, score
    m = moments(x, None if isinstance(x, Rows) else names)
    return m, None, _score_of(m)


def _score_of(m: Moments) -> tuple[float, float]:
    """Mean and sd of the mean of the items, from moments."""
    return float(m.mean.mean()), float(max(m.cov.sum(), 0.0) ** 0.5 / len(m.names))


def _scores(values: Array) -> tuple[float, float]:
    """Mean and sd of each row's mean over the items that it answers (psych's ``rowMeans(na.rm = TRUE)``)."""
    answered = values[~np.isnan(values).all(axis=1)]
    score = np.nanmean(answered, axis=1)
    return float(score.mean()), float(score.std(ddof=1))


def refuse(m: Moments) -> None:
    """Stop where no alpha exists, or where it would say nothing."""
    k, cov = len(m.names), m.cov
    if k < 2:
        raise ModelError(problem("reliability.too_few_items", k=k, least=2))
    if m.n < 3:
        raise ModelError(problem("reliability.too_few_rows", n=m.n, least=3))
    varying = tuple(name for name, sd in zip(m.names, m.sd, strict=True) if sd > 0)
    if not varying:
        raise ModelError(problem("reliability.no_variance", items=m.names))
    if len(varying) == 1:
        raise ModelError(problem("reliability.one_item_varies", Place(column=varying[0]), item=varying[0]))
    if cov.sum() <= 1e-12 * np.trace(cov):
        raise ModelError(problem("reliability.no_total_variance", items=m.names))
    if len(_duplicates(m)) == k * (k - 1) // 2:
        raise ModelError(problem("reliability.only_duplicates", items=m.names))


def _cautions(m: Moments, item_rows: Sequence[ItemRow], value: float) -> Iterator[Caution]:
    flat = [row.item for row in item_rows if row.sd == 0]
    for item in flat:
        kept = [name for name in m.names if name not in flat]
        yield caution("reliability.zero_variance", item=item, alpha_without=alpha_of(m.subset(kept).cov))
    if value < 0:
        yield caution("reliability.negative_alpha", alpha=value)
    yield from scale_cautions(m, item_rows)


def scale_cautions(m: Moments, item_rows: Sequence[ItemRow] = ()) -> Iterator[Caution]:
    """What a reader must know of the items, whatever the coefficient; their rows where they are already computed."""
    turned = tuple(row.item for row in item_rows or _items(m) if row.r_drop is not None and row.r_drop < 0)
    if turned:
        yield caution("reliability.unreversed_item", items=turned)
    for a, b in _duplicates(m):
        yield caution("reliability.duplicate_items", a=a, b=b)
    if len(m.names) == 2:
        yield caution("reliability.two_items", "note", least=cutoff("reliability.min_items"))
    if m.n < cutoff("sample.small_n"):
        yield caution("sample.small_n", n=m.n, least=cutoff("sample.small_n"))
    if m.missing == "listwise" and m.dropped:
        yield caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped)


def _missing_cautions(answers: Rows | None, m: Moments) -> Iterator[Caution]:
    """Say both values when the row rule matters."""
    if answers is None or (m.missing == "listwise" and not m.dropped):
        return
    values = answers.numeric()
    complete = ~np.isnan(values).any(axis=1)
    if complete.all() or complete.sum() < 3:
        return  # nothing missing, or no listwise value; every pair has at least the complete rows
    covs = {"listwise": moments(answers).cov, "pairwise": pairwise(answers)[0].cov}
    if min(cov.sum() for cov in covs.values()) <= 0:
        return
    found = {rule: alpha_of(cov) for rule, cov in covs.items()}
    if abs(found["listwise"] - found["pairwise"]) > _DIFFERENCE:
        yield caution("reliability.row_rule_matters", **found, n=int(complete.sum()), total=answers.n)


def _items(m: Moments) -> Iterator[ItemRow]:
    """Each item against the others."""
    k = len(m.names)
    scale = float(np.diag(m.cov).max())
    for i, name in enumerate(m.names):
        others = [j for j in range(k) if j != i]
        rest = m.cov[np.ix_(others, others)]
        spread = float(rest.sum())
        spreads = m.cov[i, i] > 0 and spread > 1e-12 * scale
        yield ItemRow(
            item=name,
            mean=float(m.mean[i]),
            sd=float(m.sd[i]),
            mean_if_deleted=float(m.mean[others].sum()),
            var_if_deleted=spread,
            r_drop=float(m.cov[i, others].sum() / np.sqrt(m.cov[i, i] * spread)) if spreads else None,
            alpha_if_deleted=alpha_of(rest) if k > 2 and spread > 1e-12 * scale else None,
        )


def _duplicates(m: Moments) -> list[tuple[str, str]]:
    """Pairs of items with the same mean and variance and a correlation of one."""
    same = []
    for i, j in combinations(range(len(m.names)), 2):
        distance = m.cov[i, i] + m.cov[j, j] - 2 * m.cov[i, j] + (m.mean[i] - m.mean[j]) ** 2
        if m.cov[i, i] > 0 and distance <= _IDENTICAL * m.cov[i, i]:
            same.append((m.names[i], m.names[j]))
    return same


def alpha_of(cov: Array) -> float:
    """Alpha of covariances: k / (k - 1) (1 - tr(C) / sum(C))."""
    k = len(cov)
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


def _standardized(corr: Array) -> Estimate | None:
    """Alpha of the standardised items; there is none where they cancel each other out."""
    return Estimate(alpha_of(corr), method="standardized") if corr.sum() > _IDENTICAL * len(corr) else None


def _mean_offdiagonal(corr: Array) -> float:
    k = len(corr)
    return float((corr.sum() - np.trace(corr)) / (k * (k - 1)))


def _by_feldt(m: Moments, value: float, level: float) -> Estimate:
    low, high = feldt(value, m.n, len(m.names), level)
    return Estimate(value, _ase(m.cov, m.n), low, high, level, "feldt")


def _by_bca(
    answers: Rows | None, missing: Missing, value: float, level: float, rng: np.random.Generator | None
) -> Estimate:
    """Bootstrap and jackknife of the complete rows, a batch of covariances at a time."""
    if answers is None or missing != "listwise":
        raise ModelError(problem("reliability.bca_needs_rows"))
    values = answers.numeric()
    of = units(values[~np.isnan(values).any(axis=1)])
    chance = np.random.default_rng(SEED) if rng is None else rng
    drawn = np.concatenate([alphas(of.covariances(weights)) for weights in draws(of, _RESAMPLES, chance)])
    without = np.concatenate([alphas(of.covariances(weights)) for weights in left_out(of)])
    good, fine = ~np.isnan(drawn), ~np.isnan(without)
    low, high = bca(value, drawn[good], without[fine], of.times[fine], level)
    return Estimate(value, float(drawn[good].std(ddof=1)), low, high, level, "bca")


def alphas(cov: Array) -> Array:
    """Alpha of each of a batch (b, k, k); NaN where the sum of the items does not vary."""
    k, trace, whole = cov.shape[1], np.trace(cov, axis1=1, axis2=2), cov.sum(axis=(1, 2))
    part = np.divide(trace, whole, out=np.full_like(whole, np.nan), where=whole > _IDENTICAL * trace)
    return np.asarray(k / (k - 1) * (1 - part))


def _skew_cautions(answers: Rows | None) -> Iterator[Caution]:
    """Feldt's interval is for normal items: it does not hold its level for very skewed ones."""
    skewed = () if answers is None else skewed_items(answers)
    if skewed:
        yield caution("reliability.skewed_items", "note", items=skewed, most=cutoff("reliability.skew"))


def skewed_items(answers: Rows) -> tuple[str, ...]:
    """Items whose skewness over the complete rows is beyond the rule."""
    values = answers.numeric()
    whole = values[~np.isnan(values).any(axis=1)]
    if len(whole) < 3:
        return ()
    centred = whole - whole.mean(axis=0)
    squares = centred * centred  # products: powers of arrays take ten times as long
    spread = np.sqrt(squares.mean(axis=0))
    skew = np.divide((squares * centred).mean(axis=0), spread**3, out=np.zeros_like(spread), where=spread > 0)
    most = cutoff("reliability.skew")
    return tuple(name for name, value in zip(answers.names, skew, strict=True) if abs(value) > most)


def feldt(value: Number, n: int, k: int, level: float) -> tuple[Number, Number]:
    """Feldt's interval of one alpha or of an array of them.

    (1 - alpha) times quantiles of F with n - 1 and (n - 1)(k - 1) degrees of freedom.
    """
    tail, df1, df2 = (1 - level) / 2, n - 1, (n - 1) * (k - 1)
    return 1 - (1 - value) * f_quantile(1 - tail, df1, df2), 1 - (1 - value) * f_quantile(tail, df1, df2)


def _ase(cov: Array, n: int) -> float:
    """Duhachek & Iacobucci's asymptotic standard error (psych's ``ase``)."""
    k, s, t = len(cov), cov.sum(), np.trace(cov)
    square = cov @ cov
    q = 2 * k**2 / ((k - 1) ** 2 * s**3) * (s * (np.trace(square) + t**2) - 2 * t * square.sum())
    return float(np.sqrt(max(q, 0.0) / n))
