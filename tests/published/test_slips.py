"""Every error that a table's own digits can show is found, kind by kind; the share of such errors is published."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from analysis.published.audit import Audit, audit

HERE = Path(__file__).resolve().parent
KINDS = ("item-total", "coefficients", "model summary", "ANOVA", "correlations", "t test", "group statistics")


@pytest.fixture(scope="module")
def slips() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slips", HERE / "slips.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["slips"] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def objects(found: Audit) -> bool:
    """Whether an audit says that something does not fit: a number, or that no variances give the table at all."""
    return any(each.verdict == "inconsistent" or each.reason == "no_solution" for each in found.checks)


def test_every_kind_is_tried(slips):
    assert slips.KINDS == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_clean_tables_are_left_alone(slips, kind):
    make, _ = slips._MADE[kind]
    for digits in slips.DIGITS:
        tables = make(1000, digits)
        assert not slips.detectable(kind, tables)
        assert not objects(audit(tables))


@pytest.mark.parametrize("kind", KINDS)
def test_every_detectable_error_is_found(slips, kind, request):
    shown = [each for each in slips.slips(kind) if each.detectable]
    # the two kinds with t tests take a third of a second each: every fourth of them, all with --slow
    step = 4 if kind in ("t test", "group statistics") and not request.config.getoption("--slow") else 1
    missed = [(each.digits, each.error) for each in shown[::step] if not objects(audit(each.tables))]
    assert len(shown) > 20
    assert missed == []


def test_the_published_shares_are_those_of_the_same_seed(slips):
    assert slips.PAGE.read_text(encoding="utf-8") == slips.page()


def test_interval_arithmetic_holds_what_it_must(slips):
    a, b = slips.span("2.50"), slips.span("-0.4")
    assert (a.low, a.high) == pytest.approx((2.495, 2.505))
    assert ((a * b).low, (a * b).high) == pytest.approx((-1.12725, -0.87325))
    assert (a / b).low == pytest.approx(2.505 / -0.35)
    assert (b.size().low, b.size().high) == pytest.approx((0.35, 0.45))
    assert slips.span("140") == slips.one(140)
    assert (slips.one(1) / slips.span("0.0")).high == float("inf")
