"""Whether one method of asking may have made answers alike: Harman's factor, full collinearity, a marker variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .discriminant import Members, checked_members, score_correlations
from .extraction import extract
from .factorability import factor_cautions, factorable
from .moments import Moments, RowRule, moments
from .result import Result, Row, frame
from .rows import Array
from .tails import t_two_sided

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CollinearityRow(Row):
    """One construct predicted by all the others: its variance inflation factor."""

    construct: str
    vif: float


@dataclass(frozen=True)
class MarkerRow(Row):
    """Correlation of two constructs, and with what the marker shows of the method taken out."""

    a: str
    b: str
    r: float
    adjusted: float
    t: float | None
    p: float | None


@dataclass(frozen=True)
class CommonMethod(Result):
    """Signs of common-method variance.

    `harman_pca` and `harman_paf` are the shares of all variance that the first component and the first common factor
    explain; `above_one` counts eigenvalues above 1; `marker_r` is the marker's smallest correlation with a construct,
    taken as the method's, 0 where it is negative.
    """

    harman_pca: float
    harman_paf: float
    above_one: int
    collinearity_rows: tuple[CollinearityRow, ...]
    marker: str | None
    marker_r: float | None
    marker_rows: tuple[MarkerRow, ...]
    k: int
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def collinearity(self) -> pd.DataFrame:
        """One line for each construct."""
        return frame(self.collinearity_rows, CollinearityRow)

    @property
    def partial(self) -> pd.DataFrame:
        """One line for each pair of constructs; none without a marker."""
        return frame(self.marker_rows, MarkerRow)


def common_method(x: object, constructs: Members, *, marker: str | None = None) -> CommonMethod:
    """Look for variance that the way of asking may have added to all answers.

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, reversed items already recoded; or their moments.
    constructs : mapping of str to sequence of str
        Items of each construct.
    marker : str, optional
        An item that by theory has nothing to do with any construct.

    Returns
    -------
    CommonMethod
        Rows complete on all items and the marker. Each part carries a note on what it cannot show.

    Raises
    ------
    ModelError
        ``constructs.…`` as for `htmt`; ``constructs.marker_inside`` for a marker that is an item of a construct;
        ``factors.…`` as in `kmo`.

    Notes
    -----
    Harman: first eigenvalue of the correlations over their number, and of one principal-axis factor the sum of squared
    loadings over their number. Full collinearity: diagonal of the inverse correlations of the constructs' sums of
    standardised items. Marker: (r - m) / (1 - m) with the smallest correlation m of marker and construct, tested by t
    with n - 3 degrees of freedom.

    References
    ----------
    Podsakoff, P. M., MacKenzie, S. B., Lee, J.-Y., & Podsakoff, N. P. (2003). Journal of Applied Psychology, 88,
    879-903. Kock, N. (2015). Common method bias in PLS-SEM: A full collinearity assessment approach. International
    Journal of e-Collaboration, 11(4), 1-10. Lindell, M. K., & Whitney, D. J. (2001). Journal of Applied Psychology, 86,
    114-121.

    Examples
    --------
    >>> corr = np.kron(np.eye(2), np.full((2, 2), 0.5)) + np.diag(np.full(4, 0.5))
    >>> found = common_method(Moments(tuple("abcd"), 200, np.zeros(4), corr), {"A": ["a", "b"], "B": ["c", "d"]})
    >>> round(found.harman_pca, 3), [round(row.vif, 3) for row in found.collinearity_rows]
    (0.375, [1.0, 1.0])
    """
    names = checked_members(constructs, least=1)
    if marker in names:
        raise ModelError(problem("constructs.marker_inside", marker=marker))
    whole = moments(x, names if marker is None else (*names, marker))
    m = whole.subset(names)
    corr = factorable(m)
    values = np.linalg.eigvalsh(corr)
    single = extract(corr, 1, "paf")
    scores = score_correlations(m, constructs)
    shown = None if marker is None else max(float(_with_marker(whole, constructs, marker).min()), 0.0)
    harman = float(values[-1]) / len(names), float((single.loadings**2).sum()) / len(names)
    vif = np.diag(np.linalg.inv(scores))
    lines = tuple(CollinearityRow(code, float(each)) for code, each in zip(constructs, vif, strict=True))
    return CommonMethod(
        harman_pca=harman[0],
        harman_paf=harman[1],
        above_one=int((values > 1 + 1e-12).sum()),
        collinearity_rows=lines,
        marker=marker,
        marker_r=shown,
        marker_rows=() if shown is None else tuple(_adjusted(scores, list(constructs), shown, m.n)),
        k=len(names),
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*_cautions(max(harman), lines, shown), *factor_cautions(m)),
    )


def _with_marker(m: Moments, constructs: Members, marker: str) -> Array:
    """Correlations of the marker with each construct's sum."""
    return score_correlations(m, {**constructs, marker: (marker,)})[-1, :-1]


def _adjusted(scores: Array, names: Sequence[str], method: float, n: int) -> Iterator[MarkerRow]:
    for i, j in combinations(range(len(names)), 2):
        r = float(scores[i, j])
        left = (r - method) / (1 - method)
        if n <= 3 or abs(left) >= 1:
            yield MarkerRow(names[i], names[j], r, left, None, None)
            continue
        t = float(left * np.sqrt((n - 3) / (1 - left**2)))
        yield MarkerRow(names[i], names[j], r, left, t, t_two_sided(t, n - 3))


def _cautions(share: float, lines: Sequence[CollinearityRow], marker: float | None) -> Iterator[Caution]:
    """What was found, and what each test cannot show."""
    most, least = cutoff("method.harman"), cutoff("method.vif")
    if share > most:
        yield caution("method.one_factor", share=100 * share, most=100 * most)
    high = tuple(row.construct for row in lines if row.vif > least)
    if high:
        yield caution("method.collinear", items=high, most=least)
    yield caution("method.harman_cannot", "note")
    yield caution("method.vif_cannot", "note")
    if marker is not None:
        yield caution("method.marker_cannot", "note")
