"""McDonald's omega: how much of a scale's variance its factors explain, and how much one general factor does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .estimate import Estimate
from .factorability import factor_cautions, factorable
from .general_factor import SchmidLeiman, congeneric, factored, shares, signed
from .manyfactors import Loadings, extract_many
from .moments import Moments, RowRule, moments, pair_correlations, pairwise
from .omega_intervals import COEFFICIENTS, INTERVALS, Centre, Interval, Resampled, resampled
from .reliability import alpha_of, skewed_items
from .result import Result, Row, frame, unique
from .rows import MISSING, Array, Missing, Rows, check_level, is_rows, literal, rows

if TYPE_CHECKING:
    import pandas as pd

_GROUPS = 3  # group factors where the items allow them: fewer do not identify a general factor


@dataclass(frozen=True)
class OmegaLoading(Row):
    """Weight of one factor, the general one ``g`` or a group factor, in one standardised item."""

    item: str
    factor: str
    loading: float


@dataclass(frozen=True)
class OmegaItem(Row):
    """One item: what the factors explain (`h2`) and leave (`u2`), how much of it is general, and the scale without it.

    `congeneric` is the standardised loading on a single factor. Both coefficients if deleted need more items than are
    left of a short scale, and are then empty.
    """

    item: str
    general: float
    h2: float
    u2: float
    p2: float
    congeneric: float
    alpha_if_deleted: float | None
    omega_if_deleted: float | None


@dataclass(frozen=True)
class OmegaGroup(Row):
    """The items that belong to one group factor: variance of their sum by all factors, the general one, their own."""

    factor: str
    items: tuple[str, ...]
    total: float
    general: float
    group: float


@dataclass(frozen=True)
class Omega(Result):
    """Omega of a scale.

    `total` and `hierarchical` are of standardised items, by all factors and by the general factor alone; `congeneric`
    is of the items as they are, by one factor. `ecv` is the general factor's share of the common variance, `limit` that
    of `hierarchical` in `total`. `resamples` lie behind the intervals; with none there are no intervals.
    """

    total: Estimate
    hierarchical: Estimate
    congeneric: Estimate
    ecv: float
    limit: float
    k: int
    n_factors: int
    n: int
    missing: RowRule
    dropped: int
    resamples: int
    loading_rows: tuple[OmegaLoading, ...]
    item_rows: tuple[OmegaItem, ...]
    group_rows: tuple[OmegaGroup, ...]
    cautions: tuple[Caution, ...]

    @property
    def loadings(self) -> pd.DataFrame:
        """Items by factors, the general one first, with `h2` and `u2`."""
        import pandas as pd

        factors = unique(row.factor for row in self.loading_rows)
        values = np.array([row.loading for row in self.loading_rows]).reshape(self.k, len(factors))
        found = pd.DataFrame(values, index=[row.item for row in self.item_rows], columns=list(factors))
        return found.assign(h2=[row.h2 for row in self.item_rows], u2=[row.u2 for row in self.item_rows])

    @property
    def items(self) -> pd.DataFrame:
        """One line for each item."""
        return frame(self.item_rows, OmegaItem)

    @property
    def groups(self) -> pd.DataFrame:
        """One line for each group factor that has items."""
        return frame(self.group_rows, OmegaGroup)


def omega(
    x: object,
    names: Sequence[str] | None = None,
    *,
    n_factors: int | None = None,
    level: float = 0.95,
    missing: Missing = "listwise",
    ci: Interval = "percentile",
    resamples: int = 1000,
    rng: np.random.Generator | None = None,
) -> Omega:
    """Measure how much of a scale's variance is what its items share (McDonald's omega).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, one column for each item, reversed items already recoded; or their moments.
    names : sequence of str, optional
        The items; all columns when not given.
    n_factors : int, optional
        Group factors below the general one; three when not given, one for fewer than six items.
    level : float
        Confidence level of the intervals.
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or each correlation over the rows that answer both items (as R's psych does).
    ci : {"percentile", "bca"}
        The middle of the resampled values, or Efron's interval, corrected for bias and skewness; it leaves every row
        out once besides.
    resamples : int
        Bootstrap resamples behind the intervals; 0 for none.
    rng : numpy.random.Generator, optional
        Source of chance of the bootstrap; a fixed one when not given, so that a rerun gives the same numbers.

    Returns
    -------
    Omega
        Intervals need complete rows: from moments alone and with ``"pairwise"`` there are none, and a caution says so.

    Raises
    ------
    ModelError
        ``omega.not_identified`` for two items; ``factors.…``: no more rows than items, copies or sums of items (named),
        more factors than the items allow; ``moments.no_variance`` for items without variance.

    Notes
    -----
    Minres factors of the correlations are rotated by oblimin; one factor of their correlations is the general one
    (Schmid & Leiman). With R the correlations, u2 what the factors leave of each item and g its general loading:
    total = (sum R - sum u2) / sum R, hierarchical = (sum g)^2 / sum R. Two group factors leave the general one open;
    its loadings on them are taken as equal. The congeneric omega is (sum l)^2 / ((sum l)^2 + sum t) with loadings l and
    error variances t of one factor by maximum likelihood. No item is reversed in silence: one with a negative general
    loading is named. Percentile intervals of the total and of one factor hold their level for normal items and lose a
    little of it for skewed ones, where BCa's lose more; that of the hierarchical one misses the truth far too often,
    and BCa comes nearer (measured in ``tests/reference/omega_coverage``). `se` is the resamples' standard deviation.

    References
    ----------
    McDonald, R. P. (1999). Test theory, pp. 89-90. Zinbarg, R. E., Revelle, W., Yovel, I., & Li, W. (2005).
    Psychometrika, 70, 123-133. Schmid, J., & Leiman, J. M. (1957). Psychometrika, 22, 53-61. R:
    ``psych::omega(x, n_factors)$omega.tot``, ``$omega_h``, ``$ECV``; lavaan's one-factor model for the congeneric.

    Examples
    --------
    >>> loadings = np.array([0.8, 0.7, 0.6, 0.5])
    >>> corr = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    >>> found = omega(Moments.from_printed(corr, n=300, names=["q1", "q2", "q3", "q4"]))
    >>> round(found.congeneric.value, 6) == round(2.6**2 / (2.6**2 + 4 - 1.74), 6)
    True
    """
    check_level(level)
    literal("missing", missing, MISSING)
    literal("ci", ci, INTERVALS)
    if resamples < 0:
        raise ModelError(problem("resample.count", value=int(resamples)))
    answers = rows(x, names) if is_rows(x) and missing == "listwise" else None
    m = moments(answers) if answers is not None else _moments(x, names, missing)
    k = len(m.names)
    if k < 3:
        raise ModelError(problem("omega.not_identified", k=k, least=3, items=m.names))
    corr = factorable(m)
    groups = _groups(n_factors, k)
    solution = factored(corr, groups)
    single = extract_many(corr[None], 1, "ml")
    value = {**shares(corr[None], solution), "congeneric": congeneric(m.cov[None], single)}
    drawn = _drawn(answers, Centre(solution, single), resamples, ci, rng)
    estimates = {name: _estimate(drawn, name, float(value[name][0]), level) for name in COEFFICIENTS}
    pattern = np.column_stack([solution.general[0], solution.group[0]])
    squares = (pattern**2).sum(axis=0)
    h2 = solution.h2[0]
    return Omega(
        **estimates,
        ecv=float(squares[0] / squares.sum()),
        limit=float(value["hierarchical"][0] / value["total"][0]),
        k=k,
        n_factors=groups,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        resamples=drawn.kept if drawn else 0,
        loading_rows=tuple(_loading_rows(m.names, pattern)),
        item_rows=tuple(_item_rows(m, pattern[:, 0], h2, signed(single.loadings)[0, :, 0])),
        group_rows=tuple(_group_rows(m.names, corr, pattern)),
        cautions=(
            *_cautions(m, solution, single, groups),
            *_interval_cautions(answers, drawn, groups),
            *factor_cautions(m),
        ),
    )


def _moments(x: object, names: Sequence[str] | None, missing: Missing) -> Moments:
    """Moments whose correlations are those of each pair's own rows."""
    if missing == "listwise" or isinstance(x, Moments):
        return moments(x, names)
    m, block = pairwise(x, names)
    return replace(m, cov=pair_correlations(m.names, block) * np.outer(m.sd, m.sd))


def most_factors(items: int) -> int:
    """Common factors that so many items allow: degrees of freedom of at least 0."""
    return max(f for f in range(items) if ((items - f) ** 2 - items - f) >= 0)


def _groups(wanted: int | None, items: int) -> int:
    most = most_factors(items)
    if wanted is None:
        return _GROUPS if most >= _GROUPS else 1
    if not 1 <= wanted <= most:
        raise ModelError(problem("factors.count", wanted=int(wanted), most=most, k=items))
    return wanted


def _one_factor(m: Moments) -> float | None:
    """Congeneric omega of some of the items, where they identify one factor."""
    if len(m.names) < 3:
        return None
    return float(congeneric(m.cov[None], extract_many(m.corr[None], 1, "ml"))[0])


def one_factor_loadings(x: object, items: Sequence[str]) -> tuple[Array, int]:
    """Standardised loadings of items on one factor by maximum likelihood, and the rows behind them."""
    m = moments(x, items)
    if len(m.names) < 3:
        raise ModelError(problem("omega.not_identified", k=len(m.names), least=3, items=m.names))
    return signed(extract_many(factorable(m)[None], 1, "ml").loadings)[0, :, 0], m.n


def _drawn(
    answers: Rows | None, centre: Centre, resamples: int, ci: Interval, rng: np.random.Generator | None
) -> Resampled | None:
    if answers is None or not resamples:
        return None
    values = answers.numeric()
    return resampled(values[~np.isnan(values).any(axis=1)], centre, resamples, ci, rng)


def _estimate(drawn: Resampled | None, name: str, value: float, level: float) -> Estimate:
    return Estimate(value, method="none") if drawn is None else drawn.estimate(name, value, level)


def _interval_cautions(answers: Rows | None, drawn: Resampled | None, groups: int) -> Iterator[Caution]:
    if answers is None:
        yield caution("omega.interval_needs_rows", "note")
    elif drawn is not None:
        yield from drawn.cautions()
        if not drawn.kept:
            return
        if groups > 1 and drawn.interval == "percentile":
            yield caution("omega.hierarchical_percentile", "note")
        skewed = skewed_items(answers)
        if skewed:
            yield caution("omega.skewed_items", "note", items=skewed, most=cutoff("reliability.skew"))


def _loading_rows(names: Sequence[str], pattern: Array) -> Iterator[OmegaLoading]:
    factors = _factor_names(pattern.shape[1] - 1)
    for i, item in enumerate(names):
        for factor, value in zip(factors, pattern[i], strict=True):
            yield OmegaLoading(item, factor, float(value))


def _factor_names(groups: int) -> tuple[str, ...]:
    return ("g", *(f"F{j + 1}*" for j in range(groups)))


def _item_rows(m: Moments, general: Array, h2: Array, single: Array) -> Iterator[OmegaItem]:
    for i, item in enumerate(m.names):
        rest = m.subset([name for name in m.names if name != item])
        yield OmegaItem(
            item,
            general=float(general[i]),
            h2=float(h2[i]),
            u2=float(1 - h2[i]),
            p2=float(general[i] ** 2 / h2[i]),
            congeneric=float(single[i]),
            alpha_if_deleted=alpha_of(rest.cov) if rest.cov.sum() > 1e-12 * np.trace(rest.cov) else None,
            omega_if_deleted=_one_factor(rest),
        )


def _group_rows(names: Sequence[str], corr: Array, pattern: Array) -> Iterator[OmegaGroup]:
    """Each item belongs to the group factor that weighs most in it."""
    own = np.abs(pattern[:, 1:]).argmax(axis=1)
    for j in range(pattern.shape[1] - 1):
        at = np.flatnonzero(own == j).tolist()
        if not at or pattern.shape[1] == 2:
            continue
        whole = float(corr[np.ix_(at, at)].sum())
        general, group = (float(pattern[at, column].sum() ** 2 / whole) for column in (0, j + 1))
        yield OmegaGroup(f"F{j + 1}*", tuple(names[i] for i in at), general + group, general, group)


def _cautions(m: Moments, found: SchmidLeiman, single: Loadings, groups: int) -> Iterator[Caution]:
    turned = tuple(name for name, value in zip(m.names, found.general[0], strict=True) if value < 0)
    if turned:
        yield caution("omega.negative_loading", items=turned)
    if groups == 1:
        yield caution("omega.one_group", "note", least=6)
    if groups == 2:
        yield caution("omega.two_groups")
    least = cutoff("factors.heywood")
    common = np.maximum(found.h2[0], single.loadings[0, :, 0] ** 2)
    heywood = tuple(name for name, value in zip(m.names, common, strict=True) if value >= least - 1e-9)
    if heywood:
        yield caution("factors.heywood", items=heywood, least=least)
    if groups > 2 and np.abs(found.ladder[0]).max() >= np.sqrt(least) - 1e-6:
        yield caution("omega.general_heywood")
    if not (found.converged[0] and single.converged[0]):
        yield caution("factors.extraction_not_converged")
