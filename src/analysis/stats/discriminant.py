"""Whether constructs differ from one another: HTMT, HTMT2 and the table of Fornell and Larcker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from .constructs import ave, composite_reliability
from .estimate import Estimate
from .moments import Moments, RowRule, moments, moments_cautions
from .resample import SEED, draws, percentile, units
from .result import Result, Row, frame
from .rows import Array, Rows, check_level, is_rows, rows

if TYPE_CHECKING:
    import pandas as pd

Members: TypeAlias = Mapping[str, Sequence[str]]

_KEPT = 0.5  # of the resamples: with fewer there is no interval
_NONE = 1e-12  # correlations below this are those of nothing
_FLAT = 1e-12


@dataclass(frozen=True)
class HtmtRow(Row):
    """Two constructs: correlations between them over those within, by arithmetic (HTMT) and geometric means (HTMT2)."""

    a: str
    b: str
    htmt: Estimate
    htmt2: Estimate


@dataclass(frozen=True)
class Htmt(Result):
    """Heterotrait-monotrait ratios of all pairs; `resamples` lie behind the intervals, with none there are none."""

    constructs: tuple[str, ...]
    pair_rows: tuple[HtmtRow, ...]
    n: int
    missing: RowRule
    dropped: int
    resamples: int
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each pair: both ratios with their intervals."""
        import pandas as pd

        lines = [
            {
                "a": row.a,
                "b": row.b,
                "htmt": row.htmt.value,
                "low": row.htmt.low,
                "high": row.htmt.high,
                "htmt2": row.htmt2.value,
                "htmt2_low": row.htmt2.low,
                "htmt2_high": row.htmt2.high,
            }
            for row in self.pair_rows
        ]
        return pd.DataFrame(lines, columns=["a", "b", "htmt", "low", "high", "htmt2", "htmt2_low", "htmt2_high"])

    def of(self, a: str, b: str) -> HtmtRow:
        """The ratios of two constructs, in either order."""
        return next(row for row in self.pair_rows if {row.a, row.b} == {a, b})


@dataclass(frozen=True)
class FornellRow(Row):
    """One construct: its average variance extracted and the root of it, beside its largest correlation with another."""

    construct: str
    k: int
    ave: float
    root: float
    largest: float
    nearest: str
    passed: bool


@dataclass(frozen=True)
class LatentRow(Row):
    """Correlation of two constructs: of the sums of their standardised items, and corrected for unreliability."""

    a: str
    b: str
    observed: float
    latent: float


@dataclass(frozen=True)
class FornellLarcker(Result):
    """Fornell and Larcker's criterion: the root of a construct's AVE against its correlations with the others."""

    construct_rows: tuple[FornellRow, ...]
    pair_rows: tuple[LatentRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """Constructs by constructs: correlations corrected for unreliability, roots of AVE on the diagonal."""
        import pandas as pd

        names = [row.construct for row in self.construct_rows]
        found = pd.DataFrame(np.diag([row.root for row in self.construct_rows]), index=names, columns=names)
        for row in self.pair_rows:
            found.loc[row.a, row.b] = found.loc[row.b, row.a] = row.latent
        return found

    @property
    def constructs(self) -> pd.DataFrame:
        """One line for each construct."""
        return frame(self.construct_rows, FornellRow)


def htmt(
    x: object,
    constructs: Members,
    *,
    level: float = 0.95,
    resamples: int = 1000,
    rng: np.random.Generator | None = None,
) -> Htmt:
    """Measure how near each pair of constructs comes to being one (heterotrait-monotrait ratio of correlations).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, reversed items already recoded; or their moments.
    constructs : mapping of str to sequence of str
        Items of each construct, two at least.
    level : float
        Confidence level of the intervals.
    resamples : int
        Bootstrap resamples behind the intervals; 0 for none.
    rng : numpy.random.Generator, optional
        Source of chance of the bootstrap; a fixed one when not given, so that a rerun gives the same numbers.

    Returns
    -------
    Htmt
        Rows complete on all items. Intervals need rows: from moments there are none, and a note says so.

    Raises
    ------
    ModelError
        ``constructs.…``: fewer than two constructs, a construct of one item, an item of two constructs;
        ``moments.no_variance``; ``resample.count``.

    Notes
    -----
    HTMT is the mean correlation between the items of both constructs over the geometric mean of the two mean
    correlations within; HTMT2 takes geometric means throughout, which suits items of unequal loadings. Correlations
    count by their size, as in semTools; constructs whose items correlate with both signs are named. Intervals are
    percentiles of a bootstrap over rows.

    References
    ----------
    Henseler, J., Ringle, C. M., & Sarstedt, M. (2015). A new criterion for assessing discriminant validity. Journal of
    the Academy of Marketing Science, 43, 115-135. Roemer, E., Schuberth, F., & Henseler, J. (2021). HTMT2: An improved
    criterion. Industrial Management & Data Systems, 121, 2637-2650. R: ``semTools::htmt(htmt2 = FALSE)``, whose
    default is HTMT2.

    Examples
    --------
    >>> lower = [[1], [0.64, 1], [0.4, 0.4, 1], [0.4, 0.4, 0.25, 1]]
    >>> m = Moments.from_printed(lower, n=200, names=["a", "b", "c", "d"])
    >>> round(htmt(m, {"A": ["a", "b"], "B": ["c", "d"]}).of("A", "B").htmt.value, 6)
    1.0
    """
    check_level(level)
    if resamples < 0:
        raise ModelError(problem("resample.count", value=int(resamples)))
    names = checked_members(constructs, least=2)
    answers = rows(x, names) if is_rows(x) else None
    m = moments(answers) if answers is not None else moments(x, names)
    at = {code: [names.index(item) for item in items] for code, items in constructs.items()}
    pairs = tuple(combinations(at, 2))
    points = {kind: _ratios(m.corr[None], at, kind)[0] for kind in ("htmt", "htmt2")}
    for j, pair in enumerate(pairs):
        if np.isnan([points[kind][j] for kind in points]).any():
            raise ModelError(problem("constructs.nothing_within", first=pair[0], second=pair[1]))
    drawn = _drawn(answers, at, resamples, rng) if answers is not None and resamples else {}
    kept = len(drawn["htmt"]) if drawn else 0
    usable = kept >= _KEPT * resamples and kept > 0

    def estimate(kind: str, j: int) -> Estimate:
        value = float(points[kind][j])
        if not usable:
            return Estimate(value, method="none")
        found = drawn[kind][:, j]
        found = found[~np.isnan(found)]
        if len(found) < _KEPT * resamples:
            return Estimate(value, method="none")
        low, high = percentile(found, level)
        return Estimate(value, float(found.std(ddof=1)), low, high, level, "bootstrap_percentile")

    return Htmt(
        constructs=tuple(at),
        pair_rows=tuple(HtmtRow(a, b, estimate("htmt", j), estimate("htmt2", j)) for j, (a, b) in enumerate(pairs)),
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        resamples=kept if usable else 0,
        cautions=(*_signs(m.corr, at), *_intervals(answers, resamples, kept, usable), *construct_cautions(m)),
    )


def fornell_larcker(x: object, constructs: Members) -> FornellLarcker:
    """Ask whether each construct shares more with its own items than with another construct (Fornell, Larcker).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, reversed items already recoded; or their moments.
    constructs : mapping of str to sequence of str
        Items of each construct, three at least: two do not identify loadings.

    Returns
    -------
    FornellLarcker
        Rows complete on all items; `table` as theses print it.

    Raises
    ------
    ModelError
        As for `htmt`; ``omega.not_identified`` for a construct of two items; ``factors.…`` as in `kmo`.

    Notes
    -----
    AVE and composite reliability are those of one factor by maximum likelihood, construct by construct. The correlation
    of two constructs is that of the sums of their standardised items over the root of both reliabilities; programs that
    print the correlation of scores instead make the criterion easier to pass, so both are given.

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    >>> corr = np.kron(np.eye(2), np.full((3, 3), 0.5)) + np.diag(np.full(6, 0.5))
    >>> m = Moments(tuple("abcdef"), 200, np.zeros(6), corr)
    >>> fornell_larcker(m, {"A": ["a", "b", "c"], "B": ["d", "e", "f"]}).table.round(3)["A"].tolist()
    [0.707, 0.0]
    """
    names = checked_members(constructs, least=2)
    m = moments(x, names)
    extracted, reliability = ave(m, constructs), composite_reliability(m, constructs)
    corr = score_correlations(m, constructs)
    lines = tuple(_latent(corr, [row.value for row in reliability.construct_rows], list(constructs)))
    found = []
    for row in extracted.construct_rows:
        beside = [each for each in lines if row.construct in (each.a, each.b)]
        top = max(beside, key=lambda each: abs(each.latent))
        root, largest = float(np.sqrt(row.value)), abs(top.latent)
        other = top.b if top.a == row.construct else top.a
        found.append(FornellRow(row.construct, row.k, row.value, root, largest, other, root > largest))
    cautions = (*extracted.cautions, *_beyond(lines), caution("constructs.fornell", "note"), *construct_cautions(m))
    return FornellLarcker(tuple(found), lines, m.n, m.missing, m.dropped, cautions)


def _beyond(lines: Sequence[LatentRow]) -> Iterator[Caution]:
    """Correlations beyond one after correction: a construct whose items hardly go together divides by little."""
    pairs = [f"{row.a} – {row.b}" for row in lines if abs(row.latent) > 1]
    if pairs:
        yield caution("constructs.beyond_one", pairs=", ".join(pairs))


def checked_members(constructs: Members, least: int) -> tuple[str, ...]:
    """All items, if there are two constructs or more, each of `least` items that no other has."""
    if len(constructs) < 2:
        raise ModelError(problem("constructs.too_few", k=len(constructs), least=2))
    problems: list[Problem] = []
    owner: dict[str, str] = {}
    for code, items in constructs.items():
        if len(items) < least:
            place = Place(column=str(code))
            problems.append(problem("constructs.too_few_items", place, construct=str(code), k=len(items), least=least))
        for item in items:
            if item in owner:
                problems.append(problem("constructs.shared_item", Place(column=item), item=item, a=owner[item], b=code))
            owner.setdefault(item, str(code))
    if problems:
        raise ModelError(*problems)
    return tuple(owner)


def score_correlations(m: Moments, constructs: Members) -> Array:
    """Correlations of the sums of each construct's standardised items."""
    weights = np.array([[item in items for item in m.names] for items in constructs.values()], dtype=np.float64)
    cov = weights @ m.corr @ weights.T
    flat = tuple(code for code, value in zip(constructs, np.diag(cov), strict=True) if value < _FLAT)
    if flat:
        raise ModelError(problem("moments.no_variance", Place(column=flat[0]), columns=flat))
    sd = np.sqrt(np.diag(cov))
    return np.asarray(cov / np.outer(sd, sd))


def construct_cautions(m: Moments) -> Iterator[Caution]:
    """Rows left out, pairwise matrices."""
    if m.dropped and m.missing == "listwise":
        yield caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped)
    yield from moments_cautions(m)


def _ratios(corr: Array, at: Mapping[str, Sequence[int]], kind: str) -> Array:
    """Ratios (b, pairs) of a batch of correlation matrices; NaN where items of a construct do not correlate at all."""
    size = np.abs(corr)
    means = {code: _mean(size, _within(items), kind) for code, items in at.items()}
    found = []
    for a, b in combinations(at, 2):
        across, within = _mean(size, [(i, j) for i in at[a] for j in at[b]], kind), np.sqrt(means[a] * means[b])
        found.append(np.divide(across, within, out=np.full(len(within), np.nan), where=within > _NONE))
    return np.column_stack(found)


def _within(items: Sequence[int]) -> list[tuple[int, int]]:
    return list(combinations(items, 2))


def _mean(size: Array, pairs: Sequence[tuple[int, int]], kind: str) -> Array:
    """Arithmetic or geometric mean of some correlations of each matrix."""
    first, second = (list(each) for each in zip(*pairs, strict=True))
    values = size[:, first, second]
    if kind == "htmt":
        return np.asarray(values.mean(axis=1))
    none = (values < _NONE).any(axis=1)  # one correlation of nothing makes the geometric mean nothing
    return np.where(none, 0.0, np.exp(np.log(np.maximum(values, _NONE)).mean(axis=1)))


def _drawn(
    answers: Rows, at: Mapping[str, Sequence[int]], resamples: int, rng: np.random.Generator | None
) -> dict[str, Array]:
    """Both ratios (resamples, pairs) of bootstrap resamples; those in which an item is constant are left out."""
    values = answers.numeric()
    of = units(values[~np.isnan(values).any(axis=1)])
    chance = np.random.default_rng(SEED) if rng is None else rng
    found: dict[str, list[Array]] = {"htmt": [], "htmt2": []}
    for weights in draws(of, resamples, chance):
        cov = of.covariances(weights)
        variance = np.diagonal(cov, axis1=1, axis2=2)
        varies = (variance > _FLAT * variance.max()).all(axis=1)
        sd = np.sqrt(variance[varies])
        corr = cov[varies] / (sd[:, :, None] * sd[:, None, :])
        for kind, each in found.items():
            each.append(_ratios(corr, at, kind))
    return {kind: np.concatenate(each) for kind, each in found.items()}


def _signs(corr: Array, at: Mapping[str, Sequence[int]]) -> Iterator[Caution]:
    """Constructs whose items correlate negatively with one another."""
    turned = tuple(code for code, items in at.items() if corr[tuple(zip(*_within(items), strict=True))].min() < 0)
    if turned:
        yield caution("constructs.negative_within", items=turned)


def _intervals(answers: Rows | None, resamples: int, kept: int, usable: bool) -> Iterator[Caution]:
    if answers is None:
        yield caution("constructs.interval_needs_rows", "note")
    elif resamples and not usable:
        yield caution("resample.too_few", least=int(100 * _KEPT), resamples=resamples)
    elif resamples and kept < resamples:
        yield caution("resample.left_out", "note", kept=kept, resamples=resamples)


def _latent(corr: Array, reliability: Sequence[float], names: Sequence[str]) -> Iterator[LatentRow]:
    for i, j in combinations(range(len(names)), 2):
        observed = float(corr[i, j])
        yield LatentRow(names[i], names[j], observed, observed / float(np.sqrt(reliability[i] * reliability[j])))
