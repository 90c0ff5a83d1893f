"""Known errors in printed tables of simulated data, and whether the digits that are left can show them.

`python tests/published/slips.py` writes `docs/detectable-errors.md`. An error is detectable when interval arithmetic on
the altered table (here, sharing nothing with the audit) leaves no room for the numbers: every printed number may lie
anywhere in the interval of its digits.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "detectable-errors.md"
SEED, TABLES, DRAWS, DIGITS = 7, 3, 4, (2, 3, 4)

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


@dataclass(frozen=True)
class Span:
    """An interval; arithmetic widens outwards, so what it excludes is truly excluded."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), max(ends))

    def __truediv__(self, other: Span) -> Span:
        if other.low <= 0 <= other.high:
            return Span(-inf, inf)
        return self * Span(1 / other.high, 1 / other.low)

    def root(self) -> Span:
        return Span(sqrt(max(self.low, 0.0)), sqrt(max(self.high, 0.0)))

    def falling(self, tail: Callable[[float], float]) -> Span:
        return Span(tail(self.high), tail(self.low))

    def size(self) -> Span:
        ends = sorted((abs(self.low), abs(self.high)))
        return Span(0.0 if self.low <= 0 <= self.high else ends[0], ends[1])

    def meets(self, other: Span) -> bool:
        edge = 1e-7 * (1 + min(abs(self.low), abs(other.low)))
        return self.low <= other.high + edge and other.low <= self.high + edge


#: How printed digits came about: rounded, or the rest cut off. The audit allows either, so an error must show in both.
_reading = "rounded"


def span(text: str) -> Span:
    digits = len(text.split(".")[1]) if "." in text else 0
    unit = 10.0**-digits if digits else 0.0  # whole numbers are counts
    value = float(text)
    down, up = (unit, unit) if _reading == "cut" else (unit / 2, unit / 2)
    return Span(value - (down if value <= 0 else unit / 2), value + (up if value >= 0 else unit / 2))


def one(value: float) -> Span:
    return Span(value, value)


# ---- tables as they would be printed --------------------------------------------------------------------------------


def _prints() -> Any:
    spec = importlib.util.spec_from_file_location("prints", HERE / "prints.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def item_total(seed: int, digits: int) -> Tables:
    columns = ("item_sd", "scale_mean_if_deleted", "scale_var_if_deleted", "corrected_item_total_r", "alpha_if_deleted")
    return {"reliability": _prints().Survey(seed, 150, 1, 5).print(digits, columns)["reliability"]}


def regression(seed: int, digits: int) -> Tables:
    rng = np.random.default_rng(seed)
    n, k = 140, 3
    x = rng.standard_normal((n, k)) + 0.6 * rng.standard_normal((n, 1))
    y = 1 + x @ np.array([0.5, 0.3, 0.2]) + rng.standard_normal(n)
    design = np.column_stack([np.ones(n), x])
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ y
    residual = y - design @ b
    df = n - k - 1
    ss_res, ss_tot = float(residual @ residual), float(((y - y.mean()) ** 2).sum())
    se = np.sqrt(np.diag(inverse) * ss_res / df)
    f = f"{{:.{digits}f}}".format
    tolerance = 1 / np.diag(np.linalg.inv(np.corrcoef(x.T)))
    rows = []
    for at, term in enumerate(("(Constant)", "a", "b", "c")):
        t = b[at] / se[at]
        row = {"table_id": "T", "dependent": "y", "term": term, "B": f(b[at]), "SE": f(se[at]), "t": f(t),
               "p": f(2 * stats.t.sf(abs(t), df))}  # fmt: skip
        if at:
            beta = b[at] * x[:, at - 1].std() / y.std()
            row |= {"beta": f(beta), "tolerance": f(tolerance[at - 1]), "VIF": f(1 / tolerance[at - 1])}
        rows.append(row)
    r2, ss_reg = 1 - ss_res / ss_tot, ss_tot - ss_res
    ratio = ss_reg / k / (ss_res / df)
    model = {
        "table_id": "T", "what": "y", "n": str(n), "R": f(sqrt(r2)), "R2": f(r2),
        "adj_R2": f(1 - (ss_res / df) / (ss_tot / (n - 1))), "SEE": f(sqrt(ss_res / df)), "SS_reg": f(ss_reg),
        "df_reg": str(k), "MS_reg": f(ss_reg / k), "F": f(ratio), "p": f(stats.f.sf(ratio, k, df)),
        "SS_res": f(ss_res), "df_res": str(df), "MS_res": f(ss_res / df), "SS_tot": f(ss_tot), "df_tot": str(n - 1),
    }  # fmt: skip
    return {"coefficients": rows, "models": [model]}


def anova(seed: int, digits: int) -> Tables:
    rng = np.random.default_rng(seed)
    groups = [rng.normal(3.5 + 0.2 * at, 0.7, size) for at, size in enumerate((40, 55, 35))]
    y = np.concatenate(groups)
    within = sum(float(((g - g.mean()) ** 2).sum()) for g in groups)
    total = float(((y - y.mean()) ** 2).sum())
    a, b = 2, len(y) - 3
    ratio = (total - within) / a / (within / b)
    f = f"{{:.{digits}f}}".format
    row = {
        "table_id": "T", "dependent": "y", "factor": "group", "SS_between": f(total - within), "df_between": str(a),
        "MS_between": f((total - within) / a), "F": f(ratio), "p": f(stats.f.sf(ratio, a, b)), "SS_within": f(within),
        "df_within": str(b), "MS_within": f(within / b), "SS_total": f(total), "df_total": str(a + b),
    }  # fmt: skip
    return {"anova": [row]}


def correlations(seed: int, digits: int) -> Tables:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((120, 4)) + rng.uniform(0.1, 0.8) * rng.standard_normal((120, 1))
    r = np.corrcoef(x.T)
    f = f"{{:.{digits}f}}".format
    rows = []
    for i in range(4):
        for j in range(4):
            row = {"table_id": "T", "row": f"v{i}", "col": f"v{j}", "r": "1" if i == j else f(r[i, j]), "n": "120"}
            if i != j:
                row["p"] = f(_p_of_r(r[i, j], 120))
            rows.append(row)
    return {"correlations": rows}


def t_test(seed: int, digits: int) -> Tables:
    rng = np.random.default_rng(seed)
    groups = [rng.normal(3.8, 0.6, 60), rng.normal(3.5, 0.8, 85)]
    n, m, v = ([float(len(g)) for g in groups], [g.mean() for g in groups], [g.var(ddof=1) for g in groups])
    f = f"{{:.{digits}f}}".format
    rows = [
        {"table_id": "T", "dependent": "y", "group": f"g{i}", "n": str(int(n[i])), "mean": f(m[i]),
         "sd": f(sqrt(v[i])), "se_mean": f(sqrt(v[i] / n[i]))}
        for i in range(2)
    ]  # fmt: skip
    pooled = ((n[0] - 1) * v[0] + (n[1] - 1) * v[1]) / (sum(n) - 2)
    tests = []
    for variant, se, df in (
        ("equal", sqrt(pooled * (1 / n[0] + 1 / n[1])), sum(n) - 2),
        ("welch", sqrt(v[0] / n[0] + v[1] / n[1]), _welch(v[0] / n[0], v[1] / n[1], n)),
    ):
        gap, reach = m[0] - m[1], stats.t.ppf(0.975, df) * se
        tests.append(
            {"table_id": "T", "dependent": "y", "variant": variant, "t": f(gap / se),
             "df": str(int(df)) if variant == "equal" else f(df), "p": f(2 * stats.t.sf(abs(gap / se), df)),
             "mean_diff": f(gap), "se_diff": f(se), "ci_low": f(gap - reach), "ci_high": f(gap + reach)}
        )  # fmt: skip
    return {"groups": rows, "t_tests": tests}


def _welch(a: float, b: float, n: list[float]) -> float:
    return (a + b) ** 2 / (a * a / (n[0] - 1) + b * b / (n[1] - 1))


def _p_of_r(r: float, n: int) -> float:
    return float(2 * stats.t.sf(abs(r) * sqrt((n - 2) / max(1 - r * r, 1e-300)), n - 2))


# ---- what the numbers of a table owe to each other -------------------------------------------------------------------


def pairs(kind: str, tables: Tables) -> Iterator[tuple[Span, Span]]:
    """Pairs of intervals of the same number: as printed, and as the other printed numbers imply."""
    yield from _OWED[kind](tables)


def _f_tail(f: Span, a: Span, b: Span) -> Span:
    return Span(max(f.low, 0.0), max(f.high, 0.0)).falling(lambda value: float(stats.f.sf(value, a.low, b.low)))


def _t_tail(t: Span, df: Span) -> Span:
    few, many = t.size().falling(lambda v: float(2 * stats.t.sf(v, df.low))), t.size().falling(
        lambda v: float(2 * stats.t.sf(v, df.high))
    )  # fmt: skip
    return Span(min(few.low, many.low), max(few.high, many.high))


def _owed_models(tables: Tables) -> Iterator[tuple[Span, Span]]:
    for row in tables["models"]:
        c = {name: span(text) for name, text in row.items() if name not in ("table_id", "what")}
        yield c["R2"], c["SS_reg"] / c["SS_tot"]
        yield c["R"], c["R2"].root()
        yield c["adj_R2"], one(1) - (c["SS_res"] / c["df_res"]) / (c["SS_tot"] / c["df_tot"])
        yield c["SEE"], (c["SS_res"] / c["df_res"]).root()
        yield from _owed_variances(c, ("SS_reg", "df_reg", "MS_reg"), ("SS_res", "df_res", "MS_res"))
        yield c["SS_tot"], c["SS_reg"] + c["SS_res"]
        yield c["df_tot"], c["n"] - one(1)


def _owed_variances(
    c: dict[str, Span], first: tuple[str, str, str], second: tuple[str, str, str]
) -> Iterator[tuple[Span, Span]]:
    (ss, df, ms), (ss2, df2, ms2) = first, second
    yield c[ms], c[ss] / c[df]
    yield c[ms2], c[ss2] / c[df2]
    yield c["F"], (c[ss] / c[df]) / (c[ss2] / c[df2])
    yield c["p"], _f_tail(c["F"], c[df], c[df2])


def _owed_anova(tables: Tables) -> Iterator[tuple[Span, Span]]:
    for row in tables["anova"]:
        c = {name: span(text) for name, text in row.items() if name not in ("table_id", "dependent", "factor")}
        between, within = ("SS_between", "df_between", "MS_between"), ("SS_within", "df_within", "MS_within")
        yield from _owed_variances(c, between, within)
        yield c["SS_total"], c["SS_between"] + c["SS_within"]
        yield c["df_total"], c["df_between"] + c["df_within"]


def _owed_coefficients(tables: Tables) -> Iterator[tuple[Span, Span]]:
    df = span(tables["models"][0]["df_res"])
    for row in tables["coefficients"]:
        c = {name: span(text) for name, text in row.items() if name not in ("table_id", "dependent", "term")}
        yield c["t"], c["B"] / c["SE"]
        if c["SE"].low > 0:
            yield c["p"], _t_tail(c["B"] / c["SE"], df)
        if "VIF" in c:
            yield c["VIF"], one(1) / c["tolerance"]


def _owed_correlations(tables: Tables) -> Iterator[tuple[Span, Span]]:
    cells = {(row["row"], row["col"]): row for row in tables["correlations"] if row["row"] != row["col"]}
    for (a, b), row in cells.items():
        r, n = span(row["r"]), int(row["n"])
        yield r, span(cells[b, a]["r"])
        if a < b and abs(r.low) < 1 and abs(r.high) < 1:
            yield span(row["p"]), r.size().falling(lambda value, n=n: _p_of_r(value, n))


def _owed_t_tests(tables: Tables) -> Iterator[tuple[Span, Span]]:
    g = [{name: span(row[name]) for name in ("n", "mean", "sd", "se_mean")} for row in tables["groups"]]
    n = [each["n"] for each in g]
    v = [each["sd"] * each["sd"] for each in g]
    for each in g:
        yield each["se_mean"], each["sd"] / each["n"].root()
    for row in tables["t_tests"]:
        c = {name: span(row[name]) for name in row if name not in ("table_id", "dependent", "variant")}
        gap = g[0]["mean"] - g[1]["mean"]
        if (gap.low + gap.high) * (c["mean_diff"].low + c["mean_diff"].high) < 0:
            gap = one(0) - gap  # no print says which group was subtracted from which
        if row["variant"] == "equal":
            pooled = ((n[0] - one(1)) * v[0] + (n[1] - one(1)) * v[1]) / (n[0] + n[1] - one(2))
            se = (pooled * (one(1) / n[0] + one(1) / n[1])).root()
            yield c["df"], n[0] + n[1] - one(2)
        else:
            se = (v[0] / n[0] + v[1] / n[1]).root()
        yield c["mean_diff"], gap
        yield c["se_diff"], se
        if se.low > 0:
            yield c["t"], gap / se
        if c["se_diff"].low > 0:
            yield c["t"], c["mean_diff"] / c["se_diff"]
        yield c["p"], _t_tail(c["t"], c["df"])
        if c["df"].low > 0:
            ends = sorted(float(stats.t.ppf(0.975, df)) for df in (c["df"].low, c["df"].high))
            reach = Span(*ends) * c["se_diff"]
            yield c["ci_low"], c["mean_diff"] - reach
            yield c["ci_high"], c["mean_diff"] + reach
        yield c["mean_diff"], (c["ci_low"] + c["ci_high"]) / one(2)


def _owed_item_total(tables: Tables) -> Iterator[tuple[Span, Span]]:
    """Variances and correlations leave open where the variance of the total lies; every other number follows from it.

    The open places are found among cells that get finer and finer; each number is then judged by itself.
    """
    rows = tables["reliability"]
    rests = [span(row["scale_var_if_deleted"]) for row in rows]
    r = [span(row["corrected_item_total_r"]) for row in rows]
    cells = [Span(max(each.low for each in rests), 3 * max(each.high for each in rests))]
    for parts in (100, 20, 10):
        finer = [part for cell in cells for part in _parts(cell, parts)]
        cells = [cell for cell in finer if _variances(cell, rests, r) is not None]
    yield one(0.0), one(0.0 if cells else 1.0)
    implied = [_implied(cell, rests, r) for cell in cells]
    for at, claim in enumerate(_claims(rows) if cells else ()):
        yield claim, Span(min(each[at].low for each in implied), max(each[at].high for each in implied))


def _parts(cell: Span, count: int) -> list[Span]:
    edges = np.linspace(cell.low, cell.high, count + 1).tolist()
    return [Span(a, b) for a, b in pairwise(edges)]


def _deviations(total: Span, rests: list[Span], r: list[Span]) -> list[Span] | None:
    found = []
    for rest, each in zip(rests, r, strict=True):
        inside = each * each * rest + total - rest
        s = inside.root() - each * rest.root()
        if inside.high < 0 or s.high < 0 or each.low > 1 or each.high < -1:
            return None
        found.append(Span(max(s.low, 0.0), s.high))
    return found


def _variances(total: Span, rests: list[Span], r: list[Span]) -> list[Span] | None:
    """Variances of the items; None where they do not add up: (k - 2) V + sum s² = sum V_i."""
    deviations = _deviations(total, rests, r)
    if deviations is None:
        return None
    found = [each * each for each in deviations]
    meets = (sum(rests, one(0.0)) - one(len(rests) - 2.0) * total).meets(sum(found, one(0.0)))
    return found if meets else None


def _claims(rows: Rows) -> list[Span]:
    own = [span(row["item_sd"]) for row in rows]
    return [span(rows[0]["alpha"]), *own, *(span(row["alpha_if_deleted"]) for row in rows)]


def _implied(total: Span, rests: list[Span], r: list[Span]) -> list[Span]:
    k, variances = len(rests), _variances(total, rests, r) or []
    alpha = one(k / (k - 1)) * (one(1) - sum(variances, one(0.0)) / total)
    without = [
        one((k - 1) / (k - 2)) * (one(1) - sum(variances[:at] + variances[at + 1 :], one(0.0)) / rests[at])
        for at in range(k)
    ]
    return [alpha, *(each.root() for each in variances), *without]


#: Kind of table: how it is made, which rows are altered, what they owe, how the words of the page call it.
_MADE: dict[str, tuple[Callable[[int, int], Tables], str]] = {
    "item-total": (item_total, "reliability"),
    "coefficients": (regression, "coefficients"),
    "model summary": (regression, "models"),
    "ANOVA": (anova, "anova"),
    "correlations": (correlations, "correlations"),
    "t test": (t_test, "t_tests"),
    "group statistics": (t_test, "groups"),
}
_OWED: dict[str, Callable[[Tables], Iterator[tuple[Span, Span]]]] = {
    "item-total": _owed_item_total,
    "coefficients": _owed_coefficients,
    "model summary": _owed_models,
    "ANOVA": _owed_anova,
    "correlations": _owed_correlations,
    "t test": _owed_t_tests,
    "group statistics": _owed_t_tests,
}
KINDS = tuple(_MADE)
_WORDS = frozenset(
    ("table_id", "scale", "item", "k_items", "n_cases", "dependent", "term", "what", "factor", "row", "col", "variant",
     "group", "alpha", "scale_mean_if_deleted", "beta")
)  # fmt: skip
_DF = {"models": "df_res", "anova": "df_within", "t_tests": "df"}


@dataclass(frozen=True)
class Slip:
    """One altered table: its kind, its digits, what was done to it, and whether its own digits show it."""

    kind: str
    digits: int
    error: str
    tables: Tables
    detectable: bool


def detectable(kind: str, tables: Tables) -> bool:
    """Whether some number lies outside the interval that the others imply, were the digits rounded or cut off."""
    readings = [_apart(kind, tables, reading) for reading in ("rounded", "cut")]
    return any(all(apart) for apart in zip(*readings, strict=False))  # a wider reading may owe less


def _apart(kind: str, tables: Tables, reading: str) -> list[bool]:
    """For each pair, in one reading of the digits, whether its intervals lie apart."""
    global _reading
    _reading = reading
    try:
        return [not here.meets(there) for here, there in pairs(kind, tables)]
    finally:
        _reading = "rounded"


def slips(kind: str) -> Iterator[Slip]:
    """Every altered table of a kind; the same seed gives the same ones."""
    make, key = _MADE[kind]
    rng = np.random.default_rng([SEED, KINDS.index(kind)])
    for digits in DIGITS:
        for number in range(TABLES):
            clean = make(SEED * 100 + number, digits)
            for error, alter in _ERRORS.items():
                for _ in range(DRAWS if error in ("digit", "cells") else 1):
                    tables = {name: [dict(row) for row in rows] for name, rows in clean.items()}
                    if alter(tables[key], key, rng) and tables != clean:
                        yield Slip(kind, digits, error, tables, detectable(kind, tables))


def _cells(rows: Rows) -> list[tuple[int, str]]:
    return [(at, name) for at, row in enumerate(rows) for name in row if name not in _WORDS and row[name] != "1"]


def _digit(rows: Rows, _key: str, rng: np.random.Generator) -> bool:
    cells = [(at, name) for at, name in _cells(rows) if "." in rows[at][name]]
    at, name = cells[int(rng.integers(len(cells)))]
    text = rows[at][name]
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = places[int(rng.integers(len(places)))]
    other = str((int(text[place]) + int(rng.integers(1, 10))) % 10)
    rows[at][name] = text[:place] + other + text[place + 1 :]
    return True


def _two_cells(rows: Rows, _key: str, rng: np.random.Generator) -> bool:
    """Two numbers change places: of one column where there are several rows, else of one row."""
    cells = [(at, name) for at, name in _cells(rows) if "." in rows[at][name]]
    at, name = cells[int(rng.integers(len(cells)))]
    same = [(a, b) for a, b in cells if (b == name) != (a == at) and rows[a][b] != rows[at][name]]
    same = [(a, b) for a, b in same if b == name] or same
    if not same:
        return False
    there, other = same[int(rng.integers(len(same)))]
    rows[at][name], rows[there][other] = rows[there][other], rows[at][name]
    return True


def _row(rows: Rows, _key: str, rng: np.random.Generator) -> bool:
    if len(rows) < 2:
        return False
    a, b = (int(each) for each in rng.choice(len(rows), 2, replace=False))
    rows[b].update({name: text for name, text in rows[a].items() if name not in _WORDS and name in rows[b]})
    return True


def _adjusted(rows: Rows, key: str, _rng: np.random.Generator) -> bool:
    if key == "models":
        rows[0]["adj_R2"] = rows[0]["R2"]
    return key == "models"


def _freedom(rows: Rows, key: str, rng: np.random.Generator) -> bool:
    if key in _DF:
        rows[0][_DF[key]] = str(int(float(rows[0][_DF[key]])) + int(rng.choice([-60, -20, 20, 60])))
    return key in _DF


_ERRORS: dict[str, Callable[[Rows, str, np.random.Generator], bool]] = {
    "digit": _digit,
    "cells": _two_cells,
    "row": _row,
    "adjusted R2": _adjusted,
    "df": _freedom,
}


def page() -> str:
    """The share of errors that a table's own digits show, as a page."""
    lines = [
        "# Which errors in printed tables can be found",
        "",
        "Tables of simulated data were printed with 2, 3 and 4 digits and spoiled on purpose: a digit changed, two",
        "cells exchanged, a row copied over another, R² printed as adjusted R², the degrees of freedom of another",
        "table. An error is detectable when interval arithmetic shows that the numbers no longer fit together,",
        "whatever was rounded away or cut off. The audit must find every one (`tests/published/test_slips.py`);",
        "the others leave a table whose digits allow it. Written by `python tests/published/slips.py`.",
        "",
        "| table | digits | errors made | detectable | share |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        made = list(slips(kind))
        for digits in DIGITS:
            own = [each for each in made if each.digits == digits]
            seen = sum(each.detectable for each in own)
            lines.append(f"| {kind} | {digits} | {len(own)} | {seen} | {seen / len(own):.0%} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
