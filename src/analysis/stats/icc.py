"""Intraclass correlations: how far the ratings of a target depend on the target, not on who rates it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..rules import cutoff
from .agreement import Agreement, AgreementRow, ComponentRow
from .components import Components, Design, Pivot, crossed, design, one_way, pivot
from .groups import Codes
from .moments import Moments
from .ratings import Ratings, identity, read_ratings
from .rows import Array, check_level, rows
from .tails import f_quantile, f_upper

_ROUNDING = 1e-26  # a sum of squares this small beside that of the scores is rounding
_NEGLIGIBLE = 1e-13  # beside the mean squares
_LEAST_DF = 0.05  # Satterthwaite's degrees of freedom of a negative ICC2 may vanish; F has no quantile there

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of a targets x raters table: between targets, within targets, between raters, error.

    A table with holes has those that its variance components would give with `size` ratings of each target.
    """

    between: float
    within: float
    raters: float
    error: float
    n: int
    k: int
    size: float
    df_within: int
    df_error: int


def icc(
    ratings: object,
    *,
    target: str | None = None,
    rater: str | None = None,
    score: str | None = None,
    level: float = 0.95,
) -> Agreement:
    """Measure how well raters agree on scores (intraclass correlations).

    Parameters
    ----------
    ratings : rows or Moments
        One row for each rating, with the three names; or a table with one row for each target and one column for each
        rater (no names), or the moments of such a table.
    target, rater, score : str, optional
        Columns: who was rated, by whom, and the score.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Agreement
        Forms ``ICC1 ICC2 ICC3`` of a single rater and ``ICC1k ICC2k ICC3k`` of the mean of all k raters. ICC1: every
        target has raters of its own; ICC2: raters are a sample, their leniency counts as disagreement; ICC3: these
        raters only, leniency apart. `n` counts targets.

    Raises
    ------
    ModelError
        ``ratings.…``: one target, one rater, a rater who rated a target twice; ``icc.no_variance``,
        ``icc.no_target_variance``, ``icc.too_sparse``.

    Notes
    -----
    Complete tables (``icc.anova``): Shrout & Fleiss's mean squares and intervals, that of ICC2 by Satterthwaite's
    degrees of freedom. Tables with holes (``icc.reml``): variance components of targets and raters by REML; each form
    is that of a complete table with all k raters, so it equals ``icc.anova`` where nothing is missing and no component
    is negative. The intervals of ICC1 and ICC3 invert the exact F of unbalanced data (Wald; Seely & El-Bassiouni), that
    of ICC2 puts the harmonic mean of ratings per target into Shrout & Fleiss's. Raters who rated one target each
    (``icc.one_way``) leave only ICC1 and ICC1k, k the mean number of raters of a target. F and p test that targets do
    not differ. Where raters agree perfectly F is undefined and left empty.

    References
    ----------
    Shrout, P. E., & Fleiss, J. L. (1979). Psychological Bulletin, 86, 420-428. McGraw, K. O., & Wong, S. P. (1996).
    Psychological Methods, 1, 30-46. Seely, J. F., & El-Bassiouni, Y. (1983). Annals of Statistics, 11, 197-201.
    R: ``psych::ICC(x, lmer = FALSE)``; with holes the values of ``psych::ICC(x)``.

    Examples
    --------
    >>> judges = {"J1": [9, 6, 8, 7, 10, 6], "J2": [2, 1, 4, 1, 5, 2], "J3": [5, 3, 6, 2, 6, 4]}
    >>> judges["J4"] = [8, 2, 8, 6, 9, 7]
    >>> [f"{row.form} {row.value:.2f}" for row in icc(judges).rows]
    ['ICC1 0.17', 'ICC2 0.29', 'ICC3 0.71', 'ICC1k 0.44', 'ICC2k 0.62', 'ICC3k 0.91']
    """
    check_level(level)
    if isinstance(ratings, Moments):
        return _complete(_of_moments(ratings), ratings.n * len(ratings.names), ratings.dropped, level, ())
    found = read_ratings(ratings, target, rater, score)
    _refuse_constant(found.score)
    said = tuple(found.cautions())
    if found.complete:
        return _complete(_of_table(found.table()), len(found.score), found.dropped, level, said)
    if np.bincount(found.rater).max() == 1:
        return _nested(found, level, said)
    return _incomplete(found, level, said)


def icc_groups(x: object, *, group: str, score: str, level: float = 0.95) -> Agreement:
    """Measure how far members of a group answer alike: ICC(1) and ICC(2) of multilevel studies.

    Parameters
    ----------
    x : rows
        One row for each member.
    group, score : str
        Columns: the group, and the member's score.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Agreement
        ``ICC1`` (share of variance between groups) and ``ICC2`` (reliability of a group's mean, at the mean size)
        from the analysis of variance as R's multilevel gives them, ``ICC1_reml`` and ``ICC2_reml`` from REML. They
        differ where sizes are unequal. `n` counts groups, `ratings` members; `raters` is the largest group's size.

    Raises
    ------
    ModelError
        ``ratings.too_few_targets`` for one group; ``icc.no_variance``; ``icc.no_replication`` where every group has a
        single member.

    Notes
    -----
    ICC(1) = (MSB - MSW) / (MSB + (m - 1) MSW), ICC(2) = (MSB - MSW) / MSB, with m the mean size. All intervals invert
    Wald's F, which is exact for unequal sizes; with equal sizes it is Shrout & Fleiss's. Groups of one count in MSB.

    References
    ----------
    Bliese, P. D. (2000). In Klein & Kozlowski (Eds.), Multilevel theory, research, and methods, pp. 349-381. Wald, A.
    (1940). Annals of Mathematical Statistics, 11, 96-100. R: ``multilevel::ICC1``, ``ICC2``, ``mult.icc``.

    Examples
    --------
    >>> answers = {"unit": ["A", "A", "A", "B", "B", "B"], "y": [1, 2, 2, 4, 4, 5]}
    >>> f"{icc_groups(answers, group='unit', score='y')['ICC1'].value:.3f}"
    '0.912'
    """
    check_level(level)
    taken = rows(x, (group, score))
    codes, _ = identity(taken, group)
    values = taken.numeric([score])[:, 0]
    whole = (codes >= 0) & ~np.isnan(values)
    kept, codes = np.unique(codes[whole], return_inverse=True)
    values = values[whole]
    if len(kept) < 2:
        raise ModelError(problem("ratings.too_few_targets", n=len(kept), least=2))
    if len(values) == len(kept):
        raise ModelError(problem("icc.no_replication", Place(column=group), column=group))
    _refuse_constant(values)
    dropped = taken.n - len(values)
    said = (caution("rows.excluded", "note", dropped=dropped, n=len(values), total=taken.n),) if dropped else ()
    return _groups(codes, values, dropped, level, said)


# ---- complete tables -----------------------------------------------------------------------------------------------


def _of_table(values: Array) -> MeanSquares:
    n, k = values.shape
    x = values - values.mean()
    targets, raters = x.mean(axis=1), x.mean(axis=0)
    inner = x - targets[:, None]
    error = float(((inner - raters) ** 2).sum())
    if error <= _ROUNDING * float((values**2).sum()):
        error = 0.0
    between = float(targets @ targets)
    if between <= _ROUNDING * float((values**2).sum()):
        between = 0.0
    across = n * float(raters @ raters)
    return _mean_squares(k * between / (n - 1), (error + across) / (n * (k - 1)), across / (k - 1), error, n, k)


def _of_moments(m: Moments) -> MeanSquares:
    """The same from means and covariances of the raters' columns."""
    n, k = m.n, len(m.names)
    if k < 2:
        raise ModelError(problem("ratings.too_few_raters", n=k, least=2))
    if m.missing == "pairwise":
        raise ModelError(problem("icc.pairwise"))
    trace, total = float(np.trace(m.cov)), float(m.cov.sum())
    apart = m.mean - m.mean.mean()
    error, across = (n - 1) * (trace - total / k), n * float(apart @ apart)
    if error <= 1e-13 * (n - 1) * trace:
        error = 0.0
    if trace == 0 and across == 0:
        raise ModelError(problem("icc.no_variance", n=n * k))
    return _mean_squares(max(total / k, 0.0), (error + across) / (n * (k - 1)), across / (k - 1), error, n, k)


def _mean_squares(between: float, within: float, raters: float, error: float, n: int, k: int) -> MeanSquares:
    df = (n - 1) * (k - 1)
    return MeanSquares(between, within, raters, error / df, n, k, float(k), n * (k - 1), df)


def _complete(ms: MeanSquares, ratings: int, dropped: int, level: float, said: tuple[Caution, ...]) -> Agreement:
    _refuse_flat(ms)
    values = _values(ms)
    intervals = {**_one_way_bounds(ms, level), **_two_way_bounds(ms, values["ICC2"], level)}
    tests = {
        "1": (_ratio(ms.between, ms.within), ms.n - 1, ms.df_within),
        "2": (_ratio(ms.between, ms.error), ms.n - 1, ms.df_error),
    }
    components = (
        ComponentRow("target", (ms.between - ms.error) / ms.k, ms.between, ms.n - 1),
        ComponentRow("rater", (ms.raters - ms.error) / ms.n, ms.raters, ms.k - 1),
        ComponentRow("residual", ms.error, ms.error, ms.df_error),
    )
    found = tuple(_row(form, values[form], intervals[form], tests["1" if "1" in form else "2"]) for form in values)
    return Agreement(
        method="icc.anova",
        n=ms.n,
        raters=ms.k,
        ratings=ratings,
        dropped=dropped,
        level=level,
        rows=found,
        component_rows=components,
        cautions=(*said, *_cautions(ms.n, ms.k, ms.error == 0, values["ICC2"])),
    )


def _values(ms: MeanSquares) -> dict[str, float | None]:
    """Shrout & Fleiss's six forms; a denominator that is rounding gives none."""
    b, w, j, e, n, k = ms.between, ms.within, ms.raters, ms.error, ms.n, ms.k
    parts = {
        "ICC1": (b - w, b + (k - 1) * w),
        "ICC2": (b - e, b + (k - 1) * e + k * (j - e) / n),
        "ICC3": (b - e, b + (k - 1) * e),
        "ICC1k": (b - w, b),
        "ICC2k": (b - e, b + (j - e) / n),
        "ICC3k": (b - e, b),
    }
    least = _NEGLIGIBLE * (b + w + j + e)
    return {form: above / below if below > least else None for form, (above, below) in parts.items()}


def _one_way_bounds(ms: MeanSquares, level: float) -> dict[str, Bounds]:
    low, high = _f_bounds(_ratio(ms.between, ms.within), ms.n - 1, ms.df_within, level)
    single = (_single(low, ms.k), _single(high, ms.k))
    return {"ICC1": single, "ICC1k": (_average(low), _average(high))}


def _two_way_bounds(ms: MeanSquares, value: float | None, level: float) -> dict[str, Bounds]:
    low, high = _f_bounds(_ratio(ms.between, ms.error), ms.n - 1, ms.df_error, level)
    sample = _icc2_bounds(ms, value, level)
    return {
        "ICC2": sample,
        "ICC3": (_single(low, ms.k), _single(high, ms.k)),
        "ICC2k": (_stepped(sample[0], ms.k), _stepped(sample[1], ms.k)),
        "ICC3k": (_average(low), _average(high)),
    }


def _f_bounds(f: float | None, df1: int, df2: int, level: float) -> Bounds:
    """Bounds of the ratio of expected mean squares."""
    if f is None:
        return None, None
    tail = (1 - level) / 2
    return f / f_quantile(1 - tail, df1, df2), f / f_quantile(tail, df1, df2)


def _icc2_bounds(ms: MeanSquares, value: float | None, level: float) -> Bounds:
    """Shrout & Fleiss's interval of ICC2: Satterthwaite's degrees of freedom for raters and error together."""
    if value is None or ms.error == 0:
        return None, None
    n, k, b, j, e = ms.n, ms.size, ms.between, ms.raters, ms.error
    lenient, rest = k * value * j / e, n * (1 + (k - 1) * value) - k * value
    df = (lenient + rest) ** 2 / (lenient**2 / (ms.k - 1) + rest**2 / ms.df_error)
    if df < _LEAST_DF:
        return None, None
    tail = (1 - level) / 2
    upper, lower = f_quantile(1 - tail, n - 1, df), f_quantile(1 - tail, df, n - 1)
    noise = k * j + (k * n - k - n) * e
    return n * (b - upper * e) / (upper * noise + n * b), n * (lower * b - e) / (noise + n * lower * b)


def _single(ratio: float | None, k: float) -> float | None:
    return None if ratio is None else (ratio - 1) / (ratio + k - 1)


def _average(ratio: float | None) -> float | None:
    return None if ratio is None or ratio <= 0 else 1 - 1 / ratio


def _stepped(single: float | None, k: float) -> float | None:
    """Spearman & Brown: reliability of the mean of k."""
    return None if single is None else _ratio(k * single, 1 + (k - 1) * single)


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def _row(form: str, value: float | None, bounds: Bounds, test: tuple[float | None, float, float]) -> AgreementRow:
    f, df1, df2 = test
    return AgreementRow(form, value, *bounds, f, df1, df2, None if f is None else f_upper(f, df1, df2))


# ---- tables with holes ---------------------------------------------------------------------------------------------


def _incomplete(found: Ratings, level: float, said: tuple[Caution, ...]) -> Agreement:
    of = design(found.target, found.score, found.rater)
    rank = _rank(found)
    if len(found.score) - rank < 1:
        raise ModelError(problem("icc.too_sparse", n=len(found.targets), raters=len(found.raters), k=len(found.score)))
    exact = pivot(of, level, rank)
    if exact.F is None:
        return _perfect_with_holes(found, level, said)
    loose = design(found.target, found.score, None)
    alone = pivot(loose, level, len(found.targets))
    fit = crossed(of)
    k, n = len(found.raters), len(found.targets)
    values = _values(_equivalent(fit, found, float(k), exact.df2))
    sample = _icc2_bounds(_equivalent(fit, found, float(1 / np.mean(1 / of.size)), exact.df2), values["ICC2"], level)
    intervals: dict[str, Bounds] = {"ICC2": sample, "ICC2k": (_stepped(sample[0], k), _stepped(sample[1], k))}
    for form, of_form in (("ICC1", alone), ("ICC3", exact)):
        intervals[form], intervals[f"{form}k"] = _pivot_bounds(of_form, float(k))
    found_rows = tuple(
        _row(form, value, intervals[form], _pivot_test(alone if "1" in form else exact))
        for form, value in values.items()
    )
    holes = caution("icc.holes", "note", ratings=len(found.score), pairs=n * k, raters=k)
    return Agreement(
        method="icc.reml",
        n=n,
        raters=k,
        ratings=len(found.score),
        dropped=found.dropped,
        level=level,
        rows=found_rows,
        component_rows=_component_rows(fit),
        cautions=(*said, holes, *_boundary(fit), *_cautions(n, k, False, values["ICC2"])),
    )


def _equivalent(fit: Components, found: Ratings, size: float, df_error: int) -> MeanSquares:
    """The mean squares that these components would give with `size` ratings of each target."""
    n, k = len(found.targets), len(found.raters)
    between, raters = size * fit.target + fit.residual, n * fit.rater + fit.residual
    within = fit.residual + fit.rater
    return MeanSquares(between, within, raters, fit.residual, n, k, size, len(found.score) - n, df_error)


def _rank(found: Ratings) -> int:
    """Rank of targets and raters together: one less for each piece into which the design falls."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, k = len(found.targets), len(found.raters)
    edges = coo_array((np.ones(len(found.target)), (found.target, n + found.rater)), shape=(n + k, n + k))
    return n + k - int(connected_components(edges, directed=False)[0])


def _perfect_with_holes(found: Ratings, level: float, said: tuple[Caution, ...]) -> Agreement:
    """No error at all: where raters are equally lenient every form is 1; otherwise only ICC3 is known."""
    n, k = len(found.targets), len(found.raters)
    inside = design(found.target, found.score, None).within()[1, 1]
    alike = inside <= _ROUNDING * float((found.score**2).sum())
    forms = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
    found_rows = tuple(AgreementRow(form, 1.0 if alike or "3" in form else None) for form in forms)
    return Agreement(
        "icc.reml", n, k, len(found.score), found.dropped, level, found_rows,
        cautions=(*said, *_cautions(n, k, True, 1.0)),
    )  # fmt: skip


def _pivot_bounds(found: Pivot, k: float) -> tuple[Bounds, Bounds]:
    """Bounds of the share of one rating and of the mean of k."""
    low, high = found.low, found.high
    single = tuple(None if ratio is None else ratio / (1 + ratio) for ratio in (low, high))
    average = tuple(None if ratio is None else _ratio(k * ratio, 1 + k * ratio) for ratio in (low, high))
    return (single[0], single[1]), (average[0], average[1])


def _pivot_test(found: Pivot) -> tuple[float | None, float, float]:
    return found.F, found.df1, found.df2


def _nested(found: Ratings, level: float, said: tuple[Caution, ...]) -> Agreement:
    """Every rater rated one target: leniency cannot be told from error."""
    if len(found.score) == len(found.targets):
        raise ModelError(problem("icc.too_sparse", n=len(found.targets), raters=len(found.raters), k=len(found.score)))
    base = _groups(found.target, found.score, found.dropped, level, said)
    by_form = {row.form: row for row in base.rows}
    single, mean = by_form["ICC1"], by_form["ICC2"]
    forms: list[AgreementRow] = []
    for form in ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"):
        known = {"ICC1": single, "ICC1k": mean}.get(form)
        if known is None:
            forms.append(AgreementRow(form, None))
        else:
            forms.append(AgreementRow(form, known.value, known.low, known.high, known.F, known.df1, known.df2, known.p))
    return Agreement(
        "icc.one_way", base.n, len(found.raters), base.ratings, base.dropped, level, tuple(forms),
        base.component_rows, cautions=(*base.cautions, caution("icc.own_raters", "note")),
    )  # fmt: skip


# ---- groups --------------------------------------------------------------------------------------------------------


def _groups(codes: Codes, values: Array, dropped: int, level: float, said: tuple[Caution, ...]) -> Agreement:
    of: Design = design(codes, values, None)
    n, members = len(of.size), of.rows
    size = members / n
    between, within = _one_way_squares(of, values)
    ms_between, ms_within = between / (n - 1), within / (members - n)
    exact = pivot(of, level, n)
    fit = one_way(of) if ms_within > 0 else Components(ms_between / size, 0.0, 0.0, 0.0, ())
    single, average = _pivot_bounds(exact, size)
    share = fit.target / (fit.target + fit.residual)
    anova = (
        _ratio(ms_between - ms_within, ms_between + (size - 1) * ms_within),
        _ratio(ms_between - ms_within, ms_between),
    )
    test = (_ratio(ms_between, ms_within), n - 1, members - n)
    found = (
        _row("ICC1", anova[0], single, test),
        _row("ICC2", anova[1], average, test),
        _row("ICC1_reml", share, single, test),
        _row("ICC2_reml", _stepped(share, size), average, test),
    )
    components = (
        ComponentRow("target", fit.target, ms_between, n - 1),
        ComponentRow("residual", fit.residual, ms_within, members - n),
    )
    return Agreement(
        method="icc.groups",
        n=n,
        raters=int(of.size.max()),
        ratings=members,
        dropped=dropped,
        level=level,
        rows=found,
        component_rows=components,
        cautions=(*said, *_boundary(fit), *_cautions(n, None, ms_within == 0, anova[0])),
    )


def _one_way_squares(of: Design, values: Array) -> tuple[float, float]:
    """Sums of squares between and within, each from centred scores; rounding is zero."""
    y_within = float(of.within()[1, 1])
    means = of.sums[:, 1] / of.size
    between = float(of.size @ (means - of.sums[:, 1].sum() / of.rows) ** 2)
    floor = 1e-14 * float(of.cross[1, 1])
    return between, 0.0 if y_within <= floor else y_within


# ---- what is refused, what is doubtful -----------------------------------------------------------------------------


def _refuse_constant(score: Array) -> None:
    if len(score) == 0 or np.ptp(score) == 0:
        raise ModelError(problem("icc.no_variance", n=len(score)))


def _refuse_flat(ms: MeanSquares) -> None:
    if ms.between == 0 and ms.error == 0:
        raise ModelError(problem("icc.no_target_variance", n=ms.n))


def _component_rows(fit: Components) -> tuple[ComponentRow, ...]:
    return (
        ComponentRow("target", fit.target),
        ComponentRow("rater", fit.rater),
        ComponentRow("residual", fit.residual),
    )


def _boundary(fit: Components) -> Iterator[Caution]:
    if fit.target == 0:
        yield caution("icc.boundary")


def _cautions(n: int, k: int | None, perfect: bool, value: float | None) -> Iterator[Caution]:
    if perfect:
        yield caution("icc.perfect_agreement")
    if value is not None and value < 0:
        yield caution("icc.negative")
    least = int(cutoff("agreement.icc2_raters"))
    if k is not None and k < least and not perfect:
        yield caution("icc.few_raters", raters=k, least=least)
    few = int(cutoff("sample.small_n"))
    if n < few:
        yield caution("icc.few_groups" if k is None else "agreement.few_targets", n=n, least=few)
