"""Do the headline results rest on careless answers? Each is computed twice: with the flagged and without."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ModelError, Problem, problem
from ..rules import cutoff
from ..stats.regression import Regression, ols
from ..stats.reliability import Reliability, alpha
from ..stats.result import Row
from ..study import Study
from ..survey.careless import Careless, careless
from ..survey.responses import Responses


@dataclass(frozen=True)
class AlphaTwice(Row):
    """Cronbach's alpha of one scale with everybody and without the flagged; None where it was refused."""

    construct: str
    alpha: float | None
    n: int
    alpha_without: float | None
    n_without: int


@dataclass(frozen=True)
class CoefficientTwice(Row):
    """One coefficient of the regression with everybody and without the flagged."""

    term: str
    b: float
    p: float
    b_without: float
    p_without: float


@dataclass(frozen=True)
class CarelessFindings:
    """The indices of careless answering, and the headline results with and without the flagged."""

    study: Study
    careless: Careless
    alphas: tuple[AlphaTwice, ...]
    model: str | None
    coefficients: tuple[CoefficientTwice, ...]
    n: int  # rows of the regression with everybody; 0 where there is none
    n_without: int
    refused: tuple[Problem, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether so few are flagged that a comparison would tell what they answered."""
        return any(each.code == "careless.few_flagged" for each in self.refused)

    @property
    def turned(self) -> tuple[str, ...]:
        """Terms whose coefficient changes its sign."""
        return tuple(row.term for row in self.coefficients if row.b * row.b_without < 0)

    def crossing(self, significance: float) -> tuple[str, ...]:
        """Terms whose p-value falls on the other side of the level of significance."""
        return tuple(row.term for row in self.coefficients if (row.p < significance) != (row.p_without < significance))

    @property
    def largest_alpha_change(self) -> float | None:
        """The largest change of an alpha, either way."""
        changes = [
            abs(row.alpha_without - row.alpha)
            for row in self.alphas
            if row.alpha is not None and row.alpha_without is not None
        ]
        return max(changes, default=None)


def careless_answers(responses: Responses, *, model: str = "main") -> CarelessFindings:
    """Flag signs of careless answering, and show the headline results with and without those who carry several.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    model : str
        Code of a model of the study page; a page without it shows the alphas alone.

    Returns
    -------
    CarelessFindings
        Every number with its n. The results of the report are those with everybody; nobody is left out here. Where
        fewer are flagged than may stand in a published cell, nothing is compared: the difference of two results that
        are a few persons apart would tell what these answered.
    """
    study = responses.study
    found = careless(responses)
    least = int(cutoff("disclosure.min_cell", study.thresholds))
    if 0 < found.flagged < least:
        hidden = problem("careless.few_flagged", least=least)
        return CarelessFindings(study, found, (), None, (), 0, 0, (hidden,))
    without = responses.only(found.attentive)
    alphas = tuple(
        _alphas(code, responses, without, least)
        for code, construct in study.constructs.items()
        if len(construct.items) > 1
    )
    if model not in study.models:
        return CarelessFindings(study, found, alphas, None, (), 0, 0)
    try:
        first, second = (ols(study.models[model].formula, each) for each in (responses, without))
    except ModelError as refusal:
        return CarelessFindings(study, found, alphas, model, (), 0, 0, refusal.problems)
    return CarelessFindings(study, found, alphas, model, _coefficients(first, second), first.n, second.n)


def _alphas(code: str, responses: Responses, without: Responses, least: int) -> AlphaTwice:
    first, second = (_alpha(each, responses.study.constructs[code].items) for each in (responses, without))
    if first and second and 0 < first.n - second.n < least:
        second = None  # two results a few persons apart would tell what these answered
    return AlphaTwice(
        code,
        first.alpha.value if first else None,
        first.n if first else 0,
        second.alpha.value if second else None,
        second.n if second else 0,
    )


def _alpha(responses: Responses, items: tuple[str, ...]) -> Reliability | None:
    try:
        return alpha(responses, items)
    except ModelError:
        return None


def _coefficients(first: Regression, second: Regression) -> tuple[CoefficientTwice, ...]:
    """Terms of both: a category that loses its last respondent has no coefficient left."""
    later = {row.term: row for row in second.coefficient_rows}
    return tuple(
        CoefficientTwice(row.term, row.b, row.p, later[row.term].b, later[row.term].p)
        for row in first.coefficient_rows
        if row.term in later
    )
