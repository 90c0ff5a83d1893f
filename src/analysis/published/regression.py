"""Printed regressions: held against their own numbers, solved for what is not printed, computed again from a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np

from ..errors import ModelError, Problem
from ..stats.moments import Moments
from ..stats.regression import Regression, ols
from ..stats.result import Result
from ..stats.rows import Array
from ..stats.tails import f_upper, t_quantile, t_two_sided
from .check import Check, Span, Spot, Verdict, check, ends, judged, settled, span, spread, unchecked
from .formulas import COUNTS, Cells, Rule, apply, cell, possible
from .printed import Printed, exact, known, printed, whole
from .sheet import Explanation, Inverted, Sheet, closed, compared, grouped, meet

_N = 1_000_000  # beta, R², tolerance and VIF do not depend on n; where n is not printed, t and adjusted R² are left out
_STATISTICS = ("beta", "t", "tolerance", "VIF")
_FIT = ("R", "R2", "adj_R2")
_CONSTANT = frozenset(("(constant)", "constant", "hang so", "(hang so)", "hằng số", "(hằng số)", "intercept", "const"))


@dataclass(frozen=True)
class Replication(Result):
    """A regression from a printed matrix: standardised, with the verdict on every printed number of it."""

    table_id: str
    formula: str
    n: int | None
    result: Regression | None
    checks: tuple[Check, ...]
    refused: tuple[Problem, ...] = ()  # why the matrix gives no regression


def replicate_regression(
    formula: str,
    correlations: Mapping[tuple[str, str], object],
    *,
    n: int | None,
    coefficients: Mapping[str, Mapping[str, object]] | None = None,
    model: Mapping[str, object] | None = None,
    table_id: str = "",
) -> Replication:
    """Run a regression on a printed correlation matrix and hold the printed results against it.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``: rows of the matrix.
    correlations : mapping of (row, column) to printed number
        Each pair once or twice; the diagonal may be left out.
    n : int or None
        Respondents; without it t and adjusted R² are left out.
    coefficients : mapping of term to mapping, optional
        Printed ``beta``, ``t``, ``tolerance``, ``VIF`` of each term.
    model : mapping, optional
        Printed ``R``, ``R2``, ``adj_R2``.
    table_id : str
        Name of the table, for the checks.

    Returns
    -------
    Replication
        `refused` where the printed numbers are no possible correlation matrix.

    Notes
    -----
    Least squares on the moments of the matrix with standard deviations 1: b is then beta. Every correlation is moved
    half a unit of its last digit; where the sum of what each does alone does not explain a printed number, they are
    moved together. Numbers computed but not printed are "cannot check" with the reason ``not_printed``.

    References
    ----------
    Cohen, J., Cohen, P., West, S. G., & Aiken, L. S. (2003). Applied multiple regression, 3rd ed., ch. 3.

    Examples
    --------
    >>> found = replicate_regression("y ~ a", {("y", "a"): ".500"}, n=50, model={"R2": ".250"})
    >>> found.checks[1].verdict, round(found.result.fit.r2, 3)
    ('consistent', 0.25)
    """
    outcome, _, right = formula.partition("~")
    names = (outcome.strip(), *(name.strip() for name in right.split("+")))
    pairs = _pairs(names, correlations)
    if any(value is None for value in pairs.values()):
        spot = Spot(table_id, "matrix", "R2")
        absent = unchecked(spot, printed((model or {}).get("R2")), "missing_input")
        return Replication(table_id, formula, n, None, (absent,))
    inputs = [value for value in pairs.values() if value is not None]
    standard = _Standardised(names, tuple(pairs), n)
    try:
        moments = standard.moments([each.value for each in inputs])
        result = ols(f"{names[0]} ~ {' + '.join(names[1:])}", moments)
    except ModelError as refusal:
        return Replication(table_id, formula, n, None, (), refusal.problems)
    checks = tuple(_checks(table_id, standard, inputs, coefficients or {}, model or {}))
    return Replication(table_id, formula, n, result, checks)


def _pairs(
    names: Sequence[str], correlations: Mapping[tuple[str, str], object]
) -> dict[tuple[str, str], Printed | None]:
    """Every pair of the names once, from whichever triangle prints it."""
    found: dict[tuple[str, str], Printed | None] = {}
    for at, row in enumerate(names):
        for column in names[:at]:
            number = printed(correlations.get((row, column), correlations.get((column, row))))
            found[row, column] = None if number is None else number.within(-1.0, 1.0)
    return found


@dataclass(frozen=True, slots=True)
class _Standardised:
    """Least squares on a correlation matrix, the first variable on the others, as plain arithmetic on its cells."""

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    n: int | None

    def matrix(self, values: Sequence[float]) -> Array:
        at = {name: place for place, name in enumerate(self.names)}
        found = np.eye(len(self.names))
        for (row, column), value in zip(self.pairs, values, strict=True):
            found[at[row], at[column]] = found[at[column], at[row]] = value
        return found

    def moments(self, values: Sequence[float]) -> Moments:
        matrix = self.matrix(values)
        triangle = [list(row[: at + 1]) for at, row in enumerate(matrix)]
        return Moments.from_printed(triangle, n=self.n or _N, names=self.names)

    def solved(self, values: Sequence[float]) -> dict[tuple[str, str], float]:
        """Every statistic: ("model", "R2"), (term, "beta") …; ValueError where the cells are no correlations."""
        matrix = self.matrix(values)
        if np.linalg.eigvalsh(matrix)[0] <= 0:
            raise ValueError
        inverse = np.linalg.inv(matrix[1:, 1:])
        beta = inverse @ matrix[1:, 0]
        r2 = float(beta @ matrix[1:, 0])
        n, k = self.n or _N, len(beta)
        found = {("model", "R2"): r2, ("model", "R"): sqrt(max(r2, 0.0))}
        found["model", "adj_R2"] = 1 - (1 - r2) * (n - 1) / (n - k - 1)
        for name, b, vif in zip(self.names[1:], beta, np.diag(inverse), strict=True):
            found[name, "beta"], found[name, "VIF"], found[name, "tolerance"] = float(b), float(vif), float(1 / vif)
            found[name, "t"] = float(b) / sqrt((1 - r2) * float(vif) / (n - k - 1))
        return found


def _checks(
    table_id: str,
    standard: _Standardised,
    inputs: Sequence[Printed],
    coefficients: Mapping[str, Mapping[str, object]],
    model: Mapping[str, object],
) -> Iterator[Check]:
    centre = standard.solved([each.value for each in inputs])
    moved = []
    for pair in ends(inputs):
        try:
            moved.append((standard.solved(pair[0]), standard.solved(pair[1])))
        except ValueError:
            moved.append((centre, centre))

    def against(where: str, what: str, claim: Printed | None) -> Check:
        def first_order(_: Sequence[Printed]) -> Span:
            return spread(centre[where, what], [(a[where, what], b[where, what]) for a, b in moved])

        def together(box: Sequence[Printed]) -> Span:
            return span(lambda *values: standard.solved(values)[where, what], box)

        spot = Spot(table_id, where, what)
        if claim is None:
            return judged(spot, None, first_order(inputs))
        return settled(spot, claim, inputs, (first_order, together))

    for what in _FIT:
        if standard.n is not None or what != "adj_R2":
            yield against("model", what, cell(model, what))
    for term in standard.names[1:]:
        for what in _STATISTICS:
            if standard.n is not None or what != "t":
                yield against(term, what, cell(coefficients.get(term, {}), what))


# ---- the family of regression tables -------------------------------------------------------------------------------

MODELS = (
    Rule("R2", ("SS_reg", "SS_tot"), lambda part, whole: part / whole),
    Rule("R", ("R2",), lambda r2: sqrt(r2)),
    Rule("adj_R2", ("SS_res", "df_res", "SS_tot", "df_tot"), lambda s, d, total, all_: 1 - (s / d) / (total / all_)),
    Rule("SEE", ("SS_res", "df_res"), lambda ss, df: sqrt(ss / df)),
    Rule("MS_reg", ("SS_reg", "df_reg"), lambda ss, df: ss / df),
    Rule("MS_res", ("SS_res", "df_res"), lambda ss, df: ss / df),
    Rule("F", ("SS_reg", "df_reg", "SS_res", "df_res"), lambda a, i, b, j: (a / i) / (b / j)),
    Rule("p", ("F", "df_reg", "df_res"), f_upper),
    Rule("SS_tot", ("SS_reg", "SS_res"), lambda a, b: a + b),
    Rule("df_tot", ("df_reg", "df_res"), lambda a, b: a + b),
    Rule("df_tot", ("n",), lambda n: n - 1),
)
#: From the model summary alone: what k predictors and n persons make of R².
SUMMARY = (
    Rule("adj_R2", ("R2", "n", "k"), lambda r2, n, k: 1 - (1 - r2) * (n - 1) / (n - k - 1)),
    Rule("F", ("R2", "n", "k"), lambda r2, n, k: (r2 / k) / ((1 - r2) / (n - k - 1))),
)
COEFFICIENTS = (
    Rule("t", ("B", "SE"), lambda b, se: b / se),
    Rule("p", ("B", "SE", "df"), lambda b, se, df: t_two_sided(b / se, df)),
    Rule("p", ("t", "df"), t_two_sided),
    Rule("VIF", ("tolerance",), lambda tolerance: 1 / tolerance),
    Rule("part_r", ("beta", "tolerance"), lambda beta, tolerance: beta * sqrt(tolerance)),
    Rule("partial_r", ("t", "df"), lambda t, df: t / sqrt(t * t + df)),
    Rule("ci_low", ("B", "SE", "df"), lambda b, se, df: b - t_quantile(0.975, df) * se),
    Rule("ci_high", ("B", "SE", "df"), lambda b, se, df: b + t_quantile(0.975, df) * se),
)


def constant(term: object) -> bool:
    """Whether a term is the intercept, in either language."""
    return str(term or "").strip().casefold() in _CONSTANT


def _models(sheet: Sheet) -> Iterator[Check]:
    rows = sheet.rows("models")
    for row in rows:
        where = sheet.name if len(rows) == 1 else f"{sheet.name} {row.get('what') or ''}".strip()
        yield from possible(row, sheet.name, where)
        yield from apply(MODELS, row, sheet.name, where)
        k = row.get("k") or row.get("df_reg") or _count(sheet, row)
        n = row.get("n") or _plus_one(row.get("df_tot"))
        declared = row.get("k") or row.get("df_reg")
        for each in (
            apply(SUMMARY, {**row, "n": n, "k": k}, sheet.name, f"{where}, R²") if k and n and row.get("R2") else ()
        ):
            # predictors counted from printed rows may be too few: that a sum does not close is then no contradiction
            doubtful = each.verdict == "inconsistent" and not declared
            yield unchecked(Spot(*_spot(each)), printed(each.printed), "predictors_unknown") if doubtful else each
        yield from _no_greater(sheet.name, where, row)


def _spot(each: Check) -> tuple[str, str, str]:
    return each.table_id, each.where, each.what


def _count(sheet: Sheet, model: Cells) -> str | None:
    """Predictors of the one model whose coefficients are printed."""
    terms = [row for row in _own_coefficients(sheet, model) if not constant(row.get("term"))]
    return str(len(terms)) if terms else None


def _plus_one(text: object) -> str | None:
    found = whole(text)
    return None if found is None else str(found + 1)


def _no_greater(name: str, where: str, row: Cells) -> Iterator[Check]:
    """Adjusted R² is never above R²."""
    adjusted, r2 = cell(row, "adj_R2"), cell(row, "R2")
    if adjusted is not None and r2 is not None and adjusted.low > r2.high:
        yield replace(judged(Spot(name, where, "adj_R2"), adjusted, (r2.value, -inf, r2.high)), low=None)


def _own_coefficients(sheet: Sheet, model: Cells) -> Sequence[Cells]:
    """Coefficients of a model: those of its outcome where several are printed under one name."""
    rows, models = sheet.rows("coefficients"), sheet.rows("models")
    if len(models) <= 1:
        outcomes = grouped(rows, "dependent", "model")
        return rows if len(outcomes) == 1 else ()
    return [row for row in rows if row.get("model") and row.get("model") == model.get("model")]


def _coefficients(sheet: Sheet) -> Iterator[Check]:
    blocks = grouped(sheet.rows("coefficients"), "dependent", "model").values()
    for rows in blocks:
        model = _model_of(sheet, rows, len(blocks))
        df = _df(model, rows)
        several = "" if len(blocks) == 1 else f"{rows[0].get('model') or rows[0].get('dependent')} / "
        for row in rows:
            where = f"{several}{row.get('term')}"
            yield from possible(row, sheet.name, where)
            rules = [rule for rule in COEFFICIENTS if df is not None or "df" not in rule.given or rule.what == "p"]
            yield from _once(apply(rules, {**row, "df": df}, sheet.name, where))
            yield from _signs(sheet.name, where, row)
            yield from _standardised(sheet, where, row)
            yield from _joint_t(sheet.name, where, row, model, df)
        predictors = sum(not constant(row.get("term")) for row in rows)
        sums = (*_explained_variance(sheet.name, rows, model), *_pair_of_predictors(sheet.name, several, rows))
        every_one = whole(model.get("df_reg") or model.get("k")) == predictors
        yield from sums if every_one else closed(sums, "predictors_unknown")
    yield from _common_n(sheet)


def _common_n(sheet: Sheet) -> Iterator[Check]:
    """Whether one n fits everything that depends on it: R² with adjusted R², t with beta and VIF, the residual SD."""
    blocks = list(grouped(sheet.rows("coefficients"), "dependent", "model").values())
    if len(blocks) > 1 or len(sheet.rows("models")) > 1:
        return
    rows = [row for row in (blocks[0] if blocks else []) if not constant(row.get("term"))]
    model = sheet.first("models")
    declared = whole(model.get("df_reg") or model.get("k"))
    k = declared or len(rows)
    sizes = list(_sizes(sheet, model, rows, k)) if k else []
    if len(sizes) < 2:
        return
    low, high = max(a for _, a, _ in sizes), min(b for _, _, b in sizes)
    spot = Spot(sheet.name, "model", "n")
    found = judged(spot, None, ((low + high) / 2, min(low, high), max(low, high)))
    if low <= high:
        yield replace(found, verdict="consistent", reason="")
    elif declared is None or declared != len(rows):
        yield unchecked(spot, None, "predictors_unknown")
    else:
        sizes = list(_sizes(sheet, _cut(model), [_cut(row) for row in rows], k))
        fits = max(a for _, a, _ in sizes) <= min(b for _, _, b in sizes)
        verdict: Verdict = "consistent" if fits else "inconsistent"
        yield replace(found, verdict=verdict, reason="cut" if fits else "no_common_n")


def _cut(row: Cells) -> Cells:
    """The row if its digits were cut off instead of rounded."""
    numbers = {name: cell(row, name) for name in row if name not in COUNTS}
    return {**row, **{name: found.cut() for name, found in numbers.items() if found is not None}}


def _once(checks: Iterator[Check]) -> Iterator[Check]:
    """One line for a number that two formulas give, where neither could be used."""
    seen = set()
    for each in checks:
        key = (each.where, each.what) if each.verdict == "cannot check" else None
        if key is None or key not in seen:
            yield each
        seen.add(key)


def _model_of(sheet: Sheet, rows: Sequence[Cells], blocks: int) -> Cells:
    models = sheet.rows("models")
    if len(models) == 1 and blocks == 1:
        return models[0]
    return next((each for each in models if each.get("model") and each.get("model") == rows[0].get("model")), {})


_UNSEEN = 5  # predictors that a print may leave out where it does not say how many there are


def _df(model: Cells, rows: Sequence[Cells]) -> Printed | None:
    """Residual degrees of freedom: printed, or n less the printed predictors, some more of which may not be shown."""
    if (stated := exact(model.get("df_res"))) is not None:
        return stated
    n = whole(model.get("n")) or whole(rows[0].get("n")) or _plus(model.get("df_tot"))
    if n is None:
        return None
    declared = whole(model.get("df_reg"))
    if declared is not None:
        return known("", float(n - declared - 1)) if n > declared + 1 else None
    df = float(n - 1 - sum(not constant(row.get("term")) for row in rows))
    return Printed("", df, df - _UNSEEN, df, 0) if df > _UNSEEN else None


def _plus(text: object) -> int | None:
    found = whole(text)
    return None if found is None else found + 1


def _signs(name: str, where: str, row: Cells) -> Iterator[Check]:
    """B, beta, t and the part correlations have one sign."""
    b = printed(row.get("B"))
    if b is None or b.low <= 0 <= b.high:
        return
    for what in ("beta", "t", "partial_r", "part_r"):
        other = printed(row.get(what))
        if other is not None and (other.high < 0 if b.value > 0 else other.low > 0):
            found = judged(Spot(name, where, what), other, (-other.value, -other.high, -other.low))
            yield replace(found, reason="sign")


def _standardised(sheet: Sheet, where: str, row: Cells) -> Iterator[Check]:
    """beta = B SD(x) / SD(y), where both deviations are printed."""
    deviations = {
        str(each.get("item") or each.get("variable") or each.get("dependent")): cell(each, "sd")
        for each in sheet.rows("descriptives")
    }
    x, y = deviations.get(str(row.get("term"))), deviations.get(str(row.get("dependent")))
    if x is not None and y is not None:
        found = check(
            Spot(sheet.name, f"{where}, SD", "beta"), printed(row.get("beta")), lambda b, s, t: b * s / t,
            (printed(row.get("B")), x, y),
        )  # fmt: skip
        yield from () if found is None else (found,)


def _joint_t(name: str, where: str, row: Cells, model: Cells, df: Printed | None) -> Iterator[Check]:
    """t = beta sqrt(df / ((1 - R²) VIF)): coefficients, collinearity and fit are one arithmetic."""
    r2, vif = cell(model, "R2"), cell(row, "VIF")
    if vif is None and (tolerance := cell(row, "tolerance")) is not None and tolerance.low > 0:
        vif = Printed(tolerance.text, 1 / tolerance.value, 1 / tolerance.high, 1 / tolerance.low, tolerance.digits)
    beta = printed(row.get("beta"))
    if None in (r2, vif, beta, df):
        return
    found = check(
        Spot(name, f"{where}, R²", "t"), printed(row.get("t")),
        lambda b, v, r, d: b * sqrt(d / ((1 - r) * v)), (beta, vif, r2, df),
    )  # fmt: skip
    yield from () if found is None else (found,)


def _explained_variance(name: str, rows: Sequence[Cells], model: Cells) -> Iterator[Check]:
    """R² = sum of beta times the correlation with the outcome."""
    predictors = [row for row in rows if not constant(row.get("term"))]
    given = [printed(row.get(column)) for row in predictors for column in ("beta", "zero_order_r")]
    if not predictors or not all(given):
        return
    claim = cell(model, "R2")

    def total(*each: float) -> float:
        return sum(b * r for b, r in zip(each[::2], each[1::2], strict=True))

    yield from compared(Spot(name, "Σ beta r", "R2"), claim, total, *given)


def _pair_of_predictors(name: str, several: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Two predictors have one tolerance, and one VIF."""
    predictors = [row for row in rows if not constant(row.get("term"))]
    if len(predictors) == 2:
        for what in ("tolerance", "VIF"):
            first, second = (cell(row, what) for row in predictors)
            if first is not None and second is not None:
                spot = Spot(name, f"{several}{predictors[0].get('term')} = {predictors[1].get('term')}", what)
                yield from compared(spot, second, float, first)


def _fits(sheet: Sheet) -> Iterator[Inverted]:
    """n, R² and correlations that a printed regression gives away."""
    blocks = list(grouped(sheet.rows("coefficients"), "dependent", "model").values())
    if len(blocks) > 1:
        return
    rows = [row for row in (blocks[0] if blocks else []) if not constant(row.get("term"))]
    model = _model_of(sheet, blocks[0], 1) if blocks else sheet.first("models")
    k = len(rows) or whole(model.get("df_reg")) or 0
    if not k:
        return
    sizes = list(_sizes(sheet, model, rows, k))
    spot = (sheet.name, "model", "n")
    n_text = str(sheet.n) if sheet.n is not None else ""
    found = [replace(each, printed=n_text) for each in meet(spot, sizes, counts=True)]
    yield from found
    n = sheet.n if sheet.n is not None else (int(found[0].value) if found and found[0].possible else None)
    yield from _r2_of(sheet, rows, model, n, k)
    if len(rows) == 2:  # two predictors leave nothing open
        yield from _closed(sheet.name, rows, model)


def _ratios(rows: Sequence[Cells]) -> list[Span]:
    """(1 - R²) / df from each predictor: beta² / (t² VIF)."""
    found = []
    for row in rows:
        beta, tolerance, vif = printed(row.get("beta")), cell(row, "tolerance"), cell(row, "VIF")
        t = printed(row.get("t"))
        quotient = (printed(row.get("B")), cell(row, "SE")) if t is None else (t, known("", 1.0))
        if beta is None or None in quotient or (tolerance is None and vif is None):
            continue
        share = tolerance if tolerance is not None else vif
        given = [each for each in (beta, *quotient, share) if each is not None]
        if any(each.low <= 0 <= each.high for each in given):
            continue

        power = -1 if tolerance is None else 1

        def ratio(b: float, top: float, below: float, s: float, sign: int = power) -> float:
            return b * b / (top / below) ** 2 * s**sign

        found.append(span(ratio, given))
    return found


def _sizes(sheet: Sheet, model: Cells, rows: Sequence[Cells], k: int) -> Iterator[Span]:
    """Every equation that gives n."""
    r2, adjusted = cell(model, "R2"), cell(model, "adj_R2")
    if r2 is not None and adjusted is not None and r2.low > adjusted.high:

        def from_adjusted(r: float, a: float) -> float:
            return 1 + k * (1 - a) / (r - a)

        yield span(from_adjusted, [r2, adjusted])
    residual = printed(model.get("residual_sd")) or sheet.said(r"(?:std\.? )?residual sd", r"độ lệch chuẩn phần dư")
    if residual is not None and residual.low > 0 and residual.high < 1:
        yield span(lambda sd: 1 + k / (1 - sd * sd), [residual])
    f = cell(model, "F")
    if r2 is not None and f is not None and r2.low > 0 and r2.high < 1:
        yield span(lambda r, q: k + 1 + q * k * (1 - r) / r, [r2, f])
    if r2 is not None and r2.high < 1:
        for centre, low, high in _ratios(rows):
            yield ((1 - r2.value) / centre + k + 1, (1 - r2.high) / high + k + 1, (1 - r2.low) / low + k + 1)


def _r2_of(sheet: Sheet, rows: Sequence[Cells], model: Cells, n: int | None, k: int) -> Iterator[Inverted]:
    """R² of a model from the coefficients alone, at a printed or recovered n."""
    text = str(model.get("R2") or "")
    ratios = _ratios(rows)
    if ratios and n is not None and n > k + 1:
        df = n - k - 1
        spans = [(1 - centre * df, 1 - high * df, 1 - low * df) for centre, low, high in ratios]
        for each in meet((sheet.name, "model", "R2"), spans, given=f"n = {n}"):
            yield replace(each, printed=text)
    given = [printed(row.get(column)) for row in rows for column in ("beta", "zero_order_r")]
    if rows and all(given):
        found = span(
            lambda *each: sum(b * r for b, r in zip(each[::2], each[1::2], strict=True)),
            [each for each in given if each is not None],
        )
        yield Inverted(sheet.name, "Σ beta r", "R2", *found, 1, "", text)


def _closed(name: str, rows: Sequence[Cells], model: Cells) -> Iterator[Inverted]:
    """Two predictors: their correlation from the tolerance, those with the outcome from the betas, R² from both.

    The tolerance does not tell the sign of the correlation: the sign is kept that fits a printed R² or, without one,
    both are given.
    """
    betas = [printed(row.get("beta")) for row in rows]
    tolerance = next((each for row in rows if (each := cell(row, "tolerance")) is not None), None)
    tolerances = [each for row in rows if (each := cell(row, "tolerance")) is not None]
    if (
        None in betas
        or tolerance is None
        or any(each.low > tolerance.high or each.high < tolerance.low for each in tolerances)
    ):
        return
    given = [each for each in (*betas, tolerance) if each is not None]
    claim = cell(model, "R2")
    options = []
    for sign in (1, -1):

        def r2(a: float, b: float, t: float, s: int = sign) -> float:
            return a * a + b * b + 2 * a * b * s * sqrt(max(1 - t, 0.0))

        found = span(r2, given)
        fits = claim is None or (found[1] <= claim.high and found[2] >= claim.low)
        if fits and found[2] <= 1 + 1e-9 + (found[2] - found[1]):
            options.append((sign, found))
    for sign, found in options:
        assumed = "" if len(options) == 1 else ("r > 0" if sign > 0 else "r < 0")
        yield Inverted(name, "model", "R2", *found, 1, assumed, str(model.get("R2") or ""))
        names = [str(row.get("term")) for row in rows]
        between = span(lambda t, s=sign: s * sqrt(max(1 - t, 0.0)), [tolerance])
        yield Inverted(name, f"{names[0]} / {names[1]}", "r", *between, 1, assumed)
        for own, other, term, row in ((0, 1, names[0], rows[0]), (1, 0, names[1], rows[1])):
            r = span(lambda a, b, t, s=sign: a + b * s * sqrt(max(1 - t, 0.0)), [given[own], given[other], tolerance])
            yield Inverted(name, term, "r", *r, 1, assumed, str(row.get("zero_order_r") or ""))


def _explained(sheet: Sheet, checks: Sequence[Check]) -> Iterator[Explanation]:
    """Adjusted R² printed as R², the two swapped, degrees of freedom of other data."""
    wrong = {each.what for each in checks if each.verdict == "inconsistent"}
    for row in sheet.rows("models"):
        r, r2, adjusted = cell(row, "R"), cell(row, "R2"), cell(row, "adj_R2")
        n, k = (
            whole(row.get("n")) or _plus(row.get("df_tot")),
            whole(row.get("df_reg") or row.get("k") or _count(sheet, row)),
        )
        if wrong & {"R", "R2", "adj_R2"} and r2 is not None:
            yield from _swapped(sheet.name, row, (r, r2, adjusted))
            if n is not None and k is not None and n > k + 1 and r is not None:
                square = r.value**2
                value = 1 - (1 - square) * (n - 1) / (n - k - 1)
                if r2.low - 1e-3 <= value <= r2.high + 1e-3 and not r2.low <= square <= r2.high:
                    yield Explanation(sheet.name, "adjusted_as_r2", sheet.name, r2.text, "", square, value)
        if wrong & {"df_tot", "MS_res", "MS_reg", "F", "p"}:
            yield from _other_df(sheet.name, row)


def _swapped(
    name: str, row: Cells, three: tuple[Printed | None, Printed | None, Printed | None]
) -> Iterator[Explanation]:
    r, r2, adjusted = three
    if r is None or r2 is None or adjusted is None:
        return
    low, high = r.low**2, r.high**2
    if low <= adjusted.high and high >= adjusted.low and not (low <= r2.high and high >= r2.low):
        yield Explanation(
            name, "r2_swapped", name, str(row.get("R2")), str(row.get("adj_R2")), r2.value, adjusted.value
        )


def _other_df(name: str, row: Cells) -> Iterator[Explanation]:
    """The residual degrees of freedom that the printed squares imply."""
    ss, ms, df = cell(row, "SS_res"), cell(row, "MS_res"), whole(row.get("df_res"))
    if ss is None or ms is None or df is None or ms.low <= 0:
        return
    value, low, high = span(lambda a, b: a / b, [ss, ms])
    if not low <= df <= high:
        yield Explanation(name, "wrong_df", f"{name}: df_res", str(row.get("df_res")), f"{value:.0f}", float(df), value)


ORDER = 3
AUDITORS = {"coefficients": _coefficients, "models": _models}
INVERTERS = (_fits,)
EXPLAINERS = (_explained,)
