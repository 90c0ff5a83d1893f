"""Around a reliability: error of a score, longer scales, the same persons asked twice, items dropped in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Caution, ModelError, problem
from ..rules import cutoff
from .correlation import correlate
from .estimate import Estimate
from .moments import Moments, RowRule, moments
from .reliability import alpha
from .result import Result, Row, frame

if TYPE_CHECKING:
    import pandas as pd

_RULE = "reliability.r_drop"


@dataclass(frozen=True)
class Retest(Result):
    """Correlation of the same persons' scores at two times."""

    first: str
    second: str
    r: Estimate
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]


@dataclass(frozen=True)
class Run(Row):
    """One round of item analysis: the scale's alpha, and the item that is dropped after it, by which rule.

    The last round drops none, and `dropped`, `rule`, `r_drop` and `alpha_after` are None.
    """

    run: int
    items: tuple[str, ...]
    alpha: float
    dropped: str | None
    rule: str | None
    r_drop: float | None
    alpha_after: float | None


@dataclass(frozen=True)
class Purified(Result):
    """A scale whose weak items were dropped one at a time, round by round, over the same `n` rows."""

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    n: int
    missing: RowRule
    run_rows: tuple[Run, ...]
    cautions: tuple[Caution, ...]

    @property
    def runs(self) -> pd.DataFrame:
        """One line for each round."""
        return frame(self.run_rows, Run)


def measurement_error(sd: float, reliability: float) -> float:
    """Standard error of measurement: how far a person's score lies from the true one, on average.

    Parameters
    ----------
    sd : float
        Standard deviation of the scores.
    reliability : float
        Of the scores, between 0 and 1.

    Returns
    -------
    float
        sd sqrt(1 - reliability).

    Raises
    ------
    ModelError
        ``reliability.out_of_range`` or ``reliability.sd``.

    Notes
    -----
    About 68 % of the observed scores of a person lie within one such error of the true one.

    References
    ----------
    Lord, F. M., & Novick, M. R. (1968). Statistical theories of mental test scores, p. 67.

    Examples
    --------
    >>> measurement_error(10, 0.75)
    5.0
    """
    if not 0 <= reliability <= 1:
        raise ModelError(problem("reliability.out_of_range", value=float(reliability)))
    if not sd >= 0:
        raise ModelError(problem("reliability.sd", value=float(sd)))
    return float(sd * (1 - reliability) ** 0.5)


def spearman_brown(reliability: float, times: float = 2.0) -> float:
    """Reliability of a scale made `times` as long with items of the same kind (Spearman and Brown's prophecy).

    Parameters
    ----------
    reliability : float
        Of the scale as it is, above 0 and below 1.
    times : float
        New length over old: 2 for a scale from its half, 0.5 for half a scale.

    Returns
    -------
    float
        m r / (1 + (m - 1) r).

    Raises
    ------
    ModelError
        ``reliability.out_of_range`` or ``reliability.length``.

    References
    ----------
    Spearman, C. (1910). British Journal of Psychology, 3, 271-295. Brown, W. (1910), the same volume, 296-322.

    Examples
    --------
    >>> round(spearman_brown(0.6), 6)
    0.75
    """
    _within(reliability)
    if not times > 0:
        raise ModelError(problem("reliability.length", value=float(times)))
    return times * reliability / (1 + (times - 1) * reliability)


def length_needed(reliability: float, wanted: float) -> float:
    """How many times as long a scale must be to reach a reliability: the prophecy turned around.

    Parameters
    ----------
    reliability, wanted : float
        Of the scale as it is, and as it should be; above 0 and below 1.

    Returns
    -------
    float
        wanted (1 - r) / (r (1 - wanted)), to be multiplied with the number of items.

    Raises
    ------
    ModelError
        ``reliability.out_of_range``.

    References
    ----------
    Spearman, C. (1910). British Journal of Psychology, 3, 271-295.

    Examples
    --------
    >>> round(length_needed(0.5, 0.8), 6)
    4.0
    """
    _within(reliability)
    _within(wanted)
    return _odds(wanted) / _odds(reliability)


def _odds(reliability: float) -> float:
    """True over error variance: what grows in proportion to the length of a scale."""
    return reliability / (1 - reliability)


def retest(x: object, first: str, second: str, *, level: float = 0.95) -> Retest:
    """Correlate the scores of the same persons at two times.

    Parameters
    ----------
    x : rows or Moments
        One row for each person.
    first, second : str
        The columns of both times.
    level : float
        Confidence level of the interval (Fisher's).

    Returns
    -------
    Retest
        `n` counts the persons with both scores.

    Raises
    ------
    ModelError
        As for `correlate`: fewer than four persons, a score that is the same for everyone.

    Notes
    -----
    A correlation does not see that everyone gained the same; ICC(2,1) does.

    References
    ----------
    Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric theory (3rd ed.), p. 252. R: ``cor.test(first, second)``.

    Examples
    --------
    >>> found = retest({"may": [1, 2, 3, 4, 5], "june": [2, 1, 4, 3, 5]}, "may", "june")
    >>> f"r = {found.r.value:.2f} [{found.r.low:.2f}; {found.r.high:.2f}], n = {found.n}"
    'r = 0.80 [-0.28; 0.99], n = 5'
    """
    found = correlate(x, [first, second], level=level)
    pair = found.pair_rows[0]
    r = Estimate(pair.r, None, pair.low, pair.high, level, "fisher")
    return Retest(first, second, r, pair.n, found.missing, found.dropped, found.cautions)


def purify(x: object, names: Sequence[str] | None = None, *, thresholds: Mapping[str, float] | None = None) -> Purified:
    """Drop the weakest item, compute again, and so on: first run, second run, as theses print them.

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, one column for each item, reversed items already recoded; or their moments.
    names : sequence of str, optional
        The items; all columns when not given.
    thresholds : mapping of str to float, optional
        A study's own values of ``reliability.r_drop`` and ``reliability.min_items``.

    Returns
    -------
    Purified
        Every round with alpha before and after. All rounds are over the rows that answer every item of the first.

    Raises
    ------
    ModelError
        As for `alpha`.

    Notes
    -----
    The item with the smallest corrected item-total correlation is dropped while that lies under the rule and more items
    are left than a scale needs. Dropping by the data flatters alpha in those data: say what was dropped, and why.

    References
    ----------
    Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric theory (3rd ed.), pp. 301-305.

    Examples
    --------
    >>> corr = [[1], [0.6, 1], [0.6, 0.6, 1], [0.1, 0.1, 0.1, 1]]
    >>> found = purify(Moments.from_printed(corr, n=200, names=["a", "b", "c", "d"]))
    >>> found.dropped, [round(run.alpha, 3) for run in found.run_rows]
    (('d',), [0.683, 0.818])
    """
    m = moments(x, names)
    rounds = tuple(_rounds(m, cutoff(_RULE, thresholds), cutoff("reliability.min_items", thresholds)))
    dropped = tuple(each.dropped for each in rounds if each.dropped is not None)
    return Purified(rounds[-1].items, dropped, m.n, m.missing, rounds, alpha(m).cautions)


def _rounds(m: Moments, least: float, fewest: float) -> Iterator[Run]:
    run = 1
    while True:
        found = alpha(m)
        weak = [(row.r_drop, row.item) for row in found.item_rows if row.r_drop is not None and row.r_drop < least]
        if not weak or len(m.names) <= fewest:
            yield Run(run, m.names, found.alpha.value, None, None, None, None)
            return
        r_drop, item = min(weak)
        left = m.subset([name for name in m.names if name != item])
        yield Run(run, m.names, found.alpha.value, item, _RULE, r_drop, alpha(left).alpha.value)
        m, run = left, run + 1


def _within(reliability: float) -> None:
    if not 0 < reliability < 1:
        raise ModelError(problem("reliability.out_of_range", value=float(reliability)))
