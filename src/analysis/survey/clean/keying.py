"""The direction of every item held against its scale: the data may contradict the page, and then a reader is told.

Nothing is turned round here. A declared item is turned once; whether the file had it turned already, nobody can know.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...errors import caution
from .work import Work

ORDER = 110
ID = "keying"
_ITEMS, _ROWS = 3, 10


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
        keyed = np.column_stack([work.cells[code].numbers(work.kept) for code in codes])
        keyed = keyed[~np.isnan(keyed).any(axis=1)]
        if len(keyed) >= _ROWS:
            _hold(work, codes, keyed)


def _hold(work: Work, codes: list[str], keyed: npt.NDArray[np.float64]) -> None:
    study = work.study
    received = keyed.copy()
    for at, code in enumerate(codes):
        if study.items[code].reverse:
            scale = study.scale_of(code)
            received[:, at] = scale.low + scale.high - keyed[:, at]
    for at in _backwards(keyed):
        kind = "clean.keying_contradicted" if study.items[codes[at]].reverse else "clean.keying_suspected"
        before, after = (_item_rest(table, at) for table in (received, keyed))
        work.notes.append(caution(kind, item=codes[at], before=before, after=after, n=len(keyed)))


def _backwards(table: npt.NDArray[np.float64]) -> list[int]:
    """Columns that run against the rest: the worst first, which is then left out of the rest of the others."""
    found: list[int] = []
    left = list(range(table.shape[1]))
    while len(left) > 1:
        r = {at: _item_rest(table[:, left], place) for place, at in enumerate(left)}
        worst = min((at for at in left if r[at] is not None), key=lambda at: r[at] or 0.0, default=None)
        if worst is None or (r[worst] or 0.0) >= 0:
            break
        found.append(worst)
        left.remove(worst)
    return found


def _item_rest(table: npt.NDArray[np.float64], at: int) -> float | None:
    item, rest = table[:, at], np.delete(table, at, axis=1).sum(axis=1)
    if np.ptp(item) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(item, rest)[0, 1])
