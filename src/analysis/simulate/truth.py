"""The true values: what a survey of a million persons would find with the same generator and no mess."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError, ModelError, Place, problem
from ..stats.moments import Moments, moments
from ..stats.regression import ols
from ..stats.reliability import alpha
from ..stats.result import Result, Row, from_dict, to_dict
from ..study import Study
from ..survey.score import scores
from .design import UNIT_SIZES
from .generate import people
from .workbook import STAMP, demonstration

if TYPE_CHECKING:
    import pandas as pd

FILE = "truth.json"
MODEL = "main"
PERSONS = 1_000_000
SEED = 20240101
_BLOCK = 200  # times the 18 units: some 50,000 persons at a time
_DIGITS = 12


@dataclass(frozen=True)
class TrueItem(Row):
    """True mean and standard deviation of an item, turned round where it is reverse-keyed."""

    code: str
    mean: float
    sd: float


@dataclass(frozen=True)
class TrueScale(Row):
    """True values of a scale; `se` is the simulation's own error in alpha, `mean` and `sd` are of the score."""

    code: str
    alpha: float
    se: float
    mean: float
    sd: float
    items: tuple[TrueItem, ...]


@dataclass(frozen=True)
class TrueTerm(Row):
    """True coefficient of a term; `se` is the simulation's own error in b, `beta` is empty for the intercept."""

    term: str
    b: float
    se: float
    beta: float | None


@dataclass(frozen=True)
class Truth(Result):
    """What the generator of a simulated study aims at, found by drawing `persons` persons without any mess."""

    study: str
    note: str  # that these are simulated data
    simulated: bool
    persons: int
    seed: int
    formula: str
    scales: tuple[TrueScale, ...]
    terms: tuple[TrueTerm, ...]  # of the regression `formula`; empty where the page asks another one
    r2: float | None

    def scale(self, code: str) -> TrueScale | None:
        """True values of a scale; None where there are none."""
        return next((each for each in self.scales if each.code == code), None)

    def term(self, name: str) -> TrueTerm | None:
        """True values of a term of the regression; None where there are none."""
        return next((each for each in self.terms if each.term == name), None)


def truth_of(study: Study) -> Truth | None:
    """The true values that belong to a study.

    Parameters
    ----------
    study : Study
        Its page; the values stand in `truth.json` beside it.

    Returns
    -------
    Truth or None
        None for real data and where there is no such file. A scale whose items are no longer those of the generator,
        and a regression with another formula, are left out: they have other true values.

    Raises
    ------
    DataError
        ``simulate.truth_unreadable``: the file is damaged.
    """
    file = study.folder / FILE
    if not study.simulated or not file.is_file():
        return None
    try:
        found = from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError, ModelError):
        raise DataError(problem("simulate.truth_unreadable", Place(file=FILE))) from None
    if not isinstance(found, Truth):
        raise DataError(problem("simulate.truth_unreadable", Place(file=FILE)))
    return _for_page(found, study)


def truth(study: str | Path | Study = "demo", *, persons: int = PERSONS, seed: int = SEED) -> Truth:
    """Find the true values of the demonstration study by drawing very many persons.

    Parameters
    ----------
    study : str, Path or Study
        The demonstration's page.
    persons : int
        How many to draw, in units of the sizes of the survey.
    seed : int
        The same seed gives the same values.

    Returns
    -------
    Truth
        Alphas, means and regression of the answers *as given on five levels* and scored as the package scores them:
        what an estimate from a survey is to be compared with, not the latent design.

    Notes
    -----
    The error of the simulation itself is `se` beside each value, some 1/60 of the error of a survey of 260.
    """
    page = demonstration(study)
    formula = page.models[MODEL].formula
    m = _moments(page, persons, seed)
    fit = ols(formula, m)
    rows = fit.coefficient_rows
    return Truth(
        study=page.id,
        note=STAMP,
        simulated=True,
        persons=m.n,
        seed=seed,
        formula=formula,
        scales=tuple(_scale(m, code, items) for code, items in page.members.items()),
        terms=tuple(TrueTerm(row.term, row.b, row.se, row.beta) for row in rows),
        r2=fit.fit.r2,
    )


def to_json(found: Truth) -> str:
    """The true values as the text of `truth.json`, with 12 significant digits.

    Parameters
    ----------
    found : Truth
        From `truth`.

    Returns
    -------
    str
        Equal on every machine up to the last digit.
    """
    text = json.dumps(to_dict(found), ensure_ascii=False)
    short = json.loads(text, parse_float=lambda digits: float(f"{float(digits):.{_DIGITS}g}"))
    return json.dumps(short, ensure_ascii=False, indent=1) + "\n"


def frame_of(page: Study, sizes: tuple[int, ...], rng: np.random.Generator) -> pd.DataFrame:
    """Answers and scores of one survey without any mess, with the running number of the unit.

    Parameters
    ----------
    page : Study
        The demonstration's page.
    sizes : tuple of int
        Persons in each unit.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    DataFrame
        Items in the direction of their construct, scores, and ``unit``.
    """
    import pandas as pd

    drawn = people(sizes, rng)
    answers = {
        code: drawn.answers[construct][at].astype(np.float64)
        for construct, members in page.members.items()
        for at, code in enumerate(members)
    }
    items = pd.DataFrame(answers)
    return pd.concat([items, scores(items, page), pd.Series(drawn.unit, name="unit")], axis=1)


def _moments(page: Study, persons: int, seed: int) -> Moments:
    """Moments of items and scores, block by block."""
    names = [*page.items, *page.constructs]
    blocks = (
        moments(frame_of(page, sizes, np.random.default_rng([seed, number])), names)
        for number, sizes in enumerate(_blocks(persons))
    )
    return reduce(add, blocks)


def _blocks(persons: int) -> Iterator[tuple[int, ...]]:
    """Sizes of the units of each block; the last unit is cut so that exactly so many persons are drawn."""
    whole = UNIT_SIZES * _BLOCK
    while persons > 0:
        sizes, drawn = [], 0
        for size in whole:
            if drawn == persons:
                break
            sizes.append(min(size, persons - drawn))
            drawn += sizes[-1]
        persons -= drawn
        yield tuple(sizes)


def _scale(m: Moments, code: str, items: tuple[str, ...]) -> TrueScale:
    found = alpha(m, items)
    rows = tuple(TrueItem(row.item, row.mean, row.sd) for row in found.item_rows)
    return TrueScale(code, found.alpha.value, found.alpha.se or 0.0, found.scale_mean, found.scale_sd, rows)


def _for_page(found: Truth, study: Study) -> Truth:
    """What still holds for the page as it is now."""
    same = tuple(
        each for each in found.scales if study.members.get(each.code) == tuple(item.code for item in each.items)
    )
    model = study.models.get(MODEL)
    if model is not None and model.formula == found.formula and len(same) == len(found.scales):
        return found
    return replace(found, scales=same, terms=(), r2=None)
