"""Several questions at once: p-values adjusted so that one chance finding is not taken for a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from ..errors import ModelError, problem
from .rows import Array, literal

Adjustment: TypeAlias = Literal["holm", "bh", "bonferroni", "none"]

ADJUSTMENTS: tuple[Adjustment, ...] = ("holm", "bh", "bonferroni", "none")


def adjust(p: Sequence[float], method: Adjustment = "holm") -> tuple[float, ...]:
    """Adjust the p-values of a family of questions.

    Parameters
    ----------
    p : sequence of float
        One for each question.
    method : {"holm", "bh", "bonferroni", "none"}
        Holm and Bonferroni hold the chance of any false finding, Benjamini and Hochberg the share of false ones among
        the findings.

    Returns
    -------
    tuple of float
        In the order given.

    Raises
    ------
    ModelError
        ``multiplicity.p`` for a value outside 0 to 1.

    Notes
    -----
    With p_(1) <= ... <= p_(m). Bonferroni: m p. Holm: max over j <= i of (m - j + 1) p_(j). Benjamini-Hochberg: min
    over j >= i of m p_(j) / j. None exceeds 1.

    References
    ----------
    Holm, S. (1979). Scandinavian Journal of Statistics, 6, 65-70. Benjamini, Y., & Hochberg, Y. (1995). Journal of the
    Royal Statistical Society B, 57, 289-300. R: ``p.adjust(p, method)``.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    literal("method", method, ADJUSTMENTS)
    values = np.array(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ModelError(problem("multiplicity.p"))
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = _KINDS[method](values[order])
    return tuple(float(each) for each in np.minimum(adjusted, 1.0))


def _holm(p: Array) -> Array:
    return np.asarray(np.maximum.accumulate(np.arange(len(p), 0, -1) * p))


def _bh(p: Array) -> Array:
    m = len(p)
    return np.asarray(np.minimum.accumulate((p * m / np.arange(1, m + 1))[::-1])[::-1])


def _bonferroni(p: Array) -> Array:
    return p * len(p)


def _none(p: Array) -> Array:
    return p


_KINDS = {"holm": _holm, "bh": _bh, "bonferroni": _bonferroni, "none": _none}
