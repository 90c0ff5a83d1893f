"""Brant's test of parallel lines: whether the logits of y > j have the same slopes for all j.

References
----------
Brant, R. (1990). Biometrics, 46, 1171-1178. R: ``brant::brant``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..errors import Caution, caution
from ..rules import cutoff
from .binary import CERTAIN, logit_step, separating
from .comparison import FurtherTest
from .distributions import chi2_upper
from .likelihood import maximise
from .rows import Array
from .tails import logistic

_STEPS = 25  # full steps from the common slopes; logits that need more are fitted one by one
_LAST = 1e-12  # half of Newton's decrement from which one more step, which squares it, leaves rounding alone
_SINGULAR = 1e13  # condition number of an information matrix that has no inverse


def brant(
    x: Array, terms: tuple[str, ...], y: npt.NDArray[np.intp], point: Array
) -> tuple[tuple[FurtherTest, ...], tuple[Caution, ...]]:
    """Wald's test that the slopes of the logits y > j are the same for all j.

    Parameters
    ----------
    x : array
        Design (n, k + 1), the constant first, with the names `terms` of its columns.
    y : array
        Answers (n,) as 0, 1, …, c.
    point : array
        Thresholds (c,) and slopes (k,) of the model with parallel lines, from which each logit starts.

    Returns
    -------
    tuple
        Tests of the whole (``brant``) and of each column (``brant:a``), and what is to be said of them; no test where
        one of the logits has no solution.
    """
    cuts = int(y.max())
    above = (y[:, None] > np.arange(cuts)).astype(np.float64)  # (n, c)
    start = np.column_stack([-point[:cuts], np.tile(point[cuts:], (cuts, 1))])
    of = _Products(x)
    b = _together(of, above, start)
    if b is None:
        b, failed = _one_by_one(x, above)
        if failed is not None:
            return (), (caution("ordinal.no_brant", "note", cut=failed + 1),)
    shares = logistic(x @ b.T)
    information = of.weighted(shares * (1 - shares))
    for cut, condition in enumerate(np.linalg.cond(information).tolist()):
        certain = float(np.minimum(shares[:, cut], 1 - shares[:, cut]).min()) < CERTAIN
        if condition > _SINGULAR or (certain and separating(x, above[:, cut]) is not None):
            return (), (caution("ordinal.no_brant", "note", cut=cut + 1),)
    inverses = np.asarray(np.linalg.inv(information), dtype=np.float64)
    tests = _wald(b[:, 1:], _covariance(of, shares, inverses), terms[1:])
    broken = tests[0].p < cutoff("significance")
    notes = (caution("ordinal.lines_not_parallel", p=tests[0].p),) if broken else ()
    return tests, notes


class _Products:
    """Products of every pair of columns, so that X'WX of many weights is one matrix product."""

    def __init__(self, x: Array) -> None:
        self.x = x
        self._upper = np.triu_indices(x.shape[1])
        self._table = np.array([x[:, i] * x[:, j] for i, j in zip(*self._upper, strict=True)])  # (pairs, n)

    def weighted(self, weights: Array) -> Array:
        """X'WX (c, k + 1, k + 1) of each column of the weights (n, c)."""
        k = self.x.shape[1]
        found = np.empty((weights.shape[1], k, k))
        rows_at, columns_at = self._upper
        found[:, rows_at, columns_at] = found[:, columns_at, rows_at] = (self._table @ weights).T
        return found


def _together(of: _Products, above: Array, start: Array) -> Array | None:
    """Coefficients (c, k + 1) of all logits by Newton's full steps at once; nothing where these come to no rest."""
    b = start
    for _ in range(_STEPS):
        p = logistic(of.x @ b.T)
        slope = (above - p).T @ of.x
        try:
            step = np.linalg.solve(of.weighted(p * (1 - p)), slope[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            return None
        rise = (slope * step).sum(axis=1) / 2
        if (rise < _LAST).all():
            return b + step
        b = b + step
    return None


def _one_by_one(x: Array, above: Array) -> tuple[Array, int | None]:
    """The same by guarded steps from zero, and the first logit that has no solution."""
    found = np.zeros((above.shape[1], x.shape[1]))
    for cut, z in enumerate(above.T):
        found[cut], _, _, converged = maximise(found[cut], lambda at, z=z: logit_step(x, z, at))  # type: ignore[misc]
        if not converged:
            return found, cut
    return found, None


def _covariance(of: _Products, shares: Array, inverses: Array) -> Array:
    """Covariance (c, k, c, k) of the slopes of all logits: those of y > i and of y > j come from the same rows."""
    cuts, k = shares.shape[1], of.x.shape[1] - 1
    first, second = np.triu_indices(cuts)
    inner = of.weighted(shares[:, second] * (1 - shares[:, first]))
    blocks = (inverses[first] @ inner @ inverses[second])[:, 1:, 1:]
    cov = np.zeros((cuts, k, cuts, k))
    cov[first, :, second] = blocks
    cov[second, :, first] = blocks.transpose(0, 2, 1)
    return cov


def _wald(b: Array, cov: Array, terms: tuple[str, ...]) -> tuple[FurtherTest, ...]:
    """b_1 = b_j for all j > 1, for the slopes (c, k) of all columns together and of each by itself."""
    apart = b[0] - b[1:]  # (c - 1, k)
    v = cov[:1] - cov[1:]
    v = v[:, :, :1] - v[:, :, 1:]  # (c - 1, k, c - 1, k)
    width = apart.size
    whole = float(apart.ravel() @ np.linalg.solve(v.reshape(width, width), apart.ravel()))
    own = np.einsum("ikjk->kij", v)
    single = np.einsum("jk,kj->k", apart, np.linalg.solve(own, apart.T[:, :, None])[:, :, 0])
    df = len(apart)
    each = (FurtherTest(f"brant:{t}", s, df, chi2_upper(s, df)) for t, s in zip(terms, single.tolist(), strict=True))
    return FurtherTest("brant", whole, width, chi2_upper(whole, width)), *each
