"""Signs of careless answering, person by person: flags with their cut-offs, never a verdict and never an exclusion.

The names are those of R's package ``careless`` (Yentes & Wilhelm) where it has the index. Each function takes answers
as an array, one row a person, NaN where nothing was answered, and gives one value a person, NaN where it cannot be
computed. `careless` holds them against the cut-offs of `rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, Problem, problem
from ..rules import cutoff
from ..stats.result import Result, Row, frame
from .clean.speeders import too_fast

if TYPE_CHECKING:
    import pandas as pd

    from ..study import Study
    from .responses import Responses

Array: TypeAlias = npt.NDArray[np.float64]
Pairs: TypeAlias = Sequence[tuple[int, int]]
Index: TypeAlias = Literal["longstring", "irv", "mahalanobis", "synonyms", "antonyms", "even_odd", "guttman", "seconds"]

_PAIRS = 3  # a correlation of two pairs is always 1 or -1
_SCALES = 3


@dataclass(frozen=True)
class CarelessIndex(Row):
    """One index: its cut-off, which side of it is a sign, of how many it was computed, how many are flagged."""

    index: Index
    rule: str
    cutoff: float | None  # in the index's own unit; None where it was refused
    below: bool  # whether values below the cut-off are the sign
    n: int
    flagged: int
    refused: Problem | None = None


@dataclass(frozen=True)
class Careless(Result):
    """All indices, and how many persons carry so many flags that they are left out for comparison."""

    indices: tuple[CarelessIndex, ...]
    least: int  # flags from which on a person counts as flagged
    n: int
    flagged: int
    by_flags: tuple[int, ...]  # persons with 0, 1, 2 … flags
    _values: Mapping[str, Array] = field(default_factory=dict, repr=False, compare=False)  # (n,) of every index
    _flags: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """The indices as a table of counts."""
        return frame(self.indices, CarelessIndex)

    @property
    def persons(self) -> pd.DataFrame:
        """Values and flags of every person, in the order of the answers: personal data, for `data/processed` alone."""
        import pandas as pd

        flags = {f"{name}_flag": each for name, each in self._flags.items()}
        return pd.DataFrame({**self._values, **flags, "flags": self.flags})

    @property
    def flags(self) -> npt.NDArray[np.intp]:
        """How many flags each person carries, (n,)."""
        return _counted(self._flags, self.n)

    @property
    def attentive(self) -> npt.NDArray[np.bool_]:
        """Who is left when the flagged are left out, (n,)."""
        return self.flags < self.least


def longstring(x: Array) -> Array:
    """The longest run of one answer, in the order of the questionnaire.

    Parameters
    ----------
    x : array, (n, k)
        Answers as given, reverse-keyed items not turned; an unanswered item ends a run.

    References
    ----------
    Johnson, J. A. (2005), Journal of Research in Personality, 39, 103-129. R: ``careless::longstring``.

    Examples
    --------
    >>> longstring(np.array([[3, 3, 3, 1], [1, 2, np.nan, 2.0]]))
    array([3., 1.])
    """
    longest = np.zeros(len(x))
    run = np.zeros(len(x))
    for at in range(x.shape[1]):
        same = x[:, at] == x[:, at - 1] if at else np.zeros(len(x), dtype=bool)
        run = np.where(np.isnan(x[:, at]), 0, np.where(same, run + 1, 1))
        longest = np.maximum(longest, run)
    return longest


def irv(x: Array) -> Array:
    """Intra-individual response variability: the standard deviation (n - 1) of a person's answers to all items.

    Parameters
    ----------
    x : array, (n, k)
        Answers as given; NaN where fewer than two are answered.

    References
    ----------
    Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology, 33, 105-121. R: ``careless::irv``.
    """
    answered = np.sum(~np.isnan(x), axis=1)
    mean = np.divide(np.nansum(x, axis=1), answered, out=np.full(len(x), np.nan), where=answered > 0)
    squares = np.nansum((x - mean[:, None]) ** 2, axis=1)
    found: Array = np.sqrt(np.divide(squares, answered - 1, out=np.full(len(x), np.nan), where=answered > 1))
    return found


def mahalanobis(x: Array) -> Array:
    """Squared Mahalanobis distance of each person from the mean of all, D² = (x - m)' S⁻¹ (x - m).

    Parameters
    ----------
    x : array, (n, k)
        Answers; persons with an unanswered item are NaN and do not enter mean and covariance (n - 1).

    Raises
    ------
    ModelError
        ``careless.few_rows``: not more complete persons than items; ``careless.singular``: an item is a linear
        combination of others, so that there is no distance.

    Notes
    -----
    Under normality D² is close to chi-square with k degrees of freedom, from which its cut-off is taken.

    References
    ----------
    Mahalanobis (1936); Meade & Craig (2012), Psychological Methods, 17, 437-455. R: ``careless::mahad``,
    ``stats::mahalanobis``.
    """
    whole = ~np.isnan(x).any(axis=1)
    rows = x[whole]
    if len(rows) <= x.shape[1] + 1:
        raise ModelError(problem("careless.few_rows", n=len(rows), items=x.shape[1]))
    centred = rows - rows.mean(axis=0)
    q, r = np.linalg.qr(centred / np.sqrt(len(rows) - 1))
    size = np.abs(np.diag(r))
    if size.min() <= 1e-10 * size.max():
        raise ModelError(problem("careless.singular", items=x.shape[1]))
    found = np.full(len(x), np.nan)
    found[whole] = (len(rows) - 1) * np.sum(q**2, axis=1)
    return found


def pairs_of(x: Array, above: float) -> list[tuple[int, int]]:
    """Pairs of items whose correlation (pairwise complete) is larger than `above`, or smaller where it is negative.

    References
    ----------
    Meade & Craig (2012). R: ``careless::psychsyn_critval``.
    """
    found = []
    for one in range(x.shape[1]):
        for other in range(one + 1, x.shape[1]):
            both = ~np.isnan(x[:, [one, other]]).any(axis=1)
            a, b = x[both, one], x[both, other]
            if len(a) < _PAIRS or np.ptp(a) == 0 or np.ptp(b) == 0:
                continue
            r = float(np.corrcoef(a, b)[0, 1])
            if r > above > 0 or r < above < 0:
                found.append((one, other))
    return found


def psychsyn(x: Array, pairs: Pairs) -> Array:
    """Psychometric synonyms (or antonyms): each person's own correlation over pairs of items that go together.

    Parameters
    ----------
    x : array, (n, k)
        Answers as given.
    pairs : sequence of (int, int)
        Columns that correlate highly over all persons (`pairs_of`); for antonyms, highly negatively.

    Returns
    -------
    array, (n,)
        NaN with fewer than three answered pairs, or where one side does not vary (R draws new pairs at random then).

    References
    ----------
    Meade & Craig (2012); Curran (2016), Journal of Experimental Social Psychology, 66, 4-19.
    R: ``careless::psychsyn(resample_na = FALSE)``, ``careless::psychant``.
    """
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    return _own_correlation(x[:, first], x[:, second])


def even_odd(x: Array, scales: Sequence[Sequence[int]]) -> Array:
    """Even-odd consistency: a person's correlation of the halves of all scales, stepped up by Spearman-Brown.

    Parameters
    ----------
    x : array, (n, k)
        Answers, reverse-keyed items turned.
    scales : sequence of sequences of int
        Columns of every scale with two items or more, in the order of the questionnaire.

    Returns
    -------
    array, (n,)
        2 r / (1 + r), at least -1; NaN with fewer than three scales or where one side does not vary.

    References
    ----------
    Jackson (1976); Johnson (2005). R: ``careless::evenodd`` (which may turn the sign so that high means careless).
    """
    halves = [np.column_stack([_means(x[:, list(scale)[start::2]]) for scale in scales]) for start in (0, 1)]
    r = _own_correlation(halves[0], halves[1])
    stepped: Array = np.divide(2 * r, 1 + r, out=np.full(len(r), -1.0), where=~(r <= -1))
    return np.maximum(stepped, -1)


def guttman_errors(x: Array, low: Sequence[int], high: Sequence[int]) -> tuple[Array, Array]:
    """Guttman errors of polytomous items, and the most that a person with the same sum could make.

    Parameters
    ----------
    x : array, (n, k)
        Answers to the items of one scale, reverse-keyed items turned; NaN makes the person NaN.
    low, high : sequence of int
        Least and greatest code of every item.

    Returns
    -------
    (array, array)
        G and its maximum given the sum, each (n,). G / max is the normed number: 0 fits perfectly, 1 worst.

    Notes
    -----
    An item with m + 1 levels has m steps. Steps are ordered by the share of persons who pass them (ties in the order
    of the items); an error is a pair in which the easier step is failed and the harder passed. With the 0-based places
    of the passed steps, G = sum of places - r (r - 1) / 2 for r passed steps; so the maximum is a knapsack over items.

    References
    ----------
    Molenaar (1991); Emons (2008), Applied Psychological Measurement, 32, 224-247. R: ``PerFit::Gpoly``,
    ``PerFit::Gnormed.poly``.
    """
    whole = ~np.isnan(x).any(axis=1)
    rows = x[whole]
    worth = _step_places(rows, low, high)
    passed = (rows - np.asarray(low)).astype(int)
    total = passed.sum(axis=1)
    errors = sum(places[passed[:, at]] for at, places in enumerate(worth)) - total * (total - 1) / 2
    best = _most(worth)
    g, most = np.full(len(x), np.nan), np.full(len(x), np.nan)
    g[whole] = errors
    most[whole] = best[total] - total * (total - 1) / 2
    return g, most


def careless(responses: Responses) -> Careless:
    """Hold every person's answers against all indices.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.

    Returns
    -------
    Careless
        Indices that cannot be computed carry the reason. A flag is a sign, not a proof: nobody is left out by it.

    Notes
    -----
    Runs, spread, distance, synonyms and antonyms use all items as answered, in the order of the page; halves and
    Guttman errors use them as keyed, scale by scale. Cut-offs: rules ``careless.…``, which a study may override.
    """
    study = responses.study
    keyed = responses.frame[list(study.items)].to_numpy(dtype=np.float64)
    given = _as_given(keyed, study)
    values: dict[str, Array] = {}
    flags: dict[str, npt.NDArray[np.bool_]] = {}
    rows: list[CarelessIndex] = []
    for index, (rule, below) in _RULES.items():
        try:
            found, limit = _computed(index, responses, keyed, given)
        except ModelError as refusal:
            rows.append(CarelessIndex(index, rule, None, below, 0, 0, refusal.problems[0]))
            continue
        known = ~np.isnan(found)
        values[index] = found
        flags[index] = known & ((found < limit) if below else (found > limit))
        rows.append(CarelessIndex(index, rule, limit, below, int(known.sum()), int(flags[index].sum())))
    least = int(cutoff("careless.flags", study.thresholds))
    counts = _counted(flags, len(keyed))
    by_flags = tuple(np.bincount(counts, minlength=1).tolist())
    return Careless(tuple(rows), least, len(keyed), int((counts >= least).sum()), by_flags, values, flags)


#: The rule of every index, and whether values below it are the sign.
_RULES: dict[Index, tuple[str, bool]] = {
    "longstring": ("careless.longstring", False),
    "irv": ("careless.irv", True),
    "mahalanobis": ("careless.mahalanobis", False),
    "synonyms": ("careless.synonyms", True),
    "antonyms": ("careless.antonyms", False),
    "even_odd": ("careless.even_odd", True),
    "guttman": ("careless.guttman", False),
    "seconds": ("careless.seconds", True),
}


def _computed(index: Index, responses: Responses, keyed: Array, given: Array) -> tuple[Array, float]:
    """Values of an index and its cut-off in the same unit."""
    study = responses.study
    value = cutoff(_RULES[index][0], study.thresholds)
    items = tuple(study.items)
    if index == "longstring":
        return longstring(given), float(np.floor(value * len(items)))  # a run is a whole number
    if index == "irv":
        spans = [study.scale_of(code).high - study.scale_of(code).low for code in items]
        return irv(given), value * float(np.mean(spans))
    if index == "mahalanobis":
        from scipy.stats import chi2

        return mahalanobis(given), float(chi2.isf(value, len(items)))
    if index in ("synonyms", "antonyms"):
        pairs = pairs_of(given, cutoff(f"careless.{index}.pairs", study.thresholds))
        if len(pairs) < _PAIRS:
            raise ModelError(problem("careless.few_pairs", count=len(pairs), least=_PAIRS))
        return psychsyn(given, pairs), value
    if index == "even_odd":
        scales = [scale for scale in _scales(study) if len(scale) > 1]
        if len(scales) < _SCALES:
            raise ModelError(problem("careless.few_scales", count=len(scales), least=_SCALES))
        return even_odd(keyed, scales), value
    if index == "guttman":
        return _guttman(keyed, study), value
    return _times(responses, value)


def _times(responses: Responses, value: float) -> tuple[Array, float]:
    if not responses.seconds:
        raise ModelError(problem("careless.no_time"))
    times = np.array([np.nan if each is None else each for each in responses.seconds], dtype=np.float64)
    speed = responses.study.cleaning.speed
    declared = too_fast(speed, times[~np.isnan(times)].tolist()) if speed else None
    return times, value * len(responses.study.items) if declared is None else declared


def _guttman(keyed: Array, study: Study) -> Array:
    """Normed errors over all scales: errors of all over what was possible in all."""
    sums = np.zeros((2, len(keyed)))
    items = tuple(study.items)
    for scale in _scales(study):
        if len(scale) > 1:
            bounds = [study.scale_of(items[at]) for at in scale]
            sums += guttman_errors(keyed[:, scale], [each.low for each in bounds], [each.high for each in bounds])
    normed: Array = np.divide(sums[0], sums[1], out=np.where(np.isnan(sums[1]), np.nan, 0.0), where=sums[1] > 0)
    return normed


def _scales(study: Study) -> list[list[int]]:
    place = {code: at for at, code in enumerate(study.items)}
    return [[place[code] for code in construct.items] for construct in study.constructs.values()]


def _as_given(keyed: Array, study: Study) -> Array:
    given = keyed.copy()
    for at, (code, item) in enumerate(study.items.items()):
        if item.reverse:
            scale = study.scale_of(code)
            given[:, at] = scale.low + scale.high - keyed[:, at]
    return given


def _counted(flags: Mapping[str, npt.NDArray[np.bool_]], n: int) -> npt.NDArray[np.intp]:
    counts: npt.NDArray[np.intp] = np.sum([*flags.values(), np.zeros(n, dtype=bool)], axis=0, dtype=np.intp)
    return counts


def _own_correlation(one: Array, other: Array) -> Array:
    """Pearson correlation along each row over the places where both are known."""
    known = ~np.isnan(one) & ~np.isnan(other)
    count = known.sum(axis=1)
    a, b = (np.where(known, side, 0.0) for side in (one, other))
    some = np.maximum(count, 1)[:, None]
    a, b = (np.where(known, side - side.sum(axis=1, keepdims=True) / some, 0.0) for side in (a, b))
    norm = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    fits = (count >= _PAIRS) & (norm > 1e-12)
    found: Array = np.divide((a * b).sum(axis=1), norm, out=np.full(len(one), np.nan), where=fits)
    return np.clip(found, -1, 1)


def _means(x: Array) -> Array:
    known = (~np.isnan(x)).sum(axis=1)
    found: Array = np.divide(np.nansum(x, axis=1), known, out=np.full(len(x), np.nan), where=known > 0)
    return found


def _step_places(rows: Array, low: Sequence[int], high: Sequence[int]) -> list[Array]:
    """For each item, the sum of the places of the first 0, 1, 2 … steps in the order of their popularity."""
    steps = [(at, step) for at in range(len(low)) for step in range(low[at] + 1, high[at] + 1)]
    share = [float(np.mean(rows[:, at] >= step)) for at, step in steps]
    order = sorted(range(len(steps)), key=lambda each: -share[each])  # stable: within an item steps only get harder
    place = {steps[each]: at for at, each in enumerate(order)}
    return [np.cumsum([0.0, *(place[at, step] for step in range(low[at] + 1, high[at] + 1))]) for at in range(len(low))]


def _most(worth: Sequence[Array]) -> Array:
    """For each sum, the greatest total of places that answers with that sum can have."""
    best: Array = np.zeros(1)
    for places in worth:
        wider = np.full(len(best) + len(places) - 1, -np.inf)
        for passed, value in enumerate(places):
            part = slice(passed, passed + len(best))
            wider[part] = np.maximum(wider[part], best + value)
        best = wider
    return best
