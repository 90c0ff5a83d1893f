"""Printed comparisons of groups: held against their own numbers and against the sizes, means and deviations above."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import sqrt

from ..stats.tails import f_upper, t_quantile, t_two_sided
from . import grim
from .check import Check, Spot, check, judged, span, unchecked
from .formulas import Cells, Rule, apply, cell, possible
from .printed import Printed, exact, printed, whole
from .sheet import Explanation, Inverted, Sheet, by_rules, compared, grouped, label, meet

_VARIANTS = {"equal": "pooled", "welch": "welch"}


def replicate_welch(
    groups: Sequence[Mapping[str, object]], tests: Sequence[Mapping[str, object]], *, table_id: str = ""
) -> tuple[Check, ...]:
    """Hold printed t tests against the groups that are printed above them.

    Parameters
    ----------
    groups : sequence of mapping
        Two rows with ``n``, ``mean``, ``sd`` and perhaps ``se_mean``, in the order of the printed difference.
    tests : sequence of mapping
        Rows with ``variant`` (``equal`` or ``welch``), ``t``, ``df``, ``p``, ``mean_diff``, ``se_diff``.
    table_id : str
        Name of the table, for the checks.

    Returns
    -------
    tuple of Check
        One for each printed number; empty when there are not two groups.

    Notes
    -----
    Student's and Welch's test as `stats.compare.ttest` computes them. Sizes are exact; means and standard deviations
    are moved within the interval of their digits. t near zero loses its sign and its digits in this way, and its
    interval says so.

    References
    ----------
    Welch, B. L. (1947). Biometrika, 34, 28-35. SPSS: ``T-TEST GROUPS``.

    Examples
    --------
    >>> a = {"group": "A", "n": "10", "mean": "3.10", "sd": ".50"}
    >>> b = {"group": "B", "n": "12", "mean": "3.60", "sd": ".60"}
    >>> [each.verdict for each in replicate_welch([a, b], [{"variant": "equal", "t": "-2.10", "df": "20"}])]
    ['consistent', 'consistent']
    """
    if len(groups) != 2:
        return ()
    inputs = [each for row in groups for each in (exact(row.get("n")), printed(row.get("mean")), cell(row, "sd"))]
    return (*_errors_of_means(groups, table_id), *_tests(inputs, tests, table_id))


def _errors_of_means(groups: Sequence[Mapping[str, object]], table_id: str) -> Iterator[Check]:
    for row in groups:
        spot = Spot(table_id, str(row.get("group", "")), "se_mean")
        found = check(spot, cell(row, "se_mean"), lambda sd, n: sd / n**0.5, (cell(row, "sd"), exact(row.get("n"))))
        if found is not None:
            yield found


def _tests(
    inputs: Sequence[Printed | None], tests: Sequence[Mapping[str, object]], table_id: str
) -> Iterator[Check]:  # fmt: skip
    for row in tests:
        variant = str(row.get("variant", ""))
        if variant not in _VARIANTS:
            continue
        for what in ("mean_diff", "se_diff", "t", "df", "p"):
            claim = exact(row.get(what)) if what == "df" else printed(row.get(what))
            found = check(Spot(table_id, variant, what), claim, _statistic(_VARIANTS[variant], what), inputs)
            if found is not None:
                yield found


def _statistic(variances: str, what: str) -> Callable[..., float]:
    def value(n1: float, m1: float, s1: float, n2: float, m2: float, s2: float) -> float:
        return two_groups((n1, m1, s1), (n2, m2, s2), variances)[what]

    return value


def two_groups(
    first: tuple[float, float, float], second: tuple[float, float, float], variances: str
) -> dict[str, float]:
    """Student's (``pooled``) or Welch's test of two groups, each given as n, mean, deviation.

    The arithmetic of `stats.compare.ttest` alone: it is repeated at every corner of the printed digits. ValueError
    where a group has fewer than two members or nothing varies.
    """
    (n1, m1, s1), (n2, m2, s2) = first, second
    if min(n1, n2) < 2 or s1 == s2 == 0:
        raise ValueError
    v1, v2 = s1 * s1 / n1, s2 * s2 / n2
    if variances == "welch":
        se2, df = v1 + v2, (v1 + v2) ** 2 / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1))
    else:
        df = n1 + n2 - 2
        se2 = ((n1 - 1) * s1 * s1 + (n2 - 1) * s2 * s2) / df * (1 / n1 + 1 / n2)
    gap, se = m1 - m2, sqrt(se2)
    return {"mean_diff": gap, "se_diff": se, "t": gap / se, "df": df, "p": t_two_sided(gap / se, df)}


# ---- the family of group comparisons -------------------------------------------------------------------------------

ANOVA = (
    Rule("MS_between", ("SS_between", "df_between"), lambda ss, df: ss / df),
    Rule("MS_within", ("SS_within", "df_within"), lambda ss, df: ss / df),
    Rule("F", ("SS_between", "df_between", "SS_within", "df_within"), lambda a, i, b, j: (a / i) / (b / j)),
    Rule("p", ("F", "df_between", "df_within"), f_upper),
    Rule("SS_total", ("SS_between", "SS_within"), lambda a, b: a + b),
    Rule("df_total", ("df_between", "df_within"), lambda a, b: a + b),
    Rule("levene_p", ("levene_F", "levene_df1", "levene_df2"), f_upper),
)
LEVENE = (Rule("p", ("levene_F", "df1", "df2"), f_upper),)
POSTHOC = (Rule("mean_diff", ("ci_low", "ci_high"), lambda low, high: (low + high) / 2),)
T_TESTS = (
    Rule("t", ("mean_diff", "se_diff"), lambda gap, se: gap / se),
    Rule("p", ("t", "df"), t_two_sided),
    Rule("mean_diff", ("ci_low", "ci_high"), lambda low, high: (low + high) / 2),
    Rule("ci_low", ("mean_diff", "se_diff", "df"), lambda gap, se, df: gap - t_quantile(0.975, df) * se),
    Rule("ci_high", ("mean_diff", "se_diff", "df"), lambda gap, se, df: gap + t_quantile(0.975, df) * se),
    Rule("levene_p", ("levene_F", "df_pooled"), lambda f, df: f_upper(f, 1, df)),
)


def _t_tests(sheet: Sheet) -> Iterator[Check]:
    tests = sheet.rows("t_tests")
    by_outcome = grouped([{**row, "dependent": _bare(row.get("dependent"))} for row in tests], "dependent")
    several = len(by_outcome) > 1
    for outcome, rows in by_outcome.items():
        pooled = next((row.get("df") for row in rows if _variant(row) == "equal"), None)
        for at, row in enumerate(rows):
            variant = _variant(row) or str(row.get("variant") or "")
            where = f"{outcome} / {variant}" if several else variant
            yield from possible(row, sheet.name, where)
            cells = {**row, "df_pooled": pooled, **({} if at == 0 else {"levene_p": None})}
            yield from apply(T_TESTS, cells, sheet.name, where)
        yield from _one_difference(sheet.name, outcome if several else "", rows)
        yield from _against_groups(sheet, outcome, several, rows)


def _bare(outcome: object) -> str:
    """The name of an outcome without the address that a source may append in brackets."""
    return str(outcome or "").split(" (http")[0].strip()


def _variant(row: Cells) -> str:
    text = str(row.get("variant") or "").strip().casefold()
    if text in ("equal", "pooled", "student") or (
        "không bằng" not in text and "not" not in text and ("bằng nhau" in text or "equal variances assumed" in text)
    ):
        return "equal"
    if text in ("welch", "unequal") or "không bằng" in text or "not assumed" in text:
        return "welch"
    return ""


def _one_difference(name: str, outcome: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Both lines of a t test compare the same two means."""
    pair = {_variant(row): printed(row.get("mean_diff")) for row in rows}
    if len(rows) == 2 and set(pair) == {"equal", "welch"}:
        where = " / ".join(each for each in (outcome, "equal = welch") if each)
        yield from compared(Spot(name, where, "mean_diff"), pair["welch"], float, pair["equal"])


def _against_groups(sheet: Sheet, outcome: str, several: bool, tests: Sequence[Cells]) -> Iterator[Check]:
    groups = [row for row in sheet.rows("groups") if not several or _bare(row.get("dependent")) == outcome]
    if len({_bare(row.get("dependent")) for row in groups}) > 1:
        return
    rows = [{**row, "variant": _variant(row)} for row in tests]
    found = replicate_welch(groups, rows, table_id=sheet.name)
    reverse = replicate_welch(groups[::-1], rows, table_id=sheet.name)
    # which group is subtracted from which is not printed
    better = min((found, reverse), key=lambda each: sum(one.verdict == "inconsistent" for one in each))
    named = f"{outcome} / " if several else ""
    for each in better:
        if each.what != "se_mean":
            yield replace(each, where=f"{named}{each.where}, n M SD")


def _groups(sheet: Sheet) -> Iterator[Check]:
    for row in sheet.rows("groups"):
        where = label(row, "group")
        yield from possible(row, sheet.name, where)
        given = (cell(row, "sd"), exact(row.get("n")))
        yield from compared(Spot(sheet.name, where, "se_mean"), cell(row, "se_mean"), lambda sd, n: sd / n**0.5, *given)
        yield from _whole_answers(sheet.name, where, row)
        yield from _interval(sheet.name, where, row)
    if not sheet.rows("t_tests") and not sheet.rows("anova"):
        for row in sheet.rows("groups"):
            if row.get("se_mean") in (None, ""):
                yield unchecked(
                    Spot(sheet.name, label(row, "group"), "mean"), printed(row.get("mean")), "missing_input"
                )


def _whole_answers(name: str, where: str, row: Cells) -> Iterator[Check]:
    """GRIM and GRIMMER only where the print says of how many whole answers the score is the mean."""
    items, n = whole(row.get("k_items")), whole(row.get("n"))
    if items is not None and items > 0 and n is not None and n > 0:
        of = grim.Answers(n, items, whole(row.get("scale_low")), whole(row.get("scale_high")))
        yield from grim.integers(Spot(name, where, "mean"), row, "mean", "sd", n, of)


def _interval(name: str, where: str, row: Cells) -> Iterator[Check]:
    """A group's 95 % interval: M ± t SD / sqrt(n)."""
    mean, sd, n = printed(row.get("mean")), cell(row, "sd"), exact(row.get("n"))
    if n is not None and n.value < 2:
        return
    for what, sign in (("ci_low", -1), ("ci_high", 1)):
        claim = printed(row.get(what))

        def end(m: float, s: float, size: float, side: int = sign) -> float:
            return m + side * t_quantile(0.975, size - 1) * s / sqrt(size)

        if claim is not None:
            yield from compared(Spot(name, where, what), claim, end, mean, sd, n)


_BETWEEN = ("SS_between", "df_between", "SS_within", "df_within", "F", "p")


def _anova(sheet: Sheet) -> Iterator[Check]:
    yield from by_rules("anova", ANOVA, "factor")(sheet)
    for row in sheet.rows("anova"):
        where = label(row, "factor") or sheet.name
        yield from _f_from_means(sheet.name, where, row)
        yield from _levene_df(sheet.name, where, row)
        yield from _from_groups(sheet, where, row)
    yield from _one_total(sheet)


def _f_from_means(name: str, where: str, row: Cells) -> Iterator[Check]:
    """Where a print leaves out the sums of squares: F from the mean squares."""
    if row.get("SS_within") in (None, "") or row.get("SS_between") in (None, ""):
        between, within = cell(row, "MS_between"), cell(row, "MS_within")
        if between is not None and within is not None:
            yield from compared(Spot(name, f"{where}, MS", "F"), cell(row, "F"), lambda a, b: a / b, between, within)


def _levene_df(name: str, where: str, row: Cells) -> Iterator[Check]:
    """Levene's test has the within-groups df; its first df is smaller where groups of one person are left out."""
    yield from compared(
        Spot(name, where, "levene_df2"), exact(row.get("levene_df2")), float, exact(row.get("df_within"))
    ) if row.get("df_within") not in (None, "") else ()  # fmt: skip
    first, between = whole(row.get("levene_df1")), whole(row.get("df_between"))
    if first is not None and between is not None and first > between:
        yield judged(
            Spot(name, where, "levene_df1"), exact(row.get("levene_df1")), (float(between), 1.0, float(between))
        )


def _one_total(sheet: Sheet) -> Iterator[Check]:
    """One outcome has one total sum of squares, whatever factor divides it, if the same persons answered."""
    for outcome, rows in grouped(sheet.rows("anova"), "dependent").items():
        totals = [(cell(row, "SS_total"), whole(row.get("df_total")), row) for row in rows]
        first = next(((ss, df) for ss, df, _ in totals if ss is not None and df is not None), None)
        for ss, df, row in totals[1:]:
            if first is not None and ss is not None and df == first[1] and outcome:
                where = label(row, "factor")
                found = check(Spot(sheet.name, where, "SS_total"), ss, float, (first[0],))
                yield from () if found is None else (replace(found, where=f"{where} = {label(rows[0], 'factor')}"),)


def _from_groups(sheet: Sheet, where: str, row: Cells) -> Iterator[Check]:
    """The ANOVA that sizes, means and deviations of the groups give."""
    groups = [each for each in sheet.rows("groups") if each.get("dependent") in (None, "", row.get("dependent"))]
    groups = [each for each in groups if each.get("factor") in (None, "", row.get("factor"))]
    groups = [each for each in groups if str(each.get("group") or "").strip().casefold() not in _TOTALS]
    sizes = [whole(each.get("n")) for each in groups]
    moments = [found for each in groups for found in (printed(each.get("mean")), cell(each, "sd"))]
    df = whole(row.get("df_between"))
    if len(groups) < 2 or any(size is None or size < 1 for size in sizes) or not all(moments):
        return
    if df != len(groups) - 1:
        return
    given = [each for each in moments if each is not None]
    n = [size for size in sizes if size is not None]
    for what in _BETWEEN:
        claim = cell(row, what)
        if claim is not None:
            spot = Spot(sheet.name, f"{where}, n M SD", what)
            yield from compared(spot, claim, lambda *each, w=what, of=tuple(n): one_way(of, each)[w], *given)


_TOTALS = frozenset(("total", "tổng", "tổng cộng", "tong", "tong cong"))


def one_way(n: Sequence[int], means_and_deviations: Sequence[float]) -> dict[str, float]:
    """One-way analysis of variance from each group's size and its mean and deviation in turn.

    Parameters
    ----------
    n : sequence of int
        Sizes of the k groups.
    means_and_deviations : sequence of float
        M_1, SD_1, M_2, SD_2 …

    Returns
    -------
    dict
        SS and df between and within, F and p. ZeroDivisionError where nothing varies within the groups.

    Examples
    --------
    >>> round(one_way([2, 2], [1.5, 0.7071067811865476, 4.0, 1.4142135623730951])["F"], 6)
    5.0
    """
    means, sds = means_and_deviations[::2], means_and_deviations[1::2]
    total = sum(n)
    grand = sum(size * mean for size, mean in zip(n, means, strict=True)) / total
    between = sum(size * (mean - grand) ** 2 for size, mean in zip(n, means, strict=True))
    within = sum((size - 1) * sd * sd for size, sd in zip(n, sds, strict=True))
    df1, df2 = len(n) - 1, total - len(n)
    f = (between / df1) / (within / df2)
    return {
        "SS_between": between, "df_between": float(df1), "SS_within": within, "df_within": float(df2), "F": f,
        "p": f_upper(f, df1, df2),
    }  # fmt: skip


def _pairs(sheet: Sheet) -> Iterator[Check]:
    rows = sheet.rows("posthoc")
    for block in grouped(rows, "dependent", "method").values():
        for row in block:
            where = f"{row.get('I')} – {row.get('J')}"
            yield from possible(row, sheet.name, where)
            yield from apply(POSTHOC, row, sheet.name, where)
        yield from _mirrored(sheet.name, block)
        yield from _chained(sheet.name, block)
        yield from _adjusted(sheet, block)


def _gaps(rows: Sequence[Cells]) -> dict[tuple[str, str], Printed]:
    return {
        (str(row.get("I")), str(row.get("J"))): gap
        for row in rows
        if (gap := printed(row.get("mean_diff"))) is not None
    }


def _mirrored(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """J less I is I less J with the other sign."""
    gaps = _gaps(rows)
    for at, (pair, gap) in enumerate(gaps.items()):
        back = gaps.get(pair[::-1])
        if back is not None and list(gaps).index(pair[::-1]) < at:
            yield from compared(Spot(name, f"{pair[0]} – {pair[1]} = –", "mean_diff"), gap, lambda g: -g, back)


def _chained(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Differences add up: A less C is A less B plus B less C."""
    gaps = _gaps(rows)
    names = list(dict.fromkeys(each for pair in gaps for each in pair))
    for at, a in enumerate(names):
        for to, b in enumerate(names[at + 1 :], at + 1):
            for c in names[to + 1 :]:
                if all(pair in gaps for pair in ((a, b), (b, c), (a, c))):
                    spot = Spot(name, f"{a} – {c} ({b})", "mean_diff")
                    yield from compared(spot, gaps[a, c], lambda x, y: x + y, gaps[a, b], gaps[b, c])


def _adjusted(sheet: Sheet, rows: Sequence[Cells]) -> Iterator[Check]:
    """Bonferroni's p is that of t = difference / SE times the number of pairs, where method and df are printed."""
    method = str(rows[0].get("method") or "").casefold()
    df = exact(rows[0].get("df") or sheet.first("anova").get("df_within"))
    named = all(row.get("I") and row.get("J") for row in rows)
    if method not in ("bonferroni", "lsd") or df is None or not named:
        return
    least = max(len({name for pair in _gaps(rows) for name in pair}), 2)
    # groups of which no pair is printed count too: the number of groups is the one that fits best
    tries = [list(_p_of_pairs(sheet.name, rows, df, k * (k - 1) / 2)) for k in range(least, least + _UNSEEN)]
    tries = tries if method == "bonferroni" else [list(_p_of_pairs(sheet.name, rows, df, 1.0))]
    yield from min(tries, key=lambda checks: sum(each.verdict == "inconsistent" for each in checks))


_UNSEEN = 8  # further groups that a print may leave out


def _p_of_pairs(name: str, rows: Sequence[Cells], df: Printed, times: float) -> Iterator[Check]:
    for row in rows:
        spot = Spot(name, f"{row.get('I')} – {row.get('J')}", "p")
        yield from compared(
            spot, cell(row, "p"), lambda gap, se, d: min(1.0, times * t_two_sided(gap / se, d)),
            printed(row.get("mean_diff")), cell(row, "se"), df,
        )  # fmt: skip


def _sizes(sheet: Sheet) -> Iterator[Inverted]:
    """A group's n from its deviation and standard error; the deviation within groups from the mean square."""
    for row in sheet.rows("groups"):
        sd, se = cell(row, "sd"), cell(row, "se_mean")
        if sd is not None and se is not None and se.low > 0:
            spot = (sheet.name, label(row, "group"), "n")
            for each in meet(spot, [span(lambda s, e: (s / e) ** 2, [sd, se])], counts=True):
                yield replace(each, printed=str(row.get("n") or ""))
    for row in sheet.rows("anova"):
        within = cell(row, "MS_within")
        if within is not None:
            yield Inverted(
                sheet.name, label(row, "factor"), "sd_within", *span(sqrt, [within]), 1, "",
            )  # fmt: skip


def _explained(sheet: Sheet, checks: Sequence[Check]) -> Iterator[Explanation]:
    """Degrees of freedom that are not those of the printed squares."""
    wrong = {each.what for each in checks if each.verdict == "inconsistent"}
    if not wrong & {"F", "MS_within", "df_total", "p", "levene_df2"}:
        return
    for row in sheet.rows("anova"):
        ss, ms, df = cell(row, "SS_within"), cell(row, "MS_within"), whole(row.get("df_within"))
        if ss is None or ms is None or df is None or ms.low <= 0:
            continue
        value, low, high = span(lambda a, b: a / b, [ss, ms])
        if not low <= df <= high:
            where = f"{label(row, 'factor')}: df_within"
            yield Explanation(
                sheet.name, "wrong_df", where, str(row.get("df_within")), f"{value:.0f}", float(df), value
            )


ORDER = 4
AUDITORS = {
    "groups": _groups,
    "t_tests": _t_tests,
    "anova": _anova,
    "levene": by_rules("levene", LEVENE, "dependent"),
    "posthoc": _pairs,
}
INVERTERS = (_sizes,)
EXPLAINERS = (_explained,)
