"""Agreement inside groups: may the members' answers stand for their group?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..rules import cutoff
from .agreement import Agreement, AgreementRow, IndexRow, WithinRow
from .groups import Codes
from .ratings import identity
from .rows import Array, check_level, literal, rows

Null: TypeAlias = Literal["uniform", "slight_skew"]
NULLS: tuple[Null, ...] = ("uniform", "slight_skew")

#: Variance of the slightly skewed answers of LeBreton & Senter (2008): shares .05 .15 .20 .35 .25 of five options.
_SLIGHT_SKEW = {5: 1.34}


def rwg(
    x: object,
    items: str | Sequence[str],
    *,
    group: str,
    options: tuple[float, float] = (1, 5),
    null: Null | float = "uniform",
    level: float = 0.95,
) -> Agreement:
    """Measure how far the members of each group answer alike (r_wg, r_wg(j), a_wg, AD).

    Parameters
    ----------
    x : rows
        One row for each member.
    items : str or sequence of str
        One item (r_wg) or the items of a scale (r_wg(j)), all with the same answer options.
    group : str
        Column of the groups.
    options : (low, high)
        The lowest and the highest answer; the options are the whole numbers between them.
    null : {"uniform", "slight_skew"} or float
        What answers without agreement look like: all options alike, slightly skewed (five options only), or their
        variance.
    level : float
        Kept beside the result; the coefficients have no interval.

    Returns
    -------
    Agreement
        Forms ``rwg_mean``, ``rwg_median`` and ``rwg_share`` (share of groups at .70 or more) over groups; `groups`
        holds each group's. `n` counts groups of two or more members, `ratings` their members.

    Raises
    ------
    ModelError
        ``rwg.no_groups`` where none has two members, ``rwg.outside_options``, ``rwg.options``, ``rwg.null``.

    Notes
    -----
    r_wg = 1 - s^2 / v with s^2 the variance (n - 1) of the members and v that of the null: (A^2 - 1) / 12 for A options
    alike. r_wg(j) = J (1 - s^2/v) / (J (1 - s^2/v) + s^2/v) with the mean variance of J items. A value below 0 (more
    spread than without agreement) is set to 0, as James, Demaree & Wolf advise; `raw` keeps r_wg before that. a_wg =
    1 - 2 s^2 / (((H + L) M - M^2 - H L) n / (n - 1)), the mean over items, empty where the mean M is too extreme for n
    members. AD is the mean distance from the mean, over items.

    References
    ----------
    James, L. R., Demaree, R. G., & Wolf, G. (1984). Journal of Applied Psychology, 69, 85-98. Brown, R. D., &
    Hauenstein, N. M. A. (2005). Organizational Research Methods, 8, 165-184. Burke, M. J., & Dunlap, W. P. (2002).
    Organizational Research Methods, 5, 159-172. LeBreton, J. M., & Senter, J. L. (2008). Organizational Research
    Methods, 11, 815-852. R: ``multilevel::rwg``, ``rwg.j``, ``awg``, ``ad.m``.

    Examples
    --------
    >>> answers = {"unit": ["A", "A", "A", "B", "B", "B"], "q": [4, 4, 5, 1, 3, 5]}
    >>> [f"{row.group} {row.rwg:.2f}" for row in rwg(answers, "q", group="unit").within_rows]
    ['A 0.83', 'B 0.00']
    """
    check_level(level)
    names = (items,) if isinstance(items, str) else tuple(items)
    low, high = float(options[0]), float(options[1])
    spread = _null(null, low, high)
    taken = rows(x, (*names, group))
    values = taken.numeric(names)
    codes, labels = identity(taken, group)
    _refuse_outside(values, names, low, high)
    whole = (codes >= 0) & ~np.isnan(values).any(axis=1)
    sizes = np.bincount(codes[whole], minlength=len(labels))
    kept = np.flatnonzero(sizes >= 2)
    alone = tuple(labels[at] for at in np.flatnonzero(sizes == 1))
    if not len(kept):
        raise ModelError(problem("rwg.no_groups", Place(column=group), column=group))
    whole &= np.isin(codes, kept)
    found = tuple(
        _within(values[whole], np.searchsorted(kept, codes[whole]), [labels[at] for at in kept], spread, (low, high))
    )
    return Agreement(
        method=f"rwg.{null}" if isinstance(null, str) else "rwg.variance",
        n=len(kept),
        raters=int(sizes[kept].max()),
        ratings=int(sizes[kept].sum()),
        dropped=int((~whole).sum()),
        level=level,
        rows=_summary(found),
        index_rows=(IndexRow("null_variance", spread), IndexRow("items", float(len(names)))),
        within_rows=found,
        cautions=tuple(_cautions(found, alone, taken.n, int(whole.sum()))),
    )


def _null(null: Null | float, low: float, high: float) -> float:
    """Variance of answers without agreement."""
    count = high - low + 1
    if count < 2 or count % 1:
        raise ModelError(problem("rwg.options", low=low, high=high))
    if not isinstance(null, str):
        if not null > 0:
            raise ModelError(problem("rwg.null", value=float(null)))
        return float(null)
    literal("null", null, NULLS)
    if null == "uniform":
        return (count**2 - 1) / 12
    if int(count) not in _SLIGHT_SKEW:
        raise ModelError(problem("rwg.no_skew", options=int(count)))
    return _SLIGHT_SKEW[int(count)]


def _refuse_outside(values: Array, names: Sequence[str], low: float, high: float) -> None:
    outside = tuple(
        name for name, column in zip(names, values.T, strict=True) if np.any((column < low) | (column > high))
    )
    if outside:
        raise ModelError(problem("rwg.outside_options", Place(column=outside[0]), items=outside, low=low, high=high))


def _within(
    values: Array, codes: Codes, labels: Sequence[str], spread: float, options: tuple[float, float]
) -> Iterator[WithinRow]:
    """One row for each group; sums over groups are made in one pass."""
    n = np.bincount(codes).astype(np.float64)
    count, j = len(n), values.shape[1]

    def means(each: Array) -> Array:
        return np.column_stack([np.bincount(codes, weights=column, minlength=count) for column in each.T]) / n[:, None]

    mean = means(values)
    apart = values - mean[codes]
    variance = means(apart**2) * (n / (n - 1))[:, None]
    ad = means(np.abs(apart)).mean(axis=1)
    share = variance.mean(axis=1) / spread
    raw = 1 - share
    agreed = np.maximum(raw, 0.0)
    stepped = np.where(agreed > 0, j * agreed / (j * agreed + share), 0.0)
    awg = _awg(mean, variance, n, options)
    for at, label in enumerate(labels):
        yield WithinRow(
            group=label,
            n=int(n[at]),
            mean=float(mean[at].mean()),
            variance=float(variance[at].mean()),
            rwg=float(stepped[at]),
            raw=float(raw[at]),
            a_wg=None if np.isnan(awg[at]) else float(awg[at]),
            ad=float(ad[at]),
        )


def _awg(mean: Array, variance: Array, n: Array, options: tuple[float, float]) -> Array:
    """a_wg of each group: the mean over items; NaN where a mean is so extreme that the largest variance is cut off."""
    low, high = options
    size = n[:, None]
    least, most = (low * (size - 1) + high) / size, (high * (size - 1) + low) / size
    largest = ((high + low) * mean - mean**2 - high * low) * size / (size - 1)
    inside = (mean >= least - 1e-12) & (mean <= most + 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):  # a mean at an end has no largest variance
        each = np.where(inside, 1 - 2 * variance / largest, np.nan)
    return np.asarray(each.mean(axis=1))


def _summary(found: Sequence[WithinRow]) -> tuple[AgreementRow, ...]:
    values = np.array([row.rwg for row in found])
    return (
        AgreementRow("rwg_mean", float(values.mean())),
        AgreementRow("rwg_median", float(np.median(values))),
        AgreementRow("rwg_share", float((values >= cutoff("agreement.rwg") - 1e-12).mean())),
    )


def _cautions(found: Sequence[WithinRow], alone: tuple[str, ...], total: int, used: int) -> Iterator[Caution]:
    if used < total:
        yield caution("rows.excluded", "note", dropped=total - used, n=used, total=total)
    if alone:
        yield caution("groups.singleton", groups=alone)
    below = sum(1 for row in found if row.raw is not None and row.raw < 0)
    if below:
        yield caution("rwg.set_to_zero", groups=below, total=len(found))
    lacking = sum(1 for row in found if row.a_wg is None)
    if lacking:
        yield caution("rwg.no_awg", "note", groups=lacking, total=len(found))
