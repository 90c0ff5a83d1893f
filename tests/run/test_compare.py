"""Two runs side by side: the same, the same to rounding, changed, gone and new."""

from __future__ import annotations

import json

import pytest

from analysis.errors import DataError
from analysis.run.compare import diff


def write(folder, *numbers: tuple[str, float, str]):
    folder.mkdir()
    records = [{"id": key, "value": value, "printed": {"vi": text}} for key, value, text in numbers]
    (folder / "ledger.json").write_text(json.dumps(records), encoding="utf-8")
    return folder


def test_each_number_has_one_verdict(tmp_path):
    first = write(tmp_path / "a", ("a", 1.0, "1,00"), ("b", 0.8534, "0,853"), ("c", 2.0, "2,00"), ("d", 3.0, "3"))
    second = write(tmp_path / "b", ("a", 1.0, "1,00"), ("b", 0.85341, "0,853"), ("c", 2.5, "2,50"), ("e", 4.0, "4"))
    found = diff(first, second)
    assert [(each.id, each.verdict) for each in found.numbers] == [
        ("a", "same"), ("b", "rounding"), ("c", "changed"), ("d", "only_first"), ("e", "only_second"),
    ]  # fmt: skip
    changed = found.numbers[2]
    assert (changed.difference, changed.relative) == (0.5, 0.25)
    assert not found.same
    assert diff(first, first / "ledger.json").same


def test_a_change_from_zero_has_no_share(tmp_path):
    found = diff(write(tmp_path / "a", ("a", 0.0, "0")), write(tmp_path / "b", ("a", 1.0, "1")))
    assert (found.numbers[0].difference, found.numbers[0].relative) == (1.0, None)


def test_runs_that_share_no_language_are_compared_by_value(tmp_path):
    first = write(tmp_path / "a", ("a", 1.0, "1"))
    (tmp_path / "b").mkdir()
    other = [{"id": "a", "value": 1.00000001, "printed": {"en": "1"}}]
    (tmp_path / "b" / "ledger.json").write_text(json.dumps(other), encoding="utf-8")
    assert [each.verdict for each in diff(first, tmp_path / "b").numbers] == ["changed"]


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_what_is_no_report_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "ledger.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        diff(tmp_path, tmp_path)
    assert caught.value.code == ("run.no_ledger" if content is None else "run.bad_ledger")
    assert caught.value.problems[0].get("folder") == tmp_path.name
