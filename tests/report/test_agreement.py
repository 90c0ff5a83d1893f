"""Agreement among raters as tables, figures and sentences; small groups stay hidden."""

import numpy as np
import pytest

from analysis import icc, icc_groups, kappa, kendall_w, krippendorff, rwg
from analysis.report.block import numbers
from analysis.report.verbs import figure, narrate, table

JUDGES = {"J1": [9, 6, 8, 7, 10, 6], "J2": [2, 1, 4, 1, 5, 2], "J3": [5, 3, 6, 2, 6, 4], "J4": [8, 2, 8, 6, 9, 7]}
HOLES = {**JUDGES, "J1": [None, 6, 8, 7, 10, 6]}
UNITS = {"unit": list("AAAAAABBBBBBBCCCCDDDDDD"), "q": [int(answer) for answer in "44543415243153332232324"]}
OWN_RATERS = {"who": ["a", "a", "b", "b"], "by": ["p", "q", "r", "s"], "y": [1, 2, 3, 5]}


def results():
    yield icc(JUDGES)
    yield icc(HOLES)
    yield icc({"a": [1, 2, 3], "b": [1, 2, 3]})
    yield icc(
        {"who": ["a", "a", "b", "b"], "by": ["p", "q", "r", "s"], "y": [1, 2, 3, 5]},
        target="who",
        rater="by",
        score="y",
    )
    yield icc_groups(UNITS, group="unit", score="q")
    yield kappa(JUDGES)
    yield kappa({name: JUDGES[name] for name in ("J1", "J4")}, weights="linear")
    yield kappa(JUDGES, kind="light")
    yield krippendorff(HOLES, metric="ordinal", rng=np.random.default_rng(1))
    yield kendall_w(JUDGES, rng=np.random.default_rng(1))
    yield rwg(UNITS, "q", group="unit")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("at", range(11))
def test_every_measure_reads_in_both_languages(at, lang):
    result = list(results())[at]
    shown = [str(table(result, lang)), str(narrate(result, lang)), str(figure(result, lang))]
    for text in shown:
        assert "nan" not in text.lower().split()
        assert "inf" not in text.lower().split()
    assert numbers(table(result, lang).block)
    assert {each.record.id for each in numbers(table(result, "vi").block)} == {
        each.record.id for each in numbers(table(result, "en").block)
    }


def test_the_caution_on_few_raters_stands_below_the_table():
    assert "hold the truth less often" in str(table(icc(JUDGES), "en"))


def test_permutations_are_told():
    assert "permutations" in str(narrate(kendall_w(JUDGES, rng=np.random.default_rng(1)), "en"))


def test_small_groups_and_what_would_give_them_away_stay_hidden():
    block = table(rwg(UNITS, "q", group="unit"), "en", "groups").block
    shown = [row.cells[0][0] for row in block.rows]
    assert shown == ["B", "D"]  # C is small; A, the smallest of the others, hides it
    assert "2 groups are not shown" in str(table(rwg(UNITS, "q", group="unit"), "en", "groups"))
