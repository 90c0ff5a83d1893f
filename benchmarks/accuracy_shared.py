"""Deviations from the reference values of the folder `shared`: psych, lavaan, lme4, relaimpo and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from accuracy_line import SHARED, Array, Line, compared, shared

from analysis.stats.anova import anova, kruskal, levene, welch_anova
from analysis.stats.concordance import kendall_w
from analysis.stats.constructs import ave, composite_reliability
from analysis.stats.correlation import correlate
from analysis.stats.discriminant import htmt
from analysis.stats.factorability import bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.icc import icc, icc_groups
from analysis.stats.importance import lmg
from analysis.stats.kappa import kappa
from analysis.stats.krippendorff import krippendorff
from analysis.stats.missing import em_moments, little_mcar
from analysis.stats.moments import Moments, moments
from analysis.stats.multilevel import mixed
from analysis.stats.omega import omega
from analysis.stats.ordinal import ordinal
from analysis.stats.ordinal_alpha import ordinal_alpha
from analysis.stats.polychoric import polychoric
from analysis.stats.posthoc import posthoc
from analysis.stats.proportion import proportion
from analysis.stats.regression import ols
from analysis.stats.reliability import alpha
from analysis.stats.retention import map_test
from analysis.stats.sem.cfa import cfa
from analysis.stats.sem.result import MeasurementModel
from analysis.stats.splits import guttman

NINE = [f"x{j}" for j in range(1, 10)]
THREE = {"visual": NINE[:3], "textual": NINE[3:6], "speed": NINE[6:]}
HS = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in THREE.items())
BFI = "\n".join(f"{f} =~ " + " + ".join(f"{f}{i}" for i in range(1, 6)) for f in "ACENO")
DEMOCRACY = """
ind60 =~ x1 + x2 + x3; dem60 =~ y1 + y2 + y3 + y4; dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60; dem65 ~ ind60 + dem60
y1 ~~ y5; y2 ~~ y4 + y6; y3 ~~ y7; y4 ~~ y8; y6 ~~ y8
"""
TURNED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]
TURNED_BY_OMEGA = [*TURNED, "O4", *(f"N{j}" for j in range(1, 6))]


@cache
def _data(name: str) -> pd.DataFrame:
    places = {
        "bfi": "data/psychometrics_core/csv/bfi", "HS": "data/psychometrics_core/csv/HolzingerSwineford1939",
        "PoliticalDemocracy": "data/psychometrics_core/csv/PoliticalDemocracy",
        "bh1996": "data/multilevel_army/csv/bh1996",
        "anxiety": "data/raters_core/csv/anxiety", "diagnoses": "data/raters_core/csv/diagnoses",
    }  # fmt: skip
    return pd.read_csv(SHARED / f"{places.get(name, f'reference/data/{name}')}.csv")


def _by(package: str) -> str:
    version = shared("versions")["pk"].get(package)
    return f"{package} {version}" if version else package


def _turned(items: list[str], turned: list[str]) -> pd.DataFrame:
    found = _data("bfi")[items].copy()
    own = [each for each in turned if each in items]
    found[own] = 7 - found[own]
    return found


def _scale(letter: str) -> list[str]:
    return [f"{letter}{j}" for j in range(1, 6)]


def scales() -> Iterator[Line]:
    """Alpha, Guttman's lambdas, omega, ordinal alpha."""
    psych, values = _by("psych"), shared("alpha")
    cases = {
        "bfi_A_listwise": _turned(_scale("A"), TURNED), "bfi_A_pairwise": _turned(_scale("A"), TURNED),
        "bfi_C_listwise": _turned(_scale("C"), TURNED), "bfi_N_listwise": _turned(_scale("N"), TURNED),
        "HS_visual": _data("HS")[NINE[:3]], "HS_9": _data("HS")[NINE],
    }  # fmt: skip
    for case, data in cases.items():
        r = values[case]
        found = alpha(data, missing="pairwise" if "pairwise" in case else "listwise")
        ours = [found.alpha.value, found.alpha.se, found.alpha.low, found.alpha.high, *found.items["r_drop"]]
        ends = [r["feldt_alpha.ci"][name] for name in ("lower.ci", "upper.ci")]
        drops = [row["r.drop"] for row in r["item_stats"]]
        theirs = [r["total"]["raw_alpha"], r["total"]["ase"], *ends, *drops]
        yield compared("Cronbach's alpha, Feldt", case, psych, ours, theirs)
    for case, data in {
        "bfi_A": cases["bfi_A_listwise"], "bfi_C": cases["bfi_C_listwise"], "attitude": _data("attitude").iloc[:, -7:],
    }.items():  # fmt: skip
        r = shared("guttman")[case]
        found_lambda = guttman(data, of="correlations")
        ours = [getattr(found_lambda, f"lambda{j}").value for j in range(1, 7)]
        yield compared("Guttman's lambdas", case, psych, ours, [r[f"lambda{j}"] for j in range(1, 7)])
    every = [f"{letter}{j}" for letter in "ACENO" for j in range(1, 6)]
    for case, data, k in (
        ("HS9_nf3", _data("HS")[NINE], 3), ("bfi25_nf5", _turned(every, TURNED_BY_OMEGA), 5),
        ("bfi_A_nf1", _turned(_scale("A"), TURNED), 1),
    ):  # fmt: skip
        r = shared("omega")[case]
        found_omega = omega(data, n_factors=k, missing="pairwise", resamples=0)
        ours = [found_omega.total.value, found_omega.hierarchical.value, found_omega.limit, found_omega.ecv]
        theirs = [r["omega_t"], r["omega_h"], r["omega_lim"], r["stats"]["ecv"]]
        yield compared("Omega total, hierarchical", case, psych, ours, theirs)
    r = shared("polychoric")
    ours = [ordinal_alpha(polychoric(_turned(_scale(each), TURNED))).alpha.value for each in r["ordinal_alpha"]]
    yield compared("Ordinal alpha", "bfi, five scales", psych, ours, list(r["ordinal_alpha"].values()))
    found_rho = polychoric(_data("bfi")[every]).corr
    for case, package in (("bfi25_listwise_correct0", "psych"), ("bfi25_lavCor", "lavaan")):
        method = f"Polychoric correlations, {package}"
        yield compared(method, "bfi25", _by(package), found_rho, r[case]["rho"]["values"])


def factors() -> Iterator[Line]:
    """Extraction, rotation, adequacy, number of factors."""
    psych = _by("psych")
    sets = {
        "bfi25_5f": moments(_data("bfi").iloc[:, :25]), "HS9_3f": moments(_data("HS")[NINE]),
        "attitude": moments(_data("attitude").iloc[:, -7:]),
    }  # fmt: skip
    for case, m in sets.items():
        fit = shared("factorability")[case.split("_")[0]]
        ours = [kmo(m).overall, *kmo(m).items["msa"]]
        yield compared("KMO, MSA", case, psych, ours, [fit["KMO"], *fit["MSAi"].values()])
        test, theirs = bartlett(m), fit["bartlett"]
        yield compared("Bartlett's test", case, psych, [test.chi2, test.df], [theirs["chisq"], theirs["df"]])
        steps = map_test(m).steps["squared"].to_numpy()[1:]
        common = min(len(steps), len(fit["MAP"]))
        yield compared("MAP", case, psych, steps[:common], fit["MAP"][:common])
        if case in shared("efa"):
            yield from _extracted(case, m, psych)


def _extracted(case: str, m: Moments, source: str) -> Iterator[Line]:
    r = shared("efa")[case]
    for method, ours in (("minres", "minres"), ("ml", "ml"), ("pa", "paf")):
        for rotation in ("none", "varimax", "promax", "oblimin"):
            theirs = r[f"{method}_{rotation}"]
            k = len(theirs["loadings"]["cols"])
            kaiser = rotation != "oblimin"
            found = efa(m, k, method=ours, rotation=rotation, kaiser=kaiser)  # type: ignore[arg-type]
            carried = np.array(theirs["Vaccounted"]["values"][0])
            loadings = np.array(theirs["loadings"]["values"])[:, np.argsort(-carried, kind="stable")]
            loadings = loadings * np.sign(loadings.sum(axis=0))
            yield compared(f"EFA, {ours}, {rotation}", case, source, found.loadings, loadings)


def models() -> Iterator[Line]:
    """Models by every estimator that has a reference, reliability and validity from them."""
    lavaan, ml = _by("lavaan"), shared("cfa_ml")
    bfi, pupils = _data("bfi"), _data("HS")
    hole = _data("HS_missing")
    for method, case, values, found in (
        ("CFA, ML", "HS", ml["HS"], cfa(HS, pupils)),
        ("CFA, ML, Wishart", "HS", ml["HS_wishart"], cfa(HS, pupils, likelihood="wishart")),
        ("CFA, ML, unit variances", "HS", ml["HS_stdlv"], cfa(HS, pupils, identify="variance")),
        ("CFA, ML", "bfi", ml["bfi"], cfa(BFI, bfi)),
        ("SEM, ML", "PoliticalDemocracy", ml["PolDem_sem"], cfa(DEMOCRACY, _data("PoliticalDemocracy"))),
        ("CFA, MLR", "HS", shared("cfa_mlr")["HS_MLR"], cfa(HS, pupils, estimator="MLR")),
        ("CFA, MLM", "HS", shared("cfa_mlr")["HS_MLM"], cfa(HS, pupils, estimator="MLM")),
        ("CFA, FIML", "HS_missing", shared("cfa_fiml")["HS_missing_FIML"], cfa(HS, hole, missing="fiml")),
        ("CFA, FIML, MLR", "HS_missing", shared("cfa_fiml")["HS_missing_MLR"],
         cfa(HS, hole, missing="fiml", estimator="MLR")),
        ("CFA, WLSMV", "bfi", shared("cfa_wlsmv")["bfi_WLSMV"],
         cfa(BFI, bfi.iloc[:, :25].dropna(), estimator="WLSMV")),
        ("CFA, WLSMV", "bfi_A", shared("cfa_wlsmv")["bfi_A_WLSMV"],
         cfa("A =~ A1 + A2 + A3 + A4 + A5", bfi.iloc[:, :25].dropna(), estimator="WLSMV")),
    ):  # fmt: skip
        yield from _model(method, case, lavaan, found, values)
    equal: tuple[Any, ...] = ("loadings", "intercepts", "residuals")
    for at, step in enumerate(("configural", "metric", "scalar", "strict")):
        found = cfa(HS, pupils, group="school", equal=equal[:at])
        yield from _model(f"Invariance, {step}", "HS", lavaan, found, shared("invariance")["HS_school"][step])
    for case, model, data in (("HS", HS, pupils), ("bfi", BFI, bfi)):
        r, fitted = ml[case], cfa(model, data)
        for name, coefficient, key in (("CR", composite_reliability, "CR_std"), ("AVE", ave, "AVE_std")):
            rows = coefficient(fitted).construct_rows  # type: ignore[operator]
            theirs = [r["CR_AVE"][row.construct][key] for row in rows]
            yield compared(name, case, lavaan, [row.value for row in rows], theirs)
    found_htmt = htmt(moments(pupils[NINE]), THREE)
    for name in ("htmt", "htmt2"):
        table = np.array(ml["HS"][name]["values"])
        theirs = [table[1, 0], table[2, 0], table[2, 1]]
        ours = [getattr(found_htmt.of(*pair), name).value for pair in _PAIRS]
        yield compared(name.upper(), "HS", "formulas in R", ours, theirs)


_PAIRS = (("textual", "visual"), ("speed", "visual"), ("speed", "textual"))


def _model(method: str, case: str, source: str, found: MeasurementModel, r: Mapping[str, Any]) -> Iterator[Line]:
    """Estimates and errors of the free parameters, chi-square and CFI."""
    labels = [row.group for row in found.group_rows]
    rows = {(row.lhs, row.op, row.rhs, row.group): row for row in found.parameter_rows}
    ours: list[float] = []
    theirs: list[float] = []
    for each in r["par"]:
        group = labels[each.get("group", 1) - 1]
        keys = ((each["lhs"], each["op"], each["rhs"], group), (each["rhs"], each["op"], each["lhs"], group))
        row = next((rows[key] for key in keys if key in rows), None)
        if row is not None and row.free and each.get("se") and row.se is not None:
            ours += [row.est, row.se]
            theirs += [each["est"], each["se"]]
    ours += [found.fit.chisq, found.fit.cfi or 0.0]
    theirs += [r["fit"]["chisq"], r["fit"]["cfi"]]
    yield compared(method, case, source, ours, theirs)


def raters() -> Iterator[Line]:
    """Agreement of raters and of groups."""
    r, psych, irr = shared("raters"), _by("psych"), _by("irr")
    keys = ("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")
    for case, name in (("shrout", "shrout_fleiss"), ("anxiety", "anxiety")):
        found = icc(_data(name))
        theirs = {row["type"]: [row[key] for key in keys[:1] + keys[5:]] for row in r[f"ICC_{case}"]["results"]}
        ours = [[row.value, row.low, row.high] for row in found.rows]
        yield compared("ICC", name, psych, ours, list(theirs.values()))
    table = _data("krippendorff_2011").T
    table.columns = pd.Index([f"r{j}" for j in range(table.shape[1])])
    metrics = r["kripp2011"]
    ours_alpha = [krippendorff(table, metric=metric)["alpha"].value for metric in metrics]
    yield compared("Krippendorff's alpha", "krippendorff_2011", irr, ours_alpha, list(metrics.values()))
    w, theirs_w = kendall_w(_data("anxiety")), r["kendall_anxiety"]
    yield compared("Kendall's W", "anxiety", irr, [w["W"].value, w["W"].p], [theirs_w["W"], theirs_w["p"]])
    fleiss = kappa(_data("diagnoses"))
    theirs_k = [r["fleiss_diagnoses"][name] for name in ("value", "z")]
    yield compared("Fleiss' kappa", "diagnoses", irr, [fleiss["kappa"].value, fleiss.error_rows[0].statistic], theirs_k)
    for weights, name in (("unweighted", "unweighted"), ("linear", "equal"), ("quadratic", "squared")):
        cohen = kappa(_data("anxiety")[["rater1", "rater2"]], weights=weights)  # type: ignore[arg-type]
        theirs_c = [r["kappa2_anxiety12"][name][key] for key in ("value", "z")]
        ours_c = [cohen["kappa"].value, cohen.error_rows[0].statistic]
        yield compared(f"Cohen's kappa, {weights}", "anxiety", irr, ours_c, theirs_c)
    for score, each in r["icc12_bh"].items():
        groups = icc_groups(_data("bh1996"), group="GRP", score=score)
        ours_g = [groups["ICC1"].value, groups["ICC2"].value]
        yield compared("ICC(1), ICC(2)", f"bh1996 {score}", _by("multilevel"), ours_g, [each["ICC1"], each["ICC2"]])


def regressions() -> Iterator[Line]:
    """Least squares, importance, mixed and ordinal models, missing answers."""
    r, attitude = shared("ols")["attitude"], _data("attitude")
    formula = "rating ~ complaints + privileges + learning + raises + critical + advance"
    columns = ["b", "se", "statistic", "p"]
    for kind in ("classical", "HC0", "HC1", "HC2", "HC3", "HC4"):
        found = ols(formula, attitude, vcov=kind).coefficients[columns]  # type: ignore[arg-type]
        theirs = r["coef" if kind == "classical" else kind]["values"]
        source = "lm" if kind == "classical" else _by("sandwich")
        yield compared(f"OLS, {kind}", "attitude", source, found, theirs)
    theirs_lmg = shared("relaimpo")["attitude"]
    importance = lmg(f"rating ~ {' + '.join(theirs_lmg['lmg'])}", attitude)
    for name in ("lmg", "first", "last"):
        ours = [row[name] for row in importance.term_rows]
        values = [theirs_lmg[name][row.term] for row in importance.term_rows]
        yield compared(f"Importance, {name}", "attitude", _by("relaimpo"), ours, values)
    full = "WBEING ~ HRS + LEAD + COHES + (1 | GRP)"
    for case, model, method in (
        ("bh_null", "WBEING ~ 1 + (1 | GRP)", "reml"), ("bh_full", full, "reml"), ("bh_full_ML", full, "ml")
    ):  # fmt: skip
        fit, theirs_mixed = mixed(model, _data("bh1996"), method=method), shared("mixed")[case]  # type: ignore[arg-type]
        ours_fixed = np.ravel(fit.coefficients[["b", "se", "statistic"]])
        values = [*np.ravel(theirs_mixed["fixed"]["values"]), theirs_mixed["ICC"], theirs_mixed["logLik"]]
        ours = [*ours_fixed, fit.fit.icc, fit.fit.loglik]
        yield compared(f"Mixed model, {case}", "bh1996", _by("lme4"), ours, values)
    # polr stops early: its deviance is compared, its coefficients by the tests at the errors they have
    levels = ordinal("education ~ age + gender + A2 + C1 + N1", _data("bfi").dropna())
    deviance = shared("ordinal")["bfi_polr"]["deviance"]
    yield compared("Ordinal logit, deviance", "bfi", _by("MASS"), [-2 * levels.fit.loglik], [deviance])
    air = _data("airquality")[["Ozone", "Solar.R", "Wind", "Temp"]]
    little, theirs_air = little_mcar(air), shared("missing")
    values = [theirs_air["little_mcar"][name] for name in ("chi2", "p")]
    yield compared("Little's test", "airquality", "formulas in R", [little.chisq, little.p], values)
    yield compared("EM covariances", "airquality", "norm", em_moments(air).cov, theirs_air["em_airquality"]["values"])


def groups() -> Iterator[Line]:
    """Group differences, shares, correlations."""
    r, extra, x = shared("groups"), shared("extra"), _data("chickwts")
    yield compared("ANOVA", "chickwts", "aov", [anova("weight ~ feed", x).statistic], [r["chick_anova"][0]["F value"]])
    welch = welch_anova("weight ~ feed", x)
    theirs = [r["chick_welch"]["F"], r["chick_welch"]["df"][1]]
    yield compared("Welch's ANOVA", "chickwts", "oneway.test", [welch.statistic, welch.df2], theirs)
    h = kruskal("weight ~ feed", x).statistic
    yield compared("Kruskal–Wallis", "chickwts", "kruskal.test", [h], [r["chick_kw"]["H"]])
    spread = levene("weight ~ feed", x, center="median").statistic
    yield compared("Brown–Forsythe", "chickwts", _by("car"), [spread], [r["levene_median"][0]["F value"]])
    pairs = posthoc("weight ~ feed", x, method="games_howell").pair_rows
    ours = [[-row.difference, row.df, row.p] for row in pairs]
    values = [[float(line[name]) for name in ("diff", "df", "p")] for line in extra["gh_chick"]]
    yield compared("Games–Howell", "chickwts", "formulas in R", ours, values)
    share = proportion(37, 120)
    yield compared(
        "Wilson's interval", "printed (37 of 120)", "prop.test", [share.low, share.high], extra["prop_wilson"]
    )
    row = correlate(Moments.from_printed([[1], [0.5, 1]], n=100, names=["a", "b"])).pair_rows[0]
    yield compared(
        "Fisher's interval", "printed (r = 0.5, n = 100)", "cor.test", [row.low, row.high], extra["fisher_ci"]
    )


def nist() -> Iterator[Line]:
    """Certified values in exact rational arithmetic."""
    for name, r in shared("nist")["linear"].items():
        x = _nist(name, r)
        formula = "y ~ " + ("" if r["intercept"] else "0 + ") + " + ".join(each for each in x if each != "y")
        found = ols(formula, x)
        ours = [row.b for row in found.coefficient_rows] + [row.se for row in found.coefficient_rows]
        theirs = [float(each) for each in (*r["beta"], *r["se"])]
        yield compared("OLS", f"NIST {name}", "exact fractions", ours, theirs)
    for name, r in shared("nist")["anova"].items():
        data = pd.read_csv(SHARED / "reference" / "data" / "nist" / f"{name}.csv")
        f = anova("y ~ group", data).statistic
        yield compared("ANOVA", f"NIST {name}", "exact fractions", [f], [float(r["F"])])


def _nist(name: str, r: Mapping[str, Any]) -> dict[str, Array]:
    data = pd.read_csv(SHARED / "reference" / "data" / "nist" / f"{name}.csv")
    y, *others = (data[column].to_numpy(dtype=float) for column in data)
    if len(others) == 1:
        others = [others[0] ** power for power in range(1, max(r["degree"], 1) + 1)]
    return {"y": y, **{f"x{at}": values for at, values in enumerate(others, start=1)}}


#: What is compared with the values beside the checkout; each yields its lines.
BESIDE: tuple[Callable[[], Iterator[Line]], ...] = (scales, factors, models, raters, regressions, groups, nist)
