"""The direction of every item held against its scale: the data may contradict the page, and then a reader is told.

Nothing is turned round here. A declared item is turned once; whether the file had it turned already, nobody can know.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import caution
from .work import Work

ORDER = 110
ID = "keying"
_ITEMS, _ROWS = 3, 10
_STEP = 128

Products: TypeAlias = npt.NDArray[np.object_]  # (items, items) whole numbers of any size


def apply(work: Work) -> None:
    """Correlate each item with the sum of the others of its construct, as received and as keyed; tell what is negative.

    Notes
    -----
    Rows with all items of the construct. r as received takes every item unturned, r as keyed every item as the page
    keys it. One item that runs backwards spoils the rest of all others, so the worst is named first and left out of
    the rest of those that are held next; the r that is told has all items in its rest. A construct with fewer than
    three items or ten such rows is passed over.
    """
    for construct in work.study.constructs.values():
        codes = [code for code in construct.items if code in work.items]
        if len(codes) < _ITEMS:
            continue
        keyed = np.stack([work.cells[code].numbers(work.kept) for code in codes])
        if not (whole := ~np.isnan(keyed.sum(axis=0))).all():
            keyed = keyed[:, whole]
        if keyed.shape[1] >= _ROWS:
            _hold(work, codes, keyed)


def _hold(work: Work, codes: list[str], keyed: npt.NDArray[np.float64]) -> None:
    turned = np.array([work.study.items[code].reverse for code in codes])
    products = _products(keyed)
    after = _item_rest(products)
    # low + high - x: of the products only the sign turns
    before = _item_rest(np.where(turned[:, None] == turned, products, -products))
    for at in _backwards(products):
        kind = "clean.keying_contradicted" if turned[at] else "clean.keying_suspected"
        work.notes.append(caution(kind, item=codes[at], before=before[at], after=after[at], n=keyed.shape[1]))


def _products(table: npt.NDArray[np.float64]) -> Products:
    """n^2 times the covariances: codes are whole, so nothing is rounded, and what does not vary is known for certain.

    The rows are passed over once, not once for the rest of every item.
    """
    shifted = table - table[:, :1]
    sums, cross = shifted.sum(axis=1), _cross(shifted)
    totals, products = (np.array(each.astype(np.int64).tolist(), dtype=object) for each in (sums, cross))
    found: Products = table.shape[1] * products - np.outer(totals, totals)
    return found


def _cross(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sums of products, few rows at a time: so little work that no threads share it, which wait for each other."""
    even = table.shape[1] // _STEP * _STEP
    steps = table[:, :even].reshape(len(table), -1, _STEP).transpose(1, 0, 2)
    rest = table[:, even:]
    found: npt.NDArray[np.float64] = (steps @ steps.transpose(0, 2, 1)).sum(axis=0) + rest @ rest.T
    return found


def _backwards(products: Products) -> list[int]:
    """Columns that run against the rest: the worst first, which is then left out of the rest of the others."""
    found: list[int] = []
    left = list(range(len(products)))
    while len(left) > 1:
        known = {at: r for at, r in zip(left, _item_rest(products[np.ix_(left, left)]), strict=True) if r is not None}
        worst = min(known, key=known.__getitem__, default=None)
        if worst is None or known[worst] >= 0:
            break
        found.append(worst)
        left.remove(worst)
    return found


def _item_rest(products: Products) -> list[float | None]:
    """r of each item with the sum s of the others, cov(x, s) / sqrt(var x var s); None where one does not vary."""
    own, with_all = np.diag(products), products.sum(axis=1)
    shared = with_all - own
    rest = with_all.sum() - with_all - shared
    return [
        max(-1.0, min(1.0, with_rest / math.sqrt(x * s))) if x and s else None
        for x, s, with_rest in zip(own.tolist(), rest.tolist(), shared.tolist(), strict=True)
    ]
