"""The page of deviations says what the package computes: every line, none too many, none better than it is."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def accuracy():
    spec = importlib.util.spec_from_file_location("accuracy", ROOT / "benchmarks" / "accuracy.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["accuracy"] = module  # a dataclass looks its module up
    sys.path.insert(0, str(ROOT / "benchmarks"))  # its neighbours, as for a script
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(ROOT / "benchmarks"))
    del sys.modules["accuracy"]


@pytest.fixture(scope="module")
def printed():
    text = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {(row[5], row[0], row[1]): (row[2], int(row[3]), float(row[4])) for row in rows[2:]}


def held(printed, where, lines):
    found = {(where, line.method, line.data): line for line in lines}
    assert {key for key in printed if key[0] == where} == set(found)
    for key, line in found.items():
        source, numbers, bound = printed[key]
        assert (source, numbers) == (line.source, line.numbers), key
        assert line.deviation < 1e-4, key
        yield key, bound, line.deviation


def test_committed_references_give_the_printed_deviations(accuracy, printed):
    for key, bound, deviation in held(printed, "repository", (line for each in accuracy.COMMITTED for line in each())):
        # another machine's rounding may carry a deviation over a power of ten, not over two
        assert abs(math.log10(bound / accuracy.bound(deviation))) < 1.5, key


def test_shared_references_give_the_printed_deviations(accuracy, printed, shared_dir):
    for key, bound, deviation in held(printed, "shared", accuracy.beside_the_checkout()):
        assert abs(math.log10(bound / accuracy.bound(deviation))) < 1.5, key


def test_the_page_counts_what_it_holds(accuracy, printed):
    """At least 25 sets over at least 8 data sets stand beside the checkout, and the page says how many."""
    shared = [key for key in printed if key[0] == "shared"]
    data = {accuracy.of_set(name) for _, _, name in shared}
    assert (len(shared) >= 25, len(data) >= 8) == (True, True)
    text = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert f"{len(shared)} over {len(data)} beside it" in text
    assert accuracy.of_set("bfi_A_listwise") == accuracy.of_set("bfi25_5f") == "bfi"
    assert accuracy.of_set("HS_missing") != accuracy.of_set("HS9_3f")


def test_every_file_of_shared_values_is_read_by_a_test(shared_dir):
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for path in sorted((shared_dir / "reference").glob("*.json")):
        read = [f'shared("{path.stem}")', f'shared_values("{path.stem}")', f'"{path.name}"']
        assert path.stem == "versions" or any(each in tests for each in read), path.name


def test_a_deviation_is_never_printed_smaller_than_it_is(accuracy):
    for deviation in (0.0, 3e-14, 1e-12, 1.01e-9, 9.9e-6, 1e-5):
        assert accuracy.bound(deviation) >= deviation
    assert (accuracy.bound(0.0), accuracy.bound(2e-6)) == (1e-12, 1e-5)
    line = accuracy.compared("m", "d", "s", [2.0, 0.5], [4.0, 0.25])
    assert (line.numbers, line.deviation) == (2, 0.5)
