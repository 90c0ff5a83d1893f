"""Data sets and a comparison with lavaan that the tests of models share."""

from __future__ import annotations

import json

import pandas as pd
import pytest

HS_MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
PD_MODEL = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
"""
BFI_MODEL = "\n".join(f"{f} =~ " + " + ".join(f"{f}{i}" for i in range(1, 6)) for f in "ACENO")

#: lavaan's names of indices that are no mere change of dots.
NAMES = {
    "rmsea.ci.lower": "rmsea_low", "rmsea.ci.upper": "rmsea_high", "chisq.scaling.factor": "scaling_factor",
    "baseline.chisq.scaling.factor": "baseline_scaling_factor", "rmsea.ci.lower.scaled": "rmsea_scaled_low",
    "rmsea.ci.upper.scaled": "rmsea_scaled_high", "rmsea.pvalue.scaled": "rmsea_scaled_pvalue",
    "rmsea.ci.lower.robust": "rmsea_robust_low", "rmsea.ci.upper.robust": "rmsea_robust_high",
    "rmsea.pvalue.robust": "rmsea_robust_pvalue", "scaling.factor.h0": "scaling_factor_h0",
    "scaling.factor.h1": "scaling_factor_h1",
}  # fmt: skip


@pytest.fixture(scope="session")
def data(shared_dir):
    folder = shared_dir / "data" / "psychometrics_core" / "csv"
    return {
        "HS": pd.read_csv(folder / "HolzingerSwineford1939.csv"),
        "PD": pd.read_csv(folder / "PoliticalDemocracy.csv"),
        "bfi": pd.read_csv(folder / "bfi.csv"),
        "HS_missing": pd.read_csv(shared_dir / "reference" / "data" / "HS_missing.csv"),
    }


@pytest.fixture(scope="session")
def hole(data):
    """Holzinger and Swineford's pupils with answers taken out by a fixed pattern, the same as in make.R."""
    found = data["HS"].copy()
    for j in range(7, 16):
        out = [((i * 7 + j * 11) % 9) == 0 for i in range(1, len(found) + 1)]
        found[f"x{j - 6}"] = found[f"x{j - 6}"].astype(float).mask(out)
    return found


@pytest.fixture(scope="session")
def shared_values(shared_dir):
    return lambda name: json.loads((shared_dir / "reference" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def agree():
    """Compare a model with lavaan's: estimates, errors, standardised values, and every index that both have."""

    def compare(found, r, *, estimates=1e-5, errors=1e-4, fit=1e-5):
        labels = [row.group for row in found.group_rows]
        rows = {(row.lhs, row.op, row.rhs, row.group): row for row in found.parameter_rows}
        for theirs in r["par"]:
            group = labels[theirs.get("group", 1) - 1] if theirs["op"] != ":=" else ""
            op = theirs["op"]
            keys = [
                (theirs["lhs"], op, theirs["rhs"], group),
                (theirs["rhs"], op, theirs["lhs"], group),
                (theirs["lhs"], op, "", group),
            ]
            if op == ":=":
                keys = [key for key in rows if key[:2] == (theirs["lhs"], ":=")]
            ours = next(rows[key] for key in keys if key in rows)
            where = " ".join(keys[0])
            assert ours.est == pytest.approx(theirs["est"], rel=estimates, abs=estimates), where
            for name, value, tolerance in (
                ("se", ours.se, errors), ("std", ours.std, estimates), ("std.all", ours.std, estimates),
                ("std_se", ours.std_se, errors),
            ):  # fmt: skip
                if theirs.get(name) is not None and value is not None:
                    assert value == pytest.approx(theirs[name], rel=tolerance, abs=tolerance), f"{where} {name}"
        compared = 0
        for name, theirs in r["fit"].items():
            ours = getattr(found.fit, NAMES.get(name, name.replace(".", "_")), None)
            if ours is not None and isinstance(theirs, int | float):
                assert ours == pytest.approx(theirs, rel=fit, abs=fit), name
                compared += 1
        return compared

    return compare
