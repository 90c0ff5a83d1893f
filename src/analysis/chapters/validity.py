"""Do the items measure together what the page says they do? Factors as SPSS prints them and stricter; constructs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..errors import ModelError, Problem
from ..rules import cutoff
from ..stats.discriminant import FornellLarcker, Htmt, fornell_larcker, htmt
from ..stats.factor_number import Retention, retention
from ..stats.factorability import Bartlett, Kmo, bartlett, kmo
from ..stats.factors import FactorSolution, efa
from ..stats.method_bias import CommonMethod, common_method
from ..stats.result import Row
from ..stats.retention import ParallelAnalysis, parallel_analysis
from ..study import Study
from ..survey.responses import Responses
from .beside import Beside, beside

_Found = TypeVar("_Found")

#: Parallel analysis draws random answers; the same ones at every run.
_SEED = 20150515


@dataclass(frozen=True)
class ItemPlace(Row):
    """Where one item ended up: its strongest component, the next one, and whether that is where its scale went."""

    item: str
    construct: str
    factor: str
    loading: float
    second: float
    with_scale: bool


@dataclass(frozen=True)
class FactorAnalysis:
    """One set of items: fit for factoring, components, and where each item went; or the reason why not."""

    role: str  # "factor" or "outcome"
    items: tuple[str, ...]
    kmo: Kmo | None = None
    bartlett: Bartlett | None = None
    solution: FactorSolution | None = None
    oblique: FactorSolution | None = None  # minres with oblimin: the same question to common factors
    places: tuple[ItemPlace, ...] = ()
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ValidityFindings:
    """Factor analyses of the factors' items and of the outcomes' items, as theses keep them apart; then the constructs.

    What could not be computed is None.
    """

    study: Study
    analyses: tuple[FactorAnalysis, ...]
    parallel: ParallelAnalysis | None
    retention: Retention | None = None
    htmt: Htmt | None = None
    fornell: FornellLarcker | None = None
    method: CommonMethod | None = None
    beside: Beside | None = None

    @property
    def computed(self) -> tuple[FactorAnalysis, ...]:
        """Those that were not refused."""
        return tuple(each for each in self.analyses if each.solution)


def validity(responses: Responses, *, level: float = 0.95) -> ValidityFindings:
    """Analyse the factors behind the items of the factors and of the outcomes, and whether the constructs differ.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    level : float
        Confidence level of the intervals of HTMT.

    Returns
    -------
    ValidityFindings
        Principal components with varimax (SPSS's defaults, Kaiser's count), minres with oblimin beside them, the number
        of factors by all rules, HTMT, Fornell and Larcker's criterion (constructs of three items and more), signs of
        common-method variance, and SPSS's defaults beside other choices.
    """
    study = responses.study
    sets = [("factor", _items(study, study.factors)), ("outcome", _items(study, study.outcomes))]
    analyses = tuple(_analysis(responses, role, items) for role, items in sets if len(items) >= 3)
    first = next((each for each in analyses if each.solution and each.role == "factor"), None)
    items = first.items if first else ()
    # the first draw of `retention` is that of the parallel analysis alone: one seed, one number
    parallel = rules = None
    if first:
        parallel = _if_possible(lambda: parallel_analysis(responses, items, rng=np.random.default_rng(_SEED)))
        rules = _if_possible(lambda: retention(responses, items, rng=np.random.default_rng(_SEED)))
    members = {code: each.items for code, each in study.constructs.items() if len(each.items) >= 2}
    larger = {code: own for code, own in members.items() if len(own) >= 3}
    solution = first.solution if first else None
    return ValidityFindings(
        study,
        analyses,
        parallel,
        rules,
        _if_possible(lambda: htmt(responses, members, level=level)),
        _if_possible(lambda: fornell_larcker(responses, larger)),
        _if_possible(lambda: common_method(responses, members)),
        _if_possible(lambda: beside(responses, items, solution.n_factors)) if solution else None,
    )


def _if_possible(compute: Callable[[], _Found]) -> _Found | None:
    """A part that may be refused: the others are not held up."""
    try:
        return compute()
    except ModelError:
        return None


def _items(study: Study, constructs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for code in constructs for item in study.constructs[code].items)


def _analysis(responses: Responses, role: str, items: tuple[str, ...]) -> FactorAnalysis:
    try:
        fit, sphericity = kmo(responses, items), bartlett(responses, items)
        solution = efa(responses, names=items)
        oblique = efa(responses, solution.n_factors, names=items, method="minres", rotation="oblimin", kaiser=False)
    except ModelError as refusal:
        return FactorAnalysis(role, items, refused=refusal.problems)
    places = _places(responses.study, solution)
    return FactorAnalysis(role, items, fit, sphericity, solution, oblique, places)


def _places(study: Study, solution: FactorSolution) -> tuple[ItemPlace, ...]:
    """Each item's strongest component, held against where most items of its scale have theirs."""
    loadings: dict[str, dict[str, float]] = {}
    for row in solution.loading_rows:
        loadings.setdefault(row.item, {})[row.factor] = row.loading
    order = {item: sorted(found, key=lambda name: -abs(found[name])) for item, found in loadings.items()}
    scales: dict[str, list[str]] = {}
    for item, factors in order.items():
        scales.setdefault(study.items[item].construct, []).append(factors[0])
    home = {code: max(dict.fromkeys(found), key=found.count) for code, found in scales.items()}
    return tuple(
        ItemPlace(
            item=item,
            construct=study.items[item].construct,
            factor=factors[0],
            loading=loadings[item][factors[0]],
            second=abs(loadings[item][factors[1]]) if len(factors) > 1 else 0.0,
            with_scale=factors[0] == home[study.items[item].construct],
        )
        for item, factors in order.items()
    )


def weak_items(analysis: FactorAnalysis, study: Study) -> tuple[ItemPlace, ...]:
    """Items under the rules' loading, too close to a second component, or away from their scale."""
    least = cutoff("factors.loading", study.thresholds)
    gap = cutoff("factors.cross_loading_gap", study.thresholds)
    return tuple(
        place
        for place in analysis.places
        if abs(place.loading) < least or abs(place.loading) - place.second < gap or not place.with_scale
    )
