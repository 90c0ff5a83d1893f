"""Is each scale measured reliably? Alpha, omega and item analysis, scale by scale, judged by the rules in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..errors import ModelError, Problem
from ..rules import cutoff
from ..simulate import Truth, truth_of
from ..stats.omega import Omega, omega
from ..stats.reliability import Reliability, alpha
from ..stats.result import Row
from ..study import Study
from ..survey.responses import Responses

Verdict: TypeAlias = Literal["good", "usable", "acceptable", "poor"]


@dataclass(frozen=True)
class ScaleReliability(Row):
    """One scale: its reliability and the verdict, or the reason why there is none.

    `omega` is that of one factor, and None where the items do not identify it; the verdict rests on alpha.
    """

    construct: str
    result: Reliability | None
    verdict: Verdict | None
    weak_items: tuple[str, ...] = ()
    omega: Omega | None = None
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ReliabilityFindings:
    """All scales of the study."""

    study: Study
    level: float
    scales: tuple[ScaleReliability, ...]
    truth: Truth | None = None  # of a simulated study

    @property
    def computed(self) -> tuple[ScaleReliability, ...]:
        """Scales that have a coefficient."""
        return tuple(scale for scale in self.scales if scale.result)


def reliability(responses: Responses, *, level: float = 0.95) -> ReliabilityFindings:
    """Compute Cronbach's alpha, omega and the item analysis of every scale of the study.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    ReliabilityFindings
        A scale whose coefficient is refused carries the reason instead; the others are not held up.
    """
    scales = tuple(
        _scale(responses, code, level) for code, construct in responses.study.constructs.items() if construct.items
    )
    return ReliabilityFindings(responses.study, level, scales, truth_of(responses.study))


def _scale(responses: Responses, code: str, level: float) -> ScaleReliability:
    items = responses.study.constructs[code].items
    try:
        result = alpha(responses, items, level=level)
    except ModelError as refusal:
        return ScaleReliability(code, None, None, refused=refusal.problems)
    least = cutoff("reliability.r_drop", responses.study.thresholds)
    weak = tuple(row.item for row in result.item_rows if row.r_drop is not None and row.r_drop < least)
    verdict = _verdict(result.alpha.value, responses.study)
    return ScaleReliability(code, result, verdict, weak, _omega(responses, items, level))


def _omega(responses: Responses, items: Sequence[str], level: float) -> Omega | None:
    """Omega of one factor; alpha stands alone where the items do not allow one."""
    try:
        return omega(responses, items, n_factors=1, level=level)
    except ModelError:
        return None


def _verdict(value: float, study: Study) -> Verdict:
    steps: tuple[Verdict, ...] = ("good", "usable", "acceptable")
    return next((step for step in steps if value >= cutoff(f"reliability.alpha.{step}", study.thresholds)), "poor")
