"""McDonald's omega: how much of a scale's variance its factors explain, and how much one general factor does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .estimate import Estimate
from .factorability import factor_cautions, factorable
from .manyfactors import Flags, Loadings, extract_many, oblimin_many
from .moments import Moments, RowRule, moments, pair_correlations, pairwise
from .reliability import alpha_of
from .resample import SEED, draws, percentile, units
from .result import Result, Row, frame, unique
from .rotation import ordered, rotate
from .rows import MISSING, Array, Missing, Rows, check_level, is_rows, literal, rows

if TYPE_CHECKING:
    import pandas as pd

_GROUPS = 3  # group factors where the items allow them: fewer do not identify a general factor
_CELLS = 4_000_000  # products of loadings held at once
_KEPT = 0.5  # of the resamples: with fewer there is no interval
_NAMES = ("total", "hierarchical", "congeneric")


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
    loading is named. Intervals are percentiles of a bootstrap over rows, `se` its standard deviation; they hold their
    level for normal items and lose some of it for skewed ones (measured in ``tests/reference/omega_coverage``).

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
    if resamples < 0:
        raise ModelError(problem("resample.count", value=int(resamples)))
    answers = rows(x, names) if is_rows(x) and missing == "listwise" else None
    m = moments(answers) if answers is not None else _moments(x, names, missing)
    k = len(m.names)
    if k < 3:
        raise ModelError(problem("omega.not_identified", k=k, least=3, items=m.names))
    corr = factorable(m)
    groups = _groups(n_factors, k)
    solution = _solution(corr, groups)
    single = extract_many(corr[None], 1, "ml")
    value = {**_two(corr[None], solution), "congeneric": _congeneric(m.cov[None], single)}
    drawn = None if answers is None else _resampled(answers, groups, solution.pattern[0], resamples, rng)
    estimates = {
        name: _estimate(float(value[name][0]), drawn.values.get(name) if drawn else None, level) for name in _NAMES
    }
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
        item_rows=tuple(_item_rows(m, pattern[:, 0], h2, _signed(single.loadings)[0, :, 0])),
        group_rows=tuple(_group_rows(m.names, corr, pattern)),
        cautions=(*_cautions(m, solution, single, groups), *_drawn_cautions(drawn, resamples), *factor_cautions(m)),
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


@dataclass(frozen=True, eq=False)
class _Solution:
    """A batch of general and group loadings, what they explain, and the oblique loadings behind them."""

    general: Array  # (b, items)
    group: Array  # (b, items, groups)
    h2: Array  # (b, items)
    pattern: Array  # (b, items, groups)
    ladder: Array  # (b, groups) loadings of the group factors on the general one
    converged: Flags  # (b,)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Coefficients of the resamples that have them."""

    values: Mapping[str, Array] = field(default_factory=dict)
    kept: int = 0


def _groups(wanted: int | None, items: int) -> int:
    most = most_factors(items)
    if wanted is None:
        return _GROUPS if most >= _GROUPS else 1
    if not 1 <= wanted <= most:
        raise ModelError(problem("factors.count", wanted=int(wanted), most=most, k=items))
    return wanted


def _solution(corr: Array, groups: int) -> _Solution:
    """Factors of one matrix as `psych::omega` finds them."""
    raw = extract_many(corr[None], groups, "minres")
    found = ordered(rotate(raw.loadings[0], "oblimin", kaiser=False))
    return _schmid_leiman(raw, found.loadings[None], found.phi[None], np.array([found.converged]))


def _schmid_leiman(raw: Loadings, pattern: Array, phi: Array, converged: Flags) -> _Solution:
    """One factor above oblique factors, and what is left of these beside it."""
    ladder, climbed = _ladder(phi)
    general = np.einsum("bif,bf->bi", pattern, ladder)
    sign = np.where(general.sum(axis=1) < 0, -1.0, 1.0)
    group = pattern * np.sqrt(np.maximum(1 - ladder**2, 0.0))[:, None, :]
    h2 = (raw.loadings**2).sum(axis=2)
    return _Solution(general * sign[:, None], group, h2, pattern, ladder, raw.converged & converged & climbed)


def _ladder(phi: Array) -> tuple[Array, Flags]:
    """Loadings of factors on the one above them."""
    groups = phi.shape[1]
    fine = np.ones(len(phi), dtype=bool)
    if groups == 1:
        return np.ones((len(phi), 1)), fine
    if groups == 2:
        root = np.sqrt(np.abs(phi[:, 0, 1]))
        return np.column_stack([root, np.sign(phi[:, 0, 1]) * root]), fine
    found = extract_many(phi, 1, "minres")
    return _signed(found.loadings)[:, :, 0], found.converged


def _signed(loadings: Array) -> Array:
    return np.asarray(loadings * np.where(loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0))


def _two(corr: Array, found: _Solution) -> dict[str, Array]:
    """Omega total and hierarchical of a batch."""
    whole = corr.sum(axis=(1, 2))
    left = (1 - found.h2).sum(axis=1)
    return {"total": (whole - left) / whole, "hierarchical": found.general.sum(axis=1) ** 2 / whole}


def _congeneric(cov: Array, found: Loadings) -> Array:
    """(sum l)^2 / ((sum l)^2 + sum t), loadings and errors in the units of the items."""
    variance = np.diagonal(cov, axis1=1, axis2=2)
    loading = found.loadings[:, :, 0]
    shared = (loading * np.sqrt(variance)).sum(axis=1) ** 2
    return np.asarray(shared / (shared + (variance * (1 - loading**2)).sum(axis=1)))


def _one_factor(m: Moments) -> float | None:
    """Congeneric omega of some of the items, where they identify one factor."""
    if len(m.names) < 3:
        return None
    return float(_congeneric(m.cov[None], extract_many(m.corr[None], 1, "ml"))[0])


def one_factor_loadings(x: object, items: Sequence[str]) -> tuple[Array, int]:
    """Standardised loadings of items on one factor by maximum likelihood, and the rows behind them."""
    m = moments(x, items)
    if len(m.names) < 3:
        raise ModelError(problem("omega.not_identified", k=len(m.names), least=3, items=m.names))
    return _signed(extract_many(factorable(m)[None], 1, "ml").loadings)[0, :, 0], m.n


def _resampled(answers: Rows, groups: int, target: Array, resamples: int, rng: np.random.Generator | None) -> _Drawn:
    """Coefficients of bootstrap resamples; those whose items cannot be factored are left out."""
    if not resamples:
        return _Drawn()
    values = answers.numeric()
    of = units(values[~np.isnan(values).any(axis=1)])
    chance = np.random.default_rng(SEED) if rng is None else rng
    found: dict[str, list[Array]] = {name: [] for name in _NAMES}
    batch = max(1, _CELLS // of.k**3)
    for weights in draws(of, resamples, chance):
        for start in range(0, len(weights), batch):
            each = _batch(of.covariances(weights[start : start + batch]), groups, target)
            for name, drawn in each.items():
                found[name].append(drawn)
    joined = {name: np.concatenate(parts) for name, parts in found.items()}
    kept = len(joined["total"])
    return _Drawn(joined if kept >= _KEPT * resamples else {}, kept if kept >= _KEPT * resamples else 0)


def _batch(cov: Array, groups: int, target: Array) -> dict[str, Array]:
    variance = np.diagonal(cov, axis1=1, axis2=2)
    cov = cov[(variance > 1e-12 * variance.max()).all(axis=1)]
    sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    corr = cov / (sd[:, :, None] * sd[:, None, :])
    sound = np.linalg.eigvalsh(corr)[:, 0] > 1e-8
    cov, corr = cov[sound], corr[sound]
    if not len(cov):
        return {name: np.empty(0) for name in _NAMES}
    raw, single = extract_many(corr, groups, "minres"), extract_many(corr, 1, "ml")
    if groups == 1:
        found = _schmid_leiman(raw, _signed(raw.loadings), np.ones((len(corr), 1, 1)), raw.converged)
    else:
        turned = oblimin_many(raw.loadings, target)
        found = _schmid_leiman(raw, turned.loadings, turned.phi, turned.converged)
    good = found.converged & single.converged
    values = {**_two(corr, found), "congeneric": _congeneric(cov, single)}
    return {name: value[good] for name, value in values.items()}


def _estimate(value: float, drawn: Array | None, level: float) -> Estimate:
    if drawn is None:
        return Estimate(value, method="none")
    low, high = percentile(drawn, level)
    return Estimate(value, float(drawn.std(ddof=1)), low, high, level, "bootstrap_percentile")


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


def _cautions(m: Moments, found: _Solution, single: Loadings, groups: int) -> Iterator[Caution]:
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


def _drawn_cautions(drawn: _Drawn | None, resamples: int) -> Iterator[Caution]:
    """Why there is no interval, or how many resamples lie behind it."""
    if drawn is None:
        yield caution("omega.interval_needs_rows", "note")
    elif resamples and not drawn.values:
        yield caution("resample.too_few", least=int(100 * _KEPT), resamples=resamples)
    elif drawn.kept < resamples:
        yield caution("resample.left_out", "note", kept=drawn.kept, resamples=resamples)
