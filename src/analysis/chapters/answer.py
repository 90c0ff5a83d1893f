"""The answer on one page: of each factor how much, which part of what is explained, how sure, how fragile."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ModelError
from ..simulate import truth_of
from ..stats.importance import WeightRow, dominance
from ..stats.regression import ols
from ..stats.result import Row
from ..study import Study
from ..survey.responses import Responses
from .robustness import RobustnessFindings


@dataclass(frozen=True)
class AnswerRow(Row):
    """One factor: `b` in points of the outcome for a point of the factor, part of R^2, in how many ways it holds.

    `share`, its limits, `rank` and `same_rank` (share of resamples with this rank) are empty where R^2 cannot be
    divided; `others` are the choices that lead to another conclusion; `true` is the generator's own coefficient, empty
    for real data.
    """

    term: str
    b: float
    se: float
    low: float
    high: float
    p: float
    share: float | None
    share_low: float | None
    share_high: float | None
    rank: int | None
    same_rank: float | None
    held: int
    ways: int
    others: tuple[str, ...]
    true: float | None

    @property
    def covered(self) -> bool | None:
        """Whether the interval holds the true coefficient; None where that is not known."""
        return None if self.true is None else self.low <= self.true <= self.high


@dataclass(frozen=True)
class AnswerFindings:
    """What matters, how much, how sure and how fragile; the factor with the largest part of R^2 first.

    `scores` says whether outcome and factors are all scales that the same persons answered. `missing` and `method` are
    of the regression, `resamples` those behind the limits of the parts.
    """

    study: Study
    model: str
    level: float
    rows: tuple[AnswerRow, ...]
    r2: float
    n: int
    missing: str
    method: str
    resamples: int
    scores: bool


def answer(findings: RobustnessFindings, responses: Responses) -> AnswerFindings:
    """Bring together what the regression, the division of R^2 and the strip of choices say of each factor.

    Parameters
    ----------
    findings : RobustnessFindings
        From `robustness`, for the same answers.
    responses : Responses
        What `prepare` returned.

    Returns
    -------
    AnswerFindings
        Coefficients of `ols` with classical errors, parts of R^2 of `dominance`, counts of the strip, true values of
        the generator: nothing that one of them does not give by itself.
    """
    study, model, level = findings.study, findings.model, findings.level
    formula = study.models[model].formula
    fitted = ols(formula, responses, level=level)
    try:
        parts = dominance(formula, responses, level=level)
    except ModelError:
        parts = None
    weights: dict[str, WeightRow] = {row.term: row for row in parts.term_rows} if parts else {}
    known = truth_of(study)
    rows = []
    for row in fitted.coefficient_rows:
        if row.term not in findings.terms:
            continue
        ways, weight = findings.of(row.term), weights.get(row.term)
        true = known.term(row.term) if known else None
        rows.append(
            AnswerRow(
                term=row.term, b=row.b, se=row.se, low=row.low, high=row.high, p=row.p,
                share=weight.share if weight else None, share_low=weight.share_low if weight else None,
                share_high=weight.share_high if weight else None, rank=weight.rank if weight else None,
                same_rank=weight.same_rank if weight else None, held=sum(way.same for way in ways), ways=len(ways),
                others=tuple(way.choice for way in ways if not way.same), true=true.b if true else None,
            )
        )  # fmt: skip
    betas = {row.term: abs(row.beta or 0.0) for row in fitted.coefficient_rows}
    ordered = sorted(rows, key=lambda row: (row.rank or 0, -betas[row.term]))
    members = responses.members
    outcome = fitted.formula.partition("~")[0].strip()
    return AnswerFindings(
        study, model, level, tuple(ordered), fitted.fit.r2, fitted.n, fitted.missing, fitted.method,
        parts.resamples if parts else 0, all(name in members for name in (outcome, *findings.terms)),
    )  # fmt: skip
