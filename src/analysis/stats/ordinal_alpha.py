"""Reliability of scales with ordinal answers: of the normal variables behind them, and of the sum of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize, special

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .binormal import below, joint_density
from .contingency import Contingency
from .estimate import Estimate
from .extraction import extract
from .latent import FAR
from .moments import RowRule
from .ordinal_moments import ordinal_moments
from .polychoric import Polychoric, polychoric
from .reliability import alpha_of
from .result import Result, Row, frame
from .rows import MISSING, Array, Missing, check_level, is_rows, literal
from .tails import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

_STEP = 1e-5  # of a numeric derivative
_SINGULAR = 1e-12
_POLISH = 2  # Newton steps after least squares, so that derivatives of the loadings are exact


@dataclass(frozen=True)
class OrdinalItem(Row):
    """One item: its loading on the one factor of the polychorics, its correlation with the others, alpha without it."""

    item: str
    loading: float | None
    r_drop: float | None
    alpha_if_deleted: float | None


@dataclass(frozen=True)
class OrdinalReliability(Result):
    """Reliability of a scale with ordinal answers.

    `alpha` and `omega` are of the normal variables behind the answers, which nobody observes: what the scale could
    reach with a continuous answer format. `categorical` is Green and Yang's: of the sum of the answers as given (their
    places, evenly spaced). `observed` is Cronbach's alpha of the same answers. Omegas are None where one factor is not
    identified or has a Heywood case.
    """

    alpha: Estimate
    omega: Estimate | None
    categorical: Estimate | None
    observed: float
    k: int
    n: int
    missing: RowRule
    dropped: int
    item_rows: tuple[OrdinalItem, ...]
    cautions: tuple[Caution, ...]

    @property
    def items(self) -> pd.DataFrame:
        """One line for each item."""
        return frame(self.item_rows, OrdinalItem)


def ordinal_alpha(
    x: object, names: Sequence[str] | None = None, *, level: float = 0.95, missing: Missing = "listwise"
) -> OrdinalReliability:
    """Measure how consistently items with ordered answers go together (ordinal alpha, categorical omega).

    Parameters
    ----------
    x : rows, Contingency, Polychoric, or a sequence of batches
        Answers, reversed items already recoded; or their pairwise counts or polychoric correlations, which give no
        intervals.
    names : sequence of str, optional
        The items; all columns when not given.
    level : float
        Confidence level of the intervals.
    missing : {"listwise", "pairwise"}
        As for `polychoric`.

    Returns
    -------
    OrdinalReliability
        `alpha` (Zumbo's), `omega`, `categorical` (Green and Yang's), `observed` (Cronbach's of the places).

    Raises
    ------
    ModelError
        ``polychoric.…`` as for `polychoric`; ``reliability.no_total_variance`` where the items cancel each other out.

    Notes
    -----
    alpha = k / (k - 1) (1 - k / sum R) with the polychoric R. Loadings l of one factor minimise the sum of
    (r - l l')^2 / var(r), WLSMV's estimates; omega = (sum l)^2 / ((sum l)^2 + sum (1 - l^2)). Categorical omega is the
    sum over all pairs of items of C(l_i l_j) divided by that of C(r_ij), where C(r) is the covariance of two ordinal
    variables with these thresholds and correlation r, and r_ii = 1. Errors are by the delta method from the asymptotic
    covariances of thresholds and correlations, intervals normal for log(1 - value).

    References
    ----------
    Zumbo, B. D., Gadermann, A. M., & Zeisser, C. (2007). Journal of Modern Applied Statistical Methods, 6, 21-29.
    Green, S. B., & Yang, Y. (2009). Psychometrika, 74, 155-167. R: ``psych::alpha(psych::polychoric(x)$rho)``,
    ``semTools::compRelSEM(fit, tau.eq = FALSE, ord.scale = TRUE)``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> answers = (rng.normal(size=(300, 1)) + rng.normal(size=(300, 4)) > 0.5).astype(int)
    >>> found = ordinal_alpha(answers)
    >>> found.alpha.value > found.categorical.value > 0.5
    True
    """
    check_level(level)
    literal("missing", missing, MISSING)
    source, gamma = _source(x, names, missing, level)
    corr, cuts = source.corr, _cuts(source)
    if corr.sum() <= _SINGULAR * len(corr):
        raise ModelError(problem("reliability.no_total_variance", items=source.names))
    weights = _weights(source)
    loadings = _one_factor(corr, weights)
    found = {"alpha": _alpha(corr)}
    if loadings is not None and np.abs(loadings).max() < 1:
        moves = _loading_slopes(corr, weights, loadings)
        found["omega"] = _omega(loadings, moves)
        found["categorical"] = _categorical(cuts, corr, loadings, moves)
    said = {name: _estimate(each, gamma, source.n, level) for name, each in found.items()}
    return OrdinalReliability(
        alpha=said["alpha"],
        omega=said.get("omega"),
        categorical=said.get("categorical"),
        observed=alpha_of(_covariances(cuts, corr)),
        k=len(corr),
        n=source.n,
        missing=source.missing,
        dropped=source.dropped,
        item_rows=tuple(_items(source.names, corr, loadings)),
        cautions=(*_cautions(source, loadings, gamma), *source.cautions),
    )


def _source(x: object, names: Sequence[str] | None, missing: Missing, level: float) -> tuple[Polychoric, Array | None]:
    """Correlations and, from rows, n times the covariances of thresholds and correlations."""
    if isinstance(x, Polychoric):
        return x, None
    if isinstance(x, Contingency) or not (is_rows(x) or isinstance(x, Sequence)):
        return polychoric(x, names, missing=missing, level=level), None
    found = ordinal_moments(x, names, missing=missing)
    perfect = bool((np.abs(found.source.corr[np.triu_indices(len(found.names), 1)]) == 1).any())
    return found.source, None if perfect else found.gamma


def _cuts(source: Polychoric) -> tuple[Array, ...]:
    """Thresholds of each item."""
    return tuple(np.array([row.value for row in source.threshold_rows if row.item == name]) for name in source.names)


def _weights(source: Polychoric) -> Array:
    """Reciprocal variances of the correlations; equal ones where some correlation has no error."""
    errors = [row.se for row in source.pair_rows]
    if any(error is None or error == 0 for error in errors):
        return np.ones(len(errors))
    return np.asarray(1 / np.array(errors, dtype=np.float64) ** 2)


def _one_factor(corr: Array, weights: Array) -> Array | None:
    """Loadings of one factor by diagonally weighted least squares; none for two items."""
    k = len(corr)
    if k < 3:
        return None
    i, j = np.triu_indices(k, 1)
    root = np.sqrt(weights / weights.mean())
    at = np.arange(len(i))

    def residuals(loadings: Array) -> Array:
        return np.asarray(root * (loadings[i] * loadings[j] - corr[i, j]))

    def slopes(loadings: Array) -> Array:
        found = np.zeros((len(i), k))
        found[at, i], found[at, j] = root * loadings[j], root * loadings[i]
        return found

    start = extract((corr + np.eye(k) * 1e-3) / (1 + 1e-3), 1, "minres").loadings[:, 0] if _sound(corr) else None
    first = np.sign(corr.sum(axis=0)) * 0.5 if start is None else start
    found: Any = optimize.least_squares(residuals, first, slopes, method="trf", xtol=1e-15, ftol=1e-15, gtol=1e-12)
    loadings = np.asarray(found.x, dtype=np.float64)
    for _ in range(_POLISH):
        curve, slope = _normal_equations(corr, weights, loadings)
        loadings = loadings - np.linalg.lstsq(curve, slope, rcond=None)[0]
    return loadings if loadings.sum() >= 0 else -loadings


def _sound(corr: Array) -> bool:
    return bool(np.linalg.eigvalsh(corr)[0] > 1e-6)


def _loading_slopes(corr: Array, weights: Array, loadings: Array) -> Array:
    """Slope (k, pairs) of the loadings in the correlations where the model holds, as the errors of WLSMV take it."""
    i, j = np.triu_indices(len(corr), 1)
    at = np.arange(len(i))
    right = np.zeros((len(corr), len(i)))
    right[i, at], right[j, at] = weights * loadings[j], weights * loadings[i]
    fitted = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    return np.asarray(np.linalg.lstsq(_normal_equations(fitted, weights, loadings)[0], right, rcond=None)[0])


def _normal_equations(corr: Array, weights: Array, loadings: Array) -> tuple[Array, Array]:
    """Second and first derivative of half the weighted sum of squares in the loadings."""
    weight = np.zeros_like(corr)
    i, j = np.triu_indices(len(corr), 1)
    weight[i, j] = weight[j, i] = weights
    fitted = np.outer(loadings, loadings)
    curve = weight * (2 * fitted - corr)
    np.fill_diagonal(curve, (weight * loadings**2).sum(axis=1))
    return curve, (weight * (fitted - corr)) @ loadings


def _alpha(corr: Array) -> tuple[float, Array]:
    """Alpha and its slope in the correlations of the pairs."""
    k, whole = len(corr), corr.sum()
    return alpha_of(corr), np.full(k * (k - 1) // 2, 2 * k * k / (k - 1) / whole**2)


def _omega(loadings: Array, moves: Array) -> tuple[float, Array]:
    """Omega of the normal variables and its slope; `moves` is that of the loadings."""
    common, own = loadings.sum() ** 2, (1 - loadings**2).sum()
    slope = 2 * (loadings.sum() * own + common * loadings) / (common + own) ** 2
    return float(common / (common + own)), slope @ moves


def _categorical(cuts: tuple[Array, ...], corr: Array, loadings: Array, moves: Array) -> tuple[float, Array]:
    """Omega of the sum of the answers and its slope in thresholds (by differences) and correlations."""
    pairs, fitted = np.triu_indices(len(corr), 1), np.outer(loadings, loadings)
    true, whole = _covariances(cuts, fitted).sum(), _covariances(cuts, corr).sum()
    up = 2 * (_covariance_slopes(cuts, fitted) @ loadings) @ moves
    down = 2 * _covariance_slopes(cuts, corr - np.eye(len(corr)))[pairs]
    on_cuts = []
    for place, own in enumerate(cuts):
        for t in range(len(own)):
            ends = []
            for step in (_STEP, -_STEP):
                shifted = own.copy()
                shifted[t] += step
                moved = (*cuts[:place], shifted, *cuts[place + 1 :])
                ends.append(_covariances(moved, fitted).sum() / _covariances(moved, corr).sum())
            on_cuts.append((ends[0] - ends[1]) / (2 * _STEP))
    return float(true / whole), np.concatenate([on_cuts, (up - true / whole * down) / whole])


def _covariance_slopes(cuts: tuple[Array, ...], corr: Array) -> Array:
    """Slopes of `_covariances` in each correlation (below one)."""
    padded = _padded(cuts)
    each = joint_density(padded[:, None, :, None], padded[None, :, None, :], corr[:, :, None, None])
    return np.asarray(each.sum(axis=(2, 3)))


def _padded(cuts: tuple[Array, ...]) -> Array:
    """Thresholds (k, most) of all items, those that an item lacks far out."""
    padded = np.full((len(cuts), max(map(len, cuts))), FAR)
    for place, own in enumerate(cuts):
        padded[place, : len(own)] = own
    return padded


def _covariances(cuts: tuple[Array, ...], corr: Array) -> Array:
    """Covariances of ordinal variables, scored by place, whose normal variables have these correlations.

    A correlation of one is that of an item with itself.
    """
    padded = _padded(cuts)
    share = special.ndtr(padded)
    h, j = padded[:, None, :, None], padded[None, :, None, :]
    r, p, q = corr[:, :, None, None], share[:, None, :, None], share[None, :, None, :]
    together = below(*np.broadcast_arrays(h, j, np.where(np.abs(r) < 1, r, 0.0)))
    limit = np.where(r > 0, np.minimum(p, q), np.maximum(p + q - 1, 0.0))
    found = np.where(np.abs(r) < 1, together, limit) - p * q
    return np.asarray(found.sum(axis=(2, 3)))


def _estimate(found: tuple[float, Array], gamma: Array | None, n: int, level: float) -> Estimate:
    """A coefficient with its error and interval, where the covariances of what it is made of are known."""
    value, slope = found
    if gamma is None:
        return Estimate(value, method="none")
    part = gamma[-len(slope) :, -len(slope) :]
    se = float(np.sqrt(slope @ part @ slope / n))
    half = normal_quantile((1 + level) / 2) * se / (1 - value)
    centre = log1p(-value)
    return Estimate(value, se, 1 - exp(centre + half), 1 - exp(centre - half), level, "delta")


def _items(names: Sequence[str], corr: Array, loadings: Array | None) -> Iterator[OrdinalItem]:
    for i, item in enumerate(names):
        others = [j for j in range(len(names)) if j != i]
        rest = corr[np.ix_(others, others)]
        spread = float(rest.sum())
        yield OrdinalItem(
            item,
            loading=None if loadings is None else float(loadings[i]),
            r_drop=float(corr[i, others].sum() / np.sqrt(spread)) if spread > _SINGULAR else None,
            alpha_if_deleted=alpha_of(rest) if len(names) > 2 and spread > _SINGULAR else None,
        )


def _cautions(source: Polychoric, loadings: Array | None, gamma: Array | None) -> Iterator[Caution]:
    turned = [row.item for row in _items(source.names, source.corr, loadings) if (row.r_drop or 0) < 0]
    if turned:
        yield caution("reliability.unreversed_item", items=tuple(turned))
    if loadings is None:
        yield caution("reliability.two_items", "note", least=cutoff("reliability.min_items"))
    else:
        heywood = tuple(name for name, each in zip(source.names, np.abs(loadings), strict=True) if each >= 1)
        if heywood:
            yield caution("factors.heywood", items=heywood, least=1.0)
    if gamma is None:
        yield caution("ordinal.interval_needs_rows", "note")
