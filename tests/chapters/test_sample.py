"""The chapter on the sample: formulas with their numbers, rounded up; small groups unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import narrate, table
from analysis.chapters.sample import sample
from analysis.report.block import numbers, plain
from analysis.study import Population, Strata


def with_population(responses, size: int, sizes: dict[str, int] | None = None):
    strata = Strata("team", sizes) if sizes else None
    return replace(responses, study=replace(responses.study, population=Population(size), strata=strata))


def test_sizes_are_rounded_up_and_the_formula_shows_its_numbers(study, table_of):
    found = sample(with_population(study(table_of()), 973))
    yamane, cochran = found.needed
    assert (yamane.n, yamane.exact) == (284, pytest.approx(973 / (1 + 973 * 0.05**2)))
    assert cochran.n == int(np.ceil(cochran.exact))
    shown = [plain(row.cells[1]) for row in table(found, "en").block.rows]
    assert shown[0].replace("\N{NO-BREAK SPACE}", " ") == "n = N / (1 + N × e²) = 973 / (1 + 973 × 0.05²) = 283.47"


@pytest.mark.parametrize(("size", "words"), [(973, "fall short"), (250, "are enough")])
def test_says_whether_the_sample_is_enough(study, table_of, size, words):
    assert words in str(narrate(sample(with_population(study(table_of()), size)), "en"))


def test_without_population_there_is_no_yamane_and_it_says_so(study, table_of):
    found = sample(study(table_of()))
    assert [size.method for size in found.needed] == ["cochran"]
    assert "size of the population is not known" in str(narrate(found, "en"))


def test_a_census_has_no_error_of_a_share(study, table_of):
    half = sample(with_population(study(table_of()), 200)).half
    assert half.low == half.high == half.value


def test_strata_are_allocated_in_proportion_and_small_ones_hidden(study, table_of):
    found = sample(with_population(study(table_of()), 1000, {"a": 700, "b": 200, "c": 75, "d": 25}))
    assert [row.planned for row in found.strata] == [140, 40, 15, 5]
    shown = [plain(row.cells[3]) for row in table(found, "en", "strata").block.rows]
    assert shown == ["185", "< 5*", "< 5*", "0"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_group_under_five_is_hidden_and_cannot_be_worked_out(study, table_of, lang):
    shown = table(sample(study(table_of())), lang, "profile").block
    printed = {number.record.id: number.record.value for number in numbers(shown)}
    assert printed["profile.team.a.count"] == 185
    assert not [key for key in printed if key.startswith(("profile.team.b", "profile.team.c"))]
    assert not np.isin([3, 12, 1.5, 6.0], list(printed.values())).any()
    assert [plain(row.cells[1]) for row in shown.rows if len(row.cells) > 1][1:] == ["< 5*", "< 5*", "0"]
