"""Every kind of printed table checks itself; a planted slip is found where it stands."""

from __future__ import annotations

import pytest

from analysis.published.audit import audit, kinds
from analysis.published.check import Spot, check
from analysis.published.formulas import apply
from analysis.published.groups import ANOVA
from analysis.published.printed import printed
from analysis.published.regression import MODELS
from analysis.survey.tables import SCHEMAS

#: The kinds of which the repository's own study has printed tables.
PRINTED = (
    "reliability", "correlations", "coefficients", "models", "groups", "t_tests", "anova", "levene", "posthoc",
    "eigenvalues", "loadings", "kmo", "profiles",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(published):
    return audit({kind: published(kind) for kind in PRINTED})


def test_every_declared_kind_has_its_auditor():
    assert {f"published.{kind}" for kind in kinds()} == {kind for kind in SCHEMAS if kind.startswith("published.")}


def test_real_tables_agree_with_themselves_but_for_one(found):
    wrong = {(table.kind, table.table_id) for table in found.tables if table.count("inconsistent")}
    assert wrong == {("reliability", "R10")}
    counts = {
        verdict: sum(table.count(verdict) for table in found.tables) for verdict in ("consistent", "inconsistent")
    }
    assert counts == {"consistent": 425, "inconsistent": 7}


def test_a_check_says_why_it_could_not_be_made(found):
    reasons = {each.reason for each in found.checks if each.verdict == "cannot check"}
    assert reasons <= {"missing_input", "not_printed", "suppressed_loadings", "predictors_unknown"}
    assert all(each.reason == "" for each in found.checks if each.verdict != "cannot check")


def test_the_table_of_checks_has_fixed_columns(found):
    columns = [
        "kind",
        "table_id",
        "where",
        "check",
        "printed",
        "value",
        "recomputed",
        "low",
        "high",
        "digits",
        "verdict",
        "reason",
    ]
    assert list(found.table.columns) == columns
    assert list(audit({}).table.columns) == columns


@pytest.mark.parametrize(
    ("kind", "table_id", "column", "value", "what"),
    [
        ("models", "G11", "F", "63.807", "F"),
        ("models", "G11", "R2", "0.362", "R2"),
        ("coefficients", "G2", "t", "9.598", "t"),
        ("coefficients", "G11", "VIF", "1.342", "VIF"),
        ("anova", "A1", "p", ".325", "p"),
        ("levene", "L1", "p", ".501", "p"),
        ("posthoc", "K2", "mean_diff", ".26198", "mean_diff"),
        ("eigenvalues", "E1", "pct_variance", "72.047", "pct_variance"),
        ("kmo", "E1", "df", "210", "df"),
        ("profiles", "P1", "percent", "76.4", "percent"),
        ("correlations", "C3", "r", ".774", "r"),
        ("t_tests", "T3", "p", "0.306", "p"),
        ("groups", "T1", "se_mean", ".07553", "se_mean"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_found(published, kind, table_id, column, value, what):
    beside = {"coefficients": ("models",), "eigenvalues": ("kmo",), "kmo": ("eigenvalues",), "t_tests": ("groups",)}
    tables = {each: published(each) for each in (kind, *beside.get(kind, ()))}
    rows = [row for row in tables[kind] if row["table_id"] == table_id and row.get(column) not in (None, ".", "1")]
    rows[-1][column] = value
    wrong = [each for table in audit(tables).tables if table.kind == kind and table.table_id == table_id
             for each in table.checks if each.verdict == "inconsistent"]  # fmt: skip
    assert what in {each.what for each in wrong}


def test_hostile_cells_are_no_numbers_and_stop_nothing():
    bad = {
        "F": "=cmd|' /C calc'!A0", "p": "<script>", "df_between": "1e308", "SS_between": "-1e308", "SS_within": "0",
        "df_within": "0", "MS_within": ".000", "levene_F": "nan", "levene_df1": "inf", "levene_df2": "1",
    }  # fmt: skip
    checks = list(apply(ANOVA, bad, "x", "y"))
    assert {each.verdict for each in checks} <= {"cannot check"}


def test_a_division_by_a_printed_zero_is_not_judged():
    claim, zero = printed("2.5"), printed(".000")
    found = check(Spot("x", "", "t"), claim, lambda b, se: b / se, (claim, zero))
    assert (found.verdict, found.reason) == ("cannot check", "outside_domain")
    assert check(Spot("x", "", "t"), None, lambda b: b, (claim,)) is None


def test_rounded_inputs_widen_what_is_allowed():
    """B = .004 and SE = .041 allow t from .084 to .111: the printed .106 is no contradiction."""
    row = {"table_id": "x", "dependent": "y", "term": "KT", "B": ".004", "SE": ".041", "t": ".106"}
    [t] = audit({"coefficients": [row]}).checks
    assert t.verdict == "consistent"
    assert (t.low, t.high) == pytest.approx((0.0035 / 0.0415, 0.0045 / 0.0405))


def test_a_model_without_n_is_partly_checked():
    rules = {rule.what for rule in MODELS}
    found = list(apply(MODELS, {"R": "0.571", "R2": "0.326"}, "x", "y"))
    assert {each.what for each in found if each.verdict == "consistent"} == {"R"}
    assert {each.what for each in found} <= rules
