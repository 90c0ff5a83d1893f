"""Deviations of survey designs, ordered answers, pooling and simulated power from R's packages."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from accuracy_line import Line, compared, load

from analysis.stats.calibration import raked
from analysis.stats.complex_sample import survey_logit, survey_mean, survey_ols
from analysis.stats.further import quantile_regression
from analysis.stats.ordinal import ordinal
from analysis.stats.pool import pool
from analysis.stats.power_model import power_sem
from analysis.stats.ranks import dunn
from analysis.stats.regression import ols
from analysis.stats.sample_design import SampleDesign, survey_design

_DRAWN = {
    "strat": {"weights": "pw", "strata": "stype", "population": "fpc"},
    "clus": {"weights": "pw", "cluster": "dnum", "population": "fpc"},
    "communes": {"weights": "w", "strata": "h", "cluster": "c", "population": "N"},
}
_SCHOOLS = ("api00", "api00 ~ ell + meals + awards", "b ~ ell + meals")


def surveys() -> Iterator[Line]:
    """Means, regressions and calibrated weights under sample designs."""
    values = load("survey_package")
    package = f"survey {values['versions']['survey']}"
    for case, drawn in _DRAWN.items():
        r = values[case]
        data = dict(r["data"])
        if case != "communes":
            data["b"] = [float(each == "Yes") for each in data["wide"]]
        design: SampleDesign = survey_design(data, **drawn)
        y, linear, logistic = ("y", "y ~ a + kind", "b ~ a") if case == "communes" else _SCHOOLS
        row = survey_mean(design, [y]).estimate_rows[0]
        theirs = [r["mean"][name] for name in ("value", "se", "low", "high", "deff")]
        name = f"api {case}" if case != "communes" else case
        yield compared("Survey mean", name, package, [row.value, row.se, row.low, row.high, row.deff], theirs)
        for method, found, kind in (
            ("Survey OLS", survey_ols(linear, design), "ols"),
            ("Survey logit", survey_logit(logistic, design), "logit"),
        ):
            ours = found.estimates[["value", "se", "p"]].T
            yield compared(method, name, package, ours, [r[kind][each] for each in ("b", "se", "p")])
        if case != "communes":
            counts = {each: values["strat"]["margins"][each] for each in ("awards", "wide")}
            calibrated = survey_ols(linear, raked(design, counts)).estimates
            theirs_raked = [r["raked"]["ols"][each] for each in ("b", "se")]
            yield compared("Survey OLS, raked", name, package, calibrated[["value", "se"]].T, theirs_raked)


def ordered() -> Iterator[Line]:
    """Cumulative models and likelihood ratios of parallel lines."""
    values = load("clm")
    package = f"ordinal {values['versions']['ordinal']}"
    for case in ("wine", "simulated", "infert"):
        r = values[case]
        for link in ("logit", "probit"):
            found = ordinal(r["formula"], r["data"], link=link, lines="likelihood")  # type: ignore[arg-type]
            ours = np.concatenate([np.ravel(found.coefficients[["b", "se"]].T), found.thresholds["b"]])
            theirs = [*r[link]["b"], *r[link]["se"], *r[link]["thresholds"]]
            yield compared(f"Ordinal {link}", case, package, ours, theirs)
            ratios = [row.statistic for row in found.test_rows]
            yield compared(f"Parallel lines, {link}", case, package, ratios, r[link]["nominal"]["lr"])


def pooled() -> Iterator[Line]:
    """Rubin's rules, pairs by ranks, quantiles, power of large samples."""
    values = load("pool")
    sets = [{name.replace(".", "_"): column for name, column in each.items()} for each in values["sets"]]
    for case, formula in (("three", "Ozone ~ Solar_R + Wind + Temp"), ("one", "Temp ~ Ozone")):
        found = pool([ols(formula, each) for each in sets]).coefficients
        theirs = [values[case][name] for name in ("b", "se", "df", "riv", "fmi")]
        source = f"mice {values['versions']['mice']}"
        yield compared(f"Rubin's rules, {case}", "airquality", source, found[["b", "se", "df", "riv", "fmi"]].T, theirs)
    values = load("rstatix")
    for case, name in (
        ("chick", "chickwts"),
        ("tooth", "ToothGrowth"),
        ("air", "airquality"),
        ("sprays", "InsectSprays"),
    ):
        r = values[case]
        pairs = {frozenset((row.a, row.b)): row for row in dunn(r["formula"], r["data"]).pair_rows}
        theirs_z = r["dunn"]["holm"]
        ours = [pairs[frozenset(pair)] for pair in zip(theirs_z["a"], theirs_z["b"], strict=True)]
        tested = [abs(row.statistic) for row in ours] + [row.p for row in ours]
        source = f"rstatix {values['versions']['rstatix']}"
        yield compared("Dunn, Holm", name, source, tested, [*np.abs(theirs_z["z"]), *theirs_z["adjusted"]])
    values = load("robust")
    for case in ("stackloss", "stars", "coleman"):
        r = values[case]
        for quantile, name in ((0.25, "q25"), (0.5, "q50"), (0.75, "q75")):
            lines = quantile_regression(r["formula"], r["data"], quantile=quantile).coefficients
            theirs = [r["quantiles"][name][each] for each in ("b", "se")]
            source = f"quantreg {values['versions']['quantreg']}"
            yield compared(f"Quantile regression, {quantile}", case, source, lines[["b", "se"]].T, theirs)
    values = load("power_model")
    for case in ("one", "two"):
        r = values[case]
        rows = {
            (row.lhs, row.rhs): row.expected for row in power_sem(r["population"], n=r["n"], draws=2).parameter_rows
        }
        ours_power = [rows[pair] for pair in zip(r["lhs"], r["rhs"], strict=True)]
        source = f"lavaan {values['versions']['lavaan']}"
        yield compared("Power of a model", f"population {case}", source, ours_power, r["expected"])
