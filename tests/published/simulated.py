"""Simulated answers of a survey and every kind of table that SPSS would print of them, by code of its own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from scipy import stats

Row = dict[str, object]
Tables = dict[str, list[Row]]
Show = Callable[[float], str]

ROUNDINGS = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "cut": ROUND_DOWN}


def show(digits: int, how: str, spss: bool) -> Show:
    """Print numbers with so many digits, rounded or cut, with or without the zero before the point."""
    unit = Decimal(1).scaleb(-digits)

    def shown(value: float) -> str:
        text = f"{Decimal(repr(float(value))).quantize(unit, rounding=ROUNDINGS[how]):f}"
        return text.replace("0.", ".", 1) if spss and text.lstrip("-").startswith("0.") else text

    return shown


def survey(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers (n, 3, k) of three correlated scales from 1 to 5, an outcome score, and a group of each person."""
    n, k = int(rng.integers(30, 400)), int(rng.integers(2, 7))
    trait = rng.standard_normal((n, 3)) @ np.linalg.cholesky(np.array([[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]])).T
    noise = rng.uniform(0.5, 1.5, (3, k))
    answers = trait[:, :, None] + noise * rng.standard_normal((n, 3, k)) + rng.uniform(-1, 1, (3, k))
    if rng.random() < 0.2 and k > 2:
        answers[:, 0, 0] *= -0.4  # an item that is turned the wrong way
    answers = np.clip(np.rint(3.4 + answers), 1, 5)
    outcome = np.clip(np.rint(3 + trait @ [0.5, 0.3, 0.0] + 0.8 * rng.standard_normal((3, n))), 1, 5).mean(axis=0)
    return answers, outcome, rng.integers(0, int(rng.integers(2, 5)), n)


def alpha_of(x: np.ndarray) -> float:
    k = x.shape[1]
    return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))


def reliability(answers: np.ndarray, f: Show) -> list[Row]:
    rows: list[Row] = []
    for at in range(3):
        x = answers[:, at]
        k, total = x.shape[1], x.sum(axis=1)
        for item in range(k):
            rest = total - x[:, item]
            others = np.delete(x, item, axis=1)
            rows.append(
                {
                    "scale": f"S{at}", "item": f"q{at}{item}", "k_items": k, "n_cases": len(x), "alpha": f(alpha_of(x)),
                    "item_mean": f(x[:, item].mean()), "item_sd": f(x[:, item].std(ddof=1)),
                    "scale_mean": f(total.mean()), "scale_var": f(total.var(ddof=1)), "scale_sd": f(total.std(ddof=1)),
                    "scale_mean_if_deleted": f(rest.mean()), "scale_var_if_deleted": f(rest.var(ddof=1)),
                    "corrected_item_total_r": f(np.corrcoef(rest, x[:, item])[0, 1]),
                    "alpha_if_deleted": f(alpha_of(others)) if k > 2 else None,
                }
            )  # fmt: skip
    return rows


def correlations(scores: dict[str, np.ndarray], f: Show, one_sided: bool) -> list[Row]:
    rows: list[Row] = []
    for a, x in scores.items():
        for b, y in scores.items():
            found = stats.pearsonr(x, y)
            p = found.pvalue / 2 if one_sided else found.pvalue
            stars = "" if a == b else "**" if p < 0.01 else "*" if p < 0.05 else ""
            rows.append(
                {"row": a, "col": b, "r": "1" if a == b else f(found.statistic) + stars, "n": len(x),
                 "p": None if a == b else f(p)}
            )  # fmt: skip
    return rows


def regression(scores: dict[str, np.ndarray], f: Show) -> Tables:
    names = list(scores)[1:]
    y, x = scores["Y"], np.column_stack([scores[name] for name in names])
    n, k = x.shape
    design = np.column_stack([np.ones(n), x])
    b = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = y - design @ b
    ss_res, ss_tot = residual @ residual, ((y - y.mean()) ** 2).sum()
    ss_reg, df = ss_tot - ss_res, n - k - 1
    se = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * ss_res / df)
    t, tolerance = b / se, 1 / np.diag(np.linalg.inv(np.corrcoef(x.T)))
    beta = b[1:] * x.std(axis=0, ddof=1) / y.std(ddof=1)
    r2 = ss_reg / ss_tot
    rows: list[Row] = []
    for at, name in enumerate(["(Constant)", *names]):
        p, half = 2 * stats.t.sf(abs(t[at]), df), stats.t.ppf(0.975, df) * se[at]
        row: Row = {"dependent": "Y", "term": name, "B": f(b[at]), "SE": f(se[at]), "t": f(t[at]), "p": f(p),
                    "ci_low": f(b[at] - half), "ci_high": f(b[at] + half)}  # fmt: skip
        if at:
            part = beta[at - 1] * np.sqrt(tolerance[at - 1])
            row |= {
                "beta": f(beta[at - 1]), "tolerance": f(tolerance[at - 1]), "VIF": f(1 / tolerance[at - 1]),
                "zero_order_r": f(np.corrcoef(x[:, at - 1], y)[0, 1]), "part_r": f(part),
                "partial_r": f(t[at] / np.sqrt(t[at] ** 2 + df)),
            }  # fmt: skip
        rows.append(row)
    f_value = ss_reg / k / (ss_res / df)
    model: Row = {
        "n": n, "R": f(np.sqrt(r2)), "R2": f(r2), "adj_R2": f(1 - (1 - r2) * (n - 1) / df),
        "SEE": f(np.sqrt(ss_res / df)),
        "durbin_watson": f((np.diff(residual) ** 2).sum() / ss_res), "residual_sd": f(np.sqrt(df / (n - 1))),
        "SS_reg": f(ss_reg), "df_reg": k, "MS_reg": f(ss_reg / k), "F": f(f_value), "p": f(stats.f.sf(f_value, k, df)),
        "SS_res": f(ss_res), "df_res": df, "MS_res": f(ss_res / df), "SS_tot": f(ss_tot), "df_tot": n - 1,
    }  # fmt: skip
    sds = [{"variable": name, "n": n, "mean": f(v.mean()), "sd": f(v.std(ddof=1))} for name, v in scores.items()]
    return {"coefficients": rows, "models": [model], "descriptives": sds}


def comparisons(outcome: np.ndarray, group: np.ndarray, f: Show) -> Tables:
    parts = {f"g{at}": outcome[group == at] for at in np.unique(group) if (group == at).sum() > 1}
    n = sum(map(len, parts.values()))
    groups: list[Row] = []
    for name, v in parts.items():
        se = v.std(ddof=1) / np.sqrt(len(v))
        half = stats.t.ppf(0.975, len(v) - 1) * se
        groups.append(
            {"dependent": "Y", "group": name, "n": len(v), "mean": f(v.mean()), "sd": f(v.std(ddof=1)),
             "se_mean": f(se),
             "ci_low": f(v.mean() - half), "ci_high": f(v.mean() + half), "k_items": 3, "scale_low": 1, "scale_high": 5}
        )  # fmt: skip
    found: Tables = {"groups": groups}
    levene = stats.levene(*parts.values(), center="mean")
    grand = np.concatenate(list(parts.values())).mean()
    between = sum(len(v) * (v.mean() - grand) ** 2 for v in parts.values())
    within = sum(((v - v.mean()) ** 2).sum() for v in parts.values())
    df1, df2 = len(parts) - 1, n - len(parts)
    f_value = between / df1 / (within / df2)
    found["anova"] = [
        {"dependent": "Y", "factor": "group", "SS_between": f(between), "df_between": df1,
         "MS_between": f(between / df1),
         "F": f(f_value), "p": f(stats.f.sf(f_value, df1, df2)), "SS_within": f(within), "df_within": df2,
         "MS_within": f(within / df2), "SS_total": f(between + within), "df_total": n - 1,
         "levene_F": f(levene.statistic), "levene_df1": df1, "levene_df2": df2, "levene_p": f(levene.pvalue)}
    ]  # fmt: skip
    found["levene"] = [
        {"dependent": "Y", "levene_F": f(levene.statistic), "df1": df1, "df2": df2, "p": f(levene.pvalue)}
    ]
    found["posthoc"] = posthoc(parts, within / df2, df2, f)
    if len(parts) == 2:
        found["t_tests"] = t_tests(*parts.values(), levene, f)
    ranked = stats.rankdata(np.concatenate(list(parts.values())))
    edges = np.cumsum([0, *map(len, parts.values())])
    found["ranks"] = [
        {"dependent": "Y", "group": name, "n": len(v), "mean_rank": f(ranked[a:b].mean()),
         "sum_ranks": f(ranked[a:b].sum())}
        for (name, v), a, b in zip(parts.items(), edges, edges[1:], strict=False)
    ]  # fmt: skip
    h = stats.kruskal(*parts.values())
    found["rank_tests"] = [
        {"dependent": "Y", "test": "kruskal", "statistic": f(h.statistic), "df": df1, "p": f(h.pvalue)}
    ]
    return found


def posthoc(parts: dict[str, np.ndarray], ms: float, df: int, f: Show) -> list[Row]:
    rows: list[Row] = []
    times = len(parts) * (len(parts) - 1) / 2
    for a, x in parts.items():
        for b, y in parts.items():
            if a != b:
                gap, se = x.mean() - y.mean(), np.sqrt(ms * (1 / len(x) + 1 / len(y)))
                half = stats.t.ppf(1 - 0.025 / times, df) * se
                p = min(1.0, times * 2 * stats.t.sf(abs(gap / se), df))
                rows.append(
                    {"dependent": "Y", "method": "bonferroni", "df": df, "I": a, "J": b, "mean_diff": f(gap),
                     "se": f(se),
                     "p": f(p), "ci_low": f(gap - half), "ci_high": f(gap + half)}
                )  # fmt: skip
    return rows


def t_tests(x: np.ndarray, y: np.ndarray, levene: object, f: Show) -> list[Row]:
    rows: list[Row] = []
    for variant, equal in (("equal", True), ("welch", False)):
        found = stats.ttest_ind(x, y, equal_var=equal)
        gap = x.mean() - y.mean()
        interval = found.confidence_interval()
        df = str(int(found.df)) if equal else f(found.df)
        rows.append(
            {"dependent": "Y", "variant": variant, "levene_F": f(levene.statistic), "levene_p": f(levene.pvalue),
              # type: ignore[attr-defined]
             "t": f(found.statistic), "df": df, "p": f(found.pvalue), "mean_diff": f(gap),
             "se_diff": f(gap / found.statistic), "ci_low": f(interval.low), "ci_high": f(interval.high)}
        )  # fmt: skip
    return rows


def factors(answers: np.ndarray, f: Show) -> Tables:
    x = answers.reshape(len(answers), -1)
    n, p = x.shape
    r = np.corrcoef(x.T)
    values, vectors = np.linalg.eigh(r)
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = 3
    loadings = varimax(vectors[:, :kept] * np.sqrt(values[:kept]))
    sums = (loadings**2).sum(axis=0)
    order = np.argsort(-sums)
    loadings, sums = loadings[:, order], sums[order]
    chi2 = -(n - 1 - (2 * p + 5) / 6) * np.log(values).sum()
    eigenvalues = [
        {"component": at + 1, "eigenvalue": f(v), "pct_variance": f(100 * v / p),
         "pct_cumulative": f(100 * values[: at + 1].sum() / p), "rotation_ss": f(sums[at]) if at < kept else None}
        for at, v in enumerate(values)
    ]  # fmt: skip
    kmo = {"KMO": f(0.8), "bartlett_chi2": f(chi2), "df": p * (p - 1) // 2, "p": f(stats.chi2.sf(chi2,
    p * (p - 1) / 2)),
           "p_items": p, "n": n, "n_factors": kept, "pct_extracted": f(100 * values[:kept].sum() / p)}  # fmt: skip
    shown = [
        {"item": f"q{at}", "loading": f(v), "factor_block": str(block + 1)}
        for at, row in enumerate(loadings) for block, v in enumerate(row) if abs(v) >= 0.3
    ]  # fmt: skip
    shares = [{"item": f"q{at}", "initial": f(1.0), "extraction": f((row**2).sum())} for at, row in enumerate(loadings)]
    return {"eigenvalues": eigenvalues, "kmo": [kmo], "loadings": shown, "communalities": shares}


def varimax(loadings: np.ndarray) -> np.ndarray:
    k = loadings.shape[1]
    turn = np.eye(k)
    for _ in range(100):
        rotated = loadings @ turn
        u, _, v = np.linalg.svd(loadings.T @ (rotated**3 - rotated * (rotated**2).mean(axis=0)))
        turn = u @ v
    return loadings @ turn


def counts(rng: np.random.Generator, n: int, f: Show) -> Tables:
    table = rng.multinomial(n, rng.dirichlet(np.full(6, 4.0))).reshape(2, 3) + 1
    found = stats.chi2_contingency(table, correction=False)
    ratio = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    x, y = np.repeat([0, 1], table.sum(axis=1)), np.concatenate([np.repeat([0, 1, 2], row) for row in table])
    linear = (table.sum() - 1) * np.corrcoef(x, y)[0, 1] ** 2
    cells = [
        {"row": f"r{i}", "col": f"c{j}", "count": table[i, j], "expected": f(found.expected_freq[i, j]),
         "row_percent": f(100 * table[i, j] / table[i].sum()), "col_percent": f(100 * table[i, j] / table[:, j].sum()),
         "percent": f(100 * table[i, j] / table.sum())}
        for i in range(2) for j in range(3)
    ]  # fmt: skip
    tests = [
        {"test": "Pearson Chi-Square", "value": f(found.statistic), "df": 2, "p": f(found.pvalue)},
        {"test": "Likelihood Ratio", "value": f(ratio.statistic), "df": 2, "p": f(ratio.pvalue)},
        {"test": "Linear-by-Linear Association", "value": f(linear), "df": 1, "p": f(stats.chi2.sf(linear, 1))},
    ]
    total = table.sum()
    profile, run = [], 0
    for at, count in enumerate(table.sum(axis=0)):
        run += count
        profile.append(
            {"variable": "sex", "category": f"c{at}", "count": count, "n": total, "percent": f(100 * count / total)}
        )
    big, error = int(rng.integers(80, 5000)), float(rng.choice([0.05, 0.1]))
    size = big / (1 + big * error**2)
    sampling = [{"formula": "yamane", "N": big, "e": error, "n_computed": f(size), "n": int(np.ceil(size))}]
    return {"crosstabs": cells, "chi_squares": tests, "profiles": profile, "sampling": sampling}


def printed_study(seed: int, digits: int, how: str) -> tuple[Tables, int]:
    """Every kind of table of one simulated study, and how many tables they are."""
    rng = np.random.default_rng(seed)
    f = show(digits, how, bool(rng.random() < 0.5))
    answers, outcome, group = survey(rng)
    while np.ptp(answers, axis=0).min() == 0 or min(np.bincount(group)) < 3:
        answers, outcome, group = survey(rng)
    scores = {"Y": outcome, **{f"S{at}": answers[:, at].mean(axis=1) for at in range(3)}}
    found: Tables = {"reliability": reliability(answers, f)}
    found["correlations"] = correlations(scores, f, bool(rng.random() < 0.2))
    found |= regression(scores, f)
    items = answers.reshape(len(answers), -1)
    found["descriptives"] += [
        {"item": f"i{at}", "n": len(v), "mean": f(v.mean()), "sd": f(v.std(ddof=1)), "min": v.min(), "max": v.max(),
         "scale_low": 1, "scale_high": 5}
        for at, v in enumerate(items.T)
    ]  # fmt: skip
    yes = (items[:, 0] > 3).astype(float)
    found["descriptives"].append(
        {"item": "yes", "n": len(yes), "mean": f(yes.mean()), "sd": f(yes.std(ddof=1)), "scale_low": 0, "scale_high": 1}
    )
    found |= comparisons(outcome, group, f)
    found |= factors(answers, f)
    found |= counts(rng, len(answers), f)
    named = {
        kind: [
            {name: None if cell is None else str(cell) for name, cell in {"table_id": "T", **row}.items()}
            for row in rows
        ]
        for kind, rows in found.items()
    }
    return named, len(named)
